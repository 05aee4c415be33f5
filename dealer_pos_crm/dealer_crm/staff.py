"""Staff Calendars, as the rest of the app reads them: cached, no query when the cache is warm."""

from collections.abc import Iterable
from datetime import date, datetime

import frappe
from frappe.utils import getdate, now_datetime

from dealer_pos_crm.dealer_setup.settings import WEEKDAYS, as_time
from dealer_pos_crm.domain.absence import Absence, Calendar
from dealer_pos_crm.domain.clock import BusinessHours
from dealer_pos_crm.domain.routing import Person, stands_in

_CACHE = "dealer_staff_calendars"
_NONE = Calendar()


def calendars() -> dict[str, Calendar]:
	"""The calendar of everybody who has one."""
	return frappe.cache.get_value(_CACHE, _load) or {}


def forget() -> None:
	"""To be called when a calendar comes, changes or goes."""
	frappe.cache.delete_value(_CACHE)
	frappe.db.after_commit.add(_forget_again)  # somebody may have read the old rows in between


def _forget_again() -> None:
	frappe.cache.delete_value(_CACHE)


def _load() -> dict[str, Calendar]:
	names = frappe.get_all("Staff Calendar", pluck="name", order_by="name")
	return {name: to_calendar(frappe.get_doc("Staff Calendar", name)) for name in names}


def to_calendar(doc) -> Calendar:
	"""The domain's calendar of a document. Raises ``Refused`` for what cannot be."""
	return Calendar(
		week={WEEKDAYS.index(row.weekday): (as_time(row.opens), as_time(row.closes)) for row in doc.hours},
		absences=tuple(Absence(getdate(row.from_date), getdate(row.to_date)) for row in doc.absences),
		cover=doc.cover or "",
	)


def works_here(user: str | None) -> bool:
	"""Whether somebody is an enabled user."""
	return bool(user) and user != "Guest" and bool(frappe.get_cached_value("User", user, "enabled"))


def away(user: str, day: date | None = None) -> bool:
	return calendars().get(user, _NONE).away(day or now_datetime().date())


def person(user: str, day: date) -> Person:
	"""Somebody as they stand on a day, whatever the hour."""
	calendar = calendars().get(user, _NONE)
	return Person(user, works_here(user), calendar.away(day), cover=calendar.cover)


def cover_of(user: str, day: date | None = None) -> str | None:
	"""Who stands in for somebody who is away on that day, and is here; None when nobody is."""
	day = day or now_datetime().date()
	people: dict[str, Person] = {}
	at = user
	while at and at not in people:
		people[at] = person(at, day)
		at = people[at].cover
	return stands_in(people[user], people)


def people_at(users: Iterable[str], moment: datetime, house: BusinessHours) -> dict[str, Person]:
	"""These users, and whoever covers them, as they stand at that moment; without their open leads.

	While the house is closed a day counts as the one on which it opens next.
	"""
	closed = not house.is_open(moment)
	opening = house.opening(moment, 0) if closed else moment
	found: dict[str, Person] = {}
	waiting = [user for user in users if user]
	while waiting:
		user = waiting.pop()
		if user in found:
			continue
		calendar = calendars().get(user, _NONE)
		at_work = calendar.at_work(moment, house)
		found[user] = Person(
			user=user,
			works_here=works_here(user),
			away=not at_work and calendar.away(opening.date()),
			at_work=at_work,
			at_opening=closed and calendar.at_work(opening, house),
			cover=calendar.cover,
		)
		if calendar.cover:
			waiting.append(calendar.cover)
	return found
