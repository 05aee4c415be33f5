"""A repair order in hand: locked and fresh, kept, and what its steps say to the spine."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_datetime

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_service import log
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.domain import repair_order as rules
from dealer_pos_crm.domain.money import Money

DOCTYPE = "Repair Order"


def locked(name: str):
	"""The order as it is now, kept from others until the end of this transaction."""
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def keep(order) -> None:
	"""Save what a step has changed. The step's own right was checked where it began."""
	order.flags.of_the_lane = True
	try:
		order.save(ignore_permissions=True)
	finally:
		order.flags.of_the_lane = False


def job_of(order, job_no: int):
	"""The job of that number; refused with the numbers there are."""
	for row in order.jobs:
		if cint(row.job_no) == cint(job_no):
			return row
	frappe.throw(
		_("{0} has no job {1}. Its jobs: {2}").format(
			order.name, job_no, ", ".join(str(row.job_no) for row in order.jobs) or "-"
		)
	)


def money(order, value: object) -> Money:
	"""An amount of the order, rounded to its currency."""
	return rounded(value or 0, order.currency)


def rule_job(order, row) -> rules.Job:
	"""A job as the domain reads it."""
	answered = row.answer not in (None, "", rules.Answer.PENDING.value)
	return rules.Job(
		job_no=cint(row.job_no),
		title=cstr(row.title),
		pay_type=rules.PayType(row.pay_type or "Customer"),
		answer=rules.Answer(row.answer or "Pending"),
		amount=money(order, row.amount),
		shown=money(order, row.amount_shown) if answered else None,
		done=bool(cint(row.done)),
		cause=cstr(row.cause),
		correction=cstr(row.correction),
	)


def rule_jobs(order) -> list[rules.Job]:
	return [rule_job(order, row) for row in order.jobs]


def number(value: object) -> Decimal:
	"""A quantity as the form holds it, exactly as it reads."""
	return Decimal(cstr(value) or "0")


def facts_of(order, job=None) -> dict[str, str]:
	"""What a step tells about the order, and about one of its jobs; without personal data of the customer."""
	facts = {
		"what": order.vehicle_title or order.vehicle,
		"advisor": names_of([order.advisor]).get(order.advisor, "") if order.advisor else "",
		"promised_at": get_datetime(order.promised_at).isoformat(timespec="minutes")
		if order.promised_at
		else "",
		"tag": cstr(order.tag),
	}
	if job is not None:
		facts |= {
			"service": cstr(job.title),
			"op_code": cstr(job.labor_operation),
			"severity": cstr(job.severity),
			"pay_type": cstr(job.pay_type),
			"how": cstr(job.answered_how),
			"deferred_until": cstr(job.deferred_until or ""),
		}
	return {name: value for name, value in facts.items() if value}


# One line of the timeline per step: {0} the order, {1} the vehicle, {2} the job, {3} the amount.
def _title(kind: str, order, job, amount: Money | None, facts: Mapping[str, object]) -> str:
	texts = {
		"ro.opened": _("Repair order {0} opened: {1}"),
		"ro.promised": _("Repair order {0} promised for {6}"),
		"ro.status_changed": _("Repair order {0}: {4}"),
		"ro.ready": _("Repair order {0} is ready: {1}"),
		"ro.closed": _("Repair order {0} closed: {1}"),
		"ro.reopened": _("Repair order {0} reopened"),
		"ro.cancelled": _("Repair order {0} cancelled"),
		"ro.invoiced": _("Repair order {0} invoiced: {3}"),
		"ro.paid": _("Repair order {0} paid: {3}"),
		"job.recommended": _("Recommended: {2}, {3}"),
		"job.approved": _("Approved: {2}, {3}"),
		"job.declined": _("Declined: {2}, {3}"),
		"job.deferred": _("Deferred: {2}, {3}"),
		"job.withdrawn": _("Answer taken back: {2}"),
		"job.revised": _("New price: {2}, {3}"),
		"job.done": _("Done: {2}"),
		"part.ordered": _("Part ordered for {0}: {5}"),
		"part.arrived": _("Part arrived for {0}: {5}"),
		"part.delayed": _("Part delayed for {0}: {5}"),
	}
	if kind not in texts:
		raise ValueError(f"{kind} needs a title of its own")
	return texts[kind].format(
		order.name,
		order.vehicle_title or order.vehicle,
		job.title if job is not None else "",
		shown(amount) if amount is not None else "",
		_(cstr(facts.get("to"))) if facts.get("to") else "",
		cstr(facts.get("part")),
		cstr(facts.get("promised_at_text")),
	)


def step(
	order,
	kind: str,
	*,
	job=None,
	title: str | None = None,
	amount: Money | None = None,
	actor: str | None = None,
	reason: str | None = None,
	facts: Mapping[str, object] | None = None,
	occasion: str | None = None,
	reverses: str | None = None,
	declined_service: str | None = None,
	at: datetime | None = None,
) -> str:
	"""Write a step of the order down (see ``log.write``). Returns its event key.

	The amount is the job's when none is given; who looks after what follows is the advisor.
	"""
	if amount is None and job is not None:
		amount = money(order, job.amount)
	said = {**facts_of(order, job), **(facts or {})}
	return log.write(
		kind,
		title=title or _title(kind, order, job, amount, said),
		customer=order.customer,
		company=order.company,
		reference=(DOCTYPE, order.name),
		vehicle=order.vehicle,
		appointment=order.appointment,
		repair_order=order.name,
		declined_service=declined_service or (job.declined_service if job is not None else None),
		job_no=cint(job.job_no) if job is not None else None,
		amount=amount,
		actor=actor or order.advisor,
		reason=reason,
		facts=said,
		occasion=occasion,
		reverses=reverses,
		at=at,
	)


def standing_step(order_name: str, kinds: str | tuple[str, ...], job_no: int | None = None) -> str | None:
	"""The key of the last step of these kinds that nothing has undone yet; None when there is none."""
	filters: dict[str, object] = {"repair_order": order_name}
	if job_no is not None:
		filters["job_no"] = cint(job_no)
	return log.LOG.standing(kinds, filters, undone_in={"repair_order": order_name})
