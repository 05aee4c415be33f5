"""Where the money of each way of paying is: on hand, with the provider, on its way, in the bank.

Read from the General Ledger, account by account; nothing here is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import frappe
from frappe.query_builder import DocType
from frappe.query_builder.functions import Sum
from frappe.utils import getdate

from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.domain.money import Money, total

# One row per day, account and mode of payment. On the provider's side a payout's entry is split into what
# was sent and what it cost; on the bank's it is what arrived.
_MOVEMENTS = """
	select
		gl.posting_date as day,
		gl.account as account,
		ifnull(pe.mode_of_payment, '') as mode,
		sum(case when (pe.payment_type = 'Receive' and pe.party_type = 'Customer')
			or (gl.voucher_type = 'Sales Invoice' and gl.debit > 0)
			then gl.debit - gl.credit else 0 end) as received,
		sum(case when (pe.payment_type = 'Pay' and pe.party_type = 'Customer')
			or (gl.voucher_type = 'Sales Invoice' and gl.credit > 0)
			then gl.debit - gl.credit else 0 end) as refunded,
		sum(case when ifnull(je.dealer_dispute_case, '') != '' then gl.debit - gl.credit else 0 end) as disputed,
		sum(case when gp.name is null or gp.reversal_entry = je.name
				or (gl.debit - gl.credit) * gp.amount > 0 then 0
			else gl.debit - gl.credit + gp.amount end) as fees,
		sum(case when gp.name is not null
				and (gp.reversal_entry = je.name or (gl.debit - gl.credit) * gp.amount > 0)
				then gl.debit - gl.credit
			when gp.name is not null then -gp.amount
			when pe.payment_type = 'Internal Transfer'
				or (je.voucher_type in ('Bank Entry', 'Contra Entry') and ifnull(je.dealer_dispute_case, '') = '')
			then gl.debit - gl.credit else 0 end) as to_bank,
		sum(gl.debit - gl.credit) as moved
	from `tabGL Entry` gl
	left join `tabPayment Entry` pe on gl.voucher_type = 'Payment Entry' and pe.name = gl.voucher_no
	left join `tabJournal Entry` je on gl.voucher_type = 'Journal Entry' and je.name = gl.voucher_no
	left join `tabGateway Payout` gp on gp.name = je.dealer_gateway_payout
	where gl.company = %(company)s and gl.is_cancelled = 0 and gl.account in %(accounts)s
		and gl.posting_date between %(from_date)s and %(to_date)s
		and (%(every_department)s or gl.cost_center in %(cost_centers)s)
	group by gl.posting_date, gl.account, ifnull(pe.mode_of_payment, '')
	order by gl.posting_date, gl.account, mode
"""


@dataclass(frozen=True, slots=True)
class Movement:
	"""What happened on an account on one day by one way of paying. Money that leaves is negative."""

	day: date
	account: str
	mode: str
	received: Money
	refunded: Money
	disputed: Money
	fees: Money
	to_bank: Money
	moved: Money

	@property
	def other(self) -> Money:
		"""What is neither taken, paid back, disputed, a cost, nor taken to the bank."""
		return self.moved - self.received - self.refunded - self.disputed - self.fees - self.to_bank


_SUMS = ("received", "refunded", "disputed", "fees", "to_bank", "moved")


def accounts_of(company: str) -> dict[str, list[str]]:
	"""The accounts that money is taken on, each with the modes of payment that lead there."""
	found: dict[str, list[str]] = {}
	for row in frappe.get_all(
		"Mode of Payment Account",
		{"company": company, "default_account": ("is", "set")},
		["parent", "default_account"],
		order_by="parent",
	):
		found.setdefault(row.default_account, []).append(row.parent)
	for account in frappe.get_all(
		"Gateway Account",
		{"company": company, "clearing_account": ("is", "set")},
		pluck="clearing_account",
		order_by="name",
	):
		found.setdefault(account, [])
	return found


def movements(
	company: str,
	accounts: Mapping[str, Sequence[str]],
	from_date: str | date,
	to_date: str | date,
	cost_centers: Sequence[str] = (),
) -> list[Movement]:
	"""Day by day. ``cost_centers``: of one department; empty for all."""
	if not accounts:
		return []
	currency = frappe.get_cached_value("Company", company, "default_currency")
	rows = frappe.db.sql(
		_MOVEMENTS,
		{
			"company": company,
			"accounts": tuple(accounts),
			"from_date": from_date,
			"to_date": to_date,
			"every_department": int(not cost_centers),
			"cost_centers": tuple(cost_centers) or ("",),
		},
		as_dict=True,
	)
	return [
		Movement(
			day=getdate(row.day),
			account=row.account,
			mode=row.mode or (accounts[row.account][0] if len(accounts[row.account]) == 1 else ""),
			**{name: rounded(row[name], currency) for name in _SUMS},
		)
		for row in rows
	]


def balances(company: str, accounts: Mapping[str, Sequence[str]], until: str | date) -> dict[str, Money]:
	"""What stands on each account at the end of a day."""
	if not accounts:
		return {}
	currency = frappe.get_cached_value("Company", company, "default_currency")
	found = dict(
		frappe.db.sql(
			"""select account, sum(debit - credit) from `tabGL Entry`
			where company = %(company)s and is_cancelled = 0 and account in %(accounts)s
				and posting_date <= %(until)s group by account""",
			{"company": company, "accounts": tuple(accounts), "until": until},
		)
	)
	return {account: rounded(found.get(account), currency) for account in accounts}


@dataclass(frozen=True, slots=True)
class WithProvider:
	"""What the card provider must still owe by our card payments, beside what the clearing account says."""

	account: str
	captured: Money
	refunded: Money
	disputed: Money
	dispute_fees: Money
	paid_out: Money
	ledger: Money
	unbooked: int

	@property
	def owed(self) -> Money:
		return self.captured - self.refunded - self.disputed - self.dispute_fees - self.paid_out

	@property
	def difference(self) -> Money:
		"""Zero, or what nobody has booked yet."""
		return self.ledger - self.owed


def with_provider(company: str) -> list[WithProvider]:
	"""One row per clearing account of a company, as things stand now."""
	currency = frappe.get_cached_value("Company", company, "default_currency")
	gateways: dict[str, list[str]] = {}
	for row in frappe.get_all(
		"Gateway Account",
		{"company": company, "clearing_account": ("is", "set")},
		["name", "clearing_account"],
		order_by="name",
	):
		gateways.setdefault(row.clearing_account, []).append(row.name)
	ledger = balances(company, {account: [] for account in gateways}, getdate("9999-12-31"))
	return [_with_provider(account, names, ledger[account], currency) for account, names in gateways.items()]


def _with_provider(account: str, gateways: list[str], ledger: Money, currency: str) -> WithProvider:
	captured, refunded, pending, disputed = frappe.db.sql(
		"""select sum(captured_amount), sum(refunded_amount), sum(refund_pending), sum(disputed_amount)
		from `tabCard Payment` where gateway_account in %s""",
		(tuple(gateways),),
	)[0]
	unbooked = frappe.db.count(
		"Card Payment",
		{
			"gateway_account": ("in", gateways),
			"captured_amount": (">", 0),
			"booking": ("in", ("", "Not Booked", "Booking Cancelled")),
		},
	)
	fees = frappe.db.sql(
		"""select sum(d.fee_amount) from `tabDispute Case` d join `tabJournal Entry` je on je.name = d.fee_entry
		where d.gateway_account in %s and je.docstatus = 1""",
		(tuple(gateways),),
	)[0][0]
	# What payouts took from the account, by the ledger itself; those that came back are in it again.
	paid_out = frappe.db.sql(
		"""select sum(gl.credit - gl.debit) from `tabGL Entry` gl
		join `tabJournal Entry` je on je.name = gl.voucher_no
		where gl.voucher_type = 'Journal Entry' and gl.account = %s and gl.is_cancelled = 0
			and ifnull(je.dealer_gateway_payout, '') != ''""",
		(account,),
	)[0][0]

	def money(value: float | None) -> Money:
		return rounded(value, currency)

	return WithProvider(
		account=account,
		captured=money(captured),
		refunded=total((money(refunded), money(pending)), currency),
		disputed=money(disputed),
		dispute_fees=money(fees),
		paid_out=money(paid_out),
		ledger=ledger,
		unbooked=unbooked,
	)


def not_cleared(company: str, accounts: Mapping[str, Sequence[str]]) -> dict[str, Money]:
	"""Of accounts that are bank accounts: what ERPNext has not matched with a bank statement yet."""
	banks = frappe.get_all(
		"Account",
		{"name": ("in", list(accounts) or [""]), "account_type": "Bank"},
		pluck="name",
		order_by="name",
	)
	if not banks:
		return {}
	currency = frappe.get_cached_value("Company", company, "default_currency")
	entry = DocType("Payment Entry")
	found: dict[str, Money] = dict.fromkeys(banks, Money.zero(currency))
	for account, sign in ((entry.paid_to, 1), (entry.paid_from, -1)):
		rows = (
			frappe.qb.from_(entry)
			.where((entry.company == company) & (entry.docstatus == 1) & entry.clearance_date.isnull())
			.where(account.isin(banks))
			.groupby(account)
			.select(account, Sum(entry.base_paid_amount))
			.run()
		)
		for name, amount in rows:
			part = rounded(amount, currency)
			found[name] = found[name] + (part if sign > 0 else -part)
	journal, line = DocType("Journal Entry"), DocType("Journal Entry Account")
	rows = (
		frappe.qb.from_(line)
		.join(journal)
		.on(journal.name == line.parent)
		.where((journal.company == company) & (journal.docstatus == 1) & journal.clearance_date.isnull())
		.where((journal.is_opening != "Yes") & line.account.isin(banks))
		.groupby(line.account)
		.select(line.account, Sum(line.debit - line.credit))
		.run()
	)
	for name, amount in rows:
		found[name] = found[name] + rounded(amount, currency)
	return found
