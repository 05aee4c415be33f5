"""How full the shop is: hours booked against hours there are, by team and day."""

from datetime import date, timedelta

import frappe
from frappe.utils import flt, get_datetime, getdate

from dealer_pos_crm.dealer_setup.settings import business_hours
from dealer_pos_crm.domain.appointment import COUNTED, REACH, Booking, Load, loads, minutes_of
from dealer_pos_crm.domain.refusal import Refused


def load(company: str, day: date | str, team: str | None = None) -> list[dict]:
	"""Each team's load on one day; of one team when named. Hours, not minutes."""
	return [shown(found) for found in _loads(company, [getdate(day)], team)]


def week(company: str, day: date | str, team: str | None = None) -> dict:
	"""Seven days with this one among them, by team: from today on, or from the Monday of its week."""
	first = getdate(day) - timedelta(days=getdate(day).weekday())
	if first <= getdate() <= getdate(day):
		first = getdate()
	days = [first + timedelta(days=step) for step in range(7)]
	rows: dict[str | None, list[dict]] = {}
	for found in _loads(company, days, team):
		rows.setdefault(found.team, []).append(shown(found))
	return {
		"days": [str(each) for each in days],
		"teams": [{"team": name, "days": found} for name, found in rows.items()],
	}


def of_team(company: str, day: date | str, team: str | None) -> dict | None:
	"""The load of one team on one day."""
	return next((row for row in load(company, day, team) if row["team"] == team), None) if team else None


def shown(found: Load) -> dict:
	return {
		"day": str(found.day),
		"team": found.team,
		"booked": found.booked / 60,
		"capacity": found.capacity / 60,
		"free": found.free / 60,
		"appointments": found.appointments,
		"overbooked": found.overbooked,
		"closed": found.closed,
	}


def capacities(company: str) -> dict[str | None, int]:
	"""Minutes a day by team, of the teams at work."""
	rows = frappe.get_all(
		"Service Team",
		{"company": company, "enabled": 1},
		["name", "capacity_hours"],
		order_by="name",
	)
	return {row.name: round(flt(row.capacity_hours) * 60) for row in rows}


def _loads(company: str, days: list[date], team: str | None) -> list[Load]:
	kept = capacities(company)
	if team:
		kept = {team: kept.get(team, 0)}
	return loads(days, kept, _bookings(company, days[0], days[-1], team), business_hours(company))


def _bookings(company: str, first: date, last: date, team: str | None) -> list[Booking]:
	"""Appointments that may take up a team on these days: those that begin then, and those still at it."""
	filters = [
		["company", "=", company],
		["status", "in", [status.value for status in COUNTED]],
		["starts_at", ">=", get_datetime(first) - REACH],
		["starts_at", "<", get_datetime(last) + timedelta(days=1)],
		["ends_at", ">", get_datetime(first)],
	]
	if team:
		filters.append(["team", "=", team])
	rows = frappe.get_all(
		"Service Appointment", filters, ["team", "starts_at", "duration"], order_by="starts_at, name"
	)
	return [Booking(row.team, row.starts_at, _minutes(row.duration)) for row in rows]


def _minutes(hours: float) -> int:
	try:
		return minutes_of(flt(hours))
	except Refused:
		return 0  # a row that somebody wrote past the form takes up nobody
