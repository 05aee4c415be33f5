"""Commissions into ERPNext's ledger: one Journal Entry for a company and a period; and the draws of its months.

Dr commission expense, Cr commission payable, for each person what they earned net of reversals. A draw is
money a person had in advance: paid through payroll or the bank against commission payable, it is recovered
here from what was earned, and needs no booking of its own.
"""

from collections import defaultdict
from datetime import date

import frappe
from frappe import _
from frappe.utils import get_first_day, get_last_day, get_link_to_form, getdate

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown, to_float
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import cost_center_of, settings_of
from dealer_pos_crm.dealer_showroom.commission.commission import DOCTYPE, _insert
from dealer_pos_crm.domain import commission as rules
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

MAY_POST = frozenset({roles.ACCOUNTANT, roles.MANAGER, "System Manager"})
Status = rules.Status
_DEPARTMENTS = {"F&I Manager": "F&I"}


def check_right() -> None:
	if not MAY_POST & set(frappe.get_roles()):
		frappe.throw(
			_("Commissions are posted by an accountant or the dealer manager"), frappe.PermissionError
		)


def preview(company: str, until: date | str) -> dict:
	"""What ``post`` would book up to and with a day: a row for each person, and what is missing."""
	entries = _due(company, getdate(until))
	return {
		"people": _rows(entries, company),
		"total": to_float(total((_amount(row) for row in entries), company_currency(company))),
		"currency": company_currency(company),
		"entries": len(entries),
		"missing": _missing(company, entries),
	}


@action
def post(company: str, until: date | str, posting_date: date | str | None = None) -> str:
	"""Book all accrued entries up to and with a day. Returns the Journal Entry's name.

	Raises ``DealerRefusal``: nothing to post, an account missing, a person without an Employee where the
	payable account wants one. A day in a closed period is ERPNext's to refuse.
	"""
	check_right()
	last = getdate(until)
	frappe.db.get_value("Dealer Settings", company, "name", for_update=True)  # one posting at a time
	with explained():
		entries = _due(company, last, lock=True)
		if not entries:
			raise Refused("nothing", marked("Nothing accrued up to {0} waits to be posted"), last)
		missing = _missing(company, entries)
		if missing:
			raise Refused("missing", marked("{0}"), " · ".join(missing))
		journal = _journal(company, entries, last, getdate(posting_date) if posting_date else last)
	names = [row.name for row in entries]
	frappe.db.set_value(
		DOCTYPE, {"name": ("in", names)}, {"status": Status.POSTED.value, "journal_entry": journal.name}
	)
	for row in entries:
		frappe.clear_document_cache(DOCTYPE, row.name)
	journal.submit()
	return journal.name


def unpost(journal: str) -> None:
	"""Its Journal Entry is cancelled: the entries wait again."""
	names = frappe.get_all(DOCTYPE, {"journal_entry": journal}, pluck="name", order_by="name")
	if not names:
		return
	frappe.db.set_value(
		DOCTYPE, {"name": ("in", names)}, {"status": Status.ACCRUED.value, "journal_entry": None}
	)
	for name in names:
		frappe.clear_document_cache(DOCTYPE, name)


def _due(company: str, last: date, *, lock: bool = False) -> list:
	"""Accrued entries that are booked; a draw is none of them."""
	table = frappe.qb.DocType(DOCTYPE)
	query = (
		frappe.qb.from_(table)
		.select(
			table.name,
			table.user,
			table.role_in_deal,
			table.plan,
			table.amount,
			table.currency,
			table.deal,
			table.kind,
		)
		.where(
			(table.company == company)
			& (table.status == Status.ACCRUED.value)
			& (table.kind != rules.Kind.DRAW.value)
			& (table.earned_on <= last)
		)
		.orderby(table.user, table.earned_on, table.name)
	)
	return (query.for_update() if lock else query).run(as_dict=True)


def _amount(row) -> Money:
	return rounded(row.amount, row.currency)


def _rows(entries: list, company: str) -> list[dict]:
	by_user: dict[str, list] = defaultdict(list)
	for row in entries:
		by_user[row.user].append(row)
	names = names_of(by_user)
	return [
		{
			"user": user,
			"name": names.get(user, user),
			"entries": len(rows),
			"amount": to_float(total((_amount(row) for row in rows), company_currency(company))),
		}
		for user, rows in sorted(by_user.items(), key=lambda pair: names.get(pair[0], pair[0]).lower())
	]


def _accounts(company: str, plan: str | None) -> tuple[str | None, str | None]:
	"""Expense and payable account: the plan's own, else those of the settings."""
	settings = settings_of(company)
	own = (
		frappe.get_cached_value("Commission Plan", plan, ["expense_account", "payable_account"])
		if plan
		else None
	) or (None, None)
	return (
		own[0] or settings.commission_expense_account or None,
		own[1] or settings.commission_payable_account or None,
	)


def _missing(company: str, entries: list) -> list[str]:
	found = []
	for row in entries:
		expense, payable = _accounts(company, row.plan)
		if not expense or not payable:
			text = _(
				"Name the accounts for commission expense and payable in the Dealer Settings of {0}"
			).format(get_link_to_form("Dealer Settings", company))
		elif _wants_party(payable) and not employee_of(row.user, company):
			text = _("{0} has no Employee at {1}, and {2} is kept by employee").format(
				row.user, company, payable
			)
		else:
			continue
		if text not in found:
			found.append(text)
	return found


def _wants_party(account: str) -> bool:
	return frappe.get_cached_value("Account", account, "account_type") == "Payable"


def employee_of(user: str, company: str) -> str | None:
	return frappe.db.get_value("Employee", {"user_id": user, "company": company}, "name", order_by="creation")


def _journal(company: str, entries: list, last: date, day: date):
	names = names_of({row.user for row in entries})
	by_line: dict[tuple, list] = defaultdict(list)
	for row in entries:
		expense, payable = _accounts(company, row.plan)
		center = cost_center_of(company, _DEPARTMENTS.get(row.role_in_deal, "Sales"))
		by_line[(row.user, expense, payable, center)].append(row)
	doc = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": "Journal Entry",
			"company": company,
			"posting_date": day,
			"user_remark": _("Commissions up to {0}").format(last),
		}
	)
	for (user, expense, payable, center), rows in sorted(by_line.items()):
		amount = total((_amount(row) for row in rows), company_currency(company))
		if not amount:
			continue
		text = _("Commissions of {0}").format(names.get(user, user))
		_line(doc, expense, amount, center, text)
		party = employee_of(user, company) if _wants_party(payable) else None
		_line(doc, payable, -amount, center, text, party)
	if not doc.accounts:
		raise Refused(
			"nets_to_nothing",
			marked("Everything up to {0} cancels out; post it together with the next commissions"),
			last,
		)
	doc.insert(ignore_permissions=True)
	return doc


def _line(
	doc, account: str, amount: Money, center: str | None, text: str, employee: str | None = None
) -> None:
	"""A debit, or a credit when the amount is below zero."""
	side = "debit" if amount.minor > 0 else "credit"
	row = {
		"account": account,
		"cost_center": center,
		f"{side}_in_account_currency": to_float(amount if amount.minor > 0 else -amount),
		"user_remark": text,
	}
	if employee:
		row |= {"party_type": "Employee", "party": employee}
	doc.append("accounts", row)


# --- Draws --------------------------------------------------------------------------------------------


@action
def record_draws(company: str, month: date | str) -> list[str]:
	"""The draws of a month: for everybody whose plan has one, once. Returns the entries' names."""
	check_right()
	begin, end = getdate(get_first_day(month)), getdate(get_last_day(month))
	found = []
	for plan in frappe.get_all(
		"Commission Plan",
		{"company": company, "enabled": 1, "draw": (">", 0)},
		["name", "draw", "valid_from", "valid_until", "for_role"],
		order_by="name",
	):
		if (plan.valid_from and plan.valid_from > end) or (plan.valid_until and plan.valid_until < begin):
			continue
		for user in frappe.get_all(
			"Commission Plan Person",
			{"parent": plan.name, "parenttype": "Commission Plan"},
			pluck="user",
			order_by="idx",
		):
			key = f"draw:{company}:{user}:{begin:%Y-%m}"
			if frappe.db.exists(DOCTYPE, {"entry_key": key}):
				continue
			amount = -rounded(plan.draw, company_currency(company))
			found.append(
				_insert(
					{
						"kind": rules.Kind.DRAW.value,
						"status": Status.PAID.value,
						"user": user,
						"role_in_deal": plan.for_role,
						"plan": plan.name,
						"company": company,
						"earned_on": end,
						"share": 100,
						"amount": to_float(amount),
						"currency": company_currency(company),
						"how": _("Draw of {0} as the plan says: {1}").format(
							f"{begin:%Y-%m}", shown(-amount)
						),
						"entry_key": key,
					}
				)
			)
	return found


def statement(user: str, company: str, begin: date, end: date) -> tuple[rules.Balance, list]:
	"""A person's period: what was carried into it, earned, drawn, due; and its entries."""
	currency = company_currency(company)
	fields = ["name", "kind", "deal", "role_in_deal", "plan", "earned_on", "share", "basis_amount", "amount",
		"currency", "status", "journal_entry", "reverses", "how", "reason"]  # fmt: skip
	rows = frappe.get_all(
		DOCTYPE,
		{"user": user, "company": company, "earned_on": ("<=", end)},
		fields,
		order_by="earned_on, creation, name",
	)
	zero = Money.zero(currency)
	carried = zero
	by_month: dict[str, list] = defaultdict(list)
	for row in rows:
		if getdate(row.earned_on) < begin:
			by_month[f"{getdate(row.earned_on):%Y-%m}"].append(row)
	for month in sorted(by_month):
		carried = -_settled(carried, by_month[month], currency).carried_on
	within = [row for row in rows if getdate(row.earned_on) >= begin]
	return _settled(carried, within, currency), within


def _settled(carried: Money, rows: list, currency: str) -> rules.Balance:
	drawn = total((_amount(row) for row in rows if row.kind == rules.Kind.DRAW.value), currency)
	earned = total((_amount(row) for row in rows if row.kind != rules.Kind.DRAW.value), currency)
	return rules.settle(carried, earned, -drawn)
