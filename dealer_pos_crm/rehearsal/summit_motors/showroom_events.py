"""The acts of the showroom, before there is a deal, as lines of the spine, the way the app records them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ...domain.event import Event
from .acts import _Act
from .cars import Vehicle
from .people import COMPANY, STAFF
from .showroom_acts import (
	AnswerLead,
	AskAgain,
	BookVisit,
	CancelVisit,
	ConfirmVisit,
	EndVisit,
	FinishStep,
	GiveLead,
	LoseLead,
	MissVisit,
	MoveVisit,
	ReceiveLead,
	ReopenLead,
	RepriceCar,
	ReturnDrive,
	StartVisit,
	StockCar,
	TakeDrive,
)

NAMES = {person.email: person.name for person in STAFF}


@dataclass
class Known:
	act: ReceiveLead
	salesperson: str
	lost: str | None = None  # the event that lost it


class FloorLedger:
	"""What must be remembered from one act of the showroom to the next to tell it as an event.

	``converted``: leads that become customers. As in an export of a site, their name stands on all that
	was told of them; what is told of the others has none.
	"""

	def __init__(
		self, cars: Mapping[str, Vehicle], owners: Mapping[str, str], converted: frozenset[str]
	) -> None:
		self._cars = dict(cars)
		self._sales = owners
		self._converted = converted
		self._leads: dict[str, Known] = {}
		self._visits: dict[str, tuple[StartVisit, Known]] = {}
		self._booked: dict[str, tuple[BookVisit, datetime]] = {}
		self._drives: dict[str, TakeDrive] = {}
		self._of_lead: dict[str, str] = {}  # lead -> its deal
		self._steps: dict[str, list[str]] = {}
		self._told: Counter[str] = Counter()
		self.tell: dict[type, Callable[[Any], Iterator[Event]]] = {
			StockCar: self._stock,
			FinishStep: self._step,
			RepriceCar: self._reprice,
			ReceiveLead: self._receive,
			AnswerLead: self._answer,
			AskAgain: self._ask_again,
			GiveLead: self._give,
			LoseLead: self._lose,
			ReopenLead: self._reopen,
			BookVisit: self._book,
			ConfirmVisit: self._confirm,
			CancelVisit: self._cancel,
			MoveVisit: self._move,
			MissVisit: self._miss,
			StartVisit: self._come,
			TakeDrive: self._drive,
			ReturnDrive: self._back,
			EndVisit: self._leave,
		}

	def _key(self, type_: str) -> str:
		self._told[type_] += 1
		return f"{type_}:S{self._told[type_]}"

	def _event(
		self,
		type_: str,
		at: datetime,
		title: str,
		facts: Mapping[str, str],
		*,
		customer: str = "",
		vehicle: str | None = None,
		key: str = "",
		department: str = "Sales",
		**more: Any,
	) -> Event:
		return Event(
			key=key or self._key(type_),
			type=type_,
			happened_at=at,
			customer=customer,
			company=COMPANY,
			title=title,
			department=department,
			vehicle=vehicle,
			facts={name: text for name, text in facts.items() if text},
			**more,
		)

	def _what(self, vehicle: str | None, wanted: str = "") -> str:
		return f"{self._cars[vehicle].what} ({vehicle})" if vehicle else wanted

	# cars

	def _of_car(self, type_: str, act: _Act, car: str, title: str, **facts: str) -> Event:
		what = self._what(car)
		return self._event(
			type_,
			act.at,
			f"{title}: {what}",
			{"what": what, **facts},
			vehicle=car,
			actor=act.by,
			reference_doctype="Dealer Vehicle",
			reference_name=car,
		)

	def _stock(self, act: StockCar) -> Iterator[Event]:
		self._steps[act.vehicle_id] = list(act.steps)
		yield self._of_car("vehicle.stocked", act, act.vehicle_id, "Taken into stock")
		yield self._of_car(
			"vehicle.recon_started",
			act,
			act.vehicle_id,
			"Recon started",
			step=act.steps[0],
			due_at=_due(act.at),
		)

	def _step(self, act: FinishStep) -> Iterator[Event]:
		left = self._steps[act.vehicle_id]
		left.remove(act.step)
		following = {"next_step": left[0], "next_due_at": _due(act.at)} if left else {}
		yield self._of_car(
			"vehicle.recon_step_done", act, act.vehicle_id, f"{act.step} done", step=act.step, **following
		)
		if not left:
			yield self._of_car("vehicle.frontline_ready", act, act.vehicle_id, "Ready for the front line")

	def _reprice(self, act: RepriceCar) -> Iterator[Event]:
		yield self._of_car(
			"vehicle.repriced", act, act.vehicle_id, f"Price {act.price}", price=str(act.price)
		)

	# leads

	def _of_lead_event(
		self,
		type_: str,
		act: _Act,
		lead: Known,
		title: str,
		*,
		vehicle: str | None = None,
		reference: tuple[str, str] | None = None,
		reverses: str | None = None,
		appointment: str | None = None,
		deal: str | None = None,
		**facts: str,
	) -> Event:
		told = lead.act
		car = vehicle or told.vehicle_id
		doctype, name = reference or ("Lead", told.lead_id)
		known = told.lead_id in self._converted
		return self._event(
			type_,
			act.at,
			title,
			{
				"what": self._what(car, told.wanted),
				"salesperson": NAMES[lead.salesperson],
				"sales_owner": lead.salesperson,
				"lead_type": told.lead_type if type_.startswith("lead.") else "",
				"source": told.source if type_.startswith("lead.") else "",
				**facts,
			},
			customer=told.prospect_id if known else "",
			lead=told.lead_id,
			vehicle=car,
			actor=lead.salesperson,
			reference_doctype=doctype,
			reference_name=name,
			reverses=reverses,
			appointment=appointment,
			deal=deal,
		)

	def _receive(self, act: ReceiveLead) -> Iterator[Event]:
		lead = self._leads[act.lead_id] = Known(act, act.salesperson)
		due = (act.at + timedelta(minutes=5)).isoformat(timespec="minutes")
		yield self._of_lead_event("lead.received", act, lead, f"Lead received: {act.wanted}", due_at=due)
		if act.lead_type == "Walk-in":
			yield self._of_lead_event(
				"lead.responded", act, lead, f"Greeted: {act.wanted}", how="Visit", minutes="0"
			)
		else:
			yield self._of_lead_event("lead.assigned", act, lead, f"Lead given to {NAMES[act.salesperson]}")

	def _answer(self, act: AnswerLead) -> Iterator[Event]:
		lead = self._leads[act.lead_id]
		yield self._of_lead_event(
			"lead.responded", act, lead, f"Answered ({act.how})", how=act.how, minutes=str(act.minutes)
		)

	def _ask_again(self, act: AskAgain) -> Iterator[Event]:
		lead = self._leads[act.lead_id]
		due = (act.at + timedelta(minutes=30)).isoformat(timespec="minutes")
		yield self._of_lead_event("lead.asked", act, lead, f"Asked again: {lead.act.wanted}", due_at=due)

	def _give(self, act: GiveLead) -> Iterator[Event]:
		lead = self._leads[act.lead_id]
		lead.salesperson = act.salesperson
		title = f"Lead given to {NAMES[act.salesperson]}"
		yield self._of_lead_event("lead.assigned", act, lead, title, reason=act.reason)

	def _lose(self, act: LoseLead) -> Iterator[Event]:
		lead = self._leads[act.lead_id]
		event = self._of_lead_event("lead.lost", act, lead, f"Lead lost: {act.reason}", reason=act.reason)
		lead.lost = event.key
		yield event

	def _reopen(self, act: ReopenLead) -> Iterator[Event]:
		lead = self._leads[act.lead_id]
		lost, lead.lost = lead.lost, None
		yield self._of_lead_event("lead.reopened", act, lead, "Lead open again", reverses=lost)

	# appointments and visits

	def _about_visit(self, kind: str, act: _Act, name: str, title: str, **facts: str) -> Event:
		booking, booked_at = self._booked[name]
		lead, starts = self._leads[booking.lead_id], booking.starts_at
		text = clock(starts)
		return self._of_lead_event(
			f"appointment.{kind}",
			act,
			lead,
			f"{title} {text}",
			vehicle=booking.vehicle_id,
			reference=("Showroom Appointment", name),
			appointment=name,
			starts_at=starts.isoformat(),
			starts_at_text=text,
			concern=booking.purpose,
			lead_hours=str(int((starts - booked_at).total_seconds() // 3600)),
			**facts,
		)

	def _book(self, act: BookVisit) -> Iterator[Event]:
		self._booked[act.appointment_id] = (act, act.at)
		yield self._about_visit("booked", act, act.appointment_id, "Appointment booked for")

	def _confirm(self, act: ConfirmVisit) -> Iterator[Event]:
		yield self._about_visit("confirmed", act, act.appointment_id, "Confirmed for", how=act.how)

	def _cancel(self, act: CancelVisit) -> Iterator[Event]:
		yield self._about_visit("cancelled", act, act.appointment_id, "Cancelled:", reason=act.reason)

	def _move(self, act: MoveVisit) -> Iterator[Event]:
		old, _at = self._booked[act.appointment_id]
		yield self._about_visit("rescheduled", act, act.appointment_id, "Moved from")
		moved = BookVisit(
			id=act.id,
			at=act.at,
			by=act.by,
			appointment_id=act.new_id,
			lead_id=old.lead_id,
			vehicle_id=old.vehicle_id,
			starts_at=act.starts_at,
			purpose=old.purpose,
			salesperson=old.salesperson,
		)
		self._booked[act.new_id] = (moved, act.at)
		yield self._about_visit("booked", act, act.new_id, "Appointment booked for")

	def _miss(self, act: MissVisit) -> Iterator[Event]:
		yield self._about_visit("missed", act, act.appointment_id, "Did not come:")

	def _come(self, act: StartVisit) -> Iterator[Event]:
		lead = self._leads[act.lead_id]
		self._visits[act.visit_id] = (act, lead)
		yield self._of_lead_event(
			"visit.made",
			act,
			lead,
			f"Came to the showroom ({act.kind})",
			vehicle=act.vehicle_id,
			reference=("Showroom Visit", act.visit_id),
			appointment=act.appointment_id,
			kind=act.kind,
		)
		if act.appointment_id:
			yield self._about_visit("kept", act, act.appointment_id, "Came:")

	def _drive(self, act: TakeDrive) -> Iterator[Event]:
		self._drives[act.drive_id] = act
		yield self._of_drive("taken", act, act, "Test drive")

	def _back(self, act: ReturnDrive) -> Iterator[Event]:
		taken = self._drives[act.drive_id]
		yield self._of_drive("returned", act, taken, "Back from the test drive")

	def _of_drive(self, kind: str, act: _Act, taken: TakeDrive, title: str) -> Event:
		_visit, lead = self._visits[taken.visit_id]
		return self._of_lead_event(
			f"test_drive.{kind}",
			act,
			lead,
			f"{title}: {self._what(taken.vehicle_id)}",
			vehicle=taken.vehicle_id,
			reference=("Test Drive", taken.drive_id),
		)

	def _leave(self, act: EndVisit) -> Iterator[Event]:
		visit, lead = self._visits[act.visit_id]
		yield self._of_lead_event(
			"visit.ended",
			act,
			lead,
			f"Left the showroom: {act.outcome}",
			vehicle=visit.vehicle_id,
			reference=("Showroom Visit", act.visit_id),
			deal=self._of_lead.get(visit.lead_id),
			outcome=act.outcome,
			kind=visit.kind,
		)


def _due(at: datetime) -> str:
	"""A day's target for a step of a recon."""
	day = at + timedelta(days=2 if at.weekday() == 5 else 1)
	return day.isoformat(timespec="minutes")


def clock(at: datetime) -> str:
	return f"{at:%a} {at.day} {at:%b %H:%M}"
