"""Where the money of a deposit is, read from the Payment Ledger. Nothing here writes.

Every read locks what it reads: after waiting for another cashier, it sees what that one committed.
"""

from dataclasses import dataclass

import frappe

from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.domain.deposit import Lot, MovementType, Position
from dealer_pos_crm.domain.money import Money, total


@dataclass(frozen=True)
class Receipt:
	"""One Payment Entry that brought money into the deposit (docstatus 1 or 2)."""

	payment: str
	mode: str
	amount: Money
	account: str
	standing: bool
	left: Money


@dataclass(frozen=True)
class Settlement:
	"""Money of the deposit that went somewhere: to an invoice, or back by a refund."""

	type: MovementType
	against_doctype: str
	against_name: str
	amount: Money


@dataclass(frozen=True)
class Ledger:
	"""Everything the ledger says of one deposit."""

	receipts: tuple[Receipt, ...]
	settlements: tuple[Settlement, ...]
	position: Position

	@property
	def lots(self) -> list[Lot]:
		"""Held money by payment, oldest first."""
		return [Lot(r.payment, r.mode, r.left) for r in self.receipts if r.standing and r.left.minor > 0]

	def receipt(self, payment: str) -> Receipt:
		return next(receipt for receipt in self.receipts if receipt.payment == payment)

	@property
	def was_taken(self) -> bool:
		return bool(self.receipts)


def read(deposit: str, currency: str) -> Ledger:
	"""The ledger of a deposit. ``currency`` is the company's; all amounts are in it."""
	payments = frappe.db.sql(
		"""select name, docstatus, payment_type, mode_of_payment, paid_amount, paid_from, dealer_refund_of
		from `tabPayment Entry`
		where dealer_deposit = %s and docstatus > 0
		order by posting_date, creation, name lock in share mode""",
		deposit,
		as_dict=True,
	)
	received = [row for row in payments if row.payment_type == "Receive"]
	own = {row.name: Money.zero(currency) for row in received}
	accounts = {row.name: row.paid_from for row in received}
	away: dict[tuple[str, str], Money] = {}
	for entry in _entries([row.name for row in received if row.docstatus == 1]):
		amount = rounded(entry.amount, currency)
		if entry.against_voucher_no in own:
			if entry.account == accounts[entry.against_voucher_no]:
				own[entry.against_voucher_no] -= amount
		elif entry.voucher_no in own:
			key = (entry.against_voucher_type, entry.against_voucher_no)
			away[key] = away.get(key, Money.zero(currency)) - amount
	_count_unmatched_refunds([row for row in payments if row.payment_type == "Pay"], own, away, currency)
	receipts = tuple(
		Receipt(
			payment=row.name,
			mode=row.mode_of_payment or "",
			amount=rounded(row.paid_amount, currency),
			account=row.paid_from,
			standing=row.docstatus == 1,
			left=own[row.name],
		)
		for row in received
	)
	settlements = tuple(_settlements({key: amount for key, amount in away.items() if amount}, deposit))
	return Ledger(receipts, settlements, _position(receipts, settlements, currency))


def _count_unmatched_refunds(
	refunds: list, own: dict[str, Money], away: dict[tuple[str, str], Money], currency: str
) -> None:
	"""A refund that somebody unmatched from its receipt is paid out all the same: the receipt, and if that
	is used up another one, holds so much less."""
	for row in refunds:
		if row.docstatus != 1:
			continue
		key = ("Payment Entry", row.name)
		paid = rounded(row.paid_amount, currency)
		rest = paid - away.get(key, Money.zero(currency))
		away[key] = paid
		for payment in sorted(own, key=lambda name: name != row.dealer_refund_of):
			part = min(rest, own[payment], key=lambda amount: amount.minor)
			if part.minor > 0:
				own[payment] -= part
				rest -= part


def _entries(payments: list[str]) -> list[dict]:
	"""Ledger rows of these payments, and of others against them. Two selects, as each has an index: an
	"or" may scan, and lock, the whole ledger."""
	if not payments:
		return []
	columns = "voucher_no, account, against_voucher_type, against_voucher_no, sum(amount) as amount"
	grouped = "group by voucher_no, account, against_voucher_type, against_voucher_no lock in share mode"
	values = {"payments": payments}
	return [
		*frappe.db.sql(
			f"""select {columns} from `tabPayment Ledger Entry`
			where voucher_no in %(payments)s and delinked = 0 {grouped}""",
			values,
			as_dict=True,
		),
		*frappe.db.sql(
			f"""select {columns} from `tabPayment Ledger Entry`
			where against_voucher_no in %(payments)s and voucher_no not in %(payments)s and delinked = 0
			{grouped}""",
			values,
			as_dict=True,
		),
	]


def _settlements(away: dict[tuple[str, str], Money], deposit: str) -> list[Settlement]:
	invoices = [name for doctype, name in away if doctype == "Sales Invoice"]
	forfeits = set()
	if invoices:
		forfeits = set(
			frappe.get_all(
				"Sales Invoice",
				{"name": ("in", invoices), "dealer_forfeited_deposit": deposit},
				pluck="name",
			)
		)
	kinds = {"Payment Entry": MovementType.REFUNDED}
	return [
		Settlement(
			MovementType.FORFEITED if name in forfeits else kinds.get(doctype, MovementType.APPLIED),
			doctype,
			name,
			amount,
		)
		for (doctype, name), amount in sorted(away.items())
	]


def _position(receipts: tuple[Receipt, ...], settlements: tuple[Settlement, ...], currency: str) -> Position:
	def of(kind: MovementType) -> Money:
		return total((s.amount for s in settlements if s.type is kind), currency)

	return Position(
		taken=total((r.amount for r in receipts if r.standing), currency),
		applied=of(MovementType.APPLIED),
		refunded=of(MovementType.REFUNDED),
		forfeited=of(MovementType.FORFEITED),
	)
