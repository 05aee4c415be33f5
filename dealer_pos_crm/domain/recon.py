"""Getting a car front-line ready: its steps, who may take them, by when, and what they may cost.

Steps stand in an order and may be worked on side by side (photos while a part is on its way). A step that
costs more than its limit waits for a manager who did not ask for it.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from .clock import BusinessHours
from .money import Money, total
from .refusal import Refused, _


class Status(str, enum.Enum):
	OPEN = "Open"
	READY = "Front-line Ready"
	CANCELLED = "Cancelled"


class StepStatus(str, enum.Enum):
	WAITING = "Waiting"
	IN_PROGRESS = "In Progress"
	WAITING_PARTS = "Waiting for Parts"
	WAITING_APPROVAL = "Waiting for Approval"
	DONE = "Done"
	SKIPPED = "Skipped"


class Act(str, enum.Enum):
	START = "Start"
	FINISH = "Finish"
	SKIP = "Skip"
	WAIT_PARTS = "Wait for Parts"
	ASK = "Ask for Approval"
	APPROVE = "Approve"
	TURN_DOWN = "Turn Down"


# What is behind the car.
ENDED = frozenset({StepStatus.DONE, StepStatus.SKIPPED})

_AT_WORK = frozenset({StepStatus.WAITING, StepStatus.IN_PROGRESS, StepStatus.WAITING_PARTS})

_FROM: dict[Act, frozenset[StepStatus]] = {
	Act.START: frozenset({StepStatus.WAITING, StepStatus.WAITING_PARTS}),
	Act.FINISH: _AT_WORK,
	Act.SKIP: _AT_WORK | {StepStatus.WAITING_APPROVAL},
	Act.WAIT_PARTS: _AT_WORK,
	Act.ASK: _AT_WORK,
	Act.APPROVE: frozenset({StepStatus.WAITING_APPROVAL}),
	Act.TURN_DOWN: frozenset({StepStatus.WAITING_APPROVAL}),
}

_TO: dict[Act, StepStatus] = {
	Act.START: StepStatus.IN_PROGRESS,
	Act.FINISH: StepStatus.DONE,
	Act.SKIP: StepStatus.SKIPPED,
	Act.WAIT_PARTS: StepStatus.WAITING_PARTS,
	Act.ASK: StepStatus.WAITING_APPROVAL,
	Act.APPROVE: StepStatus.IN_PROGRESS,
	Act.TURN_DOWN: StepStatus.WAITING,
}


@dataclass(frozen=True)
class Step:
	"""One step of a car's recon. ``limit`` is None where anything may be spent without asking."""

	name: str
	status: StepStatus
	estimate: Money
	cost: Money
	approved: Money
	limit: Money | None = None
	asked_by: str | None = None


def possible(status: StepStatus) -> tuple[Act, ...]:
	"""What can be done with a step of this status, in the order of the verbs."""
	return tuple(act for act in Act if status in _FROM[act])


def take(step: Step, act: Act) -> StepStatus:
	"""The status after an act. Raises ``Refused`` with code ``step_status``."""
	if step.status not in _FROM[act]:
		raise Refused(
			"step_status",
			_("{0} is {1}: {2} is not possible. Possible: {3}"),
			step.name,
			step.status.value,
			act.value,
			", ".join(verb.value for verb in possible(step.status)),
		)
	return _TO[act]


def check_open(status: Status, name: str) -> None:
	"""Raises ``Refused`` with code ``recon_closed``."""
	if status is not Status.OPEN:
		raise Refused(
			"recon_closed",
			_("The recon {0} is {1}. Start a new one for further work on the car"),
			name,
			status.value,
		)


def needs_approval(step: Step, amount: Money) -> bool:
	"""Whether so much is more than the step may cost, and more than a manager has allowed."""
	if step.limit is None or not step.limit or amount <= step.limit:
		return False
	return amount > step.approved


def check_spending(step: Step, amount: Money) -> None:
	"""Refuse work or a cost that nobody has approved. Raises ``Refused`` with code ``approval``."""
	if needs_approval(step, amount):
		raise Refused(
			"approval",
			_("{0} comes to {1}; above {2} it needs approval. Ask for it, a manager will see it"),
			step.name,
			amount,
			step.limit,
		)


def check_approver(step: Step, by: str, *, is_manager: bool) -> None:
	"""Who asked may not approve. Raises ``Refused``: ``not_manager``, ``own_request``."""
	if not is_manager:
		raise Refused(
			"not_manager", _("{0} is approved by a sales or service manager; ask one of them"), step.name
		)
	if step.asked_by == by:
		raise Refused(
			"own_request",
			_("You asked for {0} of {1} yourself; another manager approves it"),
			step.estimate,
			step.name,
		)


def check_eta(eta: date | None, today: date, name: str) -> None:
	"""Raises ``Refused`` with code ``parts_eta``."""
	if eta is None or eta < today:
		raise Refused("parts_eta", _("{0}: say from today on when the parts are expected"), name)


def is_ready(statuses: Sequence[StepStatus]) -> bool:
	"""Whether the last step is behind the car. A recon of skipped steps alone made nothing ready."""
	return bool(statuses) and all(status in ENDED for status in statuses) and StepStatus.DONE in statuses


def current(statuses: Sequence[StepStatus]) -> int | None:
	"""The first step that is not behind the car; None when all are."""
	return next((at for at, status in enumerate(statuses) if status not in ENDED), None)


# --- Time ---------------------------------------------------------------------------------------------


def length_of_day(hours: BusinessHours) -> timedelta:
	"""What one business day is counted as: the mean opening time of the week's open days."""
	spans = [
		datetime.combine(date.min, closes) - datetime.combine(date.min, opens)
		for opens, closes in hours.week.values()
	]
	return sum(spans, timedelta(0)) / len(spans)


def due(hours: BusinessHours, begin: datetime, days: Decimal) -> datetime:
	"""``begin`` plus so many business days, to the minute; half a day is half of the opening time."""
	if days < 0:
		raise Refused("target", _("A target of {0} days is not possible"), days)
	minutes = Decimal(length_of_day(hours) // timedelta(minutes=1)) * days
	return hours.add(begin, timedelta(minutes=int(minutes.to_integral_value(ROUND_HALF_UP))))


def plan(hours: BusinessHours, begin: datetime, targets: Sequence[Decimal]) -> list[datetime]:
	"""When each step is due when the one before it is done in time."""
	found: list[datetime] = []
	for target in targets:
		begin = due(hours, begin, target)
		found.append(begin)
	return found


def business_days(hours: BusinessHours, begin: datetime, end: datetime) -> Decimal:
	"""Days to the front line, counted as the targets are, to a tenth."""
	passed, whole = hours.between(begin, end), length_of_day(hours)
	days = Decimal(passed // timedelta(seconds=1)) / Decimal(whole // timedelta(seconds=1))
	return days.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


# --- Money --------------------------------------------------------------------------------------------


def costs(steps: Sequence[Step], currency: str) -> tuple[Money, Money]:
	"""Estimate and cost of a recon; skipped steps count only with what they have cost."""
	estimate = total(
		(step.estimate for step in steps if step.status is not StepStatus.SKIPPED),
		currency,
	)
	return estimate, total((step.cost for step in steps), currency)
