import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_years, formatdate, getdate, nowdate

from dealer_pos_crm.domain.cash_report import YEARS_KEPT


class CashRelation(Document):
	def validate(self):
		if not self.flags.of_the_counter:
			frappe.throw(_("Decisions about payments are made on the Cash Report"))

	def on_trash(self):
		until = getdate(add_years(self.decided_on or nowdate(), YEARS_KEPT))
		if until >= getdate(nowdate()):
			frappe.throw(_("The decision is kept until {0}, as the report is").format(formatdate(until)))
