"""The acts of Summit Motors as lines of the spine, the way the app records them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from ...domain.event import Event
from ...domain.money import Money
from .acts import (
	Act,
	ApplyDeposit,
	CancelDeposit,
	CreditInvoice,
	ExpireHold,
	ExtendHold,
	ForfeitDeposit,
	IssueInvoice,
	JoinWaitingList,
	MoveDeposit,
	PayInvoice,
	RefundDeposit,
	TakeDeposit,
)
from .card_money import with_card_money
from .deal_events import ShowroomLedger
from .house import House
from .lane_acts import AnyAct
from .lane_events import LaneLedger
from .people import COMPANY, CURRENCY
from .showroom_acts import OpenDeal


def events_of(place: House, acts: Iterable[AnyAct]) -> list[Event]:
	"""The events that the acts lead to, in the order of time."""
	acts = list(acts)
	ledger = _Ledger(place, frozenset(act.lead_id for act in acts if isinstance(act, OpenDeal)))
	told = [event for act in acts for event in ledger.told(act)]
	told = with_card_money(told, acts, place.seed)
	return sorted(told, key=lambda event: event.happened_at)  # a hold after a move is told a second late


class _Ledger:
	"""What must be remembered from one act to the next to tell it as an event."""

	def __init__(self, place: House, converted: frozenset[str] = frozenset()) -> None:
		self._vehicles = {vehicle.id: vehicle for vehicle in (*place.vehicles, *place.arrivals)}
		self._owners = {person.id: person.sales_owner for person in (*place.customers, *place.prospects)}
		self._taken: dict[str, TakeDeposit] = {}
		self._car: dict[str, str | None] = {}
		self._held: dict[str, Money] = {}
		self._holds: Counter[str] = Counter()
		self._waiting: Counter[str] = Counter()
		self._invoices: dict[str, IssueInvoice] = {}
		self._tell: dict[type, Callable[[Any], Iterator[Event]]] = {
			TakeDeposit: self._take,
			JoinWaitingList: self._wait,
			ExtendHold: self._extend,
			ExpireHold: self._expire,
			ApplyDeposit: self._apply,
			RefundDeposit: self._refund,
			ForfeitDeposit: self._forfeit,
			MoveDeposit: self._move,
			CancelDeposit: self._cancel,
			IssueInvoice: self._issue,
			PayInvoice: self._pay,
			CreditInvoice: self._credit,
			**LaneLedger(self._vehicles, self._owners).tell,
			**ShowroomLedger(self._vehicles, self._owners, converted).tell,
		}

	def told(self, act: AnyAct) -> Iterator[Event]:
		return self._tell[type(act)](act)

	def _about(
		self,
		act: Act,
		deposit: str,
		key: str,
		title: str,
		amount: Money | None = None,
		*,
		at: datetime | None = None,
		vehicle: str | None = None,
		reverses: str | None = None,
		occasion: str = "",
		reference: tuple[str, str] | None = None,
		moved: tuple[str, str] = ("", ""),
		**facts: str,
	) -> Event:
		"""An event about a deposit; its type is what the key begins with."""
		taken = self._taken[deposit]
		if moved != ("", ""):
			facts["from"], facts["to"] = moved
		doctype, name = reference or ("Deposit", deposit)
		return Event(
			key=key,
			type=key.partition(":")[0],
			happened_at=at or act.at,
			customer=taken.customer_id,
			company=COMPANY,
			title=title,
			department=taken.department,
			deposit=deposit,
			vehicle=vehicle or self._car[deposit],
			reference_doctype=doctype,
			reference_name=name,
			amount=amount,
			actor=act.by or None,
			facts={
				"what": self._what(deposit, vehicle),
				"sales_owner": self._owners[taken.customer_id],
				**facts,
			},
			reverses=reverses,
			occasion=occasion,
		)

	def _what(self, deposit: str, vehicle: str | None = None) -> str:
		car = vehicle or self._car[deposit]
		return f"{self._vehicles[car].what} ({car})" if car else self._taken[deposit].held_for

	def _take(self, act: TakeDeposit) -> Iterator[Event]:
		deposit = act.deposit_id
		self._taken[deposit], self._car[deposit], self._held[deposit] = act, act.vehicle_id, act.amount
		if act.from_waiting_list and act.vehicle_id:
			self._waiting[act.vehicle_id] -= 1
		for number, tender in enumerate(act.tenders, 1):
			payment = _payment(deposit, number)
			yield self._about(
				act,
				deposit,
				f"deposit.taken:{payment}",
				f"Deposit of {tender.amount} for {self._what(deposit)}",
				tender.amount,
				reference=("Payment Entry", payment),
				occasion=f"deposit.taken|{deposit}",
				kind=act.kind.value,
				mode=tender.mode,
			)
		if act.hold_until:
			yield self._hold(act, deposit, act.hold_until, act.at)

	def _hold(self, act: Act, deposit: str, until: datetime, at: datetime) -> Event:
		self._holds[deposit] += 1
		text = f"{until:%a} {until.day} {until:%b %H:%M}"
		return self._about(
			act,
			deposit,
			f"vehicle.held:{deposit}:{self._holds[deposit]}",
			f"{self._what(deposit)} is held until {text}",
			at=at,
			hold_until=until.isoformat(),
			hold_until_text=text,
		)

	def _release(self, act: Act, deposit: str, vehicle: str) -> Event:
		self._holds[vehicle] += 1
		return self._about(
			act,
			deposit,
			f"vehicle.released:{vehicle}:{self._holds[vehicle]}",
			f"{self._what(deposit, vehicle)} is free again",
			vehicle=vehicle,
			waiting=str(self._waiting[vehicle]),
		)

	def _wait(self, act: JoinWaitingList) -> Iterator[Event]:
		self._waiting[act.vehicle_id] += 1
		yield from ()

	def _extend(self, act: ExtendHold) -> Iterator[Event]:
		yield self._hold(act, act.deposit_id, act.hold_until, act.at)

	def _expire(self, act: ExpireHold) -> Iterator[Event]:
		deposit, car = act.deposit_id, self._car[act.deposit_id]
		yield self._about(
			act,
			deposit,
			f"deposit.hold_expired:{deposit}:{self._holds[deposit]}",
			f"The hold on {self._what(deposit)} has ended",
			self._held[deposit],
		)
		if car:
			yield self._release(act, deposit, car)

	def _apply(self, act: ApplyDeposit) -> Iterator[Event]:
		self._held[act.deposit_id] -= act.amount
		yield self._about(
			act,
			act.deposit_id,
			f"deposit.applied:{act.id}",
			f"{act.amount} of the deposit applied to {act.invoice_id}",
			act.amount,
			reference=("Sales Invoice", act.invoice_id),
			invoice=act.invoice_id,
		)

	def _refund(self, act: RefundDeposit) -> Iterator[Event]:
		deposit, car = act.deposit_id, self._car[act.deposit_id]
		self._held[deposit] -= act.amount
		yield self._about(
			act,
			deposit,
			f"deposit.refunded:{act.id}",
			f"Refund of {act.amount} for {self._what(deposit)}",
			act.amount,
			reference=("Payment Entry", act.id),
			reason=act.reason,
			approved_by=act.approved_by,
		)
		if act.frees_vehicle and car:
			yield self._release(act, deposit, car)

	def _forfeit(self, act: ForfeitDeposit) -> Iterator[Event]:
		deposit, car = act.deposit_id, self._car[act.deposit_id]
		self._held[deposit] -= act.amount
		yield self._about(
			act,
			deposit,
			f"deposit.forfeited:{act.id}",
			f"{act.amount} for {self._what(deposit)} forfeited",
			act.amount,
			reference=("Sales Invoice", act.id),
			reason=act.reason,
		)
		if act.frees_vehicle and car:
			yield self._release(act, deposit, car)

	def _move(self, act: MoveDeposit) -> Iterator[Event]:
		deposit, old = act.deposit_id, self._car[act.deposit_id]
		before = self._what(deposit)
		assert old is not None
		yield self._about(
			act,
			deposit,
			f"deposit.moved:{act.id}",
			f"Deposit moved from {old} to {act.to_vehicle_id}",
			self._held[deposit],
			vehicle=old,
			reason=act.reason,
			moved=(before, self._what(deposit, act.to_vehicle_id)),
		)
		yield self._release(act, deposit, old)
		self._car[deposit] = act.to_vehicle_id
		# A second later, or the move would count as the answer to the hold that it begins.
		yield self._hold(act, deposit, act.hold_until, act.at + timedelta(seconds=1))

	def _cancel(self, act: CancelDeposit) -> Iterator[Event]:
		deposit, car = act.deposit_id, self._car[act.deposit_id]
		self._held[deposit] = Money.zero(CURRENCY)
		for number, tender in enumerate(self._taken[deposit].tenders, 1):
			payment = _payment(deposit, number)
			yield self._about(
				act,
				deposit,
				f"payment.reversed:{payment}",
				f"Payment of {tender.amount} cancelled",
				tender.amount,
				reference=("Payment Entry", payment),
				reverses=f"deposit.taken:{payment}",
				reason=act.reason,
			)
		if car:
			yield self._release(act, deposit, car)

	def _issue(self, act: IssueInvoice) -> Iterator[Event]:
		self._invoices[act.invoice_id] = act
		yield self._about_invoice(
			act, act, f"invoice.issued:{act.invoice_id}", act.total, act.lines[0].description
		)

	def _pay(self, act: PayInvoice) -> Iterator[Event]:
		invoice = self._invoices[act.invoice_id]
		title = f"Payment for {act.invoice_id}"
		yield self._about_invoice(
			act, invoice, f"payment.received:{act.id}", act.amount, title, mode=act.mode
		)

	def _credit(self, act: CreditInvoice) -> Iterator[Event]:
		invoice = self._invoices[act.invoice_id]
		title = f"Credit note on {act.invoice_id}"
		key = f"invoice.credited:{act.id}"
		yield self._about_invoice(act, invoice, key, act.amount, title, reason=act.reason)

	def _about_invoice(
		self, act: Act, invoice: IssueInvoice, key: str, amount: Money, title: str, **facts: str
	) -> Event:
		type_, _colon, name = key.partition(":")
		doctype = "Payment Entry" if type_ == "payment.received" else "Sales Invoice"
		return Event(
			key=key,
			type=type_,
			happened_at=act.at,
			customer=invoice.customer_id,
			company=COMPANY,
			title=title,
			department=invoice.department,
			vehicle=invoice.vehicle_id,
			reference_doctype=doctype,
			reference_name=name,
			amount=amount,
			actor=act.by,
			facts={"sales_owner": self._owners[invoice.customer_id], **facts},
		)


def _payment(deposit: str, number: int) -> str:
	return f"{deposit}-P{number}"
