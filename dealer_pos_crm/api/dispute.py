"""Disputes of card payments, from the screens."""

import frappe

from dealer_pos_crm.dealer_cashier.disputes import answering, filling, overview, pack, sweep

DOCTYPE = "Dispute Case"


def _may(case: str, right: str) -> None:
	frappe.has_permission(DOCTYPE, right, case, throw=True)


@frappe.whitelist()
def get_overview(case: str) -> dict:
	"""What a Dispute Case form shows besides its fields: the deadline, what to do next, what is missing, the money."""
	_may(case, "read")
	return overview.of(case)


@frappe.whitelist(methods=["POST"])
def fill_in(case: str) -> list[str]:
	"""Fill the empty fields of the answer from our documents. Returns which."""
	_may(case, "write")
	return filling.fill_in(case)


@frappe.whitelist(methods=["POST"])
def make_pack(case: str, with_sensitive: bool | int = False) -> dict:
	"""Put the evidence together as one PDF on the case. Returns its pages, size and what is not in it."""
	_may(case, "write")
	if with_sensitive:
		frappe.has_permission("Sensitive Document", "read", throw=True)
	return pack.make(case, with_sensitive=bool(with_sensitive))


@frappe.whitelist(methods=["POST"])
def stage(case: str) -> dict:
	"""Lay the evidence at the provider, not submitted. As often as wanted until it is."""
	_may(case, "write")
	return answering.stage(case)


@frappe.whitelist(methods=["POST"])
def submit(case: str) -> dict:
	"""Hand the staged evidence to the bank, once."""
	_may(case, "write")
	return answering.submit(case)


@frappe.whitelist(methods=["POST"])
def read_again(case: str) -> dict:
	"""Ask the provider how the dispute stands now."""
	_may(case, "write")
	sweep.read_again(case, by_person=True)
	return overview.of(case)


@frappe.whitelist(methods=["POST"])
def book_again(case: str) -> dict:
	"""Try again to book what could not be booked."""
	_may(case, "write")
	sweep.book_again(case)
	return overview.of(case)
