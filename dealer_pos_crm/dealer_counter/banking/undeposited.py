"""What of the counter's money is not at the bank yet: cash by account and shift, and every check.

The ledger says how much cash there is; the counts of the shifts say where it came from. Nothing here writes.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown, to_float
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain.bank_deposit import STANDING, ShiftCash, age_in_days, within
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.shift import denominations

CASH = "Currency"
COUNT = "Shift Count"


def instruments() -> dict[str, str]:
	"""What is handed over, by mode of payment; only modes where something is."""
	return dict(
		frappe.get_all(
			"Mode of Payment",
			{"dealer_instrument": ("is", "set")},
			["name", "dealer_instrument"],
			order_by="name",
			as_list=True,
		)
	)


def accounts_of(company: str) -> tuple[dict[str, str], list[str]]:
	"""The cash account of each cash mode, and the accounts where checks lie until they are carried away.

	Checks that are booked on a bank account at once are with the bank by the books."""
	kinds = instruments()
	rows = frappe.get_all(
		"Mode of Payment Account",
		{"company": company, "parent": ("in", list(kinds) or [""]), "default_account": ("is", "set")},
		["parent", "default_account"],
		order_by="parent",
	)
	cash = {row.parent: row.default_account for row in rows if kinds[row.parent] == CASH}
	chosen = settings_of(company).undeposited_checks_account
	checks = [chosen] if chosen else []
	for row in rows:
		account = row.default_account
		if kinds[row.parent] == CASH or account in checks:
			continue
		if frappe.get_cached_value("Account", account, "account_type") != "Bank":
			checks.append(account)
	return cash, checks


def of(company: str) -> dict[str, Any]:
	"""Everything for a new slip: cash, checks, the bank's account, and what is odd. Amounts in major units."""
	currency = company_currency(company)
	settings = settings_of(company)
	cash_modes, check_accounts = accounts_of(company)
	balances = balances_of([*cash_modes.values(), *check_accounts], currency)
	found_cash = _cash(company, currency, cash_modes, balances)
	found_checks = checks(company, currency, check_accounts)
	return {
		"company": company,
		"currency": currency,
		"bank_account": settings.bank_deposit_account,
		"cash": found_cash,
		"checks": found_checks,
		"denominations": [to_float(one) for one in denominations(currency)],
		"notes": _notes(settings, cash_modes, check_accounts, found_checks, balances),
	}


# Cash


def balances_of(accounts: Iterable[str], currency: str) -> dict[str, Money]:
	"""What stands on each account today by the General Ledger."""
	wanted = sorted(set(accounts))
	if not wanted:
		return {}
	rows = frappe.db.sql(
		"""select account, sum(debit - credit) from `tabGL Entry`
		where account in %s and is_cancelled = 0 and posting_date <= %s group by account""",
		(tuple(wanted), nowdate()),
	)
	found = dict(rows)
	return {account: rounded(found.get(account), currency) for account in wanted}


def shifts_of(company: str, currency: str, cash_modes: Mapping[str, str]) -> list[tuple[Any, ShiftCash]]:
	"""Closed shifts that handed cash in, the newest first: their count, and where its cash is."""
	if not cash_modes:
		return []
	rows = frappe.db.sql(
		"""select c.name, c.shift, c.cashier, c.pos_profile, c.counted_on, l.mode_of_payment as mode,
			sum(l.counted_amount) as counted, sum(l.opening_amount) as stays,
			(select sum(i.amount) from `tabBank Deposit Item` i join `tabBank Deposit` d on d.name = i.parent
				where i.reference_doctype = %(count)s and i.reference_name = c.name and i.mode_of_payment = l.mode_of_payment
					and d.status in %(standing)s) as deposited
		from `tabShift Count` c join `tabShift Count Line` l on l.parent = c.name
		where c.company = %(company)s and c.status = 'Closed' and l.mode_of_payment in %(modes)s
		group by c.name, l.mode_of_payment
		having counted > stays + ifnull(deposited, 0)
		order by c.counted_on desc, c.name desc""",
		{
			"company": company,
			"count": COUNT,
			"modes": tuple(cash_modes),
			"standing": tuple(status.value for status in STANDING),
		},
		as_dict=True,
	)
	return [
		(
			row,
			ShiftCash(
				shift=row.name,
				account=cash_modes[row.mode],
				counted=rounded(row.counted, currency),
				stays=rounded(row.stays, currency),
				deposited=rounded(row.deposited, currency),
			),
		)
		for row in rows
	]


def _cash(
	company: str, currency: str, modes: Mapping[str, str], balances: Mapping[str, Money]
) -> list[dict[str, Any]]:
	"""By account: what stands there, what of it each shift handed in, and the rest that no shift has counted."""
	shifts = shifts_of(company, currency, modes)
	rows = {shift.shift: row for row, shift in shifts}
	found = []
	for account in dict.fromkeys(modes.values()):
		balance = balances[account]
		left = within([shift for _row, shift in shifts if shift.account == account], balance)
		counted = total((amount for _shift, amount in left), currency)
		found.append(
			{
				"account": account,
				"modes": [mode for mode, one in modes.items() if one == account],
				"balance": to_float(balance),
				"rest": to_float(balance - counted),
				"shifts": [
					{
						"count": shift.shift,
						"cashier": rows[shift.shift].cashier,
						"cashier_name": frappe.utils.get_fullname(rows[shift.shift].cashier),
						"pos_profile": rows[shift.shift].pos_profile,
						"counted_on": rows[shift.shift].counted_on,
						"mode": rows[shift.shift].mode,
						"counted": to_float(shift.counted),
						"stays": to_float(shift.stays),
						"deposited": to_float(shift.deposited),
						"left": to_float(amount),
					}
					for shift, amount in left
				],
			}
		)
	return found


# Checks

_FROM_PAYMENTS = """
	select 'Payment Entry' as doctype, p.name, p.party_type, p.party, p.party_name as payer, p.mode_of_payment as mode,
		p.paid_to as account, p.reference_no as check_no, p.reference_date as check_date,
		p.posting_date as taken_on, p.received_amount as amount, p.dealer_counter_receipt as receipt,
		p.dealer_bank_deposit as bank_deposit, p.docstatus, p.company, p.dealer_returned_check as returned,
		o.name as open_shift
	from `tabPayment Entry` p
	join `tabMode of Payment` m on m.name = p.mode_of_payment
	left join `tabPOS Opening Entry` o on o.name = p.dealer_shift and o.status = 'Open'
	where p.payment_type = 'Receive'
		and ifnull(m.dealer_instrument, '') not in ('', 'Currency') and {condition}
	order by p.posting_date, p.name
"""
_FROM_SALES = """
	select 'POS Invoice' as doctype, s.name, 'Customer' as party_type, s.customer as party,
		s.customer_name as payer, t.mode_of_payment as mode, t.account,
		max(t.reference_no) as check_no, null as check_date,
		s.posting_date as taken_on, sum(t.amount) as amount, null as receipt,
		s.dealer_bank_deposit as bank_deposit, s.docstatus, s.company, null as returned,
		if(ifnull(s.consolidated_invoice, '') = '', s.name, null) as open_shift
	from `tabPOS Invoice` s
	join `tabSales Invoice Payment` t on t.parent = s.name and t.parenttype = 'POS Invoice'
	join `tabMode of Payment` m on m.name = t.mode_of_payment
	where s.is_return = 0 and t.amount > 0
		and ifnull(m.dealer_instrument, '') not in ('', 'Currency') and {condition}
	group by s.name, t.mode_of_payment, t.account
	order by s.posting_date, s.name
"""


def checks(company: str, currency: str, accounts: list[str]) -> list[dict[str, Any]]:
	"""Every check that nobody has carried to the bank, the oldest first. What lies in the drawer of a shift
	that is still open says so, and waits for its count."""
	if not accounts:
		return []
	values = {"company": company, "accounts": tuple(accounts)}
	rows = [
		*frappe.db.sql(
			_FROM_PAYMENTS.format(
				condition="""p.docstatus = 1 and p.company = %(company)s and p.paid_to in %(accounts)s
					and ifnull(p.dealer_bank_deposit, '') = '' and ifnull(p.dealer_returned_check, '') = ''
					and p.clearance_date is null"""
			),
			values,
			as_dict=True,
		),
		*frappe.db.sql(
			_FROM_SALES.format(
				condition="""s.docstatus = 1 and s.company = %(company)s and t.account in %(accounts)s
					and ifnull(s.dealer_bank_deposit, '') = ''"""
			),
			values,
			as_dict=True,
		),
	]
	today = getdate(nowdate())
	for row in rows:
		row.amount = to_float(rounded(row.amount, currency))
		row.age = age_in_days(getdate(row.taken_on), today)
		row.why_not = _("In the drawer of an open shift") if row.open_shift else ""
	return sorted(rows, key=lambda row: (getdate(row.taken_on), row.name))


def locked(documents: Iterable[tuple[str, str]]) -> list[frappe._dict]:
	"""These payments and sales as they stand now, their rows locked; in the order of their names, so that two
	never wait for each other. One that is no check is not among them."""
	wanted: dict[str, list[str]] = {"Payment Entry": [], "POS Invoice": []}
	for doctype, name in sorted(set(documents)):
		if doctype not in wanted:
			frappe.throw(_("{0} is no payment that a check comes with").format(_(doctype)))
		wanted[doctype].append(name)
	found: list[frappe._dict] = []
	for doctype, query in (("Payment Entry", _FROM_PAYMENTS), ("POS Invoice", _FROM_SALES)):
		if not wanted[doctype]:
			continue
		names = tuple(wanted[doctype])
		now = {
			row.name: row
			for row in frappe.db.sql(
				f"""select name, docstatus, dealer_bank_deposit as bank_deposit from `tab{doctype}`
				where name in %s order by name for update""",
				(names,),
				as_dict=True,
			)
		}
		alias = "p" if doctype == "Payment Entry" else "s"
		for row in frappe.db.sql(
			query.format(condition=f"{alias}.name in %(names)s"), {"names": names}, as_dict=True
		):
			found.append(frappe._dict(row, **now[row.name]))
	return found


def with_siblings(documents: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
	"""One check at the counter may be several Payment Entries, as one books on one account: all of them."""
	wanted = list(dict.fromkeys(documents))
	names = [name for doctype, name in wanted if doctype == "Payment Entry"]
	if names:
		rows = frappe.db.sql_list(
			"""select b.name from `tabPayment Entry` a join `tabPayment Entry` b
				on b.dealer_counter_receipt = a.dealer_counter_receipt
				and b.mode_of_payment = a.mode_of_payment and b.reference_no = a.reference_no
			where a.name in %s and ifnull(a.dealer_counter_receipt, '') != '' and b.docstatus = 1
				and b.payment_type = 'Receive'
			order by b.name""",
			(tuple(names),),
		)
		wanted += [("Payment Entry", name) for name in rows if ("Payment Entry", name) not in wanted]
	return wanted


def _notes(settings, cash_modes, check_accounts, found_checks, balances) -> list[str]:
	notes = []
	if not settings.bank_deposit_account:
		notes.append(_("Choose the Bank Account of Bank Deposits in Dealer Settings, or here each time"))
	if not cash_modes and not check_accounts:
		notes.append(
			_("No mode of payment says what is handed over: Set Up Counter Accounting in Dealer Settings")
		)
	for account in check_accounts:
		balance = balances[account]
		here = total(
			(
				rounded(row.amount, balance.currency)
				for row in found_checks
				if row.account == account and not (row.doctype == "POS Invoice" and row.open_shift)
			),
			balance.currency,
		)
		if here > balance:
			notes.append(
				_("{0} says {1}, the checks come to {2}: some were booked away by hand").format(
					account, shown(balance), shown(here)
				)
			)
	return notes
