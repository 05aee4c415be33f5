"""Money of the buyer that waits for the deal goes into its invoice: deposits, and payments taken for it."""

import frappe

from dealer_pos_crm.dealer_cashier.collecting import reconcile
from dealer_pos_crm.dealer_cashier.deposits import actions as deposit_actions
from dealer_pos_crm.dealer_cashier.deposits import ledger
from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.dealer_showroom.delivery import reading
from dealer_pos_crm.domain.deposit import Action
from dealer_pos_crm.domain.money import Money


def lock(deal_name: str) -> None:
	"""Keep others from the deposits and payments of a deal: payments first, then deposits, as everywhere;
	the deal is locked after them."""
	payments = frappe.db.sql(
		"""select p.name from `tabPayment Entry` p left join `tabDeposit` d on d.name = p.dealer_deposit
		where p.docstatus = 1 and (p.dealer_deal = %(deal)s or d.deal = %(deal)s) order by p.name""",
		{"deal": deal_name},
	)
	deposits = frappe.get_all("Deposit", {"deal": deal_name}, pluck="name", order_by="name")
	if not frappe.db.transaction_writes:
		frappe.db.rollback()  # whoever has to wait for a lock reads what the other one committed
	for (name,) in payments:
		frappe.db.get_value("Payment Entry", name, "name", for_update=True)
	for name in deposits:
		frappe.db.get_value("Deposit", name, "name", for_update=True)


def lock_invoices(deal_name: str) -> None:
	"""Invoices before payments, as ERPNext locks them; one by one by their names."""
	names = frappe.get_all(
		"Sales Invoice", {"dealer_deal": deal_name, "docstatus": 1}, pluck="name", order_by="name"
	)
	if not frappe.db.transaction_writes:
		frappe.db.rollback()
	for name in names:
		frappe.db.get_value("Sales Invoice", name, "name", for_update=True)


def apply_deposits(deal, invoice: str, client_key: str) -> Money:
	"""Apply what is held for the deal to its invoice, as far as it is open; the rest stays held. Returns what
	was applied."""
	applied = Money.zero(deal.currency)
	for row in reading.deposits_of(deal):
		open_amount = _open(invoice, deal.currency)
		if open_amount.minor <= 0:
			break
		deposit = frappe.get_doc("Deposit", row.name, for_update=True)
		held = ledger.read(deposit.name, deposit.currency).position.held
		amount = min(held, open_amount, key=lambda one: one.minor)
		if amount.minor <= 0:
			continue
		deposit_actions.carry_out(
			deposit,
			Action.APPLY,
			f"{client_key}|{deposit.name}",
			amount,
			{"sales_invoice": invoice},
		)
		applied = applied + amount
	return applied


def use_own_payments(deal, invoice: str, account: str) -> Money:
	"""Payments that were taken for this deal and are matched with nothing pay the invoice. Returns how much."""
	used = Money.zero(deal.currency)
	for payment in reading.books_of(deal).payments:
		open_amount = _open(invoice, deal.currency)
		if payment.party != deal.customer or not (payment.separate or payment.account == account):
			continue
		part = min(payment.left, open_amount, key=lambda one: one.minor)
		if part.minor > 0:
			reconcile(
				payment.name,
				("Sales Invoice", invoice),
				part,
				account=account,
				party=payment.party,
				is_advance=payment.separate,
			)
			used = used + part
	return used


def _open(invoice: str, currency: str) -> Money:
	return rounded(frappe.db.get_value("Sales Invoice", invoice, "outstanding_amount"), currency)
