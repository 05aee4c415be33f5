"""What the drawer of a shift should hold, by mode of payment, from the documents alone."""

from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe.utils import getdate

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded
from dealer_pos_crm.dealer_counter.shifts import stamping
from dealer_pos_crm.domain import shift as rules
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.shift import ModeSum

_LOCK = "lock in share mode"


@dataclass(frozen=True)
class Found:
	"""A shift's sales and payments, as the ledger has them."""

	currency: str
	sales: list[Any] = field(default_factory=list)  # rows of POS Invoice
	tenders: list[Any] = field(default_factory=list)  # rows of Sales Invoice Payment
	opening: list[tuple[str, Money]] = field(default_factory=list)
	received: list[tuple[str, Money]] = field(default_factory=list)
	paid_out: list[tuple[str, Money]] = field(default_factory=list)
	payments: list[Any] = field(default_factory=list)  # rows by mode and kind

	def by_mode(self) -> list[ModeSum]:
		tenders: dict[str, list[tuple[str, str, Money]]] = {}
		for row in self.tenders:
			amount = rounded(row.base_amount, self.currency)
			tenders.setdefault(row.parent, []).append((row.mode_of_payment, row.account or "", amount))
		sales = [
			rules.Sale(
				tuple(tenders.get(row.name, ())),
				rounded(row.base_change_amount, self.currency),
				row.account_for_change_amount or "",
			)
			for row in self.sales
		]
		return rules.expected(self.currency, self.opening, sales, self.received, self.paid_out)


def expected(shift: str) -> list[ModeSum]:
	"""What each mode should hold now. Four queries, and no lock."""
	return read(shift).by_mode()


def read(shift: str, *, past_snapshot: bool = False) -> Found:
	"""``past_snapshot``: with locks, where the transaction began before the shift was locked."""
	opening = frappe.get_cached_doc(stamping.DOCTYPE, shift)
	currency = company_currency(opening.company)
	sales = sales_of(opening, past_snapshot=past_snapshot)
	payments = frappe.db.sql(
		f"""select mode_of_payment, payment_type,
			sum(if(payment_type = 'Receive', base_received_amount, base_paid_amount)) amount, count(*) count
		from `tabPayment Entry` where dealer_shift = %s and docstatus = 1
		group by mode_of_payment, payment_type order by mode_of_payment {_LOCK if past_snapshot else ""}""",
		(shift,),
		as_dict=True,
	)

	def paid(kind: str) -> list[tuple[str, Money]]:
		return [
			(row.mode_of_payment or "", rounded(row.amount, currency))
			for row in payments
			if row.payment_type == kind
		]

	return Found(
		currency=currency,
		sales=sales,
		tenders=_tenders([row.name for row in sales], past_snapshot),
		opening=[
			(row.mode_of_payment, rounded(row.opening_amount, currency)) for row in opening.balance_details
		],
		received=paid("Receive"),
		paid_out=paid("Pay"),
		payments=payments,
	)


def sales_of(opening: Any, *, past_snapshot: bool = False) -> list[Any]:
	"""Every submitted sale of the shift that no closing has taken, whatever its time says; and those of its
	cashier and counter that were made in it before the counter was ours."""
	fields = """name, posting_date, posting_time, customer, grand_total, net_total, total_qty, is_return,
		return_against, base_change_amount, account_for_change_amount"""
	waiting = "docstatus = 1 and ifnull(consolidated_invoice, '') = ''"
	rows = frappe.db.sql(
		f"""select {fields} from `tabPOS Invoice` where dealer_shift = %s and {waiting}
		{_LOCK if past_snapshot else ""}""",
		(opening.name,),
		as_dict=True,
	)
	rows += frappe.db.sql(
		f"""select {fields} from `tabPOS Invoice`
		where posting_date >= %s and owner = %s and pos_profile = %s and {waiting} and dealer_shift is null""",
		(getdate(opening.period_start_date), opening.user, opening.pos_profile),
		as_dict=True,
	)
	return sorted(rows, key=lambda row: (row.posting_date, row.posting_time, row.name))


def _tenders(sales: list[str], past_snapshot: bool) -> list[Any]:
	if not sales:
		return []
	return frappe.db.sql(
		f"""select parent, mode_of_payment, account, base_amount from `tabSales Invoice Payment`
		where parenttype = 'POS Invoice' and parent in %s order by parent, idx
		{_LOCK if past_snapshot else ""}""",
		(tuple(sales),),
		as_dict=True,
	)


def taxes_of(sales: list[str], past_snapshot: bool = False) -> list[Any]:
	"""Taxes of these sales by account and rate, as ERPNext lists them on its closing."""
	if not sales:
		return []
	return frappe.db.sql(
		f"""select account_head, rate, sum(tax_amount) amount from `tabSales Taxes and Charges`
		where parenttype = 'POS Invoice' and parent in %s group by account_head, rate
		order by account_head, rate {_LOCK if past_snapshot else ""}""",
		(tuple(sales),),
		as_dict=True,
	)
