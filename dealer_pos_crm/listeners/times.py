"""When something in ERPNext happened, told the same way when it happens and when it is rebuilt."""

from collections.abc import Mapping
from datetime import datetime, time

from frappe.utils import get_datetime, getdate, to_timedelta


def happened_at(row: Mapping) -> datetime:
	"""The posting time where a document has one; else its creation when it was booked that day; else the
	beginning of its posting date."""
	posted = getdate(row.get("posting_date"))
	if row.get("posting_time") is not None:
		return datetime.combine(posted, time.min) + to_timedelta(row.get("posting_time"))
	created = get_datetime(row.get("creation"))
	return created if created.date() == posted else datetime.combine(posted, time.min)


def time_of_change(row: Mapping) -> datetime:
	"""When a cancelled document was last changed, never before it happened."""
	return max(get_datetime(row.get("modified")), happened_at(row))
