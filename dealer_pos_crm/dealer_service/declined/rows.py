"""Declined Service rows: found, locked, kept and told. The steps themselves are in ``book``."""

from collections.abc import Iterable
from datetime import date

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_datetime, getdate

from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.dealer_service import log
from dealer_pos_crm.dealer_setup.settings import is_dealership, settings_of
from dealer_pos_crm.domain.declined import (
	ALIVE,
	STILL_UNDONE,
	Ended,
	Refusal,
	Status,
	Undone,
	Work,
	best_match,
	expires_on,
)
from dealer_pos_crm.domain.money import Money

_ALIVE = tuple(status.value for status in ALIVE)
_STILL_UNDONE = tuple(ended.value for ended in STILL_UNDONE)


def work_of(row) -> Work:
	"""A job, a booked job or a declined service as a piece of work."""
	return Work(cstr(row.get("title") or row.get("service_name")), row.get("labor_operation") or None)


def locked(name: str):
	"""The row as it stands now, kept from others until the end of this transaction."""
	return frappe.get_doc("Declined Service", name, for_update=True)


def match(vehicle: str | None, work: Work, *, closed_too: bool = False):
	"""The undone row of a vehicle that is this work, locked; None when there is none.

	All rows of the vehicle are locked, so that two who decline the same work at once make one row.
	``closed_too``: also one that expired or whose customer opted out, as its work is still undone.
	"""
	if not vehicle:
		return None
	table = frappe.qb.DocType("Declined Service")
	undone = table.status.isin(_ALIVE)
	if closed_too:
		undone = undone | table.closed_reason.isin(_STILL_UNDONE)
	found = (
		frappe.qb.from_(table)
		.select(table.name, table.service_name, table.labor_operation, table.first_declined_on)
		.where((table.vehicle == vehicle) & undone)
		.orderby(table.name)
		.for_update()
	).run(as_dict=True)
	best = best_match(
		work, [Undone(row.name, work_of(row), get_datetime(row.first_declined_on)) for row in found]
	)
	return locked(best.name) if best else None


def price_of(row) -> Money:
	return rounded(row.price, row.currency)


def refusals_of(row) -> list[Refusal]:
	return [
		Refusal(
			order=answer.repair_order,
			job_no=cint(answer.job_no),
			at=get_datetime(answer.answered_on),
			price=rounded(answer.price, row.currency),
			taken_back=bool(answer.taken_back),
		)
		for answer in row.answers
	]


def answer_of(row, refusal: Refusal):
	"""The child row that a refusal was read from."""
	return row.answers[refusals_of(row).index(refusal)]


def show(row, answer) -> None:
	"""Bring the row's own fields in line with the answer that counts now."""
	row.update(
		{
			"kind": answer.kind,
			"severity": answer.severity or "Yellow",
			"price": answer.price,
			"reason": answer.reason,
			"deferred_until": answer.deferred_until,
			"declined_by": answer.answered_by,
			"declined_on": answer.answered_on,
			"customer": answer.customer,
			"advisor": answer.advisor,
			"repair_order": answer.repair_order,
			"job_no": answer.job_no,
			"expires_on": _expires_on(row.company, answer),
			"times_declined": sum(not other.taken_back for other in row.answers),
		}
	)
	left = [other for other in row.answers if not other.taken_back]
	row.first_declined_on = min(get_datetime(other.answered_on) for other in left)


def _expires_on(company: str, answer) -> date | None:
	if not is_dealership(company):
		return None
	until = getdate(answer.deferred_until) if answer.deferred_until else None
	return expires_on(getdate(answer.answered_on), cint(settings_of(company).declined_expiry_days), until)


def keep(row) -> None:
	"""Write the row. Nobody writes it by hand: it follows from answers, appointments and sales."""
	row.flags.of_the_lane = True
	row.flags.ignore_links = True  # it links what the caller has in hand
	row.vehicle_title = vehicle_title(row.vehicle)
	row.customer_name = frappe.get_cached_value("Customer", row.customer, "customer_name")
	row.save(ignore_permissions=True)


def not_booked(row) -> None:
	row.booked_appointment = None


def not_recovered(row) -> None:
	row.update(
		{"recovered_order": None, "recovered_job_no": None, "recovered_on": None, "recovered_amount": None}
	)


def not_closed(row) -> None:
	row.update({"closed_reason": None, "closed_on": None, "closed_note": None})


def still_undone(row) -> bool:
	"""Closed, but the work was never done: it can come back to life."""
	return row.status == Status.CLOSED.value and Ended(row.closed_reason) in STILL_UNDONE


def tell_word(row, kind: str, title: str) -> str:
	"""Write down what the customer of a declined service says of being asked. Returns its event key."""
	return log.write(
		kind,
		title=title,
		customer=row.customer,
		company=row.company,
		reference=("Declined Service", row.name),
		actor=row.advisor,
	)


def tell(
	row,
	kind: str,
	title: str,
	*,
	amount: Money | None = None,
	how: str | None = None,
	reason: str | None = None,
	appointment: str | None = None,
	repair_order: str | None = None,
	job_no: int | None = None,
	reverses: str | None = None,
) -> str:
	"""Write one step of a declined service down. Returns its event key."""
	return log.write(
		kind,
		title=title,
		customer=row.customer,
		company=row.company,
		reference=("Declined Service", row.name),
		vehicle=row.vehicle,
		appointment=appointment,
		repair_order=repair_order,
		declined_service=row.name,
		job_no=job_no,
		amount=amount or price_of(row),
		actor=row.advisor,
		reason=reason,
		facts={
			"what": vehicle_title(row.vehicle),
			"service": row.service_name,
			"op_code": row.labor_operation,
			"severity": row.severity,
			"advisor": full_name(row.advisor),
			"how": how,
		},
		reverses=reverses,
	)


def last_key(name: str, kind: str) -> str | None:
	"""The event key of the last step of that kind, for a step that undoes it."""
	found = frappe.db.get_value(
		"Service Log", {"declined_service": name, "kind": kind}, "name", order_by="name desc"
	)
	return f"{kind}:{found}" if found else None


def vehicle_title(vehicle: str | None) -> str:
	if not vehicle:
		return _("a vehicle")
	return frappe.get_cached_value("Dealer Vehicle", vehicle, "title") or vehicle


def full_name(user: str | None) -> str:
	return cstr(frappe.get_cached_value("User", user, "full_name")) if user else ""


def names(filters: dict) -> Iterable[str]:
	"""Rows that satisfy the filters, in the order in which all who lock several lock them."""
	return frappe.get_all("Declined Service", filters=filters, pluck="name", order_by="name")
