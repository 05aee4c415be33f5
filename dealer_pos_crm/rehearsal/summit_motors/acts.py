"""What people at Summit Motors do, as plain acts: the script that the rehearsal and a demo site replay.

An act says what somebody decides at the counter; ids are the script's own. How it is booked, and which
events follow, is not its business.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from ...domain.deposit import Kind, Refundable, Tender
from ...domain.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class _Act:
	id: str
	at: datetime
	by: str  # mail address of the member of staff


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDeposit(_Act):
	"""Money is taken before there is an invoice; with a vehicle, that car is held until ``hold_until``.

	``held_for`` says what it is for where there is no vehicle. ``from_waiting_list``: the customer waited
	for this car.
	"""

	deposit_id: str
	customer_id: str
	vehicle_id: str | None
	held_for: str
	kind: Kind
	amount: Money
	tenders: tuple[Tender, ...]
	refundable: Refundable
	refundable_until: date | None
	hold_until: datetime | None
	channel: str  # In Person, Phone or Remote
	authorised_how: str  # Signature, Spoken, E-mail, Text Message or Online
	department: str
	salesperson: str
	from_waiting_list: bool = False

	@property
	def cashier(self) -> str:
		return self.by


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinWaitingList(_Act):
	"""Another customer wants a car that is held."""

	vehicle_id: str
	customer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendHold(_Act):
	deposit_id: str
	hold_until: datetime
	reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireHold(_Act):
	"""The hold's time has passed and nobody extended it: the car is free, the money still held.

	On a site the scheduler does this by itself; ``by`` is empty.
	"""

	deposit_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyDeposit(_Act):
	"""So much of a deposit pays an invoice that was issued before."""

	deposit_id: str
	invoice_id: str
	amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundDeposit(_Act):
	"""So much of a deposit goes back to the customer. ``approved_by`` is never the one who asks.

	``frees_vehicle``: nothing is held any more.
	"""

	deposit_id: str
	amount: Money
	reason: str
	approved_by: str
	frees_vehicle: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForfeitDeposit(_Act):
	"""The customer loses what is left of a deposit, as the terms say; a manager does it."""

	deposit_id: str
	amount: Money
	reason: str
	frees_vehicle: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDeposit(_Act):
	"""A deposit goes over to another car, which is held from now on."""

	deposit_id: str
	to_vehicle_id: str
	hold_until: datetime
	reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelDeposit(_Act):
	"""A mistake of the same day is undone, as if the money had never been taken."""

	deposit_id: str
	reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
	"""``item`` is one of ``ITEMS``; amounts are before tax, and here nothing is taxed."""

	item: str
	description: str
	amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueInvoice(_Act):
	"""An invoice; ``vehicle_id`` is the car sold, or the car worked on."""

	invoice_id: str
	customer_id: str
	vehicle_id: str | None
	department: str
	lines: tuple[InvoiceLine, ...]
	total: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PayInvoice(_Act):
	invoice_id: str
	amount: Money
	mode: str
	reference: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditInvoice(_Act):
	"""A credit note over a part of an invoice that is not paid yet."""

	invoice_id: str
	amount: Money
	reason: str


Act: TypeAlias = (
	TakeDeposit
	| JoinWaitingList
	| ExtendHold
	| ExpireHold
	| ApplyDeposit
	| RefundDeposit
	| ForfeitDeposit
	| MoveDeposit
	| CancelDeposit
	| IssueInvoice
	| PayInvoice
	| CreditInvoice
)

# What invoices are about, each with the department that earns it.
ITEMS: dict[str, str] = {
	"Vehicle": "Sales",
	"Documentation fee": "Sales",
	"Service labor": "Service",
	"Parts": "Parts",
	"Accessory": "Parts",
}
MODES = ("Cash", "Credit Card", "Cheque", "Wire Transfer", "Bank Draft")  # ERPNext's own
