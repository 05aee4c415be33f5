"""A company's Dealer Settings, as the rest of the app reads them: cached, and None where there are none.

A company without Dealer Settings is no dealership, and the app does nothing for it.
"""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.utils import get_link_to_form, getdate

from dealer_pos_crm.domain.clock import ALWAYS_OPEN, BusinessHours

if TYPE_CHECKING:
	from dealer_pos_crm.dealer_setup.doctype.dealer_settings.dealer_settings import DealerSettings

_COMPANIES = "dealer_companies"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class NotADealership(frappe.ValidationError):
	"""The company has no Dealer Settings."""


def companies() -> list[str]:
	"""Names of the companies that are dealerships. Read from the cache; no query when it is warm."""
	return frappe.cache.get_value(
		_COMPANIES, lambda: frappe.get_all("Dealer Settings", pluck="name", order_by="name")
	)


def forget() -> None:
	"""To be called when Dealer Settings come, change or go."""
	frappe.cache.delete_value(_COMPANIES)


def is_dealership(company: str | None) -> bool:
	return bool(company) and company in companies()


def settings_of(company: str) -> "DealerSettings":
	"""The settings of a company; ``NotADealership`` where there are none."""
	if not is_dealership(company):
		frappe.throw(
			_("{0} has no Dealer Settings. Create them first: {1}").format(
				frappe.bold(company), get_link_to_form("Dealer Settings", "new", _("new Dealer Settings"))
			),
			NotADealership,
		)
	return frappe.get_cached_doc("Dealer Settings", company)


def department_of(company: str, cost_center: str | None) -> str | None:
	"""The department that a cost center stands for in the company's settings."""
	if not cost_center:
		return None
	for row in settings_of(company).departments:
		if row.cost_center == cost_center:
			return row.department
	return None


def cost_center_of(company: str, department: str | None) -> str | None:
	for row in settings_of(company).departments:
		if row.department == department and row.cost_center:
			return row.cost_center
	return frappe.get_cached_value("Company", company, "cost_center")


def manager_of(company: str, department: str | None) -> str | None:
	"""Who gets a department's follow-ups that nobody owns; None when nobody is named."""
	for row in settings_of(company).departments:
		if row.department == department and row.manager:
			return row.manager
	return None


def business_hours(company: str) -> BusinessHours:
	"""Opening hours and closed days; always open where none are kept."""
	if not is_dealership(company):
		return ALWAYS_OPEN
	settings = settings_of(company)
	week = {
		WEEKDAYS.index(row.weekday): (as_time(row.opens), as_time(row.closes))
		for row in settings.business_hours
	}
	if not week:
		return ALWAYS_OPEN
	return BusinessHours(week, _holidays(settings.holiday_list))


def _holidays(holiday_list: str | None) -> frozenset[date]:
	if not holiday_list:
		return frozenset()
	days = frappe.get_cached_doc("Holiday List", holiday_list).holidays
	return frozenset(getdate(row.holiday_date) for row in days)


def as_time(value: timedelta | time | str) -> time:
	"""Frappe gives times as timedelta from the database and as text from a form."""
	if isinstance(value, time):
		return value
	if isinstance(value, timedelta):
		return (datetime.min + value).time()
	return time.fromisoformat(str(value) if len(str(value).split(":")[0]) == 2 else f"0{value}")
