"""What each kind of message is about: the object is read anew, and its fact handed to whoever keeps it.

A handler calls the provider, and returns what is to be done in our books, which happens afterwards in a
transaction of its own: no lock waits for the network.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from frappe import _
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_cashier.gateway import accounts
from dealer_pos_crm.domain.gateway import DisputeFact, EventFact, RefundFact

DONE, IGNORED = "Done", "Ignored"


@dataclass(frozen=True)
class Outcome:
	"""What came of a message. ``reference``: the document that it changed or confirmed."""

	status: str
	reason: str = ""
	reference: tuple[str, str] | None = None


Work = Callable[[], Outcome]


def _done(doctype: str, name: str | None) -> Outcome:
	if not name:
		return Outcome(IGNORED, _("Nothing here belongs to it: it was not started from this site"))
	return Outcome(DONE, reference=(doctype, str(name)))


def _nothing(reason: str) -> Work:
	return lambda: Outcome(IGNORED, reason)


def payment(account, event: EventFact) -> Work:
	return _payment(account, event.object_id)


def _payment(account, intent: str) -> Work:
	fact = accounts.client(account).payment(intent)

	def keep() -> Outcome:
		from dealer_pos_crm.dealer_cashier.card_payments import payment as payments

		return _done("Card Payment", payments.observe(account, fact))

	return keep


def charge(account, event: EventFact) -> Work:
	"""What happens to a charge is told by its payment."""
	intent = _of_object(event, "payment_intent")
	if not intent:
		return _nothing(_("A charge without a payment: not made by this app"))
	return _payment(account, intent)


def session(account, event: EventFact) -> Work:
	"""A hosted page was paid, failed or ran out; with a payment, that tells."""
	fact = accounts.client(account).session(event.object_id)
	if fact.intent:
		return _payment(account, fact.intent)

	def keep() -> Outcome:
		from dealer_pos_crm.dealer_cashier.card_payments import payment as payments

		return _done("Card Payment", payments.observe_session(account, fact))

	return keep


def refund(account, event: EventFact) -> Work:
	fact = accounts.client(account).refund_of(event.object_id)
	if fact.release:
		return _nothing(_("The rest of a hold was released: no money moved"))
	first = _payment_before(account, fact)

	def keep() -> Outcome:
		from dealer_pos_crm.dealer_cashier.card_refunds import following

		first()
		return _done("Card Refund", following.observe(account, fact))

	return keep


def dispute(account, event: EventFact) -> Work:
	asked = now_datetime()
	fact = accounts.client(account).dispute(event.object_id)
	first = _payment_before(account, fact)

	def keep() -> Outcome:
		from dealer_pos_crm.dealer_cashier.disputes import case

		first()
		return _done("Dispute Case", case.observe(account, fact, read_at=asked))

	return keep


def _payment_before(account, fact: RefundFact | DisputeFact) -> Work:
	"""The payment of a refund or a dispute whose own message has not come yet: it is read first, else nobody
	would know whose it is."""
	from dealer_pos_crm.dealer_cashier.card_payments import payment as payments

	if payments.by_charge(account.name, fact.charge) or not fact.intent:
		return _nothing("")
	return _payment(account, fact.intent)


def payout(account, event: EventFact) -> Work:
	fact = accounts.client(account).payout(event.object_id)

	def keep() -> Outcome:
		from dealer_pos_crm.dealer_cashier.payouts import reading

		return _done("Gateway Payout", reading.observe(account, fact))

	return keep


def reader(account, event: EventFact) -> Work:
	"""A reader's own state first; when it did something for a payment, that is read as well."""
	client = accounts.client(account)
	fact = client.reader(event.object_id)
	paid = _payment(account, fact.intent) if fact.intent else None

	def keep() -> Outcome:
		from dealer_pos_crm.dealer_cashier.terminal import following

		# The payment first: its keeping ends transactions of its own.
		outcome = paid() if paid else None
		known = following.reader_event(account, fact)
		if known:
			return _done("Card Reader", known)
		return outcome or _done("Card Reader", None)

	return keep


def _of_object(event: EventFact, field: str) -> str:
	data: Any = event.body.get("data")
	about = data.get("object") if isinstance(data, dict) else None
	value = about.get(field) if isinstance(about, dict) else None
	if isinstance(value, dict):
		value = value.get("id")
	return value if isinstance(value, str) else ""
