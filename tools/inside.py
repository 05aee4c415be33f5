"""Runs in the bench's own python, with `sites` as working folder: `inside.py wizard|purge|call SITE [FUNCTION FILE]`.

Everything else under tools/ stays outside Frappe; this file stays outside tools/.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

COMPANY = "Summit Motors"
ABBREVIATION = "SM"


def wizard(site: str) -> None:
	"""Complete ERPNext's setup wizard as a person would, and refuse to go on with half a company."""
	import frappe
	from frappe.desk.page.setup_wizard.setup_wizard import setup_complete

	this_year = date.today().year
	frappe.set_user("Administrator")
	answers: dict[str, Any] = {
		"language": "English",
		"country": "United States",
		"timezone": "America/New_York",
		"currency": "USD",
		"full_name": "Administrator",
		"company_name": COMPANY,
		"company_abbr": ABBREVIATION,
		"chart_of_accounts": "Standard with Numbers",
		"fy_start_date": f"{this_year}-01-01",
		"fy_end_date": f"{this_year}-12-31",
		"enable_telemetry": 0,
		"setup_demo": 0,
	}
	# A site's config may send this to a worker; there is none, and the chart is needed at once.
	frappe.local.conf.trigger_site_setup_in_background = 0
	result = setup_complete(answers)
	if (result or {}).get("status") != "ok":
		raise SystemExit(f"the setup wizard answered {result!r}")
	_fiscal_years(this_year - 1, this_year + 1)
	frappe.db.commit()

	accounts = frappe.db.count("Account", {"company": COMPANY})
	receivable = frappe.db.get_value("Company", COMPANY, "default_receivable_account")
	if not frappe.is_setup_complete() or accounts < 50 or not receivable:
		raise SystemExit(
			f"the setup wizard left {COMPANY} with {accounts} accounts, receivable {receivable!r}"
		)
	print(f"{COMPANY}: {accounts} accounts")


def _fiscal_years(*years: int) -> None:
	"""The years around this one: tests and the demo look back in January and ahead in December."""
	import frappe

	for year in years:
		first, last = f"{year}-01-01", f"{year}-12-31"
		if not frappe.db.exists("Fiscal Year", {"year_start_date": first, "year_end_date": last}):
			document = frappe.new_doc("Fiscal Year")
			document.update({"year": str(year), "year_start_date": first, "year_end_date": last})
			document.insert()


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
		{"wizard": wizard, "purge": purge, "call": call}[action](site)
	finally:
		frappe.destroy()


if __name__ == "__main__":
	main()
