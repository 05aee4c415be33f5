"""What is put on a slip: each row checked against what is here at this moment."""

from collections.abc import Iterable, Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_link_to_form

from dealer_pos_crm.dealer_cashier.money import rounded, to_float, to_money
from dealer_pos_crm.dealer_counter.banking import undeposited
from dealer_pos_crm.domain import bank_deposit as rules
from dealer_pos_crm.domain.bank_deposit import Item, Kind
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.shift import cash_total

DOCTYPE = "Bank Deposit"


class OnASlip(frappe.ValidationError):
	"""The check has been carried to the bank; the slip must let it go first."""


def put_on(doc, rows: Iterable[Mapping[str, Any]]) -> None:
	"""The rows of the slip, each checked against what is here now."""
	currency = doc.currency
	rows = list(rows or [])
	modes, check_accounts = undeposited.accounts_of(doc.company)
	checks = _checks(doc, [row for row in rows if row.get("kind") == Kind.CHECK.value], check_accounts)
	cash = _cash(doc, [row for row in rows if row.get("kind") != Kind.CHECK.value], modes)
	made = [*cash, *checks]
	items = [
		Item(
			Kind(row["kind"]),
			row["account"],
			to_money(row["amount"], currency),
			(row.get("reference_doctype") or "", row.get("reference_name") or ""),
		)
		for row in made
	]
	rules.check_items(items, currency)
	sums = rules.sums_by_account(items, currency)
	rules.check_on_hand(sums, undeposited.balances_of(sums, currency))
	for row in made:
		doc.append("items", {**row, "currency": currency})
	in_cash, in_checks = (rules.of_kind(items, kind, currency) for kind in Kind)
	doc.update(
		{
			"cash_amount": to_float(in_cash),
			"check_amount": to_float(in_checks),
			"check_count": sum(1 for row in made if row["kind"] == Kind.CHECK.value),
			"total_amount": to_float(in_cash + in_checks),
		}
	)


def _cash(doc, rows: list, modes: Mapping[str, str]) -> list[dict]:
	if not rows:
		return []
	shifts = {
		(row.name, shift.account): (row, shift)
		for row, shift in undeposited.shifts_of(doc.company, doc.currency, modes)
	}
	found = []
	for row in rows:
		account, count = cstr(row.get("account")), cstr(row.get("count"))
		amount = to_money(row.get("amount"), doc.currency)
		if account not in modes.values():
			frappe.throw(_("{0} is no account that cash lies on").format(account or "-"))
		mode = next(mode for mode, one in modes.items() if one == account)
		if count:
			if (count, account) not in shifts:
				frappe.throw(
					_("{0} has no cash left for the bank. Reload and look what is still here").format(
						get_link_to_form(undeposited.COUNT, count)
					)
				)
			said, shift = shifts[(count, account)]
			rules.check_left(shift, amount)
			mode = said.mode
		found.append(
			{
				"kind": Kind.CASH.value,
				"reference_doctype": undeposited.COUNT if count else None,
				"reference_name": count or None,
				"mode_of_payment": mode,
				"account": account,
				"amount": to_float(amount),
			}
		)
	return found


def _checks(doc, rows: list, accounts: list[str]) -> list[dict]:
	wanted = [(cstr(row.get("doctype")), cstr(row.get("name"))) for row in rows]
	if not wanted:
		return []
	if len(set(wanted)) != len(wanted):
		frappe.throw(_("A check is on the slip twice; reload and choose again"))
	wanted = undeposited.with_siblings(wanted)
	found = undeposited.locked(wanted)
	for doctype, name in wanted:
		here = [row for row in found if (row.doctype, row.name) == (doctype, name)]
		_check_check(doc, doctype, name, here, accounts)
	return [
		{
			"kind": Kind.CHECK.value,
			"reference_doctype": row.doctype,
			"reference_name": row.name,
			"mode_of_payment": row.mode,
			"account": row.account,
			"customer": row.party if row.party_type == "Customer" else None,
			"check_no": cstr(row.check_no)[:140] or None,
			"check_date": row.check_date,
			"amount": row.amount,
		}
		for row in found
	]


def _check_check(doc, doctype: str, name: str, here: list, accounts: list[str]) -> None:
	link = get_link_to_form(doctype, name)
	if not here or here[0].company != doc.company:
		frappe.throw(_("{0} did not come with a check for {1}").format(link, doc.company))
	row = here[0]
	if row.docstatus != 1:
		frappe.throw(_("{0} was cancelled; leave it off the slip").format(link))
	if row.bank_deposit:
		frappe.throw(
			_("{0} is at the bank already, on {1}. Leave it off the slip").format(
				link, get_link_to_form(DOCTYPE, row.bank_deposit)
			),
			OnASlip,
		)
	if row.returned:
		frappe.throw(
			_("{0} came back from the bank ({1}); leave it off the slip").format(
				link, get_link_to_form("Returned Check", row.returned)
			)
		)
	if row.open_shift:
		frappe.throw(
			_("{0} lies in the drawer of a shift that is still open. Close the shift first").format(link)
		)
	if any(one.account not in accounts for one in here):
		frappe.throw(_("{0} is booked on {1}, where no checks wait").format(link, row.account))


def count(doc, lines: Iterable[Mapping[str, Any]]) -> None:
	"""Notes and coins, where they were counted: they come to the cash on the slip."""
	pieces = [
		(to_money(line.get("denomination"), doc.currency), cint(line.get("pieces")))
		for line in lines
		if cint(line.get("pieces"))
	]
	if not pieces:
		return
	rules.check_count(cash_total(pieces, doc.currency), rounded(doc.cash_amount, doc.currency))
	for denomination, count in pieces:
		doc.append(
			"cash",
			{
				"denomination": to_float(denomination),
				"pieces": count,
				"amount": to_float(Money(denomination.minor * count, doc.currency)),
				"currency": doc.currency,
			},
		)


def items_of(doc) -> list[Item]:
	return [
		Item(
			Kind(row.kind),
			row.account,
			rounded(row.amount, doc.currency),
			(row.reference_doctype or "", row.reference_name or ""),
		)
		for row in doc.items
	]
