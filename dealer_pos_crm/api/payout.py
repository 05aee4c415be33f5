"""Payouts of the card provider, from the accountant's screen."""

import frappe

from dealer_pos_crm.dealer_cashier.payouts import booking, matching, overview, reading, settling
from dealer_pos_crm.dealer_cashier.payouts.payout import DOCTYPE, LINE


def _may_work(payout: str | None) -> None:
	"""Settling and booking: for accountants and the store's manager."""
	frappe.has_permission(DOCTYPE, "write", payout, throw=True)


@frappe.whitelist()
def rows(payout: str, state: str | None = None, start: int = 0, page: int = 50) -> dict:
	"""A page of a payout's rows, exceptions first: {rows, total, start}. At most 200 at once."""
	frappe.has_permission(DOCTYPE, "read", payout, throw=True)
	return overview.rows(payout, state, start, page)


@frappe.whitelist()
def summary(payout: str) -> dict:
	"""The sums of a payout by department and what is to be done next."""
	frappe.has_permission(DOCTYPE, "read", payout, throw=True)
	return overview.summary(payout)


@frappe.whitelist(methods=["POST"])
def read_again(payout: str) -> dict:
	"""Ask the provider once more, in the background."""
	_may_work(payout)
	frappe.enqueue(
		"dealer_pos_crm.dealer_cashier.payouts.reading.read_again",
		queue="long",
		timeout=1800,
		job_id=f"payout:{payout}",
		deduplicate=True,
		name=payout,
	)
	return {"payout": payout, "queued": True}


@frappe.whitelist(methods=["POST"])
def match_again(payout: str) -> dict:
	"""Look the exceptions up once more."""
	_may_work(payout)
	return matching.match_again(payout)


@frappe.whitelist(methods=["POST"])
def settle(line: str, note: str, account: str | None = None) -> dict:
	"""Say what an exception is, and where it is booked."""
	_may_work(_payout_of(line))
	return settling.settle(line, note, account or None)


@frappe.whitelist(methods=["POST"])
def open_again(line: str) -> dict:
	"""Take a settlement back."""
	_may_work(_payout_of(line))
	return settling.open_again(line)


@frappe.whitelist(methods=["POST"])
def book(payout: str) -> dict:
	"""Book a reconciled payout from the clearing account to the bank."""
	_may_work(payout)
	return booking.book(payout)


@frappe.whitelist(methods=["POST"])
def look_for_new(gateway_account: str) -> dict:
	"""Ask the provider for payouts that no message told of."""
	frappe.has_permission("Gateway Account", "read", gateway_account, throw=True)
	frappe.has_permission(DOCTYPE, "write", throw=True)
	found = reading.look_for_new(gateway_account)
	return {"found": found}


def _payout_of(line: str) -> str | None:
	return frappe.db.get_value(LINE, line, "payout")
