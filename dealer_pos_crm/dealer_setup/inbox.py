"""What inboxes have in common: a row is kept first, and worked on afterwards by a job, or by the sweep."""

import time
from collections.abc import Callable, Iterable, Iterator

import frappe

_SECONDS = 45  # the next sweep comes after a minute


def enqueue(method: str, job_id: str, **values: object) -> None:
	"""Ask for a job now. A queue that is down loses nothing: the sweep finds what stands as received."""
	try:
		frappe.enqueue(method, queue="short", job_id=job_id, deduplicate=True, **values)
	except Exception:
		frappe.logger("dealer_pos_crm").exception(f"{job_id} waits for the sweep")


def later(names: Iterable[int], method: str, job: str, argument: str) -> None:
	"""Ask for a job per row once the caller's transaction has ended well: ``method`` takes the row as ``argument``,
	``job`` is the first part of the job's id."""
	wanted = list(names)

	def ask() -> None:
		for name in wanted:
			enqueue(method, f"{job}:{name}", **{argument: name})

	if wanted:
		frappe.db.after_commit.add(ask)


def one_by_one(doctype: str, due: Callable[[], dict]) -> Iterator[int]:
	"""The rows that are ``due`` (filters, read anew each time), each once, as many as there is time for."""
	until = time.monotonic() + _SECONDS
	last = 0
	while time.monotonic() < until:
		name = frappe.db.get_value(doctype, {**due(), "name": (">", last)}, "name", order_by="name")
		if not name:
			return
		last = name
		yield name


def changed(doctype: str, name: int) -> None:
	"""Lists on screens show the row anew, once this is committed."""
	frappe.publish_realtime(
		"list_update", {"doctype": doctype, "name": name}, doctype=doctype, after_commit=True
	)
