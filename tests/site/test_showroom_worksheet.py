"""Scenarios on a real site: made, chosen, approved by another person, frozen, brought up to date; and what a
salesperson never sees."""

import json

import frappe
import pytest

from dealer_pos_crm.api import trade_in as trade_api
from dealer_pos_crm.api import worksheet as api
from dealer_pos_crm.dealer_showroom.worksheet import approval, products, refreshing, scenarios, totals
from dealer_pos_crm.domain.money import Money
from tests.site import factories as f
from tests.site import showroom as s
from tests.site import worksheet_data as d
from tests.site.racers import Racers

COSTS = (
	"cost",
	"vehicle_cost",
	"buy_rate",
	"front_gross",
	"back_gross",
	"actual_cash_value",
	"recon_estimate",
)


@pytest.fixture(scope="module")
def templates():
	made = d.set_up_worksheet()
	frappe.db.set_value("Dealer Settings", d.COMPANY, {"vehicle_tax_template": made["plain"], "doc_fee": 499})
	frappe.clear_document_cache("Dealer Settings", d.COMPANY)
	frappe.db.commit()
	return made


@pytest.fixture
def deal(templates):
	return s.make_deal()


def steps_of(deal) -> list[str]:
	return frappe.get_all("Showroom Log", {"deal": deal.name}, pluck="kind", order_by="name")


def read(name):
	return frappe.get_doc("Deal Scenario", name)


# --- Made and edited ---------------------------------------------------------------------------------


def test_the_first_offer_comes_from_the_car_and_the_settings(deal):
	name = d.make_offer(deal)
	made = read(name)
	assert (made.label, made.status, made.price, made.vehicle) == ("Offer A", "Draft", 21_500, deal.vehicle)
	assert [(row.label, row.amount) for row in made.lines] == [("Documentation fee", 499)]
	assert made.total == 23_373.94  # 21,999 and 6.25 %
	assert made.payment == pytest.approx(451.88) and made.amount_financed == made.total
	deal.reload()
	assert deal.stage == "Write-up"
	assert read(d.make_offer(deal)).label == "Offer B"


def test_several_scenarios_are_computed_in_one_request_and_nothing_is_written(deal):
	first, second = d.make_offer(deal), d.make_offer(deal)
	with d.as_user(s.salesperson()):
		found = api.recompute(
			deal.name,
			json.dumps(
				[
					{"name": first, "values": {"price": 20_000, "cash_down": 1_000}},
					{"name": second, "values": {"term_months": 0}},
					{"name": "no-such", "values": {}},
				]
			),
		)
	assert found[0]["result"]["amount_financed"] == pytest.approx((20_000 + 499) * 1.0625 - 1_000, abs=0.01)
	assert found[1]["code"] == "term" and "0 months" in found[1]["problem"]
	assert "does not exist" in found[2]["problem"]
	assert read(first).price == 21_500 and read(second).term_months == 60


def test_an_offer_is_edited_in_place_and_rows_keep_what_is_not_sent(deal):
	name = d.make_offer(deal, {"products": [{"product": d.product(), "price": 1995, "taxable": 0}]})
	row = read(name).products[0]
	assert row.cost == 850  # from the catalogue, by the server
	with d.as_user(s.fni()):
		api.save(name, {"products": [{"name": row.name, "cost": 800}]})
	with d.as_user(s.salesperson()):
		api.save(
			name,
			{"products": [{"name": row.name, "price": 1795, "cost": 1}], "vehicle_cost": 5, "buy_rate": 1},
		)
	after = read(name)
	assert (after.products[0].price, after.products[0].cost) == (1795, 800)
	assert after.vehicle_cost == 17_000 and not after.buy_rate


@pytest.mark.parametrize(
	("values", "text"),
	[
		({"price": 0}, "price of the car is missing"),
		({"term_months": 0}, "term of 0 months"),
		({"apr": -1}, "rate of -1"),
		({"cash_down": 90_000}, "more than what is left to pay"),
		(
			{"lines": [{"kind": "Discount", "label": "All of it", "amount": 30_000}]},
			"not less than the price",
		),
		({"products": [{"product": "No Such Product", "price": 1}]}, "No Such Product"),
		({"lines": [{"kind": "Fee", "label": "Fee", "amount": -1}]}, "above zero"),
	],
)
def test_refusals_say_what_to_do(deal, values, text):
	name = d.make_offer(deal)
	with d.as_user(s.salesperson()), pytest.raises(frappe.ValidationError, match=text):
		api.save(name, values)
	assert read(name).price == 21_500


def test_a_payoff_needs_its_lender(deal):
	trade = d.make_trade(deal)
	with pytest.raises(frappe.ValidationError, match="no lender"):
		d.make_offer(deal, {"trades": [{"trade_in": trade.name, "allowance": 8000, "payoff": 9000}]})


def test_a_trade_of_another_deal_is_refused(deal):
	other = s.make_deal()
	trade = d.make_trade(other)
	with pytest.raises(frappe.ValidationError, match="belongs to deal"):
		d.make_offer(deal, {"trades": [{"trade_in": trade.name, "allowance": 1, "payoff": 0}]})


def test_negative_equity_is_financed(deal):
	trade = d.make_trade(deal, payoff=9_500, payoff_lender=d.payoff_lender())
	made = read(d.make_offer(deal))
	assert made.trades[0].trade_in == trade.name and made.trade_equity == -1_500
	found = totals.totals(made)
	assert found.adds_up and found.financed == found.total + Money.of(1_500, "USD")


def test_a_copy_is_a_scenario_of_its_own(deal):
	first = d.make_offer(deal, {"cash_down": 2_000})
	with d.as_user(s.salesperson()):
		second = api.create(deal.name, copy_of=first)
		api.save(second, {"term_months": 72})
	assert read(second).cash_down == 2_000 and read(second).payment < read(first).payment
	assert read(second).label == "Offer B"
	with d.as_user(s.salesperson()):
		api.remove(second)
	assert not frappe.db.exists("Deal Scenario", second)


# --- Chosen and approved ------------------------------------------------------------------------------


def test_approval_needs_a_second_person_and_freezes(deal):
	name = d.make_offer(deal)
	with d.as_user(s.salesperson()):
		with pytest.raises(frappe.ValidationError, match="Choose it first"):
			api.ask(name)
		api.choose(name)
		api.ask(name)
		api.ask(name)  # a double click asks once
		with pytest.raises(frappe.ValidationError, match="Only a sales manager"):
			api.approve(name)
		with pytest.raises(frappe.ValidationError, match="stays as it is"):
			api.save(name, {"price": 1})
	with d.as_user(s.sales_manager()):
		api.approve(name, "Go")
	deal.reload()
	assert (deal.approved_scenario, deal.approved_by) == (name, s.sales_manager())
	assert scenarios.approved(deal).name == name and deal.deal_type == "Finance"
	assert steps_of(deal).count("deal.approval_asked") == 1 and "deal.approved" in steps_of(deal)


def test_the_author_does_not_approve(deal):
	name = d.make_offer(deal, by=s.sales_manager())
	with d.as_user(s.sales_manager()):
		api.choose(name)
	with d.as_user(s.salesperson()):
		api.ask(name)
	with d.as_user(s.sales_manager()), pytest.raises(frappe.ValidationError, match="another manager"):
		api.approve(name)


def test_a_manager_who_changed_the_figures_does_not_approve(deal):
	name = d.make_offer(deal)
	with d.as_user(s.sales_manager()):
		api.save(name, {"price": 20_000})
		api.choose(name)
	with d.as_user(s.salesperson()):
		api.ask(name)
	with d.as_user(s.sales_manager()), pytest.raises(frappe.ValidationError, match="another manager"):
		api.approve(name)


def test_whoever_asked_does_not_approve(deal):
	name = d.make_offer(deal)
	with d.as_user(s.sales_manager()):
		api.choose(name)
		api.ask(name)
		with pytest.raises(frappe.ValidationError, match="another manager"):
			api.approve(name)


def test_turned_down_with_a_note_edited_and_asked_again(deal):
	name = d.make_offer(deal)
	with d.as_user(s.salesperson()):
		api.choose(name)
		api.ask(name)
	with d.as_user(s.sales_manager()):
		with pytest.raises(frappe.ValidationError, match="what has to change"):
			api.reject(name, " ")
		api.reject(name, "Too low")
	assert (read(name).status, read(name).decision_note) == ("Rejected", "Too low")
	with d.as_user(s.salesperson()):
		api.save(name, {"price": 22_000})
		assert read(name).status == "Chosen"
		api.ask(name)
		api.withdraw(name)
		assert read(name).status == "Chosen"
	assert steps_of(deal).count("deal.rejected") == 2


def test_what_is_approved_stays_by_form_by_program_and_by_row(deal):
	made = d.make_approved(deal, {"products": [{"product": d.product(), "price": 1995}]})
	for user in (s.salesperson(), s.sales_manager(), s.fni(), "Administrator"):
		with d.as_user(user):
			doc = read(made.name)
			doc.price = 1
			with pytest.raises(frappe.ValidationError, match="stays as it is"):
				doc.save()
			with pytest.raises((frappe.ValidationError, frappe.PermissionError)):
				frappe.client.set_value("Deal Scenario Line", made.lines[0].name, "amount", 1)
			with pytest.raises((frappe.ValidationError, frappe.PermissionError)):
				frappe.client.set_value("Deal Scenario", made.name, "status", "Draft")
			with pytest.raises((frappe.ValidationError, frappe.PermissionError)):
				frappe.client.delete("Deal Scenario", made.name)
	again = read(made.name)
	assert (again.price, again.status, again.total) == (made.price, "Approved", made.total)


def test_nobody_writes_an_approval_into_a_new_document(deal):
	with d.as_user(s.salesperson()):
		doc = frappe.get_doc(
			{
				"doctype": "Deal Scenario",
				"deal": deal.name,
				"label": "Forged",
				"kind": "Cash",
				"price": 1_000,
				"status": "Approved",
				"decided_by": s.sales_manager(),
				"total": 5,
			}
		).insert()
		assert (doc.status, doc.decided_by) == ("Draft", None) and doc.total > 1_000


def test_a_change_is_a_new_version_that_says_what_changed(deal):
	made = d.make_approved(deal)
	with d.as_user(s.salesperson()):
		name = api.new_version(made.name)
		with pytest.raises(frappe.ValidationError, match="being changed already"):
			api.new_version(made.name)
		api.save(name, {"price": 21_000})
		deal.reload()
		assert scenarios.approved(deal).name == made.name  # until the customer takes the new one
		api.choose(name)
		deal.reload()
		assert scenarios.approved(deal) is None and not deal.approved_scenario
		api.ask(name)
	said = read(name).what_changed
	assert "Price: $ 21,500.00 → $ 21,000.00" in said and "Amount financed" in said
	with d.as_user(s.sales_manager()):
		api.approve(name)
	deal.reload()
	assert scenarios.approved(deal).name == name
	assert (read(made.name).status, read(name).version) == ("Replaced", 2)


def test_the_approved_one_chosen_again_is_approved_still(deal):
	made = d.make_approved(deal)
	other = d.make_offer(deal)
	with d.as_user(s.salesperson()):
		api.choose(other)
		deal.reload()
		assert scenarios.approved(deal) is None
		api.choose(made.name)
	deal.reload()
	assert scenarios.approved(deal).name == made.name and read(other).status == "Draft"


# --- The world changes --------------------------------------------------------------------------------


def test_a_deposit_moves_the_open_scenarios_and_marks_the_frozen_one(deal):
	open_one = d.make_offer(deal)
	customer = frappe.get_doc("Customer", deal.customer)
	f.take_new(customer, frappe.get_doc("Dealer Vehicle", deal.vehicle), 500, deal=deal.name)
	made = read(open_one)
	assert (made.deposits, made.amount_financed) == (500, made.total - 500) and not made.out_of_date
	approved = d.make_approved(deal)
	f.take_new(customer, frappe.get_doc("Dealer Vehicle", deal.vehicle), 250, deal=deal.name)
	frozen = read(approved.name)
	assert frozen.deposits == 500 and "$ 750.00" in frozen.out_of_date
	assert read(open_one).deposits == 750
	deal.reload()
	assert scenarios.approved(deal).name == approved.name  # delivery takes what is held


def test_another_car_ends_the_approval(deal):
	made = d.make_approved(deal)
	car = s.make_car(price=30_000)
	deal.reload()
	deal.vehicle = car.name
	deal.save()
	frappe.db.commit()
	deal.reload()
	assert not deal.approved_scenario and scenarios.approved(deal) is None
	assert "another vehicle" in read(made.name).out_of_date
	with d.as_user(s.salesperson()):
		name = api.renew(made.name)
		fresh = read(name)
		assert (fresh.vehicle, fresh.price, fresh.status) == (car.name, 30_000, "Draft")
		assert not fresh.out_of_date


def test_a_signed_deal_keeps_its_worksheet(deal):
	made = d.make_approved(deal)
	frappe.db.set_value("Deal Jacket", deal.name, "stage", "Contracted")
	frappe.db.commit()
	with d.as_user(s.salesperson()):
		for step in (api.new_version, api.choose, api.renew):
			with pytest.raises(frappe.ValidationError, match="its worksheet stands"):
				step(made.name)
		with pytest.raises(frappe.ValidationError, match="its worksheet stands"):
			api.create(deal.name)


# --- Who sees what ------------------------------------------------------------------------------------


def has_costs(answer) -> list[str]:
	text = json.dumps(answer, default=str)
	return [field for field in COSTS if f'"{field}"' in text] + [n for n in ("17000", "16123") if n in text]


def test_a_salesperson_never_gets_a_cost(deal):
	name = d.make_offer(deal, {"products": [{"product": d.product(), "price": 1995}]})
	with d.as_user(s.fni()):
		api.save(name, {"vehicle_cost": 16_123, "buy_rate": 4.5})
		assert "16123" in json.dumps(api.get(deal.name), default=str)
	d.make_trade(deal, value=16_123)
	with d.as_user(s.salesperson()):
		assert has_costs(api.get(deal.name)) == []
		assert has_costs(api.recompute(deal.name, [{"name": name, "values": {"price": 22_000}}])) == []
		assert has_costs(api.save(name, {"price": 22_000})) == []
		from frappe.desk.form.load import getdoc

		for doctype, document in (
			("Deal Scenario", name),
			("Trade In", read(name).get("trades")[0].trade_in if read(name).trades else None),
			("FnI Product", d.product()),
		):
			if not document:
				continue
			frappe.local.response = frappe._dict(docs=[])
			getdoc(doctype, document)
			loaded = [doc.as_dict() for doc in frappe.local.response.docs]
			text = json.dumps([loaded, frappe.local.response.get("docinfo")], default=str)
			assert "16123" not in text and "850.0" not in text, doctype
		rows = frappe.get_list("Deal Scenario", {"name": name}, ["*"])
		assert "vehicle_cost" not in rows[0] or not rows[0].vehicle_cost
		assert not frappe.get_list("FnI Product", {"name": d.product()}, ["*"])[0].get("cost")


def test_versions_keep_no_costs(deal):
	name = d.make_offer(deal)
	with d.as_user(s.fni()):
		api.save(name, {"vehicle_cost": 16_123})
		api.save(name, {"vehicle_cost": 16_124, "price": 22_000})
	text = "".join(frappe.get_all("Version", {"docname": name}, pluck="data"))
	assert "22,000" in text or "22000" in text
	assert "16,12" not in text and "1612" not in text and "gross" not in text


def test_another_customers_deal_is_not_read_without_the_right(deal):
	d.make_offer(deal)
	outsider = f.make_user("Dealer Parts", "floor.parts")
	with d.as_user(outsider), pytest.raises(frappe.PermissionError):
		api.get(deal.name)


# --- Products -----------------------------------------------------------------------------------------


def test_products_are_sold_by_the_contract_and_cancelled_with_a_refund(deal):
	d.make_approved(deal, {"products": [{"product": d.product(), "price": 1995, "taxable": 0}]})
	deal.flags.of_the_deal = True
	products.sell(deal)
	deal.contracted_on = frappe.utils.nowdate()
	deal.delivered_at = frappe.utils.add_days(frappe.utils.now_datetime(), -365)
	deal.save()
	frappe.db.commit()
	(row,) = deal.products
	assert (row.product, row.price, row.cost, row.status) == (d.product(), 1995, 850, "Sold")
	with d.as_user(s.salesperson()), pytest.raises(frappe.PermissionError):
		api.cancel_product(deal.name, row.name, frappe.utils.nowdate(), "Customer asked")
	with d.as_user(s.fni()):
		wanted = api.refund_of(deal.name, row.name, frappe.utils.nowdate())
		assert 1_590 < wanted < 1_600  # four of five years are left
		with pytest.raises(frappe.ValidationError, match="not possible"):
			api.cancel_product(deal.name, row.name, frappe.utils.nowdate(), "Customer asked", 2_000)
		found = api.cancel_product(deal.name, row.name, frappe.utils.nowdate(), "Customer asked")
		assert found["refund"] == wanted
		with pytest.raises(frappe.ValidationError, match="cancelled on"):
			api.cancel_product(deal.name, row.name, frappe.utils.nowdate(), "Customer asked")
	assert "product.cancelled" in steps_of(deal)


# --- Two at the same instant --------------------------------------------------------------------------


def test_approving_twice_is_refused_and_told_once(deal):
	name = d.make_offer(deal)
	with d.as_user(s.salesperson()):
		api.choose(name)
		api.ask(name)
	with d.as_user(s.sales_manager()):
		approval.decide(name, True)
		with pytest.raises(frappe.ValidationError, match="no approval waits"):
			approval.decide(name, True)
	assert steps_of(deal).count("deal.approved") == 1


@pytest.fixture(scope="module")
def racers(site, templates):
	running = Racers(site)
	yield running
	running.close()


def waiting(deal) -> str:
	name = d.make_offer(deal)
	with d.as_user(s.salesperson()):
		api.choose(name)
		api.ask(name)
	return name


def test_two_who_decide_at_the_same_instant_one_decides(deal, racers):
	other = f.make_user("Dealer Manager", "floor.gm")
	name = waiting(deal)
	finishes = racers.run(
		("worksheet_step", s.sales_manager(), "approve", name),
		("worksheet_step", other, "reject", name, "Too low"),
	)
	assert [finish.won for finish in finishes].count(True) == 1
	frappe.db.rollback()
	told = [kind for kind in steps_of(deal) if kind in ("deal.approved", "deal.rejected")]
	assert len(told) == 1 and read(name).status in ("Approved", "Rejected")


def test_withdrawn_and_approved_at_the_same_instant_it_is_one_of_both(deal, racers):
	name = waiting(deal)
	finishes = racers.run(
		("worksheet_step", s.sales_manager(), "approve", name),
		("worksheet_step", s.salesperson(), "withdraw", name),
	)
	assert [finish.won for finish in finishes].count(True) == 1
	frappe.db.rollback()
	deal.reload()
	assert (read(name).status == "Approved") == (deal.approved_scenario == name)


def test_asked_twice_at_the_same_instant_it_is_told_once(deal, racers):
	name = d.make_offer(deal)
	with d.as_user(s.salesperson()):
		api.choose(name)
	job = ("worksheet_step", s.salesperson(), "ask", name)
	assert all(finish.won for finish in racers.run(job, job))
	frappe.db.rollback()
	assert steps_of(deal).count("deal.approval_asked") == 1


def test_refreshing_never_stops_money(deal):
	"""More deposits than the car costs: the scenario says so and the money is taken all the same."""
	name = d.make_offer(deal)
	customer = frappe.get_doc("Customer", deal.customer)
	f.take_new(customer, frappe.get_doc("Dealer Vehicle", deal.vehicle), 40_000, deal=deal.name)
	assert "$ 40,000.00" in read(name).out_of_date and read(name).deposits == 0
	refreshing.deposits_moved(deal.name)


def test_appraisals_are_a_managers(deal):
	trade = d.make_trade(deal, value=None)
	with d.as_user(s.salesperson()), pytest.raises(frappe.ValidationError, match="Only a sales manager"):
		trade_api.appraise(trade.name, 7_000)
