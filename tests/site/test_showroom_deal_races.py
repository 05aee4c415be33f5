"""Two at one deal, or two deals at one car, at the same instant: one wins, the other is told."""

from __future__ import annotations

from collections.abc import Iterator

import frappe
import pytest

from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.dealer_showroom.deals import stages
from tests.site import factories as f
from tests.site import showroom as s
from tests.site.checks import everything_right
from tests.site.racers import Finish, Racers

ROUNDS = range(3)


@pytest.fixture(scope="module", autouse=True)
def racers(site: str) -> Iterator[Racers]:
	s.set_up_showroom()
	found = Racers(site)
	yield found
	found.close()


def told(finishes: list[Finish]) -> None:
	for finish in finishes:
		assert finish.won or "ValidationError" in finish.kinds, (finish.kinds, finish.error)
	frappe.db.rollback()


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_deals_hold_one_car(racers: Racers, _round: int) -> None:
	car = s.make_car()
	deals = [s.make_deal(vehicle=car) for _number in range(2)]
	finishes = racers.run(*(("hold_for_deal", deal.name) for deal in deals))
	told(finishes)
	assert sorted(finish.won for finish in finishes) == [False, True]
	winner = deals[0 if finishes[0].won else 1]
	loser = next(finish for finish in finishes if not finish.won)
	assert winner.name in loser.error
	assert holds.active_hold(car.name).deal == winner.name
	assert frappe.db.count("Dealer Vehicle Hold", {"vehicle": car.name}) == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_deposit_and_anothers_deal_want_one_car(racers: Racers, _round: int) -> None:
	car = s.make_car()
	deal = s.make_deal(vehicle=car)
	deposit = f.make_deposit(f.make_customer(), car)
	frappe.db.commit()
	finishes = racers.run(("take", deposit.name, 500, f.key()), ("hold_for_deal", deal.name))
	told(finishes)
	assert sorted(finish.won for finish in finishes) == [False, True]
	standing = holds.active_hold(car.name)
	assert (standing.deposit, standing.deal) == (
		(deposit.name, None) if finishes[0].won else (None, deal.name)
	)


@pytest.mark.parametrize("_round", ROUNDS)
def test_one_click_twice_opens_one_deal(racers: Racers, _round: int) -> None:
	values = {
		"customer": f.make_customer().name,
		"company": f.COMPANY,
		"vehicle": s.make_car().name,
		"salesperson": s.salesperson(),
		"client_key": f.key(),
	}
	frappe.db.commit()
	finishes = racers.run(("open_deal", values), ("open_deal", values))
	told(finishes)
	assert {finish.result for finish in finishes if finish.won} == {
		frappe.db.get_value("Deal Jacket", {"client_key": values["client_key"]}, "name")
	}
	assert frappe.db.count("Deal Jacket", {"customer": values["customer"]}) == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_salespeople_open_the_same_deal(racers: Racers, _round: int) -> None:
	customer, car = f.make_customer().name, s.make_car().name
	frappe.db.commit()
	values = {"customer": customer, "company": f.COMPANY, "vehicle": car, "salesperson": s.salesperson()}
	finishes = racers.run(
		("open_deal", {**values, "client_key": f.key()}), ("open_deal", {**values, "client_key": f.key()})
	)
	told(finishes)
	assert sorted(finish.won for finish in finishes) == [False, True]
	name = next(finish.result for finish in finishes if finish.won)
	assert name in next(finish.error for finish in finishes if not finish.won)


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_deposit_is_taken_while_the_deal_is_lost(racers: Racers, _round: int) -> None:
	deal = s.make_deal()
	deposit = f.make_deposit(
		frappe.get_doc("Customer", deal.customer), frappe.get_doc("Dealer Vehicle", deal.vehicle)
	)
	frappe.db.commit()
	finishes = racers.run(("take", deposit.name, 500, f.key()), ("lose_deal", deal.name, "Price", []))
	told(finishes)
	deal.reload(), deposit.reload()
	if deal.stage == "Lost":
		assert deposit.deal is None or deposit.status == "Draft"  # never money in a deal that is over
	else:
		assert (deal.stage, deposit.deal, deposit.status) == ("Deposit", deal.name, "Held")
	if deposit.status == "Held":
		everything_right(deposit)
		assert holds.active_hold(deal.vehicle).deposit == deposit.name


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_people_move_one_deal(racers: Racers, _round: int) -> None:
	deal = s.make_deal(deal_type="Finance")
	s.make_scenario(deal)
	finishes = racers.run(("move_deal", deal.name, "Visit"), ("move_deal", deal.name, "Write-up"))
	told(finishes)
	deal.reload()
	assert deal.stage in ("Visit", "Write-up")
	told_of = frappe.get_all(
		"Customer Event", {"deal": deal.name, "event_type": "deal.stage_changed"}, pluck="name"
	)
	assert len(told_of) == sum(finish.won for finish in finishes)


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_deals_change_to_one_car(racers: Racers, _round: int) -> None:
	car = s.make_car()
	deals = [s.make_deal(deal_type="Finance") for _number in range(2)]
	for deal in deals:
		s.make_scenario(deal)
		stages.move(deal.name, "Write-up")
		frappe.db.commit()
	old = [deal.vehicle for deal in deals]
	finishes = racers.run(*(("change_deal_vehicle", deal.name, car.name) for deal in deals))
	told(finishes)
	assert sorted(finish.won for finish in finishes) == [False, True]
	won = 0 if finishes[0].won else 1
	assert holds.active_hold(car.name).deal == deals[won].name
	assert holds.active_hold(old[won]) is None
	assert holds.active_hold(old[1 - won]).deal == deals[1 - won].name
