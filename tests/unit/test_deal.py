"""The stages of a deal: gates, what moves it by itself, what a person may do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import deal as d
from dealer_pos_crm.domain.deal import Evidence, Facts, Stage
from dealer_pos_crm.domain.refusal import Refused

texts = st.lists(st.sampled_from(["Licence", "Privacy notice", "Credit application"]), max_size=3).map(tuple)
facts = st.builds(
	Facts,
	name=st.just("DJ-1"),
	deal_type=st.sampled_from(["", "Cash", "Finance", "Lease"]),
	vehicle=st.booleans(),
	wanted=st.booleans(),
	scenario=st.booleans(),
	deposit=st.booleans(),
	approved=st.booleans(),
	lender=st.booleans(),
	vehicle_taken=st.sampled_from(["", "held for somebody else"]),
	missing_for_write_up=texts,
	missing_for_fni=texts,
	missing_for_contract=texts,
)
evidence = st.builds(Evidence, *[st.booleans()] * 5)
stages = st.sampled_from(list(Stage))
READY = Facts(
	name="DJ-1", deal_type="Finance", vehicle=True, scenario=True, deposit=True, approved=True, lender=True
)


def codes(to: Stage, given_facts: Facts) -> list[str]:
	return [code for code, _text, _values in d.blockers(to, given_facts)]


@given(stages, stages, facts)
def test_by_itself_a_deal_only_goes_forward_through_open_gates(stage: Stage, to: Stage, of: Facts) -> None:
	if d.moves_by_itself(stage, to, of):
		assert d.position(to) > d.position(stage)
		assert stage in d.WORKING and to in d.WORKING
		assert not d.blockers(to, of)
		assert to not in (Stage.FNI, Stage.CONTRACTED)


@given(facts)
def test_a_contract_asks_for_all_that_fni_asks_for(of: Facts) -> None:
	assert set(d.blockers(Stage.FNI, of)) <= set(d.blockers(Stage.CONTRACTED, of))


@given(facts)
def test_every_refusal_can_be_put_into_words(of: Facts) -> None:
	for stage in Stage:
		for code, text, values in d.blockers(stage, of):
			assert code and text.format(*values)


@given(st.sampled_from(list(d.ENDED)), facts)
def test_nothing_comes_after_the_end(stage: Stage, of: Facts) -> None:
	assert d.next_stage(stage, of) is None


@given(st.sampled_from([stage for stage in Stage if stage not in d.ENDED]), facts)
def test_the_way_always_leads_on(stage: Stage, of: Facts) -> None:
	following = d.next_stage(stage, of)
	assert following is not None and d.position(following) > d.position(stage)


@given(stages, st.one_of(st.none(), stages), evidence)
def test_a_deposit_that_goes_takes_back_only_what_it_gave(
	stage: Stage, came_from: Stage | None, stands: Evidence
) -> None:
	there = d.after_deposit_gone(stage, came_from, stands)
	if stage is not Stage.DEPOSIT or stands.deposit:
		assert there is stage
	else:
		assert d.position(there) < d.position(Stage.DEPOSIT)
		assert all(d.position(there) >= d.position(each) for each in stands.stages)


@given(evidence)
def test_a_deal_stands_where_the_farthest_thing_happened(stands: Evidence) -> None:
	stage = d.stands_at(stands)
	assert stage in (Stage.NEW, *stands.stages)
	assert all(d.position(stage) >= d.position(each) for each in stands.stages)


def test_the_write_up_asks_for_a_car_or_a_wish_and_a_scenario() -> None:
	assert codes(Stage.WRITE_UP, Facts("DJ-1")) == ["no_vehicle", "no_scenario"]
	assert codes(Stage.WRITE_UP, Facts("DJ-1", wanted=True, scenario=True)) == []


def test_fni_asks_for_the_car_itself_free_for_this_customer() -> None:
	wish = Facts("DJ-1", deal_type="Finance", wanted=True, scenario=True)
	assert codes(Stage.FNI, wish) == ["no_vehicle"]
	taken = Facts("DJ-1", deal_type="Finance", vehicle=True, scenario=True, vehicle_taken="held for Ann")
	assert d.blockers(Stage.FNI, taken) == [("vehicle_taken", "{0}", ("held for Ann",))]


def test_a_cash_deal_needs_no_lender_and_goes_straight_to_the_contract() -> None:
	cash = Facts("DJ-1", deal_type="Cash", vehicle=True, scenario=True, approved=True)
	assert codes(Stage.CONTRACTED, cash) == []
	assert d.next_stage(Stage.WRITE_UP, cash) is Stage.CONTRACTED
	financed = Facts("DJ-1", deal_type="Finance", vehicle=True, scenario=True, approved=True)
	assert codes(Stage.CONTRACTED, financed) == ["no_lender"]
	assert d.next_stage(Stage.DEPOSIT, financed) is Stage.FNI


def test_a_contract_lists_each_paper_once() -> None:
	of = Facts(
		"DJ-1", deal_type="Cash", vehicle=True, scenario=True, approved=True,
		missing_for_fni=("Licence",), missing_for_contract=("Licence", "Odometer statement"),
	)  # fmt: skip
	assert [values for _code, _text, values in d.blockers(Stage.CONTRACTED, of)] == [
		("Licence",),
		("Odometer statement",),
	]


@pytest.mark.parametrize("to", sorted(d.OWN_STEP))
def test_nobody_moves_a_deal_to_its_end_by_hand(to: Stage) -> None:
	with pytest.raises(Refused) as refused:
		d.check_by_hand(Stage.CONTRACTED, to, "DJ-1", reason="", may_reopen=True)
	assert refused.value.code == "own_step"


def test_a_contract_is_taken_back_by_who_may_and_with_a_reason() -> None:
	for reason, may, code in (("", True, "no_reason"), ("Bank said no", False, "signed")):
		with pytest.raises(Refused) as refused:
			d.check_by_hand(Stage.CONTRACTED, Stage.FNI, "DJ-1", reason=reason, may_reopen=may)
		assert refused.value.code == code
	d.check_by_hand(Stage.CONTRACTED, Stage.FNI, "DJ-1", reason="Bank said no", may_reopen=True)


@pytest.mark.parametrize("stage", list(Stage))
def test_lost_is_for_what_is_not_delivered(stage: Stage) -> None:
	if stage in d.WORKING:
		d.check_lost(stage, "DJ-1")
	else:
		with pytest.raises(Refused):
			d.check_lost(stage, "DJ-1")


@pytest.mark.parametrize(("second", "share"), [("ann", 50), ("bob", 0), ("bob", 100), ("bob", 120)])
def test_a_split_gives_each_of_two_people_a_part(second: str, share: float) -> None:
	with pytest.raises(Refused):
		d.check_split("ann", second, share, "DJ-1")
	d.check_split("ann", "bob", 40, "DJ-1")
	d.check_split("ann", "", 0, "DJ-1")


def test_what_is_signed_is_frozen_and_what_is_delivered_more_so() -> None:
	assert "vehicle" not in d.frozen_at(Stage.FNI)
	assert "vehicle" in d.frozen_at(Stage.CONTRACTED) and "salesperson" not in d.frozen_at(Stage.CONTRACTED)
	assert "salesperson" in d.frozen_at(Stage.DELIVERED) and "customer" in d.frozen_at(Stage.LOST)


def test_an_unknown_stage_is_named_with_those_there_are() -> None:
	with pytest.raises(Refused) as refused:
		d.named("Sold")
	assert refused.value.code == "no_stage"
	assert d.blockers(Stage.CONTRACTED, READY) == []
