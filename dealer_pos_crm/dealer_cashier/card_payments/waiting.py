"""Card money that waits for a person: what is not in the books, calls without an answer, messages not read."""

import frappe
from frappe import _
from frappe.query_builder.functions import Coalesce, Count
from frappe.utils import cint, cstr

from dealer_pos_crm.dealer_cashier.card_payments import overview
from dealer_pos_crm.dealer_cashier.gateway import accounts, outbox
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.domain.card_payment import Booking, Status
from dealer_pos_crm.domain.outbox import Status as CallStatus

CARD, EVENT = "Card Payment", "Gateway Event"
PAGE = 50
_CALLS = (CallStatus.UNKNOWN.value, CallStatus.GIVEN_UP.value)
_CARD_FIELDS = (
	"name",
	"customer",
	"customer_name",
	"what",
	"currency",
	"status",
	"booking",
	"booking_note",
	"captured_amount",
	"test_mode",
	"for_doctype",
	"for_name",
	"company",
)
_EVENTS = ("Failed", "Given Up")


def lists(company: str | None = None, start: int = 0) -> dict:
	"""Everything that waits, by what has to be done about it, the oldest first; ``start`` pages all lists.

	Each list: ``rows`` and ``count``. ``modes``: company -> Test or Live.
	"""
	start = max(cint(start), 0)
	found = {
		"unbooked": _unbooked(company, start),
		"on_account": _on_account(company, start),
		"calls": _calls(company, start),
		"events": _events(company, start),
	}
	return {
		**found,
		"page": PAGE,
		"start": start,
		"modes": accounts.modes(),
		"people": names_of({row.get("requested_by") for row in found["calls"]["rows"]}),
	}


def _tables():
	"""Card payments with the entries they stand in, of the companies that somebody may see."""
	card, entry = frappe.qb.DocType(CARD), frappe.qb.DocType("Payment Entry")
	joined = frappe.qb.from_(card).left_join(entry).on(entry.name == card.payment_entry)
	return card, entry, joined.where(card.company.isin(frappe.get_list("Company", pluck="name") or [""]))


def _unbooked(company: str | None, start: int) -> dict:
	card, _entry, found = _tables()
	open_ones = ("", Booking.NOT_BOOKED.value, Booking.CANCELLED.value)
	where = (card.status == Status.CAPTURED.value) & Coalesce(card.booking, "").isin(open_ones)
	return _cards(found.where(where), company, start)


def _on_account(company: str | None, start: int) -> dict:
	"""A credit that nobody wanted, as long as something of it is left. A free amount was meant to be one."""
	card, entry, found = _tables()
	gone = card.refunded_amount + card.refund_pending + card.disputed_amount
	where = (
		(card.booking == Booking.ON_ACCOUNT.value)
		& (Coalesce(card.booking_note, "") != "")
		& (entry.docstatus == 1)
		& (entry.unallocated_amount > 0)
		& (card.captured_amount > gone)
	)
	return _cards(found.where(where), company, start)


def _cards(found, company: str | None, start: int) -> dict:
	card, entry = frappe.qb.DocType(CARD), frappe.qb.DocType("Payment Entry")
	if company:
		found = found.where(card.company == company)
	rows = (
		found.select(
			*(card[field] for field in _CARD_FIELDS),
			card.captured_amount.as_("amount"),
			card.captured_on.as_("at"),
			entry.unallocated_amount.as_("credit"),
		)
		.orderby(card.captured_on)
		.orderby(card.name)
		.limit(PAGE)
		.offset(start)
		.run(as_dict=True)
	)
	for row in rows:
		row.doctype = CARD
		row.why = cstr(row.booking_note) or overview.meaning(row)["text"]
		row.may_book = overview.can_be_booked(row)
	return {"rows": rows, "count": found.select(Count(card.name)).run()[0][0]}


def _calls(company: str | None, start: int) -> dict:
	filters = {"status": ("in", _CALLS), **({"company": company} if company else {})}
	rows = frappe.get_list(
		outbox.DOCTYPE,
		filters,
		[
			"name",
			"operation",
			"status",
			"about_doctype",
			"about_name",
			"amount",
			"currency",
			"tries",
			"error",
			"explanation",
			"next_try_at",
			"creation as at",
			"test_mode",
			"requested_by",
			"card_payment",
			"company",
		],
		order_by="creation, name",
		limit=PAGE,
		limit_start=start,
	)
	for row in rows:
		row.doctype = outbox.DOCTYPE
		row.why = cstr(row.explanation) or _("No answer yet")
		row.may_drop = row.status == CallStatus.GIVEN_UP.value
		if row.card_payment:
			row.update(
				frappe.db.get_value(
					CARD, row.card_payment, ["customer", "customer_name", "what"], as_dict=True
				)
				or {}
			)
	return {"rows": rows, "count": _count(outbox.DOCTYPE, filters)}


def _events(company: str | None, start: int) -> dict:
	if not frappe.has_permission(EVENT, "read"):
		return {"rows": [], "count": 0}
	filters = {"status": ("in", _EVENTS), **({"company": company} if company else {})}
	rows = frappe.get_list(
		EVENT,
		filters,
		[
			"name",
			"event_type",
			"status",
			"reason",
			"attempts as tries",
			"next_try_at",
			"received_at as at",
			"test_mode",
			"reference_doctype as about_doctype",
			"reference_name as about_name",
			"company",
		],
		order_by="received_at, name",
		limit=PAGE,
		limit_start=start,
	)
	for row in rows:
		row.doctype = EVENT
		row.why = cstr(row.reason) or _("It could not be worked on")
	return {"rows": rows, "count": _count(EVENT, filters)}


def _count(doctype: str, filters: dict) -> int:
	return frappe.get_list(doctype, filters=filters, fields=["count(*) as rows_found"])[0].rows_found
