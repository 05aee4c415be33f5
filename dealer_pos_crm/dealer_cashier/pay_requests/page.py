"""The customer's page: what it is for, what is to be paid at this moment, and the way to the provider's page.

Whatever the browser sends is compared, never believed: the amount comes from the books under the request's lock.
"""

from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr, format_date, get_datetime, get_fullname

from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.dealer_cashier.pay_requests import link, request, sessions, standing, terms
from dealer_pos_crm.dealer_cashier.pay_requests.sending import moment
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.domain import pay_request as rules
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.pay_request import Basis, Face, Status
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.gateways.errors import GatewayError

_ROUNDS = 3  # pages of the provider that are ended before another is opened


@dataclass
class View:
	"""What the page says; all texts are ready to be shown."""

	face: Face
	values: dict[str, Any] = field(default_factory=dict)


def view(token: str) -> View | None:
	"""The page of a token; None when the link is not good, whatever the reason."""
	name = link.find(token)
	return _view(frappe.get_doc(request.DOCTYPE, name)) if name else None


def _view(doc) -> View | None:
	if doc.status == Status.DRAFT.value:
		return None
	due = standing.due_of(doc)
	face = _face(doc, due)
	company = frappe.get_cached_doc("Company", doc.company)
	text = terms.text_of(doc) if face is Face.PAYABLE else ""
	asked = rounded(doc.amount, doc.currency)
	return View(
		face,
		{
			"dealer": company.company_name,
			"logo": _logo(company),
			"phone": company.phone_no,
			"mail": company.email,
			"what": doc.what,
			"test_mode": bool(doc.test_mode),
			"amount": shown(due.now),
			"amount_plain": str(due.now.decimal),
			"paid": shown(due.paid) if due.paid else "",
			"asked": shown(asked),
			"changed": bool(due.owed) and face is Face.PAYABLE and _asked_now(due) != asked
			if doc.amount_basis == Basis.OPEN_BALANCE.value
			else face is Face.PAYABLE and due.now < asked - due.paid,
			"allow_partial": bool(cint(doc.allow_partial)),
			"smallest": shown(_smallest(doc, due.now)),
			"currency": doc.currency,
			"hold": bool(doc.hold_for),
			"needed_until": moment(doc.needed_until),
			"held": _held(due.cards, doc.currency),
			"expires": moment(doc.expires_at),
			"why_not": due.why_not,
			"failure": cstr(doc.failure) if doc.status == Status.FAILED.value else "",
			"terms": text,
			"terms_version": rules.version_of(text) if text else "",
			"terms_needed": terms.needed(doc, text) and not terms.accepted(doc, text),
			"terms_required": terms.needed(doc, text),
			"accepted_on": moment(doc.accepted_on),
			"receipts": [_receipt(card, doc.currency) for card in due.cards if card.status == "Captured"],
			"next_step": _next_step(doc) if due.paid else "",
			"ended_on": format_date(doc.cancelled_on) if doc.cancelled_on else "",
		},
	)


def _held(cards: list, currency: str) -> dict | None:
	"""What stands on the card, and until when."""
	card = next((card for card in cards if card.status == "Authorised"), None)
	if not card:
		return None
	return {
		"amount": shown(rounded(card.amount, currency)),
		"until": moment(card.capture_before) if card.capture_before else "",
	}


def amount_before(text: str, found: View) -> str:
	"""The amount that stood on the page before it changed, as the browser says; empty for anything else."""
	try:
		return shown(Money.of(text, found.values["currency"]))
	except Refused:
		return ""


def _face(doc, due: standing.Due) -> Face:
	return rules.face(
		Status(doc.status),
		expired=standing.is_expired(doc),
		now=due.now,
		paid=due.paid,
		under_way=due.under_way,
		payable=due.payable,
		paid_otherwise=doc.cancel_reason == request.PAID_OTHERWISE,
	)


def _asked_now(due: standing.Due) -> Money:
	return due.now + due.paid


def _smallest(doc, now: Money) -> Money:
	return min(rounded(doc.min_part, doc.currency), now)


def _logo(company) -> str:
	"""A picture that anybody may see; private ones are not shown to guests."""
	logo = cstr(company.company_logo)
	return logo if logo.startswith(("/files/", "https://")) else ""


def _receipt(card, currency: str) -> dict:
	return {
		"amount": shown(rounded(card.captured_amount, currency)),
		"on": moment(card.captured_on),
		"card": " ".join(
			part for part in (cstr(card.brand).title(), card.last4 and f"•••• {card.last4}") if part
		),
		"number": card.payment_entry or card.name,
		"refunded": shown(rounded(card.refunded_amount, currency)) if card.refunded_amount else "",
	}


def _next_step(doc) -> str:
	"""What was promised to the customer: the hold of the car, and who is in touch until when."""
	parts = []
	if doc.deposit:
		deposit = frappe.db.get_value(
			"Deposit", doc.deposit, ["status", "vehicle", "hold_until"], as_dict=True
		)
		if deposit and deposit.vehicle and deposit.hold_until and deposit.status == "Held":
			parts.append(
				_("{0} is held for you until {1}.").format(
					frappe.db.get_value("Dealer Vehicle", deposit.vehicle, "title"),
					moment(deposit.hold_until),
				)
			)
	filters = {"status": ("in", ("Open", "Planned")), "customer": doc.customer}
	about = next((one for one in ("deposit", "deal", "repair_order") if doc.get(one)), None)
	if about:
		promise = frappe.db.get_value(
			"Follow Up",
			{**filters, about: doc.get(about)},
			["owner_user", "due_at"],
			as_dict=True,
			order_by="due_at",
		)
		if promise and promise.due_at and promise.owner_user:
			parts.append(
				_("{0} will be in touch by {1}.").format(
					get_fullname(promise.owner_user), moment(promise.due_at)
				)
			)
	if not parts and doc.repair_order:
		parts.append(_("Show this page when you pick up your car."))
	return " ".join(parts)


# --- What the customer does ---------------------------------------------------------------------------


def opened(token: str) -> None:
	"""Somebody looked at the page, as far as a browser that runs its script tells."""
	name = link.find(token)
	if name:
		_opened(name)


@action
def _opened(name: str) -> None:
	doc = request.locked(name)
	if Status(doc.status) not in rules.LIVE:
		return
	doc.opened_count = cint(doc.opened_count) + 1
	first = not doc.opened_on
	if not first:
		frappe.db.set_value(doc.doctype, name, "opened_count", doc.opened_count, update_modified=False)
		return
	doc.opened_on = frappe.utils.now_datetime().replace(microsecond=0)
	if doc.status == Status.SENT.value:
		doc.status = Status.OPENED.value
	request.keep(doc)
	request.step(doc, "pay_request.opened", title=_("Opened the request to pay {0}").format(doc.what))


def start(token: str, *, seen: str, typed: str | None, version: str, agreed: bool) -> dict:
	"""Go to the provider's page. ``seen``: the amount that stood on the page; ``typed``: what the customer
	wants to pay of it.

	Returns ``{"state": "go", "url"}``; ``changed`` when another amount is open now; ``refused`` with a message
	and its code; ``down`` when the provider cannot be reached; else the face that the page has now.
	"""
	name = link.find(token)
	if not name:
		return {"state": "gone"}
	try:
		sessions.look(name)
		for _round in range(_ROUNDS):
			answer = _prepare(name, seen, typed, version, agreed)
			if answer["state"] == "wait":
				sessions.go(answer["card"])  # raises while it is not known
				continue
			if answer["state"] != "close":
				break
			for attempt in answer["attempts"]:
				sessions.end_now(attempt)
			sessions.look(name, ended=True)
		if answer["state"] == "open":
			return _handed_out(name, sessions.go(answer["card"]))
		return {"state": "down"} if answer["state"] in ("close", "wait") else answer
	except (GatewayError, Refused, frappe.ValidationError) as error:
		# No answer, no key, switched off, somebody else at the same rows: nothing was taken, and later it may go.
		frappe.logger("dealer_pos_crm").warning("the pay page of %s: %s", name, error)
		frappe.db.rollback()
		frappe.clear_messages()
		return {"state": "down"}


def _handed_out(name: str, answer: dict) -> dict:
	"""The provider's page, unless the request has ended while it was opened."""
	frappe.db.rollback()  # as it stands now, not when the page was asked for
	doc = frappe.get_doc(request.DOCTYPE, name)
	if Status(doc.status) in rules.LIVE:
		return answer
	return {"state": _face(doc, standing.due_of(doc)).value.lower()}


@action
def _prepare(name: str, seen: str, typed: str | None, version: str, agreed: bool) -> dict:
	"""All that is decided under the lock of the request."""
	doc = request.locked(name)
	due = standing.due_of(doc)
	face = _face(doc, due)
	if face is not Face.PAYABLE:
		return {"state": face.value.lower()}
	if seen != str(due.now.decimal):
		_tell_change(doc, due)
		return {
			"state": "changed",
			"before": seen,
			"amount": shown(due.now),
			"amount_plain": str(due.now.decimal),
		}
	try:
		amount = rules.check_part(
			rules.typed_amount(typed, doc.currency) if cstr(typed).strip() else due.now,
			due.now,
			allow_partial=bool(cint(doc.allow_partial)),
			smallest=_smallest(doc, due.now),
		)
		terms.accept(doc, terms.text_of(doc), amount, version=version, agreed=agreed)
	except Refused as refused:
		# Nothing was written before the refusal.
		values = [_shown_value(value) for value in refused.values]
		return {"state": "refused", "code": refused.code, "message": _(refused.template).format(*values)}
	if not doc.opened_on:  # without its script the page could not tell
		doc.opened_on = frappe.utils.now_datetime().replace(microsecond=0)
		doc.opened_count = cint(doc.opened_count) + 1
		doc.status = Status.OPENED.value if doc.status == Status.SENT.value else doc.status
		request.step(doc, "pay_request.opened", title=_("Opened the request to pay {0}").format(doc.what))
	request.keep(doc)
	if card := sessions.reusable(due.cards, amount):
		return {"state": "open", "card": card.name}
	if card := sessions.unanswered(due.cards, amount):
		return {"state": "wait", "card": card.name}
	if attempts := sessions.close_all(doc, cards=due.cards, now=True):
		return {"state": "close", "attempts": attempts}
	return {"state": "open", "card": sessions.begin(doc, due, amount)}


def _shown_value(value: str) -> str:
	"""Amounts in a refusal as people read them: ``12.50 USD`` becomes ``$ 12.50``."""
	number, _space, currency = value.rpartition(" ")
	try:
		return shown(Money.of(number.replace(",", ""), currency)) if number else value
	except (Refused, TypeError):
		return value


def _tell_change(doc, due: standing.Due) -> None:
	"""The books say another amount than the page said: the request keeps up, and its history says so."""
	if doc.amount_basis != Basis.OPEN_BALANCE.value or rounded(doc.amount, doc.currency) == _asked_now(due):
		return
	before = rounded(doc.amount, doc.currency)
	doc.amount = to_float(_asked_now(due))
	request.keep(doc)
	request.step(
		doc,
		"pay_request.changed",
		title=_("{0} are open for {1} now, not {2}").format(shown(due.now), doc.what, shown(before)),
	)


def state(token: str) -> dict:
	"""How it stands, after a look at the provider: for the page that waits for its payment."""
	name = link.find(token)
	if not name:
		return {"state": "gone"}
	try:
		sessions.look(name, seldom=True)
	except (GatewayError, frappe.ValidationError) as error:
		frappe.logger("dealer_pos_crm").warning("the pay page of %s: %s", name, error)
		frappe.db.rollback()
		frappe.clear_messages()
	doc = frappe.get_doc(request.DOCTYPE, name)
	due = standing.due_of(doc)
	captured = [card for card in due.cards if card.status == "Captured"]
	return {
		"state": _face(doc, due).value.lower(),
		"payments": len(captured),
		"paid": str(due.paid.decimal),
		"declined": bool(doc.status == Status.FAILED.value),
		"as_of": cstr(get_datetime()),
	}
