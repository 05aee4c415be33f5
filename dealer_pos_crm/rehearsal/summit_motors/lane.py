"""The service lane at Summit Motors: who books and who comes, what is found, answered, done and paid."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from ...domain.money import Money, total
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
	MissAppointment,
	MoveAppointment,
	MoveOrder,
	OpenOrder,
	PayOrder,
	StepOfPart,
	SubmitClaim,
	Work,
)
from .operations import (
	APPOINTMENT_CANCELLED,
	ASKED,
	DECLINE_REASONS,
	DENIALS,
	ELSEWHERE_REASONS,
	FOUND,
	OPERATIONS,
	RELEASES,
	UNDER_WARRANTY,
)
from .people import CURRENCY, staff_of
from .selling import Selling

_OPENS, _CLOSES = time(8), time(18)
_FATES = {"keep": 69, "miss": 14, "cancel": 7, "move": 10}
_FATES_OF_MOVED = {"keep": 88, "miss": 12}
_ANSWERS = {
	"Yellow": {"Approved": 46, "Declined": 38, "Deferred": 16},
	"Red": {"Approved": 60, "Declined": 34, "Deferred": 6},
}
_HOW = {"Phone": 52, "Text": 28, "In Person": 20}


@dataclass
class Visit:
	"""A car in the lane."""

	order_id: str
	vehicle: Vehicle
	customer_id: str
	advisor: str
	technician: str
	mileage: int
	works: dict[int, Work] = field(default_factory=dict)
	approved: list[int] = field(default_factory=list)
	pending: set[int] = field(default_factory=set)
	released: bool = False

	def amount(self, pay_type: str) -> Money:
		jobs = (self.works[number] for number in self.approved)
		return total(
			(OPERATIONS[job.op_code].price(pay_type) for job in jobs if job.pay_type == pay_type), CURRENCY
		)


class Lane(Selling):
	def __post_init__(self) -> None:
		super().__post_init__()
		self._cars = [vehicle for vehicle in self.vehicles if vehicle.owner is not None]
		self._busy: set[str] = set()  # cars that are booked or here
		self._seen: dict[str, datetime] = {}
		self._technician_free: dict[str, datetime] = {}
		self._miles: dict[str, int] = {}
		self._coming: dict[str, BookAppointment] = {}  # appointments that still stand
		self._undone: dict[str, dict[str, str]] = {}  # vehicle -> declined work -> op code
		self._advisors = [person.email for person in staff_of("Dealer Service Advisor")]
		self._technicians = [person.email for person in staff_of("Dealer Technician")]
		self._bdc = staff_of("Dealer BDC")[0].email
		self._parts = staff_of("Dealer Parts")[0].email

	# time

	def _working(self, at: datetime, minutes: float) -> datetime:
		"""So many minutes of opening time later."""
		left = timedelta(minutes=minutes)
		while True:
			closes = datetime.combine(at.date(), _CLOSES)
			at = max(at, datetime.combine(at.date(), _OPENS))
			if at.weekday() < 6 and at + left < closes:
				return at + left
			if at.weekday() < 6 and at < closes:
				left -= closes - at
			at = datetime.combine(at.date() + timedelta(days=1), _OPENS)

	def _slot(self, at: datetime, least: int, most: int) -> datetime:
		"""A half hour so many days later at which the lane takes cars in."""
		day = at.date() + timedelta(days=self.rng.randint(least, most))
		if day.weekday() == 6:
			day += timedelta(days=1)
		half_hours = self.rng.choices(range(15), [6, 6, 5, 4, 3, 3, 2, 2, 1, 2, 3, 3, 2, 2, 1])[0]
		return datetime.combine(day, _OPENS) + timedelta(minutes=30 * half_hours)

	# appointments

	def _idle_car(self) -> Vehicle | None:
		"""A car that is neither booked nor here, and seldom one that has just been here."""
		for car in self.rng.sample(self._cars, min(4, len(self._cars))):
			recent = self._now - self._seen.get(car.id, datetime.min) < timedelta(days=60)
			if car.id not in self._busy and not (recent and self.rng.random() < 0.9):
				return car
		return None

	def _call(self, at: datetime) -> None:
		car = self._idle_car()
		if car is not None:
			self._book(at, car, 1, 9)

	def _book(self, at: datetime, car: Vehicle, least: int, most: int, sure: str | None = None) -> None:
		"""Book a car in. ``sure``: declined work that the customer calls about; other work may be added."""
		assert car.owner is not None
		undone = self._undone.get(car.id, {})
		declined = [name for name in undone if name == sure or self.rng.random() < 0.2]
		if sure is not None and sure in undone:
			works: list[str] = []
			concern = f"{OPERATIONS[undone[sure]].name}, as recommended last time"
		else:
			works, concern = self._wish({undone[name] for name in declined})
		booking = BookAppointment(
			id=self._id("BOOK"),
			at=at,
			by=self._bdc if self.rng.random() < 0.6 else self.rng.choice(self._advisors),
			appointment_id=self._id("APT"),
			customer_id=car.owner,
			vehicle_id=car.id,
			starts_at=self._slot(at, least, most),
			concern=concern,
			works=tuple(works),
			declined_ids=tuple(declined),
			advisor=self.rng.choice(self._advisors),
			channel=self.rng.choices(("Phone", "Online", "Advisor"), (70, 20, 10))[0],
		)
		self.acts.append(booking)
		self._stand(booking, _FATES)

	def _wish(self, besides: set[str]) -> tuple[list[str], str]:
		"""What a customer wants done, as op codes and in words."""
		codes = [code for code in ASKED if code not in besides]
		first = self.rng.choices(codes, [ASKED[code][0] for code in codes])[0]
		works = [first]
		if first in ("OCF", "30K") and self.rng.random() < 0.3 and "TROT" not in besides:
			works.append("TROT")
		return works, ASKED[first][1]

	def _stand(self, booking: BookAppointment, fates: dict[str, int]) -> None:
		"""An appointment is made; what becomes of it."""
		name, starts = booking.appointment_id, booking.starts_at
		self._coming[name] = booking
		self._busy.add(booking.vehicle_id)
		if starts - booking.at > timedelta(hours=80) and self.rng.random() < 0.6:
			asked = self._open_hour(starts - timedelta(hours=self.rng.randint(50, 70)))
			self._at(max(asked, booking.at + timedelta(hours=1)), lambda now: self._confirm(now, name))
		fate = self._pick(fates)
		before = self._open_hour(max(booking.at, starts - timedelta(hours=self.rng.randint(4, 40))))
		if fate == "keep":
			late = timedelta(minutes=self.rng.randint(0, 13), seconds=self.rng.randrange(60))
			self._at(starts + late, lambda now: self._arrive(now, name))
		elif fate == "miss" or before <= booking.at or before >= starts:
			self._at(starts + timedelta(minutes=31), lambda now: self._miss(now, name))
		elif fate == "cancel":
			self._at(before, lambda now: self._cancel_appointment(now, name))
		else:
			self._at(before, lambda now: self._move_appointment(now, name))

	def _confirm(self, at: datetime, name: str) -> None:
		booking = self._coming.get(name)
		if booking is None or at >= booking.starts_at or not _in_hours(at):
			return
		self.acts.append(
			ConfirmAppointment(
				id=self._id("CONFIRM"),
				at=at,
				by=self._bdc,
				appointment_id=name,
				how=self._pick({"Text": 60, "Phone": 40}),
			)
		)

	def _cancel_appointment(self, at: datetime, name: str) -> None:
		booking = self._coming.pop(name)
		self._busy.discard(booking.vehicle_id)
		reason = self.rng.choice(APPOINTMENT_CANCELLED)
		self.acts.append(
			CancelAppointment(
				id=self._id("CANCEL-APT"), at=at, by=self._bdc, appointment_id=name, reason=reason
			)
		)

	def _move_appointment(self, at: datetime, name: str) -> None:
		booking = self._coming.pop(name)
		starts = self._slot(max(at, booking.starts_at), 1, 6)
		moved = MoveAppointment(
			id=self._id("MOVE-APT"),
			at=at,
			by=self._bdc,
			appointment_id=name,
			new_id=self._id("APT"),
			starts_at=starts,
		)
		self.acts.append(moved)
		self._stand(replace(booking, at=at, appointment_id=moved.new_id, starts_at=starts), _FATES_OF_MOVED)

	def _miss(self, at: datetime, name: str) -> None:
		booking = self._coming.pop(name)
		self._busy.discard(booking.vehicle_id)
		self.acts.append(MissAppointment(id=self._id("MISS"), at=at, by="", appointment_id=name))
		if self.rng.random() < 0.55:
			again = self._working(at, self.rng.randint(20, 500))
			self._at(again, lambda now: self._book_if_idle(now, booking.vehicle_id, 1, 4))

	def _book_if_idle(
		self, at: datetime, vehicle_id: str, least: int, most: int, sure: str | None = None
	) -> None:
		if vehicle_id not in self._busy and (sure is None or sure in self._undone.get(vehicle_id, {})):
			self._book(at, self._vehicle[vehicle_id], least, most, sure)

	# check-in

	def _arrive(self, at: datetime, name: str) -> None:
		booking = self._coming.pop(name)
		undone = self._undone.get(booking.vehicle_id, {})
		jobs: list[tuple[str, str | None]] = [(code, None) for code in booking.works]
		jobs += [(undone[declined], declined) for declined in booking.declined_ids if declined in undone]
		self._open(at, self._vehicle[booking.vehicle_id], booking, jobs, booking.concern)

	def _walk_in(self, at: datetime) -> None:
		car = self._idle_car()
		if car is None or at.hour >= 16:
			return
		works, concern = self._wish(set(self._undone.get(car.id, {}).values()))
		self._busy.add(car.id)
		self._open(at, car, None, [(code, None) for code in works], concern)

	def _open(
		self,
		at: datetime,
		car: Vehicle,
		booking: BookAppointment | None,
		wanted: list[tuple[str, str | None]],
		concern: str,
	) -> None:
		undone = self._undone.get(car.id, {})
		for declined, code in undone.items():  # offered at the counter
			if declined not in [name for _code, name in wanted] and self.rng.random() < 0.12:
				wanted = [*wanted, (code, declined)]
		works = [
			Work(job_no=number, op_code=code, declined_id=declined)
			for number, (code, declined) in enumerate(wanted, 1)
		]
		if car.year >= 2023 and self.rng.random() < 0.25:
			works.append(Work(job_no=len(works) + 1, op_code=UNDER_WARRANTY, pay_type="Warranty"))
		assert car.owner is not None
		visit = Visit(
			order_id=self._id("RO"),
			vehicle=car,
			customer_id=car.owner,
			advisor=booking.advisor if booking else self.rng.choice(self._advisors),
			technician=self.rng.choice(self._technicians),
			mileage=self._mileage(car),
			works={work.job_no: work for work in works},
			approved=[work.job_no for work in works],
		)
		hours = sum(OPERATIONS[work.op_code].tenths for work in works) / 10
		self.acts.append(
			OpenOrder(
				id=self._id("OPEN"),
				at=at,
				by=visit.advisor,
				order_id=visit.order_id,
				appointment_id=booking.appointment_id if booking else None,
				customer_id=visit.customer_id,
				vehicle_id=car.id,
				mileage=visit.mileage,
				promised_at=_half_hour(self._working(at, 100 + 75 * hours)),
				concern=concern,
				tag=str(100 + self.rng.randrange(900)),
				works=tuple(works),
			)
		)
		for work in works:
			if work.declined_id is not None:
				undone.pop(work.declined_id, None)
		self._at(self._working(at, self.rng.randint(12, 70)), lambda now: self._begin(now, visit))

	def _mileage(self, car: Vehicle) -> int:
		self._miles[car.id] = self._miles.get(car.id, car.mileage) + self.rng.randint(120, 1400)
		return self._miles[car.id]

	# work

	def _begin(self, at: datetime, visit: Visit) -> None:
		self._status(at, visit, "In Progress", visit.technician)
		self._at(self._working(at, self.rng.randint(14, 45)), lambda now: self._inspect(now, visit))

	def _status(self, at: datetime, visit: Visit, to: str, by: str) -> None:
		self.acts.append(MoveOrder(id=self._id("STATUS"), at=at, by=by, order_id=visit.order_id, to=to))

	def _inspect(self, at: datetime, visit: Visit) -> None:
		known = {work.op_code for work in visit.works.values()} | set(
			self._undone.get(visit.vehicle.id, {}).values()
		)
		open_points = [code for code in FOUND if code not in known]
		count = min(len(open_points), self.rng.choices((0, 1, 2, 3, 4), (30, 30, 22, 12, 6))[0])
		found = []
		for code in self.rng.sample(open_points, count):
			number = len(visit.works) + 1
			severity = "Red" if self.rng.randrange(100) < OPERATIONS[code].red else "Yellow"
			visit.works[number] = Work(job_no=number, op_code=code, severity=severity)
			visit.pending.add(number)
			found.append(visit.works[number])
		self.acts.append(
			Inspect(
				id=self._id("INSPECT"),
				at=at,
				by=visit.technician,
				order_id=visit.order_id,
				found=tuple(found),
			)
		)
		asked = self._working(at, self.rng.randint(6, 55))
		for work in found:
			self._at(asked, self._answers(visit, work))
			asked += timedelta(seconds=self.rng.randint(20, 90))
		if not found:
			self._at(self._working(at, 1), lambda now: self._next_job(now, visit, list(visit.approved)))

	def _answers(self, visit: Visit, work: Work) -> Callable[[datetime], None]:
		def answer(at: datetime) -> None:
			said = self._pick(_ANSWERS[work.severity])
			refused = said != "Approved"
			declined = self._id("DS") if refused else None
			self.acts.append(
				AnswerJob(
					id=self._id("ANSWER"),
					at=at,
					by=visit.advisor,
					order_id=visit.order_id,
					job_no=work.job_no,
					answer=said,
					how=self._pick(_HOW),
					reason=self.rng.choice(DECLINE_REASONS) if refused else "",
					deferred_until=at.date() + timedelta(days=self.rng.randint(20, 75))
					if said == "Deferred"
					else None,
					declined_id=declined,
				)
			)
			visit.pending.discard(work.job_no)
			if declined is None:
				visit.approved.append(work.job_no)
			else:
				self._lives_on(at, visit.vehicle.id, declined, work.op_code)
			if not visit.pending:
				work_on = self._working(at, 2)
				self._at(work_on, lambda now: self._next_job(now, visit, list(visit.approved)))

		return answer

	def _lives_on(self, at: datetime, vehicle_id: str, declined: str, code: str) -> None:
		self._undone.setdefault(vehicle_id, {})[declined] = code
		luck = self.rng.random()
		if luck < 0.09:
			called = self._later(at, 1, 24)
			self._at(called, lambda now: self._book_if_idle(now, vehicle_id, 1, 6, declined))
		elif luck < 0.18:
			self._at(self._later(at, 6, 20), lambda now: self._close_declined(now, vehicle_id, declined))

	def _close_declined(self, at: datetime, vehicle_id: str, declined: str) -> None:
		if self._undone.get(vehicle_id, {}).pop(declined, None) is None:
			return
		if any(declined in booking.declined_ids for booking in self._coming.values()):
			return  # it is booked again by now, and so not spoken of
		self.acts.append(
			CloseDeclined(
				id=self._id("CLOSE-DS"),
				at=at,
				by=self.rng.choice(self._advisors),
				declined_id=declined,
				note=self.rng.choice(ELSEWHERE_REASONS),
			)
		)

	def _next_job(self, at: datetime, visit: Visit, left: list[int]) -> None:
		"""The technician does one job after the other; a part may have to come first."""
		if not left:
			self._at(self._working(at, self.rng.randint(3, 20)), lambda now: self._ready(now, visit))
			return
		number = left[0]
		operation = OPERATIONS[visit.works[number].op_code]
		if operation.parts and number > 1 and self.rng.random() < 0.14:
			self._at(self._working(at, 1), lambda now: self._order_part(now, visit, left))
			return
		self._do(at, visit, left)

	def _do(self, at: datetime, visit: Visit, left: list[int]) -> None:
		"""The first job that is left, as soon as its technician is free, in one go."""
		number, rest = left[0], left[1:]
		minutes = round(OPERATIONS[visit.works[number].op_code].tenths * 6 * self.rng.uniform(0.75, 1.35))
		begins = self._working(max(at, self._technician_free.get(visit.technician, at)), 0)
		if begins + timedelta(minutes=minutes) >= datetime.combine(begins.date(), _CLOSES):
			begins = self._working(datetime.combine(begins.date(), _CLOSES), 0)
		ends = begins + timedelta(minutes=minutes)
		self._technician_free[visit.technician] = ends

		def done(now: datetime) -> None:
			self.acts.append(
				FinishJob(
					id=self._id("DONE"),
					at=now,
					by=visit.technician,
					order_id=visit.order_id,
					job_no=number,
					began_at=begins,
				)
			)
			self._next_job(now, visit, rest)

		self._at(ends, done)

	def _order_part(self, at: datetime, visit: Visit, left: list[int]) -> None:
		number = left[0]
		special = self.rng.random() < 0.4
		eta = _workday(
			self._working(at, 600).date() + timedelta(days=self.rng.randint(2, 6) if special else 0)
		)

		def step(now: datetime, what: str, day: date) -> None:
			self.acts.append(
				StepOfPart(
					id=self._id("PART"), at=now, by=self._parts, order_id=visit.order_id, job_no=number,
					step=what, eta=day, special=special,
				)
			)  # fmt: skip

		def arrives(now: datetime) -> None:
			step(now, "arrived", now.date())
			begun = self._working(now, self.rng.randint(30, 240))
			self._at(begun, lambda then: self._go_on(then, visit, left))

		step(at, "ordered", eta)
		self._status(at, visit, "Waiting Parts", visit.advisor)
		if self.rng.random() < 0.25:
			late = _workday(eta + timedelta(days=self.rng.randint(1, 3)))
			self._at(self._working(datetime.combine(eta, _OPENS), 90), lambda now: step(now, "delayed", late))
			eta = late
		self._at(self._working(datetime.combine(eta, _OPENS), self.rng.randint(100, 400)), arrives)

	def _go_on(self, at: datetime, visit: Visit, left: list[int]) -> None:
		self._status(at, visit, "In Progress", visit.technician)
		self._do(at, visit, left)

	# money

	def _ready(self, at: datetime, visit: Visit) -> None:
		self._status(at, visit, "Ready", visit.advisor)
		self._at(self._working(at, self.rng.randint(8, 90)), lambda now: self._bill(now, visit))

	def _bill(self, at: datetime, visit: Visit) -> None:
		claimed = visit.amount("Warranty")
		invoice = InvoiceOrder(
			id=self._id("BILL"),
			at=at,
			by=visit.advisor,
			order_id=visit.order_id,
			invoice_id=self._id("INV"),
			amount=visit.amount("Customer"),
			claimed=claimed,
			claim_id=self._id("MC") if claimed else None,
		)
		self.acts.append(invoice)
		paid = self._working(at, self.rng.randint(4, 60))
		luck = self.rng.random()
		if not invoice.amount:
			self._at(paid, lambda now: self._hand_over(now, visit, invoice))
		elif luck < 0.05:  # goes home on a manager's word, and pays later or not yet
			visit.released = True
			self._at(paid, lambda now: self._hand_over(now, visit, invoice))
			self._at(self._later(paid, 4, 25), lambda now: self._collect(now, visit, invoice, last=True))
		else:
			if luck > 0.93:
				paid = self._later(at, 1, 2)
			self._at(paid, lambda now: self._collect(now, visit, invoice))

	def _collect(self, at: datetime, visit: Visit, invoice: InvoiceOrder, *, last: bool = False) -> None:
		mode = self._pick({"Credit Card": 68, "Cash": 18, "Cheque": 14})
		parts = [(invoice.amount, mode)]
		if invoice.amount.minor > 60_000 and self.rng.random() < 0.15:
			half = Money(invoice.amount.minor // 2, CURRENCY)
			parts = [(half, "Cash"), (invoice.amount - half, "Credit Card")]
		for amount, how in parts:
			self.acts.append(
				PayOrder(
					id=self._id("PAY"),
					at=at,
					by=self.rng.choice(self._cashiers),
					order_id=visit.order_id,
					invoice_id=invoice.invoice_id,
					amount=amount,
					mode=how,
					reference=self._reference(how),
				)
			)
		if not last:
			home = self._working(at, self.rng.randint(2, 15))
			self._at(home, lambda now: self._hand_over(now, visit, invoice))

	def _hand_over(self, at: datetime, visit: Visit, invoice: InvoiceOrder) -> None:
		months = self.rng.choice((4, 5, 6, 6))
		self.acts.append(
			CloseOrder(
				id=self._id("CLOSE"),
				at=at,
				by=self._service_manager if visit.released else visit.advisor,
				order_id=visit.order_id,
				mileage=visit.mileage + self.rng.randint(1, 9),
				release_reason=self.rng.choice(RELEASES) if visit.released else "",
				next_service=OPERATIONS["OCF"].name,
				next_on=at.date() + timedelta(days=30 * months + self.rng.randint(0, 20)),
				next_basis=f"every 7,500 miles, about {7_500 // months:,} miles a month",
			)
		)
		self._miles[visit.vehicle.id] = visit.mileage + 9
		self._busy.discard(visit.vehicle.id)
		self._seen[visit.vehicle.id] = at
		if invoice.claim_id is not None:
			claim, claimed = invoice.claim_id, invoice.claimed
			self._at(self._later(at, 1, 2), lambda now: self._submit(now, claim, claimed))

	def _submit(self, at: datetime, claim: str, claimed: Money) -> None:
		self.acts.append(SubmitClaim(id=self._id("SUBMIT"), at=at, by=self._accountant, claim_id=claim))
		answer = self._pick({"paid": 76, "short": 10, "denied": 14})
		amount = {
			"paid": claimed,
			"short": Money(claimed.minor * 8 // 10, CURRENCY),
			"denied": Money.zero(CURRENCY),
		}[answer]
		reason = self.rng.choice(DENIALS) if answer == "denied" else ""

		def answered(now: datetime) -> None:
			self.acts.append(
				AnswerClaim(
					id=self._id("CLAIM"),
					at=now,
					by=self._accountant,
					claim_id=claim,
					amount=amount,
					reason=reason,
				)
			)

		self._at(self._later(at, 6, 22), answered)


def _workday(day: date) -> date:
	return day + timedelta(days=1) if day.weekday() == 6 else day


def _in_hours(at: datetime) -> bool:
	return at.weekday() < 6 and _OPENS <= at.time() < _CLOSES


def _half_hour(at: datetime) -> datetime:
	"""The next half hour, as promises are made."""
	minutes = -(at.hour * 60 + at.minute) % 30
	return (at + timedelta(minutes=minutes)).replace(second=0, microsecond=0)
