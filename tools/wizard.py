"""Runs in the bench's own python, with `sites` as working folder: `wizard.py SITE`.

What this file does is in the clean dump: a change here makes the dump anew, everywhere.
"""

from __future__ import annotations

import sys
from datetime import date
from typing import Any

COMPANY = "Summit Motors"
ABBREVIATION = "SM"


def wizard() -> None:
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


def main() -> None:
	sys.path.pop(0)  # this folder: its site.py and venv.py are not the ones that Frappe means
	import frappe

	frappe.init(site=sys.argv[1], sites_path=".")
	frappe.connect()
	try:
		wizard()
	finally:
		frappe.destroy()


if __name__ == "__main__":
	main()
