"""How much cash a payer has brought, as the law counts it (``domain.cash_report``), read from the ledger's vouchers.

Payments by Payment Entry, sales at the POS screen and invoices paid on the spot, of twelve months. Everything
that a count needs comes in one statement: payments, decisions of people, reports that stand already.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import frappe
from frappe.utils import cint, cstr, getdate, nowdate

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded
from dealer_pos_crm.dealer_setup.settings import is_dealership, settings_of
from dealer_pos_crm.domain import cash_report as rules
from dealer_pos_crm.domain.cash_report import Count, Instrument, Paid
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.listeners.times import happened_at

REPORT = "Cash Report"
ROW = "Cash Report Payment"
RELATION = "Cash Relation"
_INVOICES = ("POS Invoice", "Sales Invoice")


@dataclass(frozen=True)
class CashPosition:
	"""Cash of a payer that stands in no filed report: the highest of their counts, in the company's currency.

	``warn``: it is near the limit or over it. ``known``: the payer's data are recorded. ``report``: the one that
	is to be filed."""

	amount: Money
	limit: Money
	warn: bool
	first_on: date | None = None
	known: bool = False
	report: str | None = None

	@property
	def over(self) -> bool:
		return rules.is_over(self.amount)


@dataclass
class Facts:
	"""What one statement brought. ``rows``: by the id of a payment; ``related``: pairs of ids."""

	company: str
	paid: list[Paid] = field(default_factory=list)
	rows: dict[str, Any] = field(default_factory=dict)
	related: list[tuple[str, str]] = field(default_factory=list)
	decided: set[frozenset[str]] = field(default_factory=set)
	reports: dict[str, Any] = field(default_factory=dict)
	invoices: list[Any] = field(default_factory=list)
	sale: Any = None

	@property
	def settled(self) -> frozenset[str]:
		"""Payments of reports that are filed or not required."""
		return frozenset(name for name, row in self.rows.items() if row.report_status in _DECIDED)

	def counts(self, more: Iterable[Paid] = ()) -> list[Count]:
		return rules.counts([*self.paid, *more], self.related, self.settled)

	def known(self, customer: str) -> bool:
		"""Whether the payer's data were recorded on one of their reports."""
		return any(row.payer == customer and cint(row.complete) for row in self.reports.values())


_DECIDED = {status.value for status in rules.DECIDED}


def applies(company: str | None) -> bool:
	"""Whether a company reports cash: a dealership that keeps its books in US dollars."""
	return is_dealership(company) and company_currency(company) == rules.CURRENCY


def warn_from(company: str) -> Money:
	set_to = rounded(settings_of(company).get("cash_warn_amount"), rules.CURRENCY)
	return min(set_to, rules.LIMIT) if set_to else rules.WARN_FROM


def position(customer: str, company: str) -> CashPosition | None:
	"""Where a payer stands; None where cash is not reported. One statement."""
	if not applies(company):
		return None
	facts = read(customer, company)
	highest = max(facts.counts(), key=lambda count: count.amount, default=None)
	amount = highest.amount if highest else Money.zero(rules.CURRENCY)
	return CashPosition(
		amount,
		rules.LIMIT,
		amount >= warn_from(company),
		highest.first_on if highest else None,
		facts.known(customer),
		next(
			(
				name
				for name, row in facts.reports.items()
				if row.payer == customer and row.status == "To File"
			),
			None,
		),
	)


# --- Reading ------------------------------------------------------------------------------------------

_INSTRUMENT = """coalesce(nullif({own}, ''), nullif(m.dealer_instrument, ''),
	if(m.type = 'Cash', 'Currency', null))"""
_OF_REPORT = """left join `tabCash Report Payment` x
	on x.reference_doctype = {doctype} and x.reference_name = p.name
	left join `tabCash Report` c on c.name = x.parent"""

_PAYMENTS = f"""select 'Payment Entry' as doctype, p.name, p.party as payer, p.posting_date, p.creation,
	null as posting_time, p.base_paid_amount as amount, p.base_received_amount as received, p.paid_amount,
	{_INSTRUMENT.format(own="p.dealer_instrument")} as instrument, p.dealer_face_value as face,
	p.dealer_deal as deal, p.dealer_vehicle as vehicle, p.dealer_repair_order as repair_order,
	p.dealer_deposit as deposit, p.reference_no as number,
	(select group_concat(r.reference_name order by r.idx separator '\\n') from `tabPayment Entry Reference` r
		where r.parent = p.name and r.allocated_amount > 0) as pays,
	(select group_concat(distinct s.dealer_deal separator '\\n') from `tabPayment Entry Reference` r
		join `tabSales Invoice` s on s.name = r.reference_name and r.reference_doctype = 'Sales Invoice'
		where r.parent = p.name) as deals,
	(select max(s.base_grand_total) from `tabPayment Entry Reference` r
		join `tabSales Invoice` s on s.name = r.reference_name and r.reference_doctype = 'Sales Invoice'
		where r.parent = p.name) as price,
	d.total_due as deal_price, v.price as vehicle_price,
	c.name as report, c.status as report_status
from {{people}} `tabPayment Entry` p
	left join `tabMode of Payment` m on m.name = p.mode_of_payment
	left join `tabDeal Jacket` d on d.name = p.dealer_deal
	left join `tabDealer Vehicle` v on v.name = coalesce(nullif(p.dealer_vehicle, ''), d.vehicle)
	{_OF_REPORT.format(doctype="'Payment Entry'")}
where p.docstatus = 1 and p.payment_type = 'Receive' and p.party_type = 'Customer' and p.company = %(company)s
	and p.posting_date >= %(since)s and ifnull(p.dealer_card_payment, '') = '' {{only}}
	and ifnull(p.dealer_returned_check, '') = ''
	and ({_INSTRUMENT.format(own="p.dealer_instrument")}) is not null"""


def _sales(doctype: str) -> str:
	return f"""select '{doctype}' as doctype, p.name, p.customer as payer, p.posting_date, p.creation,
	p.posting_time, sum(y.base_amount)
		- if({_INSTRUMENT.format(own="''")} = 'Currency', max(p.base_change_amount), 0) as amount,
	null as received, null as paid_amount,
	{_INSTRUMENT.format(own="''")} as instrument, null as face,
	null as deal, null as vehicle, null as repair_order, null as deposit, null as number,
	null as pays, null as deals, max(p.base_grand_total) as price, null as deal_price, null as vehicle_price,
	max(c.name) as report, max(c.status) as report_status
from {{people}} `tab{doctype}` p
	join `tabSales Invoice Payment` y on y.parent = p.name and y.parenttype = '{doctype}'
	left join `tabMode of Payment` m on m.name = y.mode_of_payment
	{_OF_REPORT.format(doctype=f"'{doctype}'")}
where p.docstatus = 1 and p.is_return = 0 and p.company = %(company)s and p.posting_date >= %(since)s
	{"and p.is_pos = 1 and ifnull(p.is_consolidated, 0) = 0" if doctype == "Sales Invoice" else ""}
	and y.base_amount > 0 {{only}}
group by p.name, instrument having instrument is not null"""


_EMPTY = ", ".join(["null"] * 12)
_RELATIONS = f"""select '{RELATION}' as doctype, cast(l.name as char) as name, l.customer as payer, null, null, null,
	null, null, null, l.decision, null, l.first_doctype, l.first_name, l.second_doctype, l.second_name,
	null, null, null, null, null, null, null, null
from `tabCash Relation` l where l.company = %(company)s {{only}}"""

_REPORTS = f"""select '{REPORT}' as doctype, o.name, o.customer as payer, o.first_on, o.creation, null,
	o.cash_amount, o.payer_complete, null, o.status, null, o.deal, null, null, null,
	null, null, null, null, null, null, o.name, o.status
from `tabCash Report` o where o.company = %(company)s {{only}}"""

_INVOICE = """select 'Paid Invoice' as doctype, s.name, s.customer as payer, null, null, null,
	null, null, null, null, null, s.dealer_deal, s.dealer_vehicle, s.dealer_repair_order, null,
	null, null, null, s.base_grand_total as price, null, null, null, null
from `tabSales Invoice` s where s.name in %(invoices)s"""

# The car that a payment is about to be taken for.
_SALE = """select 'Sale' as doctype, null as name, null as payer, null, null, null, null, null, null,
	null, null, d.name, v.name, null, null, null, null, null, null, d.total_due as deal_price,
	v.price as vehicle_price, null, null
from (select 1) one
	left join `tabDeal Jacket` d on d.name = %(deal)s
	left join `tabDealer Vehicle` v on v.name = coalesce(nullif(%(vehicle)s, ''), d.vehicle)"""

# Who belongs to a customer: buyers of the same deal, and people whose payments somebody has put together.
_PEOPLE = """people as (
	select %(customer)s as name
	union select co_buyer from `tabDeal Jacket` where customer = %(customer)s and ifnull(co_buyer, '') != ''
	union select customer from `tabDeal Jacket` where co_buyer = %(customer)s
	union select other_customer from `tabCash Relation`
		where customer = %(customer)s and decision = 'Related' and ifnull(other_customer, '') != ''
	union select customer from `tabCash Relation` where other_customer = %(customer)s and decision = 'Related'
)"""


def read(
	customer: str,
	company: str,
	deal: str | None = None,
	vehicle: str | None = None,
	invoices: Collection[str] = (),
) -> Facts:
	"""What is known of a payer, of those who pay with them, and of whoever paid for the same deals; and of
	invoices that are about to be paid. One statement."""
	ours = "people q straight_join"
	party = "and p.party = q.name"
	others = """and p.party not in (select name from people) and p.dealer_deal in (
		select name from `tabDeal Jacket` where customer = %(customer)s or co_buyer = %(customer)s
			or name = %(deal)s)"""
	near = "and (l.customer in (select name from people) or l.other_customer in (select name from people))"
	parts = [
		_PAYMENTS.format(people=ours, only=party),
		_PAYMENTS.format(people="", only=others),
		*(_sales(doctype).format(people=ours, only="and p.customer = q.name") for doctype in _INVOICES),
		_RELATIONS.format(only=near),
		_REPORTS.format(only="and o.customer in (select name from people)"),
	]
	if invoices:
		parts.append(_INVOICE)
	if deal or vehicle:
		parts.append(_SALE)
	values = {
		"customer": customer,
		"deal": deal or "",
		"vehicle": vehicle or "",
		"invoices": tuple(invoices),
	}
	return _facts(company, f"with {_PEOPLE} {_all(parts)}", values)


def read_all(company: str) -> Facts:
	"""All cash of a company in twelve months, for the night."""
	parts = [
		_PAYMENTS.format(people="", only=""),
		*(_sales(doctype).format(people="", only="") for doctype in _INVOICES),
		_RELATIONS.format(only=""),
		_REPORTS.format(only=""),
	]
	return _facts(company, _all(parts), {})


def _all(parts: list[str]) -> str:
	return " union all ".join(f"({part})" for part in parts)


def _facts(company: str, statement: str, values: dict) -> Facts:
	since = rules.year_before(rules.year_before(getdate(nowdate())))
	found = frappe.db.sql(statement, {**values, "company": company, "since": since}, as_dict=True)
	facts = Facts(company)
	docs: dict[tuple[str, str], str] = {}
	relations = []
	for row in found:
		if row.doctype == "Sale":
			facts.sale = row
		elif row.doctype == RELATION:
			relations.append(row)
		elif row.doctype == "Paid Invoice":
			facts.invoices.append(row)
		elif row.doctype == REPORT:
			facts.reports[row.name] = frappe._dict(
				payer=row.payer,
				status=row.report_status,
				deal=row.deal,
				complete=row.received,
				amount=row.amount,
			)
		else:
			paid = paid_of(row)
			facts.paid.append(paid)
			facts.rows[paid.id] = row
			docs.setdefault((row.doctype, row.name), paid.id)
	for row in relations:
		pair = [docs.get((row.deal, row.vehicle)), docs.get((row.repair_order, row.deposit))]
		if all(pair):
			facts.decided.add(frozenset(pair))
			if row.instrument == "Related":
				facts.related.append((pair[0], pair[1]))
	return facts


def paid_of(row: Any) -> Paid:
	"""A row of the statement, or one like it, as the domain knows it."""
	deal_sale = bool(row.deal or row.deals) or (row.vehicle and not row.repair_order)
	durable = deal_sale or row.doctype in _INVOICES or (bool(row.price) and not row.repair_order)
	prices = [rounded(price, rules.CURRENCY) for price in _prices(row) if price]
	return Paid(
		id=id_of(row.doctype, row.name, row.instrument),
		payer=row.payer,
		at=happened_at(row),
		amount=rounded(row.amount, rules.CURRENCY),
		instrument=Instrument(row.instrument) if row.instrument else None,
		face=rounded(row.face, rules.CURRENCY) if row.face else None,
		designated=rules.is_designated(max(prices) if prices else None, durable=bool(durable)),
		matters=frozenset(_matters(row)),
	)


def _prices(row: Any) -> list:
	return [row.price, row.deal_price, row.vehicle_price if not row.repair_order else None]


def _matters(row: Any) -> Iterable[str]:
	yield f"{row.doctype}:{row.name}"
	for deal in {row.deal, *cstr(row.deals).split("\n")}:
		if deal:
			yield f"Deal Jacket:{deal}"
	if row.repair_order:
		yield f"Repair Order:{row.repair_order}"
	elif row.vehicle and (row.deposit or row.deal):
		yield f"Dealer Vehicle:{row.vehicle}:{row.payer}"  # a hold and the sale of the same car
	for name in cstr(row.pays).split("\n"):
		if name:
			yield f"Document:{name}"


def id_of(doctype: str, name: str | None, instrument: str | None) -> str:
	return f"{doctype}|{name or ''}|{instrument or ''}"


def document_of(paid_id: str) -> tuple[str, str]:
	doctype, name, _instrument = paid_id.split("|")
	return doctype, name


def instrument_of(mode: str | None) -> str | None:
	"""What is handed over in a mode of payment; None for cards and wires. Read from the cache."""
	if not mode:
		return None
	told, kind = frappe.get_cached_value("Mode of Payment", mode, ["dealer_instrument", "type"]) or (
		None,
		None,
	)
	return told or ("Currency" if kind == "Cash" else None)


def count_with(facts: Facts, ids: Collection[str], more: Iterable[Paid] = ()) -> Count | None:
	"""The count that holds one of these payments, the highest where they are in several."""
	found = [count for count in facts.counts(more) if count.ids & set(ids)]
	return max(found, key=lambda count: count.amount, default=None)
