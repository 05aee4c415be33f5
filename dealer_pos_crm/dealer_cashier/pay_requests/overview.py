"""What the Pay Request form shows beside its fields."""

import frappe
from frappe.utils import cint, cstr

from dealer_pos_crm.dealer_cashier.money import to_float
from dealer_pos_crm.dealer_cashier.pay_requests import request, sending, standing
from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.domain.pay_request import Status, allowed_actions

STEPS = 50


def of(name: str) -> dict:
	"""What is open now, what is possible, each payment, and what has happened, the last first."""
	doc = frappe.get_doc(request.DOCTYPE, name)
	due = standing.due_of(doc)
	steps = _steps(name)
	return {
		"actions": [action.value for action in allowed_actions(Status(doc.status))],
		"now": to_float(due.now),
		"changed": due.due is not None and to_float(due.now + due.paid) != doc.amount,
		"expired": standing.is_expired(doc),
		"payable": due.payable,
		"why_not": due.why_not,
		"payments": [
			{
				"name": card.name,
				"status": card.status,
				"booking": card.booking,
				"amount": card.captured_amount or card.amount,
				"brand": card.brand,
				"last4": card.last4,
				"at": cstr(card.captured_on or card.creation),
				"payment_entry": card.payment_entry,
				"refunded": card.refunded_amount,
				"why": card.decline_message,
			}
			for card in due.cards
		],
		"steps": steps,
		"ways": sending.ways(doc) if not cint(doc.sent_count) or doc.status != Status.PAID.value else [],
		"partial_possible": not (due.owed and due.owed.whole_only),
		"people": names_of(in_rows(steps, "actor") | {doc.requested_by, doc.cancelled_by}),
	}


def _steps(name: str) -> list[dict]:
	return frappe.get_all(
		"Customer Event",
		{"pay_request": name},
		["event_type", "title", "happened_at", "actor", "amount", "currency", "detail"],
		order_by="happened_at desc, name desc",
		limit=STEPS,
	)
