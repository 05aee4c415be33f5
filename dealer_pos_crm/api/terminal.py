"""Cards in person, from the screens. Amounts are in major units of the company's currency."""

import frappe
from frappe import _

from dealer_pos_crm.dealer_cashier.card_payments import authorising
from dealer_pos_crm.dealer_cashier.terminal import overview, readers, taking

_SUBJECTS = ("Deposit", "Deal Jacket", "Repair Order", "Sales Invoice")


def _may_take() -> None:
	"""Whoever takes money has the right to submit a Payment Entry."""
	frappe.has_permission("Payment Entry", "submit", throw=True)


def _may_take_for(doctype: str | None, name: str | None, customer: str | None, company: str | None) -> None:
	_may_take()
	if doctype:
		if doctype not in _SUBJECTS:
			frappe.throw(_("{0} takes no card payments").format(doctype), frappe.PermissionError)
		frappe.has_permission(doctype, "read", name, throw=True)
		return
	frappe.has_permission("Customer", "read", customer, throw=True)
	frappe.has_permission("Company", "read", company, throw=True)


def _may_follow(card_payment: str) -> None:
	frappe.has_permission("Card Payment", "read", card_payment, throw=True)
	_may_take()


# Taking a payment


@frappe.whitelist()
def facts(
	doctype: str | None = None,
	name: str | None = None,
	payer: str | None = None,
	customer: str | None = None,
	company: str | None = None,
) -> dict:
	"""What the dialog starts with: what is open, the readers, and a payment that is under way already."""
	_may_take_for(doctype, name, customer, company)
	return overview.facts(taking.owed_for(doctype, name, payer, customer, company, None))


@frappe.whitelist()
def takes_cards(company: str) -> bool:
	"""Whether a company has a reader at all; where it has none, no screen speaks of cards."""
	frappe.has_permission("Company", "read", company, throw=True)
	return bool(readers.companies_with_readers([company]))


@frappe.whitelist()
def payable_of(customer: str, company: str) -> list[dict]:
	"""What of a customer can be paid by card now."""
	_may_take_for(None, None, customer, company)
	return overview.of_customer(customer, company)


@frappe.whitelist(methods=["POST"])
def start(
	reader: str,
	amount: float | str,
	client_key: str,
	doctype: str | None = None,
	name: str | None = None,
	payer: str | None = None,
	customer: str | None = None,
	company: str | None = None,
	what: str | None = None,
) -> dict:
	"""Take an amount at a reader, for a document or on a customer's account. Returns the payment's state."""
	_may_take_for(doctype, name, customer, company)
	return taking.start(
		reader=reader,
		asked=lambda: taking.owed_for(doctype, name, payer, customer, company, what),
		amount=amount,
		client_key=client_key,
	)


@frappe.whitelist(methods=["POST"])
def look(card_payment: str, again: bool | int = False) -> dict:
	"""Read reader and payment anew. ``again``: a person asks, and does not wait for the next try."""
	_may_follow(card_payment)
	return taking.state(card_payment, by_person=bool(again))


@frappe.whitelist(methods=["POST"])
def find(client_key: str) -> dict | None:
	"""The payment that was begun with this key, wherever it stands; nothing when none was."""
	_may_take()
	name = taking.by_key(client_key)
	if not name:
		return None
	_may_follow(name)
	return taking.state(name)


@frappe.whitelist(methods=["POST"])
def send(card_payment: str, reader: str | None = None) -> dict:
	"""Put the same payment on a reader again."""
	_may_follow(card_payment)
	return taking.send(card_payment, reader)


@frappe.whitelist(methods=["POST"])
def present_test_card(card_payment: str) -> dict:
	"""In test mode, at the provider's own test reader: a card is shown."""
	_may_follow(card_payment)
	return taking.present_test_card(card_payment)


@frappe.whitelist(methods=["POST"])
def cancel(card_payment: str) -> dict:
	"""End a payment that nobody was charged for."""
	_may_follow(card_payment)
	return taking.cancel(card_payment)


# Holds


@frappe.whitelist(methods=["POST"])
def authorise(
	reader: str,
	amount: float | str,
	purpose: str,
	needed_until: str,
	client_key: str,
	doctype: str | None = None,
	name: str | None = None,
	customer: str | None = None,
	company: str | None = None,
	what: str | None = None,
) -> dict:
	"""Hold an amount on a card at a reader. Returns the payment's state."""
	_may_take_for(doctype, name, customer, company)
	return authorising.authorise(
		reader=reader,
		asked=lambda: taking.owed_for(doctype, name, None, customer, company, what),
		amount=amount,
		purpose=purpose,
		needed_until=needed_until,
		client_key=client_key,
	)


@frappe.whitelist()
def hold(card_payment: str) -> dict:
	"""How much is held on a card, until when, and what became of it."""
	frappe.has_permission("Card Payment", "read", card_payment, throw=True)
	return authorising.overview(card_payment)


@frappe.whitelist(methods=["POST"])
def capture(card_payment: str, amount: float | str) -> dict:
	"""Take a hold, in whole or in part; the rest is released."""
	_may_follow(card_payment)
	return authorising.capture(card_payment, amount)


@frappe.whitelist(methods=["POST"])
def release(card_payment: str) -> dict:
	"""Let a hold go."""
	_may_follow(card_payment)
	return authorising.release(card_payment)


# Readers


@frappe.whitelist(methods=["POST"])
def register_reader(reader: str, code: str) -> dict:
	"""Register a reader at the provider by the code that it shows."""
	frappe.has_permission("Card Reader", "write", reader, throw=True)
	return readers.register(reader, code)


@frappe.whitelist(methods=["POST"])
def refresh_reader(reader: str) -> dict:
	"""Ask the provider how a reader is."""
	frappe.has_permission("Card Reader", "read", reader, throw=True)
	return readers.refresh(reader)
