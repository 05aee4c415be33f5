"""More than $10,000 in cash is not taken before it is known who pays (Form 8300).

Called before a Payment Entry or a sale is submitted. Cards, wires and personal checks cost no statement here;
cash costs one, whose answer the submit then uses.
"""

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, flt, get_link_to_form, now_datetime, nowdate

from dealer_pos_crm.dealer_cashier.money import shown
from dealer_pos_crm.dealer_counter.cash_reports import counting
from dealer_pos_crm.domain import cash_report as rules
from dealer_pos_crm.domain.cash_report import Count, Instrument, Paid
from dealer_pos_crm.domain.money import Money


class BuyerUnknown(frappe.ValidationError):
	"""So much cash needs the payer's data first."""


def stamp(payment: Any) -> None:
	"""What was handed over stays on the payment, whatever becomes of its mode. No statement."""
	if payment.payment_type == "Receive" and not payment.get("dealer_instrument"):
		payment.dealer_instrument = counting.instrument_of(payment.mode_of_payment) or ""


def check(payment: Any) -> None:
	"""Before a Payment Entry of a customer is submitted. Raises ``BuyerUnknown``."""
	payment.flags.dealer_cash = None
	if payment.payment_type != "Receive" or payment.get("dealer_card_payment"):
		return
	instrument = payment.get("dealer_instrument") or counting.instrument_of(payment.mode_of_payment)
	if not _may_count(instrument) or not counting.applies(payment.company):
		return
	pays = [row.reference_name for row in payment.references if flt(row.allocated_amount)]
	row = frappe._dict(
		doctype="Payment Entry",
		name=payment.name,
		payer=payment.party,
		posting_date=payment.posting_date,
		creation=payment.creation or now_datetime(),
		amount=payment.base_paid_amount or payment.paid_amount,
		instrument=instrument,
		face=payment.get("dealer_face_value"),
		deal=payment.get("dealer_deal"),
		vehicle=payment.get("dealer_vehicle"),
		repair_order=payment.get("dealer_repair_order"),
		deposit=payment.get("dealer_deposit"),
		number=payment.reference_no,
		pays="\n".join(pays),
	)
	invoices = [row.reference_name for row in payment.references if row.reference_doctype == "Sales Invoice"]
	_judge(payment, payment.company, [row], invoices)


def check_sale(invoice: Any) -> None:
	"""Before an invoice that is paid on the spot is submitted, at the POS screen or not. Raises ``BuyerUnknown``."""
	invoice.flags.dealer_cash = None
	if invoice.is_return or not invoice.is_pos or invoice.get("is_consolidated"):
		return
	paid: dict[str, float] = {}
	for row in invoice.payments:
		instrument = counting.instrument_of(row.mode_of_payment)
		if _may_count(instrument) and flt(row.base_amount or row.amount) > 0:
			paid[instrument] = paid.get(instrument, 0) + flt(row.base_amount or row.amount)
	if not paid or not counting.applies(invoice.company):
		return
	if "Currency" in paid:
		paid["Currency"] -= flt(invoice.base_change_amount)
	rows = [
		frappe._dict(
			doctype=invoice.doctype,
			name=invoice.name,
			payer=invoice.customer,
			posting_date=invoice.posting_date,
			posting_time=invoice.posting_time,
			amount=amount,
			instrument=instrument,
			price=invoice.base_grand_total,
		)
		for instrument, amount in paid.items()
		if amount > 0
	]
	_judge(invoice, invoice.company, rows, ())


def check_receipt(receipt: Any) -> None:
	"""Before a Counter Receipt charges a card: the cash that comes with it may be taken. Raises
	``BuyerUnknown``. Without a card the payments themselves are checked, in one transaction."""
	if not any(row.way == "Card" for row in receipt.tenders):
		return
	tenders = [row for row in receipt.tenders if row.way == "Mode"]
	deals = {row.deal for row in receipt.lines if row.deal}
	orders = {row.repair_order for row in receipt.lines}
	found = outlook(
		receipt.customer,
		receipt.company,
		tenders,
		deal=min(deals, default=None),
		repair_order=min(orders) if all(orders) else None,
		invoices=[row.reference_name for row in receipt.lines],
	)
	if found and found["needed"]:
		_refuse(receipt.customer, receipt.company, found["count"], found["report"])


def outlook(
	customer: str,
	company: str,
	tenders: Iterable[dict],
	*,
	deal: str | None = None,
	repair_order: str | None = None,
	invoices: Iterable[str] = (),
) -> dict | None:
	"""What the count comes to with this cash; None when it is no cash. At most one statement.

	``needed``: the payer's data have to be recorded first.
	"""
	if not counting.applies(company):
		return None
	rows = []
	for number, tender in enumerate(tenders):
		instrument = counting.instrument_of(tender.get("mode_of_payment"))
		if _may_count(instrument) and flt(tender.get("amount")) > 0:
			rows.append(
				frappe._dict(
					doctype="Tender",
					name=cstr(number),
					payer=customer,
					posting_date=nowdate(),
					creation=now_datetime(),
					amount=flt(tender.get("amount")),
					instrument=instrument,
					face=flt(tender.get("face_value")) or None,
					deal=deal,
					repair_order=repair_order,
					pays="\n".join(invoices),
				)
			)
	if not rows:
		return None
	facts, _paid, count = _count(company, rows, list(invoices))
	if not count:
		return None
	return {
		"count": count,
		"amount": count.amount,
		"over": rules.is_over(count.amount),
		"needed": rules.is_over(count.amount) and not facts.known(customer),
		"report": _report_of(facts, customer),
	}


def _may_count(instrument: str | None) -> bool:
	return bool(instrument) and (
		instrument == Instrument.CURRENCY.value or Instrument(instrument) in rules.MONETARY
	)


def _judge(doc: Any, company: str, rows: list[Any], invoices: Iterable[str]) -> None:
	facts, paid, count = _count(company, rows, list(invoices))
	if not count:
		return
	for each, row in zip(paid, rows, strict=True):
		facts.paid.append(each)
		facts.rows[each.id] = row
	doc.flags.dealer_cash = frappe._dict(facts=facts, ids=[each.id for each in paid])
	if not rules.is_over(count.amount) or facts.known(rows[0].payer):
		return
	if frappe.flags.in_import or frappe.flags.in_migrate or frappe.flags.in_patch:
		return  # it was taken already; the night finds it
	_refuse(rows[0].payer, company, count, _report_of(facts, rows[0].payer))


def _count(
	company: str, rows: list[Any], invoices: list[str]
) -> tuple[counting.Facts, list[Paid], Count | None]:
	facts = counting.read(rows[0].payer, company, rows[0].get("deal"), rows[0].get("vehicle"), invoices)
	for row in rows:
		if facts.sale:
			row.deal_price, row.vehicle_price = facts.sale.deal_price, facts.sale.vehicle_price
		if facts.invoices:
			row.deals = "\n".join(sorted({each.deal for each in facts.invoices if each.deal}))
			row.price = max(flt(each.price) for each in facts.invoices)
	paid = [counting.paid_of(row) for row in rows]
	return facts, paid, counting.count_with(facts, [each.id for each in paid], paid)


def _report_of(facts: counting.Facts, customer: str) -> str | None:
	return next(
		(
			name
			for name, row in facts.reports.items()
			if row.payer == customer and row.status not in ("Filed", "Not Required")
		),
		None,
	)


def _refuse(customer: str, company: str, count: Count, report: str | None) -> None:
	name = frappe.get_cached_value("Customer", customer, "customer_name") or customer
	where = (
		_("Record who pays on {0}").format(get_link_to_form(counting.REPORT, report))
		if report
		else _("Record who pays: {0}, Cash, Record Payer").format(
			get_link_to_form("Customer", customer, frappe.utils.escape_html(name))
		)
	)
	frappe.throw(
		_(
			"With this, {0} has paid {1} in cash in related payments. Above {2} the law wants to know who pays (Form 8300). {3}, then go on; a taxpayer id that is refused is recorded as refused"
		).format(
			frappe.bold(frappe.utils.escape_html(name)), _shown(count.amount), _shown(rules.LIMIT), where
		),
		BuyerUnknown,
		title=_("Who Pays?"),
	)


def _shown(amount: Money) -> str:
	return shown(amount)
