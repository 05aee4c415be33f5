import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, getdate

from dealer_pos_crm.dealer_cashier.money import company_currency
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom.promises import we_owe
from dealer_pos_crm.domain import we_owe as rules
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

_OF_ITS_STEPS = (
	"status",
	"promised_on",
	"customer",
	"vehicle",
	"company",
	"deal",
	"cancel_reason",
	"client_key",
)
_OF_AN_ITEM = ("status", "done_on", "done_by", "appointment")


class WeOwe(Document):
	def validate(self):
		with explained():
			if self.is_new():
				we_owe.begin(self)
			elif not self.flags.of_its_steps:
				self.keep_steps()
			if self.status == rules.Status.DRAFT.value:
				rules.check_items(
					[
						(cstr(row.what), getdate(row.due_on) if row.due_on else getdate())
						for row in self.items
					],
					min([getdate(), *(getdate(row.due_on) for row in self.items if row.due_on)]),
				)
		currency = company_currency(self.company)
		for row in self.items:
			row.what = " ".join(cstr(row.what).split())
			row.currency = currency

	def on_trash(self):
		if self.status != rules.Status.DRAFT.value:
			frappe.throw(_("{0} was promised and stays on file. Cancel its items instead").format(self.name))

	def keep_steps(self):
		"""A draft is written freely; what was promised changes by its steps alone."""
		before = self.get_doc_before_save()
		if not before:
			return
		self.update({field: before.get(field) for field in _OF_ITS_STEPS})
		known = {row.name: row for row in before.items}
		if before.status == rules.Status.DRAFT.value:
			for row in self.items:
				row.update(
					{field: known[row.name].get(field) for field in _OF_AN_ITEM}
					if row.name in known
					else {"status": "Open"}
				)
			return
		if {row.name for row in self.items} != set(known):
			raise Refused(
				"promised",
				marked("{0} is {1}: its items stay as they were promised. Make another bill for more"),
				self.name,
				_(self.status),
			)
		for row in self.items:
			old = known[row.name]
			for field in ("what", "due_on", "who_pays"):
				if cstr(row.get(field)) != cstr(old.get(field)):
					raise Refused(
						"promised",
						marked("{0} was promised as it stands in {1}. Cancel the item and promise it anew"),
						old.what,
						self.name,
					)
			row.update({field: old.get(field) for field in _OF_AN_ITEM})
