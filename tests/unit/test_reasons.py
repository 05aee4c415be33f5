from enum import Enum

import pytest

from dealer_pos_crm.domain.reasons import check_reason, not_now
from dealer_pos_crm.domain.refusal import Refused


class Status(Enum):
	HELD = "Held"


class Action(Enum):
	TAKE = "Take"
	REFUND = "Refund"


@pytest.mark.parametrize("text", [None, "", "  ", " a "])
def test_a_reason_has_words(text):
	with pytest.raises(Refused) as caught:
		check_reason(text, "{0}: why?", "Refund")
	assert (caught.value.code, caught.value.template, caught.value.values) == (
		"no_reason",
		"{0}: why?",
		("Refund",),
	)


def test_a_reason_is_kept_without_the_spaces_around_it():
	assert check_reason("  sold it ") == "sold it"


def test_what_cannot_be_done_now_says_what_can():
	refusal = not_now("DEP-1", Status.HELD, Action.TAKE, [Action.REFUND, Action.TAKE], "{0} is {1}: over")
	assert refusal.code == "wrong_status"
	assert refusal.template.format(*refusal.values) == (
		"DEP-1 is Held: Take is not possible now. Possible: Refund, Take"
	)


def test_where_nothing_can_be_done_it_says_so():
	refusal = not_now("DEP-1", Status.HELD, Action.TAKE, (), "{0} is {1}: over")
	assert refusal.code == "wrong_status"
	assert refusal.template.format(*refusal.values) == "DEP-1 is Held: over"
