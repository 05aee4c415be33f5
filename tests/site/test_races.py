"""Two at the same instant: one wins, the other is told why; nobody pays twice and nothing stays half done."""

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from tests.site import factories as f
from tests.site.checks import everything_right, figures, hold_of
from tests.site.racers import Finish, Racers

ROUNDS = range(3)

# What a person is shown, and may try again after. Never a database error, never a bare exception.
TOLD = {"ValidationError"}


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture(scope="module")
def racers(site, dealership):
	found = Racers(site)
	yield found
	found.close()


def one_winner(finishes: list[Finish]) -> tuple[Finish, Finish]:
	"""The winner and the loser; the loser was told in words."""
	assert sorted(finish.won for finish in finishes) == [False, True], [f.error for f in finishes]
	winner, loser = sorted(finishes, key=lambda finish: not finish.won)
	assert TOLD & set(loser.kinds), (loser.kinds, loser.error)
	return winner, loser


def all_clean(finishes: list[Finish]) -> None:
	"""Whoever did not win was told in words."""
	for finish in finishes:
		assert finish.won or TOLD & set(finish.kinds), (finish.kinds, finish.error)


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_cashiers_take_deposits_on_the_same_car(racers, _round):
	vehicle = f.make_vehicle()
	customers = [f.make_customer(), f.make_customer()]
	deposits = [f.make_deposit(customer, vehicle, 500) for customer in customers]
	frappe.db.commit()
	finishes = racers.run(*(("take", deposit.name, 500, f.key()) for deposit in deposits))

	one_winner(finishes)
	first, second = (0, 1) if finishes[0].won else (1, 0)
	frappe.db.rollback()
	everything_right(deposits[first])
	assert deposits[first].status == "Held"
	assert hold_of(vehicle) == deposits[first].name
	assert customers[first].customer_name in finishes[second].error
	assert deposits[first].name in finishes[second].error
	deposits[second].reload()
	assert deposits[second].status == "Draft"
	assert not frappe.db.count("Payment Entry", {"dealer_deposit": deposits[second].name})
	assert not frappe.db.count("Deposit Action", {"deposit": deposits[second].name})


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_refund_more_than_is_held(racers, _round):
	deposit = f.take_new(amount=500)
	values = {"amount": 300, "reason": "Changed her mind"}
	finishes = racers.run(*(("act", deposit.name, "Refund", dict(values), f.key()) for _one in range(2)))

	_winner, loser = one_winner(finishes)
	assert "holds" in loser.error
	frappe.db.rollback()
	everything_right(deposit)
	assert figures(deposit) == (500, 0, 300, 0, 200)
	assert frappe.db.count("Payment Entry", {"dealer_deposit": deposit.name, "payment_type": "Pay"}) == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_the_same_key_twice_is_one_payment(racers, _round):
	deposit = f.make_deposit()
	frappe.db.commit()
	key = f.key()
	finishes = racers.run(*(("take", deposit.name, 500, key) for _one in range(2)))

	assert all(finish.won for finish in finishes), [finish.error for finish in finishes]
	assert sorted(finish.result["repeated"] for finish in finishes) == [False, True]
	assert finishes[0].result["action"] == finishes[1].result["action"]
	assert finishes[0].result["documents"] == finishes[1].result["documents"]
	frappe.db.rollback()
	everything_right(deposit)
	assert frappe.db.count("Payment Entry", {"dealer_deposit": deposit.name}) == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_refund_meets_an_application(racers, _round):
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500)
	invoice = f.make_invoice(customer, 20000, vehicle)
	frappe.db.commit()
	finishes = racers.run(
		("act", deposit.name, "Refund", {"amount": 400, "reason": "Cheaper car"}, f.key()),
		("act", deposit.name, "Apply", {"amount": 300, "sales_invoice": invoice.name}, f.key()),
	)

	one_winner(finishes)
	frappe.db.rollback()
	everything_right(deposit)
	assert figures(deposit) == ((500, 0, 400, 0, 100) if finishes[0].won else (500, 300, 0, 0, 200))


@pytest.mark.parametrize("_round", ROUNDS)
def test_an_accountant_cancels_the_payment_while_a_cashier_refunds_it(racers, _round):
	deposit = f.take_new(amount=500)
	payment = deposit.tenders[0].payment_entry
	finishes = racers.run(
		("act", deposit.name, "Refund", {"amount": 500, "reason": "Changed her mind"}, f.key()),
		("cancel", "Payment Entry", payment),
		later=_round * 0.02,
	)

	assert sum(finish.won for finish in finishes) <= 1
	assert TOLD & set(finishes[0].kinds) or finishes[0].won, finishes[0].error
	frappe.db.rollback()
	everything_right(deposit)
	if finishes[0].won:
		assert deposit.status == "Refunded"
	if finishes[1].won:
		assert deposit.status == "Cancelled"
		assert not frappe.db.count("Payment Entry", {"dealer_deposit": deposit.name, "payment_type": "Pay"})


@pytest.mark.parametrize("_round", ROUNDS)
def test_an_invoice_is_cancelled_while_the_deposit_is_applied_to_it(racers, _round):
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500)
	invoice = f.make_invoice(customer, 20000, vehicle)
	frappe.db.commit()
	finishes = racers.run(
		("act", deposit.name, "Apply", {"amount": 500, "sales_invoice": invoice.name}, f.key()),
		("cancel", "Sales Invoice", invoice.name),
		later=_round * 0.04,
	)

	assert TOLD & set(finishes[0].kinds) or finishes[0].won, finishes[0].error
	frappe.db.rollback()
	everything_right(deposit)
	docstatus = frappe.db.get_value("Sales Invoice", invoice.name, "docstatus")
	assert docstatus == (2 if finishes[1].won else 1)
	assert deposit.status == ("Applied" if docstatus == 1 and finishes[0].won else "Held")


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_native_advance_meets_a_refund(racers, _round):
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500)
	invoice = f.make_invoice(customer, 900, vehicle, submit=False, allocate_advances_automatically=1)
	assert invoice.advances
	frappe.db.commit()
	finishes = racers.run(
		("act", deposit.name, "Refund", {"amount": 500, "reason": "Changed her mind"}, f.key()),
		("submit", "Sales Invoice", invoice.name),
		later=_round * 0.06,
	)

	assert TOLD & set(finishes[0].kinds) or finishes[0].won, finishes[0].error
	frappe.db.rollback()
	everything_right(deposit)
	assert deposit.refunded_amount + deposit.applied_amount == 500
	docstatus, outstanding = frappe.db.get_value(
		"Sales Invoice", invoice.name, ["docstatus", "outstanding_amount"]
	)
	assert docstatus == int(finishes[1].won)
	if docstatus:
		assert outstanding == 900 - deposit.applied_amount


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_managers_approve_the_same_request(racers, _round):
	from dealer_pos_crm.dealer_setup import roles

	deposit = f.take_new(amount=500)
	cashier = f.make_user(roles.CASHIER, "race.cashier")
	managers = [f.make_user(roles.MANAGER, f"race.manager.{number}") for number in range(2)]
	frappe.db.commit()
	with f.logged_in(cashier):
		asked = f.act(deposit, "Refund", amount=500, reason="Changed her mind")
	assert asked["status"] == "Requested"
	finishes = racers.run(*(("decide", asked["action"], manager) for manager in managers))

	_winner, loser = one_winner(finishes)
	assert "already" in loser.error
	frappe.db.rollback()
	everything_right(deposit)
	assert deposit.status == "Refunded"
	assert frappe.db.count("Payment Entry", {"dealer_deposit": deposit.name, "payment_type": "Pay"}) == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_workers_open_each_promise_once(racers, _round):
	deposits = [f.make_deposit(vehicle=False, amount=20 + number) for number in range(6)]
	frappe.db.commit()
	for deposit in deposits:
		f.take(deposit)
	names = [deposit.name for deposit in deposits]
	promises = frappe.get_all("Follow Up", {"deposit": ("in", names)}, ["name", "todo"])
	assert len(promises) == 6
	for promise in promises:
		frappe.db.delete("ToDo", {"name": promise.todo})
		frappe.db.set_value(
			"Follow Up",
			promise.name,
			{"status": "Planned", "todo": None, "owner_user": None, "opened_at": None},
		)
	frappe.db.commit()
	finishes = racers.run(("open_due",), ("open_due",))

	assert all(finish.won for finish in finishes), [finish.error for finish in finishes]
	frappe.db.rollback()
	for promise in promises:
		now = frappe.get_doc("Follow Up", promise.name)
		assert now.status == "Open"
		tasks = frappe.get_all(
			"ToDo", {"reference_type": "Follow Up", "reference_name": str(now.name)}, pluck="name"
		)
		assert tasks == [now.todo]


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_hold_that_is_extended_does_not_expire(racers, _round):
	vehicle = f.make_vehicle()
	deposit = f.take_new(vehicle=vehicle)
	f.let_hold_end(deposit)
	later = add_to_date(now_datetime(), days=3).replace(microsecond=0)
	finishes = racers.run(
		("expire_due",),
		("act", deposit.name, "Extend Hold", {"hold_until": str(later), "reason": "Bank is slow"}, f.key()),
	)

	assert finishes[0].won, finishes[0].error
	assert finishes[1].won, finishes[1].error
	frappe.db.rollback()
	everything_right(deposit)
	assert (deposit.status, deposit.hold_until) == ("Held", later)
	assert hold_of(vehicle) == deposit.name
	standing = frappe.get_all(
		"Dealer Vehicle Hold", {"active_vehicle": vehicle.name}, ["expired_at", "hold_until"]
	)
	assert [(row.expired_at, row.hold_until) for row in standing] == [(None, later)]


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_hold_whose_money_is_applied_does_not_expire(racers, _round):
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle)
	invoice = f.make_invoice(customer, 900, vehicle)
	f.let_hold_end(deposit)
	finishes = racers.run(
		("expire_due",),
		("act", deposit.name, "Apply", {"amount": 500, "sales_invoice": invoice.name}, f.key()),
	)

	all_clean(finishes)
	assert finishes[1].won, finishes[1].error
	frappe.db.rollback()
	everything_right(deposit)
	expired = frappe.db.count(
		"Customer Event", {"deposit": deposit.name, "event_type": "deposit.hold_expired"}
	)
	assert (hold_of(vehicle) == deposit.name) == (expired == 0)
