"""The showroom floor: who comes, who does not, who drives; what is told once, refused, and raced for."""

from datetime import datetime, timedelta

import frappe
import pytest
from frappe.utils import add_days, add_to_date, get_datetime, now_datetime, nowdate

from dealer_pos_crm.api import visit as api
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_showroom.visits import appointments, drives, finding, floor, visit
from tests.site import factories as f
from tests.site import showroom
from tests.site.racers import Racers
from tests.site.showroom import refuses as refused

APPOINTMENT, VISIT, DRIVE = "Showroom Appointment", "Showroom Visit", "Test Drive"


@pytest.fixture(scope="module", autouse=True)
def house(site):
	return showroom.set_up_showroom(showroom_no_show_grace=30)


@pytest.fixture(scope="module")
def racers(site, house):
	found = Racers(site)
	yield found
	found.close()


def soon(days: int = 3, hour: int = 10) -> datetime:
	return (now_datetime() + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def booked(**values):
	if not any(values.get(field) for field in ("customer", "lead", "deal")):
		values["customer"] = f.make_customer().name
	values = {
		"company": f.COMPANY,
		"starts_at": soon(),
		"duration": 1,
		"purpose": "Visit",
		"salesperson": showroom.salesperson(),
		**values,
	}
	made = appointments.book(f.key(), **values)
	frappe.db.commit()
	return frappe.get_doc(APPOINTMENT, made["name"])


def let_time_come(doc, minutes: int = 45) -> None:
	"""As if its time had come so many minutes ago."""
	start = add_to_date(now_datetime().replace(microsecond=0), minutes=-minutes)
	frappe.db.set_value(
		APPOINTMENT,
		doc.name,
		{"starts_at": start, "ends_at": add_to_date(start, hours=1)},
		update_modified=False,
	)
	frappe.db.commit()
	doc.reload()


def told(**filters) -> list[str]:
	frappe.db.rollback()
	return frappe.get_all("Customer Event", filters, pluck="event_type", order_by="name")


def walk_in(**values) -> dict:
	number = f.key()
	made = visit.start(
		**{
			"company": f.COMPANY,
			"name": f"Walt {number[:6]}",
			"phone": f"(555) {int(number[:6], 16) % 900 + 100}-{int(number[6:12], 16) % 10_000:04d}",
			"salesperson": showroom.salesperson(),
			"client_key": f.key(),
			**values,
		}
	)
	frappe.db.commit()
	return made


# --- Appointments ----------------------------------------------------------------------------------------


def test_an_appointment_is_booked_once_however_often_clicked():
	customer, key = f.make_customer(), f.key()
	values = {
		"customer": customer.name,
		"company": f.COMPANY,
		"starts_at": soon(),
		"duration": 1,
		"salesperson": showroom.salesperson(),
	}
	frappe.db.commit()
	first, second = (appointments.book(key, **values) for _number in range(2))
	frappe.db.commit()
	assert first["name"] == second["name"] and second["repeated"]
	assert told(customer=customer.name) == ["appointment.booked"]
	detail = frappe.parse_json(frappe.db.get_value("Showroom Log", {"appointment": first["name"]}, "detail"))
	assert detail["concern"] == "Visit" and detail["starts_at"] == soon().isoformat()
	assert "salesperson" in detail and customer.customer_name not in str(detail)


def test_the_same_salesperson_or_car_at_one_time_is_told_and_not_refused():
	car = showroom.make_car()
	first = booked(vehicle=car.name)
	again = appointments.book(
		f.key(),
		customer=f.make_customer().name,
		company=f.COMPANY,
		starts_at=soon() + timedelta(minutes=30),
		duration=1,
		vehicle=car.name,
		salesperson=showroom.salesperson(),
	)
	mine = [text for text in again["remarks"] if first.name in text]
	assert len(mine) == 2 and "promised to somebody else" in mine[1]
	other = appointments.book(
		f.key(),
		customer=f.make_customer().name,
		company=f.COMPANY,
		starts_at=soon() + timedelta(hours=5),
		duration=1,
		vehicle=car.name,
		salesperson=showroom.salesperson(),
	)
	assert not any(first.name in text for text in other["remarks"])


def test_booking_with_a_lead_stops_its_clock_and_goes_on_with_its_deal():
	lead = showroom.make_lead()
	frappe.db.commit()
	assert frappe.db.get_value("Lead", lead.name, "dealer_waiting_since")
	booked(lead=lead.name, channel="Phone")
	assert not frappe.db.get_value("Lead", lead.name, "dealer_waiting_since")
	assert {"appointment.booked", "lead.responded"} <= set(told(lead=lead.name))

	deal = showroom.make_deal()
	doc = booked(deal=deal.name)
	deal.reload()
	assert (deal.stage, doc.customer) == ("Appointment", deal.customer)
	appointments.keep(doc.name)
	frappe.db.commit()
	deal.reload()
	assert deal.stage == "Visit"


def test_a_no_show_comes_by_itself_and_is_undone_when_they_come_late():
	doc, early = booked(), booked()
	let_time_come(doc)
	let_time_come(early, minutes=10)
	appointments.mark_missed()
	doc.reload(), early.reload()
	assert (doc.status, early.status) == ("No-show", "Booked")
	assert told(appointment=doc.name)[-1] == "appointment.missed"
	appointments.mark_missed()
	assert told(appointment=doc.name).count("appointment.missed") == 1

	appointments.keep(doc.name)
	frappe.db.commit()
	doc.reload()
	assert doc.status == "Kept" and doc.missed_at is None
	last = frappe.get_last_doc("Customer Event", {"appointment": doc.name, "event_type": "appointment.kept"})
	assert last.reverses.startswith("appointment.missed:")


def test_another_time_is_another_appointment_and_both_name_each_other():
	doc, key = booked(), f.key()
	made = appointments.reschedule(doc.name, key, "She works late", starts_at=soon(4))
	again = appointments.reschedule(doc.name, key, "She works late", starts_at=soon(4))
	frappe.db.commit()
	doc.reload()
	new = frappe.get_doc(APPOINTMENT, made["name"])
	assert made["name"] == again["name"] and again["repeated"]
	assert (doc.status, doc.rescheduled_to, new.rescheduled_from) == ("Rescheduled", new.name, doc.name)
	assert new.status == "Booked" and get_datetime(new.starts_at) == soon(4)
	assert [row["name"] for row in floor.of_appointment(new.name)["chain"]] == [doc.name, new.name]
	with refused("moved_already"):
		appointments.reschedule(doc.name, f.key(), starts_at=soon(5))


def test_what_is_booked_changes_by_its_buttons_only():
	doc = booked()
	doc.starts_at = soon(6)
	with refused("frozen_time"):
		doc.save()
	doc.reload()
	doc.status = "Kept"
	with refused("status"):
		doc.save()
	with refused("past"):
		booked(starts_at=now_datetime() - timedelta(hours=2))
	with refused("nobody"):
		appointments.book(f.key(), company=f.COMPANY, starts_at=soon(), duration=1)


def test_kept_and_missed_at_the_same_instant_is_one_of_the_two(racers):
	doc = booked()
	let_time_come(doc, minutes=90)
	finishes = racers.run(("showroom_step", "keep", doc.name), ("showroom_missed",))
	assert all(finish.won for finish in finishes), finishes
	frappe.db.rollback()
	doc.reload()
	kinds = told(appointment=doc.name)
	assert doc.status == "Kept" and kinds.count("appointment.kept") == 1
	assert kinds.count("appointment.missed") <= 1


# --- Visits ----------------------------------------------------------------------------------------------


def test_whoever_nobody_knows_becomes_a_walk_in_lead_with_name_and_phone():
	made = walk_in(what="2019 Toyota Camry")
	doc = frappe.get_doc(VISIT, made["name"])
	lead = frappe.get_doc("Lead", made["lead"])
	assert (doc.kind, doc.customer) == ("Walk-in", None)
	assert lead.dealer_lead_type == "Walk-in" and lead.mobile_no and doc.person_name == lead.lead_name
	kinds = told(lead=lead.name)
	assert kinds.count("visit.made") == 1 and kinds.count("lead.received") == 1
	assert kinds.count("lead.responded") == 1, "they were spoken to as they came"
	assert not lead.dealer_waiting_since
	with refused("no_name"):
		visit.start(company=f.COMPANY, name=" ", phone="(555) 010-4455", client_key=f.key())
	with refused("no_phone"):
		visit.start(company=f.COMPANY, name="Nora", client_key=f.key())


def test_a_double_click_at_the_door_is_one_visit():
	customer, key = f.make_customer(), f.key()
	frappe.db.commit()
	values = {
		"company": f.COMPANY,
		"customer": customer.name,
		"salesperson": showroom.salesperson(),
		"client_key": key,
	}
	assert visit.start(**values)["name"] == visit.start(**values)["name"]


def test_somebody_who_was_here_and_did_not_buy_is_a_be_back():
	customer = f.make_customer()
	frappe.db.commit()
	first = walk_in(customer=customer.name)
	assert first["kind"] == "Walk-in"
	visit.end(first["name"], "Will Be Back", next_step="Brings her husband on Saturday")
	frappe.db.commit()
	frappe.db.set_value(VISIT, first["name"], "arrived_at", add_days(now_datetime(), -9))
	frappe.db.commit()
	assert walk_in(customer=customer.name)["kind"] == "Be-back"
	bought = f.make_customer()
	frappe.db.commit()
	done = walk_in(customer=bought.name)
	visit.end(done["name"], "Bought")
	frappe.db.set_value(VISIT, done["name"], "arrived_at", add_days(now_datetime(), -9))
	frappe.db.commit()
	assert walk_in(customer=bought.name)["kind"] == "Walk-in"


def test_a_visit_keeps_its_appointment_and_brings_the_deal_on():
	deal = showroom.make_deal()
	doc = booked(deal=deal.name)
	made = walk_in(appointment=doc.name, name=None, phone=None)
	doc.reload(), deal.reload()
	assert (made["kind"], doc.status, doc.visit) == ("Appointment", "Kept", made["name"])
	assert deal.stage == "Visit"
	again = walk_in(appointment=doc.name, name=None, phone=None)
	assert again["name"] == made["name"]
	with refused("has_visit"):
		appointments.miss(doc.name)


def test_a_visit_ends_with_an_outcome_and_a_next_step():
	made = walk_in()
	with refused("next_step"):
		visit.end(made["name"], "Thinking")
	with refused("outcome"):
		visit.end(made["name"], "Whatever")
	visit.turn_over(made["name"], showroom.sales_manager())
	visit.end(made["name"], "Thinking", next_step="Call on Friday", notes="Card 4111 1111 1111 1111")
	visit.end(made["name"], "Thinking", next_step="Call on Friday")
	frappe.db.commit()
	doc = frappe.get_doc(VISIT, made["name"])
	assert doc.left_at and doc.turned_over_to == showroom.sales_manager()
	assert "4111 1111" not in doc.notes
	assert told(reference_name=doc.name) == ["visit.made", "visit.ended"]


def test_the_floor_shows_who_is_here_and_who_has_gone():
	here, gone = walk_in(), walk_in()
	visit.end(gone["name"], "Lost")
	frappe.db.commit()
	found = floor.now(f.COMPANY)
	assert here["name"] in [row.name for row in found["here"]]
	assert gone["name"] not in [row.name for row in found["here"]]
	assert {here["name"], gone["name"]} <= {row.name for row in found["ups"]}


def test_the_receptionist_finds_people_while_typing():
	customer = f.make_customer(f.unique("Zebulon Quick"), mobile_no="+15550104477")
	lead = showroom.make_lead(first_name=f.unique("Zebulon"), mobile_no="+15550198811")
	frappe.db.commit()
	with f.logged_in(showroom.bdc()):
		by_name = finding.find("zebulon", f.COMPANY)
		assert customer.name in [row["customer"] for row in by_name]
		assert lead.name in [row["lead"] for row in by_name]
		assert customer.name in [row["customer"] for row in finding.find("(555) 010-4477", f.COMPANY)]
		assert lead.name in [row["lead"] for row in finding.find("0198811", f.COMPANY)]
	assert finding.find("z", f.COMPANY) == [] and finding.find("", f.COMPANY) == []
	nobody = f.make_user("Desk User", "floor.nobody")
	frappe.db.commit()
	with f.logged_in(nobody), pytest.raises(frappe.PermissionError):
		api.find("zebulon", f.COMPANY)


# --- Test drives -----------------------------------------------------------------------------------------


def driven(car=None, **values) -> dict:
	car = car or showroom.make_car()
	if "customer" not in values and "lead" not in values:
		values["customer"] = f.make_customer().name
	frappe.db.commit()
	made = drives.take(
		**{
			"client_key": f.key(),
			"vehicle": car.name,
			"company": f.COMPANY,
			"salesperson": showroom.salesperson(),
			"licence_seen": 1,
			"licence_valid_until": add_days(nowdate(), 400),
			"licence_country": "Texas",
			**values,
		}
	)
	frappe.db.commit()
	return made


def test_a_car_leaves_and_comes_back_with_its_mileage():
	car = showroom.make_car(
		readings=[{"read_on": add_days(nowdate(), -10), "mileage": 31_000, "source": "Trade"}]
	)
	made = driven(car)
	doc = frappe.get_doc(DRIVE, made["name"])
	assert (doc.status, doc.mileage_out) == ("Out", 31_000)
	assert doc.licence_checked_by and doc.licence_checked_at
	with refused("mileage_lower"):
		drives.back(doc.name, 30_990)
	drives.back(doc.name, 31_012, feedback="Likes the seats")
	drives.back(doc.name, 31_012)
	frappe.db.commit()
	car.reload()
	assert car.mileage == 31_012 and [row.source for row in car.readings][-1] == f"{doc.name} back"
	assert told(reference_name=doc.name) == ["test_drive.taken", "test_drive.returned"]


def test_nobody_drives_without_a_licence_that_was_seen_and_is_valid():
	with refused("licence_not_seen"):
		driven(licence_seen=0)
	with refused("no_validity"):
		driven(licence_valid_until=None)
	expired = {"licence_valid_until": add_days(nowdate(), -1)}
	with refused("licence_expired"):
		driven(**expired)
	with f.logged_in(showroom.salesperson()), refused("needs_manager"):
		driven(**expired, override_reason="Renewal letter seen")
	with f.logged_in(showroom.sales_manager()):
		made = driven(**expired, override_reason="Renewal letter seen")
	doc = frappe.get_doc(DRIVE, made["name"])
	assert (doc.override_by, doc.override_reason) == (showroom.sales_manager(), "Renewal letter seen")


def test_the_number_of_a_licence_is_never_kept():
	with refused("licence_number"):
		driven(licence_country="TX 12345678")
	made = driven(notes="Licence no. 12345678, Texas. Phone (555) 010-2233, 31,000 miles")
	doc = frappe.get_doc(DRIVE, made["name"])
	assert "12345678" not in doc.notes and "(555) 010-2233" in doc.notes and "31,000" in doc.notes
	drives.back(doc.name, 0, feedback="DL F123-456-78-901-0")
	doc.reload()
	assert "456" not in doc.feedback


def test_a_car_that_is_out_does_not_go_out_twice():
	car = showroom.make_car()
	made = driven(car)
	with refused("car_is_out"):
		driven(car)
	drives.cancel(made["name"], "She changed her mind")
	frappe.db.commit()
	again = driven(car)
	drives.back(again["name"], 12)
	frappe.db.commit()
	with refused("not_out"):
		drives.cancel(again["name"], "Too late")


def test_two_who_take_the_same_car_at_one_instant(racers):
	car, customer = showroom.make_car(), f.make_customer()
	frappe.db.commit()
	values = {
		"vehicle": car.name,
		"company": f.COMPANY,
		"customer": customer.name,
		"salesperson": showroom.salesperson(),
		"licence_seen": 1,
		"licence_valid_until": add_days(nowdate(), 30),
	}
	finishes = racers.run(("take_drive", f.key(), values), ("take_drive", f.key(), values))
	assert sorted(finish.won for finish in finishes) == [False, True], finishes
	lost = next(finish for finish in finishes if not finish.won)
	assert "is out already" in lost.error
	frappe.db.rollback()
	assert frappe.db.count(DRIVE, {"vehicle": car.name}) == 1


def test_a_double_click_takes_the_car_once(racers):
	car, customer, key = showroom.make_car(), f.make_customer(), f.key()
	frappe.db.commit()
	values = {
		"vehicle": car.name,
		"company": f.COMPANY,
		"customer": customer.name,
		"salesperson": showroom.salesperson(),
		"licence_seen": 1,
		"licence_valid_until": add_days(nowdate(), 30),
	}
	finishes = racers.run(("take_drive", key, values), ("take_drive", key, values))
	assert all(finish.won for finish in finishes), finishes
	assert finishes[0].result["name"] == finishes[1].result["name"]


def test_a_car_that_is_sold_or_held_for_somebody_else_is_told():
	sold = showroom.make_car()
	sold.status = "Sold"
	sold.save()
	assert any("Sold" in text for text in driven(sold)["remarks"])
	held = showroom.make_car()
	f.take_new(vehicle=held)
	assert any("held for" in text for text in driven(held)["remarks"])


def test_what_was_checked_stays_as_it_was_checked():
	doc = frappe.get_doc(DRIVE, driven()["name"])
	doc.licence_valid_until = add_days(nowdate(), 900)
	with refused("frozen"):
		doc.save()
	doc.reload()
	doc.status = "Back"
	doc.notes = "Went well"
	doc.save()
	doc.reload()
	assert (doc.status, doc.notes) == ("Out", "Went well")
	with pytest.raises(frappe.ValidationError):
		doc.delete()


def test_a_drive_that_is_overdue_is_seen():
	doc = frappe.get_doc(DRIVE, driven()["name"])
	frappe.db.set_value(DRIVE, doc.name, "due_back_at", add_to_date(now_datetime(), minutes=-5))
	frappe.db.commit()
	row = next(row for row in drives.out_now(f.COMPANY) if row.name == doc.name)
	assert row["overdue"]


def test_a_cashier_may_look_at_appointments_and_not_book_them():
	cashier = f.make_user(roles.CASHIER, "floor.cashier")
	doc = booked()
	with f.logged_in(cashier):
		assert api.get_appointment(doc.name)["actions"] == []
		with pytest.raises(frappe.PermissionError):
			api.keep(doc.name)
		with pytest.raises(frappe.PermissionError):
			api.start(f.COMPANY, f.key(), name="Nora", phone="555 0100")
