"""What a PIN must be, and when one has been guessed at too often."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.approval import (
	LOCKED_FOR,
	LONGEST,
	SHORTEST,
	WRONG_TRIES,
	Tries,
	check_pin,
	is_repeat,
	is_run,
)
from dealer_pos_crm.domain.refusal import Refused

NOON = datetime(2026, 3, 2, 12, 0)
digits = st.text("0123456789", min_size=SHORTEST, max_size=LONGEST)


@pytest.mark.parametrize(
	("pin", "code"),
	[
		("", "pin_digits"),
		("12345a", "pin_digits"),
		("\uff11\uff12\uff13\uff14\uff15\uff16", "pin_digits"),  # digits of another script
		("72951", "pin_length"),
		("7295168403517", "pin_length"),
		("123456", "pin_run"),
		("987654", "pin_run"),
		("890123", "pin_run"),
		("777777", "pin_repeat"),
		("121212", "pin_repeat"),
		("123123", "pin_repeat"),
	],
)
def test_what_is_guessed_first_is_no_pin(pin, code):
	with pytest.raises(Refused) as told:
		check_pin(pin)
	assert told.value.code == code


@pytest.mark.parametrize("pin", ["729516", "112233", "135790", "90210421"])
def test_others_are(pin):
	assert check_pin(pin) == pin


@given(digits)
def test_a_pin_that_is_taken_has_none_of_the_patterns(pin):
	taken = True
	try:
		check_pin(pin)
	except Refused:
		taken = False
	assert taken == (not is_run(pin) and not is_repeat(pin))


def wrong(times: int, start: Tries | None = None, at: datetime = NOON) -> Tries:
	tries = start or Tries()
	for _one in range(times):
		tries = tries.after_wrong(at)
	return tries


def test_the_fifth_wrong_try_locks_for_a_quarter_of_an_hour():
	assert not wrong(WRONG_TRIES - 1).locked(NOON)
	locked = wrong(WRONG_TRIES)
	assert locked.locked(NOON) and locked.locked_until == NOON + LOCKED_FOR
	assert locked.locked(NOON + LOCKED_FOR - timedelta(seconds=1))
	assert not locked.locked(NOON + LOCKED_FOR)


def test_after_the_lock_out_the_count_begins_anew():
	later = NOON + LOCKED_FOR
	tries = wrong(WRONG_TRIES).after_wrong(later)
	assert tries == Tries(1, None)


def test_a_right_one_forgets_the_wrong_ones():
	assert wrong(WRONG_TRIES - 1).after_right() == Tries()


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 600))
def test_nobody_gets_more_than_five_wrong_looks_in_a_row_without_waiting(answers, seconds):
	"""Whatever the order: of the tries that are looked at, no six wrong ones stand within one lock-out's time."""
	tries, now, looked = Tries(), NOON, []
	for right in answers:
		now += timedelta(seconds=seconds)
		if tries.locked(now):
			continue
		tries = tries.after_right() if right else tries.after_wrong(now)
		looked = [] if right else [*looked, now]
		for first, sixth in zip(looked, looked[WRONG_TRIES:], strict=False):
			assert sixth - first >= LOCKED_FOR
