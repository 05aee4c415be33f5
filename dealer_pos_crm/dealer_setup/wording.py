"""Times as people say them, in what screens and timelines tell."""

from datetime import date, datetime

from frappe.utils import format_date, format_datetime, get_datetime


def clock_text(moment: datetime | str) -> str:
	"""A day and a time as people say them: "Fri 28 Nov 09:30"."""
	return format_datetime(get_datetime(moment), "EEE d MMM HH:mm")


def day_text(day: date | str) -> str:
	"""A day in the site's own format."""
	return format_date(day)
