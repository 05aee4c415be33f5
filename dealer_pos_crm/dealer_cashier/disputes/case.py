"""One Dispute Case for a dispute at the provider, kept as the provider last said; and what follows from it.

A reading may be older than another one that is kept already: ``domain.dispute`` says which is newer, and one
that cannot be told is read again. A dispute of a payment that nobody knows is kept all the same.
"""

from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier import log
from dealer_pos_crm.dealer_cashier.disputes import booking
from dealer_pos_crm.dealer_cashier.gateway.times import site_time
from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.domain.dispute import DECIDED, Newer, Round, Standing, Status, round_of, status_of
from dealer_pos_crm.domain.dispute_evidence import reason_of
from dealer_pos_crm.domain.gateway import DisputeFact, DisputeState
from dealer_pos_crm.domain.money import Money

DOCTYPE = "Dispute Case"
_OF_THE_PAYMENT = ("customer", "deposit", "deal", "repair_order", "vehicle", "department")
_OUTCOME = {
	Status.WON: "dispute.won",
	Status.LOST: "dispute.lost",
	Status.CLOSED: "dispute.closed",
}


def observe(account: Any, fact: DisputeFact, *, read_at: datetime | None = None) -> str:
	"""Keep what the provider says of a dispute, in the caller's transaction. Returns the case's name.

	``account``: the Gateway Account. ``read_at``: when the reading began, in the site's time, where the caller
	knows; a step back is believed only then. Locks the card payment first, then the case.
	"""
	_check_mode(account, fact)
	card = _locked_payment(account, fact)
	doc = _alone_with(account, fact)
	surely = bool(read_at and doc.seen_at and read_at > get_datetime(doc.seen_at))
	newer = Newer.YES if doc.is_new() else standing_of(doc).newer(Standing.of(fact), surely=surely)
	if newer is Newer.NO:
		return doc.name
	if newer is Newer.UNSURE:
		_read_again_later(doc.name)
		return doc.name
	before = frappe._dict(status=doc.status, round=doc.round, new=doc.is_new(), told=cint(doc.told))
	_take_in(doc, account, fact, card)
	_keep(doc)
	if card:
		_set_sums(card)
	_tell(doc, before)
	booking.book(doc, account)
	if before.new or (doc.told and not before.told):
		_prepare_later(doc.name)
	return doc.name


def standing_of(doc: Any) -> Standing:
	currency = doc.currency
	return Standing(
		DisputeState(doc.state),
		cstr(doc.provider_status),
		rounded(doc.withdrawn_amount, currency),
		rounded(doc.reinstated_amount, currency),
		cint(doc.submission_count),
	)


def open_cases(card_payment: str) -> list[frappe._dict]:
	"""The undecided cases of a card payment: for whoever is about to pay it back."""
	return frappe.get_all(
		DOCTYPE,
		{"card_payment": card_payment, "status": ("not in", [status.value for status in DECIDED])},
		["name", "status", "round", "inquiry", "refundable", "due_by", "amount", "withdrawn_amount"],
		order_by="creation, name",
	)


def key_of(account: str, dispute: str) -> str:
	return f"{account}:{dispute}"


# --- Keeping ------------------------------------------------------------------------------------------


def _check_mode(account: Any, fact: DisputeFact) -> None:
	"""A dispute of a test never touches live documents, nor the other way round."""
	if fact.live != (account.mode == "Live"):
		frappe.throw(
			_("Dispute {0} is of the other mode: {1} is in {2} mode").format(
				fact.dispute, account.name, _(account.mode or "-")
			)
		)


def _locked_payment(account: Any, fact: DisputeFact) -> str | None:
	"""The card payment that is disputed, its row locked; None when nobody knows it."""
	from dealer_pos_crm.dealer_cashier.card_payments import payment

	name = payment.by_charge(account.name, fact.charge) if fact.charge else None
	if not name and fact.intent:
		name = payment.find(account.name, fact.intent)
	if name:
		payment.locked(name)
	return name


def _set_sums(card: str) -> None:
	from dealer_pos_crm.dealer_cashier.card_payments import payment

	payment.set_sums(card)


def _alone_with(account: Any, fact: DisputeFact) -> Any:
	"""The case with its row locked, or a new one that is not kept yet."""
	key = key_of(account.name, fact.dispute)
	name = frappe.db.get_value(DOCTYPE, {"dispute_key": key}, "name", for_update=True)
	if name:
		return frappe.get_doc(DOCTYPE, name, for_update=True)
	doc = frappe.new_doc(DOCTYPE)
	doc.update(
		{
			"dispute_key": key,
			"dispute_id": fact.dispute,
			"gateway_account": account.name,
			"company": account.company,
			"test_mode": int(not fact.live),
			"assigned_to": account.responsible,
			"opened_on": site_time(fact.created_at) or now_datetime(),
			"status": Status.OPEN.value,
		}
	)
	return doc


def _take_in(doc: Any, account: Any, fact: DisputeFact, card: str | None) -> None:
	reached = round_of(fact.provider_status, fact.inquiry)
	doc.update(
		{
			"charge_id": fact.charge,
			"reason_code": fact.reason,
			"reason": _(reason_of(fact.reason).title),
			"currency": fact.amount.currency,
			"amount": to_float(fact.amount),
			"withdrawn_amount": to_float(fact.withdrawn),
			"reinstated_amount": to_float(fact.reinstated),
			"fee_amount": to_float(fact.fee),
			"state": fact.state.value,
			"provider_status": fact.provider_status,
			"inquiry": int(fact.inquiry),
			"refundable": int(fact.refundable),
			"due_by": site_time(fact.due_by),
			"submission_count": fact.submission_count,
			"seen_at": now_datetime(),
			"round": reached.value,
		}
	)
	if doc.staged_round and doc.staged_round != reached.value:
		# Another round is answered anew; what was staged for the last one stays as its record.
		doc.staged_round = None
	status = status_of(fact.state, staged=bool(doc.staged_round))
	doc.status = status.value
	if status in DECIDED:
		doc.decided_on = doc.decided_on or now_datetime()
	else:
		doc.decided_on = None
	if card and not doc.card_payment:
		_link(doc, card)
	doc.told = int(bool(doc.card_payment))


def _link(doc: Any, card: str) -> None:
	"""The case is of this payment: of its customer and documents."""
	values = frappe.db.get_value("Card Payment", card, ["name", *_OF_THE_PAYMENT], as_dict=True)
	doc.card_payment = values.name
	for field in _OF_THE_PAYMENT:
		doc.set(field, values[field])
	if doc.customer:
		doc.customer_name = frappe.db.get_value("Customer", doc.customer, "customer_name")


def _keep(doc: Any) -> None:
	doc.flags.of_the_provider = True
	doc.flags.ignore_permissions = True
	doc.flags.ignore_links = True
	if not doc.is_new():
		doc.save()
		return
	frappe.db.savepoint("dispute_case")
	try:
		doc.insert()
	except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
		# Two readings of a new dispute at one instant: who comes second begins again and finds the first.
		frappe.db.rollback(save_point="dispute_case")
		raise frappe.QueryDeadlockError from None


def _read_again_later(name: str) -> None:
	frappe.enqueue(
		"dealer_pos_crm.dealer_cashier.disputes.sweep.read_again",
		queue="short",
		job_id=f"dealer_dispute::{frappe.local.site}::{name}",
		deduplicate=True,
		enqueue_after_commit=True,
		name=name,
	)


def _prepare_later(name: str) -> None:
	"""Write down for the person what the documents say already. Reads many documents: not under these locks."""
	frappe.enqueue(
		"dealer_pos_crm.dealer_cashier.disputes.filling.prepare",
		queue="short",
		job_id=f"dealer_dispute_evidence::{frappe.local.site}::{name}",
		deduplicate=True,
		enqueue_after_commit=True,
		name=name,
	)


# --- Telling ------------------------------------------------------------------------------------------


def _tell(doc: Any, before: frappe._dict) -> None:
	"""Write the steps the case has made; of a payment nobody knows, only a task for the responsible person."""
	if not doc.card_payment:
		_ask_whose(doc)
		return
	first = not before.told
	if first and not before.new and doc.booking != booking.NOT_BOOKED:
		_settled(doc)
	status, asked = Status(doc.status), doc.state == DisputeState.NEEDS_RESPONSE.value
	if first or (asked and (doc.round != before.round or Status(before.status) in DECIDED)):
		write_step(doc, "dispute.opened", _opened_title(doc), due=True)
	if doc.status == before.status and not first:
		return
	if status is Status.SENT:
		write_step(doc, "dispute.evidence_sent", _("Evidence sent: {0}").format(_amount(doc)))
	elif status in DECIDED:
		write_step(doc, _OUTCOME[status], _outcome_title(doc, status))


def write_step(doc: Any, kind: str, title: str, *, due: bool = False, actor: str | None = None) -> str:
	"""One step of the case on the timeline. Returns the event's key."""
	facts = {
		"what": what(doc),
		"reason": _(reason_of(cstr(doc.reason_code)).claim),
		"mode": _("Test") if doc.test_mode else None,
	}
	if due and doc.due_by:
		facts["due_at"] = get_datetime(doc.due_by).isoformat(sep=" ", timespec="seconds")
	return log.write(
		kind,
		title=title,
		customer=doc.customer,
		company=doc.company,
		reference=(DOCTYPE, doc.name),
		card_payment=doc.card_payment,
		deposit=doc.deposit,
		deal=doc.deal,
		repair_order=doc.repair_order,
		vehicle=doc.vehicle,
		department=doc.department or None,
		amount=amount_of(doc),
		actor=actor or doc.assigned_to,
		facts=facts,
	)


def what(doc: Any) -> str:
	"""What the disputed payment was for."""
	if doc.card_payment:
		said = frappe.db.get_value("Card Payment", doc.card_payment, "what")
		return cstr(said) or doc.card_payment
	return _("a payment that is not known here")


def amount_of(doc: Any) -> Money:
	return rounded(doc.amount, doc.currency)


def _amount(doc: Any) -> str:
	return shown(amount_of(doc))


def _opened_title(doc: Any) -> str:
	if doc.round == Round.INQUIRY.value:
		return _("The bank asks about {0}: {1}").format(_amount(doc), doc.reason)
	if doc.round == Round.APPEAL.value:
		return _("The bank looks at {0} again: {1}").format(_amount(doc), doc.reason)
	return _("Payment of {0} disputed: {1}").format(_amount(doc), doc.reason)


def _outcome_title(doc: Any, status: Status) -> str:
	if status is Status.WON:
		return _("Dispute won: {0}").format(_amount(doc))
	if status is Status.LOST:
		return _("Dispute lost: {0}").format(_amount(doc))
	return _("Dispute closed: {0}").format(_amount(doc))


def _ask_whose(doc: Any) -> None:
	from dealer_pos_crm.dealer_cashier.gateway import failures

	account = frappe.get_cached_doc("Gateway Account", doc.gateway_account)
	failures.tell(
		account,
		title=_("A dispute of a payment that is not known here: {0}").format(_amount(doc)),
		text=_(
			"Charge {0} is in no Card Payment. Look at the provider's page whose it is; the answer is due by {1}."
		).format(doc.charge_id or "-", doc.due_by or "-"),
		reference=(DOCTYPE, doc.name),
	)


def _settled(doc: Any) -> None:
	from dealer_pos_crm.dealer_cashier.gateway import failures

	failures.settled((DOCTYPE, doc.name))
