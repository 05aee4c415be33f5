"""What people at Summit Motors do in the showroom: leads, visits, deals, and the cars they sell."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from ...domain.deposit import Tender
from ...domain.money import Money
from .acts import _Act
from .cars import Vehicle


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCar(_Act):
	"""A car is bought and goes into recon. ``steps`` are those of its recon, in order."""

	vehicle_id: str
	cost: Money
	steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishStep(_Act):
	"""A step of a recon is done; after the last one the car is at the front line."""

	vehicle_id: str
	step: str
	cost: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RepriceCar(_Act):
	vehicle_id: str
	price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveLead(_Act):
	"""Somebody asks about a car. ``by`` is empty where it came in by itself; ``salesperson`` gets it.

	``adf``: it comes as ADF, the trade's own format.
	"""

	lead_id: str
	prospect_id: str
	vehicle_id: str | None
	wanted: str
	lead_type: str
	source: str
	comments: str
	salesperson: str
	adf: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLead(_Act):
	"""``minutes`` of opening hours since they asked."""

	lead_id: str
	how: str
	minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAgain(_Act):
	lead_id: str
	comments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveLead(_Act):
	lead_id: str
	salesperson: str
	reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoseLead(_Act):
	lead_id: str
	reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenLead(_Act):
	lead_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookVisit(_Act):
	appointment_id: str
	lead_id: str
	vehicle_id: str | None
	starts_at: datetime
	purpose: str
	salesperson: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmVisit(_Act):
	appointment_id: str
	how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelVisit(_Act):
	appointment_id: str
	reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveVisit(_Act):
	appointment_id: str
	new_id: str
	starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MissVisit(_Act):
	"""Half an hour after its time nobody has come. On a site the clock does this; ``by`` is empty."""

	appointment_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartVisit(_Act):
	visit_id: str
	lead_id: str
	kind: str  # Walk-in, Be-back or Appointment
	vehicle_id: str | None
	appointment_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDrive(_Act):
	drive_id: str
	visit_id: str
	vehicle_id: str
	mileage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDrive(_Act):
	drive_id: str
	mileage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndVisit(_Act):
	visit_id: str
	outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDeal(_Act):
	"""A lead becomes a customer and a deal."""

	deal_id: str
	lead_id: str
	visit_id: str | None
	vehicle_id: str
	deal_type: str  # Cash, Finance or Lease


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferTrade(_Act):
	deal_id: str
	trade_id: str
	car: Vehicle
	allowance: Money
	payoff: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUp(_Act):
	"""A worksheet. ``products`` are names with their price; ``down`` is what the customer brings."""

	deal_id: str
	price: Money
	fee: Money
	products: tuple[tuple[str, Money], ...]
	down: Money
	term: int
	rate: str
	lender: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskApproval(_Act):
	deal_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideWorksheet(_Act):
	deal_id: str
	approve: bool
	reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveDeposit(_Act):
	deal_id: str
	deposit_id: str
	amount: Money
	tender: Tender


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckBuyer(_Act):
	"""A compliance check. ``cleared``: how an alert was cleared, empty where there was none."""

	deal_id: str
	check_id: str
	kind: str  # OFAC or Red Flags
	cleared: str
	cleared_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandToFnI(_Act):
	deal_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignContract(_Act):
	deal_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliver(_Act):
	"""``total`` is what the customer and the lender owe, ``deposit`` what of it was held."""

	deal_id: str
	mileage: int
	total: Money
	deposit_id: str | None
	deposit: Money
	first_service_on: date
	title_due_on: date
	temporary_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoDelivery(_Act):
	"""The accountant cancels the invoice of a delivery that was booked wrong."""

	deal_id: str
	reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SendContract(_Act):
	deal_id: str
	lender: str
	due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnContract(_Act):
	deal_id: str
	lender: str
	reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FundDeal(_Act):
	"""The lender pays; a cash deal counts as funded when it is paid."""

	deal_id: str
	lender: str
	amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoFunding(_Act):
	deal_id: str
	reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoseDeal(_Act):
	"""``deposit_id``: the deposit that is given back with it."""

	deal_id: str
	reason: str
	deposit_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenDeal(_Act):
	deal_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveDeal(_Act):
	deal_id: str
	salesperson: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnwindDeal(_Act):
	deal_id: str
	reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseItem(_Act):
	deal_id: str
	item: str
	due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPromise(_Act):
	"""What we owe is done; with a ``reason`` it is cancelled."""

	deal_id: str
	item: str
	reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTitle(_Act):
	"""``step``: sent, returned, issued or closed."""

	deal_id: str
	step: str
	reason: str


ShowroomAct: TypeAlias = (
	StockCar
	| FinishStep
	| RepriceCar
	| ReceiveLead
	| AnswerLead
	| AskAgain
	| GiveLead
	| LoseLead
	| ReopenLead
	| BookVisit
	| ConfirmVisit
	| CancelVisit
	| MoveVisit
	| MissVisit
	| StartVisit
	| TakeDrive
	| ReturnDrive
	| EndVisit
	| OpenDeal
	| OfferTrade
	| WriteUp
	| AskApproval
	| DecideWorksheet
	| LeaveDeposit
	| CheckBuyer
	| HandToFnI
	| SignContract
	| Deliver
	| UndoDelivery
	| SendContract
	| ReturnContract
	| FundDeal
	| UndoFunding
	| LoseDeal
	| ReopenDeal
	| GiveDeal
	| UnwindDeal
	| PromiseItem
	| EndPromise
	| MoveTitle
)
