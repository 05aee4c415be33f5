"""Money from afar at Summit Motors: the links, holds, refunds and disputes around what the acts say was paid.

The acts say that a deposit came by card from somebody who was not there, or that an invoice is still open;
here that is told as the app tells it: a pay request that was sent, opened, sometimes forgotten or declined.
Everything follows from the seed and the document; other stories stay as they are.
"""

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from ...domain.event import Event
from .acts import ApplyDeposit, IssueInvoice, PayInvoice, TakeDeposit
from .lane_acts import AnyAct
from .people import staff_of

_DECLINES = ("The bank gave no reason.", "Not enough money on the card.", "The card has expired.")
_DISPUTED = ("The product was not received.", "The customer does not know the payment.")


def with_card_money(events: Iterable[Event], acts: Iterable[AnyAct], seed: int) -> list[Event]:
	"""The events with those of pay requests and card payments among them; of any order."""
	return [*_CardMoney(acts, seed).told(list(events))]


class _CardMoney:
	def __init__(self, acts: Iterable[AnyAct], seed: int) -> None:
		self._seed = seed
		self._remote: dict[str, TakeDeposit] = {}
		self._open: set[str] = set()  # invoices of the counter that nobody paid anything on
		paid: set[str] = set()
		moments: list[datetime] = []
		for act in acts:
			moments.append(act.at)
			if isinstance(act, TakeDeposit) and act.channel == "Remote":
				self._remote[act.deposit_id] = act
			elif isinstance(act, IssueInvoice):
				self._open.add(act.invoice_id)
			elif isinstance(act, PayInvoice | ApplyDeposit):
				paid.add(act.invoice_id)
		self._open -= paid
		self._first = min(moments, default=datetime.min)  # what is told begins and ends with the acts
		self._last = max(moments, default=datetime.max)
		self._accountant = staff_of("Dealer Accountant")[0].email

	def told(self, events: list[Event]) -> Iterator[Event]:
		for event in events:
			if event.deposit in self._remote and event.type in ("deposit.taken", "payment.reversed"):
				if event.type == "deposit.taken":
					yield from self._asked_for(event)
				yield replace(event, **_of(event))
			elif event.deposit in self._remote and event.type == "deposit.refunded":
				yield from self._refunded(event)
			elif event.type == "invoice.issued" and event.reference_name in self._open:
				yield event
				yield from self._still_open(event)
			elif event.type == "ro.opened":
				yield event
				yield from self._held_for_a_loaner(event)
			else:
				yield event

	def _chance(self, event: Event) -> random.Random:
		return random.Random(f"card-money-{self._seed}-{event.key}")

	def _before(self, at: datetime, back: timedelta) -> datetime:
		"""So long before, but not before the first act."""
		return max(at - back, min(at, self._first))

	# deposits

	def _asked_for(self, taken: Event) -> Iterator[Event]:
		"""The salesperson sends a link; it is opened, mostly at once, and paid."""
		chance = self._chance(taken)
		seller = self._remote[taken.deposit or ""].salesperson
		sent = self._before(
			taken.happened_at, timedelta(minutes=chance.choice((25, 50, 90, 300, 1600, 3100)))
		)
		opened = sent + (taken.happened_at - sent) * chance.choice((0.1, 0.5, 0.9))
		about = {"actor": seller, **_of(taken)}
		yield _step(taken, "pay_request.sent", sent, "Pay request sent", **about)
		yield _step(taken, "pay_request.opened", opened, "Pay request opened", **about)
		if chance.random() < 0.3:
			declined = opened + (taken.happened_at - opened) * 0.6
			reason = chance.choice(_DECLINES)
			for kind in ("payment.failed", "pay_request.failed"):
				yield _step(taken, kind, declined, "Card declined", facts={"reason": reason}, **about)
		yield _step(taken, "terms.accepted", taken.happened_at, "Terms accepted", **about)
		yield _step(taken, "pay_request.paid", taken.happened_at, "Pay request paid", **about)
		if chance.random() < 0.12:
			yield from self._disputed(taken, chance)

	def _disputed(self, taken: Event, chance: random.Random) -> Iterator[Event]:
		opened = taken.happened_at + timedelta(days=chance.randint(2, 9))
		if opened > self._last:
			return
		due = datetime.combine((opened + timedelta(days=12)).date(), time(23, 59))
		about = {
			**_of(taken),
			"actor": self._accountant,
			"reference_doctype": "Dispute Case",
			"reference_name": f"DSP-{taken.deposit}",
		}
		reason = {"reason": chance.choice(_DISPUTED)}
		yield _step(
			taken,
			"dispute.opened",
			opened,
			"Dispute opened",
			facts={**reason, "due_at": due.isoformat()},
			**about,
		)
		for kind, after in (("dispute.evidence_staged", 1), ("dispute.evidence_sent", 2)):
			if opened + timedelta(days=after) <= self._last:
				title = "Evidence put together" if after == 1 else "Evidence sent"
				yield _step(taken, kind, opened + timedelta(days=after), title, facts=reason, **about)

	def _refunded(self, refunded: Event) -> Iterator[Event]:
		"""What came by card goes back to the card, once somebody else has approved it."""
		chance = self._chance(refunded)
		at = refunded.happened_at
		about = {
			**_of(refunded),
			"pay_request": None,
			"reference_doctype": "Card Refund",
			"reference_name": f"CRF-{refunded.reference_name}",
		}
		asked = self._before(at, timedelta(minutes=chance.choice((12, 40, 200))))
		yield _step(refunded, "refund.requested", asked, "Refund to be approved", **about)
		yield replace(refunded, card_payment=about["card_payment"])
		failed = at + timedelta(days=2)
		if chance.random() < 0.15 and failed <= self._last:
			lost = {"reason": "The card was closed."}
			yield _step(refunded, "refund.failed", failed, "Refund failed", facts=lost, **about)

	# invoices

	def _still_open(self, issued: Event) -> Iterator[Event]:
		"""Nobody paid at the counter: a link goes out, and runs out."""
		chance = self._chance(issued)
		sent = issued.happened_at + timedelta(minutes=chance.randint(30, 90))
		ends = sent + timedelta(days=5)
		about: dict[str, Any] = {
			"pay_request": f"PAY-{issued.reference_name}",
			"actor": issued.actor,
			"reference_doctype": "Pay Request",
			"reference_name": f"PAY-{issued.reference_name}",
		}
		steps = [("pay_request.sent", sent, "Pay request sent")]
		if chance.random() < 0.6:
			steps.append(("pay_request.opened", sent + timedelta(hours=3), "Pay request opened"))
		steps.append(("pay_request.expired", ends, "Pay request ran out"))
		for kind, at, title in steps:
			if at <= self._last:
				facts = {"what": issued.title, "expires_at": ends.isoformat()}
				yield _step(issued, kind, at, title, facts=facts, **about)

	# holds

	def _held_for_a_loaner(self, opened: Event) -> Iterator[Event]:
		"""Now and then a loaner goes out against a hold on the card, and the hold is let go in the evening."""
		chance = self._chance(opened)
		if chance.random() >= 0.06:
			return
		until = opened.happened_at + timedelta(days=2)
		about = {
			"card_payment": f"CARD-{opened.repair_order}",
			"reference_doctype": "Card Payment",
			"reference_name": f"CARD-{opened.repair_order}",
		}
		facts = {"until": until.isoformat(), "what": "the loaner"}
		steps = [("authorisation.placed", opened.happened_at + timedelta(minutes=9), "Money held on a card")]
		if chance.random() < 0.5:
			steps.append(("authorisation.ending", until - timedelta(hours=24), "Hold on a card about to end"))
		released = opened.happened_at + timedelta(hours=chance.choice((7, 8, 27)))
		steps.append(("authorisation.released", max(released, steps[-1][1]), "Hold on a card let go"))
		for kind, at, title in steps:
			if at <= self._last:
				yield _step(opened, kind, at, title, facts=facts, how="In person", **about)


def _of(event: Event) -> dict[str, Any]:
	"""The request and the payment of a deposit's money."""
	return {"pay_request": f"PAY-{event.deposit}", "card_payment": f"CARD-{event.deposit}"}


def _step(
	of: Event,
	kind: str,
	at: datetime,
	title: str,
	*,
	facts: Mapping[str, str] | None = None,
	how: str = "Online",
	**values: Any,
) -> Event:
	"""A step around an event: of the same people, money and document."""
	key = f"{kind}:{of.reference_name}"
	about = {"reference_doctype": "Pay Request", "reference_name": values.get("pay_request"), **values}
	said = {name: fact for name, fact in of.facts.items() if name in ("what", "sales_owner", "reason")}
	return replace(
		of,
		key=key,
		type=kind,
		happened_at=at.replace(microsecond=0),
		title=f"{title}: {of.amount}" if of.amount else title,
		facts={**said, "how": how, **(facts or {})},
		reverses=None,
		occasion=key,
		**about,
	)
