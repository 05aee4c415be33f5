"""Closing a shift: the count is handed in, agreed to where it is far off, and becomes ERPNext's POS Closing Entry.

ERPNext's consolidation commits, or undoes everything, by itself. So each step here stands alone and may be
repeated: handed in, entry made, entry submitted, over and short booked.
"""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, get_link_to_form, now_datetime
from frappe.utils.background_jobs import is_job_enqueued

from dealer_pos_crm.dealer_cashier.money import shown
from dealer_pos_crm.dealer_counter.shifts import count as counts
from dealer_pos_crm.dealer_counter.shifts import counting, differences, expected, guard, stamping, telling
from dealer_pos_crm.dealer_counter.shifts import entry as entries
from dealer_pos_crm.dealer_setup import deciding
from dealer_pos_crm.dealer_setup.acting import action, on_behalf_of, on_its_own
from dealer_pos_crm.dealer_setup.notices import notify, users_with
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import APPROVING
from dealer_pos_crm.domain import shift as rules
from dealer_pos_crm.domain.reasons import check_reason
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.shift import Status, Step

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
		found = expected.read(count.shift, past_snapshot=bool(frappe.db.transaction_writes))
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
	entries.freeze(count.shift, count.name)
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
	if entry and entry.docstatus == 1 and entry.status != entries.FAILED:
		frappe.throw(
			_("{0} is {1}. Wait for it, or cancel it there").format(
				get_link_to_form(entries.DOCTYPE, entry.name), _(entry.status)
			)
		)
	entries.begin_anew(count)
	count.add_comment("Comment", _("Opened again: {0}").format(why))
	entries.freeze(count.shift, None)
	telling.settled((stamping.DOCTYPE, count.shift))
	state = counts.state(count)
	if entry and entry.docstatus == 0:
		frappe.delete_doc(entries.DOCTYPE, entry.name, ignore_permissions=True, force=True)
	elif entry:
		entry.flags.ignore_permissions = True  # the right to open the count again was checked
		entry.cancel()
	return state


def go_on(name: str) -> dict:
	"""Bring a handed-in count as far as it goes: entry, consolidation, over and short. May be repeated after
	whatever went wrong. Returns ``count.state``. Commits."""
	messages = len(frappe.local.message_log)
	with on_its_own():
		try:
			entry = _made(name)
			frappe.db.commit()  # nosemgrep - the background job finds the entry, however soon it begins
			if entry:
				with on_behalf_of(_closer(entry)):
					_consolidate(entry)
				frappe.db.commit()  # nosemgrep - ERPNext commits here as well, when it is not a background job
		except Exception as error:
			frappe.db.rollback()
			text = _reason(error, messages)
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
				"doctype": entries.DOCTYPE,
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
	if entry.docstatus == 1 and entry.status == entries.SUBMITTED:
		entries.changed(entry)
		return None
	return entry.name


def _entry_of(count: Any) -> Any:
	if count.closing_entry and frappe.db.exists(entries.DOCTYPE, count.closing_entry):
		return frappe.get_doc(entries.DOCTYPE, count.closing_entry)
	return None


def _closer(entry: str) -> str | None:
	"""Whose name the closing bears: the cashier's, whose sales they are, whoever agreed to it; unless they sell
	no more."""
	user = frappe.db.get_value(entries.DOCTYPE, entry, "user")
	return user if frappe.has_permission(entries.DOCTYPE, "submit", user=user) else None


def _reason(error: Exception, messages: int) -> str:
	"""What went wrong, for people: Frappe leaves the text of a missing right among the messages only."""
	said = [cstr(row.get("message") if isinstance(row, dict) else row) for row in frappe.local.message_log]
	texts = [str(error), *reversed(said[messages:]), type(error).__name__]
	return next(text for text in map(frappe.utils.strip_html, texts) if text.strip())[:500]


def _consolidate(name: str) -> None:
	"""Hand the sales to ERPNext. It commits by itself, or undoes everything and raises."""
	entry = frappe.get_doc(entries.DOCTYPE, name)
	entry.flags.ignore_permissions = True  # the right to close this shift was checked
	if entry.docstatus == 0:
		entry.submit()
	elif entry.status == entries.FAILED or (
		entry.status == entries.QUEUED and not is_job_enqueued(_JOB + name)
	):
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
