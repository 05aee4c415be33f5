"""Appointments from booking to arriving: what is refused, what is told once, and what two at once make of it."""

from datetime import datetime, timedelta

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, now_datetime

from dealer_pos_crm.api import appointment as api
from dealer_pos_crm.dealer_service.appointments import board, book, context, load, view
from dealer_pos_crm.dealer_service.orders import opening
from dealer_pos_crm.dealer_setup import roles
from tests.site import factories as f
from tests.site import lane
from tests.site.counting import statements
from tests.site.racers import Racers

DOCTYPE = "Service Appointment"


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture(scope="module")
def advisor(dealership):
	user = f.make_user(roles.ADVISOR, "appointments.advisor")
	frappe.db.commit()
	return user


@pytest.fixture(scope="module")
def racers(site, dealership):
	found = Racers(site)
	yield found
	found.close()


def soon(days: int = 3, hour: int = 9) -> datetime:
	return (now_datetime() + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def make_team(capacity: float = 8, **values):
	return frappe.get_doc("Service Team", lane.make_team(capacity, **values))


def values_of(customer=None, vehicle=None, **values) -> dict:
	customer = customer or f.make_customer()
	return {
		"customer": customer.name,
		"vehicle": (vehicle or lane.make_car(customer)).name,
		"company": f.COMPANY,
		"starts_at": soon(),
		"duration": 1.5,
		"concern": "It squeaks when I brake",
		**values,
	}


def booked(**values):
	return lane.make_appointment(**values)


def let_time_come(doc, minutes: int = 45) -> None:
	"""As if its time had come so many minutes ago."""
	start = add_to_date(now_datetime().replace(microsecond=0), minutes=-minutes)
	frappe.db.set_value(
		DOCTYPE, doc.name, {"starts_at": start, "ends_at": add_to_date(start, hours=1)}, update_modified=False
	)
	frappe.db.commit()
	doc.reload()


def told(doc) -> list[str]:
	frappe.db.rollback()
	return frappe.get_all(
		"Customer Event", {"appointment": doc.name}, pluck="event_type", order_by="happened_at, name"
	)


def refused(call, *args, **kwargs) -> tuple[str, str]:
	"""The code and the words of a refusal; nothing of it stays."""
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError) as raised:
		call(*args, **kwargs)
	frappe.db.rollback()
	return getattr(raised.value, "code", ""), str(raised.value)


# --- booking ------------------------------------------------------------------------------------


def test_booking_is_told_once_with_its_facts():
	team = make_team()
	doc = booked(team=team.name)
	assert (doc.status, doc.booked_by) == ("Booked", "Administrator")
	assert get_datetime(doc.ends_at) == soon() + timedelta(minutes=90)
	assert told(doc) == ["appointment.booked"]
	event = frappe.get_last_doc("Customer Event", {"appointment": doc.name})
	facts = frappe.parse_json(event.detail)
	assert facts["starts_at"] == soon().isoformat()
	assert facts["concern"] == "It squeaks when I brake"
	assert "Camry" in facts["what"]
	assert int(facts["lead_hours"]) == int((soon() - get_datetime(doc.creation)).total_seconds() // 3600)
	assert doc.customer_name not in event.title + event.detail
	assert event.vehicle == doc.vehicle and event.reference_name == doc.name


def test_the_same_key_again_is_the_same_appointment():
	key, values = f.key(), values_of()
	frappe.db.commit()
	first = book.book(key, **values)
	frappe.db.commit()
	again = book.book(key, **values)
	assert (again["name"], again["repeated"], first["repeated"]) == (first["name"], True, False)
	assert frappe.db.count(DOCTYPE, {"customer": values["customer"]}) == 1


def test_a_form_books_as_the_button_does(advisor):
	values = values_of()
	frappe.db.commit()
	with f.logged_in(advisor):
		doc = frappe.get_doc(
			{"doctype": DOCTYPE, **values, "status": "Arrived", "arrived_at": soon()}
		).insert()
	frappe.db.commit()
	assert (doc.status, doc.arrived_at, doc.booked_by, doc.advisor) == ("Booked", None, advisor, advisor)
	assert told(doc) == ["appointment.booked"]
	assert frappe.get_last_doc("Customer Event", {"appointment": doc.name}).actor == advisor


@pytest.mark.parametrize(
	("values", "words"),
	[
		({"starts_at": -1}, "has passed"),
		({"starts_at": 900}, "Check the year"),
		({"duration": 0}, "no duration"),
		({"duration": -2}, "no duration"),
		({"duration": 200}, "book the work in parts"),
		({"concern": ""}, "MandatoryError"),
		({"company": "Nobody Inc"}, "Nobody Inc"),
	],
)
def test_what_cannot_be_booked(values, words):
	wanted = {**values_of(), **values}
	if "starts_at" in values:  # days from now
		wanted["starts_at"] = soon(values["starts_at"])
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError) as raised:
		frappe.get_doc({"doctype": DOCTYPE, **wanted}).insert()
	assert words in f"{type(raised.value).__name__} {raised.value}"


def test_a_disabled_customer_and_a_team_that_is_gone():
	customer = f.make_customer(disabled=1)
	assert refused(book.book, f.key(), **values_of(customer))[0] == "customer_disabled"
	team = make_team(enabled=0)
	assert refused(book.book, f.key(), **values_of(team=team.name))[0] == "team"


def test_closed_days_and_hours():
	monday = (now_datetime() + timedelta(days=14 - now_datetime().weekday())).date()
	holiday = monday + timedelta(days=1)
	holidays = frappe.get_doc(
		{
			"doctype": "Holiday List",
			"holiday_list_name": f.unique("Closed"),
			"from_date": f"{holiday.year}-01-01",
			"to_date": f"{holiday.year}-12-31",
			"holidays": [{"holiday_date": holiday, "description": "Inventory"}],
		}
	).insert()
	settings = frappe.get_doc("Dealer Settings", f.COMPANY)
	days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
	settings.business_hours = []
	for day in days:
		settings.append("business_hours", {"weekday": day, "opens": "08:00:00", "closes": "18:00:00"})
	settings.holiday_list = holidays.name
	settings.save()
	frappe.db.commit()
	try:
		at = lambda day, hour: datetime.combine(day, datetime.min.time()).replace(hour=hour)  # noqa: E731
		team = make_team(8)
		code, words = refused(book.book, f.key(), **values_of(starts_at=at(holiday, 10)))
		assert code == "closed_day" and str(holiday + timedelta(days=1)) in words
		assert refused(book.book, f.key(), **values_of(starts_at=at(monday, 7)))[0] == "closed_hour"
		assert refused(book.book, f.key(), **values_of(starts_at=at(monday - timedelta(days=1), 10)))[0]
		doc = booked(starts_at=at(monday, 15), duration=8, team=team.name)
		assert get_datetime(doc.ends_at) == at(
			holiday + timedelta(days=1), 13
		)  # over closing, over the holiday
		found = load.week(f.COMPANY, str(monday), team.name)["teams"][0]["days"]
		assert [row["booked"] for row in found] == [3, 0, 5, 0, 0, 0, 0]
		assert [row["closed"] for row in found] == [False, True, False, False, False, True, True]
	finally:
		settings.reload()
		settings.business_hours = []
		settings.holiday_list = None
		settings.save()
		frappe.db.commit()


def test_a_car_is_not_expected_twice_at_one_time():
	customer = f.make_customer()
	car = lane.make_car(customer)
	doc = booked(customer=customer, vehicle=car, starts_at=soon(4, 9), duration=2)
	code, words = refused(book.book, f.key(), **values_of(customer, car, starts_at=soon(4, 10)))
	assert code == "vehicle_booked" and doc.name in words
	assert booked(customer=customer, vehicle=car, starts_at=soon(4, 11)).status == "Booked"


def test_whose_car_it_is_by_now_is_said():
	first, second = f.make_customer(), f.make_customer()
	car = lane.make_car(second)
	made = book.book(f.key(), **values_of(first, car))
	assert any(second.customer_name in text for text in made["remarks"])
	found = context.context(first.name, car.name)
	assert any(second.customer_name in text for text in found["remarks"])
	assert not context.context(second.name, car.name)["remarks"]


def test_a_full_day_is_said_in_words():
	team = make_team(3)
	booked(team=team.name, duration=2)
	made = book.book(f.key(), **values_of(team=team.name, duration=2))
	assert made["load"]["booked"] == 4 and made["load"]["overbooked"]
	assert any("overbooked" in text and "4 of 3" in text for text in made["remarks"])


# --- the steps ----------------------------------------------------------------------------------


def test_a_visit_that_goes_well():
	doc = booked()
	book.confirm(doc.name, "Text")
	book.arrive(doc.name)
	frappe.db.commit()
	doc.reload()
	assert doc.status == "Arrived" and doc.arrived_at and doc.confirmed_how == "Text"
	assert told(doc) == ["appointment.booked", "appointment.confirmed", "appointment.kept"]


def test_each_step_happens_once():
	doc = booked()
	assert [book.confirm(doc.name, "Phone")["repeated"] for _twice in range(2)] == [False, True]
	frappe.db.commit()
	assert [book.arrive(doc.name)["repeated"] for _twice in range(2)] == [False, True]
	frappe.db.commit()
	other = booked()
	assert [book.cancel(other.name, "Sold the car")["repeated"] for _twice in range(2)] == [False, True]
	frappe.db.commit()
	assert told(doc).count("appointment.kept") == 1
	assert told(other) == ["appointment.booked", "appointment.cancelled"]
	code, words = refused(book.arrive, other.name)
	assert code == "wrong_status" and "Book a new appointment" in words


def test_cancelling_needs_a_reason():
	assert refused(book.cancel, booked().name, " ")[0] == "no_reason"


def test_another_time_is_another_appointment():
	team = make_team()
	doc = booked(team=team.name)
	key = f.key()
	made = book.reschedule(doc.name, key, "Has to work", starts_at=soon(5, 14))
	frappe.db.commit()
	again = book.reschedule(doc.name, key, starts_at=soon(5, 14))
	frappe.db.commit()
	new = frappe.get_doc(DOCTYPE, made["name"])
	doc.reload()
	assert again["name"] == new.name and again["repeated"]
	assert (doc.status, doc.rescheduled_to) == ("Rescheduled", new.name)
	assert (new.status, new.rescheduled_from, new.team) == ("Booked", doc.name, team.name)
	assert get_datetime(new.ends_at) == soon(5, 14) + timedelta(minutes=90)
	assert told(doc) == ["appointment.booked", "appointment.rescheduled"]
	assert told(new) == ["appointment.booked"]
	code, words = refused(book.reschedule, doc.name, f.key(), starts_at=soon(6))
	assert code == "moved_already" and new.name in words
	third = book.reschedule(new.name, f.key(), starts_at=soon(6))
	frappe.db.commit()
	assert [row["name"] for row in view.of(third["name"])["chain"]] == [doc.name, new.name, third["name"]]


def test_what_reschedule_refuses():
	doc = booked()
	assert refused(book.reschedule, doc.name, f.key())[0] == "no_time"
	assert refused(book.reschedule, doc.name, f.key(), starts_at=doc.starts_at)[0] == "same_time"
	assert refused(book.reschedule, doc.name, f.key(), starts_at=soon(-1))[0] == "past"
	doc.reload()
	assert doc.status == "Booked" and told(doc) == ["appointment.booked"]


def test_a_form_does_not_change_what_only_steps_change():
	doc = booked()
	for field, value, code in (
		("starts_at", soon(9), "frozen_time"),
		("status", "Arrived", "status"),
		("customer", f.make_customer().name, "frozen"),
		("vehicle", lane.make_car(f.make_customer()).name, "frozen"),
	):
		doc.reload()
		doc.set(field, value)
		assert refused(doc.save)[0] == code
	doc.reload()
	doc.duration, doc.notes, doc.rescheduled_to = 3, "Waits in the lounge", booked().name
	doc.save()
	assert get_datetime(doc.ends_at) == soon() + timedelta(hours=3)
	assert not doc.rescheduled_to
	book.cancel(doc.name, "Found another shop")
	frappe.db.commit()
	doc.reload()
	doc.concern = "Something else"
	assert refused(doc.save)[0] == "frozen"
	doc.reload()
	doc.notes = "Called again"
	doc.save()
	with pytest.raises(frappe.ValidationError, match="stays on file"):
		doc.delete()


def test_another_team_at_the_same_time():
	one, other = make_team(), make_team()
	doc = booked(team=one.name)
	book.assign(doc.name, other.name)
	frappe.db.commit()
	assert load.of_team(f.COMPANY, soon().date(), one.name)["booked"] == 0
	assert load.of_team(f.COMPANY, soon().date(), other.name)["booked"] == 1.5
	assert told(doc) == ["appointment.booked"]


# --- who did not come ---------------------------------------------------------------------------


def test_who_did_not_come_is_a_no_show_once_and_only_after_the_grace():
	late, in_grace, here = booked(), booked(), booked()
	grace = frappe.get_cached_doc("Dealer Settings", f.COMPANY).no_show_grace
	assert grace > 5
	let_time_come(late, grace + 1)
	let_time_come(in_grace, grace - 5)
	book.arrive(here.name)
	let_time_come(here, grace + 60)
	book.mark_missed()
	book.mark_missed()
	for doc, status in ((late, "No-show"), (in_grace, "Booked"), (here, "Arrived")):
		doc.reload()
		assert doc.status == status
	assert told(late) == ["appointment.booked", "appointment.missed"]


def test_one_that_fails_holds_no_other_up(monkeypatch):
	first, second = booked(), booked()
	let_time_come(first, 120)
	let_time_come(second, 110)
	whole = book.mark_missed_now

	def broken(doc):
		if doc.name == first.name:
			raise RuntimeError("the disk is full")
		whole(doc)

	monkeypatch.setattr(book, "mark_missed_now", broken)
	book.mark_missed()
	second.reload(), first.reload()
	assert (first.status, second.status) == ("Booked", "No-show")
	assert frappe.db.count("Error Log", {"reference_doctype": DOCTYPE, "reference_name": first.name}) == 1
	monkeypatch.undo()
	book.mark_missed()
	first.reload()
	assert first.status == "No-show"


def test_arriving_late_takes_the_no_show_back():
	doc = booked()
	let_time_come(doc, 60)
	book.mark_missed()
	missed = frappe.get_last_doc(
		"Customer Event", {"appointment": doc.name, "event_type": "appointment.missed"}
	)
	book.arrive(doc.name)
	frappe.db.commit()
	doc.reload()
	assert (doc.status, doc.missed_at) == ("Arrived", None)
	kept = frappe.get_last_doc("Customer Event", {"appointment": doc.name, "event_type": "appointment.kept"})
	assert kept.reverses == missed.event_key
	book.miss(doc.name)  # it was the wrong customer
	frappe.db.commit()
	again = frappe.get_all(
		"Customer Event",
		{"appointment": doc.name, "event_type": "appointment.missed"},
		["reverses"],
		order_by="name desc",
		limit=1,
	)
	assert again[0].reverses == kept.event_key


def test_nobody_misses_what_is_still_to_come():
	assert refused(book.miss, booked().name)[0] == "too_early"


def test_a_no_show_is_rebooked():
	doc = booked()
	let_time_come(doc, 60)
	book.mark_missed()
	made = book.reschedule(doc.name, f.key(), starts_at=soon(2))
	frappe.db.commit()
	doc.reload()
	assert (doc.status, doc.rescheduled_to) == ("Rescheduled", made["name"])
	assert told(doc) == ["appointment.booked", "appointment.missed", "appointment.rescheduled"]


# --- two at once --------------------------------------------------------------------------------


@pytest.mark.parametrize("_round", range(3))
def test_two_clicks_at_one_instant_are_one_booking(racers, _round):
	key, values = f.key(), {**values_of(), "starts_at": str(soon())}
	if _round == 2:  # then there is no car to wait for: the key alone decides
		values["vehicle"] = None
	frappe.db.commit()
	finishes = racers.run(*(("book_appointment", key, values) for _one in range(2)))
	assert all(finish.won for finish in finishes), [finish.error for finish in finishes]
	assert finishes[0].result["name"] == finishes[1].result["name"]
	frappe.db.rollback()
	assert frappe.db.count(DOCTYPE, {"customer": values["customer"]}) == 1
	assert told(frappe.get_doc(DOCTYPE, finishes[0].result["name"])) == ["appointment.booked"]


@pytest.mark.parametrize("_round", range(3))
def test_two_book_one_car_at_one_time(racers, _round):
	values = {**values_of(), "starts_at": str(soon())}
	frappe.db.commit()
	finishes = racers.run(*(("book_appointment", f.key(), values) for _one in range(2)))
	assert sorted(finish.won for finish in finishes) == [False, True], [finish.error for finish in finishes]
	loser = next(finish for finish in finishes if not finish.won)
	assert "already expected" in loser.error and "ValidationError" in loser.kinds


@pytest.mark.parametrize("_round", range(3))
def test_arriving_twice_while_the_clock_misses_it(racers, _round):
	doc = booked()
	let_time_come(doc, 60)
	finishes = racers.run(
		("appointment_step", "arrive", doc.name),
		("mark_missed",) if _round else ("appointment_step", "arrive", doc.name),
		later=0.01 * _round,
	)
	assert all(finish.won for finish in finishes), [finish.error for finish in finishes]
	frappe.db.rollback()
	doc.reload()
	assert doc.status == "Arrived"
	assert told(doc).count("appointment.kept") == 1
	assert told(doc).count("appointment.missed") <= 1


@pytest.mark.parametrize("_round", range(3))
def test_one_cancels_while_another_moves_it(racers, _round):
	doc = booked()
	finishes = racers.run(
		("appointment_step", "cancel", doc.name, "Sold the car"),
		("move_appointment", doc.name, f.key(), str(soon(6))),
		later=0.005 * _round,
	)
	assert sorted(finish.won for finish in finishes) == [False, True], [finish.error for finish in finishes]
	assert "ValidationError" in next(finish for finish in finishes if not finish.won).kinds
	frappe.db.rollback()
	doc.reload()
	assert doc.status == ("Cancelled" if finishes[0].won else "Rescheduled")
	assert frappe.db.count(DOCTYPE, {"customer": doc.customer}) == (1 if finishes[0].won else 2)


# --- declined work ------------------------------------------------------------------------------


def declined_of(customer, car, name: str = "Rear brake pads", **values):
	"""Work that was declined on this car, as the lane leaves it."""
	doc = frappe.get_doc(
		{
			"doctype": "Declined Service",
			"service_name": name,
			"severity": "Red",
			"kind": "Declined",
			"price": 389.2,
			"currency": "USD",
			"status": "Open",
			"vehicle": car.name,
			"customer": customer.name,
			"company": f.COMPANY,
			"declined_on": add_to_date(now_datetime(), days=-40),
			"first_declined_on": add_to_date(now_datetime(), days=-40),
			**values,
		}
	)
	doc.flags.of_the_lane = True
	doc.insert(ignore_permissions=True)
	frappe.db.commit()
	return doc


def booking_of(row) -> tuple:
	frappe.db.rollback()
	return frappe.db.get_value("Declined Service", row.name, ["status", "booked_appointment"])


def test_declined_work_goes_along_and_comes_back():
	customer = f.make_customer()
	car = lane.make_car(customer)
	row = declined_of(customer, car)
	assert [found.name for found in context.context(customer.name, car.name)["declined"]] == [row.name]
	doc = booked(customer=customer, vehicle=car, jobs=[{"declined_service": row.name}])
	assert (doc.jobs[0].service_name, doc.jobs[0].price) == ("Rear brake pads", 389.2)
	assert booking_of(row) == ("Booked", doc.name)
	code, words = refused(
		book.book,
		f.key(),
		jobs=[{"declined_service": row.name}],
		**values_of(customer, car, starts_at=soon(8)),
	)
	assert code == "declined_booked" and doc.name in words
	made = book.reschedule(doc.name, f.key(), starts_at=soon(5))
	frappe.db.commit()
	assert booking_of(row) == ("Booked", made["name"])
	new = frappe.get_doc(DOCTYPE, made["name"])
	let_time_come(new, 60)
	book.mark_missed()
	assert booking_of(row) == ("Open", None)
	book.arrive(new.name)
	frappe.db.commit()
	assert booking_of(row) == ("Booked", new.name)


def test_taking_a_row_out_opens_it_again():
	customer = f.make_customer()
	car = lane.make_car(customer)
	first, second = declined_of(customer, car), declined_of(customer, car, "Cabin air filter")
	doc = booked(
		customer=customer,
		vehicle=car,
		jobs=[{"declined_service": first.name}, {"declined_service": second.name}],
	)
	doc.jobs = [doc.jobs[1]]
	doc.save()
	frappe.db.commit()
	assert booking_of(first) == ("Open", None)
	assert booking_of(second) == ("Booked", doc.name)
	book.cancel(doc.name, "Moves away")
	frappe.db.commit()
	assert booking_of(second) == ("Open", None)


def test_work_of_another_car_is_not_booked():
	customer = f.make_customer()
	row = declined_of(customer, lane.make_car(customer))
	code, words = refused(
		book.book,
		f.key(),
		jobs=[{"declined_service": row.name}],
		**values_of(customer, lane.make_car(customer)),
	)
	assert code == "declined_vehicle" and row.name in words


# --- the rest of the house ----------------------------------------------------------------------


def test_a_merged_customer_keeps_the_appointment():
	customer, kept = f.make_customer(), f.make_customer()
	doc = booked(customer=customer)
	frappe.rename_doc("Customer", customer.name, kept.name, merge=True, force=True)
	frappe.db.commit()
	doc.reload()
	assert (doc.customer, doc.customer_name) == (kept.name, kept.customer_name)
	book.arrive(doc.name)
	frappe.db.commit()
	event = frappe.get_last_doc("Customer Event", {"appointment": doc.name, "event_type": "appointment.kept"})
	assert event.customer == kept.name


def test_who_may_book(advisor):
	cashier = f.make_user(roles.CASHIER, "appointments.cashier")
	doc, values = booked(), values_of()
	frappe.db.commit()
	with f.logged_in(cashier):
		for call in (
			lambda: api.create(values, f.key()),
			lambda: api.arrive(doc.name),
			lambda: api.cancel(doc.name, "No reason of mine"),
			lambda: api.reschedule(doc.name, {"starts_at": str(soon(5))}, f.key()),
		):
			with pytest.raises(frappe.PermissionError):
				call()
		assert api.get_overview(doc.name)["actions"] == []
	with f.logged_in(advisor):
		assert api.create(values, f.key())["status"] == "Booked"
		assert "Cancel" in api.get_overview(doc.name)["actions"]
	frappe.db.rollback()


def test_the_context_is_read_in_few_queries(site):
	customer = f.make_customer()
	car = lane.make_car(customer)
	declined_of(customer, car)
	booked(customer=customer, vehicle=car)
	context.context(customer.name, car.name, company=f.COMPANY, day=str(soon().date()))  # warm
	with statements() as sent:
		context.context(customer.name, car.name, company=f.COMPANY, day=str(soon().date()))
	assert len(sent) <= 14, sent


def test_the_board_shows_every_appointment_of_the_day_and_says_when_nothing_changed():
	day = soon(40)
	rows = [booked(starts_at=day.replace(hour=hour)) for hour in (8, 9, 10)]
	found = board.day(f.COMPANY, str(day.date()))
	shown = {dict(zip(found["columns"], row, strict=True))["name"] for row in found["rows"]}
	assert shown >= {row.name for row in rows}
	assert board.day(f.COMPANY, str(day.date()), found["state"])["same"]
	check_in(rows[1])
	changed = board.day(f.COMPANY, str(day.date()), found["state"])
	assert not changed["same"]
	by_name = {row[0]: dict(zip(changed["columns"], row, strict=True)) for row in changed["rows"]}
	assert by_name[rows[1].name]["order_status"] == "Open"
	book.cancel(rows[0].name, "Changed her mind")
	frappe.db.commit()
	assert not board.day(f.COMPANY, str(day.date()), found["state"])["same"]


def test_the_calendar_gives_what_touches_its_days():
	doc = booked(starts_at=soon(50))
	day = soon(50).date()
	found = api.get_events(str(day), str(day + timedelta(days=1)), [[DOCTYPE, "customer", "=", doc.customer]])
	assert [row.name for row in found] == [doc.name]
	today = [[DOCTYPE, "customer", "=", doc.customer], [DOCTYPE, "starts_at", "Timespan", "today"]]
	assert [row.name for row in api.get_events(str(day), str(day + timedelta(days=1)), today)] == [doc.name]
	assert not api.get_events(
		str(day + timedelta(days=1)), str(day + timedelta(days=2)), [[DOCTYPE, "customer", "=", doc.customer]]
	)


# --- checking in --------------------------------------------------------------------------------


def check_in(doc) -> str:
	frappe.db.commit()
	order = opening.open_order(
		customer=doc.customer,
		vehicle=doc.vehicle,
		company=doc.company,
		appointment=doc.name,
		client_key=f.key(),
	)
	frappe.db.commit()
	return order


def test_checking_in_opens_one_repair_order():
	doc = booked(jobs=[{"service_name": "Brake inspection", "hours": 0.5, "price": 60}])
	first, again = check_in(doc), check_in(doc)
	doc.reload()
	assert first == again == doc.repair_order
	assert doc.status == "Arrived"
	order = frappe.get_doc("Repair Order", doc.repair_order)
	assert (order.appointment, order.vehicle, order.jobs[0].title) == (
		doc.name,
		doc.vehicle,
		"Brake inspection",
	)
	assert told(doc).count("appointment.kept") == 1
	assert frappe.db.count("Repair Order", {"appointment": doc.name}) == 1
	code, words = refused(book.cancel, doc.name, "Drove off")
	assert code == "has_order" and doc.name in words
	shown = view.of(doc.name)
	assert (shown["repair_order"], shown["may_check_in"], shown["actions"]) == (first, False, [])


@pytest.mark.parametrize("_round", range(3))
def test_two_check_one_car_in(racers, _round):
	doc = booked()
	values = {
		"customer": doc.customer,
		"vehicle": doc.vehicle,
		"company": doc.company,
		"appointment": doc.name,
	}
	finishes = racers.run(*(("open_order", {**values, "client_key": f.key()}) for _one in range(2)))
	assert all(finish.won for finish in finishes), [finish.error for finish in finishes]
	assert finishes[0].result == finishes[1].result
	frappe.db.rollback()
	assert frappe.db.count("Repair Order", {"appointment": doc.name}) == 1
	assert told(doc).count("appointment.kept") == 1


def test_one_checks_in_while_the_clock_misses_it(racers):
	doc = booked()
	let_time_come(doc, 60)
	values = {
		"customer": doc.customer,
		"vehicle": doc.vehicle,
		"company": doc.company,
		"appointment": doc.name,
	}
	finishes = racers.run(("open_order", {**values, "client_key": f.key()}), ("mark_missed",))
	assert all(finish.won for finish in finishes), [finish.error for finish in finishes]
	frappe.db.rollback()
	doc.reload()
	assert (doc.status, doc.repair_order) == ("Arrived", finishes[0].result)


def test_nobody_is_missed_whose_repair_order_is_open():
	doc = booked()
	check_in(doc)
	frappe.db.set_value(
		DOCTYPE, doc.name, {"status": "Booked", "repair_order": None}
	)  # as if it came by itself
	let_time_come(doc, 120)
	book.mark_missed()
	doc.reload()
	assert doc.status == "Booked"


def test_a_no_show_who_is_rebooked_needs_no_saving():
	doc = booked()
	let_time_come(doc, 60)
	book.mark_missed()
	rules = frappe.get_all(
		"Follow Up Rule", {"event_type": "appointment.missed"}, pluck="name", order_by="name"
	)
	assert rules, "the lane's default rules are not on this site"
	promise = {"customer": doc.customer, "rule": ("in", rules)}
	assert frappe.get_all("Follow Up", promise, pluck="status", order_by="name") != []
	book.book(
		f.key(),
		**values_of(frappe.get_doc("Customer", doc.customer), frappe.get_doc("Dealer Vehicle", doc.vehicle)),
	)
	frappe.db.commit()
	assert set(frappe.get_all("Follow Up", promise, pluck="status", order_by="name")) == {"Stopped"}


def test_dragging_in_the_calendar_is_told_to_reschedule():
	from frappe.desk.calendar import update_event

	doc = booked()
	later = str(soon(4))
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="Use Reschedule"):
		update_event(
			frappe.as_json({"doctype": DOCTYPE, "name": doc.name, "starts_at": later, "ends_at": later}),
			frappe.as_json({"start": "starts_at", "end": "ends_at", "id": "name"}),
		)
	frappe.db.rollback()
	doc.reload()
	assert get_datetime(doc.starts_at) == soon()


def test_a_visit_in_the_night_the_clocks_change_is_reminded_by_the_wall_clock():
	"""The second Sunday of March in the United States, at nine: 24 hours before is nine on Saturday."""
	year = now_datetime().year + 1
	first = datetime(year, 3, 1)
	sunday = first + timedelta(days=(6 - first.weekday()) % 7 + 7, hours=9)
	doc = booked(starts_at=sunday, duration=2)
	assert get_datetime(doc.ends_at) == sunday + timedelta(hours=2)
	openings = frappe.get_all("Follow Up", {"appointment": doc.name}, pluck="opens_at", order_by="opens_at")
	assert openings, "the lane's default rules remind of nothing"
	for hours in (24, 2):
		assert sunday - timedelta(hours=hours) in openings, (hours, openings)
