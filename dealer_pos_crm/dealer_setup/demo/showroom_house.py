"""The showroom of the demo: accounts, lenders, F&I products, the door for leads, what is owed to whom."""

import frappe
from frappe.utils import flt

from dealer_pos_crm.dealer_setup import showroom_accounting
from dealer_pos_crm.rehearsal.summit_motors import showroom_words as words
from dealer_pos_crm.rehearsal.summit_motors.people import COMPANY, MAIL

FEED = "Summit Motors web leads"
PAYOFF_BANK = "Old Trail Credit Union"
_KINDS = {
	"Vehicle service contract": "Service Contract",
	"GAP": "GAP",
	"Tire and wheel": "Tire and Wheel",
	"Prepaid maintenance": "Maintenance Plan",
	"Paint and fabric": "Paint Protection",
}


def build() -> None:
	"""Everything that stands before the first lead comes in. May run again."""
	showroom_accounting.set_up(COMPANY)
	for name in words.LENDERS:
		_lender(name)
	for name, price, _odds in words.PRODUCTS:
		_product(name, price)
	_supplier(PAYOFF_BANK)
	for sources in words.SOURCES.values():
		for source in sources:
			_source(source)
	_feed()
	settings = frappe.get_doc("Dealer Settings", COMPANY)
	settings.update({"first_service_months": 6, "doc_fee": 0})
	settings.save()
	frappe.db.commit()  # nosemgrep - a step of a demo


def _lender(name: str) -> None:
	if frappe.db.exists("Dealer Lender", name):
		return
	frappe.get_doc(
		{
			"doctype": "Dealer Lender",
			"lender_name": name,
			"customer": _customer(name),
			"funding_days": 7,
			"email": f"contracts@{name.lower().replace(' ', '')}.{MAIL.rpartition('.')[2]}",
		}
	).insert()


def _customer(name: str) -> str:
	found = frappe.db.get_value("Customer", {"customer_name": name}, "name")
	if found:
		return found
	doc = frappe.get_doc({"doctype": "Customer", "customer_name": name, "customer_type": "Company"})
	return doc.insert().name


def _supplier(name: str) -> None:
	if not frappe.db.exists("Supplier", name):
		group = frappe.db.get_value("Supplier Group", {"is_group": 0}, "name", order_by="lft")
		frappe.get_doc({"doctype": "Supplier", "supplier_name": name, "supplier_group": group}).insert()


def _product(name: str, price: int) -> None:
	if frappe.db.exists("FnI Product", name):
		return
	if not frappe.db.exists("Item", name):
		frappe.get_doc(
			{
				"doctype": "Item",
				"item_code": name,
				"item_name": name,
				"item_group": frappe.db.get_value("Item Group", {"is_group": 0}, "name", order_by="lft"),
				"stock_uom": "Nos",
				"is_stock_item": 0,
			}
		).insert()
	frappe.get_doc(
		{
			"doctype": "FnI Product",
			"product_name": name,
			"kind": _KINDS[name],
			"item": name,
			"price": price,
			"cost": flt(price * 0.45, 2),
			"term_months": 60,
			"cancellable": 1,
		}
	).insert()


def _source(name: str) -> None:
	if frappe.db.exists("DocType", "Lead Source") and not frappe.db.exists("Lead Source", name):
		frappe.get_doc({"doctype": "Lead Source", "source_name": name}).insert()


def _feed() -> None:
	if not frappe.db.exists("Lead Feed", {"title": FEED}):
		frappe.get_doc(
			{
				"doctype": "Lead Feed",
				"title": FEED,
				"company": COMPANY,
				"channel": "HTTP",
				"lead_type": "Internet",
			}
		).insert()
