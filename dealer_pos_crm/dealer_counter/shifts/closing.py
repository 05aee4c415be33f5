"""Closing a shift: the count is handed in, agreed to where it is far off, and becomes ERPNext's POS Closing Entry.

ERPNext's consolidation commits, or undoes everything, by itself. So each step here stands alone and may be
repeated: handed in, entry made, entry submitted, over and short booked.
"""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, get_link_to_form, now_datetime
from frappe.utils.background_jobs import is_job_enqueued

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
from dealer_pos_crm.dealer_setup import deciding
from dealer_pos_crm.dealer_setup.acting import action, on_its_own
from dealer_pos_crm.dealer_setup.notices import notify, users_with
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import APPROVING
from dealer_pos_crm.domain import shift as rules
from dealer_pos_crm.domain.reasons import check_reason
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.shift import Status, Step

ENTRY = "POS Closing Entry"
QUEUED, ENTRY_FAILED, SUBMITTED, ENTRY_CANCELLED = "Queued", "Failed", "Submitted", "Cancelled"
_JOB = "pos_invoice_merge::"  # ERPNext's own name of the background job of an entry


def close(name: str, reason: str | None = None, note: str | None = None) -> dict:
	"""Hand the count in and close the shift; or leave it to a manager, when the difference is too much for one
	person. Again it finds what was done. Returns ``count.state``. Raises ``MoneyInFlight``. Commits."""
	handed_in = _hand_in(name, reason or "", note)
	frappe.db.commit()  # nosemgrep - from here on the shift takes nothing more, whatever becomes of its closing
	if counts.waits(handed_in):
		return counts.state(handed_in)
	return go_on(name)


@action
def _hand_in(name: str, reason: str, note: str | None) -> Any:
	count = counts.locked(name)
	shift = stamping.locked(count.shift)
	counts.check_may_close(shift)
	if Status(count.status) in rules.FROZEN:
		return count
	counting.check_closable(shift, count.shift)
	with explained():
		rules.check_step(Step.HAND_IN, Status(count.status), count.name)
		guard.check_nothing_in_flight(count.shift)
		found = expected.read(count.shift)
		_check_unchanged(count, found.by_mode())
		laid = counts.differences_of(count)
		rules.check_explained(laid, reason, note)
		counting.check_background(len(found.sales))
		differences.check_ready(count)
	off = any(one.amount for one in laid)
	limit = counts.limit_of(count.company, count.currency)
	needed = rules.needs_approval(laid, limit)
	count.update(
		{
			"status": Status.COUNTED.value,
			"reason": reason if off else None,
			"note": note if off else None,
			"approval_reason": _("The difference is more than one person decides (from {0})").format(
				shown(limit)
			)
			if needed
			else None,
			"booking": counts.TO_BOOK if off else counts.NOT_NEEDED,
		}
	)
	if needed and counts.may_approve(count):
		_approved(count, note)
	counts.keep(count)
	_freeze(count.shift, count.name)
	if counts.waits(count):
		_ask(count)
	return count


def _check_unchanged(count: Any, sums: list[rules.ModeSum]) -> None:
	"""A sale or a payment since the count: what was counted was another drawer."""
	before = {one.mode: one.expected for one in counts.differences_of(count)}
	now = {one.mode: one.expected for one in sums}
	changed = [mode for mode in {*before, *now} if before.get(mode) != now.get(mode)]
	if changed:
		raise Refused(
			"changed",
			marked("Since you counted, something was sold or paid: {0}. Count again"),
			", ".join(sorted(changed)),
		)


def _freeze(shift: str, by: str | None) -> None:
	frappe.db.set_value(stamping.DOCTYPE, shift, "dealer_closing", by, update_modified=False)
	frappe.clear_document_cache(stamping.DOCTYPE, shift)


def _approved(count: Any, note: str | None) -> None:
	count.update(
		{
			"approved_by": frappe.session.user,
			"approved_on": now_datetime(),
			"approval_note": note,
			"decided_how": deciding.how(),
		}
	)


def _ask(count: Any) -> None:
	notify(
		users_with(APPROVING, but=frappe.session.user),
		_("{0} counted {1} at {2}: the closing waits for you").format(
			count.cashier, counts.state(count)["words"], count.pos_profile
		),
		count,
	)


def approve(name: str, note: str | None = None) -> dict:
	"""A manager agrees to the difference; the shift is closed at once. Returns ``count.state``. Commits."""
	_agree(name, note)
	frappe.db.commit()  # nosemgrep - agreed is agreed, whatever becomes of the closing
	return go_on(name)


@action
def _agree(name: str, note: str | None) -> None:
	count = counts.locked(name)
	if count.approved_by:
		return
	with explained():
		rules.check_step(Step.APPROVE, Status(count.status), count.name)
		if not counts.waits(count):
			raise Refused("nothing_to_approve", marked("{0} waits for nobody"), name)
		if not counts.may_approve(count):
			raise Refused(
				"may_not_approve",
				marked("{0} may not agree to this: a manager does who neither had the drawer nor counted it"),
				frappe.session.user,
			)
	_approved(count, note)
	counts.keep(count)


@action
def reopen(name: str, reason: str) -> dict:
	"""Take a handed-in count back, before the books have it: the shift sells again and is counted anew. For a
	manager, and for the cashier while the count waits for one. A failed closing is undone with it."""
	count = counts.locked(name)
	shift = stamping.locked(count.shift)
	if not counts.may_close_for_others() and not (frappe.session.user == shift.user and counts.waits(count)):
		frappe.throw(_("A manager opens a handed-in count again"), frappe.PermissionError)
	with explained():
		rules.check_step(Step.REOPEN, Status(count.status), count.name)
		why = check_reason(reason)
	entry = _entry_of(count)
	if entry and entry.docstatus == 1 and entry.status != ENTRY_FAILED:
		frappe.throw(
			_("{0} is {1}. Wait for it, or cancel it there").format(
				get_link_to_form(ENTRY, entry.name), _(entry.status)
			)
		)
	_begin_anew(count)
	count.add_comment("Comment", _("Opened again: {0}").format(why))
	_freeze(count.shift, None)
	telling.settled((stamping.DOCTYPE, count.shift))
	state = counts.state(count)
	if entry and entry.docstatus == 0:
		frappe.delete_doc(ENTRY, entry.name, ignore_permissions=True, force=True)
	elif entry:
		entry.flags.ignore_permissions = True  # the right to open the count again was checked
		entry.cancel()
	return state


def _begin_anew(count: Any) -> None:
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


def go_on(name: str) -> dict:
	"""Bring a handed-in count as far as it goes: entry, consolidation, over and short. May be repeated after
	whatever went wrong. Returns ``count.state``. Commits."""
	messages = len(frappe.local.message_log)
	with on_its_own():
		try:
			entry = _made(name)
			frappe.db.commit()  # nosemgrep - the background job finds the entry, however soon it begins
			if entry:
				_consolidate(entry)
				frappe.db.commit()  # nosemgrep - ERPNext commits here as well, when it is not a background job
		except Exception as error:
			frappe.db.rollback()
			text = frappe.utils.strip_html(str(error))[:500]
			_not_closed(name, text)
			frappe.db.commit()  # nosemgrep - what went wrong is kept, with the task for a manager
		del frappe.local.message_log[messages:]
		count = frappe.get_doc(counts.DOCTYPE, name)
		if count.status == Status.CLOSED.value and count.booking in (counts.TO_BOOK, counts.PROBLEM):
			differences.book_now(name)
			count.reload()
	return counts.state(count)


@action
def _made(name: str) -> str | None:
	"""The entry of a handed-in count, as a draft; None when nothing is left to do with it."""
	count = counts.locked(name)
	if count.status == Status.CLOSED.value:
		return None
	counts.check_may_close(stamping.locked(count.shift))
	with explained():
		rules.check_step(Step.CLOSE, Status(count.status), count.name)
	if counts.waits(count):
		frappe.throw(_("{0} waits for a manager to agree to the difference").format(name))
	entry = _entry_of(count)
	if not entry or entry.docstatus == 2:
		entry = frappe.get_doc(
			{
				"doctype": ENTRY,
				"pos_opening_entry": count.shift,
				"pos_profile": count.pos_profile,
				"user": count.cashier,
				"company": count.company,
				"period_start_date": count.opened_on,
				"period_end_date": now_datetime(),
				"dealer_shift_count": name,
			}
		)
		entry.flags.ignore_permissions = True  # the right to close this shift was checked
		entry.insert()
		count.closing_entry = entry.name
		counts.keep(count)
	if entry.docstatus == 1 and entry.status == SUBMITTED:
		changed(entry)
		return None
	return entry.name


def _entry_of(count: Any) -> Any:
	if count.closing_entry and frappe.db.exists(ENTRY, count.closing_entry):
		return frappe.get_doc(ENTRY, count.closing_entry)
	return None


def _consolidate(name: str) -> None:
	"""Hand the sales to ERPNext. It commits by itself, or undoes everything and raises."""
	entry = frappe.get_doc(ENTRY, name)
	entry.flags.ignore_permissions = True  # the right to close this shift was checked
	if entry.docstatus == 0:
		entry.submit()
	elif entry.status == ENTRY_FAILED or (entry.status == QUEUED and not is_job_enqueued(_JOB + name)):
		entry.retry()


@action
def _not_closed(name: str, problem: str) -> None:
	count = counts.locked(name)
	if count.status == Status.CLOSED.value:
		return
	count.status = Status.FAILED.value
	count.closing_problem = problem
	counts.keep(count)
	telling.tell(
		count.company,
		(stamping.DOCTYPE, count.shift),
		_("The shift of {0} at {1} could not be closed: {2}").format(
			count.cashier, count.pos_profile, problem
		),
	)


# What ERPNext's own entry goes through, whoever closes


def fill(entry: Any) -> None:
	"""Everything on an entry comes from the documents, whatever the browser sent: sales, payments, taxes and
	what each mode should hold. When it is submitted the shift is locked first, so nothing slips out."""
	submitting = entry.docstatus == 1
	shift = stamping.locked(entry.pos_opening_entry, alone=submitting)
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
		"pos_transactions",
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
	counting.check_background(len(entry.pos_transactions))
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
	_freeze(entry.pos_opening_entry, count.name)


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
	elif entry.status == ENTRY_FAILED:
		consolidating.end(entry)
		_entry_failed(entry)
	elif entry.docstatus == 2 and entry.status == ENTRY_CANCELLED:
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
	_begin_anew(count)
	_freeze(entry.pos_opening_entry, None)
