"""A repair order's rules: the ladder, what an answer needs, prices and tolerance, what stops it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.repair_order import (
	WORKING,
	Answer,
	How,
	Job,
	PartState,
	PayType,
	Promise,
	Status,
	authorised,
	blockers_to_close,
	blockers_to_hand_over,
	blockers_to_invoice,
	by_hand,
	check_answer,
	check_change,
	check_part,
	check_withdraw,
	check_working,
	fixed_labor,
	is_add_on,
	is_frozen,
	labor_at,
	parts_state,
	possible_changes,
	product,
	promise,
	revise,
	totals,
)

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 14, 0)


def usd(text: str) -> Money:
	return Money.of(text, "USD")


def job(number: int = 1, amount: str = "100.00", answer: Answer = Answer.PENDING, **values) -> Job:
	shown = usd(amount) if answer is not Answer.PENDING else None
	return Job(
		**{
			"job_no": number,
			"title": "Front brake pads",
			"pay_type": PayType.CUSTOMER,
			"answer": answer,
			"amount": usd(amount),
			"shown": shown,
			**values,
		}
	)


def code_of(call, *args, **values) -> str:
	with pytest.raises(Refused) as caught:
		call(*args, **values)
	return caught.value.code


# --- The ladder -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", sorted(WORKING))
def test_from_work_to_every_other_place_of_the_lane(status: Status) -> None:
	assert set(by_hand(status)) == WORKING - {status}
	assert {Status.INVOICED, Status.CANCELLED} <= set(possible_changes(status))


def test_nobody_bills_closes_or_cancels_by_hand() -> None:
	for status in Status:
		assert not set(by_hand(status)) - WORKING
	assert by_hand(Status.INVOICED) == by_hand(Status.CLOSED) == ()


def test_what_is_billed_is_not_cancelled() -> None:
	for status in (Status.INVOICED, Status.CLOSED):
		assert code_of(check_change, status, Status.CANCELLED, "RO-1") == "order_status"


def test_the_way_back() -> None:
	check_change(Status.INVOICED, Status.READY, "RO-1")
	check_change(Status.CLOSED, Status.INVOICED, "RO-1")
	check_change(Status.CANCELLED, Status.OPEN, "RO-1")
	assert code_of(check_change, Status.CANCELLED, Status.CLOSED, "RO-1") == "order_status"


@given(st.lists(st.sampled_from(list(Status)), max_size=12))
def test_whatever_is_tried_the_ladder_holds(wanted: list[Status]) -> None:
	"""However an order is pushed about, it is never cancelled after it was billed without being credited."""
	status, billed = Status.OPEN, False
	for new in wanted:
		try:
			check_change(status, new, "RO-1")
		except Refused:
			continue
		billed = (billed or new is Status.INVOICED) and new is not Status.READY
		assert not (billed and new is Status.CANCELLED)
		status = new


def test_no_work_on_a_closed_order() -> None:
	assert code_of(check_working, Status.CLOSED, "RO-1") == "not_working"
	check_working(Status.READY, "RO-1")


def test_five_minutes_make_an_add_on() -> None:
	assert not is_add_on(NOW, NOW + timedelta(minutes=5))
	assert is_add_on(NOW, NOW + timedelta(minutes=5, seconds=1))


# --- Prices -----------------------------------------------------------------------------------------


def test_each_line_is_rounded_once() -> None:
	assert product(Decimal("0.3"), usd("149.95")) == usd("44.98")  # 44.985 to even
	assert product(Decimal("0.5"), usd("0.01")) == usd("0.00")
	assert labor_at(Decimal("1.25"), usd("150")) == usd("187.50")
	assert code_of(labor_at, Decimal(-1), usd("150")) == "negative"


def test_a_currency_without_cents() -> None:
	assert product(Decimal("0.3"), Money.of(9500, "JPY")) == Money.of(2850, "JPY")


@given(
	hours=st.decimals(min_value=0, max_value=40, places=2),
	cents=st.integers(min_value=0, max_value=5_000_000),
)
def test_a_fixed_price_comes_out_to_the_cent(hours: Decimal, cents: int) -> None:
	wanted = Money(cents, "USD")
	found_hours, rate = fixed_labor(hours, wanted)
	assert product(found_hours, rate) == wanted
	assert found_hours in (hours, Decimal(1))


def test_totals_leave_out_what_was_declined() -> None:
	found = totals(
		[
			job(1, "100", Answer.APPROVED),
			job(2, "50"),
			job(3, "70", Answer.DECLINED),
			job(4, "30", Answer.DEFERRED),
			job(5, "20", pay_type=PayType.WARRANTY),
		],
		"USD",
	)
	assert found == {
		PayType.CUSTOMER: usd("150"),
		PayType.WARRANTY: usd("20"),
		PayType.INTERNAL: usd("0"),
	}


def test_authorised_is_what_was_shown_to_the_customer() -> None:
	revised = replace(job(1, "100", Answer.APPROVED), amount=usd("108"))
	warranty = job(2, "500", Answer.APPROVED, pay_type=PayType.WARRANTY)
	assert authorised([revised, warranty, job(3, "40")], "USD") == usd("100")


# --- The tolerance ----------------------------------------------------------------------------------


def test_within_the_tolerance_of_everything_authorised() -> None:
	jobs = [job(1, "100", Answer.APPROVED), job(2, "400", Answer.APPROVED)]
	assert not revise(jobs, 1, usd("150"), Decimal(10)).ask_again
	found = revise(jobs, 1, usd("150.01"), Decimal(10))
	assert found.ask_again
	assert (found.above, found.allowed) == (usd("50.01"), usd("50.00"))


def test_no_tolerance_asks_again_for_a_cent() -> None:
	jobs = [job(1, "100", Answer.APPROVED)]
	assert revise(jobs, 1, usd("100.01"), Decimal(0)).ask_again
	assert not revise(jobs, 1, usd("99.99"), Decimal(0)).ask_again


def test_small_revisions_do_not_creep_past_the_tolerance() -> None:
	first = replace(job(1, "100", Answer.APPROVED), amount=usd("108"))  # shown: 100
	assert revise([first], 1, usd("111"), Decimal(10)).ask_again


def test_what_the_customer_does_not_pay_needs_no_answer() -> None:
	jobs = [job(1, "100", Answer.APPROVED), job(2, "50", Answer.APPROVED, pay_type=PayType.WARRANTY)]
	assert not revise(jobs, 2, usd("900"), Decimal(0)).ask_again


@given(
	amounts=st.lists(st.integers(min_value=1, max_value=500_000), min_size=1, max_size=6),
	steps=st.lists(
		st.tuples(st.integers(min_value=0, max_value=5), st.integers(min_value=0, max_value=600_000)),
		max_size=12,
	),
	percent=st.integers(min_value=0, max_value=30),
)
def test_nobody_pays_more_than_authorised_and_the_tolerance(
	amounts: list[int], steps: list[tuple[int, int]], percent: int
) -> None:
	"""Whatever is revised, in whatever order: the jobs that stay approved never cost more than that."""
	jobs = [
		Job(number, "x", PayType.CUSTOMER, Answer.APPROVED, Money(cents, "USD"), Money(cents, "USD"))
		for number, cents in enumerate(amounts)
	]
	for at, cents in steps:
		number = at % len(jobs)
		if jobs[number].answer is not Answer.APPROVED:
			continue
		new = Money(cents, "USD")
		again = revise(jobs, number, new, Decimal(percent)).ask_again
		jobs[number] = replace(jobs[number], amount=new, answer=Answer.PENDING if again else Answer.APPROVED)
		if not again and percent == 0:
			standing = [one for one in jobs if one.answer is Answer.APPROVED]
			assert sum(one.amount.minor for one in standing) <= authorised(jobs, "USD").minor
		if not again and new > authorised([jobs[number]], "USD"):
			standing = [one for one in jobs if one.answer is Answer.APPROVED]
			agreed = authorised(jobs, "USD")
			limit = agreed + product(Decimal(percent) / 100, agreed)
			assert sum(one.amount.minor for one in standing) <= limit.minor


# --- Answers ----------------------------------------------------------------------------------------


def give(one: Job, answer: Answer = Answer.APPROVED, **values) -> None:
	check_answer(
		one,
		answer,
		**{
			"how": How.IN_PERSON,
			"by": "Ann Buyer",
			"phone": None,
			"shown": one.amount,
			"reason": None,
			"until": None,
			"today": TODAY,
			**values,
		},
	)


def test_an_answer_by_phone_has_its_number() -> None:
	assert code_of(give, job(), how=How.PHONE) == "no_phone"
	assert code_of(give, job(), how=How.PHONE, phone="010-22") == "no_phone"
	give(job(), how=How.PHONE, phone="(555) 010-2233")


def test_somebody_answered() -> None:
	assert code_of(give, job(), by="  ") == "no_person"


def test_an_outdated_price_is_told_with_the_new_one() -> None:
	with pytest.raises(Refused) as caught:
		give(job(amount="120.00"), shown=usd("100.00"))
	assert caught.value.code == "amount_outdated"
	assert "120.00" in str(caught.value)
	assert "100.00" in str(caught.value)


def test_a_no_says_why_and_a_later_says_when() -> None:
	assert code_of(give, job(), Answer.DECLINED) == "no_reason"
	assert code_of(give, job(), Answer.DECLINED, reason="no") == "no_reason"
	assert code_of(give, job(), Answer.DEFERRED) == "no_until"
	assert code_of(give, job(), Answer.DEFERRED, until=TODAY) == "until_past"
	give(job(), Answer.DECLINED, reason="Too dear")
	give(job(), Answer.DEFERRED, until=TODAY + timedelta(days=1))


def test_people_change_their_mind_until_the_work_is_done() -> None:
	give(job(answer=Answer.DECLINED), Answer.APPROVED)
	give(job(answer=Answer.APPROVED), Answer.DECLINED, reason="Too dear")
	assert code_of(give, job(answer=Answer.APPROVED)) == "answer_same"
	done = job(answer=Answer.APPROVED, done=True)
	assert code_of(give, done, Answer.DECLINED, reason="Too dear") == "answer_done"
	assert code_of(check_withdraw, done, "By mistake") == "answer_done"
	assert code_of(check_withdraw, job(), "By mistake") == "answer_same"
	assert code_of(check_withdraw, job(answer=Answer.APPROVED), " ") == "no_reason"
	assert check_withdraw(job(answer=Answer.APPROVED), " By mistake ") == "By mistake"


def test_only_a_job_without_answer_is_free() -> None:
	assert [answer for answer in Answer if not is_frozen(answer)] == [Answer.PENDING]


# --- What stops an order ----------------------------------------------------------------------------


def codes(blockers) -> list[str]:
	for _code, text, values in blockers:
		text.format(*values)
	return [code for code, _text, _values in blockers]


DONE = job(1, answer=Answer.APPROVED, done=True, cause="Worn", correction="Replaced")


def test_nothing_stops_what_is_finished() -> None:
	assert blockers_to_invoice([DONE, job(2, answer=Answer.DECLINED)]) == []
	assert blockers_to_close([DONE], invoiced=True, mileage_in=100, mileage_out=101) == []


def test_everything_that_stops_a_bill_is_said_at_once() -> None:
	bare = replace(DONE, job_no=4, cause=" ")
	jobs = [DONE, job(2), job(3, answer=Answer.APPROVED), bare]
	assert codes(blockers_to_invoice(jobs, ["Tim"])) == ["pending", "undone", "open_clock", "three_cs"]


def test_a_revision_outgrows_what_is_left_when_the_rest_is_declined() -> None:
	repriced = replace(DONE, amount=usd("190"))  # 100 were shown; 10 % of 1,000 were allowed
	rest = job(2, "900", Answer.APPROVED, done=True, cause="Worn", correction="Replaced")
	assert blockers_to_invoice([repriced, rest], tolerance=Decimal(10)) == []
	left = [repriced, replace(rest, answer=Answer.DECLINED, done=False)]
	assert codes(blockers_to_invoice(left, tolerance=Decimal(10))) == ["beyond_authorised"]
	give(repriced, Answer.APPROVED)
	assert blockers_to_invoice([replace(repriced, shown=usd("190"))], tolerance=Decimal(10)) == []


def test_the_car_leaves_with_its_mileage() -> None:
	assert codes(blockers_to_hand_over([DONE], mileage_in=100, mileage_out=0)) == ["no_mileage_out"]
	assert codes(blockers_to_hand_over([DONE], mileage_in=100, mileage_out=99)) == ["mileage_out_lower"]
	assert codes(blockers_to_hand_over([job()], mileage_in=100, mileage_out=100)) == ["pending"]
	replaced = "Instrument cluster replaced"
	assert blockers_to_hand_over([DONE], mileage_in=100, mileage_out=5, explanation=replaced) == []


def test_approved_work_is_billed_before_the_order_closes() -> None:
	found = blockers_to_close([DONE], invoiced=False, mileage_in=100, mileage_out=101)
	assert codes(found) == ["not_invoiced"]
	only_no = [job(answer=Answer.DECLINED)]
	assert blockers_to_close(only_no, invoiced=False, mileage_in=100, mileage_out=101) == []


# --- Parts and promises -----------------------------------------------------------------------------


def test_one_state_for_several_parts_is_the_one_that_holds_it_up() -> None:
	assert parts_state([]) is None
	assert parts_state([PartState.IN_STOCK, PartState.ARRIVED]) is PartState.ARRIVED
	assert parts_state([PartState.ARRIVED, PartState.ORDERED]) is PartState.ORDERED
	assert parts_state([PartState.ORDERED, PartState.TO_ORDER]) is PartState.TO_ORDER


def test_a_part_on_the_shelf_did_not_arrive() -> None:
	assert code_of(check_part, PartState.IN_STOCK, PartState.ARRIVED, "Pads") == "part_state"
	check_part(PartState.ORDERED, PartState.ORDERED, "Pads")
	check_part(PartState.ARRIVED, PartState.ORDERED, "Pads")


@pytest.mark.parametrize(
	("status", "minutes", "expected"),
	[
		(Status.IN_PROGRESS, None, Promise.NONE),
		(Status.IN_PROGRESS, 90, Promise.FINE),
		(Status.IN_PROGRESS, 60, Promise.SOON),
		(Status.WAITING_PARTS, -1, Promise.LATE),
		(Status.READY, -90, Promise.KEPT),
		(Status.CLOSED, -90, Promise.KEPT),
	],
)
def test_a_promise(status: Status, minutes: int | None, expected: Promise) -> None:
	at = None if minutes is None else NOW + timedelta(minutes=minutes)
	assert promise(status, at, NOW) is expected
