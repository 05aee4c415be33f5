"""Where a deposit ends: applied to an invoice, refunded, forfeited, or cancelled as a mistake of the day."""

import frappe
from erpnext.accounts.party import get_party_account
from frappe import _
from frappe.utils import cstr, get_link_to_form, getdate, nowdate

from dealer_pos_crm.dealer_cashier.card_refunds import deposits as cards
from dealer_pos_crm.dealer_cashier.collecting import reconcile
from dealer_pos_crm.dealer_cashier.deposits import guard
from dealer_pos_crm.dealer_cashier.deposits.events import what
from dealer_pos_crm.dealer_cashier.deposits.ledger import Ledger, Receipt
from dealer_pos_crm.dealer_cashier.deposits.taking import deposit_account, money_account, new_payment
from dealer_pos_crm.dealer_cashier.money import to_float, to_money
from dealer_pos_crm.dealer_setup.accounting import check_ready
from dealer_pos_crm.dealer_setup.settings import cost_center_of, settings_of
from dealer_pos_crm.domain.deposit import Asker, Share, draw
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

Made = list[tuple[str, str]]


# Apply


def check_apply(deposit, action, facts: Ledger) -> None:
	amount = to_money(action.amount, deposit.currency)
	draw(facts.lots, amount, deposit.name)
	invoice = _invoice(action.sales_invoice)
	link = get_link_to_form("Sales Invoice", invoice.name)
	if invoice.docstatus != 1 or invoice.is_return:
		frappe.throw(_("{0} is not a submitted invoice; submit it first").format(link))
	if invoice.is_pos:
		frappe.throw(
			_(
				"{0} was made at the POS screen and takes no deposits. Cancel it and make a Sales Invoice"
			).format(link)
		)
	if invoice.customer != deposit.customer or invoice.company != deposit.company:
		frappe.throw(
			_("{0} belongs to {1} ({2}), the deposit to {3} ({4})").format(
				link, invoice.customer, invoice.company, deposit.customer, deposit.company
			)
		)
	guard.check_vehicle(deposit, invoice)
	open_amount = to_money(invoice.outstanding_amount, deposit.currency)
	if amount > open_amount:
		raise Refused(
			"more_than_open",
			marked("{0} is open on {1}; {2} is more than that"),
			open_amount,
			invoice.name,
			amount,
		)


def apply(deposit, action, facts: Ledger) -> Made:
	invoice = _invoice(action.sales_invoice)
	for share in draw(facts.lots, to_money(action.amount, deposit.currency), deposit.name):
		_reconcile(deposit, share, "Sales Invoice", invoice.name, invoice.debit_to)
	return [("Sales Invoice", invoice.name)]


def _invoice(name: str | None):
	if not name:
		frappe.throw(_("Choose the Sales Invoice that the deposit goes into"))
	rows = frappe.db.sql(
		"""select name, docstatus, is_return, is_pos, customer, company, dealer_vehicle, outstanding_amount,
			debit_to, dealer_forfeited_deposit from `tabSales Invoice` where name = %s lock in share mode""",
		name,
		as_dict=True,
	)
	if not rows:
		frappe.throw(_("Sales Invoice {0} does not exist").format(frappe.bold(name)))
	return rows[0]


def _reconcile(deposit, share: Share, doctype: str, name: str, account: str) -> None:
	reconcile(
		share.lot.payment,
		(doctype, name),
		share.amount,
		account=account,
		party=deposit.customer,
		is_advance=True,
	)


# Refund


def check_refund(deposit, action, facts: Ledger) -> None:
	check_ready(deposit.company)
	shares = draw(facts.lots, to_money(action.amount, deposit.currency), deposit.name)
	for share in shares:
		money_account(action.mode_of_payment or share.lot.mode, deposit.company, deposit.currency)
		_check_booked_alike(deposit, facts.receipt(share.lot.payment))
	cards.check(deposit, action, shares)


def why_approval(deposit, action, facts: Ledger, who: Asker) -> str | None:
	"""Why a second person must approve a refund, for the sake of the cards that paid; None when nobody must."""
	return cards.why_approval(
		deposit, action, draw(facts.lots, to_money(action.amount, deposit.currency), deposit.name), who
	)


def _check_booked_alike(deposit, receipt: Receipt) -> None:
	"""A refund is booked where deposits are booked today; its receipt must stand there, too."""
	account = deposit_account(deposit)
	if receipt.account != account:
		raise Refused(
			"booked_elsewhere",
			marked("{0} was booked in {1}, deposits are booked in {2} now. Cancel and amend it, then refund"),
			receipt.payment,
			receipt.account,
			account,
		)


def refund(deposit, action, facts: Ledger) -> Made:
	"""Pay back, payment by payment, in the way it was paid unless another mode was chosen: what was paid by
	card goes to the same card, through the provider."""
	made: Made = []
	for share in draw(facts.lots, to_money(action.amount, deposit.currency), deposit.name):
		card = cards.goes_by_card(share, action.mode_of_payment)
		if card:
			payment = cards.refund(deposit, action, share, card)
			_reconcile(deposit, share, "Payment Entry", payment.name, payment.paid_to)
			made.append(("Payment Entry", payment.name))
			continue
		mode = action.mode_of_payment or share.lot.mode
		payment = new_payment(deposit, "Pay", mode, share.amount, {"reference_no": action.reference_no})
		payment.dealer_refund_of = share.lot.payment
		payment.remarks = _("Refund of deposit {0} ({1}): {2}").format(
			deposit.name, share.lot.payment, action.reason
		)
		payment.insert()
		payment.submit()
		_reconcile(deposit, share, "Payment Entry", payment.name, payment.paid_to)
		made.append(("Payment Entry", payment.name))
	return made


# Forfeit


def check_forfeit(deposit, action, facts: Ledger) -> None:
	check_ready(deposit.company)
	amount = to_money(action.amount, deposit.currency)
	draw(facts.lots, amount, deposit.name)
	if amount != facts.position.held:
		raise Refused(
			"forfeit_all",
			marked("{0} holds {1}. Refund what is given back first; then the rest is forfeited"),
			deposit.name,
			facts.position.held,
		)
	if deposit.refundable == "Yes" or (
		deposit.refundable == "Until" and getdate(deposit.refundable_until) >= getdate()
	):
		raise Refused(
			"terms",
			marked("The terms shown to the customer promise this money back ({0}); it cannot be forfeited"),
			deposit.refundable,
		)
	standing = frappe.db.get_value(
		"Sales Invoice",
		{"dealer_forfeited_deposit": deposit.name, "docstatus": 1, "outstanding_amount": (">", 0)},
		"name",
	)
	if standing:
		frappe.throw(
			_(
				"{0} of an earlier forfeiture is still open. Apply the deposit to it, or cancel it first"
			).format(get_link_to_form("Sales Invoice", standing))
		)
	if not settings_of(deposit.company).forfeit_income_account:
		frappe.throw(
			_("Choose a Forfeit Income Account in {0} first").format(
				get_link_to_form("Dealer Settings", deposit.company)
			)
		)


def forfeit(deposit, action, facts: Ledger) -> Made:
	"""A Sales Invoice to the forfeit income account, paid by the deposit: a number, its tax and a print."""
	settings = settings_of(deposit.company)
	amount = to_money(action.amount, deposit.currency)
	invoice = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"company": deposit.company,
			"customer": deposit.customer,
			"currency": deposit.currency,
			"conversion_rate": 1,
			"posting_date": nowdate(),
			"due_date": nowdate(),
			"set_posting_time": 1,
			"debit_to": get_party_account("Customer", deposit.customer, deposit.company),
			"cost_center": cost_center_of(deposit.company, deposit.department),
			"disable_rounded_total": 1,
			"ignore_pricing_rule": 1,
			"allocate_advances_automatically": 0,
			"dealer_vehicle": deposit.vehicle,
			"dealer_forfeited_deposit": deposit.name,
			"remarks": cstr(action.reason),
			"taxes_and_charges": settings.forfeit_tax_template,
			"items": [
				{
					"item_name": _("Forfeited deposit {0}").format(deposit.name),
					"description": _("Deposit {0} for {1}: {2}").format(
						deposit.name, what(deposit.as_dict()), action.reason
					),
					"qty": 1,
					"uom": "Nos",
					"conversion_factor": 1,
					"rate": to_float(amount),
					"income_account": settings.forfeit_income_account,
					"cost_center": cost_center_of(deposit.company, deposit.department),
				}
			],
		}
	)
	if settings.forfeit_tax_template:
		invoice.append_taxes_from_master()
	for share in draw(facts.lots, amount, deposit.name):
		invoice.append(
			"advances",
			{
				"reference_type": "Payment Entry",
				"reference_name": share.lot.payment,
				"advance_amount": to_float(share.lot.left),
				"allocated_amount": to_float(share.amount),
				"ref_exchange_rate": 1,
				"remarks": _("Deposit {0}").format(deposit.name),
				"account": frappe.db.get_value("Payment Entry", share.lot.payment, "paid_from"),
			},
		)
	invoice.flags.dealer_deposit = True
	invoice.insert()
	total = to_money(invoice.grand_total, deposit.currency)
	if total != amount:
		raise Refused(
			"forfeit_tax",
			marked("With the taxes of {0} the invoice is {1} instead of {2}; include them in the rate"),
			settings.forfeit_tax_template,
			total,
			amount,
		)
	invoice.submit()
	return [("Sales Invoice", invoice.name)]


# Cancel


def check_cancel(deposit, action, facts: Ledger) -> None:
	if not facts.position.untouched:
		raise Refused(
			"touched", marked("{0} was already applied or paid back in part; refund the rest"), deposit.name
		)
	for receipt in facts.receipts:
		if receipt.standing and cards.card_behind(receipt.payment):
			raise Refused(
				"by_card",
				marked(
					"{0} was paid by card: the card has been charged. Refund it; it goes back to the same card"
				),
				deposit.name,
			)
		if receipt.standing and getdate(_posted_on(receipt.payment)) != getdate():
			raise Refused(
				"not_today",
				marked("{0} was taken on another day. Refund it instead; then the day's closing stays true"),
				deposit.name,
			)


def _posted_on(payment: str):
	return frappe.db.get_value("Payment Entry", payment, "posting_date")


def cancel(deposit, action, facts: Ledger) -> Made:
	"""Cancel the payments of a mistake made today."""
	made: Made = []
	for receipt in facts.receipts:
		if receipt.standing:
			payment = frappe.get_doc("Payment Entry", receipt.payment)
			payment.flags.ignore_permissions = True  # decided by who may; the cashier asked
			payment.cancel()
			made.append(("Payment Entry", payment.name))
	return made
