"""What was left in between: closings that hang or failed, and over and short that is not booked yet."""

import frappe
from frappe import _
from frappe.utils import add_to_date, now_datetime

from dealer_pos_crm.dealer_counter.shifts import closing, differences, stamping, telling
from dealer_pos_crm.dealer_counter.shifts import count as counts
from dealer_pos_crm.dealer_counter.shifts import entry as entries
from dealer_pos_crm.dealer_setup.acting import each_alone
from dealer_pos_crm.domain.shift import Status

HANGS_AFTER = 15  # minutes in the queue
LEFT_AFTER = 5  # minutes; until then the request that began it is still at it


def run() -> None:
	"""A scheduled job. Each document is a piece of work of its own."""
	each_alone(counts.DOCTYPE, _left(), closing.go_on, _("{0} could not be closed"))
	each_alone(entries.DOCTYPE, hanging(), _tell, _("Nobody could be told that {0} hangs"))
	each_alone(counts.DOCTYPE, _to_book(), differences.book_now, _("Over and short of {0} not booked"))


def book(shift_count: str) -> None:
	"""A job: the closing's own commit came first."""
	differences.book_now(shift_count)


def _left() -> list[str]:
	"""Handed in, agreed to, and no closing under way: whoever closed was cut off in between."""
	rows = frappe.get_all(
		counts.DOCTYPE,
		{
			"status": Status.COUNTED.value,
			"modified": ("<", add_to_date(now_datetime(), minutes=-LEFT_AFTER)),
		},
		["name", "closing_entry", "approval_reason", "approved_by", "status"],
		order_by="modified",
	)
	queued = {
		row.name
		for row in frappe.get_all(
			entries.DOCTYPE, {"name": ("in", [row.closing_entry for row in rows] or [""]), "status": "Queued"}
		)
	}
	return [row.name for row in rows if not counts.waits(row) and row.closing_entry not in queued]


def hanging() -> list[str]:
	"""Closings of our counters that have been in the queue for too long."""
	rows = frappe.get_all(
		entries.DOCTYPE,
		{
			"status": entries.QUEUED,
			"docstatus": 1,
			"modified": ("<", add_to_date(now_datetime(), minutes=-HANGS_AFTER)),
		},
		["name", "pos_profile", "company"],
		order_by="modified",
	)
	return [row.name for row in rows if stamping.is_counter(row.pos_profile, row.company)]


def _tell(name: str) -> None:
	entry = frappe.db.get_value(
		entries.DOCTYPE, name, ["company", "user", "pos_profile", "pos_opening_entry"], as_dict=True
	)
	telling.tell(
		entry.company,
		(stamping.DOCTYPE, entry.pos_opening_entry),
		_(
			"The closing of the shift of {0} at {1} ({2}) has been in the queue for more than {3} minutes. Look whether the background workers run; Try Again stands on the Counters page"
		).format(entry.user, entry.pos_profile, name, HANGS_AFTER),
	)


def _to_book() -> list[str]:
	return frappe.get_all(
		counts.DOCTYPE,
		{
			"status": Status.CLOSED.value,
			"booking": ("in", (counts.TO_BOOK, counts.PROBLEM)),
			"modified": ("<", add_to_date(now_datetime(), minutes=-LEFT_AFTER)),
		},
		pluck="name",
		order_by="modified",
	)
