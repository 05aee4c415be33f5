"""Appointments, visits and test drives of the showroom, as pure decisions."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import showroom_appointment as appointments
from dealer_pos_crm.domain import test_drive as drives
from dealer_pos_crm.domain import visit
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.showroom_appointment import Action, Slot, Status

NOW = datetime(2026, 11, 22, 10)
TODAY = NOW.date()


class _Code:
	def __init__(self, code: str) -> None:
		self.code = code

	def __enter__(self) -> _Code:
		return self

	def __exit__(self, kind, error, trace) -> bool:
		assert isinstance(error, Refused), f"not refused with {self.code}"
		assert error.code == self.code, (error.code, str(error))
		return True


# --- Appointments ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", Status)
def test_each_action_leads_to_a_status_or_is_refused(status: Status) -> None:
	possible = appointments.allowed_actions(status)
	for action in Action:
		if action in possible:
			assert appointments.is_done(action, appointments.after(action, status, "A"))
		else:
			with _Code("wrong_status"):
				appointments.after(action, status, "A")


def test_a_visit_settles_it() -> None:
	for action in (Action.MISS, Action.CANCEL, Action.RESCHEDULE):
		with _Code("has_visit"):
			appointments.after(action, Status.BOOKED, "A", has_visit=True)
	assert appointments.after(Action.KEEP, Status.NO_SHOW, "A", has_visit=True) is Status.KEPT


def test_conflicts_are_of_the_same_salesperson_or_car_at_the_same_time() -> None:
	def slot(name: str, hour: int, person: str | None, car: str | None) -> Slot:
		start = NOW.replace(hour=hour)
		return Slot(name, start, start + timedelta(hours=1), person, car)

	wanted = slot("A", 10, "sam", "car")
	others = [
		wanted,
		slot("B", 10, "sam", None),
		slot("C", 10, "kim", "car"),
		slot("D", 11, "sam", "car"),
		slot("E", 9, "sam", "car"),
		slot("F", 10, None, None),
	]
	mine, cars = appointments.conflicts(wanted, others)
	assert ([row.name for row in mine], [row.name for row in cars]) == (["B"], ["C"])
	assert appointments.conflicts(slot("A", 10, None, None), others) == ([], [])


# --- Visits ----------------------------------------------------------------------------------------------


def test_who_is_a_be_back() -> None:
	def ago(days: int) -> datetime:
		return NOW - timedelta(days=days)

	assert visit.kind_of([], NOW, 90) == "Walk-in"
	assert visit.kind_of([(ago(9), "Thinking")], NOW, 90) == "Be-back"
	assert visit.kind_of([(ago(9), "")], NOW, 90) == "Be-back"
	assert visit.kind_of([(ago(91), "Thinking")], NOW, 90) == "Walk-in"
	assert visit.kind_of([(ago(9), "Bought")], NOW, 90) == "Walk-in"
	assert visit.kind_of([(ago(20), "Thinking"), (ago(9), "Bought")], NOW, 90) == "Walk-in"
	assert visit.kind_of([(ago(20), "Bought"), (ago(9), "Thinking")], NOW, 90) == "Be-back"
	assert visit.kind_of([(ago(9), "Thinking")], NOW, 90, expected=True) == "Appointment"
	assert visit.kind_of([(ago(1), "Thinking")], NOW, 0) == "Walk-in"


def test_how_a_visit_may_end() -> None:
	visit.check_end("UP-1", NOW, NOW, "Lost", None)
	visit.check_end("UP-1", NOW, NOW, "Thinking", "Call on Friday")
	for outcome, step, code in (
		("", "x", "outcome"),
		("Gone", "x", "outcome"),
		("Thinking", " ", "next_step"),
	):
		with _Code(code):
			visit.check_end("UP-1", NOW, NOW, outcome, step)
	with _Code("too_early"):
		visit.check_end("UP-1", NOW, NOW - timedelta(minutes=1), "Lost", None)


def test_a_name_and_a_way_to_call_back_are_enough() -> None:
	assert visit.check_contact("  Walt   Fresh ", " 555 0100 ") == ("Walt Fresh", "555 0100")
	assert visit.check_contact("Walt", None, "walt@buyers.example") == ("Walt", "")
	with _Code("no_name"):
		visit.check_contact(" ", "555 0100")
	with _Code("no_phone"):
		visit.check_contact("Walt", "")


# --- Test drives -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	"text",
	[
		"Licence no. 12345678",
		"license number: 123-45-6789",
		"DL 07564923",
		"driver's license is S514-7792-1043",
		"F123-456-78-901-0",
		"D1234567",
		"ID # A 1234 5678 9012",
		"permit 12 345 678",
	],
)
def test_what_looks_like_a_licence_number_goes(text: str) -> None:
	masked = drives.mask_licence(text)
	assert "***" in masked
	assert not any(run in masked for run in ("1234", "345", "6789", "7792", "0756", "4923"))


@pytest.mark.parametrize(
	"text",
	[
		"Phone (555) 010-2233, call after 5",
		"31,000 miles, 2019 Camry, $21,500",
		"VIN 4T1SRFVG7CU417146",
		"Licence seen, valid until 2028-01-01",
		"He did not like the seats",
		"Back at 15:30 on 11-22-2026",
		"Stock S123456, tag 42",
	],
)
def test_what_is_no_licence_number_stays(text: str) -> None:
	assert drives.mask_licence(text) == text


@given(st.text(max_size=200))
def test_masking_twice_is_masking_once(text: str) -> None:
	once = drives.mask_licence(text)
	assert drives.mask_licence(once) == once


def test_who_may_drive() -> None:
	assert drives.check_licence(True, TODAY, TODAY, override=None) is False
	assert drives.check_licence(True, TODAY - timedelta(days=1), TODAY, override="Renewal seen") is True
	for seen, until, why, code in (
		(False, TODAY, "whatever", "licence_not_seen"),
		(True, None, "whatever", "no_validity"),
		(True, TODAY - timedelta(days=1), " ", "licence_expired"),
	):
		with _Code(code):
			drives.check_licence(seen, until, TODAY, override=why)


def test_the_times_and_miles_of_a_drive() -> None:
	drives.check_times(NOW, NOW + timedelta(minutes=1))
	drives.check_back("TD-1", 100, 100)
	for action, code in (
		(lambda: drives.check_times(NOW, NOW), "due_back"),
		(lambda: drives.check_times(NOW, NOW + timedelta(days=8)), "due_back"),
		(lambda: drives.check_back("TD-1", 100, 99), "mileage_lower"),
		(lambda: drives.check_country("TX 123"), "licence_number"),
	):
		with _Code(code):
			action()
	assert drives.check_country(" Texas ") == "Texas"
	assert drives.is_overdue("Out", NOW, NOW + timedelta(seconds=1))
	assert not drives.is_overdue("Back", NOW, NOW + timedelta(days=1))
	assert not drives.is_overdue("Out", None, NOW)
	assert date(2026, 11, 22) == TODAY
