"""What was declined and what came back, for the reports. Amounts are exact until they are shown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.utils import add_days, cstr, get_datetime, getdate

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.domain.declined import ALIVE, Ended, Kind, Severity, Status, Totals, Value, is_due, totals

FIELDS = (
	"name", "service_name", "labor_operation", "severity", "kind", "deferred_until", "price", "currency",
	"status", "vehicle", "vehicle_title", "customer", "customer_name", "advisor", "declined_on",
	"first_declined_on", "times_declined", "expires_on", "repair_order", "recovered_order", "recovered_on",
	"recovered_amount", "closed_reason", "booked_appointment",
)  # fmt: skip
_SEVERITIES = {severity.value: at for at, severity in enumerate(Severity)}
_ALIVE = tuple(status.value for status in ALIVE)
# Days since it was first declined, up to and with.
AGES = (7, 30, 90, 180)


@dataclass(frozen=True)
class Group:
	"""One line of the report: a month, an advisor, a severity or a service, with its figures."""

	key: str
	label: str
	figures: Totals
	open: Totals
	given_up: Totals


def rows_between(company: str, begin: date, end: date, **filters: str | None) -> list[dict]:
	"""Rows that were first declined on these days, that the user may read; in the company's currency."""
	return frappe.get_list(
		"Declined Service",
		filters=[
			["company", "=", company],
			["currency", "=", company_currency(company)],
			["first_declined_on", ">=", begin],
			["first_declined_on", "<", add_days(end, 1)],
			*([field, "=", value] for field, value in filters.items() if value),
		],
		fields=list(FIELDS),
		order_by="first_declined_on, name",
		limit_page_length=0,
	)


def open_rows(company: str, **filters: str | None) -> list[dict]:
	"""Rows that are still to be won back, that the user may read."""
	return frappe.get_list(
		"Declined Service",
		filters=[
			["company", "=", company],
			["currency", "=", company_currency(company)],
			["status", "in", _ALIVE],
			*([field, "=", value] for field, value in filters.items() if value),
		],
		fields=list(FIELDS),
		order_by="first_declined_on, name",
		limit_page_length=0,
	)


def value_of(row) -> Value:
	recovered = rounded(row.recovered_amount, row.currency)
	return Value(
		price=rounded(row.price, row.currency),
		status=Status(row.status),
		ended=Ended(row.closed_reason) if row.closed_reason else None,
		recovered=recovered if row.status == Status.RECOVERED.value else None,
	)


def grouped(rows: list[dict], by: str, currency: str) -> list[Group]:
	"""The rows by month, advisor, severity or service. Every row is in one group."""
	key_of, label_of, order = _ways(rows)[by]
	found: dict[str, list[dict]] = {}
	for row in rows:
		found.setdefault(key_of(row), []).append(row)
	if by == "Month":
		found = {month: found.get(month, []) for month in _months(found)}
	return [
		Group(
			key=key,
			label=label_of(key),
			figures=totals(map(value_of, some), currency),
			open=totals((value_of(row) for row in some if row.status in _ALIVE), currency),
			given_up=totals((value_of(row) for row in some if row.status == Status.CLOSED.value), currency),
		)
		for key, some in sorted(found.items(), key=lambda pair: order(pair[0]))
	]


def _ways(rows: list[dict]) -> dict[str, tuple[Callable, Callable, Callable]]:
	people = names_of({row.advisor for row in rows if row.advisor})
	return {
		"Month": (lambda row: f"{get_datetime(row.first_declined_on):%Y-%m}", _month, cstr),
		"Advisor": (
			lambda row: cstr(row.advisor),
			lambda key: people.get(key, key) or _("Nobody"),
			lambda key: people.get(key, key).lower(),
		),
		"Severity": (lambda row: row.severity, _, lambda key: _SEVERITIES.get(key, 9)),
		"Service": (
			lambda row: row.labor_operation or row.service_name,
			lambda key: frappe.get_cached_value("Labor Operation", key, "service_name") or key,
			cstr,
		),
	}


def _months(found: Iterable[str]) -> list[str]:
	"""Every month from the first to the last, also those in which nothing was declined."""
	keys = sorted(found)
	if not keys:
		return []
	first, last = (int(key[:4]) * 12 + int(key[5:]) - 1 for key in (keys[0], keys[-1]))
	return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(first, last + 1)]


def _month(key: str) -> str:
	return frappe.utils.formatdate(f"{key}-01", "MMM yyyy")


def all_of(rows: list[dict], currency: str) -> Totals:
	return totals(map(value_of, rows), currency)


def age_of(row, today: date) -> int:
	return (today - getdate(row.first_declined_on)).days


def band_of(days: int) -> int:
	"""The index of the age band: of ``AGES``, and one more for what is older."""
	return next((at for at, most in enumerate(AGES) if days <= most), len(AGES))


def bands() -> list[str]:
	begins = (0, *(most + 1 for most in AGES[:-1]))
	return [
		*(_("{0}-{1} days").format(begin, most) for begin, most in zip(begins, AGES, strict=True)),
		_("over {0} days").format(AGES[-1]),
	]


def due_now(row, today: date) -> bool:
	return is_due(Kind(row.kind), getdate(row.deferred_until) if row.deferred_until else None, today)
