"""What people do in the service lane of Summit Motors, as plain acts beside those of ``acts``."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from ...domain.money import Money
from .acts import Act, _Act
from .showroom_acts import ShowroomAct


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
	"""A job of a repair order: its number there, what it is, who pays, and the declined work it takes up."""

	job_no: int
	op_code: str
	pay_type: str = "Customer"
	severity: str = ""
	declined_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookAppointment(_Act):
	"""``works`` are op codes; ``declined_ids`` is declined work that is to be done then, by its op codes.

	``by`` is who answers the phone, ``advisor`` who will be there.
	"""

	appointment_id: str
	customer_id: str
	vehicle_id: str
	starts_at: datetime
	concern: str
	works: tuple[str, ...]
	declined_ids: tuple[str, ...]
	advisor: str
	channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAppointment(_Act):
	appointment_id: str
	how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAppointment(_Act):
	appointment_id: str
	reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAppointment(_Act):
	"""Another time; what was booked with the first goes over to ``new_id``."""

	appointment_id: str
	new_id: str
	starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MissAppointment(_Act):
	"""Nobody came. On a site the scheduler finds that by itself; ``by`` is empty."""

	appointment_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder(_Act):
	"""A car is written up, from an appointment or as a walk-in; the customer signs for ``works``."""

	order_id: str
	appointment_id: str | None
	customer_id: str
	vehicle_id: str
	mileage: int
	promised_at: datetime
	concern: str
	tag: str
	works: tuple[Work, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveOrder(_Act):
	"""The repair order comes to another status of its ladder."""

	order_id: str
	to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspect(_Act):
	"""A technician looks the car over; ``found`` is what the advisor recommends then, with its severity."""

	order_id: str
	found: tuple[Work, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerJob(_Act):
	"""Approved, Declined or Deferred; not approved, it lives on as ``declined_id``."""

	order_id: str
	job_no: int
	answer: str
	how: str
	reason: str = ""
	deferred_until: date | None = None
	declined_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepOfPart(_Act):
	"""A part of a job is ordered, late, or here: ``step`` is ordered, delayed or arrived."""

	order_id: str
	job_no: int
	step: str
	eta: date
	special: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishJob(_Act):
	order_id: str
	job_no: int
	began_at: datetime  # when the technician clocked on to it


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceOrder(_Act):
	"""``amount`` is the customer's part; the manufacturer's goes out with it as ``claim_id``."""

	order_id: str
	invoice_id: str
	amount: Money
	claimed: Money
	claim_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PayOrder(_Act):
	order_id: str
	invoice_id: str
	amount: Money
	mode: str
	reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseOrder(_Act):
	"""The car goes home. ``release_reason``: a manager lets it go unpaid. ``next_on``: the next service."""

	order_id: str
	mileage: int
	release_reason: str
	next_service: str
	next_on: date
	next_basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitClaim(_Act):
	claim_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerClaim(_Act):
	"""The manufacturer pays ``amount`` (which may be less than claimed), or denies with a ``reason``."""

	claim_id: str
	amount: Money
	reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDeclined(_Act):
	"""The customer had it done elsewhere."""

	declined_id: str
	note: str


LaneAct: TypeAlias = (
	BookAppointment
	| ConfirmAppointment
	| CancelAppointment
	| MoveAppointment
	| MissAppointment
	| OpenOrder
	| MoveOrder
	| Inspect
	| AnswerJob
	| StepOfPart
	| FinishJob
	| InvoiceOrder
	| PayOrder
	| CloseOrder
	| SubmitClaim
	| AnswerClaim
	| CloseDeclined
)
AnyAct: TypeAlias = Act | LaneAct | ShowroomAct
