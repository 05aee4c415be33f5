"""The answer to the bank: staged at the provider as often as wanted, submitted once, by a person.

Both go through the outbox. What is staged is kept on the case as it was sent, so that a repeated call says the
same; a staging that was overtaken by a later one is not repeated.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.disputes import case as cases
from dealer_pos_crm.dealer_cashier.disputes import filling, pack
from dealer_pos_crm.dealer_cashier.gateway import outbox
from dealer_pos_crm.dealer_cashier.gateway.outbox import Operation
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain import dispute as rules
from dealer_pos_crm.domain import dispute_evidence as shown
from dealer_pos_crm.domain.gateway import DisputeFact, DisputeState
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.gateways.errors import Rejected

DOCTYPE = "Dispute Case"
STAGE, SUBMIT = "Dispute Evidence", "Dispute Answer"
_NOTHING = "-"


def stage(name: str) -> dict:
	"""Lay the evidence at the provider without submitting it. Returns what lies there."""
	attempt = _plan_staging(name)
	outbox.run(attempt, by_person=True)
	case = frappe.get_doc(DOCTYPE, name)
	return {"status": case.status, "staged_on": case.staged_on, "left_out": _dropped(case)}


def submit(name: str) -> dict:
	"""Hand what is staged to the bank. Usually that can be done but once, and not be taken back."""
	attempt = _plan_submission(name)
	outbox.run(attempt, by_person=True)
	case = frappe.get_doc(DOCTYPE, name)
	return {"status": case.status, "submitted_on": case.submitted_on}


def digest_of(case: Any) -> str:
	"""The same for the same answer: what is written, and which pack."""
	with explained():
		texts = shown.texts_of(cstr(case.reason_code), filling.answer_of(case))
	file = pack.file_of(case)
	told = json.dumps([texts, file.name if file else ""], sort_keys=True)
	return hashlib.sha256(told.encode()).hexdigest()


def staged(case: Any) -> dict:
	"""What was staged last, in whatever round; empty when nothing was."""
	return json.loads(case.evidence_json or "{}")


def changed_since_staged(case: Any) -> bool:
	return bool(case.staged_round) and staged(case).get("digest") != digest_of(case)


def due_of(case: Any) -> datetime | None:
	return get_datetime(case.due_by) if case.due_by else None


def _check(case: Any, *, submitting: bool) -> None:
	state, due, now = DisputeState(case.state), due_of(case), now_datetime()
	if not submitting:
		rules.check_stage(case.name, state, due, now)
		return
	rules.check_submit(
		case.name, state, due, now, staged=bool(case.staged_round), changed=changed_since_staged(case)
	)


@action
def _plan_staging(name: str) -> str:
	"""Write down what is to be staged, and the call. The same answer is the same call until it was refused."""
	case = frappe.get_doc(DOCTYPE, name, for_update=True)
	with explained():
		_check(case, submitting=False)
		_check_mode(case)
		texts = shown.texts_of(cstr(case.reason_code), filling.answer_of(case))
		file = pack.file_of(case)
		if not texts and not file:
			raise Refused(
				"empty", marked("Nothing is written in {0} and there is no pack. Make the pack first"), name
			)
	digest = digest_of(case)
	last = staged(case)
	if last.get("digest") != digest or last.get("round") != case.round:
		last = {
			"digest": digest,
			"round": case.round,
			"number": cint(case.stagings) + 1,
			"texts": texts,
			"file": file.name if file else "",
			"fields": _fields(case) if file else [],
			"ever": sorted({*last.get("ever", []), *_named(last)}),
			"by": frappe.session.user,
		}
		case.db_set(
			{
				"evidence_json": json.dumps(last, sort_keys=True),
				"stagings": last["number"],
				"staged_round": None,
				"status": rules.status_of(DisputeState(case.state), staged=False).value,
			},
			notify=True,
		)
	return outbox.plan(
		case.gateway_account,
		STAGE,
		about=(DOCTYPE, name),
		key_parts=(last["number"],),
		values={"number": last["number"], "digest": digest},
		card_payment=case.card_payment,
	)


def _check_mode(case: Any) -> None:
	mode = frappe.db.get_value("Gateway Account", case.gateway_account, "mode")
	if cint(case.test_mode) == int(mode == "Live"):
		raise Refused(
			"mode",
			marked("{0} was opened in the other mode of the gateway account, which is {1} now"),
			case.name,
			mode or "-",
		)


def _fields(case: Any) -> list[str]:
	"""Which fields get pages of their own beside the whole pack, as its weight allows."""
	data = pack.content_of(case)
	parts = {field: len(part) for field, part in pack.parts_of(case, data).items()}
	return shown.papers_to_send(len(data), parts)


def _dropped(case: Any) -> list[str]:
	"""Fields whose pages are only in the whole pack, because together they would be too heavy."""
	if not case.pack_index or not staged(case).get("file"):
		return []
	sections = {shown.Section(row["section"]) for row in json.loads(case.pack_index)}
	wanted = {shown.FILES[section] for section in sections if section in shown.FILES}
	return sorted(wanted - set(staged(case).get("fields") or []))


def _named(answer: dict) -> list[str]:
	"""The provider's fields that an answer fills."""
	return [
		*answer.get("texts", {}),
		*answer.get("fields", []),
		*([shown.WHOLE_PACK] if answer.get("file") else []),
	]


@action
def _plan_submission(name: str) -> str:
	case = frappe.get_doc(DOCTYPE, name, for_update=True)
	with explained():
		_check(case, submitting=True)
		_check_mode(case)
	return outbox.plan(
		case.gateway_account,
		SUBMIT,
		about=(DOCTYPE, name),
		key_parts=(case.round,),
		values={
			"count": cint(case.submission_count),
			"number": cint(case.stagings),
			"by": frappe.session.user,
		},
		card_payment=case.card_payment,
	)


# --- The calls ----------------------------------------------------------------------------------------


def _call_stage(gateway: Any, attempt: Any, values: dict) -> dict:
	case = frappe.get_doc(DOCTYPE, attempt.about_name)
	answer = staged(case)
	if answer.get("number") != values["number"]:
		raise Rejected(_("Overtaken by a later staging"), "overtaken")
	# The provider keeps what it is not told anew and takes nothing empty: what was staged before and is no
	# part of it now is overwritten.
	before = [field for field in answer.get("ever") or [] if field in shown.TEXTS]
	sent: dict[str, str] = {**dict.fromkeys(before, _NOTHING), **answer["texts"]}
	if answer.get("file"):
		key = attempt.idempotency_key
		data = pack.bytes_of(answer["file"])
		if data is None:
			raise Rejected(_("The evidence pack was deleted. Make it again"), "pack_gone")
		parts = pack.parts_of(case, data)
		for field in answer.get("fields") or []:
			sent[field] = gateway.upload(parts[field], f"{case.name}-{field}.pdf", key=f"{key}:{field}")
		whole = gateway.upload(data, f"{case.name}.pdf", key=f"{key}:pack")
		for field in answer.get("ever") or []:
			if field not in shown.TEXTS:
				sent.setdefault(field, whole)
		sent[shown.WHOLE_PACK] = whole
	fact = gateway.stage_evidence(case.dispute_id, sent, key=attempt.idempotency_key)
	return {"id": fact.dispute, "fact": fact}


def _stage_done(attempt: Any, result: dict) -> None:
	fact = result.get("fact")
	if fact is not None:
		_observe(attempt, fact)
	case = frappe.get_doc(DOCTYPE, attempt.about_name, for_update=True)
	answer = staged(case)
	if answer.get("number") != json.loads(attempt.request_values)["number"]:
		return
	state = DisputeState(case.state)
	case.db_set(
		{
			"staged_on": now_datetime(),
			"staged_by": answer.get("by"),
			"staged_round": answer.get("round") if answer.get("round") == case.round else None,
			"status": rules.status_of(state, staged=answer.get("round") == case.round).value,
		},
		notify=True,
	)
	if case.card_payment:
		cases.write_step(
			case, "dispute.evidence_staged", _("Evidence staged, not sent yet"), actor=answer.get("by")
		)


def _call_submit(gateway: Any, attempt: Any, values: dict) -> dict:
	case = frappe.get_doc(DOCTYPE, attempt.about_name)
	if cint(case.stagings) != values["number"]:
		raise Rejected(_("The evidence was staged anew in the meantime"), "overtaken")
	due = due_of(case)
	if due and now_datetime() > due:
		raise Rejected(_("The day to answer by is over"), "late")
	fact = gateway.submit_evidence(case.dispute_id, key=attempt.idempotency_key)
	return {"id": fact.dispute, "fact": fact}


def _search_submit(gateway: Any, attempt: Any, values: dict) -> dict | None:
	"""Whether the bank has the answer already: the provider counts what was submitted."""
	fact: DisputeFact = gateway.dispute(frappe.db.get_value(DOCTYPE, attempt.about_name, "dispute_id"))
	if fact.submission_count > values["count"]:
		return {"id": fact.dispute, "fact": fact}
	return None


def _submit_done(attempt: Any, result: dict) -> None:
	by = json.loads(attempt.request_values).get("by")
	frappe.db.set_value(DOCTYPE, attempt.about_name, {"submitted_on": now_datetime(), "submitted_by": by})
	fact = result.get("fact")
	if fact is not None:
		_observe(attempt, fact)


def _observe(attempt: Any, fact: DisputeFact) -> None:
	cases.observe(frappe.get_doc("Gateway Account", attempt.gateway_account), fact)


STAGING = Operation(call=_call_stage, on_done=_stage_done, harmless=True)
SUBMISSION = Operation(call=_call_submit, search=_search_submit, on_done=_submit_done)
