"""The acts of the service lane as lines of the spine, the way the app records them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ...domain.event import Event
from ...domain.money import Money
from .cars import Vehicle
from .lane_acts import (
	AnswerClaim,
	AnswerJob,
	BookAppointment,
	CancelAppointment,
	CloseDeclined,
	CloseOrder,
	ConfirmAppointment,
	FinishJob,
	Inspect,
	InvoiceOrder,
	LaneAct,
	MissAppointment,
	MoveAppointment,
	MoveOrder,
	OpenOrder,
	PayOrder,
	StepOfPart,
	SubmitClaim,
	Work,
)
from .operations import OPERATIONS
from .people import COMPANY, STAFF

_NAMES = {person.email: person.name for person in STAFF}
_ANSWERED = {"Approved": "job.approved", "Declined": "job.declined", "Deferred": "job.deferred"}


@dataclass
class _Order:
	act: OpenOrder
	status: str = "Open"
	works: dict[int, Work] = field(default_factory=dict)
	invoices: dict[str, Money] = field(default_factory=dict)  # what is open of each


@dataclass(frozen=True)
class _Declined:
	"""Work that lives on: where it came from and what it is."""

	order_id: str
	work: Work


class LaneLedger:
	"""What must be remembered from one act of the lane to the next to tell it as an event."""

	def __init__(self, vehicles: Mapping[str, Vehicle], owners: Mapping[str, str]) -> None:
		self._cars = vehicles
		self._sales = owners
		self._appointments: dict[str, BookAppointment] = {}
		self._booked: dict[str, str] = {}  # declined work -> the event that booked it
		self._orders: dict[str, _Order] = {}
		self._declined: dict[str, _Declined] = {}
		self._claims: dict[str, InvoiceOrder] = {}
		self.tell: dict[type, Callable[[Any], Iterator[Event]]] = {
			BookAppointment: self._book,
			ConfirmAppointment: self._confirm,
			CancelAppointment: self._cancel,
			MoveAppointment: self._move,
			MissAppointment: self._miss,
			OpenOrder: self._open,
			MoveOrder: self._status,
			Inspect: self._inspect,
			AnswerJob: self._answer,
			StepOfPart: self._part,
			FinishJob: self._finish,
			InvoiceOrder: self._invoice,
			PayOrder: self._pay,
			CloseOrder: self._close,
			SubmitClaim: self._submit,
			AnswerClaim: self._claim,
			CloseDeclined: self._close_declined,
		}

	def _event(
		self,
		key: str,
		at: datetime,
		title: str,
		customer: str,
		car: str,
		actor: str | None,
		facts: Mapping[str, str],
		**more: Any,
	) -> Event:
		"""An event about a car; its type is what the key begins with."""
		vehicle = self._cars[car]
		said = {
			"what": f"{vehicle.what} ({car})",
			"advisor": _NAMES.get(actor or "", ""),
			"sales_owner": self._sales[customer],
			**facts,
		}
		return Event(
			key=key,
			type=key.partition(":")[0],
			happened_at=at,
			customer=customer,
			company=COMPANY,
			title=title,
			department="Service",
			vehicle=car,
			actor=actor,
			facts={name: text for name, text in said.items() if text},
			**more,
		)

	# appointments

	def _about_appointment(
		self, kind: str, act: LaneAct, booking: BookAppointment, title: str, reason: str = ""
	) -> Event:
		starts = booking.starts_at
		text = _clock(starts)
		return self._event(
			f"appointment.{kind}:{booking.appointment_id}",
			act.at,
			f"{title} {text}",
			booking.customer_id,
			booking.vehicle_id,
			booking.advisor,
			{
				"starts_at": starts.isoformat(),
				"starts_at_text": text,
				"concern": booking.concern,
				"lead_hours": str(int((starts - booking.at).total_seconds() // 3600)),
				"reason": reason,
			},
			appointment=booking.appointment_id,
			reference_doctype="Service Appointment",
			reference_name=booking.appointment_id,
		)

	def _book(self, act: BookAppointment) -> Iterator[Event]:
		self._appointments[act.appointment_id] = act
		yield self._about_appointment("booked", act, act, "Appointment booked for")
		for name in act.declined_ids:
			event = self._about_declined(
				f"declined_service.booked:{act.appointment_id}:{name}",
				act,
				name,
				"Booked",
				appointment=act.appointment_id,
			)
			self._booked[name] = event.key
			yield event

	def _confirm(self, act: ConfirmAppointment) -> Iterator[Event]:
		booking = self._appointments[act.appointment_id]
		yield self._about_appointment("confirmed", act, booking, "Confirmed for")

	def _cancel(self, act: CancelAppointment) -> Iterator[Event]:
		booking = self._appointments[act.appointment_id]
		yield self._about_appointment("cancelled", act, booking, "Cancelled:", act.reason)
		yield from self._unbook(act, booking)

	def _move(self, act: MoveAppointment) -> Iterator[Event]:
		booking = self._appointments[act.appointment_id]
		yield self._about_appointment("rescheduled", act, booking, "Moved away from")
		yield from self._unbook(act, booking)
		yield from self._book(replace(booking, at=act.at, appointment_id=act.new_id, starts_at=act.starts_at))

	def _miss(self, act: MissAppointment) -> Iterator[Event]:
		booking = self._appointments[act.appointment_id]
		yield self._about_appointment("missed", act, booking, "Did not come at")
		yield from self._unbook(act, booking)

	def _unbook(self, act: LaneAct, booking: BookAppointment) -> Iterator[Event]:
		for name in booking.declined_ids:
			key = f"declined_service.reopened:{act.id}:{name}"
			yield self._about_declined(key, act, name, "Open again", reverses=self._booked.pop(name))

	# declined work

	def _about_declined(
		self,
		key: str,
		act: LaneAct,
		name: str,
		title: str,
		*,
		reason: str = "",
		amount: Money | None = None,
		order_id: str | None = None,
		**more: Any,
	) -> Event:
		declined = self._declined[name]
		order = self._orders[declined.order_id].act
		operation = OPERATIONS[declined.work.op_code]
		return self._event(
			key,
			act.at,
			f"{title}: {operation.name}",
			order.customer_id,
			order.vehicle_id,
			order.by,
			{
				"service": operation.name,
				"op_code": operation.op_code,
				"severity": declined.work.severity,
				"reason": reason,
			},
			declined_service=name,
			repair_order=order_id,
			reference_doctype="Declined Service",
			reference_name=name,
			amount=amount if amount is not None else operation.price(),
			**more,
		)

	def _close_declined(self, act: CloseDeclined) -> Iterator[Event]:
		key = f"declined_service.closed:{act.declined_id}"
		yield self._about_declined(key, act, act.declined_id, "Done elsewhere", reason=act.note)

	def _recover(self, act: LaneAct, work: Work, order_id: str) -> Iterator[Event]:
		if work.declined_id is not None:
			self._booked.pop(work.declined_id, None)
			yield self._about_declined(
				f"declined_service.recovered:{work.declined_id}",
				act,
				work.declined_id,
				"Won back",
				amount=OPERATIONS[work.op_code].price(work.pay_type),
				order_id=order_id,
			)

	# repair orders

	def _about_order(
		self,
		key: str,
		act: LaneAct,
		order: _Order,
		title: str,
		facts: Mapping[str, str] | None = None,
		**more: Any,
	) -> Event:
		opened = order.act
		return self._event(
			key,
			act.at,
			title,
			opened.customer_id,
			opened.vehicle_id,
			opened.by,
			{
				"promised_at": opened.promised_at.isoformat(timespec="minutes"),
				"tag": opened.tag,
				**(facts or {}),
			},
			**{
				"appointment": opened.appointment_id,
				"repair_order": opened.order_id,
				"reference_doctype": "Repair Order",
				"reference_name": opened.order_id,
				**more,
			},
		)

	def _about_job(
		self,
		kind: str,
		act: LaneAct,
		order: _Order,
		work: Work,
		title: str,
		declined: str | None = None,
		**facts: str,
	) -> Event:
		operation = OPERATIONS[work.op_code]
		return self._about_order(
			f"{kind}:{order.act.order_id}:{work.job_no}",
			act,
			order,
			f"{title}: {operation.name}",
			{
				"job": str(work.job_no),
				"service": operation.name,
				"op_code": work.op_code,
				"severity": work.severity,
				"pay_type": work.pay_type,
				**facts,
			},
			amount=operation.price(work.pay_type),
			declined_service=declined or work.declined_id,
		)

	def _open(self, act: OpenOrder) -> Iterator[Event]:
		order = self._orders[act.order_id] = _Order(act, works={work.job_no: work for work in act.works})
		if act.appointment_id is not None:
			booking = self._appointments[act.appointment_id]
			yield self._about_appointment("kept", act, booking, "Came to the appointment of")
		yield self._about_order(
			f"ro.opened:{act.order_id}", act, order, f"Repair order {act.order_id} opened"
		)
		by_when = f"{act.promised_at:%a} {act.promised_at.day} {act.promised_at:%b %H:%M}"
		yield self._about_order(
			f"ro.promised:{act.order_id}",
			act,
			order,
			f"Repair order {act.order_id} promised for {by_when}",
			{"promised_at_text": by_when},
		)
		for work in act.works:
			if work.declined_id is not None:
				yield self._about_job("job.recommended", act, order, work, "Recommended")
			yield self._about_job("job.approved", act, order, work, "Approved", how="In Person")
			yield from self._recover(act, work, act.order_id)

	def _status(self, act: MoveOrder) -> Iterator[Event]:
		order = self._orders[act.order_id]
		facts = {"from": order.status, "to": act.to}
		order.status = act.to
		title = f"Repair order {act.order_id}: {act.to}"
		kind = "ro.ready" if act.to == "Ready" else "ro.status_changed"
		yield self._about_order(f"{kind}:{act.id}", act, order, title, facts)

	def _inspect(self, act: Inspect) -> Iterator[Event]:
		order = self._orders[act.order_id]
		yield self._about_order(f"inspection.done:{act.order_id}", act, order, "Inspected")
		for work in act.found:
			order.works[work.job_no] = work
			yield self._about_job("job.recommended", act, order, work, "Recommended")

	def _answer(self, act: AnswerJob) -> Iterator[Event]:
		order = self._orders[act.order_id]
		work = order.works[act.job_no]
		if act.declined_id is not None:
			self._declined[act.declined_id] = _Declined(act.order_id, work)
		yield self._about_job(
			_ANSWERED[act.answer],
			act,
			order,
			work,
			act.answer,
			act.declined_id,
			how=act.how,
			reason=act.reason,
			deferred_until=act.deferred_until.isoformat() if act.deferred_until else "",
		)

	def _part(self, act: StepOfPart) -> Iterator[Event]:
		order = self._orders[act.order_id]
		part = f"Parts for {OPERATIONS[order.works[act.job_no].op_code].name.lower()}"
		facts = {"part": part, "eta": act.eta.isoformat(), "special": "1" if act.special else ""}
		title = f"{part}: {act.step}"
		yield self._about_order(f"part.{act.step}:{act.id}", act, order, title, facts)

	def _finish(self, act: FinishJob) -> Iterator[Event]:
		order = self._orders[act.order_id]
		yield self._about_job("job.done", act, order, order.works[act.job_no], "Done")

	# money

	def _invoice(self, act: InvoiceOrder) -> Iterator[Event]:
		order = self._orders[act.order_id]
		if act.claim_id is not None:
			self._claims[act.claim_id] = act
		title = f"Repair order {act.order_id} invoiced"
		if act.amount:
			order.invoices[act.invoice_id] = act.amount
			yield self._money(f"invoice.issued:{act.invoice_id}", act, order, title, act.amount)
		yield self._about_order(f"ro.invoiced:{act.order_id}", act, order, title, amount=act.amount)

	def _money(
		self, key: str, act: LaneAct, order: _Order, title: str, amount: Money, mode: str = ""
	) -> Event:
		kind, _colon, name = key.partition(":")
		return self._about_order(
			key,
			act,
			order,
			title,
			{"mode": mode},
			amount=amount,
			reference_doctype="Payment Entry" if kind == "payment.received" else "Sales Invoice",
			reference_name=name,
		)

	def _pay(self, act: PayOrder) -> Iterator[Event]:
		order = self._orders[act.order_id]
		title = f"Payment for {act.order_id}"
		yield self._money(f"payment.received:{act.id}", act, order, title, act.amount, act.mode)
		order.invoices[act.invoice_id] -= act.amount
		if not any(order.invoices.values()):
			yield self._about_order(
				f"ro.paid:{act.order_id}", act, order, f"Repair order {act.order_id} paid"
			)

	def _close(self, act: CloseOrder) -> Iterator[Event]:
		order = self._orders[act.order_id]
		yield self._about_order(
			f"ro.closed:{act.order_id}",
			act,
			order,
			f"Repair order {act.order_id} closed",
			{
				"next_service": act.next_service,
				"next_service_on": act.next_on.isoformat(),
				"next_service_basis": act.next_basis,
				"reason": act.release_reason,
			},
		)

	def _submit(self, act: SubmitClaim) -> Iterator[Event]:
		invoice = self._claims[act.claim_id]
		yield self._about_claim("submitted", act, act.claim_id, invoice.claimed)

	def _claim(self, act: AnswerClaim) -> Iterator[Event]:
		claimed = self._claims[act.claim_id].claimed
		if act.amount:
			yield self._about_claim("paid", act, act.claim_id, act.amount)
		else:
			yield self._about_claim("denied", act, act.claim_id, claimed, act.reason)

	def _about_claim(self, kind: str, act: LaneAct, claim: str, amount: Money, reason: str = "") -> Event:
		order = self._orders[self._claims[claim].order_id]
		return self._about_order(
			f"claim.{kind}:{claim}",
			act,
			order,
			f"Warranty claim {claim} {kind}",
			{"reason": reason},
			amount=amount,
			reference_doctype="Manufacturer Claim",
			reference_name=claim,
		)


def _clock(moment: datetime) -> str:
	return f"{moment:%a} {moment.day} {moment:%b %H:%M}"
