"""A payment in person as a screen shows it."""

from datetime import datetime

import frappe
from frappe.utils import cint, cstr, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.card_payments import subjects
from dealer_pos_crm.dealer_cashier.money import to_float
from dealer_pos_crm.dealer_cashier.terminal import readers
from dealer_pos_crm.dealer_cashier.terminal.reading import Look
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.terminal import SETTLED, Phase, moves

_FIELDS = [
	"name",
	"creation",
	"customer",
	"customer_name",
	"what",
	"amount",
	"captured_amount",
	"authorised_amount",
	"currency",
	"status",
	"booking",
	"booking_note",
	"payment_entry",
	"company",
	"test_mode",
	"card_reader",
	"for_doctype",
	"for_name",
	"capture_method",
	"capture_before",
	"needed_until",
	"brand",
	"last4",
	"decline_message",
	"requested_by",
	"receipt_url",
]


def state(found: Look, note: str = "") -> dict:
	"""All that a screen shows of a payment after a look. ``note``: what did not come of the last request."""
	card = frappe.db.get_value("Card Payment", found.name, _FIELDS, as_dict=True)
	reader = readers.get(card.card_reader) if card.card_reader else None
	seen = found.seen
	return {
		**card,
		"phase": found.phase.value,
		"over": found.phase in SETTLED,
		"moves": sorted(move.value for move in moves(found.phase)),
		"note": note,
		"silent": found.silent or (found.phase is Phase.STARTING and _tried(found)),
		"sends": found.sends,
		"reader_title": reader.title if reader else None,
		"simulated": bool(
			card.test_mode and reader and cstr(reader.device_type).startswith(readers.SIMULATED)
		),
		"reader_online": bool(seen.reader.online) if seen.reader else None,
		"reader_problem": seen.reader.failure_message if seen.reader and seen.shows_ours else "",
		"refusal": seen.refusal,
	}


def _tried(found: Look) -> bool:
	return bool(found.create) and bool(cint(frappe.db.get_value("Payment Attempt", found.create, "tries")))


def age(name: str) -> float:
	"""Seconds since a payment was begun."""
	begun = get_datetime(frappe.db.get_value("Card Payment", name, "creation"))
	return (now_datetime() - begun).total_seconds() if isinstance(begun, datetime) else 0.0


def facts(owed: subjects.Owed) -> dict:
	"""What the dialog starts with: what is open, the readers, and a payment that is under way already."""
	from dealer_pos_crm.dealer_cashier.terminal import taking

	open_now = taking.unsettled(owed.doctype, owed.name)
	running = open_now[0].name if open_now else None
	return {
		"doctype": owed.doctype,
		"name": owed.name,
		"customer": owed.customer,
		"customer_name": frappe.db.get_value("Customer", owed.customer, "customer_name"),
		"company": owed.company,
		"currency": owed.currency,
		"open": to_float(owed.amount),
		"what": owed.what,
		"payable": owed.payable,
		"why_not": owed.why_not,
		"any_amount": owed.any_amount,
		"whole_only": owed.whole_only,
		"running": running,
		**readers.choices(owed.company),
	}


def of_customer(customer: str, company: str) -> list[dict]:
	"""What of a customer can be paid by card now: open invoices, orders to collect, deposits to take, deals."""
	candidates = [
		*_names("Repair Order", {"customer": customer, "company": company, "outstanding": (">", 0)}),
		*_names("Deposit", {"customer": customer, "company": company, "status": "Draft"}),
		*_names(
			"Deal Jacket",
			{
				"customer": customer,
				"company": company,
				"balance": (">", 0),
				"stage": ("not in", ("Lost", "Unwound")),
			},
		),
		*_names(
			"Sales Invoice",
			{
				"customer": customer,
				"company": company,
				"docstatus": 1,
				"is_return": 0,
				"outstanding_amount": (">", 0),
				"dealer_repair_order": ("is", "not set"),
				"dealer_deal": ("is", "not set"),
			},
		),
	]
	rows = []
	for doctype, name in candidates:
		if not frappe.has_permission(doctype, "read", name):
			continue
		try:
			owed = subjects.owed(doctype, name)
		except Refused:
			continue
		if owed.payable:
			rows.append(
				{
					"doctype": doctype,
					"name": name,
					"what": owed.what,
					"open": to_float(owed.amount),
					"currency": owed.currency,
				}
			)
	return rows


def _names(doctype: str, filters: dict) -> list[tuple[str, str]]:
	names = frappe.get_all(doctype, filters, pluck="name", order_by="creation desc", limit=20)
	return [(doctype, name) for name in names]
