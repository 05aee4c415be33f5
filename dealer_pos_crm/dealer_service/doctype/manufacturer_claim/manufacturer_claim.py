import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form

# What a person may change in the form; all else is written by the claim's steps and the books.
BY_HAND = frozenset({"notes"})


class ManufacturerClaim(Document):
	def validate(self):
		self.check_made_by_invoice()
		self.keep_what_steps_write()

	def on_trash(self):
		self.check_may_go()

	def check_made_by_invoice(self):
		if self.is_new() and not self.flags.of_the_claim:
			frappe.throw(
				_("A claim comes with the warranty invoice of its repair order. Invoice the order instead")
			)

	def keep_what_steps_write(self):
		before = self.get_doc_before_save()
		if self.flags.of_the_claim or not before:
			return
		for df in self.meta.fields:
			if df.fieldname not in BY_HAND and df.fieldtype not in frappe.model.no_value_fields:
				self.set(df.fieldname, before.get(df.fieldname))

	def check_may_go(self):
		if self.sales_invoice and frappe.db.get_value("Sales Invoice", self.sales_invoice, "docstatus") == 1:
			frappe.throw(
				_("{0} stands; its claim stays on file. Cancel the invoice first").format(
					get_link_to_form("Sales Invoice", self.sales_invoice)
				)
			)
