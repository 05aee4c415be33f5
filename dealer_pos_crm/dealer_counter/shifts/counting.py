"""Counting a shift: what is in the drawer is written down, then laid beside what should be there."""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, now_datetime
from frappe.utils.scheduler import is_scheduler_inactive

from dealer_pos_crm.dealer_cashier.money import to_float, to_money
from dealer_pos_crm.dealer_counter.shifts import count as counts
from dealer_pos_crm.dealer_counter.shifts import differences, expected, guard, stamping
from dealer_pos_crm.dealer_setup.acting import need_key, once
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain import shift as rules
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.shift import Status, Step


def check_closable(row: Any, name: str) -> None:
	"""Only an open shift at one of our counters is counted here."""
	if not row:
		frappe.throw(_("POS Opening Entry {0} does not exist").format(name), frappe.DoesNotExistError)
	if not stamping.is_counter(row.pos_profile, row.company):
		frappe.throw(
			_("{0} is no counter of a dealership; close it in ERPNext's own form").format(row.pos_profile)
		)
	if row.docstatus != 1 or row.status != "Open":
		frappe.throw(_("Shift {0} is not open any more").format(name), title=_("Not Open"))


def check_background(sales: int) -> None:
	"""Many sales are booked by a job: told before anything is counted, not after."""
	if sales < rules.BACKGROUND_FROM or not is_scheduler_inactive():
		return
	frappe.throw(
		_(
			"{0} sales are booked by a background job, and the scheduler of this site is switched off. Ask the administrator to switch it on (System Settings, Enable Scheduled Jobs), then close the shift"
		).format(sales),
		title=_("Scheduler Inactive"),
	)


def blind(pos_profile: str) -> bool:
	return bool(cint(frappe.get_cached_value("POS Profile", pos_profile, "dealer_blind_count")))


@once
def count(
	shift: str,
	counted: Mapping[str, Any],
	client_key: str,
	*,
	cash: list[Mapping[str, Any]] | None = None,
	slips: Mapping[str, int] | None = None,
) -> dict:
	"""Write down what was counted, and lay it beside what should be there. Counted again, it takes the place
	of the count before while the shift is not handed in.

	``counted``: mode of payment -> amount (major units). ``cash``: [{denomination, pieces}] of the mode that is
	notes and coins, in place of its amount. ``slips``: mode -> how many slips or checks. Returns
	``count.state``. Raises ``MoneyInFlight``.
	"""
	need_key(client_key)
	row = stamping.alone_with(shift)
	known = counts.of_shift(shift, lock=True)
	if known and known.client_key == client_key:
		return counts.state(known, repeated=True)
	check_closable(row, shift)
	counts.check_may_close(row)
	with explained():
		if known:
			rules.check_step(Step.COUNT, Status(known.status), known.name)
		guard.check_nothing_in_flight(shift)
		found = expected.read(shift)
		check_background(len(found.sales))
		sums = found.by_mode()
		amounts = {mode: to_money(amount, found.currency) for mode, amount in counted.items()}
		pieces = _pieces(cash, found.currency)
		if cash:
			mode = next((one.mode for one in sums if counts.is_cash(one.mode)), None)
			if not mode:
				frappe.throw(_("No mode of payment of this shift is notes and coins"))
			amounts[mode] = rules.cash_total(pieces, found.currency)
		laid = rules.compare(sums, amounts)
	doc = known or frappe.new_doc(counts.DOCTYPE)
	doc.update(
		{
			"shift": shift,
			"cashier": row.user,
			"pos_profile": row.pos_profile,
			"company": row.company,
			"currency": found.currency,
			"status": Status.COUNTING.value,
			"opened_on": row.period_start_date,
			"counted_on": now_datetime(),
			"counted_by": frappe.session.user,
			"blind": int(blind(row.pos_profile)),
			"client_key": client_key,
		}
	)
	counts.write_lines(doc, sums, laid, dict(slips or {}))
	doc.set("cash", [])
	for denomination, number in pieces:
		if number:
			doc.append(
				"cash",
				{
					"denomination": to_float(denomination),
					"pieces": number,
					"amount": to_float(Money(denomination.minor * number, found.currency)),
					"currency": found.currency,
				},
			)
	return counts.state(counts.keep(doc))


def _pieces(cash: list[Mapping[str, Any]] | None, currency: str) -> list[tuple[Money, int]]:
	return [(to_money(row.get("denomination"), currency), cint(row.get("pieces"))) for row in cash or []]


def facts(shift: str | None = None, company: str | None = None) -> dict:
	"""What the dialog begins with: the shift, its modes, notes and coins, and what stands in the way.

	Where the counter counts blind, no expected amount leaves the server before there is a count.
	"""
	row = _shift(shift, company)
	check_closable(row, row.name)
	counts.check_may_close(row)
	found = expected.read(row.name)
	sums = found.by_mode()
	known = counts.of_shift(row.name)
	hidden = blind(row.pos_profile) and not known
	cash = next((one.mode for one in sums if counts.is_cash(one.mode)), None)
	return {
		"shift": row.name,
		"cashier": row.user,
		"pos_profile": row.pos_profile,
		"company": row.company,
		"since": row.period_start_date,
		"currency": found.currency,
		"blind": blind(row.pos_profile),
		"sales": len(found.sales),
		"modes": [
			{
				"mode": one.mode,
				"cash": one.mode == cash,
				"instrument": counts.instrument_of(one.mode),
				"expected": None if hidden else to_float(one.expected),
			}
			for one in sums
		],
		"denominations": [to_float(one) for one in rules.denominations(found.currency)] if cash else [],
		"in_flight": guard.in_flight(row.name),
		"problems": _problems(row, len(found.sales)),
		"limit": to_float(counts.limit_of(row.company, found.currency)),
		"count": counts.state(known) if known else None,
		"pieces": {str(line.denomination): line.pieces for line in known.cash} if known else {},
	}


def _shift(shift: str | None, company: str | None) -> Any:
	if shift:
		found = frappe.db.get_value(
			stamping.DOCTYPE,
			shift,
			["name", "user", "pos_profile", "company", "status", "docstatus", "period_start_date"],
			as_dict=True,
		)
		if found:
			return found
		frappe.throw(_("POS Opening Entry {0} does not exist").format(shift), frappe.DoesNotExistError)
	found = frappe.get_all(
		stamping.DOCTYPE,
		{
			"user": frappe.session.user,
			"status": "Open",
			"docstatus": 1,
			**({"company": company} if company else {}),
		},
		["name", "user", "pos_profile", "company", "status", "docstatus", "period_start_date"],
		order_by="period_start_date desc",
		limit=1,
	)
	if not found:
		frappe.throw(_("You have no open shift"), title=_("No Open Shift"))
	return found[0]


def _problems(row: Any, sales: int) -> list[str]:
	"""What would stop the closing, told before anybody counts."""
	problems = []
	missing = differences.missing_account(row.company)
	if missing:
		problems.append(missing)
	if sales >= rules.BACKGROUND_FROM and is_scheduler_inactive():
		problems.append(
			_("The scheduler of this site is switched off: {0} sales cannot be booked").format(sales)
		)
	return problems
