"""A sale at the point of sale: what was sold, for which vehicle, what it came to and how it was paid."""

from dataclasses import replace
from typing import Any

from frappe import _
from frappe.utils import cstr, flt, get_datetime, get_fullname

from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import car_name, dealer, in_words, less, moment, plain
from dealer_pos_crm.dealer_counter.printing.amounts import signed, size
from dealer_pos_crm.domain.money import Money


def sale(doc: Any) -> Paper:
	amount = rounded(doc.rounded_total or doc.grand_total, doc.currency)
	is_return = bool(doc.is_return)
	paper = Paper(
		title=_("Return") if is_return else _("Sales Receipt"),
		number=doc.name,
		date=moment(get_datetime(f"{doc.posting_date} {doc.posting_time}")),
		dealer=dealer(doc.company),
		facts=_facts(doc),
		amount_label=_("Paid back") if is_return else _("Total"),
		amount=signed(size(amount) if is_return else amount),
		in_words=in_words(size(amount)),
		sums=(_sold(doc, amount), *_paid(doc)),
		customer=plain(doc.customer_name or doc.customer),
		signatures=(_("Received by the customer"),) if is_return else (),
		terms=plain(doc.terms),
	)
	if doc.docstatus == 0:
		return replace(paper, mark=Mark(_("Not yet paid"), _("This is not a receipt.")))
	if doc.docstatus == 2:
		return replace(paper, mark=Mark(_("Cancelled"), _("The sale was cancelled. This receipt is void.")))
	return paper


def _facts(doc: Any) -> tuple[Fact, ...]:
	found = [Fact(_("Customer"), plain(doc.customer_name or doc.customer))]
	if doc.is_return and doc.return_against:
		found.append(Fact(_("Returned from"), doc.return_against))
	found.append(Fact(_("Sold by"), plain(get_fullname(doc.owner))))
	if doc.pos_profile:
		found.append(Fact(_("Counter"), plain(doc.pos_profile)))
	return tuple(found)


def _sold(doc: Any, amount: Money) -> Sum:
	rows = []
	for item in doc.items:
		line = rounded(item.amount, doc.currency)
		parts = [
			_("{0} × {1}").format(f"{flt(item.qty):g}", signed(rounded(item.rate, doc.currency)))
			if abs(flt(item.qty)) != 1
			else "",
			car_name(item.dealer_vehicle) if item.get("dealer_vehicle") else "",
			plain(item.serial_no).replace("\n", ", ") if item.serial_no else "",
		]
		rows.append(Row(plain(item.item_name), signed(line), " · ".join(part for part in parts if part)))
	discount = rounded(doc.discount_amount, doc.currency)
	if discount:
		rows.append(
			Row(_("Discount"), less(discount) if discount.minor > 0 else signed(discount), kind="less")
		)
	for tax in doc.taxes:
		tax_amount = rounded(tax.tax_amount_after_discount_amount or tax.tax_amount, doc.currency)
		label = plain(tax.description or tax.account_head)
		if tax.included_in_print_rate:
			rows.append(Row(label, "", _("{0} included").format(signed(tax_amount))))
		elif tax_amount:
			rows.append(Row(label, signed(tax_amount)))
	rounding = rounded(doc.rounding_adjustment, doc.currency) if doc.rounded_total else None
	if rounding:
		rows.append(Row(_("Rounding"), signed(rounding)))
	rows.append(Row(_("Total"), signed(amount), kind="total"))
	return Sum(_("What came back") if doc.is_return else _("What was sold"), tuple(rows))


def _paid(doc: Any) -> tuple[Sum, ...]:
	rows = [
		Row(_(row.mode_of_payment), signed(rounded(row.amount, doc.currency)), plain(cstr(row.reference_no)))
		for row in doc.payments
		if flt(row.amount)
	]
	if not rows:
		return ()
	change = rounded(doc.change_amount, doc.currency)
	if change:
		rows.append(Row(_("Change"), less(change), kind="less"))
	net = rounded(doc.paid_amount, doc.currency) - change
	rows.append(Row(_("Paid back") if doc.is_return else _("Paid"), signed(net), kind="held"))
	return (Sum(_("How it was paid back") if doc.is_return else _("How it was paid"), tuple(rows)),)
