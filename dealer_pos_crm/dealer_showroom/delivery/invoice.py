"""The Sales Invoice of a deal, from the very rows that the worksheet was computed with."""

import frappe
from frappe import _
from frappe.utils import cint, cstr

from dealer_pos_crm.dealer_cashier.deposits.taking import check_customer
from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.dealer_showroom.delivery.posting import cost_center, receivable_of, submitted
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


def make(deal, scenario, total: Money, on):
	"""Insert and submit the invoice; refused, and nothing booked, when it differs from the worksheet."""
	from dealer_pos_crm.dealer_showroom.worksheet import invoice_lines

	check_customer(deal.customer)
	car = stock_of(deal)
	invoice = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"company": deal.company,
			"customer": deal.customer,
			"currency": deal.currency,
			"conversion_rate": 1,
			"posting_date": on,
			"set_posting_time": 1,
			"due_date": on,
			"debit_to": receivable_of(deal, deal.customer),
			"cost_center": cost_center(deal),
			"allocate_advances_automatically": 0,
			"only_include_allocated_payments": 1,
			"update_stock": int(bool(car)),
			"dealer_deal": deal.name,
			"dealer_vehicle": deal.vehicle,
			"remarks": _("Deal {0}, {1}").format(deal.name, cstr(deal.vehicle_title or deal.vehicle)),
		}
	)
	invoice_lines.put(invoice, scenario)
	invoice.set_missing_values()
	invoice_lines.put(invoice, scenario)
	if car:
		_from_stock(invoice, car)
	invoice.set("payment_schedule", [])
	invoice.payment_terms_template = None
	submitted(invoice)
	_check_total(deal, invoice, total)
	return invoice


def stock_of(deal) -> frappe._dict | None:
	"""The stock item and serial number of the deal's vehicle, when it is kept in stock; else None."""
	car = frappe.db.get_value("Dealer Vehicle", deal.vehicle, ["item", "serial_no", "title"], as_dict=True)
	if not (car and car.item and car.serial_no):
		return None
	if not cint(frappe.get_cached_value("Item", car.item, "is_stock_item")):
		return None
	car.warehouse = frappe.db.get_value("Serial No", car.serial_no, "warehouse")
	return car


def stock_problem(deal) -> str | None:
	"""Why the car cannot be taken from the stock: as a text with the remedy; None when it can."""
	car = stock_of(deal)
	if not car:
		return None
	item, warehouse, company = frappe.db.get_value(
		"Serial No", car.serial_no, ["item_code", "warehouse", "company"]
	)
	if item != car.item:
		return _("Serial No {0} is of item {1}, the vehicle says {2}. Correct the vehicle").format(
			car.serial_no, item, car.item
		)
	if not warehouse:
		return _(
			"Serial No {0} is in no warehouse. Receive the car into stock, or take item and serial number off the vehicle"
		).format(car.serial_no)
	if company and company != deal.company:
		return _("Serial No {0} belongs to {1}. Transfer the car to {2} first").format(
			car.serial_no, company, deal.company
		)
	return None


def _from_stock(invoice, car) -> None:
	"""The car's own row, the first, leaves the stock with its serial number."""
	invoice.items[0].update(
		{
			"item_code": car.item,
			"warehouse": car.warehouse,
			"serial_no": car.serial_no,
			"use_serial_batch_fields": 1,
		}
	)


def _check_total(deal, invoice, total: Money) -> None:
	"""What was booked is what the customer signed, to the cent; else everything is undone."""
	booked = rounded(invoice.base_rounded_total or invoice.base_grand_total, deal.currency)
	if booked != total:
		raise Refused(
			"total_differs",
			marked(
				"The invoice of {0} would be {1}, the approved worksheet says {2}. Nothing was booked. Open the worksheet, have it approved again, then deliver"
			),
			deal.name,
			booked,
			total,
		)
