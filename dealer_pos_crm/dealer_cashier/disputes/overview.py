"""What the Dispute Case form shows besides its fields: the answer first."""

import json
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr, now_datetime

from dealer_pos_crm.dealer_cashier.disputes import answering, booking, evidence, filling, pack
from dealer_pos_crm.dealer_cashier.gateway import outbox
from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.domain import dispute as rules
from dealer_pos_crm.domain import dispute_evidence as shown
from dealer_pos_crm.domain.dispute import Status, Urgency
from dealer_pos_crm.domain.gateway import DisputeState
from dealer_pos_crm.domain.refusal import Refused

DOCTYPE = "Dispute Case"


def of(name: str) -> dict:
	case = frappe.get_doc(DOCTYPE, name)
	known = evidence.gather(case, briefly=True)
	there = evidence.proofs(known)
	reason = shown.reason_of(cstr(case.reason_code))
	state = DisputeState(case.state)
	open_ = Status(case.status) not in rules.DECIDED
	urgency = rules.urgency(state, answering.due_of(case), now_datetime())
	may = bool(frappe.has_permission(DOCTYPE, "write", case))
	return {
		"urgency": urgency.value,
		"claim": _(reason.claim),
		"open": open_,
		"may": may,
		"next": _next(case, urgency),
		"proofs": [{"title": _(proof.value), "there": proof in there} for proof in reason.shows],
		"money": _money(case),
		"advice": _advice(case, known, open_),
		"pack": _pack(case),
		"staged": bool(case.staged_round),
		"changed": bool(case.staged_round) and _changed(case),
		"problem": _problem(case, state),
		"attempt": _attempt(name),
		"sensitive": len(known.sensitive_papers)
		if frappe.has_permission("Sensitive Document", "read")
		else 0,
		"known": bool(case.card_payment),
		"unbooked": case.booking == booking.NOT_BOOKED,
		"payment": _payment(known),
		"people": names_of({case.assigned_to, case.staged_by, case.submitted_by}),
	}


def _next(case: Any, urgency: Urgency) -> str:
	"""What is to be done now: "pack", "stage", "submit", or nothing."""
	if urgency in (Urgency.NONE, Urgency.LATE):
		return ""
	if not pack.file_of(case):
		return "pack"
	return "submit" if case.staged_round and not _changed(case) else "stage"


def _changed(case: Any) -> bool:
	try:
		return answering.changed_since_staged(case)
	except frappe.ValidationError:
		return True  # what is written now is too long to be sent; it differs from what was


def _problem(case: Any, state: DisputeState) -> str:
	"""Why nothing can be sent any more, or not as it is written."""
	try:
		rules.check_stage(case.name, state, answering.due_of(case), now_datetime())
		shown.texts_of(cstr(case.reason_code), filling.answer_of(case))
	except Refused as refused:
		return _(refused.template).format(*refused.values)
	return ""


def _money(case: Any) -> dict:
	def money(field: str):
		return rounded(case.get(field), case.currency)

	target = rules.books(
		DisputeState(case.state), money("withdrawn_amount"), money("reinstated_amount"), money("fee_amount")
	)
	return {
		"disputed": to_float(money("amount")),
		"withdrawn": to_float(target.withdrawal),
		"back": to_float(target.back),
		"fee": to_float(target.fee),
		"lost": to_float(target.loss),
		"waiting": to_float(target.waiting),
		"currency": case.currency,
	}


def _advice(case: Any, known: evidence.Known, open_: bool) -> str:
	currency = case.currency
	card = known.card
	return shown.advice(
		open_=open_,
		inquiry=bool(cint(case.inquiry)),
		refundable=bool(cint(case.refundable)),
		withdrawn=rounded(case.withdrawn_amount, currency) - rounded(case.reinstated_amount, currency),
		refunded=rounded(card.refunded_amount if card else 0, currency),
		pending=rounded(card.refund_pending if card else 0, currency),
	).value


def _pack(case: Any) -> dict | None:
	file = pack.file_of(case)
	if not file:
		return None
	rows = json.loads(case.pack_index or "[]")
	return {
		"url": case.pack,
		"made_on": case.pack_made_on,
		"size": cint(file.file_size),
		"too_heavy": cint(file.file_size) > shown.HEAVIEST,
		"pages": (rows[-1]["first"] + rows[-1]["pages"] - 1) if rows else 1,
		"sections": list(dict.fromkeys(row["heading"] for row in rows)),
		"left_out": cstr(case.pack_notes).splitlines(),
	}


def _attempt(name: str) -> dict | None:
	"""A call that has no answer yet, or was refused last."""
	for operation in (answering.SUBMIT, answering.STAGE):
		last = outbox.latest((DOCTYPE, name), operation)
		if last and last.status != "Done":
			return {"operation": operation, **last}
		if last:
			return None
	return None


def _payment(known: evidence.Known) -> dict | None:
	card = known.card
	if not card:
		return None
	return {
		"name": card.name,
		"what": card.what,
		"captured_on": card.captured_on,
		"channel": card.channel,
		"card": " ".join(
			part for part in (cstr(card.brand).title(), f"•••• {card.last4}" if card.last4 else "") if part
		),
		"refunds": known.refunds,
	}
