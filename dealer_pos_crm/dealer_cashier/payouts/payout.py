"""One payout and its rows, as the rest of this room reads them."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import get_datetime, get_link_to_form

from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.domain.gateway import BalanceRow
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.payout import SAYINGS, Sums, Verdict

DOCTYPE = "Gateway Payout"
LINE = "Gateway Payout Line"

WAITING, EXCEPTIONS, RECONCILED, BOOKED = "Waiting", "Exceptions", "Reconciled", "Booked"
FAILED, MANUAL, CANCELLED = "Failed", "Manual", "Cancelled"

# What of a row the provider told, as the columns of a line.
TOLD = ("transaction_id", "category", "source_id", "charge_id", "created_at", "amount", "fee", "net")
_COLUMNS = (
	"name",
	*TOLD,
	"fee_here",
	"state",
	"department",
	"card_payment",
	"account",
)


def key_of(account: str, provider_id: str) -> str:
	return f"{account}-{provider_id}"


def locked(name: str):
	"""The payout with its row locked."""
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def link_to(name: str) -> str:
	return get_link_to_form(DOCTYPE, name)


def lines_of(payout, filters: dict | None = None) -> list[frappe._dict]:
	"""The kept rows of a payout, oldest first."""
	return frappe.get_all(
		LINE,
		filters={"payout": payout.name, **(filters or {})},
		fields=list(_COLUMNS),
		order_by="created_at asc, name asc",
	)


def as_row(line, currency: str) -> BalanceRow:
	"""A kept row as the provider told it."""
	return BalanceRow(
		transaction=line.transaction_id,
		category=line.category,
		source=line.source_id or "",
		amount=rounded(line.amount, currency),
		fee=rounded(line.fee, currency),
		net=rounded(line.net, currency),
		created_at=get_datetime(line.created_at),
		charge=line.charge_id or "",
	)


def said_of(verdict: Verdict) -> dict:
	"""The columns of a row that follow from its verdict."""
	text, remedy = SAYINGS[verdict.problem] if verdict.problem else ("", "")
	return {
		"state": verdict.state.value,
		"department": verdict.department or None,
		"card_payment": verdict.card_payment or None,
		"voucher_type": verdict.voucher[0] if verdict.voucher else None,
		"voucher": verdict.voucher[1] if verdict.voucher else None,
		"fee_here": to_float(verdict.fee_here),
		"problem": _(text).format(*verdict.values) if text else None,
		"suggestion": _(remedy) if remedy else None,
	}


def sums_as_columns(sums: Sums) -> dict:
	return {
		"charges": to_float(sums.charges),
		"refunds": to_float(sums.refunds),
		"disputes": to_float(sums.disputes),
		"fees": to_float(sums.fees),
		"other": to_float(sums.other),
		"net": to_float(sums.net),
	}


def open_exceptions(name: str) -> int:
	return frappe.db.count(LINE, {"payout": name, "state": "Exception"})


def amount_of(payout) -> Money:
	return rounded(payout.amount, payout.currency)


def in_chunks(values: Iterable[str], size: int = 1000) -> Iterable[list[str]]:
	kept = sorted({value for value in values if value})
	for start in range(0, len(kept), size):
		yield kept[start : start + size]
