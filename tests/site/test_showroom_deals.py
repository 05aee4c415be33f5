"""A deal: opened once, moved by what happens, holding its car, lost with every deposit settled."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.deposits import actions
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.dealer_showroom.deals import holding, losing, opening, stages
from dealer_pos_crm.dealer_showroom.deals.deal import standing_step
from tests.site import factories as f
from tests.site import showroom as s


@pytest.fixture(scope="module", autouse=True)
def showroom(site: str) -> None:
	s.set_up_showroom()


def events(deal, *types: str) -> list[str]:
	filters = {"deal": deal.name}
	if types:
		filters["event_type"] = ("in", types)
	return frappe.get_all("Customer Event", filters, pluck="event_type", order_by="name")


def test_opened_once_per_client_key_and_told() -> None:
	customer, car, key = f.make_customer(), s.make_car(), f.key()
	frappe.db.commit()
	with f.logged_in(s.salesperson()):
		values = {"customer": customer.name, "company": f.COMPANY, "vehicle": car.name, "client_key": key}
		name = opening.open_deal(**values)
		assert opening.open_deal(**values) == name
	deal = frappe.get_doc("Deal Jacket", name)
	assert (deal.stage, deal.salesperson, deal.vehicle_title) == ("New", s.salesperson(), car.title)
	assert events(deal) == ["deal.opened"]
	assert frappe.db.get_value("Customer", customer.name, "dealer_sales_owner") == s.salesperson()


def test_a_second_deal_of_the_customer_on_the_car_names_the_first() -> None:
	deal = s.make_deal()
	with pytest.raises(DealerRefusal) as refused:
		s.make_deal(frappe.get_doc("Customer", deal.customer), frappe.get_doc("Dealer Vehicle", deal.vehicle))
	assert refused.value.code == "second_deal" and deal.name in str(refused.value)


def test_two_deals_on_one_car_are_told_at_once() -> None:
	first = s.make_deal()
	holding.hold(first.name)
	frappe.db.commit()
	frappe.local.message_log = []
	second = s.make_deal(vehicle=frappe.get_doc("Dealer Vehicle", first.vehicle))
	said = " ".join(str(message) for message in frappe.local.message_log)
	assert first.name in said and first.customer_name in said
	assert [row.name for row in holding.others_on(second.vehicle, but=second.name)] == [first.name]
	with pytest.raises(holds.VehicleHeld, match=first.name):
		holding.hold(second.name)


def test_a_gate_refuses_with_all_that_is_missing() -> None:
	deal = s.make_deal()
	with pytest.raises(DealerRefusal) as refused:
		stages.move(deal.name, "F&I")
	assert "scenario" in str(refused.value) and "cash, finance or lease" in str(refused.value)
	deal.reload()
	assert deal.stage == "New"


def test_the_write_up_holds_the_car_and_going_on_is_told() -> None:
	deal = s.make_deal(deal_type="Finance")
	s.make_scenario(deal)
	stages.move(deal.name, "Write-up")
	deal.reload()
	standing = holds.active_hold(deal.vehicle)
	assert deal.stage == "Write-up" and standing.deal == deal.name and standing.deposit is None
	assert get_datetime(deal.hold_until) == standing.hold_until
	car = frappe.get_doc("Dealer Vehicle", deal.vehicle)
	assert (car.status, car.hold_deal, car.held_for) == ("On Hold", deal.name, deal.customer)
	assert events(deal) == ["deal.opened", "deal.stage_changed", "vehicle.held"]
	stages.move(deal.name, "F&I")
	assert events(deal)[-1] == "deal.ready_for_fni"


def test_by_itself_it_goes_forward_only_and_never_past_a_gate() -> None:
	deal = s.make_deal()
	assert stages.reached(deal, "Visit") and deal.stage == "Visit"
	assert not stages.reached(deal, "Contacted") and deal.stage == "Visit"
	assert not stages.reached(deal, "Write-up") and not stages.reached(deal, "F&I")
	assert deal.stage == "Visit"


def test_a_stage_by_hand_in_the_form_is_refused() -> None:
	deal = s.make_deal()
	deal.stage = "Contracted"
	with pytest.raises(DealerRefusal):
		deal.save()
	frappe.db.rollback()
	assert frappe.db.get_value("Deal Jacket", deal.name, "stage") == "New"


def test_a_deposit_is_its_deals_own_and_moves_it_and_back() -> None:
	deal = s.make_deal()
	stages.reached(deal, "Visit")
	frappe.db.commit()
	customer, car = frappe.get_doc("Customer", deal.customer), frappe.get_doc("Dealer Vehicle", deal.vehicle)
	deposit = f.take_new(customer, car)
	assert deposit.deal == deal.name
	deal.reload()
	assert (deal.stage, deal.deposits_held) == ("Deposit", 500)
	taken = frappe.get_all(
		"Customer Event", {"deposit": deposit.name, "event_type": "deposit.taken"}, pluck="deal"
	)
	assert taken == [deal.name]
	f.act(deposit, "Refund", amount=500, reason="Changed their mind")
	deal.reload()
	assert (deal.stage, deal.deposits_held) == ("Visit", 0)
	assert standing_step(deal, "deal.stage_changed") is not None
	assert events(deal, "deposit.refunded") == ["deposit.refunded"]


def test_a_deal_in_fni_stays_there_when_its_deposit_is_paid_back() -> None:
	deal = s.make_deal(deal_type="Finance")
	s.make_scenario(deal)
	deposit = f.take_new(
		frappe.get_doc("Customer", deal.customer), frappe.get_doc("Dealer Vehicle", deal.vehicle)
	)
	stages.move(deal.name, "F&I")
	frappe.db.commit()
	f.act(deposit, "Refund", amount=500, reason="Paid by transfer instead")
	assert frappe.db.get_value("Deal Jacket", deal.name, "stage") == "F&I"
	standing = holds.active_hold(deal.vehicle)
	assert standing.deal == deal.name and standing.deposit is None


def test_deposit_and_deal_hold_together_the_longer_one() -> None:
	deal = s.make_deal()
	holding.hold(deal.name, add_to_date(now_datetime().replace(microsecond=0), days=3))
	frappe.db.commit()
	customer, car = frappe.get_doc("Customer", deal.customer), frappe.get_doc("Dealer Vehicle", deal.vehicle)
	deposit = f.take_new(customer, car)  # seven days
	standing = holds.active_hold(deal.vehicle)
	assert (standing.deposit, standing.deal) == (deposit.name, deal.name)
	assert standing.hold_until == get_datetime(deposit.hold_until)
	longer = add_to_date(now_datetime().replace(microsecond=0), days=20)
	holding.hold(deal.name, longer)
	frappe.db.commit()
	standing = holds.active_hold(deal.vehicle)
	assert (standing.deposit, standing.hold_until) == (deposit.name, longer)
	holding.let_go(deal.name, "The customer asked for it")
	frappe.db.commit()
	standing = holds.active_hold(deal.vehicle)
	assert (standing.deposit, standing.hold_until) == (deposit.name, get_datetime(deposit.hold_until))
	f.act(deposit, "Refund", amount=500, reason="Not this car")
	assert holds.active_hold(deal.vehicle) is None
	assert frappe.db.get_value("Dealer Vehicle", deal.vehicle, "status") == "Front-line Ready"


def test_a_deals_hold_ends_by_itself_but_not_that_of_a_contract() -> None:
	deal, signed = s.make_deal(), s.make_deal()
	for each in (deal, signed):
		holding.hold(each.name)
	past = add_to_date(now_datetime().replace(microsecond=0), minutes=-2)
	for each in (deal, signed):
		frappe.db.set_value("Dealer Vehicle Hold", {"deal": each.name}, "hold_until", past)
		frappe.db.set_value("Deal Jacket", each.name, "hold_until", past)
	frappe.db.set_value("Deal Jacket", signed.name, "stage", "Contracted")
	frappe.db.commit()
	holds.expire_due()
	assert holds.active_hold(deal.vehicle) is None
	assert holds.active_hold(signed.vehicle).deal == signed.name
	assert events(deal, "vehicle.released", "deposit.hold_expired") == ["vehicle.released"]


def test_another_vehicle_releases_the_old_one_and_holds_the_new_one() -> None:
	deal, car = s.make_deal(), s.make_car()
	holding.hold(deal.name)
	frappe.db.commit()
	deal.reload()
	old = deal.vehicle
	deal.vehicle = car.name
	deal.save()
	assert holds.active_hold(old) is None and holds.active_hold(car.name).deal == deal.name
	frappe.db.commit()


def test_lost_asks_what_becomes_of_the_deposit() -> None:
	deal = s.make_deal()
	deposit = f.take_new(
		frappe.get_doc("Customer", deal.customer), frappe.get_doc("Dealer Vehicle", deal.vehicle)
	)
	with pytest.raises(DealerRefusal) as refused:
		losing.lose(deal.name, "Price")
	assert refused.value.code == "deposits_held" and deposit.name in str(refused.value)
	with pytest.raises(DealerRefusal, match="few words"):
		losing.lose(deal.name, "Other", "", [{"deposit": deposit.name, "do": "Refund"}])
	frappe.db.rollback()
	done = losing.lose(deal.name, "Price", None, [{"deposit": deposit.name, "do": "Refund"}])
	frappe.db.commit()
	assert done == {"lost": True, "waiting": []}
	deal.reload(), deposit.reload()
	assert (deal.stage, deal.lost_reason, deal.open_vehicle, deal.hold_until) == ("Lost", "Price", None, None)
	assert deposit.status == "Refunded" and holds.active_hold(deal.vehicle) is None
	assert events(deal, "deal.lost") == ["deal.lost"]


def test_a_refund_that_needs_a_second_person_leaves_the_deal_open() -> None:
	deal = s.make_deal()
	deposit = f.take_new(
		frappe.get_doc("Customer", deal.customer), frappe.get_doc("Dealer Vehicle", deal.vehicle)
	)
	with f.logged_in(s.salesperson()):
		done = losing.lose(deal.name, "Price", None, [{"deposit": deposit.name, "do": "Refund"}])
		frappe.db.commit()
	assert done == {"lost": False, "waiting": [deposit.name]}
	assert frappe.db.get_value("Deal Jacket", deal.name, "stage") == "Deposit"
	asked = frappe.db.get_value("Deposit Action", {"deposit": deposit.name, "status": "Requested"}, "name")
	with f.logged_in(s.sales_manager()):
		actions.decide(asked, True)
		frappe.db.commit()
	with f.logged_in(s.salesperson()):
		assert losing.lose(deal.name, "Price")["lost"]
	frappe.db.commit()


def test_kept_for_another_car_and_reopened() -> None:
	deal = s.make_deal()
	deposit = f.take_new(
		frappe.get_doc("Customer", deal.customer), frappe.get_doc("Dealer Vehicle", deal.vehicle)
	)
	losing.lose(deal.name, "Vehicle Sold", None, [{"deposit": deposit.name, "do": "Keep"}])
	frappe.db.commit()
	deposit.reload()
	assert (deposit.status, deposit.vehicle, deposit.deal) == ("Held", None, None)
	assert holds.active_hold(deal.vehicle) is None
	assert losing.reopen(deal.name, "They came back") == "New"
	frappe.db.commit()
	deal.reload()
	assert deal.open_vehicle and not deal.lost_reason
	assert events(deal, "deal.lost", "deal.reopened") == ["deal.lost", "deal.reopened"]


def test_a_lead_becomes_a_deal_at_the_stage_it_has_reached() -> None:
	car = s.make_car()
	lead = s.make_lead(dealer_vehicle=car.name, dealer_wanted="A Camry")
	frappe.db.set_value("Lead", lead.name, "dealer_first_response_at", now_datetime())
	visit = frappe.get_doc(
		{
			"doctype": "Showroom Visit",
			"lead": lead.name,
			"company": f.COMPANY,
			"kind": "Walk-in",
			"arrived_at": now_datetime(),
			"salesperson": s.salesperson(),
		}
	).insert(ignore_permissions=True)
	frappe.db.commit()
	key = f.key()
	with f.logged_in(s.salesperson()):
		name = opening.open_from_lead(lead.name, client_key=key)
		assert opening.open_from_lead(lead.name, client_key=key) == name
	frappe.db.commit()
	deal = frappe.get_doc("Deal Jacket", name)
	assert (deal.stage, deal.lead, deal.vehicle) == ("Visit", lead.name, car.name)
	assert deal.reached_contacted and deal.reached_visit and not deal.reached_appointment
	lead.reload()
	assert (lead.dealer_state, lead.dealer_customer) == ("Converted", deal.customer)
	assert frappe.db.get_value("Showroom Visit", visit.name, "deal") == deal.name
