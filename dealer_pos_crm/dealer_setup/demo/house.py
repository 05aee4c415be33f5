"""The house: Dealer Settings, accounts, ways of paying, the people who work there, what is sold."""

import frappe
from frappe.utils import getdate

from dealer_pos_crm.dealer_setup import accounting, roles
from dealer_pos_crm.rehearsal.summit_motors.acts import ITEMS, MODES
from dealer_pos_crm.rehearsal.summit_motors.people import COMPANY, STAFF

PASSWORD = "Summit-2026!"  # printed by ``make demo``; a demo site is never exposed


def build(days: int, today) -> None:
	"""Everything that stands before the first customer comes in. May run again."""
	_fiscal_years(days, today)
	staff()
	_settings()
	for mode in MODES:
		_mode_of_payment(mode)
	for item in ITEMS:
		_item(item)
	frappe.db.commit()  # nosemgrep - a step of a demo


def _fiscal_years(days: int, today) -> None:
	for year in sorted({getdate(today).year, getdate(frappe.utils.add_days(today, -days)).year}):
		first, last = f"{year}-01-01", f"{year}-12-31"
		if not frappe.db.exists(
			"Fiscal Year", {"year_start_date": ("<=", first), "year_end_date": (">=", last)}
		):
			frappe.get_doc(
				{"doctype": "Fiscal Year", "year": str(year), "year_start_date": first, "year_end_date": last}
			).insert()


def staff() -> list[dict]:
	"""One login per member of staff; returns role, name and user for printing."""
	for person in STAFF:
		if not frappe.db.exists("User", person.email):
			user = frappe.get_doc(
				{
					"doctype": "User",
					"email": person.email,
					"first_name": person.first_name,
					"last_name": person.last_name,
					"send_welcome_email": 0,
					"user_type": "System User",
					"new_password": PASSWORD,
					"roles": [{"role": person.role}],
				}
			)
			user.flags.no_welcome_mail = True
			user.insert()
	return [{"role": person.role, "name": person.name, "user": person.email} for person in STAFF]


def _settings() -> None:
	if not frappe.db.exists("Dealer Settings", COMPANY):
		frappe.get_doc({"doctype": "Dealer Settings", "company": COMPANY}).insert()
	accounting.set_up(COMPANY)
	settings = frappe.get_doc("Dealer Settings", COMPANY)
	managers = {
		"Sales": _first(roles.SALES_MANAGER),
		"F&I": _first(roles.SALES_MANAGER),
		"Service": _first(roles.SERVICE_MANAGER),
		"Parts": _first(roles.SERVICE_MANAGER),
		"BDC": _first(roles.SALES_MANAGER),
		"Accounting": _first(roles.MANAGER),
	}
	for row in settings.departments:
		row.manager = managers[row.department]
		row.cost_center = _cost_center(row.department)
	settings.send_receipt = 0  # the customers' addresses are made up
	settings.min_deposit = 20
	settings.save()


def _first(role: str) -> str:
	return next(person.email for person in STAFF if person.role == role)


def _cost_center(department: str) -> str:
	abbreviation = frappe.get_cached_value("Company", COMPANY, "abbr")
	name = f"{department} - {abbreviation}"
	if not frappe.db.exists("Cost Center", name):
		frappe.get_doc(
			{
				"doctype": "Cost Center",
				"cost_center_name": department,
				"company": COMPANY,
				"parent_cost_center": f"{COMPANY} - {abbreviation}",
			}
		).insert()
	return name


def _mode_of_payment(mode: str) -> None:
	kind = "Cash" if mode == "Cash" else "Bank"
	if not frappe.db.exists("Mode of Payment", mode):
		frappe.get_doc({"doctype": "Mode of Payment", "mode_of_payment": mode, "type": kind}).insert()
	doc = frappe.get_doc("Mode of Payment", mode)
	if any(row.company == COMPANY and row.default_account for row in doc.accounts):
		return
	doc.accounts = [row for row in doc.accounts if row.company != COMPANY]
	doc.append("accounts", {"company": COMPANY, "default_account": _money_account(kind)})
	doc.enabled = 1
	doc.save()


def _money_account(kind: str) -> str:
	found = frappe.db.get_value(
		"Account", {"company": COMPANY, "account_type": kind, "is_group": 0, "disabled": 0}, "name"
	)
	if found:
		return found
	parent = frappe.db.get_value(
		"Account", {"company": COMPANY, "account_type": kind, "is_group": 1}, "name"
	) or frappe.db.get_value(
		"Account", {"company": COMPANY, "account_name": ("like", f"{kind}%"), "is_group": 1}, "name"
	)
	account = frappe.get_doc(
		{
			"doctype": "Account",
			"company": COMPANY,
			"account_name": "Checking Account" if kind == "Bank" else "Cash Drawer",
			"parent_account": parent,
			"account_type": kind,
		}
	)
	return account.insert().name


def _item(name: str) -> None:
	if frappe.db.exists("Item", name):
		return
	frappe.get_doc(
		{
			"doctype": "Item",
			"item_code": name,
			"item_name": name,
			"item_group": frappe.db.get_value("Item Group", {"is_group": 0}, "name", order_by="lft"),
			"stock_uom": "Nos",
			"is_stock_item": 0,
			"is_sales_item": 1,
		}
	).insert()
