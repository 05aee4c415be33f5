"""What the customer said to a job: who, when, how, and at which price."""

from collections.abc import Iterable
from datetime import date, datetime

from frappe import _
from frappe.utils import cint, cstr, getdate, now_datetime

from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_service.orders.order import (
	job_of,
	keep,
	locked,
	money,
	rule_job,
	standing_step,
	step,
)
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain import repair_order as rules
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.repair_order import Answer, Status

_KINDS = {
	Answer.APPROVED: "job.approved",
	Answer.DECLINED: "job.declined",
	Answer.DEFERRED: "job.deferred",
}
_ANSWERED = tuple(_KINDS.values())


@action
def record(
	order_name: str,
	job_no: int,
	answer: str,
	*,
	how: str,
	by: str,
	phone: str | None = None,
	amount_shown: float | Money,
	reason: str | None = None,
	deferred_until: date | str | None = None,
	severity: str | None = None,
	at: datetime | None = None,
) -> None:
	"""Write down the customer's answer to one job. ``amount_shown`` (major units) is the price they were told;
	refused, with the new price, when the job costs something else now."""
	record_all(
		order_name,
		[
			{
				"job_no": job_no,
				"answer": answer,
				"amount_shown": amount_shown,
				"reason": reason,
				"deferred_until": deferred_until,
				"severity": severity,
			}
		],
		how=how,
		by=by,
		phone=phone,
		at=at,
	)


@action
def record_all(
	order_name: str,
	answers: Iterable[dict],
	*,
	how: str,
	by: str,
	phone: str | None = None,
	at: datetime | None = None,
) -> None:
	"""Write down the answers of one conversation, all or none: dicts of job_no, answer, amount_shown, reason,
	deferred_until, severity."""
	order = locked(order_name)
	with explained():
		rules.check_working(Status(order.status), order.name)
		for values in answers:
			row = job_of(order, cint(values.get("job_no")))
			row.severity = values.get("severity") or row.severity
			shown = values.get("amount_shown")
			give(
				order,
				row,
				_answer(values.get("answer")),
				how=how,
				by=by,
				phone=phone,
				amount_shown=shown if isinstance(shown, Money) else rounded(shown or 0, order.currency),
				reason=values.get("reason"),
				until=values.get("deferred_until"),
				at=at,
			)
		keep(order)
		_go_on(order)


def _answer(value: object) -> Answer:
	if value not in ("Approved", "Declined", "Deferred"):
		raise Refused("no_answer", marked("Choose Approved, Declined or Deferred, not {0}"), value or "-")
	return Answer(value)


def _how(value: str) -> rules.How:
	known = [how.value for how in rules.How]
	if value not in known:
		raise Refused("no_how", marked("How did the customer answer? Choose one of: {0}"), ", ".join(known))
	return rules.How(value)


def give(
	order,
	row,
	answer: Answer,
	*,
	how: str,
	by: str,
	phone: str | None,
	amount_shown: Money,
	reason: str | None = None,
	until: date | str | None = None,
	at: datetime | None = None,
) -> None:
	"""One answer on an order in hand; the caller keeps the order afterwards."""
	from dealer_pos_crm.dealer_service.declined import book

	day = getdate(until) if until else None
	rules.check_answer(
		rule_job(order, row),
		answer,
		how=_how(how),
		by=cstr(by),
		phone=phone,
		shown=amount_shown,
		reason=reason,
		until=day,
		today=getdate(),
	)
	_refuse_clocked(order, row, answer)
	before = Answer(row.answer)
	undoes = standing_step(order.name, _ANSWERED, row.job_no) if before is not Answer.PENDING else None
	row.update(
		{
			"answer": answer.value,
			"answered_at": at or now_datetime().replace(microsecond=0),
			"answered_by": cstr(by).strip(),
			"answered_how": how,
			"answered_phone": cstr(phone).strip() or None,
			"amount_shown": to_float(amount_shown),
			"deferred_until": day if answer is Answer.DEFERRED else None,
			"decline_reason": cstr(reason).strip() or None,
		}
	)
	if answer is Answer.APPROVED:
		row.declined_service = book.recovered(order, row) or row.declined_service
	else:
		row.declined_service = book.declined(order, row)
	step(order, _KINDS[answer], job=row, at=at, reason=row.decline_reason, reverses=undoes)


def _refuse_clocked(order, row, answer: Answer) -> None:
	"""Work that goes on right now is stopped first."""
	if answer is Answer.APPROVED:
		return
	from dealer_pos_crm.dealer_service import clocks

	if any(cint(clock.job_no) == cint(row.job_no) for clock in clocks.open_clocks(order.name)):
		raise Refused(
			"open_clock",
			marked("Somebody works on job {0} right now. Clock off first"),
			row.job_no,
		)


def clear(row) -> None:
	"""A job without an answer, as it was found."""
	row.update(
		{
			"answer": Answer.PENDING.value,
			**dict.fromkeys(
				(
					"answered_at",
					"answered_by",
					"answered_how",
					"answered_phone",
					"deferred_until",
					"decline_reason",
				)
			),
			"amount_shown": 0,
		}
	)


def _go_on(order) -> None:
	"""Nobody waits for the customer any more: the order goes on."""
	if order.status != Status.WAITING_CUSTOMER.value or cint(order.pending_jobs):
		return
	from dealer_pos_crm.dealer_service.orders import status

	status.set_status(order, Status.IN_PROGRESS, reason=_("The customer has answered"))


@action
def withdraw(order_name: str, job_no: int, reason: str) -> None:
	"""Take an answer back: it was recorded by mistake. Not after the work is done or billed."""
	from dealer_pos_crm.dealer_service.declined import book

	order = locked(order_name)
	with explained():
		rules.check_working(Status(order.status), order.name)
		row = job_of(order, job_no)
		why = rules.check_withdraw(rule_job(order, row), reason)
		before = Answer(row.answer)
		_refuse_clocked(order, row, Answer.PENDING)
		undoes = standing_step(order.name, _ANSWERED, row.job_no)
		if before is Answer.APPROVED:
			book.unrecovered(order, row, why)
		else:
			book.withdrawn(order, row)
		amount = money(order, row.amount)
		clear(row)
		keep(order)
		step(order, "job.withdrawn", job=row, amount=amount, reason=why, reverses=undoes)
