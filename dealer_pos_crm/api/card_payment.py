"""Card payments and the calls behind them, from the screens."""

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier.card_payments import booking, overview, sweep
from dealer_pos_crm.dealer_cashier.card_payments import waiting as waiting_lists
from dealer_pos_crm.dealer_cashier.gateway import outbox
from dealer_pos_crm.gateways.errors import GatewayError


def _may_look_after() -> None:
	"""Who looks after card money sees the calls to the provider, and nobody else does."""
	frappe.has_permission(outbox.DOCTYPE, "read", throw=True)


@frappe.whitelist()
def get_waiting(company: str | None = None, skip: int = 0) -> dict:
	"""Card money that waits for a person."""
	_may_look_after()
	return waiting_lists.lists(company, skip)


@frappe.whitelist()
def get_overview(card_payment: str) -> dict:
	"""A card payment for its form."""
	frappe.has_permission("Card Payment", "read", card_payment, throw=True)
	return overview.of(card_payment)


@frappe.whitelist()
def get_attempt(attempt: str | int) -> dict:
	"""A call to the provider for its form."""
	frappe.has_permission(outbox.DOCTYPE, "read", attempt, throw=True)
	return overview.attempt(attempt)


@frappe.whitelist(methods=["POST"])
def retry(attempt: str | int) -> dict:
	"""Make a call once more, or look it up; never two in effect."""
	_may_look_after()
	return outbox.retry(attempt)


@frappe.whitelist(methods=["POST"])
def drop(attempt: str | int, reason: str) -> dict:
	"""Decide that a given-up call shall not be made, and undo it in our books."""
	_may_look_after()
	if len(cstr(reason).strip()) < 3:
		frappe.throw(_("Say in a few words why it is dropped"))
	return outbox.drop(attempt, cstr(reason).strip())


@frappe.whitelist(methods=["POST"])
def book_again(card_payment: str) -> dict:
	"""Book what was taken and is not in the books."""
	_may_look_after()
	state = booking.book(card_payment, by_person=True)
	return {"booking": state, "meaning": overview.of(card_payment)["meaning"]}


@frappe.whitelist(methods=["POST"])
def read_again(card_payment: str) -> dict:
	"""Read a payment at the provider's, and book what was captured."""
	frappe.has_permission("Card Payment", "read", card_payment, throw=True)
	try:
		sweep.read(card_payment)
	except GatewayError as error:
		frappe.db.rollback()
		frappe.throw(
			_(
				"The card provider does not answer: {0}. Try again in a minute; it is read by itself as well"
			).format(cstr(error) or type(error).__name__),
			title=_("No Answer"),
		)
	return overview.of(card_payment)
