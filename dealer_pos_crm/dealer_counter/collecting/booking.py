"""The bookings of a receipt: payments, deposits applied, credits used. All of it or nothing.

Everything here runs under the locks of ``reach``, in the caller's transaction. The receipt's rows say what is to
be booked; what was booked is written on them.
"""

import json
from collections.abc import Sequence
from typing import Any

import frappe
from erpnext.accounts.party import get_party_account
from frappe import _
from frappe.utils import cint, cstr, now_datetime, nowdate

from dealer_pos_crm.dealer_cashier import collecting as shared
from dealer_pos_crm.dealer_cashier.deposits import actions as deposits
from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_counter.receipts import sending
from dealer_pos_crm.dealer_service.billing import position as order_position
from dealer_pos_crm.dealer_setup.settings import cost_center_of
from dealer_pos_crm.dealer_showroom.delivery import position as deal_position
from dealer_pos_crm.domain.billing import Allocation, Due
from dealer_pos_crm.domain.collection import Status, Way
from dealer_pos_crm.domain.money import Money, total

WAITING, BOOKED, FAILED, REVERSED = "Waiting", "Booked", "Failed", "Reversed"

PartOfLine = tuple[Any, Money]


def plan(parts: Sequence[tuple[int, Money]]) -> str:
	"""Which lines (by their idx) a tender pays, as kept on its row; in minor units."""
	return json.dumps([[idx, amount.minor] for idx, amount in parts])


def parts_of(receipt: Any, row: Any) -> list[PartOfLine]:
	"""The lines that a tender pays, and how much of each."""
	lines = {line.idx: line for line in receipt.lines}
	return [
		(lines[idx], Money(minor, receipt.currency)) for idx, minor in json.loads(row.allocations or "[]")
	]


def book_waiting(receipt: Any) -> None:
	"""Book every tender that waits, but cards: these are booked when they were charged. Then the receipt stands
	if nothing waits any more."""
	messages = len(frappe.local.message_log)
	ways = {Way.MODE.value: _pay, Way.DEPOSIT.value: _apply, Way.CREDIT.value: _use}
	with order_position.acting(), deal_position.acting():
		for row in sorted(receipt.tenders, key=lambda row: (row.way == Way.MODE.value, row.idx)):
			if row.state == WAITING and row.way in ways:
				made = ways[row.way](receipt, row, parts_of(receipt, row))
				keep_booked(receipt, row, made)
	refresh(receipt)
	settle(receipt)
	del frappe.local.message_log[messages:]  # ERPNext's remarks on its own accounts are not for the counter


def refresh(receipt: Any) -> None:
	"""Bring the orders and deals that were paid in line with the books, each once."""
	for line in receipt.lines:
		order_position.touch("Repair Order", line.repair_order)
		deal_position.touch("Deal Jacket", line.deal)
	order_position.flush()
	deal_position.flush()


def keep_booked(receipt: Any, row: Any, made: Sequence[str], **values: object) -> None:
	"""Write down what was booked of a tender."""
	row.db_set({"state": BOOKED, "payment_entries": "\n".join(made) or None, **values}, update_modified=False)
	for line, amount in parts_of(receipt, row):
		paid = rounded(line.paid_so_far, receipt.currency) + amount
		line.db_set("paid_so_far", to_float(paid), update_modified=False)


def settle(receipt: Any) -> None:
	"""When nothing waits any more: the receipt was taken, for what was booked."""
	if any(row.state == WAITING for row in receipt.tenders):
		receipt.notify_update()
		return
	currency = receipt.currency
	booked = [row for row in receipt.tenders if row.state in (BOOKED, REVERSED)]
	amount = total((rounded(row.amount, currency) for row in booked), currency)
	change = total((rounded(row.change, currency) for row in booked), currency)
	paid = total((rounded(line.paid_so_far, currency) for line in receipt.lines), currency)
	receipt.db_set(
		{
			"status": (Status.TAKEN if booked else Status.GIVEN_UP).value,
			"taken_on": receipt.taken_on or now_datetime(),
			"amount": to_float(amount),
			"credit_amount": to_float(amount - paid),
			"change_amount": to_float(change),
			"given_amount": to_float(amount + change),
		},
		notify=True,
	)
	if booked:
		sending.send_later(receipt.name)


# --- Payments -----------------------------------------------------------------------------------------


def _pay(receipt: Any, row: Any, parts: list[PartOfLine]) -> list[str]:
	"""One Payment Entry, or one per receivable account; what no line took stays on the last as credit."""
	made = []
	groups = _by_account(parts) or [(None, [])]
	for number, (account, share) in enumerate(groups):
		rest = _rest(receipt, row, parts) if number == len(groups) - 1 else Money.zero(receipt.currency)
		entry = payment(receipt, row, share, rest, account=account, mode=row.mode_of_payment)
		made.append(shared.submit(entry, allocations(receipt, share), receipt.currency))
	return made


def _rest(receipt: Any, row: Any, parts: list[PartOfLine]) -> Money:
	return rounded(row.amount, receipt.currency) - total(
		(amount for _line, amount in parts), receipt.currency
	)


def payment(
	receipt: Any,
	row: Any,
	parts: list[PartOfLine],
	rest: Money,
	*,
	account: str | None,
	mode: str,
	reference_no: str | None = None,
	links: dict[str, object] | None = None,
) -> Any:
	"""The Payment Entry of a tender, not yet inserted: against ``parts``, all on ``account``; ``rest`` stays
	the customer's credit. Raises when the customer has no receivable account."""
	account = account or get_party_account("Customer", receipt.customer, receipt.company)
	if not account:
		frappe.throw(_("{0} has no receivable account").format(receipt.customer))
	against = allocations(receipt, parts)
	return shared.new_payment(
		company=receipt.company,
		currency=receipt.currency,
		payer=receipt.customer,
		mode=mode,
		account=account,
		parts=against,
		amount=total((amount for _line, amount in parts), receipt.currency) + rest,
		reference_no=reference_no or row.reference_no or receipt.name,
		reference_date=row.reference_date,
		cost_center=cost_center_of(receipt.company, _department(parts)),
		remarks=_remarks(receipt, parts),
		links={
			"dealer_counter_receipt": receipt.name,
			"dealer_collect_key": receipt.client_key,
			"dealer_instrument": row.instrument or None,
			"dealer_face_value": row.face_value,
			"dealer_repair_order": _only(parts, "repair_order"),
			"dealer_deal": _only(parts, "deal"),
			"dealer_vehicle": _only(parts, "vehicle"),
			**(links or {}),
		},
	)


def _by_account(parts: list[PartOfLine]) -> list[tuple[str, list[PartOfLine]]]:
	found: dict[str, list[PartOfLine]] = {}
	for line, amount in parts:
		found.setdefault(line.account, []).append((line, amount))
	return list(found.items())


def allocations(receipt: Any, parts: list[PartOfLine]) -> list[Allocation]:
	return [
		Allocation(
			Due(
				receipt.customer,
				(line.reference_doctype, line.reference_name),
				rounded(line.open_amount, receipt.currency),
			),
			amount,
		)
		for line, amount in parts
	]


def _only(parts: list[PartOfLine], fieldname: str) -> str | None:
	"""What all parts have in common: a payment for two cars is no car's."""
	values = {line.get(fieldname) or None for line, _amount in parts}
	return values.pop() if len(values) == 1 else None


def _department(parts: list[PartOfLine]) -> str | None:
	"""The department that most of it is for."""
	if not parts:
		return None
	return max(parts, key=lambda part: part[1].minor)[0].department


def _remarks(receipt: Any, parts: list[PartOfLine]) -> str:
	whats = dict.fromkeys(cstr(line.what) for line, _amount in parts)
	return "; ".join([*whats, _("Receipt {0}").format(receipt.name)])


# --- Deposits and credits -----------------------------------------------------------------------------


def _apply(receipt: Any, row: Any, parts: list[PartOfLine]) -> list[str]:
	"""The deposit's own action, invoice by invoice: its guards, its trail and its events."""
	for line, amount in parts:
		deposits.act_on(
			deposits.locked(row.deposit),
			"Apply",
			{
				"amount": to_float(amount),
				"sales_invoice": line.reference_name,
				"reason": _("Receipt {0}").format(receipt.name),
			},
			f"{receipt.name}|{row.name}|{line.idx}",
		)
	return []


def _use(receipt: Any, row: Any, parts: list[PartOfLine]) -> list[str]:
	if row.credit_note:
		return [_set_off(receipt, row.credit_note, line, amount) for line, amount in parts]
	separate = cint(
		frappe.db.get_value("Payment Entry", row.credit_of, "book_advance_payments_in_separate_party_account")
	)
	for line, amount in parts:
		shared.reconcile(
			row.credit_of,
			(line.reference_doctype, line.reference_name),
			amount,
			account=line.account,
			party=receipt.customer,
			is_advance=bool(separate),
		)
	return []


def _set_off(receipt: Any, note: str, line: Any, amount: Money) -> str:
	"""A credit note against an invoice: the journal that ERPNext's own reconciliation makes for it. The cashier
	has no right to write journals, and needs none for this one."""
	common = {
		"account": line.account,
		"party_type": "Customer",
		"party": receipt.customer,
		"exchange_rate": 1,
		"cost_center": cost_center_of(receipt.company, line.department),
	}
	journal = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": "Credit Note",
			"posting_date": nowdate(),
			"company": receipt.company,
			"is_system_generated": 1,
			"user_remark": _("Receipt {0}").format(receipt.name),
			"accounts": [
				{
					**common,
					"credit_in_account_currency": to_float(amount),
					"reference_type": line.reference_doctype,
					"reference_name": line.reference_name,
				},
				{
					**common,
					"debit_in_account_currency": to_float(amount),
					"reference_type": "Sales Invoice",
					"reference_name": note,
				},
			],
		}
	)
	journal.flags.ignore_permissions = True
	journal.insert()
	journal.submit()
	return journal.name
