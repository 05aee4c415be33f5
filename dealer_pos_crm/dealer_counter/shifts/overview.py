"""The manager's view: every counter now, what stands in the way of a closing, and how the last ones ended."""

from typing import Any

import frappe
from frappe.utils import cint, flt
from frappe.utils.scheduler import is_scheduler_inactive

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, to_float
from dealer_pos_crm.dealer_counter.shifts import count as counts
from dealer_pos_crm.dealer_counter.shifts import entry as entries
from dealer_pos_crm.dealer_counter.shifts import expected, guard, stamping, watch
from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.domain.money import total
from dealer_pos_crm.domain.shift import Status

PAGE = 20


def counters(company: str | None = None, skip: int = 0) -> dict:
	"""Open shifts, idle counters, closings that need a person, and a page of the last closings."""
	mine = [
		name
		for name in companies()
		if frappe.has_permission("Company", "read", name) and company in (None, "", name)
	]
	shifts = [_shift(row) for row in _open(mine)]
	users = {row["cashier"] for row in shifts}
	last, more = _last(mine, skip)
	users |= {row["cashier"] for row in last}
	return {
		"is_dealership": bool(companies()),
		"companies": companies(),
		"scheduler_off": bool(is_scheduler_inactive()),
		"shifts": shifts,
		"idle": _idle(mine, {row["pos_profile"] for row in shifts}),
		"last": last,
		"more": more,
		"skip": skip,
		"people": {user: frappe.utils.get_fullname(user) for user in sorted(users)},
	}


def _open(mine: list[str]) -> list[Any]:
	rows = frappe.get_list(
		stamping.DOCTYPE,
		{"status": "Open", "docstatus": 1, "company": ("in", mine or [""])},
		["name", "user", "pos_profile", "company", "period_start_date", "dealer_closing"],
		order_by="period_start_date",
	)
	return [row for row in rows if stamping.is_counter(row.pos_profile, row.company)]


def _shift(row: Any) -> dict:
	found = expected.read(row.name)
	sums = found.by_mode()
	cash = [one for one in sums if counts.is_cash(one.mode)]
	count = counts.of_shift(row.name)
	return {
		"name": row.name,
		"cashier": row.user,
		"pos_profile": row.pos_profile,
		"company": row.company,
		"since": row.period_start_date,
		"currency": found.currency,
		"sales": {
			"count": len(found.sales),
			"amount": to_float(total((one.sales for one in sums), found.currency)),
		},
		"payments": {
			"count": sum(cint(one.count) for one in found.payments if one.payment_type == "Receive"),
			"amount": to_float(total((one.payments for one in sums), found.currency)),
		},
		"paid_out": to_float(total((one.refunds for one in sums), found.currency)),
		"cash": to_float(total((one.expected for one in cash), found.currency)),
		"modes": [{"mode": one.mode, "expected": to_float(one.expected)} for one in sums],
		"in_flight": guard.in_flight(row.name),
		**_where(row, count),
	}


def _where(row: Any, count: Any) -> dict:
	"""How far the shift is: ``open``, ``counting``, ``waits``, ``queued``, ``hangs``, ``failed`` or ``closing``."""
	entry = frappe.db.get_value(
		entries.DOCTYPE,
		{"pos_opening_entry": row.name, "docstatus": ("<", 2)},
		["name", "status", "modified", "error_message"],
		as_dict=True,
		order_by="creation desc",
	)
	state = "open"
	if entry and entry.status == entries.QUEUED:
		state = "hangs" if entry.name in watch.hanging() else "queued"
	elif (entry and entry.status == entries.FAILED) or (count and count.status == Status.FAILED.value):
		state = "failed"
	elif count and counts.waits(count):
		state = "waits"
	elif row.dealer_closing:
		state = "closing"
	elif count and count.status == Status.COUNTING.value:
		state = "counting"
	return {
		"state": state,
		"closing_entry": entry.name if entry else None,
		"closing_since": entry.modified if entry else None,
		"problem": (count.closing_problem if count else None) or (entry.error_message if entry else None),
		"shift_count": count.name if count else None,
		"difference": count.difference if count else None,
		"words": counts.state(count)["words"] if count else "",
		"may_approve": bool(count) and counts.waits(count) and counts.may_approve(count),
	}


def _idle(mine: list[str], busy: set[str]) -> list[dict]:
	"""Counters where nobody stands, with their last closing."""
	found = []
	for profile in frappe.get_all(
		"POS Profile",
		{"dealer_counter": 1, "disabled": 0, "company": ("in", mine or [""])},
		["name", "company"],
		order_by="name",
	):
		if profile.name not in busy:
			last = frappe.get_all(
				counts.DOCTYPE,
				{"pos_profile": profile.name, "status": Status.CLOSED.value},
				["counted_on"],
				order_by="counted_on desc",
				limit=1,
			)
			found.append({**profile, "closed_on": last[0].counted_on if last else None})
	return found


def _last(mine: list[str], skip: int) -> tuple[list[dict], bool]:
	rows = frappe.get_list(
		counts.DOCTYPE,
		{"status": Status.CLOSED.value, "company": ("in", mine or [""])},
		[
			"name",
			"cashier",
			"pos_profile",
			"company",
			"counted_on",
			"difference",
			"currency",
			"reason",
			"note",
			"approved_by",
			"closing_entry",
			"journal_entry",
			"booking",
			"booking_problem",
			"changed_amount",
		],
		order_by="counted_on desc, name desc",
		start=skip,
		limit=PAGE + 1,
	)
	for row in rows:
		row.words = counts.in_words(rounded(row.difference, row.currency or company_currency(row.company)))
		row.changed_amount = flt(row.changed_amount)
	return rows[:PAGE], len(rows) > PAGE
