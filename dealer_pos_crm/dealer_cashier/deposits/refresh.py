"""Brings a Deposit in line with the ledger, once per transaction, whoever changed the ledger.

Listeners mark Payment Entries as touched; before the commit each deposit behind them is read again, its
movements are written down, and its status, its vehicle's hold and the spine follow.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import format_datetime, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.deposits import events, ledger
from dealer_pos_crm.dealer_cashier.deposits.events import what
from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_crm import spine
from dealer_pos_crm.dealer_setup import nightly
from dealer_pos_crm.dealer_setup.notices import notify
from dealer_pos_crm.dealer_setup.touched import Touched
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.dealer_showroom.deals import deposits as deals
from dealer_pos_crm.domain.deposit import HOLDING, MovementType, Status, status_of
from dealer_pos_crm.domain.money import Money


def touch(*payments: str | None) -> None:
	"""Note that the ledger of these Payment Entries changed; costs no query."""
	_touched.add(payment for payment in payments if payment)


def settle() -> None:
	"""At the end of a document's submit or cancel: what it touched, now. An action of a deposit does so
	itself, when all of it is done."""
	if not frappe.flags.dealer_deposit_action:
		_touched.settle()


def flush() -> None:
	"""Refresh the deposits behind the touched payments. Runs before the commit; may be called earlier."""
	_touched.flush()


def _refresh_behind(payments: Iterable[str]) -> None:
	for deposit in _deposits_of(payments):
		refresh(deposit)


_touched = Touched("dealer_touched_payments", _refresh_behind)


def _deposits_of(payments: Iterable[str]) -> list[str]:
	rows = frappe.db.sql(
		"""select distinct dealer_deposit from `tabPayment Entry`
		where name in %s and dealer_deposit is not null and dealer_deposit != '' order by dealer_deposit""",
		(tuple(payments),),
	)
	return [row[0] for row in rows]


def refresh(name: str) -> Status:
	"""Read the ledger of one deposit and write down what changed since the last time."""
	deposit = frappe.get_doc("Deposit", name, for_update=True)
	deals.lock_of(deposit)
	holds.lock(deposit.vehicle)
	facts = ledger.read(name, deposit.currency)
	_write_movements(deposit, facts)
	_write_tenders(deposit, facts)
	was_taken = facts.was_taken or bool(deposit.taken_on)  # a cancelled payment may even be deleted
	status = status_of(facts.position, was_taken=was_taken, hold_ended=hold_ended(deposit))
	_write_position(deposit, facts, status)
	_settle_hold(deposit, status)
	deals.moved(name)
	return status


def hold_ended(deposit) -> bool:
	return bool(deposit.hold_until) and get_datetime(deposit.hold_until) <= now_datetime()


def _write_position(deposit, facts: ledger.Ledger, status: Status) -> None:
	position = facts.position
	values = {
		"status": status.value,
		"taken_amount": to_float(position.taken),
		"applied_amount": to_float(position.applied),
		"refunded_amount": to_float(position.refunded),
		"forfeited_amount": to_float(position.forfeited),
		"held_amount": to_float(position.held),
	}
	changed = {field: value for field, value in values.items() if deposit.get(field) != value}
	if changed:
		deposit.db_set(changed, notify=True)


def _write_tenders(deposit, facts: ledger.Ledger) -> None:
	"""The tender rows mirror the receipts; an amended payment takes its predecessor's row over."""
	rows = {row.payment_entry: row for row in deposit.tenders}
	for receipt in facts.receipts:
		row = rows.get(receipt.payment)
		values = {
			"mode_of_payment": receipt.mode,
			"amount": to_float(receipt.amount),
			"left_amount": to_float(receipt.left) if receipt.standing else 0.0,
			"cancelled": int(not receipt.standing),
		}
		if row is None:
			row = deposit.append(
				"tenders", {"payment_entry": receipt.payment, "currency": deposit.currency, **values}
			)
			row.db_insert()
		elif any(row.get(field) != value for field, value in values.items()):
			row.db_set(values, update_modified=False)


def _write_movements(deposit, facts: ledger.Ledger) -> None:
	"""Write down the difference between what the ledger says and what has been written down so far."""
	told = _told(deposit)
	now: dict[tuple[str, str, str], Money] = {}
	for receipt in facts.receipts:
		if receipt.standing:
			now[(MovementType.TAKEN.value, "Payment Entry", receipt.payment)] = receipt.amount
	for settlement in facts.settlements:
		now[(settlement.type.value, settlement.against_doctype, settlement.against_name)] = settlement.amount
	written: list = []
	for key in [*now, *(key for key in told if key not in now)]:
		before = told.get(key, [])
		sum_before = sum((row["amount"].minor for row in before), 0)
		after = now.get(key, Money.zero(deposit.currency))
		delta = Money(after.minor - sum_before, deposit.currency)
		if delta.minor > 0:
			written.append(_movement(deposit, key, delta))
		elif delta.minor < 0:
			written.extend(_take_back(deposit, key, delta, before, to_zero=not after))
	if not facts.position.taken:
		_mark_the_end(written)
	spine.record(event for row in written for event in events.of_movement(row))


def _mark_the_end(written: list) -> None:
	"""The last receipt has been cancelled: the movement that took it back ends the deposit."""
	gone = [row for row in written if row.movement == MovementType.TAKEN.value and row.amount < 0]
	if gone:
		gone[-1].db_set("ends_deposit", 1)


def _told(deposit) -> dict[tuple[str, str, str], list[dict]]:
	rows = frappe.db.sql(
		"""select name, movement, against_doctype, against_name, amount, reverses
		from `tabDeposit Movement` where deposit = %s order by name lock in share mode""",
		deposit.name,
		as_dict=True,
	)
	told: dict[tuple[str, str, str], list[dict]] = {}
	for row in rows:
		row["amount"] = rounded(row["amount"], deposit.currency)
		told.setdefault((row.movement, row.against_doctype, row.against_name), []).append(row)
	return told


def _take_back(deposit, key, delta: Money, before: list[dict], *, to_zero: bool) -> list:
	"""Money came back: undo the latest movements first, each by a movement of its own."""
	undone = {row["reverses"] for row in before if row["reverses"]}
	standing = [row for row in before if row["amount"].minor > 0 and str(row["name"]) not in undone]
	rest = -delta
	written = []
	for row in reversed(standing):
		if not rest:
			break
		last = row is standing[0]
		part = rest if (last and to_zero) or row["amount"] > rest else row["amount"]
		whole = to_zero or part == row["amount"]
		written.append(_movement(deposit, key, -part, reverses=str(row["name"]) if whole else None))
		rest = rest - part
	if rest:
		written.append(_movement(deposit, key, -rest))
	return written


def _movement(deposit, key: tuple[str, str, str], amount: Money, reverses: str | None = None):
	movement, against_doctype, against_name = key
	action = frappe.flags.dealer_deposit_action
	if action and action.deposit != deposit.name:
		action = None
	doc = frappe.get_doc(
		{
			"doctype": "Deposit Movement",
			"deposit": deposit.name,
			"movement": movement,
			"amount": to_float(amount),
			"currency": deposit.currency,
			"moved_at": now_datetime(),
			"customer": deposit.customer,
			"company": deposit.company,
			"vehicle": deposit.vehicle,
			"deal": deposit.deal,
			"payment_entry": against_name if against_doctype == "Payment Entry" else None,
			"against_doctype": against_doctype,
			"against_name": against_name,
			"action": action.name if action else None,
			"reason": action.reason if action else _("Done in ERPNext"),
			"actor": frappe.session.user,
			"reverses": reverses,
		}
	)
	doc.flags.of_the_ledger = True
	doc.flags.ignore_links = True  # the cancelled document that gave the money back is linked on purpose
	return doc.insert(ignore_permissions=True)


def _settle_hold(deposit, status: Status) -> None:
	"""The vehicle stays held while the customer's money is held or went into its sale."""
	if not deposit.vehicle or not deposit.hold_until:
		return
	hold = holds.active_hold(deposit.vehicle)
	if hold and hold.deposit == deposit.name:
		if status not in HOLDING and status not in (Status.APPLIED, Status.DRAFT):
			holds.release(hold.name, _("The deposit is {0}").format(_(status.value)))
			holds.pass_on(deposit.vehicle, deposit.customer)
	elif status in HOLDING and not hold_ended(deposit):
		if hold and hold.customer == deposit.customer:
			holds.extend(deposit.name, deposit.hold_until)
		else:
			_hold_again(deposit, hold)


def _hold_again(deposit, hold) -> None:
	"""The money is held and its vehicle is not: hold it if it is free; else say, once, that it is gone."""
	if hold is None:
		status = holds.not_in_stock(deposit.vehicle)
		if status is None:
			holds.hold(deposit.vehicle, deposit.customer, deposit.name, deposit.company, deposit.hold_until)
			return
		why = _("{0} is {1}").format(what(deposit.as_dict()), _(status))
	else:
		why = _("{0} is held for {1} until {2} (deposit {3})").format(
			what(deposit.as_dict()),
			hold.customer,
			format_datetime(hold.hold_until, "short"),
			hold.deposit or "-",
		)
	deposit.db_set("hold_until", None)
	text = _("{0}. Deposit {1} does not hold it any more: extend, move, apply or refund it").format(
		why, deposit.name
	)
	deposit.add_comment("Comment", text)
	frappe.msgprint(text, indicator="orange", title=_("Vehicle No Longer Held"))
	_tell_salesperson(deposit, text)


def _tell_salesperson(deposit, text: str) -> None:
	if deposit.salesperson != frappe.session.user:
		notify([deposit.salesperson], text, deposit)


def check_all_open() -> None:
	"""Read every open deposit again, once a day."""
	names = frappe.get_all(
		"Deposit",
		filters={"status": ("in", [status.value for status in HOLDING])},
		pluck="name",
		order_by="name",
	)
	figures = ["taken_amount", "applied_amount", "refunded_amount", "forfeited_amount", "held_amount"]
	nightly.read_again("Deposit", names, refresh, figures)
