"""The estimate, and the customer's copy of the repair order with what was authorised."""

from typing import Any

from frappe import _
from frappe.utils import cint, flt

from dealer_pos_crm.dealer_cashier.money import shown
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import dealer, moment, plain
from dealer_pos_crm.dealer_service.printing.pieces import (
	answer_of,
	car_facts,
	declined_rows,
	made_of,
	mileage,
	money,
	name_of,
	person,
)
from dealer_pos_crm.dealer_setup.settings import settings_of

_OPEN = ("Pending", "Approved")


def estimate(order: Any) -> Paper:
	"""What the work would cost: jobs that the customer pays and has not declined."""
	jobs = [job for job in order.jobs if job.pay_type == "Customer" and job.answer in _OPEN]
	rows = [Row(_job(job), shown(money(order, job.amount)), made_of(order, job)) for job in jobs]
	if flt(order.tax_amount):
		rows.append(Row(_("Tax"), shown(money(order, order.tax_amount))))
	rows.append(Row(_("Estimated total"), shown(money(order, order.grand_total)), kind="held"))
	sums = [Sum(_("Work"), tuple(rows))]
	free = [
		Row(_job(job), _(job.pay_type), _("not charged to you"))
		for job in order.jobs
		if job.pay_type != "Customer" and job.answer in _OPEN
	]
	if free:
		sums.append(Sum(_("Also to be done"), tuple(free)))
	return Paper(
		title=_("Estimate"),
		number=order.estimate_number or _("without a number"),
		date=moment(order.modified),
		dealer=dealer(order.company),
		facts=tuple(_facts(order)),
		sums=tuple(sums),
		terms_title=_("your authorisation"),
		terms=_estimate_terms(order),
		signatures=(_("Customer"), _("For {0}").format(order.company)),
	)


def customer_copy(order: Any) -> Paper:
	"""The order as the customer agreed to it: each job with who authorised it, how, when, to which amount."""
	jobs = [job for job in order.jobs if job.answer in _OPEN]
	rows = [
		Row(
			_job(job),
			shown(money(order, job.amount)) if job.pay_type == "Customer" else _(job.pay_type),
			" · ".join(part for part in (made_of(order, job), _done(job)) if part)
			if job.pay_type == "Customer"
			else _("not charged to you"),
		)
		for job in jobs
	]
	if flt(order.tax_amount):
		rows.append(Row(_("Tax"), shown(money(order, order.tax_amount))))
	rows.append(Row(_("Total"), shown(money(order, order.grand_total)), kind="held"))
	sums = [Sum(_("Work"), tuple(rows))]
	answers = [
		Row(
			_job(job),
			shown(money(order, job.amount_shown)),
			answer_of(job),
		)
		for job in order.jobs
		if job.answered_at and job.answer == "Approved" and job.pay_type == "Customer"
	]
	if answers:
		answers.append(
			Row(_("Authorised before tax"), shown(money(order, order.authorised_total)), kind="total")
		)
		sums.append(Sum(_("Authorised"), tuple(answers)))
	declined = declined_rows(order)
	if declined:
		sums.append(Sum(_("Recommended, and not done on this visit"), declined))
	return Paper(
		title=_("Repair Order"),
		number=order.name,
		date=moment(order.opened_at or order.creation),
		dealer=dealer(order.company),
		mark=Mark(_("Cancelled"), plain(order.cancel_reason)) if order.status == "Cancelled" else None,
		facts=tuple(_facts(order)),
		sums=tuple(sums),
		signatures=(_("Customer"), _("For {0}").format(order.company)),
	)


def _facts(order: Any) -> list[Fact]:
	found = [Fact(_("Customer"), name_of(order.customer))]
	if order.contact_phone:
		found.append(Fact(_("Phone"), plain(order.contact_phone)))
	found += car_facts(order.vehicle, order.vehicle_title)
	found += mileage(order)
	if order.concern:
		found.append(Fact(_("Concern"), plain(order.concern)))
	if order.promised_at:
		found.append(Fact(_("Promised"), moment(order.promised_at)))
	if order.advisor:
		found.append(Fact(_("Advisor"), person(order.advisor)))
	return found


def _job(job: Any) -> str:
	return f"{cint(job.job_no)}. {plain(job.title)}"


def _done(job: Any) -> str:
	return plain(job.correction) if cint(job.done) and job.correction else ""


def _estimate_terms(order: Any) -> str:
	tolerance = flt(settings_of(order.company).authorisation_tolerance)
	more = (
		_("If the work would cost more than {0} % above what you authorise, we ask you first.").format(
			f"{tolerance:g}"
		)
		if tolerance
		else _("If the work would cost more than you authorise, we ask you first.")
	)
	return "\n".join((_("This is an estimate. Nothing is done before you agree to it, job by job."), more))
