"""The invoice of a repair order: lines by job, what was paid, and what was recommended and not done."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt, format_date

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import dealer, in_words, less, plain
from dealer_pos_crm.dealer_service.billing.reading import documents_of
from dealer_pos_crm.dealer_service.printing.pieces import (
	car_facts,
	declined_rows,
	mileage,
	name_of,
	person,
)
from dealer_pos_crm.domain.money import Money


def service_invoice(doc: Any) -> Paper:
	order = frappe.get_doc("Repair Order", doc.dealer_repair_order) if doc.dealer_repair_order else None
	total = rounded(doc.rounded_total or doc.grand_total, doc.currency)
	open_amount = rounded(doc.outstanding_amount, doc.currency)
	sums = [Sum(_("Work"), tuple(_lines(doc, total))), *_paid(doc, order, total, open_amount)]
	if order and doc.customer == order.customer:
		if doc.docstatus == 1 and not cint(doc.is_return):
			sums += _besides(doc, order, open_amount)
		declined = declined_rows(order)
		if declined:
			sums.append(Sum(_("Recommended, and not done on this visit"), declined))
	return Paper(
		title=_("Credit Note") if cint(doc.is_return) else _("Invoice"),
		number=doc.name,
		date=format_date(doc.posting_date),
		dealer=dealer(doc.company),
		mark=_mark(doc),
		facts=tuple(_facts(doc, order)),
		amount_label=_("Open now"),
		amount=shown(open_amount) if doc.docstatus == 1 else "",
		in_words=in_words(open_amount) if doc.docstatus == 1 and open_amount.minor > 0 else "",
		sums=tuple(sums),
		terms_title=_("Payment") if doc.terms else "",
		terms=plain(frappe.utils.strip_html(cstr(doc.terms))),
	)


def _mark(doc: Any) -> Mark | None:
	if doc.docstatus == 0:
		return Mark(_("Draft"), _("This is not an invoice yet."))
	if doc.docstatus == 2:
		return Mark(_("Cancelled"), _("This invoice is void."))
	return None


def _facts(doc: Any, order: Any) -> list[Fact]:
	found = [Fact(_("Bill to"), name_of(doc.customer))]
	if doc.address_display:
		lines = cstr(doc.address_display).replace("<br>", "\n")
		found.append(
			Fact(_("Address"), plain(", ".join(frappe.utils.strip_html(lines).split("\n")).strip(" ,")))
		)
	if order:
		if order.customer != doc.customer:
			found.append(Fact(_("Owner"), name_of(order.customer)))
		found.append(Fact(_("Repair order"), order.name))
	found += car_facts(doc.dealer_vehicle, order.vehicle_title if order else None)
	if order:
		found += mileage(order)
		if order.advisor:
			found.append(Fact(_("Advisor"), person(order.advisor)))
	if doc.due_date and rounded(doc.outstanding_amount, doc.currency).minor > 0:
		found.append(Fact(_("Due"), format_date(doc.due_date)))
	return found


def _lines(doc: Any, total: Money) -> list[Row]:
	"""Each line of the invoice, its taxes, and the total they come to."""
	rows = []
	for item in doc.items:
		quantity = flt(item.qty)
		note = (
			f"{quantity:g} × {shown(rounded(item.rate, doc.currency))}" if quantity not in (0, 1, -1) else ""
		)
		rows.append(
			Row(
				plain(frappe.utils.strip_html(cstr(item.description or item.item_name))),
				shown(rounded(item.amount, doc.currency)),
				note,
			)
		)
	taxes = [tax for tax in doc.taxes if flt(tax.tax_amount)]
	if taxes:
		rows.append(Row(_("Before tax"), shown(rounded(doc.net_total, doc.currency)), kind="total"))
	for tax in taxes:
		rows.append(
			Row(
				plain(frappe.utils.strip_html(cstr(tax.description))),
				shown(rounded(tax.tax_amount, doc.currency)),
			)
		)
	rows.append(Row(_("Total"), shown(total), kind="held"))
	return rows


def _besides(doc: Any, order: Any, open_amount: Money) -> list[Sum]:
	"""The deductible of an insurer's bill: the customer pays it together with this invoice."""
	deductibles = documents_of(order, lock=False).deductibles
	if not deductibles:
		return []
	rows = [Row(_("This invoice"), shown(open_amount), doc.name)]
	due = open_amount
	for row in deductibles:
		note = _("{0}, billed to {1}").format(row.name, name_of(order.insurer))
		if row.open != row.amount:
			note = " · ".join((note, _("{0} paid").format(shown(row.amount - row.open))))
		rows.append(Row(_("Deductible"), shown(row.open), note))
		due = due + row.open
	rows.append(Row(_("To pay in all"), shown(due), kind="held"))
	return [Sum(_("Besides this invoice"), tuple(rows))]


def _paid(doc: Any, order: Any, total: Money, open_amount: Money) -> list[Sum]:
	"""How the total became what is open: payments, a deductible that somebody else owes, credits."""
	if doc.docstatus != 1 or open_amount == total:
		return []
	rows = []
	left = total
	for reference in frappe.get_all(
		"Payment Entry Reference",
		{"reference_doctype": doc.doctype, "reference_name": doc.name, "docstatus": 1},
		["parent", "allocated_amount"],
		order_by="creation, parent",
	):
		payment = frappe.get_cached_value(
			"Payment Entry",
			reference.parent,
			["mode_of_payment", "posting_date", "dealer_deposit"],
			as_dict=True,
		)
		amount = rounded(reference.allocated_amount, doc.currency)
		label = (
			_("Deposit {0}").format(payment.dealer_deposit)
			if payment.dealer_deposit
			else _("Paid: {0}").format(_(payment.mode_of_payment or ""))
		)
		rows.append(
			Row(label, less(amount), f"{reference.parent} · {format_date(payment.posting_date)}", "less")
		)
		left = left - amount
	for entry in frappe.get_all(
		"Journal Entry Account",
		{"reference_type": doc.doctype, "reference_name": doc.name, "docstatus": 1, "credit": (">", 0)},
		["parent", "credit"],
		order_by="creation, parent",
	):
		amount = rounded(entry.credit, doc.currency)
		is_deductible = bool(order) and order.insurer == doc.customer
		rows.append(
			Row(
				_("Deductible, owed by {0}").format(name_of(order.customer))
				if is_deductible
				else _("Booked"),
				less(amount),
				entry.parent,
				"less",
			)
		)
		left = left - amount
	if left != open_amount:
		rows.append(Row(_("Credited"), less(left - open_amount), kind="less"))
	rows.append(Row(_("Open now"), shown(open_amount), kind="held"))
	return [Sum(_("Paid"), tuple(rows))]
