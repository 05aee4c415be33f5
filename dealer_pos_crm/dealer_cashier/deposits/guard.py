"""Keeps the deposit of one deal from being eaten by another invoice.

ERPNext offers an unallocated payment to every invoice of its customer. A deposit goes only where it is
meant to: by an action on the Deposit, or into an invoice for the same vehicle.
"""

import frappe
from frappe import _
from frappe.utils import cint, flt, get_link_to_form

from dealer_pos_crm.dealer_cashier.deposits.events import what


class DepositGuarded(frappe.ValidationError):
	"""The money is held for something else."""


def deposits_of(payments: list[str]) -> dict[str, frappe._dict]:
	"""Deposits by Payment Entry, for those payments that belong to one. One query."""
	if not payments:
		return {}
	rows = frappe.db.sql(
		"""select p.name as payment, d.name, d.customer, d.vehicle, d.held_for, d.company
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
		frappe.db.get_value("Deposit", payment.dealer_deposit, ["name", "vehicle", "held_for"], as_dict=True)
		or {}
	)
	if not deposit or _acting_on(deposit.name):
		return
	before = payment.get_doc_before_save()
	known = {row.name: flt(row.allocated_amount) for row in before.references} if before else {}
	for row in payment.references:
		if row.name in known and flt(row.allocated_amount) <= known[row.name]:
			continue
		if row.reference_doctype == "Sales Invoice":
			invoice = frappe.db.get_value(
				"Sales Invoice",
				row.reference_name,
				["name", "dealer_vehicle", "dealer_forfeited_deposit"],
				as_dict=True,
			)
			if invoice and belongs(deposit, invoice):
				continue
		_refuse(deposit, f"{_(row.reference_doctype)} {row.reference_name}")


def check_draft_references(payment) -> None:
	"""A deposit's payment is booked without references; what it pays is decided later."""
	if payment.references:
		_refuse(
			frappe._dict(frappe.get_cached_doc("Deposit", payment.dealer_deposit).as_dict()),
			f"{_(payment.references[0].reference_doctype)} {payment.references[0].reference_name}",
		)


def check_origin(payment) -> None:
	"""Only the Deposit's own actions, and an amendment of their payments, carry a deposit's name."""
	if payment.flags.dealer_deposit:
		return
	if payment.amended_from:
		origin = frappe.db.get_value("Payment Entry", payment.amended_from, "dealer_deposit")
		if origin == payment.dealer_deposit:
			return
	if not payment.is_new():
		kept = frappe.db.get_value("Payment Entry", payment.name, "dealer_deposit")
		if kept == payment.dealer_deposit:
			return
	frappe.throw(
		_("Deposits are taken and refunded on the Deposit: {0}. Remove the link, or start there").format(
			get_link_to_form("Deposit", payment.dealer_deposit)
		),
		DepositGuarded,
	)


def check_invoice(invoice) -> None:
	"""Called when a Sales Invoice is validated: hand-picked deposits must belong, automatic ones are left out."""
	rows = [row for row in invoice.get("advances") or [] if row.reference_type == "Payment Entry"]
	if not rows:
		return
	deposits = deposits_of([row.reference_name for row in rows])
	foreign = [
		row
		for row in rows
		if row.reference_name in deposits
		and not belongs(deposits[row.reference_name], invoice)
		and not _acting_on(deposits[row.reference_name].name)
	]
	if cint(invoice.is_pos) and any(
		flt(row.allocated_amount) for row in rows if row.reference_name in deposits
	):
		frappe.throw(
			_(
				"An invoice paid at the POS screen takes no deposits. Untick Include Payment, or remove the deposit"
			),
			DepositGuarded,
		)
	picked = [row for row in foreign if flt(row.allocated_amount)]
	if not foreign:
		return
	if picked and not cint(invoice.allocate_advances_automatically):
		_refuse(deposits[picked[0].reference_name], invoice.name or _("this invoice"))
	_leave_out(invoice, foreign, deposits)


def _leave_out(invoice, foreign: list, deposits: dict) -> None:
	"""Take foreign deposits out of the advances and let the other advances fill the gap."""
	free = sum(flt(row.allocated_amount) for row in foreign)
	kept = [row for row in invoice.advances if row not in foreign]
	for row in kept:
		more = min(free, flt(row.advance_amount) - flt(row.allocated_amount))
		if more > 0:
			row.allocated_amount = flt(row.allocated_amount) + more
			free -= more
	invoice.set("advances", kept)
	invoice.calculate_taxes_and_totals()
	names = ", ".join(
		get_link_to_form("Deposit", name)
		for name in sorted({deposits[row.reference_name].name for row in foreign})
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
	"""Journal rows that point at a deposit's payment leave its unallocated amount stale: refused."""
	payments = [row.reference_name for row in journal.accounts if row.reference_type == "Payment Entry"]
	for payment, deposit in deposits_of(payments).items():
		_refuse(deposit, _("Journal Entry against {0}").format(payment))
