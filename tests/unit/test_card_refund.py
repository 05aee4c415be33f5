"""How much may go back to a card, who decides it, and what becomes of it whatever the order of the news."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dealer_pos_crm.domain.card_refund import (
	COUNTS,
	UNDER_WAY,
	Dispute,
	Refund,
	Room,
	Source,
	Status,
	after,
	check_amount,
	check_disputes,
	check_reason,
	check_requested,
	comes_back,
	limit_left,
	needs_approval,
	pick,
	room,
	status_of,
)
from dealer_pos_crm.domain.deposit import Asker
from dealer_pos_crm.domain.gateway import RefundState
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused, WrongAmount

CASHIER = Asker("cashier@x", may_settle=False, may_approve=False)
ACCOUNTANT = Asker("accountant@x", may_settle=True, may_approve=False)
MANAGER = Asker("manager@x", may_settle=True, may_approve=True)


def usd(cents: int) -> Money:
	return Money(cents, "USD")


@contextmanager
def refused(code: str) -> Iterator[None]:
	with pytest.raises(Refused) as told:
		yield
	assert told.value.code == code


class TestRoom:
	def test_what_is_left_counts_everything_that_takes_from_it(self):
		found = room(
			usd(50_000),
			[
				Refund(usd(10_000), Status.REFUNDED),
				Refund(usd(5_000), Status.SENDING),
				Refund(usd(3_000), Status.PENDING),
				Refund(usd(2_000), Status.NEEDS_ACTION),
				Refund(usd(9_999), Status.FAILED),
				Refund(usd(9_999), Status.REQUESTED),
				Refund(usd(9_999), Status.REJECTED),
				Refund(usd(9_999), Status.WITHDRAWN),
			],
			usd(20_000),
		)
		assert found == Room(usd(50_000), usd(10_000), usd(10_000), usd(20_000))
		assert found.left == usd(10_000)

	def test_it_is_never_less_than_nothing(self):
		assert room(usd(100), [Refund(usd(60), Status.REFUNDED)], usd(100)).left == usd(0)

	def test_all_of_it_may_go_and_not_a_cent_more(self):
		left = room(usd(100), [Refund(usd(40), Status.PENDING)], usd(0))
		check_amount(usd(60), left, "CARD-1")
		with refused("more_than_left"):
			check_amount(usd(61), left, "CARD-1")

	def test_an_empty_room_says_where_the_money_went(self):
		left = room(usd(100), [Refund(usd(40), Status.PENDING), Refund(usd(60), Status.REFUNDED)], usd(0))
		with pytest.raises(Refused, match=r"0\.60 USD refunded, 0\.40 USD on its way") as told:
			check_amount(usd(1), left, "CARD-1")
		assert told.value.code == "nothing_left"

	@pytest.mark.parametrize("cents", [0, -1])
	def test_nothing_and_less_is_no_refund(self, cents):
		with pytest.raises(WrongAmount):
			check_amount(usd(cents), room(usd(100), [], usd(0)), "CARD-1")

	def test_another_currency_is_refused(self):
		with pytest.raises(WrongAmount):
			check_amount(Money(1, "EUR"), room(usd(100), [], usd(0)), "CARD-1")


class TestDisputes:
	@pytest.mark.parametrize(
		("inquiry", "refundable", "over", "allowed"),
		[
			(False, False, False, False),
			(False, True, False, False),  # what the bank has taken is never paid a second time
			(True, True, False, True),
			(True, False, False, False),
			(False, False, True, True),  # won or closed; lost leaves no room anyway
			(True, False, True, True),
		],
	)
	def test_while_the_bank_has_the_money(self, inquiry, refundable, over, allowed):
		dispute = Dispute("DSP-1", inquiry, refundable, over)
		if allowed:
			check_disputes([dispute], "CARD-1")
		else:
			with refused("disputed"):
				check_disputes([dispute], "CARD-1")

	def test_one_open_dispute_among_old_ones_is_enough(self):
		with refused("disputed"):
			check_disputes([Dispute("A", False, False, True), Dispute("B", False, False, False)], "CARD-1")


class TestApproval:
	@pytest.mark.parametrize(
		("cents", "who", "another_way", "needed"),
		[
			(100, MANAGER, False, False),
			(100, MANAGER, True, False),
			(101, MANAGER, False, True),  # above the limit nobody does it alone
			(100, ACCOUNTANT, False, False),
			(100, ACCOUNTANT, True, True),  # card money as cash is a manager's
			(1, CASHIER, False, True),
			(1, CASHIER, True, True),
		],
	)
	def test_who_needs_a_second_person(self, cents, who, another_way, needed):
		assert bool(needs_approval(usd(cents), usd(100), who, another_way=another_way)) is needed

	@given(st.lists(st.integers(1, 400), max_size=8), st.integers(0, 1000))
	def test_small_refunds_do_not_pass_the_limit_together(self, amounts, limit):
		alone = usd(0)
		for cents in amounts:
			if needs_approval(usd(cents), limit_left(usd(limit), alone), ACCOUNTANT) is None:
				alone = alone + usd(cents)
		assert alone <= usd(limit)

	def test_what_went_back_above_the_limit_leaves_none_of_it(self):
		assert limit_left(usd(100), usd(500)) == usd(0)

	@pytest.mark.parametrize("text", [None, "", "  ", "ok"])
	def test_a_reason_has_some_substance(self, text):
		with refused("no_reason"):
			check_reason(text)

	def test_a_reason_is_kept_as_it_was_meant(self):
		assert check_reason("  Paid twice ") == "Paid twice"

	@pytest.mark.parametrize("status", [status for status in Status if status is not Status.REQUESTED])
	def test_what_is_decided_is_not_decided_again(self, status):
		with refused("decided"):
			check_requested(status, "CRF-1")


class TestNews:
	@pytest.mark.parametrize("facts", list(itertools.permutations(RefundState)))
	def test_in_every_order_it_ends_in_the_same_place(self, facts):
		status = Status.SENDING
		for fact in facts:
			status = after(status, fact)
		assert status is Status.FAILED  # a failure is the last word, also after it had arrived

	@given(st.lists(st.sampled_from(RefundState), max_size=6))
	def test_any_news_in_any_order_and_as_often_as_it_likes(self, facts):
		ends = set()
		for order in (facts, sorted(facts), list(reversed(facts)), facts + facts):
			status = Status.SENDING
			for fact in order:
				status = after(status, fact)
			ends.add(status)
		assert len(ends) == 1

	@given(st.sampled_from(Status), st.sampled_from(RefundState))
	def test_it_only_goes_forward(self, status, fact):
		then = after(status, fact)
		assert after(then, fact) is then
		if status in (Status.REQUESTED, Status.REJECTED, Status.WITHDRAWN, Status.FAILED):
			assert then is status

	def test_a_refund_that_arrived_may_come_back(self):
		assert after(Status.REFUNDED, RefundState.FAILED) is Status.FAILED
		assert comes_back(Status.REFUNDED, Status.FAILED)

	@pytest.mark.parametrize("before", sorted(UNDER_WAY))
	def test_a_booking_is_undone_once(self, before):
		assert comes_back(before, Status.FAILED)
		assert not comes_back(Status.FAILED, Status.FAILED)

	def test_late_old_news_change_nothing(self):
		assert after(Status.REFUNDED, RefundState.PENDING) is Status.REFUNDED

	@pytest.mark.parametrize("state", RefundState)
	def test_every_word_of_the_provider_has_a_place(self, state):
		assert status_of(state) in COUNTS | {Status.FAILED}


class TestPlace:
	NONE = usd(0)

	def test_a_deposit_that_holds_it_gives_it(self):
		assert pick(usd(50), usd(50), usd(99), []) == (Source.DEPOSIT, "")

	def test_else_what_nobody_has_used(self):
		assert pick(usd(50), usd(49), usd(50), [("CN-1", usd(99))]) == (Source.CREDIT, "")

	def test_else_the_first_credit_note_that_owes_enough(self):
		notes = [("CN-1", usd(10)), ("CN-2", usd(50)), ("CN-3", usd(50))]
		assert pick(usd(50), self.NONE, self.NONE, notes) == (Source.CREDIT_NOTE, "CN-2")

	def test_else_the_customer_owes_it(self):
		assert pick(usd(50), usd(49), usd(49), [("CN-1", usd(49))]) == (Source.NONE, "")


class OnePayment(RuleBasedStateMachine):
	"""Clerks, a provider and a bank around one payment. The provider here stops nobody: our rules must."""

	@initialize(captured=st.integers(1, 1_000))
	def taken(self, captured):
		self.captured = usd(captured)
		self.refunds: list[list] = []  # [amount, status]
		self.withdrawn = usd(0)
		self.disputed = False

	def room(self) -> Room:
		return room(self.captured, [Refund(*row) for row in self.refunds], self.withdrawn)

	def disputes(self) -> list[Dispute]:
		return [Dispute("DSP-1", False, False, False)] if self.disputed else []

	def may(self, amount: Money) -> bool:
		try:
			check_disputes(self.disputes(), "CARD-1")
			check_amount(amount, self.room(), "CARD-1")
		except Refused:
			return False
		return True

	@rule(cents=st.integers(1, 1_000))
	def ask(self, cents):
		if self.may(usd(cents)):
			self.refunds.append([usd(cents), Status.REQUESTED])

	@rule(cents=st.integers(1, 1_000))
	def book(self, cents):
		if self.may(usd(cents)):
			self.refunds.append([usd(cents), Status.SENDING])

	@precondition(lambda self: any(row[1] is Status.REQUESTED for row in self.refunds))
	@rule(data=st.data(), yes=st.booleans())
	def decide(self, data, yes):
		row = data.draw(st.sampled_from([row for row in self.refunds if row[1] is Status.REQUESTED]))
		if not yes:
			row[1] = Status.REJECTED
		elif self.may(row[0]):  # looked at anew: others were quicker
			row[1] = Status.SENDING

	@precondition(lambda self: any(row[1] in COUNTS for row in self.refunds))
	@rule(data=st.data(), state=st.sampled_from(RefundState))
	def hear(self, data, state):
		row = data.draw(st.sampled_from([row for row in self.refunds if row[1] in COUNTS]))
		row[1] = after(row[1], state)

	@precondition(lambda self: not self.disputed and not self.withdrawn)
	@rule()
	def dispute(self):
		"""The bank takes what was not refunded by then."""
		self.disputed = True
		self.withdrawn = self.room().left

	@precondition(lambda self: self.disputed)
	@rule(won=st.booleans())
	def judge(self, won):
		self.disputed = False
		if won:
			self.withdrawn = usd(0)

	@invariant()
	def never_more_than_was_taken(self):
		found = self.room()
		assert found.refunded + found.under_way + found.withdrawn <= self.captured
		assert found.left + found.refunded + found.under_way + found.withdrawn == self.captured


TestOnePayment = OnePayment.TestCase
