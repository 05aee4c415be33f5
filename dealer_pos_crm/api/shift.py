"""Shifts, from the point of sale and the manager's page. Amounts are in major units of the company's currency."""

import frappe
from frappe.utils import cint

from dealer_pos_crm.dealer_counter.shifts import closing, counting, differences, overview, stamping
from dealer_pos_crm.dealer_counter.shifts import count as counts
from dealer_pos_crm.dealer_counter.shifts import expected as sums


def _may_close() -> None:
	"""Whoever closes a shift has ERPNext's right to submit its closing, or closes for others."""
	if not counts.may_close_for_others():
		frappe.has_permission("POS Closing Entry", "submit", throw=True)


def _may_read(shift_count: str) -> None:
	frappe.has_permission("Shift Count", "read", shift_count, throw=True)


@frappe.whitelist()
def facts(shift: str | None = None, company: str | None = None) -> dict:
	"""What Close Shift begins with: modes, notes and coins, what is in flight, what stands in the way, and the
	count that is there already. ``shift``: the caller's own open one when left out."""
	_may_close()
	return counting.facts(shift, company)


@frappe.whitelist(methods=["POST"])
def count(
	shift: str,
	counted: str | dict,
	client_key: str,
	cash: str | list | None = None,
	slips: str | dict | None = None,
) -> dict:
	"""What was counted, by mode; and by note and coin for cash. Returns it beside what should be there."""
	_may_close()
	return counting.count(
		shift,
		frappe.parse_json(counted),
		client_key,
		cash=frappe.parse_json(cash or "[]"),
		slips=frappe.parse_json(slips or "{}"),
	)


@frappe.whitelist(methods=["POST"])
def close(shift_count: str, reason: str | None = None, note: str | None = None) -> dict:
	"""Hand the count in and close the shift; or leave it to a manager. Again it shows what was done."""
	_may_close()
	_may_read(shift_count)
	return closing.close(shift_count, reason, note)


@frappe.whitelist(methods=["POST"])
def approve(shift_count: str, note: str | None = None) -> dict:
	"""A manager agrees to the difference: the shift is closed."""
	_may_read(shift_count)
	return closing.approve(shift_count, note)


@frappe.whitelist(methods=["POST"])
def reopen(shift_count: str, reason: str) -> dict:
	"""Take a count back that was handed in and is not closed: the shift sells again."""
	_may_read(shift_count)
	return closing.reopen(shift_count, reason)


@frappe.whitelist(methods=["POST"])
def try_again(shift_count: str) -> dict:
	"""Go on with a closing that failed or hangs."""
	_may_close()
	_may_read(shift_count)
	return closing.go_on(shift_count)


@frappe.whitelist(methods=["POST"])
def book_difference(shift_count: str) -> dict:
	"""Book what is over or short of a closed shift, when that failed or was taken back."""
	_may_read(shift_count)
	frappe.has_permission("Dealer Settings", "write", throw=True)
	differences.book(shift_count)
	return counts.state(frappe.get_doc(counts.DOCTYPE, shift_count))


@frappe.whitelist()
def state(shift_count: str) -> dict:
	"""A count as it stands now, for a screen that waits."""
	_may_read(shift_count)
	return counts.state(frappe.get_doc(counts.DOCTYPE, shift_count))


@frappe.whitelist()
def closing_rows(pos_opening_entry: str) -> dict:
	"""What each mode should hold, for ERPNext's own form of a closing. ``counter`` is false where it is not ours."""
	frappe.has_permission("POS Opening Entry", "read", pos_opening_entry, throw=True)
	row = frappe.db.get_value(stamping.DOCTYPE, pos_opening_entry, ["pos_profile", "company"], as_dict=True)
	if not row or not stamping.is_counter(row.pos_profile, row.company):
		return {"counter": False, "modes": []}
	return {
		"counter": True,
		"modes": [
			{
				"mode": one.mode,
				"opening": float(one.opening.decimal),
				"expected": float(one.expected.decimal),
			}
			for one in sums.expected(pos_opening_entry)
		],
	}


@frappe.whitelist()
def load_counters(company: str | None = None, skip: int | str = 0) -> dict:
	"""All counters now, closings that wait, hang or failed, and the last closings with over and short."""
	frappe.has_permission("Shift Count", "report", throw=True)
	return overview.counters(company, cint(skip))
