"""The default rules from end to end: opened for a person, stopped by what answers it, each with its reason."""

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, getdate, now_datetime

from dealer_pos_crm.dealer_crm import follow_ups
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_showroom import holds
from tests.site import factories as f
from tests.site.accountant import unreconcile
from tests.site.checks import everything_right, follow_up, hold_of

NEXT_STEP = "Deposit: agree the next step"
ENDS_SOON = "Hold: ends in a day"
HAS_ENDED = "Hold: has ended"
REVIEW = "Refund: look at the reason"
WAITING = "Vehicle free: call the waiting list"


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture(scope="module")
def seller(dealership):
	user = f.make_user(roles.SALESPERSON, "sam.seller")
	frappe.db.commit()
	return user


@pytest.fixture
def held(seller):
	"""500 of one of Sam's customers, held for a car."""
	customer, vehicle = f.make_customer(dealer_sales_owner=seller), f.make_vehicle()
	return f.take_new(customer, vehicle, 500), customer, vehicle


def open_due() -> None:
	follow_ups.open_due()
	frappe.db.rollback()


def task_of(promise):
	return frappe.get_doc("ToDo", promise.todo)


def test_a_deposit_is_followed_by_its_next_step_the_same_day(held, seller):
	deposit, customer, vehicle = held
	promise = follow_up(deposit, NEXT_STEP)
	assert (promise.status, promise.owner_user, promise.priority) == ("Open", seller, "High")
	assert promise.title == f"Agree the next step for {vehicle.title}"
	assert vehicle.title in promise.talking_points
	assert getdate(promise.due_at) == getdate()
	cause = frappe.get_doc("Customer Event", {"event_key": promise.cause})
	assert (cause.event_type, cause.deposit, cause.customer) == ("deposit.taken", deposit.name, customer.name)
	task = task_of(promise)
	assert (task.allocated_to, task.status, task.reference_type) == (seller, "Open", "Follow Up")
	assert promise.title in task.description and customer.name in task.description


def test_a_hold_is_warned_of_a_day_before_it_ends(held, seller):
	deposit, _customer, _vehicle = held
	promise = follow_up(deposit, ENDS_SOON)
	assert promise.status == "Planned"
	assert promise.opens_at == add_to_date(get_datetime(deposit.hold_until), days=-1)
	frappe.db.set_value("Follow Up", promise.name, "opens_at", now_datetime())
	frappe.db.commit()
	open_due()
	promise.reload()
	assert (promise.status, promise.owner_user) == ("Open", seller)
	assert task_of(promise).allocated_to == seller


def test_a_short_hold_is_warned_of_at_once(seller):
	deposit = f.take_new(
		f.make_customer(dealer_sales_owner=seller), hold_until=add_to_date(now_datetime(), hours=4)
	)
	promise = follow_up(deposit, ENDS_SOON)
	assert promise.status == "Open"
	assert promise.due_at <= get_datetime(deposit.hold_until)


def test_an_extension_replaces_the_warning(held):
	deposit, _customer, vehicle = held
	first = follow_up(deposit, ENDS_SOON)
	later = add_to_date(now_datetime().replace(microsecond=0), days=20)
	f.act(deposit, "Extend Hold", hold_until=str(later), reason="Bank is slow")

	everything_right(deposit)
	assert hold_of(vehicle) == deposit.name
	first.reload()
	assert (first.status, first.reason) == ("Stopped", "Something happened that answers it")
	assert first.stopped_by.startswith("vehicle.held:")
	second = frappe.get_doc("Follow Up", {"deposit": deposit.name, "rule": ENDS_SOON, "status": "Planned"})
	assert second.opens_at == add_to_date(later, days=-1)


def test_a_hold_that_ends_frees_the_car_and_asks_what_now(held, seller):
	deposit, _customer, vehicle = held
	for _one in range(2):
		frappe.get_doc(
			{
				"doctype": "Dealer Vehicle Waitlist",
				"vehicle": vehicle.name,
				"customer": f.make_customer().name,
			}
		).insert()
	f.let_hold_end(deposit)
	holds.expire_due()
	open_due()

	everything_right(deposit)
	assert (deposit.status, deposit.held_amount) == ("Expired", 500)
	assert hold_of(vehicle) is None
	assert vehicle.status == "Front-line Ready"
	types = f.event_types(deposit=deposit.name)
	assert types[-2:] == ["deposit.hold_expired", "vehicle.released"]
	ended = follow_up(deposit, HAS_ENDED)
	assert (ended.status, ended.owner_user) == ("Open", seller)
	assert ended.talking_points.startswith("The hold is over and the money is still here")
	soon = follow_up(deposit, ENDS_SOON)
	assert (soon.status, soon.reason) == ("Stopped", "Something happened that answers it")
	call = frappe.get_doc("Follow Up", {"vehicle": vehicle.name, "rule": WAITING})
	assert (call.status, call.title) == ("Open", f"{vehicle.title} is free again: call 2 on the waiting list")

	holds.expire_due()
	assert f.event_types(deposit=deposit.name) == types
	second = f.take_new(None, vehicle, 300)
	call.reload()
	assert (call.status, hold_of(vehicle)) == ("Stopped", second.name)
	assert task_of(call).status == "Closed"


def test_a_deposit_that_is_cancelled_leaves_nothing_to_do(held):
	deposit, _customer, _vehicle = held
	f.let_hold_end(deposit)
	holds.expire_due()
	open_due()
	f.act(deposit, "Cancel", reason="Typed twice")

	everything_right(deposit)
	assert deposit.status == "Cancelled"
	assert f.event_types(deposit=deposit.name).count("deposit.cancelled") == 1
	assert follow_up(deposit, HAS_ENDED).status == "Stopped"


def test_nobody_is_called_when_nobody_waits(held):
	deposit, _customer, vehicle = held
	f.let_hold_end(deposit)
	holds.expire_due()
	assert not frappe.db.exists("Follow Up", {"vehicle": vehicle.name, "rule": WAITING})


def test_a_company_may_keep_the_car_held_when_the_hold_ends(held):
	deposit, _customer, vehicle = held
	frappe.db.set_value("Dealer Settings", f.COMPANY, "release_on_expiry", 0)
	frappe.clear_document_cache("Dealer Settings", f.COMPANY)
	f.let_hold_end(deposit)
	try:
		holds.expire_due()
		everything_right(deposit)
		assert (deposit.status, hold_of(vehicle)) == ("Expired", deposit.name)
		assert follow_up(deposit, HAS_ENDED).status == "Planned"
		assert f.event_types(deposit=deposit.name).count("deposit.hold_expired") == 1
	finally:
		frappe.db.rollback()
		frappe.db.set_value("Dealer Settings", f.COMPANY, "release_on_expiry", 1)
		frappe.clear_document_cache("Dealer Settings", f.COMPANY)
		frappe.db.commit()


def test_an_ended_hold_that_is_extended_holds_again(held):
	deposit, _customer, vehicle = held
	f.let_hold_end(deposit)
	holds.expire_due()
	later = add_to_date(now_datetime().replace(microsecond=0), days=2)
	f.act(deposit, "Extend Hold", hold_until=str(later), reason="Bank is slow")

	everything_right(deposit)
	assert (deposit.status, hold_of(vehicle)) == ("Held", deposit.name)
	assert follow_up(deposit, HAS_ENDED).status == "Stopped"


def test_a_refund_is_reviewed_by_a_manager(held):
	deposit, _customer, _vehicle = held
	manager = f.make_user(roles.MANAGER, "mia.manager")
	frappe.db.commit()
	f.act(deposit, "Refund", amount=500, reason="Found it cheaper")
	open_due()

	promise = follow_up(deposit, REVIEW)
	assert promise.status == "Open"
	assert roles.MANAGER in frappe.get_roles(promise.owner_user) or promise.owner_user == manager
	assert "Found it cheaper" in promise.talking_points
	assert follow_up(deposit, NEXT_STEP).status == "Stopped"


def test_the_two_halves_of_a_refund_are_reviewed_once():
	deposit = f.take_new(amount=500, tenders=[("Cash", 200), ("Card", 300)])
	f.act(deposit, "Refund", amount=500, reason="Found it cheaper")
	assert frappe.db.count("Follow Up", {"deposit": deposit.name, "rule": REVIEW}) == 1


def test_what_is_given_back_by_an_accountant_is_to_be_done_again(held, seller):
	deposit, customer, vehicle = held
	first = follow_up(deposit, NEXT_STEP).todo
	invoice = f.make_invoice(customer, 20000, vehicle)
	f.act(deposit, "Apply", amount=500, sales_invoice=invoice.name)
	unreconcile(deposit.tenders[0].payment_entry)
	open_due()

	promise = follow_up(deposit, NEXT_STEP)
	assert (promise.status, promise.owner_user, promise.stopped_by) == ("Open", seller, None)
	assert promise.todo != first
	assert (task_of(promise).status, frappe.db.get_value("ToDo", first, "status")) == ("Open", "Closed")


def test_a_promise_that_was_kept_stays_kept(held):
	deposit, customer, vehicle = held
	promise = follow_up(deposit, NEXT_STEP)
	follow_ups.finish(promise.name, "Booked", "Test drive on Friday")
	frappe.db.commit()
	invoice = f.make_invoice(customer, 20000, vehicle)
	f.act(deposit, "Apply", amount=500, sales_invoice=invoice.name)
	unreconcile(deposit.tenders[0].payment_entry)

	promise.reload()
	assert (promise.status, promise.outcome, promise.outcome_note) == (
		"Done",
		"Booked",
		"Test drive on Friday",
	)
	assert task_of(promise).status == "Closed"


@pytest.mark.parametrize(
	("outcome", "note", "words"),
	[("Maybe", None, "is not an outcome"), ("Other", " ", "in a few words")],
)
def test_an_outcome_has_to_say_something(held, outcome, note, words):
	promise = follow_up(held[0], NEXT_STEP)
	with pytest.raises(frappe.ValidationError, match=words):
		follow_ups.finish(promise.name, outcome, note)


def test_only_an_open_promise_ends_or_changes_hands(held):
	planned = follow_up(held[0], ENDS_SOON)
	with pytest.raises(frappe.ValidationError, match="is Planned; only an open follow-up"):
		follow_ups.finish(planned.name, "Reached")
	with pytest.raises(frappe.ValidationError, match="is Planned; only an open follow-up"):
		follow_ups.reassign(planned.name, "Administrator")


# The task in the ToDo list


def test_a_closed_task_is_a_kept_promise_whoever_closes_it(held):
	promise = follow_up(held[0], NEXT_STEP)
	helper = f.make_user("Desk User")
	task = task_of(promise)
	task.allocated_to = helper
	task.save()
	frappe.db.commit()
	promise.reload()
	assert promise.owner_user == helper
	with f.logged_in(helper):
		task = frappe.get_doc("ToDo", promise.todo)
		task.status = "Closed"
		task.save()
	promise.reload()
	assert (promise.status, promise.outcome, promise.outcome_note, promise.done_by) == (
		"Done",
		"Other",
		"Closed in the ToDo list",
		helper,
	)


@pytest.mark.parametrize("way", ["cancelled", "deleted"])
def test_a_task_that_somebody_drops_leaves_the_promise_open_for_a_new_owner(held, seller, way):
	promise = follow_up(held[0], NEXT_STEP)
	task = task_of(promise)
	if way == "cancelled":
		task.status = "Cancelled"
		task.save()
	else:
		task.delete()
	frappe.db.commit()
	promise.reload()
	assert (promise.status, promise.owner_user, promise.todo) == ("Open", None, None)

	follow_ups.reassign(promise.name, seller)
	promise.reload()
	assert (promise.owner_user, task_of(promise).status) == (seller, "Open")


def test_a_new_owner_on_the_form_gets_the_task(held):
	promise = follow_up(held[0], NEXT_STEP)
	first, other = promise.todo, f.make_user(roles.SALESPERSON)
	promise.owner_user = other
	promise.save()
	promise.reload()
	assert frappe.db.get_value("ToDo", first, "status") == "Closed"
	assert (promise.owner_user, task_of(promise).allocated_to) == (other, other)
	with pytest.raises(frappe.ValidationError, match="disabled or no user"):
		follow_ups.reassign(promise.name, "nobody@summit-motors.example")


@pytest.mark.parametrize("manager_works", [True, False])
def test_the_promises_of_somebody_who_leaves_go_to_the_manager(manager_works):
	leaver = f.make_user(roles.SALESPERSON)
	deposit = f.take_new(f.make_customer(dealer_sales_owner=leaver))
	later = f.take_new(f.make_customer(dealer_sales_owner=leaver))
	promise = follow_up(deposit, NEXT_STEP)
	manager = frappe.db.get_value(
		"Dealer Department", {"parent": f.COMPANY, "department": "Sales"}, "manager"
	)
	try:
		if not manager_works:
			set_enabled(manager, 0)
		set_enabled(leaver, 0)
		promise.reload()
		assert (promise.status, promise.owner_user) == ("Open", manager if manager_works else None)
		if manager_works:
			assert task_of(promise).allocated_to == manager
		left = frappe.get_all("ToDo", {"allocated_to": leaver, "status": "Open"})
		assert left == []
		warning = follow_up(later, ENDS_SOON)
		frappe.db.set_value("Follow Up", warning.name, "opens_at", now_datetime())
		frappe.db.commit()
		open_due()
		warning.reload()
		assert warning.status == "Open" and warning.owner_user != leaver
	finally:
		frappe.db.rollback()
		set_enabled(manager, 1)


def set_enabled(user: str, enabled: int) -> None:
	doc = frappe.get_doc("User", user)
	doc.enabled = enabled
	doc.save()
	frappe.db.commit()


def test_a_promise_that_cannot_be_opened_does_not_keep_the_others_waiting(monkeypatch):
	deposits = [f.take_new(None, False, 20) for _one in range(3)]
	promises = [follow_up(deposit, NEXT_STEP) for deposit in deposits]
	for promise in promises:
		promise.db_set({"status": "Planned", "todo": None, "owner_user": None, "opened_at": None})
	frappe.db.commit()
	give = follow_ups.give_task

	def broken(name, owner):
		if name == promises[1].name:
			raise ValueError("No such list")
		give(name, owner)

	monkeypatch.setattr(follow_ups, "give_task", broken)
	open_due()
	for promise in promises:
		promise.reload()
	assert [promise.status for promise in promises] == ["Open", "Planned", "Open"]
	assert "will be tried again" in promises[1].reason
	assert promises[1].opens_at > now_datetime()
	assert frappe.db.exists(
		"Error Log", {"reference_doctype": "Follow Up", "reference_name": promises[1].name}
	)

	monkeypatch.undo()
	promises[1].db_set("opens_at", now_datetime())
	frappe.db.commit()
	open_due()
	promises[1].reload()
	assert (promises[1].status, promises[1].reason) == ("Open", None)
	assert task_of(promises[1]).status == "Open"
