"""A Shift Count as the steps of a shift read and write it; nobody writes one by hand."""

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.dealer_counter.shifts import stamping
from dealer_pos_crm.dealer_setup.roles import ACCOUNTANT, APPROVING
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain import shift as rules
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.shift import Difference, ModeSum, Status

DOCTYPE = "Shift Count"

# What became of over and short in the ledger.
TO_BOOK, BOOKED, NOT_NEEDED, PROBLEM, CANCELLED = "To Book", "Booked", "Not Needed", "Failed", "Cancelled"


def of_shift(shift: str, *, lock: bool = False) -> Any:
	"""The Shift Count of a shift; None before the first count."""
	name = frappe.db.get_value(DOCTYPE, {"shift": shift}, "name")
	return frappe.get_doc(DOCTYPE, name, for_update=lock) if name else None


def locked(name: str) -> Any:
	"""The Shift Count with the locks in everybody's order: its shift, then its own row."""
	shift = frappe.db.get_value(DOCTYPE, name, "shift")
	if not shift:
		frappe.throw(_("Shift Count {0} does not exist").format(name), frappe.DoesNotExistError)
	stamping.alone_with(shift)
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def keep(count: Any) -> Any:
	count.flags.of_the_shift = True
	count.save(
		ignore_permissions=True
	)  # the right to close this shift was checked; nobody writes counts by hand
	return count


def check_may_close(shift: Any) -> None:
	"""A cashier closes their own shift; managers and accountants close anybody's."""
	user = frappe.session.user
	if user == shift.user or may_close_for_others(user):
		return
	frappe.throw(
		_("This is the shift of {0}. They close it, or a manager does").format(frappe.bold(shift.user)),
		frappe.PermissionError,
		title=_("Not Allowed"),
	)


def may_close_for_others(user: str | None = None) -> bool:
	return bool(set(frappe.get_roles(user)) & {*APPROVING, ACCOUNTANT, "System Manager"})


def may_approve(count: Any, user: str | None = None) -> bool:
	"""A manager who neither had the drawer nor counted it."""
	user = user or frappe.session.user
	return bool(set(frappe.get_roles(user)) & {*APPROVING}) and user not in (count.cashier, count.counted_by)


def waits(count: Any) -> bool:
	"""Whether somebody has to agree before the shift is closed."""
	return count.status == Status.COUNTED.value and bool(count.approval_reason) and not count.approved_by


def write_lines(count: Any, sums: Iterable[ModeSum], differences: Iterable[Difference], slips: dict) -> None:
	by_mode = {one.mode: one for one in differences}
	count.set("modes", [])
	for one in sums:
		found = by_mode[one.mode]
		count.append(
			"modes",
			{
				"mode_of_payment": one.mode,
				"instrument": instrument_of(one.mode),
				"opening_amount": to_float(one.opening),
				"sales_amount": to_float(one.sales),
				"payments_amount": to_float(one.payments),
				"refunds_amount": to_float(one.refunds),
				"expected_amount": to_float(one.expected),
				"counted_amount": to_float(found.counted),
				"slips": cint(slips.get(one.mode)),
				"difference": to_float(found.amount),
				"currency": count.currency,
			},
		)
	count.difference = to_float(rules.over_or_short(by_mode.values(), count.currency))


def differences_of(count: Any) -> list[Difference]:
	return [
		Difference(
			row.mode_of_payment,
			rounded(row.expected_amount, count.currency),
			rounded(row.counted_amount, count.currency),
		)
		for row in count.modes
	]


def instrument_of(mode: str) -> str:
	return frappe.get_cached_value("Mode of Payment", mode, "dealer_instrument") or ""


def is_cash(mode: str) -> bool:
	"""Whether notes and coins are counted for it."""
	instrument, kind = frappe.get_cached_value("Mode of Payment", mode, ["dealer_instrument", "type"])
	return instrument == "Currency" or (not instrument and kind == "Cash")


def limit_of(company: str, currency: str) -> Money:
	return rounded(settings_of(company).over_short_limit, currency)


def in_words(amount: Money) -> str:
	"""A difference as people say it."""
	if not amount:
		return _("as expected")
	return (_("{0} over") if amount.minor > 0 else _("{0} short")).format(
		shown(amount if amount.minor > 0 else -amount)
	)


def state(count: Any, *, repeated: bool = False) -> dict:
	"""All that a screen shows of a count. Amounts are in major units."""
	differences = differences_of(count)
	limit = limit_of(count.company, count.currency)
	entry = (
		frappe.db.get_value("POS Closing Entry", count.closing_entry, "status")
		if count.closing_entry
		else None
	)
	return {
		"name": count.name,
		"shift": count.shift,
		"cashier": count.cashier,
		"status": count.status,
		"waits": waits(count),
		"approval_reason": count.approval_reason,
		"approved_by": count.approved_by,
		"needs_reason": any(one.amount for one in differences),
		"needs_approval": rules.needs_approval(differences, limit),
		"may_approve": may_approve(count),
		"limit": to_float(limit),
		"currency": count.currency,
		"difference": count.difference,
		"words": in_words(rounded(count.difference, count.currency)),
		"modes": [
			{
				"mode": row.mode_of_payment,
				"opening": row.opening_amount,
				"sales": row.sales_amount,
				"payments": row.payments_amount,
				"refunds": row.refunds_amount,
				"expected": row.expected_amount,
				"counted": row.counted_amount,
				"slips": row.slips,
				"difference": row.difference,
				"words": in_words(rounded(row.difference, count.currency)),
			}
			for row in count.modes
		],
		"reason": count.reason,
		"note": count.note,
		"closing_entry": count.closing_entry,
		"closing_status": entry,
		"closing_problem": count.closing_problem,
		"journal_entry": count.journal_entry,
		"booking": count.booking,
		"booking_problem": count.booking_problem,
		"changed_amount": count.changed_amount,
		"repeated": repeated,
	}
