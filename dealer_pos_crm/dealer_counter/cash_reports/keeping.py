"""What payments do to Cash Reports: opened near the limit, due above it, emptied when a payment is taken back.

In the transaction of the payment, and again each night. Reports are locked after everything else.
"""

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt, formatdate, now_datetime

from dealer_pos_crm.dealer_cashier.money import shown, to_float
from dealer_pos_crm.dealer_counter.cash_reports import counting
from dealer_pos_crm.dealer_counter.cash_reports.report import (
	DOCTYPE,
	OPEN,
	copy_payer,
	new,
	save,
	standing,
	write,
)
from dealer_pos_crm.dealer_setup.notices import notify
from dealer_pos_crm.domain import cash_report as rules
from dealer_pos_crm.domain.cash_report import Count, Status

_ROWS = (
	"reference_doctype",
	"reference_name",
	"paid_on",
	"paid_by",
	"instrument",
	"amount",
	"number",
	"deal",
	"related_because",
	"currency",
)


def submitted(doc: Any) -> None:
	"""A payment or a sale in cash stands: the report of its count is kept. No statement for little cash."""
	cash = doc.flags.get("dealer_cash")
	if not cash:
		return
	doc.flags.dealer_cash = None
	for count in cash.facts.counts():
		if count.ids & set(cash.ids):
			name = keep(cash.facts, count)
			if name and doc.doctype == "Payment Entry":
				doc.dealer_cash_report = name


def cancelled(doc: Any) -> None:
	"""A payment was taken back in the books: it counts no more. ``doc`` is a Payment Entry; no statement when it
	stands in no report."""
	if doc.get("dealer_cash_report"):
		take_back(doc.dealer_cash_report, doc.doctype, doc.name)


def sale_cancelled(invoice: Any) -> None:
	"""As ``cancelled``, for a sale. One statement, for sales in cash alone."""
	if not invoice.is_pos or not any(
		counting.instrument_of(row.mode_of_payment) for row in invoice.get("payments") or []
	):
		return
	names = frappe.get_all(
		counting.ROW,
		{"reference_doctype": invoice.doctype, "reference_name": invoice.name, "reversed": 0},
		pluck="parent",
		order_by="parent",
	)
	for name in sorted(set(names)):
		take_back(name, invoice.doctype, invoice.name)


def keep(facts: counting.Facts, count: Count) -> str | None:
	"""Bring the report of a count to what the count says; None when it is too little to watch.

	In the caller's transaction. Locks the reports that hold its payments.
	"""
	names = sorted(
		{
			facts.rows[each.id].report
			for each in count.paid
			if facts.rows[each.id].get("report") and facts.rows[each.id].report_status in OPEN
		}
	)
	if not names and not count.crossed_on and count.amount < counting.warn_from(facts.company):
		return None
	payer = _main_payer(count)
	doc = _alone_with(facts, names, payer)
	if doc is None:
		return None
	before = frappe._dict(status=doc.status, amount=doc.cash_amount)
	take_in(doc, facts, count)
	save(doc)
	mark_payments(doc)
	_empty_others(names, doc.name)
	_tell(doc, count, before.status)
	return doc.name


def take_back(name: str, doctype: str, document: str) -> None:
	"""A payment of a report does not stand any more."""
	doc = frappe.get_doc(DOCTYPE, name, for_update=True)
	hit = [
		row
		for row in doc.payments
		if (row.reference_doctype, row.reference_name) == (doctype, document) and not row.reversed
	]
	if not hit:
		return
	for row in hit:
		row.reversed = 1
	if doc.status in OPEN:
		doc.cash_amount = to_float(standing(doc))
		fell = (
			doc.status == Status.TO_FILE.value
			and not cint(doc.voluntary)
			and not rules.is_over(standing(doc))
		)
		if fell:
			doc.update({"status": Status.WATCHING.value, "crossed_on": None, "due_on": None})
		save(doc)
		if fell:
			write(
				doc,
				"cash_report.not_required",
				_("Cash is under the limit again"),
				reason=_("A payment was cancelled"),
			)
		return
	save(doc)
	notify(
		[doc.responsible],
		_("{0} was filed, and {1} was cancelled since: amend it").format(doc.name, document),
		doc,
	)


# --- Keeping ------------------------------------------------------------------------------------------


def _main_payer(count: Count) -> str:
	"""Who brought most of it, the first of them where it is even."""
	sums: dict[str, int] = {}
	for each in count.paid:
		sums[each.payer] = sums.get(each.payer, 0) + each.amount.minor
	return max(sums, key=lambda payer: sums[payer])


def _alone_with(facts: counting.Facts, names: list[str], payer: str) -> Any | None:
	"""The report of a count with its row locked: the first that holds its payments, else the one prepared for
	the payer, else a new one."""
	for name in names:
		doc = frappe.get_doc(DOCTYPE, name, for_update=True)
		if doc.status in OPEN:
			return doc
	empty = [
		name
		for name, row in facts.reports.items()
		if row.payer == payer and row.status == Status.WATCHING.value and not flt(row.amount)
	]
	for name in sorted(empty):
		doc = frappe.get_doc(DOCTYPE, name, for_update=True)
		if doc.status in OPEN and not any(not row.reversed for row in doc.payments):
			return doc
	known = next(
		(name for name, row in facts.reports.items() if row.payer == payer and cint(row.complete)), None
	)
	doc = new(facts.company, payer, None)
	copy_payer(doc, known)
	return doc


def take_in(doc: Any, facts: counting.Facts, count: Count) -> None:
	old = {(row.reference_doctype, row.reference_name, cstr(row.instrument)): row for row in doc.payments}
	gone = [row for row in doc.payments if row.reversed]
	rows = []
	for each in count.paid:
		found = facts.rows[each.id]
		row = {
			"reference_doctype": found.doctype,
			"reference_name": found.name,
			"paid_on": each.on,
			"paid_by": each.payer,
			"instrument": each.instrument.value if each.instrument else "",
			"amount": to_float(each.amount),
			"number": found.get("number") if each.instrument in rules.MONETARY else None,
			"deal": found.get("deal"),
			"related_because": _(rules.because(count.paid, each, facts.related).value),
			"currency": rules.CURRENCY,
		}
		kept = old.get((found.doctype, found.name, row["instrument"]))
		if kept:
			row |= {name: kept.get(name) for name in ("hundreds", "foreign_amount", "issuer")}
		rows.append(row)
	doc.set("payments", [])
	for row in rows:
		doc.append("payments", row)
	for row in gone:
		doc.append("payments", {**{name: row.get(name) for name in _ROWS}, "reversed": 1})
	first = count.paid[0]
	doc.update(
		{
			"cash_amount": to_float(count.amount),
			"first_on": count.first_on,
			"deal": doc.deal
			or next(
				(facts.rows[each.id].get("deal") for each in count.paid if facts.rows[each.id].get("deal")),
				None,
			),
			"total_price": max((_price(facts.rows[each.id]) for each in count.paid), default=0)
			or doc.total_price,
			"what": doc.what or _what(facts, count),
		}
	)
	doc.group_key = f"{doc.company}|{first.id}"
	if count.crossed_on:
		doc.update(
			{
				"status": Status.TO_FILE.value,
				"crossed_on": count.crossed_on,
				"due_on": rules.due_on(count.crossed_on),
				"notice_due_on": rules.notice_due_on(count.crossed_on),
			}
		)
	elif not cint(doc.voluntary):
		doc.update(
			{"status": Status.WATCHING.value, "crossed_on": None, "due_on": None, "notice_due_on": None}
		)


def _price(row: Any) -> float:
	return flt(row.get("price")) or flt(row.get("deal_price")) or flt(row.get("vehicle_price"))


def _what(facts: counting.Facts, count: Count) -> str:
	"""Box 34 wants the thing itself: the car with its VIN."""
	vehicles = {facts.rows[each.id].get("vehicle") for each in count.paid}
	vehicles |= {
		frappe.get_cached_value("Deal Jacket", facts.rows[each.id].deal, "vehicle")
		for each in count.paid
		if facts.rows[each.id].get("deal")
	}
	lines = []
	for name in sorted(filter(None, vehicles)):
		title, vin = frappe.get_cached_value("Dealer Vehicle", name, ["title", "vin"])
		lines.append(_("{0}, VIN {1}").format(title, vin) if vin else cstr(title))
	return "\n".join(lines)


def mark_payments(doc: Any) -> None:
	"""So that the cancellation of a payment knows its report without asking."""
	names = [
		row.reference_name
		for row in doc.payments
		if row.reference_doctype == "Payment Entry" and not row.reversed
	]
	if names:
		payment = frappe.qb.DocType("Payment Entry")
		frappe.qb.update(payment).set(payment.dealer_cash_report, doc.name).where(
			payment.name.isin(names)
		).run()


def _empty_others(names: Iterable[str], but: str) -> None:
	"""Counts that turned out to be one leave a single report; what was recorded of payers stays."""
	for name in names:
		if name == but:
			continue
		other = frappe.get_doc(DOCTYPE, name, for_update=True)
		if other.status not in OPEN:
			continue
		was_due = other.status == Status.TO_FILE.value
		other.set("payments", [])
		other.update(
			{
				"status": Status.WATCHING.value,
				"cash_amount": 0,
				"first_on": None,
				"crossed_on": None,
				"due_on": None,
				"notice_due_on": None,
				"group_key": f"{other.company}|{other.name}",
			}
		)
		save(other)
		if was_due:
			write(
				other,
				"cash_report.not_required",
				_("Counted in {0}").format(but),
				reason=_("Counted in {0}").format(but),
			)


def _tell(doc: Any, count: Count, before: str | None) -> None:
	amount = shown(count.amount)
	last = count.paid[-1].at
	if doc.status == Status.TO_FILE.value and before != Status.TO_FILE.value:
		title = _("Cash of {0}: report by {1}").format(amount, formatdate(doc.due_on))
		write(doc, "cash_report.due", title, at=min(last, now_datetime()))
	elif doc.status == Status.WATCHING.value and not cint(doc.near_told):
		if count.amount >= counting.warn_from(doc.company):
			doc.db_set("near_told", 1, update_modified=False)
			title = _("Cash of {0} in related payments, near {1}").format(amount, shown(rules.LIMIT))
			write(doc, "cash_report.near", title, at=min(last, now_datetime()))
