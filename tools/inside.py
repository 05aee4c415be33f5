"""Runs in the bench's own python, with `sites` as working folder: `inside.py purge|clock|call SITE [FUNCTION FILE]`.

With wizard.py the only one here that imports Frappe, and it imports nothing else of tools/.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def purge(site: str) -> None:
	"""Forget what Redis keeps of a former site of this name: cached values and jobs in the queues."""
	import frappe
	from frappe.utils.background_jobs import get_queues, get_redis_conn

	frappe.cache.delete_keys("")
	connection = get_redis_conn()
	for queue in get_queues(connection):
		for job_id in queue.get_job_ids():
			if job_id.startswith(f"{site}::") or job_id.startswith(f"{site}||"):
				queue.remove(job_id)
	for separator in ("::", "||"):
		for key in connection.scan_iter(match=f"rq:job:{site}{separator}*"):
			connection.delete(key)


# Where a site may be: one zone for about each hour of the day.
ZONES = (
	"Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver", "America/Chicago",
	"America/New_York", "America/Puerto_Rico", "America/Sao_Paulo", "Atlantic/South_Georgia",
	"Atlantic/Azores", "Europe/London", "Europe/Berlin", "Europe/Athens", "Europe/Istanbul", "Asia/Dubai",
	"Asia/Karachi", "Asia/Dhaka", "Asia/Bangkok", "Asia/Singapore", "Asia/Tokyo", "Australia/Brisbane",
	"Pacific/Noumea", "Pacific/Auckland",
)  # fmt: skip
HOUR = 21


def clock(site: str) -> None:
	"""Move a site to where it is about nine in the evening now.

	Tests look an hour ahead and hours back: at midnight these would be other days. Whatever the hour at which
	the tests run, the site has the same time of day.
	"""
	from datetime import datetime
	from zoneinfo import ZoneInfo

	import frappe

	def away(zone: str) -> float:
		now = datetime.now(ZoneInfo(zone))
		return abs((now.hour + now.minute / 60 - HOUR + 12) % 24 - 12)

	zone = min(ZONES, key=away)
	frappe.db.set_single_value("System Settings", "time_zone", zone)
	frappe.db.sql("update `tabUser` set time_zone = %s", zone)
	frappe.db.commit()
	frappe.clear_cache()


def call(site: str) -> None:
	"""Call the function that is named and write what it returns to a file, as JSON: `call SITE FUNCTION FILE`."""
	import frappe

	frappe.set_user("Administrator")
	result = frappe.get_attr(sys.argv[3])()
	frappe.db.commit()
	Path(sys.argv[4]).write_text(json.dumps(result, default=str))


def main() -> None:
	sys.path.pop(0)  # this folder: its site.py and venv.py are not the ones that Frappe means
	import frappe

	action, site = sys.argv[1], sys.argv[2]
	frappe.init(site=site, sites_path=".")
	frappe.connect()
	try:
		{"purge": purge, "clock": clock, "call": call}[action](site)
	finally:
		frappe.destroy()


if __name__ == "__main__":
	main()
