"""What the service department charged the house for a repair order."""

import frappe

from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain.money import Money


def of_order(order: str, currency: str) -> Money:
	"""The internal work that is booked for the order in ERPNext; zero while nothing is."""
	company = frappe.db.get_value("Repair Order", order, "company")
	account = settings_of(company).internal_expense_account
	if not account:
		return Money.zero(currency)
	rows = frappe.db.sql(
		"""select sum(a.debit) - sum(a.credit) from `tabJournal Entry` j
		join `tabJournal Entry Account` a on a.parent = j.name
		where j.dealer_repair_order = %s and j.docstatus = 1 and a.account = %s""",
		(order, account),
	)
	return rounded(rows[0][0], currency)
