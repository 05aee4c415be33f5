"""Repair orders, from the screens. Amounts are in major units of the company's currency."""

import frappe

from dealer_pos_crm.dealer_service.orders import (
	answers,
	closing,
	finding,
	jobs,
	opening,
	overview,
	parts,
	status,
)
from dealer_pos_crm.dealer_setup.roles import PARTS, TECHNICIAN

# Who works on the car, besides whoever may edit the order: the text of the work, and where parts are.
_WORK = frozenset({TECHNICIAN})
_PARTS = frozenset({PARTS})


def _may(order: str, right: str, also: frozenset[str] = frozenset()) -> None:
	"""The right on the order, or one of these roles and the right to read it."""
	if also & set(frappe.get_roles()):
		right = "read"
	frappe.has_permission("Repair Order", right, order, throw=True)


@frappe.whitelist(methods=["POST"])
def check_in(values: str | dict, client_key: str) -> str:
	"""Open a repair order, from an appointment or a car that drives in. Returns its name.

	``values``: customer, vehicle, company, appointment; ``opening.VALUES``; works, declined, photos;
	authorised_by, authorised_how, authorised_phone.
	"""
	frappe.has_permission("Repair Order", "create", throw=True)
	given = dict(frappe.parse_json(values))
	for doctype, field in (
		("Customer", "customer"),
		("Dealer Vehicle", "vehicle"),
		("Service Appointment", "appointment"),
	):
		if given.get(field):
			frappe.has_permission(doctype, "read", given[field], throw=True)
	known = (*opening.VALUES, *opening.SUBJECT, *opening.LISTS, *opening.CONSENT)
	told = {field: given[field] for field in known if given.get(field) not in (None, "")}
	for field in opening.SUBJECT[:3]:
		told.setdefault(field, None)
	return opening.open_order(client_key=client_key, **told)


@frappe.whitelist()
def check_in_context(
	customer: str | None = None,
	vehicle: str | None = None,
	appointment: str | None = None,
	company: str | None = None,
) -> dict:
	"""What the check-in should know: the last mileage, whose car it is, orders that are open, work declined."""
	frappe.has_permission("Repair Order", "create", throw=True)
	return overview.check_in_context(customer, vehicle, appointment, company)


@frappe.whitelist()
def get_overview(order: str) -> dict:
	"""All a Repair Order form shows besides its fields."""
	_may(order, "read")
	return overview.of(order)


@frappe.whitelist()
def get_operation(operation: str, company: str, pay_type: str = "Customer") -> dict:
	"""What an op code brings to a job: title, hours, rate, parts with prices."""
	frappe.has_permission("Labor Operation", "read", operation, throw=True)
	return overview.operation(operation, company, pay_type)


@frappe.whitelist()
def find(text: str, start: int = 0) -> dict:
	"""Orders by number, customer, phone, VIN tail, plate or tag; open ones first. Pages of twenty."""
	frappe.has_permission("Repair Order", "read", throw=True)
	return finding.find(text, start)


@frappe.whitelist(methods=["POST"])
def recommend(order: str, values: str | dict, asked_for: bool | int = False) -> int:
	"""Add a job that was found, or that the customer came for; ``values`` as ``jobs.add_job`` takes them.
	Returns its number."""
	_may(order, "write")
	given = frappe.parse_json(values)
	return jobs.recommend(
		order,
		asked_for=bool(asked_for),
		**{name: given[name] for name in jobs.ADDABLE if name in given},
	)


@frappe.whitelist(methods=["POST"])
def take_up(order: str, declined_services: str | list) -> list[int]:
	"""Add work to the order that was declined before. Returns the job numbers."""
	_may(order, "write")
	return jobs.take_up(order, frappe.parse_json(declined_services))


@frappe.whitelist(methods=["POST"])
def record_answers(order: str, rows: str | list, how: str, by: str, phone: str | None = None) -> dict:
	"""Write down what the customer said, all or none: rows of job_no, answer, amount_shown, reason,
	deferred_until, severity."""
	_may(order, "write")
	answers.record_all(order, frappe.parse_json(rows), how=how, by=by, phone=phone)
	return overview.brief(order)


@frappe.whitelist(methods=["POST"])
def withdraw_answer(order: str, job_no: int, reason: str) -> None:
	"""Take an answer back that was recorded by mistake."""
	_may(order, "write")
	answers.withdraw(order, job_no, reason)


@frappe.whitelist(methods=["POST"])
def revise(order: str, job_no: int, reason: str, values: str | dict) -> dict:
	"""Give an approved job another price: hours, rate, price, parts, sublets. Says whether to ask again."""
	_may(order, "write")
	given = frappe.parse_json(values)
	found = jobs.revise(
		order, job_no, reason, **{name: given[name] for name in jobs.REVISABLE if name in given}
	)
	return {
		"ask_again": found["ask_again"],
		**{name: float(found[name].decimal) for name in ("amount", "above", "allowed")},
	}


@frappe.whitelist(methods=["POST"])
def remove_job(order: str, job_no: int) -> None:
	"""Take a job off that nobody has answered."""
	_may(order, "write")
	jobs.remove(order, job_no)


@frappe.whitelist(methods=["POST"])
def set_work(order: str, job_no: int, values: str | dict) -> None:
	"""Write cause, correction and concern of a job; whoever edits the order also who works on it."""
	_may(order, "write", _WORK)
	given = frappe.parse_json(values)
	may_edit = frappe.has_permission("Repair Order", "write", order)
	names = jobs.WORK_FIELDS if may_edit else jobs.TECHNICIAN_FIELDS
	jobs.set_work(order, job_no, **{name: given[name] for name in names if name in given})


@frappe.whitelist(methods=["POST"])
def finish_job(order: str, job_no: int, cause: str | None = None, correction: str | None = None) -> None:
	"""The work of a job is done."""
	_may(order, "write", _WORK)
	jobs.finish(order, job_no, cause=cause, correction=correction)


@frappe.whitelist(methods=["POST"])
def take_back_job(order: str, job_no: int, reason: str) -> None:
	"""The work of a job is not done after all."""
	_may(order, "write", _WORK)
	jobs.take_back(order, job_no, reason)


@frappe.whitelist(methods=["POST"])
def set_part_states(order: str, rows: str | list) -> str | None:
	"""Say where parts are: rows of row_key, state, eta, special_order. Returns the state of all of them."""
	_may(order, "write", _PARTS)
	return parts.set_states(order, frappe.parse_json(rows))


@frappe.whitelist(methods=["POST"])
def change_status(order: str, to: str, reason: str | None = None) -> str:
	"""Move an order within the lane."""
	_may(order, "write")
	return status.change(order, to, reason=reason)


@frappe.whitelist(methods=["POST"])
def close(order: str, mileage_out: int | None = None) -> dict:
	"""Close an order whose car has left."""
	_may(order, "write")
	return closing.close(order, mileage_out)


@frappe.whitelist(methods=["POST"])
def cancel(order: str, reason: str) -> None:
	"""The visit does not happen; not once something is invoiced."""
	_may(order, "write")
	closing.cancel(order, reason)


@frappe.whitelist(methods=["POST"])
def reopen(order: str, reason: str) -> str:
	"""A service manager opens a closed or cancelled order again. Returns its status."""
	_may(order, "write")
	return closing.reopen(order, reason)


@frappe.whitelist(methods=["POST"])
def number_estimate(order: str) -> str:
	"""The number of the order's estimate, given when it is first printed or sent."""
	_may(order, "write")
	return closing.estimate_number(order)
