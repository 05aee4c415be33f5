"""Keeps the deposit of one deal from being eaten by another invoice.

ERPNext offers an unallocated payment to every invoice of its customer. A deposit goes only where it is
meant to: by an action on the Deposit, or into an invoice for the same vehicle.
"""

import frappe
from frappe import _
from frappe.utils import cint, flt, get_link_to_form

from dealer_pos_crm.dealer_cashier.deposits.events import what
from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown
from dealer_pos_crm.dealer_setup.roles import COUNTER_ONLY, MAY_PAY_OUT
from dealer_pos_crm.dealer_setup.settings import settings_of


class DepositGuarded(frappe.ValidationError):
	"""The money is held for something else."""


def deposits_of(payments: list[str]) -> dict[str, frappe._dict]:
	"""Deposits by Payment Entry, for those payments that belong to one. One query."""
	if not payments:
		return {}
	rows = frappe.db.sql(
		"""select p.name as payment, d.name, d.customer, d.vehicle, d.held_for, d.company, d.deal
		from `tabPayment Entry` p join `tabDeposit` d on d.name = p.dealer_deposit where p.name in %s""",
		(tuple(set(payments)),),
		as_dict=True,
	)
	return {row.payment: row for row in rows}


def check_vehicle(deposit, invoice) -> None:
	"""An invoice for another vehicle is refused; the deposit has to be moved first."""
	if invoice.dealer_vehicle and deposit.vehicle and invoice.dealer_vehicle != deposit.vehicle:
		frappe.throw(
			_("{0} is for {1}, deposit {2} is for {3}. Move the deposit first").format(
				get_link_to_form("Sales Invoice", invoice.name),
				_title(invoice.dealer_vehicle),
				get_link_to_form("Deposit", deposit.name),
				_title(deposit.vehicle),
			),
			DepositGuarded,
			title=_("Other Vehicle"),
		)


def _title(vehicle: str) -> str:
	return frappe.get_cached_value("Dealer Vehicle", vehicle, "title") or vehicle


def belongs(deposit, invoice) -> bool:
	"""Whether an invoice may take the deposit without a person saying so on the Deposit."""
	if invoice.get("dealer_forfeited_deposit") == deposit.name:
		return True
	if deposit.deal and invoice.get("dealer_deal"):
		return deposit.deal == invoice.get("dealer_deal")
	return bool(deposit.vehicle) and invoice.get("dealer_vehicle") == deposit.vehicle


def _acting_on(deposit: str) -> bool:
	action = frappe.flags.dealer_deposit_action
	return bool(action) and action.deposit == deposit


def _refuse(deposit, document: str) -> None:
	frappe.throw(
		_(
			"This money is deposit {0}, held for {1}. It cannot be used for {2}: apply, move or refund it on the Deposit"
		).format(
			get_link_to_form("Deposit", deposit.name), frappe.bold(what(deposit)), frappe.bold(document)
		),
		DepositGuarded,
		title=_("Held for Something Else"),
	)


def check_new_references(payment) -> None:
	"""Called before a submitted Payment Entry is allocated: by the tool, an invoice's advances, or by hand."""
	deposit = frappe._dict(
		frappe.db.get_value(
			"Deposit", payment.dealer_deposit, ["name", "vehicle", "held_for", "deal"], as_dict=True
		)
		or {}
	)
	if not deposit or _acting_on(deposit.name):
		return
	before = payment.get_doc_before_save()
	known = (
		{(row.name, row.reference_name): flt(row.allocated_amount) for row in before.references}
		if before
		else {}
	)
	for row in payment.references:
		if flt(row.allocated_amount) <= known.get((row.name, row.reference_name), -1):
			continue
		if not _may_take(row.reference_doctype, row.reference_name, deposit):
			_refuse(deposit, f"{_(row.reference_doctype)} {row.reference_name}")


def _may_take(doctype: str, name: str, deposit) -> bool:
	"""Whether a document may be matched with the deposit by hand: an invoice for its vehicle, its own refund."""
	if doctype == "Payment Entry":
		own = frappe.db.get_value("Payment Entry", name, ["dealer_deposit", "payment_type"])
		return own == (deposit.name, "Pay")
	if doctype != "Sales Invoice":
		return False
	invoice = frappe.db.get_value(
		"Sales Invoice",
		name,
		["name", "dealer_vehicle", "dealer_forfeited_deposit", "dealer_deal"],
		as_dict=True,
	)
	return bool(invoice) and belongs(deposit, invoice)


def check_draft_references(payment) -> None:
	"""A deposit's payment is booked without references; what it pays is decided later."""
	if payment.references:
		_refuse(
			frappe._dict(frappe.get_cached_doc("Deposit", payment.dealer_deposit).as_dict()),
			f"{_(payment.references[0].reference_doctype)} {payment.references[0].reference_name}",
		)


def check_origin(payment) -> None:
	"""Only the Deposit's own actions, and the amendment of a receipt, carry a deposit's name."""
	if payment.flags.dealer_deposit:
		return
	origin = payment.amended_from if payment.is_new() else payment.name
	kept = frappe.db.get_value("Payment Entry", origin, "dealer_deposit") if origin else None
	if kept == payment.dealer_deposit:
		_check_amendment(payment)
		return
	frappe.throw(
		_("Deposits are taken and refunded on the Deposit: {0}. Remove the link, or start there").format(
			get_link_to_form("Deposit", payment.dealer_deposit)
		),
		DepositGuarded,
	)


def _check_amendment(payment) -> None:
	"""An amended receipt stays the deposit's own: of its customer, in its company. A refund is not amended,
	as nothing would match it with its receipt."""
	link = get_link_to_form("Deposit", payment.dealer_deposit)
	if payment.payment_type != "Receive":
		frappe.throw(
			_(
				"A refund of deposit {0} cannot be amended. Delete this draft and refund again on the Deposit"
			).format(link),
			DepositGuarded,
		)
	customer, company, payment.dealer_vehicle, payment.dealer_deal = frappe.db.get_value(
		"Deposit", payment.dealer_deposit, ["customer", "company", "vehicle", "deal"]
	)
	if (payment.party_type, payment.party, payment.company) != ("Customer", customer, company):
		frappe.throw(
			_(
				"This payment belongs to deposit {0} of {1} ({2}) and cannot go to another party or company. Choose {1}, or cancel it and take a new deposit"
			).format(link, frappe.bold(customer), company),
			DepositGuarded,
		)


def check_payer(payment) -> None:
	"""The counter takes money and pays none out: that is an approved action, or an accountant's work.

	The cashier's right to submit Payment Entries would otherwise be a way around every refund's approval.
	"""
	if payment.payment_type == "Receive" or payment.flags.ignore_permissions:
		return
	if payment.flags.dealer_deposit or payment.flags.dealer_counter_refund:
		return
	mine = set(frappe.get_roles())
	if not mine & COUNTER_ONLY or mine & MAY_PAY_OUT:
		return
	frappe.throw(
		_("The counter does not pay out by hand. Refund a deposit on the Deposit, or ask an accountant"),
		frappe.PermissionError,
		title=_("Not Allowed"),
	)


def check_invoice(invoice) -> None:
	"""Called when an invoice is validated: hand-picked deposits must belong, automatic ones are left out."""
	deposits = _deposits_among(invoice)
	if not deposits:
		return
	if cint(invoice.is_pos):
		frappe.throw(
			_(
				"An invoice paid at the POS screen takes no deposits. Untick Include Payment, or remove the deposit"
			),
			DepositGuarded,
		)
	foreign = _foreign(deposits, invoice)
	if foreign and not cint(invoice.allocate_advances_automatically):
		_refuse(next(iter(foreign.values())), invoice.name or _("this invoice"))
	if foreign:
		_leave_out(invoice)


def _deposits_among(invoice) -> dict[str, frappe._dict]:
	"""Deposits by payment, of the advances that an invoice uses."""
	return deposits_of(
		[
			row.reference_name
			for row in invoice.get("advances") or []
			if row.reference_type == "Payment Entry" and flt(row.allocated_amount)
		]
	)


def _foreign(deposits: dict[str, frappe._dict], invoice) -> dict[str, frappe._dict]:
	return {
		payment: deposit
		for payment, deposit in deposits.items()
		if not belongs(deposit, invoice) and not _acting_on(deposit.name)
	}


def _leave_out(invoice) -> None:
	"""Take foreign deposits out of the advances and let the other advances fill the gap.

	ERPNext has dropped the advances that got nothing by now: it is asked for all of them once more.
	"""
	invoice.set_advances()
	foreign = _foreign(deposits_of([row.reference_name for row in invoice.advances]), invoice)
	rest = sum(flt(row.allocated_amount) for row in invoice.advances)
	kept = []
	for row in invoice.advances:
		if row.reference_name in foreign:
			continue
		places = row.precision("allocated_amount")
		row.allocated_amount = flt(min(rest, flt(row.advance_amount)), places)
		rest = flt(rest - row.allocated_amount, places)
		if row.allocated_amount:
			kept.append(row)
	invoice.set("advances", kept)
	for idx, row in enumerate(invoice.advances, start=1):
		row.idx = idx
	invoice.calculate_taxes_and_totals()
	names = ", ".join(
		get_link_to_form("Deposit", name) for name in sorted({row.name for row in foreign.values()})
	)
	frappe.msgprint(
		_("Left out of the advances, because it is held for something else: {0}").format(names), alert=True
	)


def check_forfeit_mark(invoice) -> None:
	"""Only the forfeiture of a deposit marks an invoice as one."""
	name = invoice.get("dealer_forfeited_deposit")
	if not name or invoice.flags.dealer_deposit or invoice.docstatus == 2:
		return
	if not invoice.is_new() and not invoice.has_value_changed("dealer_forfeited_deposit"):
		return
	frappe.throw(
		_("A deposit is forfeited on the Deposit itself: {0}").format(get_link_to_form("Deposit", name)),
		DepositGuarded,
	)


def check_journal(journal) -> None:
	"""Journal rows that point at a deposit's payment leave its unallocated amount stale, and rows that take
	from the deposits account leave the deposit as it was: refused."""
	payments = [row.reference_name for row in journal.accounts if row.reference_type == "Payment Entry"]
	for payment, deposit in deposits_of(payments).items():
		_refuse(deposit, _("Journal Entry against {0}").format(payment))
	account = settings_of(journal.company).deposit_account
	for row in journal.accounts:
		if (
			row.account == account
			and row.party_type == "Customer"
			and flt(row.debit)
			and not row.reference_name
		):
			for deposit in _held_by(row.party, journal.company)[:1]:
				_refuse(deposit, _("a Journal Entry in {0}").format(account))


def check_pay_out(payment) -> None:
	"""Money paid to a customer by hand may use up a free credit, never what a deposit holds: that is a refund,
	with its reason and its approval, and it has to be told to the deposit."""
	if payment.payment_type != "Pay" or payment.references or payment.flags.dealer_deposit:
		return
	if (
		payment.flags.dealer_card_refund
		or payment.flags.dealer_counter_refund
		or payment.flags.dealer_returned_check
	):
		return  # it is matched with what it takes from, or the money has gone at the provider already
	held = _held_by(payment.party, payment.company)
	if not held:
		return
	currency = company_currency(payment.company)
	free = rounded(free_credit(payment.party, payment.company), currency)
	if rounded(payment.base_paid_amount or payment.paid_amount, currency) <= free:
		return
	frappe.throw(
		_(
			"{0} has a free credit of {1}; the rest is held in deposit {2} for {3}. Pay it back by a refund on the Deposit"
		).format(
			frappe.bold(payment.party),
			shown(free),
			get_link_to_form("Deposit", held[0].name),
			frappe.bold(what(held[0])),
		),
		DepositGuarded,
		title=_("Held in a Deposit"),
	)


def _held_by(customer: str, company: str) -> list:
	return frappe.get_all(
		"Deposit",
		{"customer": customer, "company": company, "held_amount": (">", 0)},
		["name", "vehicle", "held_for"],
		order_by="taken_on, name",
	)


def free_credit(customer: str, company: str) -> float:
	"""What is left of a customer's payments that are no deposits, less what was paid out by hand."""
	rows = frappe.db.sql(
		"""select -sum(l.amount) from `tabPayment Ledger Entry` l
		join `tabPayment Entry` p on p.name = l.against_voucher_no
		where l.party_type = 'Customer' and l.party = %s and l.company = %s and l.delinked = 0
			and l.against_voucher_type = 'Payment Entry' and ifnull(p.dealer_deposit, '') = ''""",
		(customer, company),
	)
	return max(flt(rows[0][0]), 0)


def check_repost(doc) -> None:
	"""Deposits do not go through Repost Payment Ledger: left out of a whole period, refused when picked."""
	payments = [row.voucher_no for row in doc.repost_vouchers if row.voucher_type == "Payment Entry"]
	deposits = deposits_of(payments)
	if not deposits:
		return
	names = ", ".join(
		get_link_to_form("Deposit", name) for name in sorted({row.name for row in deposits.values()})
	)
	remedy = _("It would lose what was applied or refunded. Use Repost Accounting Ledger for them")
	if cint(doc.add_manually):
		frappe.throw(
			_("Payments of deposits cannot be reposted here: {0}. {1}").format(names, remedy), DepositGuarded
		)
	doc.set("repost_vouchers", [row for row in doc.repost_vouchers if row.voucher_no not in deposits])
	frappe.msgprint(
		_("{0} payments of deposits were left out. {1}").format(len(deposits), remedy), alert=True
	)
