"""Between the provider's clock (naive, UTC) and the site's (naive, its own time zone)."""

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from frappe.utils import get_system_timezone


def site_time(at: datetime | None) -> datetime | None:
	"""A naive UTC time as the site shows and keeps times."""
	if at is None:
		return None
	return at.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(get_system_timezone())).replace(tzinfo=None)


def utc_time(at: datetime | None) -> datetime | None:
	"""A time of the site as the provider wants it: naive, in UTC."""
	if at is None:
		return None
	return at.replace(tzinfo=ZoneInfo(get_system_timezone())).astimezone(timezone.utc).replace(tzinfo=None)
