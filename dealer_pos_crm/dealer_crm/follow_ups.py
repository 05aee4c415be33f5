"""Follow-ups on a site: opened by the clock, given to a person as a ToDo, ended with an outcome."""

from collections.abc import Sequence
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import get_link_to_form, getdate, now_datetime

from dealer_pos_crm.dealer_crm.owners import works_here
from dealer_pos_crm.dealer_crm.store import FrappeStore
from dealer_pos_crm.dealer_setup.settings import is_dealership, manager_of
from dealer_pos_crm.domain import spine
from dealer_pos_crm.domain.follow_up import FollowUp, Status

OUTCOMES = ("Reached", "Left Message", "Booked", "Paid", "No Longer Wanted", "Reviewed", "Other")
_BATCH = 50


def open_due() -> None:
	"""Open what is due. Every minute, and by as many workers as happen to run: each promise opens once."""
	store = FrappeStore()
	for _round in range(200):
		try:
			settled = spine.open_due(now_datetime(), store, limit=_BATCH)
		except Exception:
			frappe.db.rollback()
			_open_one_by_one()
			return
		frappe.db.commit()  # nosemgrep - each batch is a piece of work of its own
		if not settled:
			return


def _open_one_by_one() -> None:
	"""One promise that cannot be opened does not keep the others waiting; it says so and is tried again."""
	due = frappe.get_all(
		"Follow Up",
		{"status": Status.PLANNED.value, "opens_at": ("<=", now_datetime())},
		["name", "follow_up_key"],
		order_by="opens_at, follow_up_key",
	)
	for row in due:
		frappe.db.commit()  # nosemgrep - each promise is a piece of work of its own
		try:
			spine.open_due(now_datetime(), _Only(row.follow_up_key), limit=1)
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			frappe.db.rollback()  # somebody else has it in hand; the next minute will tell
		except Exception:
			frappe.db.rollback()
			_put_off(row.name)
	frappe.db.commit()  # nosemgrep - see above


def _put_off(name: str | int) -> None:
	frappe.log_error(
		title=f"Follow Up {name} could not be opened", reference_doctype="Follow Up", reference_name=name
	)
	frappe.db.set_value(
		"Follow Up",
		{"name": name, "status": Status.PLANNED.value},
		{
			"opens_at": frappe.utils.add_to_date(now_datetime(), minutes=15),
			"reason": _("Could not be opened; will be tried again. See the Error Log."),
		},
	)


class _Only(FrappeStore):
	"""A store that sees one planned promise, if no other worker has it in hand."""

	def __init__(self, key: str) -> None:
		self.key = key

	def due_to_open(self, now: datetime, limit: int) -> Sequence[FollowUp]:
		return self.planned("follow_up_key = %(key)s", {"key": self.key}, now, limit)


def give_task(name: str | int, owner: str | None) -> None:
	"""Put the open promise on its owner's ToDo list. Without an owner it waits in the orphan queue."""
	if not owner:
		return
	follow_up = frappe.get_doc("Follow Up", name)
	todo = frappe.get_doc(
		{
			"doctype": "ToDo",
			"allocated_to": owner,
			"reference_type": "Follow Up",
			"reference_name": str(follow_up.name),
			"description": task_text(follow_up),
			"priority": follow_up.priority,
			"date": getdate(follow_up.due_at),
			"assigned_by": frappe.session.user,
		}
	)
	todo.flags.dealer_follow_up = True
	todo.insert(ignore_permissions=True)
	follow_up.db_set({"owner_user": owner, "todo": todo.name}, update_modified=False)


def task_text(follow_up) -> str:
	escaped = frappe.utils.escape_html
	lines = [f"<b>{escaped(follow_up.title)}</b>"]
	if follow_up.talking_points:
		lines.append(escaped(follow_up.talking_points))
	if link := link_to_whom(follow_up):
		lines.append(link)
	return "<br>".join(lines)


def link_to_whom(follow_up) -> str:
	"""A link to the customer, else to the lead, else to the car that a promise is about."""
	for doctype, name in (
		("Customer", follow_up.customer),
		("Lead", follow_up.lead),
		("Dealer Vehicle", follow_up.vehicle),
	):
		if name:
			return get_link_to_form(doctype, name, _title_of(doctype, name))
	return ""


def _title_of(doctype: str, name: str) -> str:
	if doctype == "Customer":
		return name
	return frappe.utils.escape_html(frappe.db.get_value(doctype, name, "title") or name)


def write_tasks_again(filters: dict) -> None:
	"""The open ToDos of some promises, after what they are about has another name."""
	for name in frappe.get_all(
		"Follow Up",
		{**filters, "status": Status.OPEN.value, "todo": ("is", "set")},
		pluck="name",
		order_by="name",
	):
		follow_up = frappe.get_doc("Follow Up", name)
		frappe.db.set_value("ToDo", follow_up.todo, "description", task_text(follow_up))


def close_task(filters: dict) -> None:
	"""Close the ToDo of a promise that has ended, if it has one."""
	todo = frappe.db.get_value("Follow Up", filters, "todo")
	if todo and frappe.db.get_value("ToDo", todo, "status") == "Open":
		doc = frappe.get_doc("ToDo", todo)
		doc.flags.dealer_follow_up = True
		doc.status = "Closed"
		doc.save(ignore_permissions=True)


def finish(name: str | int, outcome: str, note: str | None = None, *, by_task: bool = False) -> None:
	"""End an open promise with its outcome. Refused when it is not open or the outcome is unknown.

	``by_task``: whoever may close the ToDo may end its promise, whatever their roles.
	"""
	follow_up = frappe.get_doc("Follow Up", name, for_update=True)
	if outcome not in OUTCOMES:
		frappe.throw(_("{0} is not an outcome. Choose one of: {1}").format(outcome, ", ".join(OUTCOMES)))
	if outcome == "Other" and not (note or "").strip():
		frappe.throw(_("Say in a few words what came of it"))
	if follow_up.status != Status.OPEN.value:
		frappe.throw(
			_("{0} is {1}; only an open follow-up can be ended with an outcome").format(
				frappe.bold(follow_up.title), _(follow_up.status)
			)
		)
	follow_up.update(
		{
			"status": Status.DONE.value,
			"outcome": outcome,
			"outcome_note": (note or "").strip(),
			"done_by": frappe.session.user,
			"ended_at": now_datetime(),
		}
	)
	follow_up.flags.of_the_promise = True
	follow_up.save(ignore_permissions=by_task)
	close_task({"name": follow_up.name})


def reassign(name: str | int, user: str | None) -> None:
	"""Give an open promise to somebody else; None puts it into the orphan queue.

	Refused for one that is not open and for a user who does not work here any more.
	"""
	status, title = frappe.db.get_value("Follow Up", name, ["status", "title"], for_update=True)
	if status != Status.OPEN.value:
		frappe.throw(
			_("{0} is {1}; only an open follow-up can be given to somebody").format(
				frappe.bold(title), _(status)
			)
		)
	if user and not works_here(user):
		frappe.throw(_("{0} is disabled or no user; choose somebody else").format(frappe.bold(user)))
	close_task({"name": name})
	frappe.db.set_value("Follow Up", name, {"owner_user": user, "todo": None})
	give_task(name, user)


def orphan(user: str) -> int:
	"""Hand the open promises of a user who leaves to the departments' managers. Returns how many."""
	names = frappe.get_all(
		"Follow Up",
		filters={"owner_user": user, "status": Status.OPEN.value},
		fields=["name", "company", "department"],
		order_by="name",
	)
	for row in names:
		manager = manager_of(row.company, row.department) if is_dealership(row.company) else None
		reassign(row.name, manager if manager != user and works_here(manager) else None)
	return len(names)
