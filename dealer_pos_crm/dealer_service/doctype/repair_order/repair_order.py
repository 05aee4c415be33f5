import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_link_to_form

from dealer_pos_crm.dealer_cashier.money import company_currency
from dealer_pos_crm.dealer_service.orders import checks, conflict, numbering, opening, pricing, telling
from dealer_pos_crm.dealer_setup.refusals import explained


class RepairOrder(Document):
	def check_if_latest(self):
		"""As Frappe does, but the one who comes second is told who changed what."""
		try:
			super().check_if_latest()
		except frappe.TimestampMismatchError:
			frappe.clear_last_message()
			frappe.throw(
				_(
					"{0} was changed while you had it open. {1}<br>Reload it, then make your change again"
				).format(
					get_link_to_form(self.doctype, self.name),
					conflict.meanwhile(self, self.get_doc_before_save()),
				),
				frappe.TimestampMismatchError,
				title=_("Changed Meanwhile"),
			)

	def before_insert(self):
		with explained():
			opening.begin(self)

	def validate(self):
		self.currency = company_currency(self.company) if self.company else None
		with explained():
			checks.who_and_what(self)
			checks.kept_by_its_steps(self)
			numbering.number_jobs(self)
			numbering.fill_rows(self)
			checks.rows_belong_to_jobs(self)
			checks.frozen(self)
			checks.parts(self)
			checks.comeback(self)
			pricing.set_amounts(self)
		self.save_count = cint(self.save_count) + 1

	def after_insert(self):
		with explained():
			opening.opened(self)

	def on_update(self):
		with explained():
			telling.changes(self)

	def on_trash(self):
		checks.may_be_deleted(self)
		opening.undone(self)
