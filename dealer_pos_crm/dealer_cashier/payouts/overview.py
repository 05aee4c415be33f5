"""What the form of a payout shows: sums by department, the rows by pages, and what to do next."""

import frappe
from frappe import _
from frappe.query_builder import Case, DocType
from frappe.query_builder.functions import Count, Sum
from frappe.utils import cint

from dealer_pos_crm.dealer_cashier.payouts import payout as rows_of

_MOST = 200
_STATES = ("Exception", "Settled", "Matched")


def rows(name: str, state: str | None, start: int, page: int) -> dict:
	"""A page of rows: exceptions first, then what was settled, then what is matched."""
	line = DocType(rows_of.LINE)
	size = max(1, min(cint(page) or 50, _MOST))
	begin = max(0, cint(start))
	query = (
		frappe.qb.from_(line)
		.where(line.payout == name)
		.select(
			line.name,
			line.transaction_id,
			line.category,
			line.source_id,
			line.created_at,
			line.amount,
			line.fee,
			line.net,
			line.currency,
			line.state,
			line.department,
			line.card_payment,
			line.voucher_type,
			line.voucher,
			line.problem,
			line.suggestion,
			line.note,
			line.account,
			line.settled_by,
		)
	)
	if state:
		query = query.where(line.state == state)
	rank = Case().when(line.state == "Exception", 0).when(line.state == "Settled", 1).else_(2)
	found = query.orderby(rank).orderby(line.created_at).orderby(line.name).limit(size).offset(begin)
	counts = _counts(name)
	return {
		"rows": found.run(as_dict=True),
		"start": begin,
		"page": size,
		"counts": counts,
		"total": counts.get(state, 0) if state else sum(counts.values()),
	}


def _counts(name: str) -> dict[str, int]:
	line = DocType(rows_of.LINE)
	found = dict(
		frappe.qb.from_(line)
		.where(line.payout == name)
		.groupby(line.state)
		.select(line.state, Count("*"))
		.run()
	)
	return {state: found.get(state, 0) for state in _STATES}


def summary(name: str) -> dict:
	"""By department: rows, gross, fees, net; and the sentence that says what comes next."""
	payout = frappe.get_doc(rows_of.DOCTYPE, name)
	line = DocType(rows_of.LINE)
	departments = (
		frappe.qb.from_(line)
		.where(line.payout == name)
		.groupby(line.department)
		.orderby(line.department)
		.select(
			line.department,
			Count("*").as_("rows"),
			Sum(line.amount).as_("amount"),
			Sum(line.fee).as_("fee"),
			Sum(line.net).as_("net"),
		)
		.run(as_dict=True)
	)
	return {
		"status": payout.status,
		"departments": departments,
		"counts": _counts(name),
		"next": _next(payout),
		"problem": payout.problem,
	}


def _next(payout) -> str:
	if payout.status == rows_of.WAITING:
		return _("The provider has not itemised it yet. It is read by itself when that is done")
	if payout.status == rows_of.EXCEPTIONS:
		if payout.problem:
			return _("The rows do not come to what is paid out. Read it again")
		if payout.exception_count == 1:
			return _("One row needs a person. It says what is wrong and what to do")
		return _("{0} rows need a person. Each says what is wrong and what to do").format(
			payout.exception_count
		)
	if payout.status == rows_of.RECONCILED:
		return _("Every row is explained to the cent. Book it")
	if payout.status == rows_of.BOOKED:
		return _("Booked. Match the entry with the bank's statement in the Bank Reconciliation Tool")
	if payout.status == rows_of.MANUAL:
		return _(
			"Started by hand at the provider, which cannot say what such a payout consists of."
			" Book it by a Journal Entry from the clearing account to the bank"
		)
	if payout.status == rows_of.FAILED:
		return _("The bank sent it back. Check the bank account at the provider; the money comes again")
	return _("Cancelled at the provider; nothing to book")
