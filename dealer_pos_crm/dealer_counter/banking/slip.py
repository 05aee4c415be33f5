"""A slip to the bank: what is on it leaves cash and undeposited checks for the bank's account, once.

Two who make a slip at the same instant go one after the other: the company's settings are the lock. Each check
carries the slip it is on.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, get_link_to_form, getdate, now_datetime, nowdate

from dealer_pos_crm import compat
from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown, to_float, to_money
from dealer_pos_crm.dealer_counter.banking import filling
from dealer_pos_crm.dealer_counter.banking.filling import OnASlip
from dealer_pos_crm.dealer_setup.acting import action, need_key, once
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import cost_center_of, settings_of
from dealer_pos_crm.domain import bank_deposit as rules
from dealer_pos_crm.domain.bank_deposit import Kind, Status
from dealer_pos_crm.domain.money import Money

DOCTYPE = "Bank Deposit"
_MARKED = ("Payment Entry", "POS Invoice")


# Taking it there


@once
def take(company: str, items: list[dict], client_key: str | None, **more: Any) -> dict:
	"""Book a slip: one Journal Entry from cash and undeposited checks to the bank.

	``items``: {kind: Cash, account, amount, count?} with the Shift Count that handed the cash in, or {kind: Check,
	doctype, name}. ``more``: bank_account, deposit_date, slip_no, cash ([{denomination, pieces}]). Amounts in
	major units. The same key again gives the same slip.
	"""
	need_key(client_key)
	_alone(company)
	done = frappe.db.get_value(DOCTYPE, {"client_key": client_key}, "name")
	if done:
		return {**state(done), "repeated": True}
	with explained():
		doc = _new(company, more)
		filling.put_on(doc, items)
		filling.count(doc, more.get("cash") or [])
	doc.client_key = client_key
	_keep(doc)
	_mark(doc, doc.name)
	_book(doc, rounded(doc.total_amount, doc.currency))
	_keep(doc)
	return {**state(doc.name), "repeated": False}


def find(client_key: str) -> dict | None:
	"""What became of a request whose answer was lost; None when it never arrived."""
	name = frappe.db.get_value(DOCTYPE, {"client_key": client_key}, "name")
	return {**state(name), "repeated": True} if name else None


def _alone(company: str) -> None:
	"""Keep other slips of the company waiting until this one is done. The first thing that is read: whoever
	waited here sees what the other one has taken."""
	frappe.db.get_value("Dealer Settings", company, "name", for_update=True)
	settings_of(company)


def _new(company: str, more: Mapping[str, Any]):
	settings = settings_of(company)
	bank = more.get("bank_account") or settings.bank_deposit_account
	if not bank:
		frappe.throw(
			_("Choose the bank account, or set the Bank Account of Bank Deposits in {0}").format(
				get_link_to_form("Dealer Settings", company)
			)
		)
	currency = company_currency(company)
	_check_bank(bank, company, currency)
	day = getdate(more.get("deposit_date") or nowdate())
	rules.check_dates(day, getdate(nowdate()))
	return frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"company": company,
			"bank_account": bank,
			"currency": currency,
			"deposit_date": day,
			"slip_no": cstr(more.get("slip_no")).strip()[:60],
			"status": Status.AT_THE_BANK.value,
			"brought_by": frappe.session.user,
			"brought_on": now_datetime(),
		}
	)


def _check_bank(account: str, company: str, currency: str) -> None:
	found = frappe.db.get_value(
		"Account",
		account,
		["company", "account_type", "account_currency", "is_group", "disabled"],
		as_dict=True,
	)
	link = get_link_to_form("Account", account)
	if not found or found.company != company or found.account_type != "Bank":
		frappe.throw(_("{0} is no bank account of {1}; choose another").format(link, company))
	if found.is_group or found.disabled:
		frappe.throw(_("{0} cannot be booked on; choose another").format(link))
	if found.account_currency != currency:
		frappe.throw(
			_("{0} is kept in {1}; deposits are made in {2} only").format(
				link, found.account_currency, currency
			)
		)


# In the books


def _book(doc, bank: Money) -> None:
	"""The entry of a slip for what the bank credited; it takes the place of the one that stood before."""
	lines = _lines(doc, rules.sums_by_account(filling.items_of(doc), doc.currency), bank)
	doc.journal_entry = _entry(doc, lines, doc.deposit_date, _("Bank deposit {0}").format(doc.name)).name
	doc.bank_amount = to_float(bank)


def _lines(doc, credits: Mapping[str, Money], bank: Money) -> list[tuple[str, Money]]:
	over_short = settings_of(doc.company).over_short_account
	lines = rules.entry_lines(credits, doc.bank_account, bank, cstr(over_short))
	if any(not account for account, _amount in lines):
		frappe.throw(
			_("Choose a Cash Over and Short Account in {0} first").format(
				get_link_to_form("Dealer Settings", doc.company)
			)
		)
	return lines


def _entry(doc, lines: Iterable[tuple[str, Money]], day: Any, remark: str):
	"""A submitted Journal Entry of a slip. Debits are positive, credits negative."""
	center = cost_center_of(doc.company, "Accounting")
	entry = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": "Bank Entry",
			"company": doc.company,
			"posting_date": day,
			"cheque_no": doc.slip_no or doc.name,
			"cheque_date": day,
			"user_remark": remark,
			"dealer_bank_deposit": doc.name,
			"accounts": [
				{
					"account": account,
					"debit_in_account_currency": to_float(amount) if amount.minor > 0 else 0,
					"credit_in_account_currency": to_float(-amount) if amount.minor < 0 else 0,
					"cost_center": center,
				}
				for account, amount in lines
			],
		}
	)
	entry.flags.ignore_permissions = True  # the right to make bank deposits was checked
	entry.flags.dealer_bank_deposit = True
	entry.insert()
	entry.submit()
	return entry


def _mark(doc, slip: str | None) -> None:
	"""The checks know the slip they are on, or that they are on none any more. Whoever cancels one at the same
	instant is told that it changed."""
	for doctype in _MARKED:
		names = [row.reference_name for row in doc.items if row.reference_doctype == doctype]
		if names:
			frappe.db.set_value(doctype, {"name": ("in", sorted(set(names)))}, "dealer_bank_deposit", slip)


def _keep(doc) -> None:
	doc.flags.of_the_house = True
	doc.save()


# After the bank has counted


@action
def correct(name: str, bank_amount: Any, reason: str | None) -> dict:
	"""The bank credited another amount (major units): the entry is booked anew, the difference is over or
	short. In a closed period the difference is booked today by an entry of its own."""
	doc = _locked(name)
	slip = rounded(doc.total_amount, doc.currency)
	before = rounded(doc.bank_amount, doc.currency)
	with explained():
		bank = to_money(bank_amount, doc.currency)
		doc.difference_reason = rules.check_difference(_status_now(doc), doc.name, slip, before, bank, reason)
	old, more = doc.journal_entry, _lines(doc, {}, bank - before)
	if not _try(lambda: _book_anew(doc, bank)):
		doc.journal_entry = old
		_entry(doc, more, nowdate(), _("Difference of bank deposit {0}").format(doc.name))
		doc.bank_amount = to_float(bank)
	_keep(doc)
	doc.add_comment(
		"Comment",
		_("The bank credited {0} instead of {1}: {2}").format(
			shown(bank), shown(slip), doc.difference_reason or "-"
		),
	)
	return state(name)


def _book_anew(doc, bank: Money) -> None:
	_cancel_entries(doc)
	_book(doc, bank)


@action
def cancel(name: str, reason: str | None) -> dict:
	"""Take a slip back that no statement has confirmed: its entries are cancelled, or reversed today where
	their period is closed, and its checks are here again."""
	doc = _locked(name)
	if doc.status == Status.CANCELLED.value:
		return {**state(name), "repeated": True}
	with explained():
		doc.cancel_reason = rules.check_cancel(_status_now(doc), doc.name, reason)
	_check_none_returned(doc)
	if not _try(lambda: _cancel_entries(doc)):
		credits = rules.sums_by_account(filling.items_of(doc), doc.currency)
		lines = _lines(doc, credits, rounded(doc.bank_amount, doc.currency))
		back = [(account, -amount) for account, amount in lines]
		_entry(doc, back, nowdate(), _("Bank deposit {0} taken back").format(doc.name))
	_mark(doc, None)
	doc.update({"status": Status.CANCELLED.value, "cancelled_by": frappe.session.user})
	_keep(doc)
	return {**state(name), "repeated": False}


def _check_none_returned(doc) -> None:
	back = [row for row in doc.items if row.state]
	if back:
		frappe.throw(
			_("Check {0} of this slip came back from the bank; the slip stays as its record").format(
				back[0].check_no or back[0].reference_name
			)
		)


def _cancel_entries(doc) -> None:
	for name in entries_of(doc.name):
		entry = frappe.get_doc("Journal Entry", name, for_update=True)
		entry.flags.ignore_permissions = True  # the right to make bank deposits was checked
		entry.flags.dealer_bank_deposit = True
		entry.cancel()


def entries_of(name: str) -> list[str]:
	"""The entries that stand for a slip, their rows locked: nearly always one."""
	return frappe.db.sql_list(
		"""select name from `tabJournal Entry` where dealer_bank_deposit = %s and docstatus = 1
		order by creation, name for update""",
		name,
	)


def _try(work) -> bool:
	"""Do it, or leave everything as it was and say no: the period of an entry is closed."""
	messages = len(frappe.local.message_log)
	frappe.db.savepoint("dealer_bank_deposit")
	try:
		work()
	except frappe.ValidationError:
		frappe.db.rollback(save_point="dealer_bank_deposit")
		del frappe.local.message_log[messages:]
		return False
	return True


def _locked(name: str):
	if not frappe.db.exists(DOCTYPE, name):
		frappe.throw(_("Bank Deposit {0} does not exist").format(frappe.bold(name)), frappe.DoesNotExistError)
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def _status_now(doc) -> Status:
	"""By the bank's statement as it is known now, not as the hourly job last saw it."""
	from dealer_pos_crm.dealer_counter.banking import reconciling

	return reconciling.status_of(doc)


# What others ask


def state(name: str) -> dict:
	"""A slip as the screens and prints see it. Amounts in major units."""
	doc = frappe.get_doc(DOCTYPE, name)
	return {
		"name": doc.name,
		"status": doc.status,
		"company": doc.company,
		"bank_account": doc.bank_account,
		"deposit_date": doc.deposit_date,
		"slip_no": doc.slip_no,
		"cash_amount": doc.cash_amount,
		"check_amount": doc.check_amount,
		"check_count": doc.check_count,
		"total_amount": doc.total_amount,
		"bank_amount": doc.bank_amount,
		"currency": doc.currency,
		"journal_entry": doc.journal_entry,
	}


def for_print(name: str) -> dict:
	"""What a printed slip shows beside ``state``: the checks with their payers, cash, notes and coins."""
	doc = frappe.get_doc(DOCTYPE, name)
	customers = [row.customer for row in doc.items if row.customer]
	names = dict(
		frappe.get_all(
			"Customer", {"name": ("in", customers or [""])}, ["name", "customer_name"], as_list=True
		)
	)
	return {
		**state(name),
		"brought_by": frappe.utils.get_fullname(doc.brought_by) if doc.brought_by else "",
		"brought_on": doc.brought_on,
		"checks": [
			{
				"check_no": row.check_no,
				"check_date": row.check_date,
				"payer": names.get(row.customer) or row.customer or "",
				"mode_of_payment": row.mode_of_payment,
				"doctype": row.reference_doctype,
				"document": row.reference_name,
				"amount": row.amount,
				"returned": row.state == "Returned",
			}
			for row in doc.items
			if row.kind == Kind.CHECK.value
		],
		"cash": [
			{"account": row.account, "shift": row.reference_name, "amount": row.amount}
			for row in doc.items
			if row.kind == Kind.CASH.value
		],
		"notes_and_coins": [
			{"denomination": row.denomination, "pieces": row.pieces, "amount": row.amount} for row in doc.cash
		],
	}


def check_cancel_of(doc) -> None:
	"""A payment or sale whose check is at the bank is not cancelled: the slip would be wrong. The document says
	so itself; no query."""
	case = doc.get("dealer_returned_check")
	if case:
		frappe.throw(
			_("{0} belongs to {1}: the check came back from the bank. Both stay as its record").format(
				doc.name, get_link_to_form("Returned Check", case)
			),
			OnASlip,
			title=_("Check Came Back"),
		)
	slip = doc.get("dealer_bank_deposit")
	if slip and not doc.flags.dealer_bank_deposit:
		frappe.throw(
			_(
				"The check of {0} is on bank deposit {1}. Cancel that first; a check that came back is recorded as a Returned Check"
			).format(doc.name, get_link_to_form(DOCTYPE, slip)),
			OnASlip,
			title=_("At the Bank"),
		)


def check_cancel_closing(closing) -> None:
	"""A closing whose cash or checks are at the bank is not taken back: the slip would hold what nobody took."""
	slip, item = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType("Bank Deposit Item")
	sales = [row.pos_invoice for row in closing.get(compat.closing_sales_field())] or [""]
	rows = (
		frappe.qb.from_(slip)
		.join(item)
		.on(item.parent == slip.name)
		.select(slip.name)
		.where(
			(slip.status != Status.CANCELLED.value)
			& (
				((item.reference_doctype == "POS Invoice") & item.reference_name.isin(sales))
				| (
					(item.reference_doctype == "Shift Count")
					& (item.reference_name == (closing.get("dealer_shift_count") or ""))
				)
			)
		)
		.limit(1)
		.run()
	)
	if rows:
		frappe.throw(
			_("Money of {0} is on bank deposit {1}. Cancel that first").format(
				closing.name, get_link_to_form(DOCTYPE, rows[0][0])
			),
			OnASlip,
			title=_("At the Bank"),
		)


def check_entry(entry) -> None:
	"""The entry of a slip is cancelled by the slip alone; those of a returned check stay."""
	case = entry.get("dealer_returned_check")
	if case:
		frappe.throw(
			_("{0} belongs to {1} and stays as its record. Book the opposite by a new entry").format(
				entry.name, get_link_to_form("Returned Check", case)
			),
			OnASlip,
			title=_("Check Came Back"),
		)
	slip = entry.get("dealer_bank_deposit")
	if slip and not entry.flags.dealer_bank_deposit:
		frappe.throw(
			_("{0} is the entry of bank deposit {1}. Cancel the bank deposit; its entry goes with it").format(
				entry.name, get_link_to_form(DOCTYPE, slip)
			),
			OnASlip,
			title=_("At the Bank"),
		)
