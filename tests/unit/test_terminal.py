"""A payment at a card reader: what follows from what was read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealer_pos_crm.domain.gateway import PaymentState, ReaderFact
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.terminal import (
	SETTLED,
	Call,
	Hold,
	Move,
	Next,
	Phase,
	Reading,
	check_another,
	check_cancel,
	check_capture,
	check_needed,
	check_reader,
	check_send,
	ends_too_early,
	moves,
	next_call,
	phase,
	warn_at,
)

NOW = datetime(2026, 11, 22, 10, 0)
WAITING, CAPTURED = PaymentState.WAITING, PaymentState.CAPTURED


def usd(cents: int) -> Money:
	return Money(cents, "USD")


def reader(action: str = "", intent: str = "", **more) -> ReaderFact:
	return ReaderFact(
		**{"reader": "tmr_1", "label": "Counter 1", "online": True, "live": False, **more},
		action=action,
		intent=intent,
	)


IDLE = reader()
OURS = reader("In Progress", "pi_1")
ANOTHERS = reader("In Progress", "pi_other")
OFF = reader(online=False)


def seen(payment=WAITING, create=Call.DONE, send=Call.DONE, at=IDLE, **more) -> Reading:
	return Reading(
		intent="pi_1" if payment else "", payment=payment, create=create, send=send, reader=at, **more
	)


DECLINED = reader("Failed", "pi_1", failure_code="card_declined", failed_by="Card")

PHASES = [
	(seen(None, Call.OPEN, Call.NONE), Phase.STARTING, Next.REPEAT_CREATE),
	(seen(None, Call.REFUSED, Call.NONE), Phase.REFUSED, Next.NOTHING),
	(seen(send=Call.NONE), Phase.READY, Next.NOTHING),
	(seen(at=OURS), Phase.ON_READER, Next.NOTHING),
	(seen(send=Call.OPEN, at=OURS), Phase.ON_READER, Next.NOTHING),  # the lost answer had arrived there
	(seen(send=Call.OPEN), Phase.CHECKING, Next.REPEAT_SEND),  # it had not
	(seen(send=Call.OPEN, at=None), Phase.CHECKING, Next.LOOK),  # nobody knows: nothing is repeated
	(seen(send=Call.OPEN, at=ANOTHERS), Phase.READER_BUSY, Next.LOOK),
	(seen(send=Call.OPEN, at=OFF), Phase.READER_OFFLINE, Next.LOOK),
	(seen(CAPTURED, send=Call.OPEN), Phase.PAID, Next.NOTHING),  # charged, and the answer was lost
	(seen(CAPTURED, at=ANOTHERS), Phase.PAID, Next.NOTHING),
	(seen(PaymentState.AUTHORISED), Phase.HELD, Next.NOTHING),
	(seen(PaymentState.CANCELLED, at=OURS), Phase.CANCELLED, Next.NOTHING),
	(seen(PaymentState.PROCESSING, at=OURS), Phase.PROCESSING, Next.NOTHING),
	(seen(at=reader("Succeeded", "pi_1")), Phase.CHECKING, Next.LOOK),
	(seen(at=DECLINED), Phase.DECLINED, Next.NOTHING),
	(seen(at=reader("Failed", "pi_1", failure_code="card_declined")), Phase.DECLINED, Next.NOTHING),
	(seen(at=reader("Failed", "pi_1", failure_code="customer_canceled")), Phase.READER_FAILED, Next.NOTHING),
	(
		seen(at=reader("Failed", "pi_1", failure_code="card_declined", failed_by="Reader")),
		Phase.READER_FAILED,
		Next.NOTHING,
	),
	(seen(at=replace(OURS, online=False)), Phase.READER_OFFLINE, Next.NOTHING),  # the plug was pulled
	(seen(at=IDLE), Phase.READER_FAILED, Next.NOTHING),  # started anew: it has forgotten
	(seen(at=ANOTHERS), Phase.READER_FAILED, Next.NOTHING),
	(seen(at=None), Phase.CHECKING, Next.NOTHING),
	(seen(send=Call.REFUSED, refusal="terminal_reader_busy"), Phase.READER_BUSY, Next.NOTHING),
	(seen(send=Call.REFUSED, refusal="terminal_reader_offline"), Phase.READER_OFFLINE, Next.NOTHING),
	(seen(send=Call.REFUSED, refusal="terminal_reader_timeout", at=OURS), Phase.ON_READER, Next.NOTHING),
	(seen(send=Call.REFUSED, refusal="terminal_reader_timeout", at=None), Phase.CHECKING, Next.NOTHING),
	(seen(send=Call.REFUSED, refusal="terminal_reader_timeout"), Phase.READER_FAILED, Next.NOTHING),
	(seen(send=Call.REFUSED, refusal="something"), Phase.READER_FAILED, Next.NOTHING),
	(seen(None, Call.OPEN, Call.NONE, cancelled=True), Phase.CANCELLED, Next.NOTHING),
	(seen(send=Call.OPEN, fresh=False), Phase.CHECKING, Next.LOOK),  # the payment was not read: no repeat
	(seen(at=DECLINED, fresh=False), Phase.CHECKING, Next.LOOK),
	(seen(CAPTURED, fresh=False), Phase.PAID, Next.NOTHING),
]


@pytest.mark.parametrize(("reading", "where", "then"), PHASES)
def test_what_follows_from_a_reading(reading: Reading, where: Phase, then: Next):
	assert phase(reading) is where
	assert next_call(reading) is then


def test_each_phase_has_moves_or_is_the_end():
	for one in Phase:
		assert bool(moves(one)) is (one not in SETTLED)


@pytest.mark.parametrize(
	"where", [Phase.ON_READER, Phase.CHECKING, Phase.STARTING, Phase.PROCESSING, *SETTLED]
)
def test_nothing_is_sent_while_it_may_be_on_a_reader_or_is_over(where: Phase):
	with pytest.raises(Refused):
		check_send(where)


@pytest.mark.parametrize("where", [Phase.DECLINED, Phase.READER_BUSY, Phase.READER_OFFLINE, Phase.READY])
def test_the_same_payment_goes_to_the_reader_again(where: Phase):
	check_send(where)
	check_cancel(where)


def test_a_card_that_was_read_is_not_cancelled():
	with pytest.raises(Refused) as refused:
		check_cancel(Phase.PROCESSING)
	assert refused.value.code == "too_late"
	with pytest.raises(Refused):
		check_cancel(Phase.PAID)


def test_no_second_payment_while_the_first_may_be_charged():
	for one in Phase:
		if one in SETTLED:
			check_another("CARD-1", usd(100), one)
			continue
		with pytest.raises(Refused, match="CARD-1") as refused:
			check_another("CARD-1", usd(100), one)
		assert refused.value.code == "payment_running"


def test_a_reader_takes_only_what_it_may():
	good = {"enabled": True, "same_company": True, "test": False, "account_test": False}
	check_reader("Counter 1", **good)
	for wrong, code in (
		({"enabled": False}, "reader_off"),
		({"same_company": False}, "reader_company"),
		({"test": True}, "reader_mode"),
		({"account_test": True}, "reader_mode"),
	):
		with pytest.raises(Refused) as refused:
			check_reader("Counter 1", **{**good, **wrong})
		assert refused.value.code == code


# The whole way, over a line that loses answers


@dataclass
class Counter:
	"""A provider with one payment and one reader, and a cashier's machine that sees both through a bad line."""

	created: int = 0
	payment: PaymentState | None = None
	at: ReaderFact = IDLE
	charges: int = 0
	create: Call = Call.NONE
	send: Call = Call.NONE
	key: int = 0
	done_keys: frozenset[int] = frozenset()

	def call_create(self, arrives: bool, answered: bool) -> None:
		if arrives and self.payment is None:
			self.created += 1
			self.payment = WAITING
		self.create = Call.DONE if arrives and answered else Call.OPEN

	def call_send(self, arrives: bool, answered: bool, *, anew: bool) -> None:
		if anew:
			self.key += 1
		if arrives and self.key not in self.done_keys:
			self.done_keys |= {self.key}
			if self.payment is WAITING and self.at.action != "In Progress":
				self.at = OURS
		self.send = Call.DONE if arrives and answered else Call.OPEN

	def card(self, good: bool) -> None:
		if self.at.action != "In Progress" or self.payment is not WAITING:
			return
		if good:
			self.charges += 1
			self.payment, self.at = CAPTURED, reader("Succeeded", "pi_1")
		else:
			self.at = DECLINED

	def look(self, sees_reader: bool, told: bool) -> Reading:
		known = self.payment if told or self.create is Call.DONE else None
		return seen(known, self.create, self.send, self.at if sees_reader else None)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("asdlr"), st.booleans(), st.booleans()), max_size=40))
def test_a_bad_line_never_makes_two_charges_and_the_end_is_the_truth(steps):
	shop = Counter()
	shop.call_create(*(steps[0][1:] if steps else (True, True)))
	for what, one, two in steps:
		if what == "a":
			shop.card(one)
		elif what == "r":  # the reader is started anew
			shop.at = IDLE
		reading = shop.look(one, two)
		then = next_call(reading)
		if then is Next.REPEAT_CREATE:
			shop.call_create(one, two)
		elif then is Next.REPEAT_SEND:
			shop.call_send(one, two, anew=False)
		elif what == "s" and Move.SEND in moves(phase(reading)):
			shop.call_send(one, two, anew=True)
		assert shop.created <= 1
		assert shop.charges <= 1
	last = shop.look(True, True)
	assert (phase(last) is Phase.PAID) is (shop.charges == 1)


# Holds


def hold(authorised=50000, captured=0, until=NOW + timedelta(days=2)) -> Hold:
	return Hold(usd(authorised), usd(captured), until)


def test_a_hold_is_taken_once_in_whole_or_in_part_while_it_lives():
	check_capture(hold(), usd(50000), NOW)
	check_capture(hold(), usd(1), NOW)
	check_capture(hold(until=None), usd(1), NOW)
	for wrong, amount, code in (
		(hold(), usd(50001), "more_than_held"),
		(hold(), usd(0), "no_amount"),
		(hold(captured=100), usd(100), "captured"),
		(hold(until=NOW), usd(100), "hold_over"),
	):
		with pytest.raises(Refused) as refused:
			check_capture(wrong, amount, NOW)
		assert refused.value.code == code


@pytest.mark.parametrize(("channel", "days"), [("In Person", 2), ("Online", 7)])
def test_what_is_needed_longer_than_a_hold_lives_is_a_deposit(channel: str, days: int):
	check_needed(NOW + timedelta(days=days), NOW, channel)
	with pytest.raises(Refused, match="deposit") as refused:
		check_needed(NOW + timedelta(days=days, minutes=1), NOW, channel)
	assert refused.value.code == "needs_deposit"
	with pytest.raises(Refused) as refused:
		check_needed(NOW, NOW, channel)
	assert refused.value.code == "needed_past"


def test_the_provider_tells_how_long_it_really_lives():
	until = NOW + timedelta(days=2)
	assert warn_at(until) == NOW + timedelta(days=1)
	assert warn_at(None) is None
	assert ends_too_early(until, until + timedelta(hours=1))
	assert not ends_too_early(until, until)
	assert not ends_too_early(None, until)
