"""What our books say of the rows of a payout. A thousand rows are looked up at a time, never one by one."""

from collections.abc import Sequence

import frappe
from frappe import _

from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.dealer_cashier.payouts import payout as rows_of
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.domain.gateway import BalanceRow
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.payout import (
	Books,
	Charge,
	Dispute,
	Kind,
	Refund,
	State,
	Verdict,
	judge,
	kind_of,
	part_of,
	sums_of,
)

_COPIED = (
	"state",
	"department",
	"card_payment",
	"voucher_type",
	"voucher",
	"fee_here",
	"problem",
	"suggestion",
)


def books_for(account: str, rows: Sequence[BalanceRow], currency: str) -> Books:
	"""What we know of the charges, refunds and disputes that rows of a gateway account come from."""

	def sources(kind: Kind) -> set[str]:
		return {row.source for row in rows if kind_of(row.category) is kind}

	charges = {row.charge or row.source for row in rows if kind_of(row.category) is Kind.CHARGE}
	return Books(
		_charges(account, charges, currency),
		_refunds(account, sources(Kind.REFUND), currency),
		_disputes(account, sources(Kind.DISPUTE), currency, {row.transaction for row in rows}),
		_failed(account, sources(Kind.RETURNED_PAYOUT)),
	)


def _charges(account: str, wanted: set[str], currency: str) -> dict[str, Charge]:
	found: dict[str, Charge] = {}
	for chunk in rows_of.in_chunks(wanted):
		payments = frappe.get_all(
			"Card Payment",
			{"gateway_account": account, "charge_id": ("in", chunk)},
			["name", "charge_id", "department"],
			order_by="name",
		)
		entries: dict[str, list] = {}
		for entry in frappe.get_all(
			"Payment Entry",
			{
				"dealer_card_payment": ("in", [row.name for row in payments] or [""]),
				"payment_type": "Receive",
				"docstatus": (">", 0),
				"dealer_card_refund": ("is", "not set"),
			},
			["name", "docstatus", "received_amount", "dealer_card_payment"],
			order_by="name",
		):
			entries.setdefault(entry.dealer_card_payment, []).append(entry)
		for row in payments:
			standing = [entry for entry in entries.get(row.name, []) if entry.docstatus == 1]
			booked = total((rounded(entry.received_amount, currency) for entry in standing), currency)
			found[row.charge_id] = Charge(
				card_payment=row.name,
				department=row.department or "",
				payment_entry=standing[0].name if standing else "",
				booked=booked if standing else None,
				was_cancelled=not standing and bool(entries.get(row.name)),
			)
	return found


def _refunds(account: str, wanted: set[str], currency: str) -> dict[str, Refund]:
	found: dict[str, Refund] = {}
	for chunk in rows_of.in_chunks(wanted):
		refunds = frappe.get_all(
			"Card Refund",
			{"gateway_account": account, "refund_id": ("in", chunk)},
			["name", "refund_id", "card_payment", "payment_entry", "reversal_entry", "status"],
			order_by="name",
		)
		entries = _entries(
			"Payment Entry",
			[name for row in refunds for name in (row.payment_entry, row.reversal_entry)],
			["name", "docstatus", "paid_amount"],
		)
		departments = _departments([row.card_payment for row in refunds])
		for row in refunds:
			paid, back = entries.get(row.payment_entry), entries.get(row.reversal_entry)
			standing = bool(paid and paid.docstatus == 1)
			found[row.refund_id] = Refund(
				card_refund=row.name,
				card_payment=row.card_payment,
				department=departments.get(row.card_payment, ""),
				payment_entry=row.payment_entry or "",
				booked=rounded(paid.paid_amount, currency) if standing else None,
				failed=row.status == "Failed",
				taken_back=not standing or bool(back and back.docstatus == 1),
			)
	return found


def _disputes(account: str, wanted: set[str], currency: str, here: set[str]) -> dict[str, Dispute]:
	found: dict[str, Dispute] = {}
	for chunk in rows_of.in_chunks(wanted):
		before = _moved_before(account, chunk, currency, here)
		cases = frappe.get_all(
			"Dispute Case",
			{"gateway_account": account, "dispute_id": ("in", chunk)},
			[
				"name",
				"dispute_id",
				"card_payment",
				"department",
				"withdrawal_entry",
				"withdrawn_amount",
				"reinstatement_entry",
				"reinstated_amount",
				"fee_entry",
			],
			order_by="name",
		)
		entries = _entries(
			"Journal Entry",
			[n for row in cases for n in (row.withdrawal_entry, row.reinstatement_entry, row.fee_entry)],
			["name", "docstatus"],
		)

		def stands(entry: str | None, entries: dict = entries) -> bool:
			return bool(entry) and entry in entries and entries[entry].docstatus == 1

		for row in cases:
			found[row.dispute_id] = Dispute(
				case=row.name,
				card_payment=row.card_payment or "",
				department=row.department or "",
				withdrawal_entry=row.withdrawal_entry or "",
				withdrawn=rounded(row.withdrawn_amount, currency) if stands(row.withdrawal_entry) else None,
				reinstatement_entry=row.reinstatement_entry or "",
				reinstated=rounded(row.reinstated_amount, currency)
				if stands(row.reinstatement_entry)
				else None,
				fee_booked=stands(row.fee_entry),
				taken_before=before.get((row.dispute_id, True)),
				given_before=before.get((row.dispute_id, False)),
			)
	return found


def _moved_before(
	account: str, disputes: list[str], currency: str, here: set[str]
) -> dict[tuple[str, bool], Money]:
	"""What rows that are not ``here`` moved of these disputes: by dispute and whether it was taken."""
	found: dict[tuple[str, bool], Money] = {}
	for line in frappe.get_all(
		rows_of.LINE,
		{"source_id": ("in", disputes)},
		["name", "transaction_id", "category", "source_id", "amount"],
		order_by="name",
	):
		of_account = line.name == rows_of.key_of(account, line.transaction_id)
		if not of_account or line.transaction_id in here or kind_of(line.category) is not Kind.DISPUTE:
			continue
		amount = rounded(line.amount, currency)
		key, moved = (line.source_id, amount.minor < 0), max(amount, -amount)
		found[key] = found[key] + moved if key in found else moved
	return found


def _failed(account: str, wanted: set[str]) -> frozenset[str]:
	found: set[str] = set()
	for chunk in rows_of.in_chunks(wanted):
		found.update(
			frappe.get_all(
				rows_of.DOCTYPE,
				{"gateway_account": account, "payout_id": ("in", chunk), "status": rows_of.FAILED},
				pluck="payout_id",
				order_by="name",
			)
		)
	return frozenset(found)


def _entries(doctype: str, names: list[str | None], fields: list[str]) -> dict[str, frappe._dict]:
	wanted = sorted({name for name in names if name})
	if not wanted:
		return {}
	rows = frappe.get_all(doctype, {"name": ("in", wanted)}, fields, order_by="name")
	return {row.name: row for row in rows}


def _departments(payments: list[str | None]) -> dict[str, str]:
	wanted = sorted({name for name in payments if name})
	if not wanted:
		return {}
	rows = frappe.get_all("Card Payment", {"name": ("in", wanted)}, ["name", "department"], order_by="name")
	return {row.name: row.department or "" for row in rows}


# Writing down what was found


def keep(payout, rows: Sequence[BalanceRow]) -> None:
	"""Write the rows of a payout down with their verdicts, in the caller's transaction. Rows that a person
	has settled stay as they are; all others are written anew, so that a broken-off reading is just repeated."""
	currency = payout.currency
	kept = part_of(rows)
	settled = set(
		frappe.get_all(
			rows_of.LINE, {"payout": payout.name, "state": State.SETTLED.value}, pluck="name", order_by="name"
		)
	)
	frappe.db.delete(rows_of.LINE, {"payout": payout.name, "state": ("!=", State.SETTLED.value)})
	verdicts = judge(kept, books_for(payout.gateway_account, kept, currency))
	_insert(payout, [v for v in verdicts if _line_name(payout, v.row) not in settled])
	_write_fees(verdicts)
	_write_state(payout, rows)


def _line_name(payout, row: BalanceRow) -> str:
	return rows_of.key_of(payout.gateway_account, row.transaction)


def _insert(payout, verdicts: list[Verdict]) -> None:
	from dealer_pos_crm.dealer_cashier.gateway.times import site_time

	fields = (
		"name",
		"line_key",
		"payout",
		*rows_of.TOLD,
		"currency",
		"owner",
		"modified_by",
		"creation",
		"modified",
		*_COPIED,
	)
	now, user = frappe.utils.now(), frappe.session.user
	values = []
	for verdict in verdicts:
		row, said = verdict.row, rows_of.said_of(verdict)
		name = _line_name(payout, row)
		values.append(
			(
				name,
				name,
				payout.name,
				row.transaction,
				row.category,
				row.source,
				row.charge or None,
				site_time(row.created_at),
				to_float(row.amount),
				to_float(row.fee),
				to_float(row.net),
				payout.currency,
				user,
				user,
				now,
				now,
				*(said[column] for column in _COPIED),
			)
		)
	if values:
		frappe.db.bulk_insert(rows_of.LINE, list(fields), values, chunk_size=1000)


def _write_fees(verdicts: Sequence[Verdict]) -> None:
	"""What a charge has cost, on its card payment; only where it is not there yet."""
	fees: dict[str, Money] = {}
	for verdict in verdicts:
		if verdict.kind is Kind.CHARGE and verdict.card_payment:
			known = fees.get(verdict.card_payment)
			fees[verdict.card_payment] = verdict.row.fee + known if known else verdict.row.fee
	for chunk in rows_of.in_chunks(fees):
		standing = dict(
			frappe.get_all(
				"Card Payment", {"name": ("in", chunk)}, ["name", "fee_amount"], order_by="name", as_list=True
			)
		)
		for name in chunk:
			if rounded(standing.get(name), fees[name].currency) != fees[name]:
				frappe.db.set_value(
					"Card Payment", name, "fee_amount", to_float(fees[name]), update_modified=False
				)


def _write_state(payout, rows: Sequence[BalanceRow]) -> None:
	sums = sums_of(rows, payout.currency)
	amount = rows_of.amount_of(payout)
	problem = None
	if sums.net != amount:
		problem = _(
			"The rows come to {0}, the payout to {1}. Read it again; it is not booked like this"
		).format(shown(sums.net), shown(amount))
	payout.update(
		{
			**rows_of.sums_as_columns(sums),
			"line_count": len(part_of(rows)),
			"read_on": frappe.utils.now_datetime(),
			"problem": problem,
		}
	)
	settle_status(payout)


def settle_status(payout) -> None:
	"""Exceptions or Reconciled, by what its rows say now; booked, failed and manual ones keep their status."""
	payout.exception_count = rows_of.open_exceptions(payout.name)
	if payout.status in (rows_of.WAITING, rows_of.EXCEPTIONS, rows_of.RECONCILED):
		clean = not payout.exception_count and not payout.problem
		payout.status = rows_of.RECONCILED if clean else rows_of.EXCEPTIONS
	payout.save(ignore_permissions=True)


@action
def match_again(name: str) -> dict:
	"""Look the exceptions of a payout up once more, after somebody has mended what they complained of."""
	payout = rows_of.locked(name)
	lines = rows_of.lines_of(payout)
	rows = [rows_of.as_row(line, payout.currency) for line in lines]
	verdicts = judge(rows, books_for(payout.gateway_account, rows, payout.currency))
	solved = 0
	for line, verdict in zip(lines, verdicts, strict=True):
		if line.state == State.SETTLED.value:
			continue
		said = rows_of.said_of(verdict)
		if line.state == State.EXCEPTION.value or said["state"] != line.state:
			frappe.db.set_value(rows_of.LINE, line.name, said)
			solved += line.state == State.EXCEPTION.value and verdict.state is State.MATCHED
	settle_status(payout)
	return {"payout": name, "status": payout.status, "exceptions": payout.exception_count, "solved": solved}
