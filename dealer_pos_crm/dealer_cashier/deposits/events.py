"""What a deposit's own documents say to the spine. Used when they are written and when it is rebuilt."""

from collections.abc import Mapping

import frappe
from frappe import _
from frappe.utils import cstr, get_datetime

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.domain.deposit import MovementType
from dealer_pos_crm.domain.event import Event

_TYPES = {
	MovementType.APPLIED.value: "deposit.applied",
	MovementType.FORFEITED.value: "deposit.forfeited",
}


def what(deposit: Mapping) -> str:
	"""What the money is for, in a few words: the vehicle, or what was written instead."""
	if deposit.get("vehicle"):
		return frappe.get_cached_value("Dealer Vehicle", deposit["vehicle"], "title") or deposit["vehicle"]
	return cstr(deposit.get("held_for")) or _("an order")


def of_movement(row) -> list[Event]:
	"""Applied and forfeited money, its way back, and the end of a deposit whose last payment was cancelled.

	Money taken and refunded is told by its payment.
	"""
	if row.movement not in _TYPES and not row.ends_deposit:
		return []
	deposit = frappe.get_cached_value(
		"Deposit", row.deposit, ["kind", "vehicle", "held_for", "department"], as_dict=True
	)
	amount = rounded(abs(row.amount), row.currency)
	facts = {
		"what": what({**deposit, "vehicle": row.vehicle}),
		"kind": deposit.kind,
		"reason": cstr(row.reason),
	}
	if row.ends_deposit:
		return [
			Event(
				key=f"deposit.cancelled:{row.name}",
				type="deposit.cancelled",
				title=_("Deposit {0} cancelled: {1}").format(row.deposit, cstr(row.reason)),
				amount=amount,
				facts=facts,
				**{
					**_common(row, deposit),
					"reference_doctype": "Deposit",
					"reference_name": row.deposit,
				},
			)
		]
	kind = _TYPES[row.movement]
	if row.amount < 0:
		return [
			Event(
				key=f"deposit.reinstated:{row.name}",
				type="deposit.reinstated",
				title=_("{0} back in deposit {1}").format(shown(amount), row.deposit),
				reverses=f"{kind}:{row.reverses}" if row.reverses else None,
				amount=amount,
				facts={**facts, "undoes": kind},
				**_common(row, deposit),
			)
		]
	title = (
		_("{0} of deposit {1} kept: {2}").format(shown(amount), row.deposit, cstr(row.reason))
		if kind == "deposit.forfeited"
		else _("{0} of deposit {1} applied to {2}").format(shown(amount), row.deposit, row.against_name)
	)
	return [
		Event(
			key=f"{kind}:{row.name}",
			type=kind,
			title=title,
			amount=amount,
			facts=facts,
			**_common(row, deposit),
		)
	]


def _common(row, deposit) -> dict:
	return {
		"happened_at": get_datetime(row.moved_at),
		"customer": row.customer,
		"company": row.company,
		"department": deposit.department,
		"vehicle": row.vehicle,
		"deal": row.deal,
		"deposit": row.deposit,
		"reference_doctype": row.against_doctype,
		"reference_name": row.against_name,
		"actor": row.actor,
	}


def of_action(row) -> list[Event]:
	"""A finished Deposit Action that moves no money: the move to another vehicle."""
	if row.action != "Move" or row.status != "Done":
		return []
	to = (
		frappe.get_cached_value("Dealer Vehicle", row.to_vehicle, "title")
		if row.to_vehicle
		else row.to_held_for
	)
	from_ = frappe.get_cached_value("Dealer Vehicle", row.from_vehicle, "title") if row.from_vehicle else ""
	department = frappe.get_cached_value("Deposit", row.deposit, "department")
	return [
		Event(
			key=f"deposit.moved:{row.name}",
			type="deposit.moved",
			happened_at=get_datetime(row.decided_at),
			customer=row.customer,
			company=row.company,
			department=department,
			title=_("Deposit {0} moved to {1}").format(row.deposit, cstr(to)),
			deposit=row.deposit,
			vehicle=row.to_vehicle,
			deal=row.deal,
			amount=rounded(row.amount, row.currency),
			reference_doctype="Deposit",
			reference_name=row.deposit,
			actor=row.decided_by,
			facts={"from": cstr(from_), "to": cstr(to), "reason": cstr(row.reason), "what": cstr(to)},
		)
	]
