"""A request to pay: its status follows from facts, its amount from the books."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import pay_request as rules
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.pay_request import LIVE, Action, Basis, Face, Standing, Status
from dealer_pos_crm.domain.refusal import Refused

OPEN, FIXED = Basis.OPEN_BALANCE, Basis.FIXED
NOW = datetime(2026, 11, 22, 10, 0)


def usd(amount: str | int) -> Money:
	return Money.of(amount, "USD")


def standing(**facts: object) -> Standing:
	return Standing(**{"asked": usd(100), "paid": usd(0), "due": usd(100), "sent": True, **facts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
	("facts", "status"),
	[
		({"sent": False}, Status.DRAFT),
		({}, Status.SENT),
		({"opened": True}, Status.OPENED),
		({"opened": True, "declined": True}, Status.FAILED),
		({"paid": usd(40), "due": usd(60)}, Status.PART_PAID),
		({"paid": usd(40), "due": usd(60), "declined": True}, Status.PART_PAID),
		({"paid": usd(100), "due": usd(0)}, Status.PAID),
		({"paid": usd(80), "due": usd(0)}, Status.PAID),  # the invoice has become cheaper
		({"paid": usd(100), "due": usd(50)}, Status.PART_PAID),  # and dearer
		({"paid": usd(100), "due": None}, Status.PAID),
		({"due": usd(0)}, Status.SENT),  # paid another way: whoever closes it says so
		({"expired": True}, Status.EXPIRED),
		({"cancelled": True, "paid": usd(100), "due": usd(0)}, Status.CANCELLED),
		({"expired": True, "paid": usd(100), "due": usd(0)}, Status.EXPIRED),
	],
)
def test_the_status_follows_from_what_is_known(facts: dict, status: Status) -> None:
	assert rules.status_of(OPEN, standing(**facts)) is status


def test_a_fixed_amount_is_paid_when_it_came_whatever_else_is_open() -> None:
	assert rules.status_of(FIXED, standing(paid=usd(100), due=usd(900))) is Status.PAID
	assert rules.status_of(FIXED, standing(paid=usd(60), due=usd(0))) is Status.PAID
	assert rules.status_of(FIXED, standing(paid=usd(60), due=usd(900))) is Status.PART_PAID


def test_what_was_paid_stays_so() -> None:
	later = standing(paid=usd(100), due=usd(50), declined=True, expired=True)
	assert rules.status_of(OPEN, later, Status.PAID) is Status.PAID


@given(st.permutations(["opened", "declined", "paid", "settled"]))
def test_facts_in_any_order_end_in_the_same_status(order: list[str]) -> None:
	"""Each fact, once known, stays known; the last status does not depend on the way there."""
	known: dict = {}
	status = Status.SENT
	for fact in order:
		known |= {
			"opened": {"opened": True},
			"declined": {"declined": True},
			"paid": {"paid": usd(100)},
			"settled": {"due": usd(0)},
		}[fact]
		status = rules.status_of(OPEN, standing(**known), status)
	assert status is Status.PAID


@pytest.mark.parametrize(
	("basis", "asked", "paid", "due", "now"),
	[
		(OPEN, 100, 0, 100, 100),
		(OPEN, 100, 0, 180, 180),
		(OPEN, 100, 40, 60, 60),
		(OPEN, 100, 0, 0, 0),
		(FIXED, 100, 0, 300, 100),
		(FIXED, 100, 40, 300, 60),
		(FIXED, 100, 0, 30, 30),
		(FIXED, 100, 100, 200, 0),
		(FIXED, 100, 120, 200, 0),
		(FIXED, 100, 40, None, 60),
		(OPEN, 100, 0, -20, 0),
	],
)
def test_what_may_be_paid_now_is_what_the_books_say(
	basis: Basis, asked: int, paid: int, due: int | None, now: int
) -> None:
	found = rules.amount_now(basis, usd(asked), usd(paid), due=None if due is None else usd(due))
	assert found == usd(now)


@given(st.integers(1, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(list(Basis)))
def test_nobody_is_asked_for_more_than_the_books_say(asked: int, paid: int, due: int, basis: Basis) -> None:
	now = rules.amount_now(basis, Money(asked, "USD"), Money(paid, "USD"), due=Money(due, "USD"))
	assert 0 <= now.minor <= due
	if basis is FIXED:
		assert now.minor <= max(asked - paid, 0)


@pytest.mark.parametrize(
	("amount", "partial", "code"),
	[
		("0", True, "not_positive"),
		("-1", True, "not_positive"),
		("100.01", True, "more_than_due"),
		("99.99", False, "no_parts"),
		("49.99", True, "part_too_small"),
	],
)
def test_a_wrong_part_is_refused(amount: str, partial: bool, code: str) -> None:
	with pytest.raises(Refused) as refused:
		rules.check_part(usd(amount), usd(100), allow_partial=partial, smallest=usd(50))
	assert refused.value.code == code


def test_all_of_it_is_always_right() -> None:
	for partial in (True, False):
		assert rules.check_part(usd(100), usd(100), allow_partial=partial, smallest=usd(500)) == usd(100)
	assert rules.check_part(usd(50), usd(100), allow_partial=True, smallest=usd(50)) == usd(50)


@pytest.mark.parametrize(
	("text", "amount"),
	[
		("50", 50),
		(" 50.5 ", "50.50"),
		("50,5", "50.50"),
		("$ 1,234.50", "1234.50"),
		("1234", 1234),
		("12,345,678.90", "12345678.90"),
		("١٢", 12),
	],
)
def test_a_typed_amount_is_read(text: str, amount: str | int) -> None:
	assert rules.typed_amount(text, "USD") == usd(amount)


@pytest.mark.parametrize(
	"text", ["", "1,234", "1.234", "1e3", "-5", "50 50x", "NaN", "1.234,50", "0x10", "5.", ".5"]
)
def test_a_typed_amount_that_could_mean_two_things_is_asked_again(text: str) -> None:
	with pytest.raises(Refused):
		rules.typed_amount(text, "USD")


def test_every_status_says_what_can_be_done() -> None:
	assert rules.allowed_actions(Status.DRAFT) == (Action.SEND, Action.CANCEL)
	for status in LIVE:
		assert rules.allowed_actions(status) == (Action.RESEND, Action.LINK, Action.CANCEL)
	assert rules.allowed_actions(Status.EXPIRED) == (Action.RESEND,)
	for status in (Status.PAID, Status.CANCELLED):
		assert rules.allowed_actions(status) == ()
		with pytest.raises(Refused, match="make a new pay request"):
			rules.check_action(Action.RESEND, status, "PAY-1")
	with pytest.raises(Refused, match="Possible: Send Again"):
		rules.check_action(Action.SEND, Status.SENT, "PAY-1")


@pytest.mark.parametrize(
	("after", "right"), [(timedelta(0), False), (timedelta(minutes=1), True), (timedelta(days=91), False)]
)
def test_a_link_ends_in_a_foreseeable_time(after: timedelta, right: bool) -> None:
	if right:
		rules.check_expiry(NOW + after, NOW)
		return
	with pytest.raises(Refused):
		rules.check_expiry(NOW + after, NOW)


def face(status: Status, **facts: object) -> Face:
	given_facts = {
		"expired": False,
		"now": usd(100),
		"paid": usd(0),
		"under_way": False,
		"payable": True,
		**facts,
	}
	return rules.face(status, **given_facts)  # type: ignore[arg-type]


def test_the_page_never_offers_what_cannot_be_paid() -> None:
	for status, expired, under_way, payable in (
		(status, *flags) for status in Status for flags in set(permutations([True, True, False, False], 3))
	):
		shown = face(status, expired=expired, under_way=under_way, payable=payable)
		if shown is Face.PAYABLE:
			assert payable and not expired and not under_way
			assert status not in (Status.PAID, Status.EXPIRED, Status.CANCELLED)


@pytest.mark.parametrize(
	("status", "facts", "shown"),
	[
		(Status.SENT, {}, Face.PAYABLE),
		(Status.PAID, {"expired": True}, Face.PAID),
		(Status.SENT, {"under_way": True}, Face.PROCESSING),
		(Status.SENT, {"now": usd(0)}, Face.SETTLED),
		(Status.PART_PAID, {"now": usd(0), "paid": usd(100)}, Face.PAID),
		(Status.SENT, {"expired": True}, Face.EXPIRED),
		(Status.SENT, {"payable": False}, Face.UNAVAILABLE),
		(Status.CANCELLED, {}, Face.CANCELLED),
		(Status.CANCELLED, {"paid_otherwise": True}, Face.SETTLED),
	],
)
def test_the_page_says_what_is_the_matter(status: Status, facts: dict, shown: Face) -> None:
	assert face(status, **facts) is shown


def test_the_same_words_are_the_same_version() -> None:
	assert rules.version_of("Paid  is\npaid.") == rules.version_of("Paid is paid.")
	assert rules.version_of("Paid is paid.") != rules.version_of("Paid is not paid.")
