"""The inspection sheet: counts, what may be recommended, when it is finished."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.inspection import (
	TO_RECOMMEND,
	Colour,
	Point,
	Status,
	check_changeable,
	check_finish,
	check_rate,
	check_recommend,
	colour_of,
	counts,
	not_recommended,
)
from dealer_pos_crm.domain.refusal import Refused

points = st.builds(
	Point, st.text(min_size=1, max_size=8), st.one_of(st.none(), st.sampled_from(Colour)), st.integers(0, 3)
)


def refused(call, *args, **kwargs) -> str:
	with pytest.raises(Refused) as error:
		call(*args, **kwargs)
	return error.value.code


@given(st.lists(points, max_size=30))
def test_every_point_is_counted_once(rows):
	found = counts(rows)
	assert found.red + found.yellow + found.green + found.left == len(rows)
	colours = {row.colour for row in rows}
	worst = next((colour for colour in (Colour.RED, Colour.YELLOW, Colour.GREEN) if colour in colours), None)
	assert found.worst is worst


@given(st.lists(points, max_size=30))
def test_what_is_left_to_recommend_is_red_or_yellow_without_a_job_red_first(rows):
	found = not_recommended(rows)
	assert len(found) == sum(row.colour in TO_RECOMMEND and not row.job_no for row in rows)
	reds = [row.colour is Colour.RED for row in found]
	assert reds == sorted(reds, reverse=True)


def test_colours_by_name():
	assert colour_of("Red") is Colour.RED
	assert colour_of("") is None and colour_of(None) is None
	assert refused(colour_of, "Purple") == "colour"


def test_only_red_and_yellow_become_jobs():
	assert check_recommend(Point("Tires", Colour.YELLOW)) is Colour.YELLOW
	for colour in (None, Colour.GREEN):
		assert refused(check_recommend, Point("Tires", colour)) == "nothing_to_recommend"


def test_a_point_with_a_job_does_not_turn_green():
	assert refused(check_rate, Point("Tires", Colour.RED, 3), Colour.GREEN) == "point_has_job"
	assert refused(check_rate, Point("Tires", Colour.RED, 3), None) == "point_has_job"
	check_rate(Point("Tires", Colour.RED, 3), Colour.YELLOW)
	check_rate(Point("Tires", Colour.RED), Colour.GREEN)


def test_a_finished_sheet_stays():
	check_changeable(Status.IN_WORK, "INSP-1")
	assert refused(check_changeable, Status.DONE, "INSP-1") == "inspection_done"


def test_finishing_names_what_was_not_looked_at():
	assert refused(check_finish, [], "INSP-1") == "no_points"
	rows = [Point(f"Point {number}") for number in range(8)]
	with pytest.raises(Refused) as error:
		check_finish(rows, "INSP-1")
	assert "8 points" in str(error.value) and "Point 4" in str(error.value) and "(+3)" in str(error.value)
	assert check_finish([Point("Horn", Colour.GREEN)], "INSP-1").green == 1
