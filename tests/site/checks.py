"""What must hold of a deposit after anything that anybody did, and that saying it again changes nothing."""

from __future__ import annotations

import frappe
from frappe.utils import flt

from dealer_pos_crm.dealer_cashier.deposits import ledger, refresh
from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.domain.deposit import Movement, MovementType, fold
from tests.site import factories as f

# Everything of ours that a deposit's life writes.
OURS = (
	"Comment",
	"Customer Event",
	"Dealer Vehicle Hold",
	"Dealer Vehicle Waitlist",
	"Deposit",
	"Deposit Action",
	"Deposit Movement",
	"Deposit Tender",
	"Follow Up",
	"Notification Log",
	"ToDo",
)


def everything_right(deposit) -> None:
	"""Commit, then: the deposit says what the payment ledger and the general ledger say, to the cent; its
	movements add up to it; each reversal points at an event; and a second look writes nothing."""
	frappe.db.commit()
	deposit.reload()
	facts = ledger.read(deposit.name, deposit.currency)
	position = facts.position
	assert figures(deposit) == tuple(
		to_float(amount)
		for amount in (
			position.taken,
			position.applied,
			position.refunded,
			position.forfeited,
			position.held,
		)
	)
	assert told(deposit) == position
	assert flt(deposit.held_amount, 2) == -booked(deposit)
	assert {row.payment_entry for row in deposit.tenders} == {receipt.payment for receipt in facts.receipts}
	for receipt in facts.receipts:
		row = next(row for row in deposit.tenders if row.payment_entry == receipt.payment)
		assert row.cancelled == int(not receipt.standing)
		assert (row.amount, row.left_amount) == (
			to_float(receipt.amount),
			to_float(receipt.left) if receipt.standing else 0,
		)
	keys = set(frappe.get_all("Customer Event", {"deposit": deposit.name}, pluck="event_key"))
	pointed = frappe.get_all(
		"Customer Event", {"deposit": deposit.name, "reverses": ("is", "set")}, pluck="reverses"
	)
	assert set(pointed) <= keys
	assert len(pointed) == len(set(pointed))
	nothing_new(deposit)


def figures(deposit) -> tuple[float, ...]:
	return (
		deposit.taken_amount,
		deposit.applied_amount,
		deposit.refunded_amount,
		deposit.forfeited_amount,
		deposit.held_amount,
	)


def told(deposit):
	"""The position that the written movements add up to."""
	rows = frappe.get_all("Deposit Movement", {"deposit": deposit.name}, ["name", "movement", "amount"])
	return fold(
		[
			Movement(str(row.name), MovementType(row.movement), rounded(row.amount, deposit.currency))
			for row in rows
		],
		deposit.currency,
	)


def booked(deposit) -> float:
	"""Debit minus credit on the deposits account, of all payments that carry the deposit's name."""
	rows = frappe.db.sql(
		"""select sum(g.debit) - sum(g.credit) from `tabGL Entry` g
		join `tabPayment Entry` p on p.name = g.voucher_no
		where g.voucher_type = 'Payment Entry' and p.dealer_deposit = %s and g.account = %s
			and g.is_cancelled = 0""",
		(deposit.name, f.deposits_account()),
	)
	return flt(rows[0][0], 2)


def state() -> dict[str, int]:
	"""A checksum of each table of ours, and of what else our code writes to: equal while no row changes."""
	tables = ", ".join(f"`tab{doctype}`" for doctype in OURS)
	rows = frappe.db.sql(f"checksum table {tables}")
	return {table.rpartition(".tab")[2]: checksum for table, checksum in rows}


def nothing_new(deposit) -> None:
	"""Reading the ledger again, by every way there is, writes nothing."""
	frappe.db.commit()
	before = state()
	refresh.refresh(deposit.name)
	refresh.touch(*(row.payment_entry for row in deposit.tenders))
	frappe.db.commit()
	holds.expire_due()
	after = state()
	for doctype, rows in before.items():
		assert rows == after[doctype], f"a second look changed {doctype}"


def hold_of(vehicle) -> str | None:
	"""The deposit that holds a vehicle, as the hold and the vehicle both say."""
	vehicle.reload()
	standing = holds.active_hold(vehicle.name)
	assert (vehicle.hold_deposit, vehicle.held_for, vehicle.hold) == (
		(standing.deposit, standing.customer, standing.name) if standing else (None, None, None)
	)
	assert (vehicle.status == "On Hold") == bool(standing)
	return standing.deposit if standing else None


def events(deposit) -> list[tuple[str, str | None]]:
	"""Type and, of a reversal, the type of what it reverses; in the order in which they were written."""
	rows = frappe.get_all(
		"Customer Event",
		{"deposit": deposit.name},
		["event_type", "event_key", "reverses"],
		order_by="name",
	)
	types = {row.event_key: row.event_type for row in rows}
	return [(row.event_type, types.get(row.reverses)) for row in rows]


def follow_up(deposit, rule: str):
	"""The one follow-up of a rule about a deposit."""
	names = frappe.get_all(
		"Follow Up", {"deposit": deposit.name, "rule": rule}, pluck="name", order_by="name"
	)
	assert len(names) == 1, f"{len(names)} follow-ups of {rule}"
	return frappe.get_doc("Follow Up", names[0])
