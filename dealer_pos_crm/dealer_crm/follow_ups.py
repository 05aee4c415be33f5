"""Follow-ups on a site: opened by the clock, given to a person as a ToDo, ended with an outcome."""

import frappe
from frappe import _
from frappe.utils import get_link_to_form, getdate, now_datetime

from dealer_pos_crm.domain import spine
from dealer_pos_crm.domain.follow_up import Status

OUTCOMES = ("Reached", "Left Message", "Booked", "Paid", "No Longer Wanted", "Reviewed", "Other")
_BATCH = 50


def open_due() -> None:
	"""Open what is due. Every minute, and by as many workers as happen to run: each promise opens once."""
	from dealer_pos_crm.dealer_crm.store import FrappeStore

	store = FrappeStore()
	for _round in range(200):
		frappe.db.savepoint("open_due")
		try:
			settled = spine.open_due(now_datetime(), store, limit=_BATCH)
		except Exception:
			frappe.db.rollback(save_point="open_due")
			_open_one_by_one(store)
			return
		frappe.db.commit()  # nosemgrep - each batch is a piece of work of its own
		if not settled:
			return


def _open_one_by_one(store) -> None:
	"""One promise that cannot be opened does not keep the others waiting; it says so and is tried again."""
	for follow_up in store.due_to_open(now_datetime(), 10_000):
		frappe.db.savepoint("open_one")
		try:
			spine.open_due(now_datetime(), _Only(follow_up), limit=1)
		except Exception:
			frappe.db.rollback(save_point="open_one")
			name = frappe.db.get_value("Follow Up", {"follow_up_key": follow_up.key}, "name")
			frappe.log_error(
				title=f"Follow Up {name} could not be opened",
				reference_doctype="Follow Up",
				reference_name=name,
			)
			frappe.db.set_value(
				"Follow Up",
				name,
				{
					"opens_at": frappe.utils.add_to_date(now_datetime(), minutes=15),
					"reason": _("Could not be opened; will be tried again. See the Error Log."),
				},
			)
		frappe.db.commit()  # nosemgrep - each promise is a piece of work of its own


def _Only(follow_up):
	from dealer_pos_crm.dealer_crm.store import FrappeStore

	store = FrappeStore()
	store.due_to_open = lambda now, limit: [follow_up]
	return store


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
	lines.append(get_link_to_form("Customer", follow_up.customer))
	return "<br>".join(lines)


def close_task(filters: dict) -> None:
	"""Close the ToDo of a promise that has ended, if it has one."""
	todo = frappe.db.get_value("Follow Up", filters, "todo")
	if todo and frappe.db.get_value("ToDo", todo, "status") == "Open":
		doc = frappe.get_doc("ToDo", todo)
		doc.flags.dealer_follow_up = True
		doc.status = "Closed"
		doc.save(ignore_permissions=True)


def finish(name: str | int, outcome: str, note: str | None = None) -> None:
	"""End an open promise with its outcome. Refused when it is not open or the outcome is unknown."""
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
	follow_up.save()
	close_task({"name": follow_up.name})


def reassign(name: str | int, user: str | None) -> None:
	"""Give an open promise to somebody else; None puts it into the orphan queue."""
	close_task({"name": name})
	frappe.db.set_value("Follow Up", name, {"owner_user": user, "todo": None})
	give_task(name, user)


def orphan(user: str) -> int:
	"""Hand the open promises of a user who leaves to the departments' managers. Returns how many."""
	from dealer_pos_crm.dealer_setup.settings import is_dealership, manager_of

	names = frappe.get_all(
		"Follow Up",
		filters={"owner_user": user, "status": Status.OPEN.value},
		fields=["name", "company", "department"],
		order_by="name",
	)
	for row in names:
		manager = manager_of(row.company, row.department) if is_dealership(row.company) else None
		reassign(row.name, manager if manager != user else None)
	return len(names)
