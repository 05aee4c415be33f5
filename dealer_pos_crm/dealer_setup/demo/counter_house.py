"""The counter of the demo: a point of sale with our setting, its ways of paying, and parts to sell."""

import frappe

from dealer_pos_crm.dealer_setup import counter_accounting
from dealer_pos_crm.rehearsal.summit_motors.people import COMPANY, staff_of

PROFILE = "Front Counter"
PARTS = {"Wiper blades": 34.90, "Floor mats": 89.00, "Key battery": 9.50, "Touch-up paint": 24.00}
_MODES = ("Cash", "Check", "Credit Card")


def build() -> None:
	"""Everything that stands before the cashier opens the first shift. May run again."""
	counter_accounting.set_up(COMPANY)
	settings = frappe.get_doc("Dealer Settings", COMPANY)
	if not settings.bank_deposit_account:
		settings.bank_deposit_account = frappe.db.get_value(
			"Account", {"company": COMPANY, "account_type": "Bank", "is_group": 0}, "name"
		)
		settings.save()
	for name, price in PARTS.items():
		_part(name, price)
	_profile()


def _part(name: str, price: float) -> None:
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
			"standard_rate": price,  # ERPNext makes the price of it
		}
	).insert()


def _profile() -> None:
	if frappe.db.exists("POS Profile", PROFILE):
		return
	company = frappe.get_cached_doc("Company", COMPANY)
	cashiers = [person.email for person in staff_of("Dealer Cashier")]
	frappe.get_doc(
		{
			"doctype": "POS Profile",
			"name": PROFILE,
			"company": COMPANY,
			"currency": company.default_currency,
			"warehouse": frappe.db.get_value("Warehouse", {"company": COMPANY, "is_group": 0}, "name"),
			"write_off_account": company.write_off_account,
			"write_off_cost_center": company.cost_center,
			"income_account": company.default_income_account,
			"selling_price_list": frappe.db.get_value("Price List", {"selling": 1, "enabled": 1}, "name"),
			"applicable_for_users": [{"user": cashier, "default": 1} for cashier in cashiers],
			"dealer_counter": 1,
			"payments": [
				{"mode_of_payment": mode, "default": int(mode == "Cash"), "allow_in_returns": 1}
				for mode in _MODES
			],
		}
	).insert()
