"""Who is away is stood in for: what falls due meanwhile goes to their cover."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import get_datetime, now_datetime

from dealer_pos_crm.dealer_crm import follow_ups, staff
from dealer_pos_crm.domain.absence import Calendar


def begin_today() -> None:
	"""Every morning: the open promises of everybody whose absence includes today."""
	for user in sorted(staff.calendars()):
		frappe.db.savepoint("absence")
		try:
			begin(user)
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			raise
		except Exception:
			# One person's calendar does not keep the others' promises waiting.
			frappe.db.rollback(save_point="absence")
			frappe.log_error(title=_("Promises of {0} could not be given to their cover").format(user))


def begin(user: str) -> int:
	"""Give the open promises that fall due while somebody is away to whoever stands in. Returns how many.

	Does nothing for whoever is here today, or has nobody to stand in. What is due after the return stays.
	"""
	calendar = staff.calendars().get(user)
	today = now_datetime().date()
	if calendar is None or not calendar.away(today):
		return 0
	cover = staff.cover_of(user, today)
	if not cover:
		return 0
	names = frappe.get_all(
		"Follow Up",
		{"owner_user": user, "status": "Open", "due_at": ("<", get_datetime(_return(calendar, today)))},
		pluck="name",
		order_by="due_at, name",
	)
	for name in names:
		follow_ups.reassign(name, cover)
	return len(names)


def _return(calendar: Calendar, today):
	"""The first day on which they are here again."""
	day = today
	while calendar.away(day):
		day += timedelta(days=1)
	return day
