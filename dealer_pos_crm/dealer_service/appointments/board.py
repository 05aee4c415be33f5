"""A day of appointments as the board and the calendar show it. No appointment of the day is left out."""

from datetime import date, datetime, timedelta

import frappe
from frappe.query_builder.functions import Count, Max
from frappe.utils import cint, cstr, format_date, get_datetime, getdate, now_datetime

from dealer_pos_crm.dealer_service.appointments import load, steps
from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.dealer_setup.settings import business_hours, settings_of
from dealer_pos_crm.domain.appointment import Status, allowed_actions

# In the order in which the board's answer lists a row's values: five hundred rows are short this way.
COLUMNS = (
	"name",
	"status",
	"starts_at",
	"duration",
	"customer_name",
	"vehicle_title",
	"team",
	"advisor",
	"concern",
	"transport",
	"repair_order",
	"order_status",
	"arrived_at",
	"contact_phone",
	"rescheduled_to",
	"customer",
	"vehicle",
)
_CALENDAR_MOST = 3000  # a month of a hundred a day


def day(company: str, on: date | str, known: str | None = None) -> dict:
	"""The appointments of one day, the teams' load, and the hours of the day.

	``known``: the ``state`` of an earlier answer; when nothing has changed since, only ``{"same": True}``.
	"""
	on = getdate(on)
	state = _state(company, on)
	if known and known == state:
		return {"same": True, "state": state, "now": cstr(now_datetime())}
	rows = frappe.get_list(
		steps.DOCTYPE,
		filters=_of_day(company, on),
		fields=[*(name for name in COLUMNS if name != "order_status"), "repair_order.status as order_status"],
		order_by="`tabService Appointment`.starts_at, `tabService Appointment`.name",
		limit=0,
	)
	span = business_hours(company).span(on)
	loads = load.load(company, on)
	return {
		"same": False,
		"state": state,
		"now": cstr(now_datetime()),
		"day": str(on),
		"company": company,
		"columns": list(COLUMNS),
		"rows": [
			[cstr(row[name]) if name.endswith("_at") else row[name] for name in COLUMNS] for row in rows
		],
		"loads": loads,
		"opens": span[0].strftime("%H:%M") if span else None,
		"closes": span[1].strftime("%H:%M") if span else None,
		"closed": span is None,
		"grace": cint(settings_of(company).no_show_grace),
		"people": names_of(in_rows(rows, "advisor")),
		"advisors": sorted({row.advisor for row in rows if row.advisor}),
		"actions": {status.value: [action.value for action in allowed_actions(status)] for status in Status},
		"may": {
			"write": bool(frappe.has_permission(steps.DOCTYPE, "write")),
			"create": bool(frappe.has_permission(steps.DOCTYPE, "create")),
			"check_in": bool(frappe.has_permission("Repair Order", "create")),
		},
	}


def _of_day(company: str, on: date) -> list[list]:
	begin = get_datetime(on)
	return [
		["company", "=", company],
		["starts_at", ">=", begin],
		["starts_at", "<", begin + timedelta(days=1)],
	]


def _state(company: str, on: date) -> str:
	"""Changes whenever an appointment of the day, its repair order or a team does. Three short queries."""
	begin = get_datetime(on)
	visit, order, team = map(frappe.qb.DocType, (steps.DOCTYPE, "Repair Order", "Service Team"))
	of_day = (
		(visit.company == company)
		& (visit.starts_at >= begin)
		& (visit.starts_at < begin + timedelta(days=1))
	)
	queries = (
		frappe.qb.from_(visit).select(Count("*"), Max(visit.modified)).where(of_day),
		frappe.qb.from_(visit)
		.join(order)
		.on(order.appointment == visit.name)
		.select(Count("*"), Max(order.modified))
		.where(of_day),
		frappe.qb.from_(team)
		.select(Count("*"), Max(team.modified))
		.where((team.company == company) & (team.enabled == 1)),
	)
	return "|".join([str(on), *(cstr(value) for query in queries for value in query.run()[0])])


def calendar(start: str, end: str, filters: list | None = None) -> list[dict]:
	"""Appointments between two moments for Frappe's calendar, with its filters and the user's rights."""
	first, last = get_datetime(start), get_datetime(end)
	# The list's own "today" comes along; here the calendar says which days.
	kept = [each for each in filters or [] if "starts_at" not in each and "ends_at" not in each]
	rows = frappe.get_list(
		steps.DOCTYPE,
		filters=[
			*kept,
			[steps.DOCTYPE, "starts_at", "<", _naive(last)],
			[steps.DOCTYPE, "ends_at", ">", _naive(first)],
			[steps.DOCTYPE, "starts_at", ">", _naive(first) - timedelta(days=62)],
		],
		fields=[
			"name",
			"starts_at",
			"ends_at",
			"status",
			"customer_name",
			"vehicle_title",
			"team",
			"concern",
		],
		order_by="starts_at, name",
		limit=_CALENDAR_MOST,
	)
	for row in rows:
		row.title = " · ".join(
			part for part in (row.customer_name, row.vehicle_title, frappe._(row.status)) if part
		)
		row.tooltip = "\n".join(part for part in (row.title, row.team, row.concern) if part)
	if len(rows) == _CALENDAR_MOST:
		frappe.msgprint(
			frappe._(
				"More than {0} appointments: those after {1} are not shown. Choose a week or a day"
			).format(_CALENDAR_MOST, format_date(rows[-1].starts_at)),
			indicator="orange",
			alert=True,
		)
	return rows


def _naive(moment: datetime) -> datetime:
	return moment.replace(tzinfo=None)
