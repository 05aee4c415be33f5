"""ERPNext's POS Closing Entry at our counters, whoever closes and by whichever form: what stands on it comes from
the documents, and what becomes of it is told to the Shift Count."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, get_link_to_form, now_datetime

from dealer_pos_crm import compat
from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_counter.shifts import (
	consolidating,
	counting,
	differences,
	expected,
	guard,
	stamping,
	telling,
)
from dealer_pos_crm.dealer_counter.shifts import count as counts
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain import shift as rules
from dealer_pos_crm.domain.shift import Status

DOCTYPE = "POS Closing Entry"
QUEUED, FAILED, SUBMITTED, CANCELLED = "Queued", "Failed", "Submitted", "Cancelled"


def fill(entry: Any) -> None:
	"""Everything on an entry comes from the documents, whatever the browser sent: sales, payments, taxes and
	what each mode should hold. When it is submitted the shift is locked first, so nothing slips out."""
	submitting = entry.docstatus == 1
	lock = stamping.alone_with if submitting else stamping.locked
	shift = lock(entry.pos_opening_entry)
	if not shift:
		return
	count = frappe.get_doc(counts.DOCTYPE, entry.dealer_shift_count) if entry.dealer_shift_count else None
	if not count:
		counts.check_may_close(shift)
	entry.user, entry.company = shift.user, shift.company
	entry.pos_profile, entry.period_start_date = shift.pos_profile, shift.period_start_date
	if submitting:
		entry.period_end_date = now_datetime()
		guard.check_nothing_in_flight(shift.name)
	found = expected.read(shift.name, past_snapshot=submitting)
	counted = {row.mode_of_payment: row.closing_amount for row in entry.payment_reconciliation}
	if count:
		counted = {row.mode_of_payment: row.counted_amount for row in count.modes}
	_fill_modes(entry, found, counted)
	_fill_sales(entry, found, submitting)


def _fill_modes(entry: Any, found: expected.Found, counted: dict) -> None:
	rows = []
	for one in found.by_mode():
		should = float(one.expected.decimal)
		closing = counted.get(one.mode)
		closing = should if closing is None and not entry.payment_reconciliation else float(closing or 0)
		rows.append(
			{
				"mode_of_payment": one.mode,
				"opening_amount": float(one.opening.decimal),
				"expected_amount": should,
				"closing_amount": closing,
				"difference": frappe.utils.flt(closing - should, 9),
				"docstatus": entry.docstatus,
			}
		)
	entry.set("payment_reconciliation", rows)


def _fill_sales(entry: Any, found: expected.Found, submitting: bool) -> None:
	entry.set(
		compat.closing_sales_field(),
		[
			{
				"pos_invoice": row.name,
				"posting_date": row.posting_date,
				"customer": row.customer,
				"grand_total": row.grand_total,
				"is_return": row.is_return,
				"return_against": row.return_against,
				"docstatus": entry.docstatus,
			}
			for row in found.sales
		],
	)
	entry.set(
		"taxes",
		[
			{
				"account_head": row.account_head,
				"rate": row.rate,
				"amount": row.amount,
				"docstatus": entry.docstatus,
			}
			for row in expected.taxes_of([row.name for row in found.sales], submitting)
		],
	)
	for total, part in (("grand_total", "grand_total"), ("net_total", "net_total")):
		entry.set(total, frappe.utils.flt(sum(row[part] for row in found.sales), 9))
	entry.total_quantity = sum(row.total_qty for row in found.sales)


def check_submit(entry: Any) -> None:
	"""Before the entry is submitted: its count is agreed to, or made from the form's own amounts."""
	count = frappe.get_doc(counts.DOCTYPE, entry.dealer_shift_count) if entry.dealer_shift_count else None
	counting.check_background(len(entry.get(compat.closing_sales_field())))
	if count and Status(count.status) is not Status.COUNTING:
		if counts.waits(count):
			frappe.throw(
				_("{0} waits for a manager to agree to the difference").format(
					get_link_to_form(counts.DOCTYPE, count.name)
				)
			)
	else:
		count = _from_form(entry)
		entry.dealer_shift_count = count.name
	freeze(entry.pos_opening_entry, count.name)


def _from_form(entry: Any) -> Any:
	"""Whoever closes by ERPNext's own form gets a count of the amounts typed there, with the same limits."""
	found = expected.read(entry.pos_opening_entry, past_snapshot=True)
	typed = {
		row.mode_of_payment: rounded(row.closing_amount, found.currency)
		for row in entry.payment_reconciliation
	}
	count = counts.of_shift(entry.pos_opening_entry, lock=True) or frappe.new_doc(counts.DOCTYPE)
	with explained():
		sums = found.by_mode()
		laid = rules.compare(sums, typed)
	off = any(one.amount for one in laid)
	count.update(
		{
			"shift": entry.pos_opening_entry,
			"cashier": entry.user,
			"pos_profile": entry.pos_profile,
			"company": entry.company,
			"currency": found.currency,
			"status": Status.COUNTED.value,
			"opened_on": entry.period_start_date,
			"counted_on": now_datetime(),
			"counted_by": frappe.session.user,
			"closing_entry": entry.name,
			"reason": "Unknown" if off else None,
			"note": _("Closed in the form of the POS Closing Entry") if off else None,
			"booking": counts.TO_BOOK if off else counts.NOT_NEEDED,
			"client_key": None,
		}
	)
	counts.write_lines(count, sums, laid, {})
	count.set("cash", [])
	limit = counts.limit_of(entry.company, found.currency)
	alone = frappe.session.user == entry.user or not counts.may_close_for_others()
	if rules.needs_approval(laid, limit) and alone:
		frappe.throw(
			_(
				"Counted {0}: from {1} a manager has to agree. Close the shift with Close Shift at the point of sale, or let a manager submit this"
			).format(counts.in_words(rules.over_or_short(laid, found.currency)), shown(limit)),
			title=_("A Manager Has to Agree"),
		)
	differences.check_ready(count)
	return counts.keep(count)


def changed(entry: Any) -> None:
	"""ERPNext's consolidation has ended, well or not, here or in its background job."""
	if entry.docstatus == 1 and entry.status == SUBMITTED:
		_closed(entry)
	elif entry.status == FAILED:
		consolidating.end(entry)
		_entry_failed(entry)
	elif entry.docstatus == 2 and entry.status == CANCELLED:
		_entry_cancelled(entry)


def _count_of(entry: Any) -> Any:
	name = frappe.db.get_value(counts.DOCTYPE, {"shift": entry.pos_opening_entry}, "name")
	return frappe.get_doc(counts.DOCTYPE, name, for_update=True) if name else None


def _closed(entry: Any) -> None:
	count = _count_of(entry)
	if not count or count.status == Status.CLOSED.value:
		return
	count.update({"status": Status.CLOSED.value, "closing_entry": entry.name, "closing_problem": None})
	counts.keep(count)
	telling.settled((stamping.DOCTYPE, entry.pos_opening_entry))
	if count.booking == counts.TO_BOOK:
		frappe.enqueue(
			"dealer_pos_crm.dealer_counter.shifts.watch.book",
			shift_count=count.name,
			job_id=f"dealer_over_short::{count.name}",
			deduplicate=True,
			enqueue_after_commit=True,
		)


def _entry_failed(entry: Any) -> None:
	count = _count_of(entry)
	problem = frappe.utils.strip_html(cstr(entry.error_message))[:500] or _("See the POS Closing Entry")
	if count and count.status != Status.CLOSED.value and count.closing_entry == entry.name:
		count.update({"status": Status.FAILED.value, "closing_problem": problem})
		counts.keep(count)
	telling.tell(
		entry.company,
		(stamping.DOCTYPE, entry.pos_opening_entry),
		_("The shift of {0} at {1} could not be closed: {2}").format(entry.user, entry.pos_profile, problem),
	)


def _entry_cancelled(entry: Any) -> None:
	"""The shift is open again: what was counted for it is counted anew, and its difference taken back."""
	count = _count_of(entry)
	if not count or count.closing_entry != entry.name:
		return
	differences.take_back(count)
	begin_anew(count)
	freeze(entry.pos_opening_entry, None)


def freeze(shift: str, by: str | None) -> None:
	"""``by``: the count that is handed in; None lets the shift sell again."""
	frappe.db.set_value(stamping.DOCTYPE, shift, "dealer_closing", by, update_modified=False)
	frappe.clear_document_cache(stamping.DOCTYPE, shift)


def begin_anew(count: Any) -> None:
	"""The shift is open again, and is counted again."""
	count.update(
		{
			"status": Status.COUNTING.value,
			"client_key": None,
			"closing_entry": None,
			**dict.fromkeys(
				(
					"approval_reason",
					"approved_by",
					"approved_on",
					"approval_note",
					"decided_how",
					"closing_problem",
					"booking",
					"booking_problem",
				)
			),
		}
	)
	counts.keep(count)
