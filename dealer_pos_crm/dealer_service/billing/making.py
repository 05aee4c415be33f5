"""The documents of ERPNext that bill an order. Each is inserted and submitted by ERPNext's own rules.

Whoever may bill an order need not have the right to write invoices or journals by hand: the right is
checked where the action begins.
"""

from collections.abc import Iterable
from decimal import Decimal

import frappe
from erpnext.accounts.party import get_party_account
from erpnext.accounts.party import set_taxes as tax_rule_of
from frappe import _
from frappe.utils import cint, cstr, flt, get_link_to_form, nowdate

from dealer_pos_crm.dealer_cashier.deposits.taking import check_customer
from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.dealer_service.billing.missing import is_stock_item
from dealer_pos_crm.dealer_service.billing.reading import Invoice
from dealer_pos_crm.dealer_setup.settings import cost_center_of, settings_of
from dealer_pos_crm.domain.billing import Bill, Line, LineKind, check_deductible
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.repair_order import PayType

Made = list[tuple[str, str]]
_DEPARTMENTS = {LineKind.LABOR: "Service", LineKind.PART: "Parts", LineKind.SUBLET: "Service"}


def make(order, bill: Bill, *, move_stock: bool = True) -> Made:
	"""Make the documents of one bill. ``move_stock`` is False where the parts have left the stock before."""
	if bill.pay_type is PayType.INTERNAL:
		return _internal(order, bill, move_stock=move_stock)
	invoice = _invoice(order, bill, move_stock=move_stock)
	made: Made = [("Sales Invoice", invoice.name)]
	if bill.deductible:
		made.append(("Journal Entry", _deductible(order, bill, invoice)))
	return made


def submitted(doc) -> None:
	doc.flags.ignore_permissions = True  # the right to bill an order was checked
	doc.insert()
	doc.submit()


# Sales Invoice


def _invoice(order, bill: Bill, *, move_stock: bool):
	check_customer(bill.payer)
	account = receivable_of(order, bill.payer)
	settings = settings_of(order.company)
	stock = move_stock and cint(settings.update_stock) and any(_from_stock(line) for line in bill.lines)
	invoice = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"company": order.company,
			"customer": bill.payer,
			"currency": order.currency,
			"conversion_rate": 1,
			"posting_date": nowdate(),
			"debit_to": account,
			"cost_center": cost_center_of(order.company, "Service"),
			"disable_rounded_total": 1,
			"ignore_pricing_rule": 1,
			"allocate_advances_automatically": 0,
			"update_stock": int(bool(stock)),
			"dealer_repair_order": order.name,
			"dealer_pay_type": bill.pay_type.value,
			"dealer_vehicle": order.vehicle,
			"remarks": _remarks(order),
			"taxes_and_charges": _tax_template(order, bill),
			"items": [_item(order, settings, line, stock=bool(stock)) for line in bill.lines],
		}
	)
	invoice.flags.dealer_billing = True
	invoice.set_missing_values()
	_at_our_rates(invoice, bill)
	if invoice.taxes_and_charges:
		invoice.set("taxes", [])
		invoice.append_taxes_from_master()
	else:
		invoice.set("taxes", [])
	submitted(invoice)
	_check_sum(order, bill, invoice)
	return invoice


def _remarks(order) -> str:
	return _("Repair order {0}, {1}").format(order.name, cstr(order.vehicle_title or order.vehicle))


def _tax_template(order, bill: Bill) -> str | None:
	"""Customer pay: the order's template, else the settings'. A manufacturer is taxed by ERPNext's own Tax
	Rules for it, and not at all where there are none."""
	if bill.pay_type is PayType.CUSTOMER:
		template = order.tax_template or settings_of(order.company).service_tax_template
		if template:
			return template
	return tax_rule_of(
		bill.payer,
		"Customer",
		nowdate(),
		order.company,
		customer_group=frappe.get_cached_value("Customer", bill.payer, "customer_group"),
	)


def _item(order, settings, line: Line, *, stock: bool) -> dict:
	usual = {
		LineKind.LABOR: settings.labor_item,
		LineKind.PART: settings.parts_item,
		LineKind.SUBLET: settings.sublet_item,
	}
	item = line.item or usual[line.kind]
	exact = _counted(line, item)
	row = {
		"item_code": item,
		"item_name": line.text[:140],
		"description": _description(line, exact=exact),
		"qty": float(line.quantity) if exact else 1,
		"rate": to_float(line.rate if exact else line.amount),
		"price_list_rate": 0,
		"conversion_factor": 1,
		"uom": frappe.get_cached_value("Item", item, "stock_uom"),
		"cost_center": cost_center_of(order.company, _DEPARTMENTS[line.kind]),
		"dealer_job_no": line.job_no,
	}
	if stock and _from_stock(line):
		if not _is_exact(line):
			raise Refused(
				"inexact_part",
				marked("Job {0}, {1}: {2} times {3} is not {4}. Correct quantity or rate of the part"),
				line.job_no,
				line.text,
				line.quantity,
				line.rate,
				line.amount,
			)
		row["qty"], row["rate"] = float(line.quantity), to_float(line.rate)
		row["warehouse"] = line.warehouse or settings.parts_warehouse
	return row


def _is_exact(line: Line) -> bool:
	"""Whether ERPNext will make this amount of quantity and rate, too."""
	made = flt(to_float(line.rate) * float(line.quantity), len(str(line.amount.decimal).partition(".")[2]))
	return line.quantity > 0 and rounded(made, line.amount.currency) == line.amount


def _counted(line: Line, item: str) -> bool:
	"""Whether a part is a row of quantity and rate: the unit allows the quantity, and the sum is exact.
	Else it is one row of its whole amount, which says how much it is."""
	if line.kind is not LineKind.PART or not _is_exact(line):
		return False
	unit = frappe.get_cached_value("Item", item, "stock_uom")
	whole = cint(frappe.get_cached_value("UOM", unit, "must_be_whole_number"))
	return not whole or line.quantity == line.quantity.to_integral_value()


def _from_stock(line: Line) -> bool:
	return line.kind is LineKind.PART and bool(line.item) and is_stock_item(line.item)


def _description(line: Line, *, exact: bool) -> str:
	text = _("Job {0}: {1}").format(line.job_no, frappe.utils.escape_html(line.text))
	if line.kind is LineKind.LABOR and line.quantity > 0 and line.amount:
		return _("{0} ({1} hours)").format(text, _plain(line.quantity))
	if line.kind is LineKind.PART and not exact and line.quantity != 1:
		return _("{0} ({1} at {2})").format(text, _plain(line.quantity), shown(line.rate))
	return text


def _plain(quantity: Decimal) -> str:
	return f"{quantity.normalize():f}"


def _at_our_rates(invoice, bill: Bill) -> None:
	"""ERPNext's defaults (price lists, item texts) give way to what the customer authorised."""
	for row, line in zip(invoice.items, bill.lines, strict=True):
		row.update(
			{
				"rate": to_float(line.rate if flt(row.qty) != 1 else line.amount),
				"price_list_rate": 0,
				"discount_percentage": 0,
				"discount_amount": 0,
				"margin_type": "",
				"margin_rate_or_amount": 0,
			}
		)


def _check_sum(order, bill: Bill, invoice) -> None:
	"""What was booked is what was to be billed, to the cent; else everything is undone."""
	planned = bill.amount(order.currency)
	booked = total((rounded(row.amount, order.currency) for row in invoice.items), order.currency)
	included = any(cint(tax.included_in_print_rate) for tax in invoice.taxes)
	net = rounded(invoice.base_grand_total if included else invoice.base_net_total, order.currency)
	if booked != planned or (net != planned and not (included and _has_other_taxes(invoice))):
		raise Refused(
			"sum_differs",
			marked("The invoice of {0} would be {1} instead of {2}. Nothing was billed; look at its prices"),
			bill.payer,
			booked if booked != planned else net,
			planned,
		)


def _has_other_taxes(invoice) -> bool:
	return any(not cint(tax.included_in_print_rate) for tax in invoice.taxes)


def receivable_of(order, customer: str) -> str:
	account = get_party_account("Customer", customer, order.company)
	if not account:
		frappe.throw(
			_("{0} has no receivable account. Set its Default Receivable Account first").format(
				get_link_to_form("Company", order.company)
			)
		)
	currency = frappe.get_cached_value("Account", account, "account_currency")
	if currency != order.currency:
		raise Refused(
			"currency",
			marked("The account of {0} is kept in {1}. Repair orders are billed in {2} only"),
			customer,
			currency,
			order.currency,
		)
	return account


# Journal Entries


def _deductible(order, bill: Bill, invoice) -> str:
	"""Move the deductible from the insurer's invoice to the customer's account."""
	check_deductible(bill.deductible, rounded(invoice.base_grand_total, order.currency), bill.payer)
	return journal(
		order,
		[
			{
				"account": receivable_of(order, order.customer),
				"party_type": "Customer",
				"party": order.customer,
				"debit": bill.deductible,
			},
			{
				"account": invoice.debit_to,
				"party_type": "Customer",
				"party": bill.payer,
				"credit": bill.deductible,
				"reference_type": "Sales Invoice",
				"reference_name": invoice.name,
			},
		],
		_("Deductible of {0}, repair order {1}").format(bill.payer, order.name),
	)


def journal(order, rows: Iterable[dict], remark: str) -> str:
	"""Submit a Journal Entry of the order. ``rows``: account, debit or credit (Money), and what else."""
	doc = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": "Journal Entry",
			"company": order.company,
			"posting_date": nowdate(),
			"user_remark": remark,
			"dealer_repair_order": order.name,
		}
	)
	for row in rows:
		doc.append(
			"accounts",
			{
				"cost_center": cost_center_of(order.company, "Service"),
				"user_remark": remark,
				**{name: value for name, value in row.items() if name not in ("debit", "credit")},
				"debit_in_account_currency": to_float(row["debit"]) if "debit" in row else 0,
				"credit_in_account_currency": to_float(row["credit"]) if "credit" in row else 0,
			},
		)
	submitted(doc)
	return doc.name


def _internal(order, bill: Bill, *, move_stock: bool) -> Made:
	"""The department charged pays the internal price; who did the work earns it. Parts kept in stock leave
	it at their cost, which the parts department bears against that price."""
	settings = settings_of(order.company)
	rows = []
	for job_no in bill.job_nos:
		lines = [line for line in bill.lines if line.job_no == job_no]
		amount = total((line.amount for line in lines), order.currency)
		if not amount:
			continue
		rows.append(
			{
				"account": settings.internal_expense_account,
				"cost_center": cost_center_of(order.company, bill.payer),
				"debit": amount,
				"dealer_job_no": job_no,
			}
		)
		earned: dict[str, Money] = {}
		for line in lines:
			department = _DEPARTMENTS[line.kind]
			earned[department] = earned.get(department, Money.zero(order.currency)) + line.amount
		rows += [
			{
				"account": settings.internal_income_account,
				"cost_center": cost_center_of(order.company, department),
				"credit": part,
				"dealer_job_no": job_no,
			}
			for department, part in earned.items()
			if part
		]
	remark = _("Internal work for {0}, repair order {1}, {2}").format(
		_(bill.payer), order.name, cstr(order.vehicle_title or order.vehicle)
	)
	made: Made = [("Journal Entry", journal(order, rows, remark))]
	taken = [line for line in bill.lines if _from_stock(line)]
	if move_stock and cint(settings.update_stock) and taken:
		made.append(("Stock Entry", _material_issue(order, taken, remark)))
	return made


def _material_issue(order, lines: list[Line], remark: str) -> str:
	settings = settings_of(order.company)
	doc = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Issue",
			"purpose": "Material Issue",
			"company": order.company,
			"posting_date": nowdate(),
			"remarks": remark,
			"dealer_repair_order": order.name,
			"items": [
				{
					"item_code": line.item,
					"qty": float(line.quantity),
					"uom": frappe.get_cached_value("Item", line.item, "stock_uom"),
					"conversion_factor": 1,
					"s_warehouse": line.warehouse or settings.parts_warehouse,
					"expense_account": frappe.get_cached_value(
						"Company", order.company, "default_expense_account"
					),
					"cost_center": cost_center_of(order.company, "Parts"),
					"dealer_job_no": line.job_no,
				}
				for line in lines
			],
		}
	)
	submitted(doc)
	return doc.name


# Credit notes


def credit_note(invoice: Invoice, reason: str) -> str:
	"""Credit an unpaid invoice in full against itself. The parts have been used and stay out of the stock."""
	from erpnext.controllers.sales_and_purchase_return import make_return_doc

	note = make_return_doc("Sales Invoice", invoice.name)
	note.update(
		{
			"update_stock": 0,
			"update_outstanding_for_self": 0,
			"posting_date": nowdate(),
			"set_posting_time": 0,
			"remarks": reason,
			"disable_rounded_total": 1,
		}
	)
	note.flags.dealer_billing = True
	submitted(note)
	return note.name
