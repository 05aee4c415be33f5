"""Finds receipts: by number, order, amount, last four digits of a card, date, customer or phone.

Each kind of paper is asked for each thing that the text may be, newest first, with the rights of whoever asks.
Pages are cut from all of them together, so nothing is left out; ``more`` says that there is another page.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import frappe
from frappe.utils import cint, get_datetime, getdate

from dealer_pos_crm.domain import receipt as rules
from dealer_pos_crm.domain.receipt import Kind, Question

PAGE = 20
_MOST_CUSTOMERS = 200  # that a name may fit; more is a wider net than a receipt is looked for with

Filters = list[list[Any]]


@dataclass(frozen=True)
class Source:
	"""One kind of paper: where it is kept, and in which of its fields what is looked for stands."""

	kind: Kind
	doctype: str
	at: str  # when it happened: a time
	day: str  # the same, as dates are asked for
	amounts: tuple[str, ...]
	fields: tuple[str, ...]
	only: tuple[tuple[str, str, Any], ...] = ()
	numbers: tuple[str, ...] = ("name",)
	children: tuple[tuple[str, str], ...] = ()  # (child doctype, field) that a number may stand in
	tenders: str = ""  # child doctype whose amounts are looked through as well
	last_four: Callable[[str], Filters] | None = None
	customer: str = "customer"


def _by_card(field: str, cards_of: Callable[[str], list[str]]) -> Callable[[str], Filters]:
	def filters(last_four: str) -> Filters:
		return [[field, "in", cards_of(last_four) or [""]]]

	return filters


def _cards(last_four: str) -> list[str]:
	return frappe.get_all("Card Payment", {"last4": last_four}, pluck="name", order_by="creation desc")


def _deposits(last_four: str) -> list[str]:
	rows = frappe.get_all(
		"Card Payment",
		{"last4": last_four, "deposit": ("is", "set")},
		pluck="deposit",
		order_by="creation desc",
	)
	return list(dict.fromkeys(rows))


def _receipts(last_four: str) -> Filters:
	return [["Counter Receipt Tender", "card_payment", "in", _cards(last_four) or [""]]]


SOURCES: tuple[Source, ...] = (
	Source(
		Kind.RECEIPT,
		"Counter Receipt",
		"creation",
		"creation",
		("amount", "given_amount"),
		("customer_name", "amount", "currency", "status", "taken_by as who"),
		children=(
			("Counter Receipt Line", "repair_order"),
			("Counter Receipt Line", "deal"),
			("Counter Receipt Line", "reference_name"),
			("Counter Receipt Tender", "reference_no"),
		),
		tenders="Counter Receipt Tender",
		last_four=_receipts,
	),
	Source(
		Kind.DEPOSIT,
		"Deposit",
		"taken_on",
		"taken_on",
		("amount", "taken_amount"),
		("customer_name", "amount", "currency", "status", "taken_by as who"),
		only=(("status", "!=", "Draft"),),
		numbers=("name", "deal"),
		children=(("Deposit Tender", "reference_no"),),
		tenders="Deposit Tender",
		last_four=_by_card("name", _deposits),
	),
	Source(
		Kind.REFUND,
		"Counter Refund",
		"creation",
		"creation",
		("amount",),
		("customer_name", "amount", "currency", "status", "requested_by as who"),
		numbers=("name", "source_name", "return_invoice", "repair_order", "deal", "reference_no"),
	),
	Source(
		Kind.REFUND,
		"Payment Entry",
		"creation",
		"posting_date",
		("paid_amount",),
		(
			"party_name as customer_name",
			"paid_amount as amount",
			"paid_from_account_currency as currency",
			"status",
			"owner as who",
		),
		only=(
			("payment_type", "=", "Pay"),
			("party_type", "=", "Customer"),
			("docstatus", "in", [1, 2]),
			("dealer_counter_refund", "is", "not set"),
			("dealer_card_refund", "is", "not set"),
		),
		numbers=("name", "reference_no", "dealer_deposit", "dealer_repair_order", "dealer_deal"),
		customer="party",
	),
	Source(
		Kind.REFUND,
		"Card Refund",
		"creation",
		"creation",
		("amount",),
		("customer", "amount", "currency", "status", "requested_by as who"),
		numbers=("name", "card_payment", "payment_entry"),
		last_four=_by_card("card_payment", _cards),
	),
	Source(
		Kind.CARD,
		"Card Payment",
		"captured_on",
		"captured_on",
		("amount", "captured_amount"),
		(
			"customer_name",
			"amount",
			"currency",
			"status",
			"requested_by as who",
			"last4",
			"brand",
		),
		only=(("captured_amount", ">", 0),),
		numbers=("name", "for_name", "payment_entry", "repair_order", "deal", "deposit"),
		last_four=lambda last_four: [["last4", "=", last_four]],
	),
	Source(
		Kind.SALE,
		"POS Invoice",
		"creation",
		"posting_date",
		("grand_total", "rounded_total", "paid_amount"),
		(
			"customer_name",
			"grand_total as amount",
			"currency",
			"status",
			"owner as who",
			"is_return",
		),
		only=(("docstatus", "in", [1, 2]),),
		numbers=("name", "return_against", "consolidated_invoice"),
	),
	Source(
		Kind.PAYMENT,
		"Payment Entry",
		"creation",
		"posting_date",
		("received_amount", "paid_amount"),
		(
			"party_name as customer_name",
			"received_amount as amount",
			"paid_to_account_currency as currency",
			"status",
			"owner as who",
		),
		only=(
			("payment_type", "=", "Receive"),
			("party_type", "=", "Customer"),
			("docstatus", "in", [1, 2]),
			("dealer_counter_receipt", "is", "not set"),
			("dealer_deposit", "is", "not set"),
		),
		numbers=("name", "reference_no", "dealer_repair_order", "dealer_deal"),
		children=(("Payment Entry Reference", "reference_name"),),
		customer="party",
	),
)


def find(
	text: str,
	company: str,
	*,
	kind: str | None = None,
	from_date: str | None = None,
	to_date: str | None = None,
	start: int = 0,
) -> dict:
	"""One page of what fits, newest first: ``{"rows", "start", "page", "more", "asked"}``. Without a text: what
	there was in the time asked for."""
	asked = rules.question(text, getdate(), day_first=_day_first())
	if text.strip() and asked.asks_nothing:
		return {"rows": [], "start": 0, "page": PAGE, "more": False, "too_short": True}
	start = max(0, cint(start))
	period = _period(asked.day, from_date, to_date)
	found: dict[tuple[str, str], dict] = {}
	for source in SOURCES:
		if (kind and source.kind.value != kind) or not frappe.has_permission(source.doctype, "read"):
			continue
		for filters, one_of in _questions(source, asked):
			for row in _read(source, company, period, filters, one_of, start + PAGE + 1):
				found.setdefault((row["doctype"], row["name"]), row)
	rows = sorted(found.values(), key=lambda row: (row["at"], row["name"]), reverse=True)
	page = rows[start : start + PAGE]
	_tell_prints(page)
	return {"rows": page, "start": start, "page": PAGE, "more": len(rows) > start + PAGE}


def _day_first() -> bool:
	return (frappe.db.get_default("date_format") or "").lower().startswith("dd")


def _period(day: date | None, from_date: str | None, to_date: str | None) -> tuple[date | None, date | None]:
	if day:
		return day, day
	return getdate(from_date) if from_date else None, getdate(to_date) if to_date else None


def _questions(source: Source, asked: Question) -> Iterator[tuple[Filters, Filters]]:
	"""What must hold, and of what one must hold, for each thing that the text may be; nothing of both where only
	the time is asked for."""
	if asked.asks_nothing or asked.day:
		yield [], []
		return
	own: Filters = []
	if asked.number:
		like = f"%{_escaped(asked.number)}%"
		own += [[field, "like", like] for field in source.numbers]
		for child, field in source.children:
			yield [[child, field, "like", like]], []
	if asked.amount is not None:
		own += [[field, "in", [float(asked.amount), -float(asked.amount)]] for field in source.amounts]
		if source.tenders:
			yield [[source.tenders, "amount", "=", float(asked.amount)]], []
	customers = _customers(asked)
	if customers:
		own.append([source.customer, "in", customers])
	if own:
		yield [], own
	if asked.last_four and source.last_four:
		yield source.last_four(asked.last_four), []


def _customers(asked: Question) -> list[str]:
	"""Customers of that name, or with that phone."""
	if not asked.words and not asked.phone:
		return []
	key = ("dealer_receipts_of", asked.text)
	if key not in frappe.local.cache:
		frappe.local.cache[key] = list(dict.fromkeys((*_named(asked.words), *_with_phone(asked.phone))))
	return frappe.local.cache[key]


def _named(words: Sequence[str]) -> list[str]:
	if not words:
		return []
	filters = [["customer_name", "like", f"%{_escaped(word)}%"] for word in words]
	return frappe.get_list("Customer", filters, pluck="name", limit=_MOST_CUSTOMERS, order_by="modified desc")


def _with_phone(digits: str) -> list[str]:
	"""By the digits of a number, however it was written down; the last ten of them where a country stands before."""
	if not digits:
		return []
	return frappe.db.sql_list(
		"""select link.link_name from `tabContact Phone` phone
			inner join `tabDynamic Link` link on link.parent = phone.parent and link.parenttype = 'Contact'
				and link.link_doctype = 'Customer'
			where regexp_replace(phone.phone, '[^0-9]', '') like %(tail)s
		union select name from `tabCustomer` where regexp_replace(ifnull(mobile_no, ''), '[^0-9]', '') like %(tail)s
		limit %(most)s""",
		{"tail": f"%{digits[-10:]}", "most": _MOST_CUSTOMERS},
	)


def _read(
	source: Source,
	company: str,
	period: tuple[date | None, date | None],
	filters: Filters,
	one_of: Filters,
	most: int,
) -> list[dict]:
	since, until = period
	conditions: Filters = [["company", "=", company], *[list(one) for one in source.only], *filters]
	if since:
		conditions.append([source.day, ">=", since])
	if until:
		end = get_datetime(f"{until} 23:59:59.999999") if source.day != "posting_date" else until
		conditions.append([source.day, "<=", end])
	table = f"`tab{source.doctype}`"
	rows = frappe.get_list(
		source.doctype,
		filters=[one if len(one) == 4 else [source.doctype, *one] for one in conditions],
		or_filters=[[source.doctype, *one] for one in one_of],
		fields=["name", f"{source.customer} as customer", f"{source.at} as at", *source.fields],
		order_by=f"{table}.{source.at} desc, {table}.name desc",
		distinct=True,
		limit=most,
	)
	return [
		{
			**row,
			"doctype": source.doctype,
			"kind": _kind_of(source, row),
			"at": get_datetime(row.at),
			"amount": abs(row.amount or 0),
		}
		for row in rows
	]


def _kind_of(source: Source, row: Any) -> str:
	return Kind.REFUND.value if row.get("is_return") else source.kind.value


def _tell_prints(rows: Sequence[dict]) -> None:
	"""How often each of them was printed, in one query."""
	if not rows:
		return
	counted = frappe.get_all(
		"Receipt Print",
		{"reference_name": ("in", [row["name"] for row in rows])},
		["reference_doctype", "reference_name", "number"],
		order_by="number",
	)
	most = {(one.reference_doctype, one.reference_name): one.number for one in counted}
	for row in rows:
		row["printed"] = most.get((row["doctype"], row["name"]), 0)
		row.setdefault("customer_name", None)
		row["customer_name"] = row["customer_name"] or frappe.get_cached_value(
			"Customer", row["customer"], "customer_name"
		)


def _escaped(text: str) -> str:
	return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
