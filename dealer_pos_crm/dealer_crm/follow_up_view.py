"""What a person needs in hand to keep a promise: why it exists, whom to reach, what is known."""

import frappe
from frappe import _

from dealer_pos_crm.dealer_crm import vocabulary
from dealer_pos_crm.dealer_crm.follow_ups import OUTCOMES
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.domain.deposit import HOLDING

LAST_EVENTS = 5


def facts(name: str | int) -> dict:
	"""Everything a Follow Up form shows besides its fields. Parts the user may not read are left out."""
	follow_up = frappe.get_doc("Follow Up", name)
	cause = _event(follow_up.cause)
	return {
		"whom": _whom(follow_up),
		"cause": cause,
		"stopped_by": _event(follow_up.stopped_by),
		"vehicle": _title("Dealer Vehicle", follow_up.vehicle),
		"deal": _title("Deal Jacket", follow_up.deal, "name"),
		"lead": _title("Lead", follow_up.lead) if follow_up.customer else None,
		"pay_request": _pay_request(follow_up.pay_request),
		"card_payment": _card_payment(follow_up.card_payment),
		"deposit": _deposit(follow_up.deposit),
		"held": _held(follow_up.customer) if follow_up.customer else [],
		"events": _last_events(follow_up),
		"outcomes": [{"value": outcome, "label": _(outcome)} for outcome in OUTCOMES],
		"may_write": bool(frappe.has_permission("Follow Up", "write", follow_up)),
		"people": names_of([follow_up.owner_user, follow_up.done_by, (cause or {}).get("actor")]),
	}


# Whom a promise is about, the first that it names: how a person calls them and reaches them.
_WHOM = (
	("customer", "Customer", ["customer_name as title", "mobile_no", "email_id"]),
	("lead", "Lead", ["lead_name as title", "mobile_no", "phone", "email_id"]),
	("vehicle", "Dealer Vehicle", ["title"]),
)


def _whom(follow_up) -> dict | None:
	"""The customer, else the lead, else the car; None for a promise about none of them."""
	for field, doctype, columns in _WHOM:
		name = follow_up.get(field)
		if not name:
			continue
		known = {}
		if doctype == "Customer" or frappe.has_permission(doctype, "read", name):
			known = frappe.db.get_value(doctype, name, columns, as_dict=True) or {}
		return {
			"kind": doctype,
			"name": name,
			"title": known.get("title") or name,
			"mobile_no": known.get("mobile_no") or known.get("phone"),
			"email_id": known.get("email_id"),
		}
	return None


def _event(key: str | None) -> dict | None:
	if not key or not frappe.has_permission("Customer Event", "read"):
		return None
	event = frappe.db.get_value(
		"Customer Event",
		{"event_key": key},
		["event_type", "title", "happened_at", "reference_doctype", "reference_name", "actor"],
		as_dict=True,
	)
	return {**event, "label": vocabulary.name_of(event.event_type)} if event else None


def _title(doctype: str, name: str | None, field: str = "title") -> dict | None:
	if not name or not frappe.has_permission(doctype, "read", name):
		return None
	return {"name": name, "title": frappe.db.get_value(doctype, name, field) or name}


def _deposit(name: str | None) -> dict | None:
	if not name or not frappe.has_permission("Deposit", "read"):
		return None
	return frappe.db.get_value(
		"Deposit",
		name,
		[
			"name",
			"status",
			"amount",
			"held_amount",
			"currency",
			"refundable",
			"refundable_until",
			"hold_until",
		],
		as_dict=True,
	)


def _pay_request(name: str | None) -> dict | None:
	"""What was asked for, and what came of it."""
	if not name or not frappe.has_permission("Pay Request", "read", name):
		return None
	return frappe.db.get_value(
		"Pay Request",
		name,
		["name", "status", "amount", "paid_amount", "currency", "what", "expires_at", "failure", "test_mode"],
		as_dict=True,
	)


def _card_payment(name: str | None) -> dict | None:
	if not name or not frappe.has_permission("Card Payment", "read", name):
		return None
	return frappe.db.get_value(
		"Card Payment",
		name,
		[
			"name",
			"status",
			"amount",
			"currency",
			"what",
			"booking",
			"booking_note",
			"capture_before",
			"test_mode",
		],
		as_dict=True,
	)


def _held(customer: str) -> list[dict]:
	"""Other money held for the customer."""
	if not frappe.has_permission("Deposit", "read"):
		return []
	return frappe.get_all(
		"Deposit",
		filters={"customer": customer, "status": ("in", [status.value for status in HOLDING])},
		fields=["name", "held_amount", "currency"],
		order_by="creation desc",
		limit=LAST_EVENTS,
	)


def _last_events(follow_up) -> list[dict]:
	kind = next((field for field, _doctype, _columns in _WHOM if follow_up.get(field)), None)
	if not kind or not frappe.has_permission("Customer Event", "read"):
		return []
	return frappe.get_all(
		"Customer Event",
		filters={kind: follow_up.get(kind)},
		fields=["title", "happened_at", "event_type", "reference_doctype", "reference_name"],
		order_by="happened_at desc, name desc",
		limit=LAST_EVENTS,
	)
