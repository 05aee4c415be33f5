"""Deposits, from the screens. Amounts are in major units of the company's currency."""

import frappe
from frappe import _

from dealer_pos_crm.dealer_cashier import receipts
from dealer_pos_crm.dealer_cashier.card_refunds import deposits as cards
from dealer_pos_crm.dealer_cashier.card_refunds import sending
from dealer_pos_crm.dealer_cashier.deposits import actions, overview
from dealer_pos_crm.dealer_setup.refusals import explained


def _may(deposit: str, right: str) -> None:
	frappe.has_permission("Deposit", right, deposit, throw=True)


def _may_move_money() -> None:
	"""Whoever moves money has the right to submit a Payment Entry."""
	frappe.has_permission("Payment Entry", "submit", throw=True)


@frappe.whitelist(methods=["POST"])
def take(deposit: str, tenders: str | list, client_key: str) -> dict:
	"""Take a draft deposit. ``tenders``: [{mode_of_payment, amount, reference_no, reference_date}]."""
	_may(deposit, "write")
	_may_move_money()
	return actions.take(deposit, frappe.parse_json(tenders), client_key)


@frappe.whitelist(methods=["POST"])
def act(deposit: str, action: str, values: str | dict, client_key: str) -> dict:
	"""Apply, Refund, Forfeit, Move, Extend Hold or Cancel. Returns Done, or Requested when somebody must approve."""
	_may(deposit, "write")
	if action != "Extend Hold":
		_may_move_money()
	with sending.here():
		done = actions.act(deposit, action, frappe._dict(frappe.parse_json(values)), client_key)
	return cards.as_it_stands(done)


@frappe.whitelist(methods=["POST"])
def decide(action: str, approve: bool | int, note: str | None = None) -> dict:
	"""Approve (it is carried out at once) or reject what somebody asked for."""
	frappe.has_permission("Deposit Action", "read", action, throw=True)
	_may_move_money()
	with sending.here():
		done = actions.decide(action, bool(approve), note)
	return cards.as_it_stands(done)


@frappe.whitelist(methods=["POST"])
def withdraw(action: str) -> dict:
	"""Take one's own request back."""
	frappe.has_permission("Deposit Action", "read", action, throw=True)
	return actions.withdraw(action)


@frappe.whitelist(methods=["POST"])
def email_receipt(deposit: str, to: str | None = None) -> dict:
	"""E-mail the receipt as it stands now: to the customer's address, or to another one. Returns the address."""
	_may(deposit, "email")
	return receipts.send_now(deposit, to)


@frappe.whitelist()
def get_overview(deposit: str) -> dict:
	"""All a Deposit form shows besides its fields: what is possible, the history, what waits for approval."""
	_may(deposit, "read")
	return overview.of(deposit)


@frappe.whitelist()
def open_invoices(deposit: str) -> list[dict]:
	"""Invoices the deposit could be applied to, those for its vehicle first."""
	_may(deposit, "read")
	return overview.open_invoices(deposit)


@frappe.whitelist()
def defaults(company: str, vehicle: str | None = None, refundable: str | None = None) -> dict:
	"""What a new deposit starts with: terms, hold until; and who holds its vehicle already."""
	frappe.has_permission("Deposit", "create", throw=True)
	with explained():
		return overview.defaults(company, refundable, vehicle)


@frappe.whitelist()
def for_invoice(customer: str, company: str, vehicle: str | None = None) -> list[dict]:
	"""Deposits of a customer that an invoice for this vehicle may take."""
	frappe.has_permission("Deposit", "read", throw=True)
	return overview.for_invoice(customer, company, vehicle)


@frappe.whitelist(methods=["POST"])
def join_waiting_list(vehicle: str, customer: str, note: str | None = None) -> str:
	"""Put a customer on a vehicle's waiting list, once."""
	frappe.has_permission("Dealer Vehicle Waitlist", "create", throw=True)
	present = frappe.db.get_value(
		"Dealer Vehicle Waitlist", {"vehicle": vehicle, "customer": customer, "status": "Waiting"}, "name"
	)
	if present:
		frappe.msgprint(_("Already on the waiting list"), alert=True)
		return present
	return (
		frappe.get_doc(
			{
				"doctype": "Dealer Vehicle Waitlist",
				"vehicle": vehicle,
				"customer": customer,
				"note": note,
				"salesperson": frappe.session.user,
			}
		)
		.insert()
		.name
	)
