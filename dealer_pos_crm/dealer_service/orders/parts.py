"""Parts of a repair order on their way: to order, ordered with the day they are expected, arrived."""

from collections.abc import Iterable

from frappe import _
from frappe.utils import cint, cstr

from dealer_pos_crm.dealer_service.orders.order import keep, locked
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain import repair_order as rules
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


@action
def set_states(order_name: str, rows: Iterable[dict]) -> str | None:
	"""Change the state of parts, all or none: dicts of ``row_key``, ``state``, ``eta``, ``special_order``.

	A part that was ordered for a car may come after its order is closed. The steps are told by saving: ordered, arrived, delayed when the day moves away. Returns the state of all
	parts that are still waited for, as the lane shows it.
	"""
	order = locked(order_name)
	with explained():
		if order.status == rules.Status.CANCELLED.value:
			rules.check_working(rules.Status(order.status), order.name)
		by_key = {row.row_key: row for row in order.parts}
		for values in rows:
			row = by_key.get(cstr(values.get("row_key")))
			if row is None:
				raise Refused("no_part", marked("{0} has no such part any more. Reload it"), order.name)
			row.state = values.get("state") or row.state
			if values.get("eta"):
				row.eta = values["eta"]
			if "special_order" in values:
				row.special_order = cint(values["special_order"])
		keep(order)
	found = state_of(order)
	return found.value if found else None


def arrived(order_name: str, row_keys: Iterable[str]) -> str | None:
	"""These parts are there."""
	return set_states(
		order_name, [{"row_key": key, "state": rules.PartState.ARRIVED.value} for key in row_keys]
	)


def state_of(order, job_no: int | None = None) -> rules.PartState | None:
	"""One state for the parts of an order, or of one job: the one that holds the work up. Parts of work that
	was declined do not count."""
	off = {cint(row.job_no) for row in order.jobs if row.answer in ("Declined", "Deferred")}
	return rules.parts_state(
		rules.PartState(row.state)
		for row in order.parts
		if cint(row.job_no) not in off and (job_no is None or cint(row.job_no) == cint(job_no))
	)


def waited_for(order) -> list:
	"""Rows of parts that are ordered and not there, the one expected last at the end."""
	off = {cint(row.job_no) for row in order.jobs if row.answer in ("Declined", "Deferred")}
	rows = [
		row
		for row in order.parts
		if row.state == rules.PartState.ORDERED.value and cint(row.job_no) not in off
	]
	return sorted(rows, key=lambda row: cstr(row.eta))


def in_words(state: rules.PartState | None) -> str:
	return _(state.value) if state else _("No parts")
