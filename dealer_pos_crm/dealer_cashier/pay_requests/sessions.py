"""The provider's pages that a request opened: at most one can be paid at a time, for the amount of the moment."""

from datetime import timedelta

import frappe
from frappe.utils import get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.card_payments import authorising, payment, starting, subjects
from dealer_pos_crm.dealer_cashier.gateway import accounts, outbox
from dealer_pos_crm.dealer_cashier.gateway.outbox import Operation
from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.dealer_cashier.pay_requests import link, standing
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.pay_request import LIVE, Status
from dealer_pos_crm.gateways.errors import Rejected

# A page that ends within this time is not handed out any more.
_ENOUGH = timedelta(minutes=5)
# The provider wants a page to live half an hour from when it is made; it was asked for an hour.
_UNANSWERED = timedelta(minutes=20)
# So long the news of a payment may take that was made at the last moment.
ON_THE_WAY = timedelta(minutes=15)
_UNPAID = ("Waiting", "Failed")
EXPIRE = "Expire Checkout Session"


def open_ones(cards: list, grace: timedelta = timedelta(0)) -> list:
	"""The payments whose page at the provider may still be paid, or could be until ``grace`` ago."""
	now = now_datetime() - grace
	return [
		card
		for card in cards
		if card.status in _UNPAID
		and card.session_id
		and card.session_expires_at
		and get_datetime(card.session_expires_at) > now
	]


def reusable(cards: list, amount: Money):
	"""The payment whose page can be handed out again: the same amount, and time enough; None otherwise.

	Also one whose page was asked for and never answered: the same call gives the same page.
	"""
	now = now_datetime()
	for card in reversed(cards):
		if card.status not in _UNPAID or rounded(card.amount, amount.currency) != amount:
			continue
		if not card.session_id:
			if card.status == "Waiting" and get_datetime(card.creation) > now - _UNANSWERED:
				return card
		elif card.session_url and get_datetime(card.session_expires_at) > now + _ENOUGH:
			return card
	return None


def unanswered(cards: list, amount: Money):
	"""A payment of another amount whose page is being opened at this moment, or was and nobody knows: until
	that is known no other page is opened."""
	since = now_datetime() - _UNANSWERED
	for card in reversed(cards):
		waits = card.status == "Waiting" and not card.session_id and get_datetime(card.creation) > since
		if waits and rounded(card.amount, amount.currency) != amount:
			return card
	return None


def begin(request, due: standing.Due, amount: Money) -> str:
	"""Write down a payment of this amount and the call that opens its page. Returns the Card Payment."""
	owed = due.owed or subjects.free(request.customer, request.company, request.what, request.department)
	if request.hold_for:
		owed = authorising.held_for(owed, request.hold_for)
	address = link.address_of(request)
	card = starting.start(
		account=request.gateway_account,
		channel=starting.ONLINE,
		owed=owed,
		amount=amount,
		capture="manual" if request.hold_for else "automatic",
		pay_request=request.name,
		client_key=f"{request.name}:{len(due.cards) + 1}",
		success_url=f"{address}?back=1",
		cancel_url=f"{address}?left=1",
	)
	if request.hold_for:
		card.db_set("needed_until", request.needed_until)
	return card.name


def go(card: str) -> dict:
	"""The address of a payment's page at the provider; the page is opened when that was not done yet.

	Raises what the outbox says when the provider refuses or does not answer.
	"""
	url = frappe.db.get_value("Card Payment", card, "session_url")
	if not url:
		starting.call(card)
		url = frappe.db.get_value("Card Payment", card, "session_url")
	return {"state": "go", "url": url} if url else {"state": "down"}


def close_all(request, *, cards: list | None = None, but: str | None = None, now: bool = False) -> list:
	"""Write down that the provider is to end the open pages of a request. They are ended after the commit;
	what fails is tried again by the outbox. ``now``: the caller sees to it. Returns the attempts."""
	cards = standing.cards_of(request.name) if cards is None else cards
	attempts = [_close(request, card) for card in open_ones(cards) if card.name != but]
	if attempts and not now:
		frappe.db.after_commit.add(lambda: _later(attempts))
	return attempts


def opened(card) -> None:
	"""A page was opened, in the transaction that stores its answer: of a request that has ended meanwhile it is
	ended again, as whoever ended the request could not know of it."""
	request = frappe.get_doc("Pay Request", card.pay_request, for_update=True)
	if Status(request.status) not in LIVE:
		close_all(request)


def _close(request, card) -> str:
	return outbox.plan(
		request.gateway_account,
		EXPIRE,
		about=("Card Payment", card.name),
		key_parts=(card.session_id,),
		values={"session": card.session_id},
	)


def _later(attempts: list) -> None:
	try:
		for attempt in attempts:
			frappe.enqueue(
				"dealer_pos_crm.dealer_cashier.pay_requests.sessions.end_now",
				queue="short",
				job_id=f"dealer_session::{attempt}",
				deduplicate=True,
				attempt=attempt,
			)
	except Exception:
		# It is written down: the outbox's own round comes to it.
		frappe.logger("dealer_pos_crm").exception("a page at the provider is ended later")


def end_now(attempt: str | int) -> dict:
	"""Have the provider end a page."""
	return outbox.run(attempt, quiet=True)


def _expire(gateway, attempt, values: dict) -> dict:
	"""A page that was paid meanwhile, or has ended, cannot be ended any more: that is an answer as well."""
	try:
		fact = gateway.expire_session(values["session"], key=attempt.idempotency_key)
	except Rejected:
		fact = gateway.session(values["session"])
		if fact.open:
			raise
	return {"id": values["session"], "complete": fact.complete, "intent": fact.intent}


def _look_for(gateway, _attempt, values: dict) -> dict | None:
	fact = gateway.session(values["session"])
	if fact.open:
		return None
	return {"id": values["session"], "complete": fact.complete, "intent": fact.intent}


def _ended(attempt, result: dict) -> None:
	"""The page takes no money any more; whether it took some before is read from its payment."""
	frappe.db.set_value(
		"Card Payment", attempt.about_name, "session_expires_at", now_datetime().replace(microsecond=0)
	)


def look(name: str, *, seldom: bool = False, ended: bool = False) -> None:
	"""Read the payments of a request's pages at the provider, and hand what is found on the one way in.

	``seldom``: not more often than every few seconds, for a page that asks and asks. ``ended``: pages that
	have just ended as well. Raises errors of the gateway.
	"""
	cards = standing.cards_of(name)
	wanted = [card for card in cards if card.status in _UNPAID and card.session_id]
	wanted = wanted[-2:] if ended else open_ones(wanted) or wanted[-1:]
	if not wanted:
		return
	if seldom and not _due(name):
		return
	account = frappe.get_doc("Gateway Account", frappe.db.get_value("Pay Request", name, "gateway_account"))
	gateway = accounts.client(account.name)
	for card in wanted:
		intent = card.intent_id or gateway.session(card.session_id).intent
		if intent:
			fact = gateway.payment(intent)
			frappe.db.rollback()  # nothing was written: what comes now is read as it stands
			payment.observe(account, fact)
			frappe.db.commit()  # nosemgrep - what is known is kept, whatever becomes of the rest


def _due(name: str) -> bool:
	key = f"dealer_pay_look:{name}"
	if frappe.cache.get_value(key, expires=True):
		return False
	frappe.cache.set_value(key, 1, expires_in_sec=3)
	return True


CLOSE_PAGE = Operation(call=_expire, search=_look_for, on_done=_ended, harmless=True)
