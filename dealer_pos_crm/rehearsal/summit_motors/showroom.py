"""The showroom of Summit Motors: the cars that come in, who asks about them, who comes and who drives."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from ...domain.money import Money
from . import showroom_words as words
from .cars import Vehicle
from .floor import Floor
from .people import CURRENCY, Customer, staff_of
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

_OPENS, _CLOSES = time(9), time(18)
# Minutes of opening hours until the first answer, and how often of a hundred: few within five, many late.
_ANSWERED = (((1, 5), 14), ((6, 15), 27), ((16, 60), 28), ((61, 600), 26), (None, 5))
_AFTER_ANSWER = {"visit": 41, "asks": 11, "quiet": 30, "lost": 18}
_FATES = {"keep": 67, "miss": 18, "cancel": 8, "move": 7}
_DEAL = {"Walk-in": 27, "Appointment": 46, "Be-back": 58}
_AT_ONCE = 24  # cars that are there in the first days


@dataclass
class Asking:
	"""A lead in work."""

	lead_id: str
	prospect: Customer
	salesperson: str
	wanted: str | None  # a vehicle's id
	lead_type: str
	over: bool = False
	coming: set[str] = field(default_factory=set)  # appointments that stand


class Showroom(Floor):
	"""``vehicles`` are the cars that arrive, ``customers`` the people who ask."""

	def __post_init__(self) -> None:
		super().__post_init__()
		self._sellers = [person.email for person in staff_of("Dealer Salesperson")]
		self._bdc = staff_of("Dealer BDC")[0].email
		self._arriving = list(reversed(self.vehicles))
		self._people = list(reversed(self.customers))
		self._ready: list[str] = []  # at the front line, and nobody's
		self._miles = {car.id: car.mileage for car in self.vehicles}
		self._out: dict[str, str] = {}  # vehicle -> the test drive that it is on

	# time

	def _soon(self, at: datetime, minutes: float) -> datetime:
		"""So many minutes of the day's work later."""
		left = timedelta(minutes=minutes)
		while True:
			opens, closes = (datetime.combine(at.date(), hour) for hour in (_OPENS, _CLOSES))
			at = max(at, opens)
			if at.weekday() < 6 and at + left < closes:
				return at + left
			if at.weekday() < 6 and at < closes:
				left -= closes - at
			at = datetime.combine(at.date() + timedelta(days=1), _OPENS)

	def _within(self, at: datetime, least: int, most: int) -> datetime:
		return self._soon(at, self.rng.randint(least, most) + self.rng.random())

	def _plan(self, first: date, days: int) -> None:
		for number in range(days):
			day = first + timedelta(days=number)
			if day.weekday() == 6:
				self._at(datetime.combine(day, time(11)), self._internet_lead)  # nobody is here to answer it
				continue
			busy = 1.5 if day.weekday() == 5 else 1.0
			for arrival, usual in (
				(self._arrive, _AT_ONCE / 2 if number < 2 else 0.8),
				(self._lead, 3.1 * busy),
				(self._walk_in, 1.1 * busy),
				(self._reprice, 0.3),
			):
				for _time in range(self._how_many(usual)):
					self._at(self._moment(day), arrival)
			for _time in range(self._how_many(0.6)):
				at = datetime.combine(day, time(20)) + timedelta(minutes=self.rng.randrange(200))
				self._at(at, self._internet_lead)

	# cars

	def _arrive(self, at: datetime) -> None:
		if not self._arriving:
			return
		car = self._arriving.pop()
		assert car.price is not None
		steps = words.STEPS_NEW if car.id.startswith("N") else words.STEPS_USED
		cost = Money(car.price.minor * self.rng.randint(84, 93) // 100 // 100 * 100, CURRENCY)
		self.acts.append(
			StockCar(
				id=self._id("STOCK"), at=at, by=self._sales_manager, vehicle_id=car.id, cost=cost, steps=steps
			)
		)
		self._recon(at, car.id, steps)

	def _recon(self, at: datetime, car: str, steps: tuple[str, ...]) -> None:
		for step in steps:
			slow = 3 if self.rng.random() < 0.2 else 1
			at = self._within(at, 120 * slow, 700 * slow)
			self._at(at, self._finish(car, step, last=step == steps[-1]))

	def _finish(self, car: str, step: str, *, last: bool) -> Callable[[datetime], None]:
		spent = self.rng.choice((0, 45, 80, 120, 240, 410)) if step != "Photos" else 0

		def finishes(at: datetime) -> None:
			self.acts.append(
				FinishStep(
					id=self._id("RECONSTEP"),
					at=at,
					by=self._service_manager,
					vehicle_id=car,
					step=step,
					cost=Money.of(spent, CURRENCY),
				)
			)
			if last:
				self._ready.append(car)

		return finishes

	def _reprice(self, at: datetime) -> None:
		if not self._ready:
			return
		car = self._vehicle[self.rng.choice(self._ready)]
		assert car.price is not None
		price = car.price - Money.of(self.rng.choice((300, 500, 750)), CURRENCY)
		self.acts.append(
			RepriceCar(id=self._id("PRICE"), at=at, by=self._sales_manager, vehicle_id=car.id, price=price)
		)

	# leads

	def _internet_lead(self, at: datetime) -> None:
		self._lead(at, "Internet")

	def _lead(self, at: datetime, lead_type: str = "") -> None:
		lead_type = lead_type or self._pick(words.LEAD_TYPES)
		asking = self._ask(at, lead_type)
		if asking is None:
			return
		luck = self.rng.choices([span for span, _odds in _ANSWERED], [odds for _span, odds in _ANSWERED])[0]
		if lead_type == "Phone":
			luck = (1, 3)
		if luck is None:
			self._at(self._later(at, 2, 3), lambda now: self._rescue(now, asking))
		else:
			minutes = self.rng.randint(*luck)
			self._at(self._soon(at, minutes), lambda now: self._answer(now, asking, minutes))

	def _ask(self, at: datetime, lead_type: str, by: str = "") -> Asking | None:
		if not self._people:
			return None
		person = self._people.pop()
		wanted = self.rng.choice(self._ready) if self._ready and self.rng.random() < 0.7 else None
		asking = Asking(self._id("LEAD"), person, by or person.sales_owner, wanted, lead_type)
		what = self._vehicle[wanted] if wanted else self.rng.choice(self.vehicles)
		self.acts.append(
			ReceiveLead(
				id=self._id("RECEIVE"),
				at=at,
				by=by,
				lead_id=asking.lead_id,
				prospect_id=person.id,
				vehicle_id=wanted,
				wanted=f"{what.year} {what.make} {what.model}",
				lead_type=lead_type,
				source=self.rng.choice(words.SOURCES[lead_type]),
				comments=self.rng.choice(words.COMMENTS),
				salesperson=asking.salesperson,
				adf=lead_type == "Internet",
			)
		)
		return asking

	def _rescue(self, at: datetime, asking: Asking) -> None:
		"""Nobody answered: the manager gives it to somebody else, and it is late."""
		others = [one for one in self._sellers if one != asking.salesperson]
		asking.salesperson = self.rng.choice(others)
		self.acts.append(
			GiveLead(
				id=self._id("GIVE"),
				at=at,
				by=self._sales_manager,
				lead_id=asking.lead_id,
				salesperson=asking.salesperson,
				reason="Was not answered",
			)
		)
		self._at(self._soon(at, 25), lambda now: self._answer(now, asking, 900))

	def _answer(self, at: datetime, asking: Asking, minutes: int) -> None:
		how = self._pick(words.HOW[asking.lead_type])
		self.acts.append(
			AnswerLead(
				id=self._id("REPLY"),
				at=at,
				by=asking.salesperson,
				lead_id=asking.lead_id,
				how=how,
				minutes=minutes,
			)
		)
		odds = dict(_AFTER_ANSWER)
		if minutes > 60:  # who waits, has asked elsewhere meanwhile
			odds.update(visit=19, lost=40)
		fate = self._pick(odds)
		if fate == "visit":
			self._at(self._within(at, 5, 90), lambda now: self._book(now, asking, 1, 4))
		elif fate == "asks":
			self._at(self._later(at, 1, 3), lambda now: self._again(now, asking))
		elif fate == "lost":
			self._at(self._later(at, 1, 6), lambda now: self._lose(now, asking))
		else:
			self._at(self._later(at, 9, 20), lambda now: self._lose(now, asking, "No Contact"))

	def _again(self, at: datetime, asking: Asking) -> None:
		text = self.rng.choice(words.ASKED_AGAIN)
		self.acts.append(AskAgain(id=self._id("AGAIN"), at=at, by="", lead_id=asking.lead_id, comments=text))
		minutes = self.rng.randint(4, 150)
		self._at(self._soon(at, minutes), lambda now: self._answer(now, asking, minutes))

	def _lose(self, at: datetime, asking: Asking, reason: str = "") -> None:
		if asking.over or asking.coming:
			return
		asking.over = True
		self.acts.append(
			LoseLead(
				id=self._id("LOSE"),
				at=at,
				by=asking.salesperson,
				lead_id=asking.lead_id,
				reason=reason or self._pick(words.LOST_LEADS),
			)
		)
		if self.rng.random() < 0.06:  # they call after all
			self._at(self._later(at, 2, 9), lambda now: self._reopen(now, asking))

	def _reopen(self, at: datetime, asking: Asking) -> None:
		asking.over = False
		self.acts.append(
			ReopenLead(id=self._id("REOPEN"), at=at, by=asking.salesperson, lead_id=asking.lead_id)
		)
		self._at(self._within(at, 3, 20), lambda now: self._book(now, asking, 1, 3))

	# appointments

	def _book(self, at: datetime, asking: Asking, least: int, most: int) -> None:
		if asking.over or asking.coming:
			return
		self._wish(asking)
		day = at.date() + timedelta(days=self.rng.randint(least, most))
		if day.weekday() == 6:
			day += timedelta(days=1)
		starts = datetime.combine(day, time(9)) + timedelta(minutes=30 * self.rng.randint(1, 15))
		act = BookVisit(
			id=self._id("BOOKVISIT"),
			at=at,
			by=self._bdc if self.rng.random() < 0.5 else asking.salesperson,
			appointment_id=self._id("SA"),
			lead_id=asking.lead_id,
			vehicle_id=asking.wanted,
			starts_at=starts,
			purpose=self._pick(words.PURPOSES),
			salesperson=asking.salesperson,
		)
		self.acts.append(act)
		self._stand(at, act.appointment_id, starts, asking, _FATES)

	def _wish(self, asking: Asking) -> None:
		"""A car that is still there."""
		if asking.wanted not in self._ready:
			asking.wanted = self.rng.choice(self._ready) if self._ready else None

	def _stand(
		self, at: datetime, name: str, starts: datetime, asking: Asking, fates: dict[str, int]
	) -> None:
		asking.coming.add(name)
		if self.rng.random() < 0.62:
			asked = self._open_hour(starts - timedelta(hours=self.rng.randint(18, 26)))
			if at < asked < starts:
				self._at(asked, lambda now: self._confirm(now, name, asking))
		fate = self._pick(fates)
		before = self._open_hour(max(at, starts - timedelta(hours=self.rng.randint(3, 30))))
		if fate == "keep":
			late = timedelta(minutes=self.rng.randint(0, 18), seconds=self.rng.randrange(60))
			self._at(starts + late, lambda now: self._come(now, name, asking))
		elif fate == "miss" or not at < before < starts:
			self._at(starts + timedelta(minutes=31), lambda now: self._miss(now, name, asking))
		elif fate == "cancel":
			self._at(before, lambda now: self._cancel_visit(now, name, asking))
		else:
			self._at(before, lambda now: self._move_visit(now, name, asking))

	def _confirm(self, at: datetime, name: str, asking: Asking) -> None:
		if name in asking.coming:
			how = self._pick({"Text": 64, "Phone": 36})
			self.acts.append(
				ConfirmVisit(id=self._id("CONFVISIT"), at=at, by=self._bdc, appointment_id=name, how=how)
			)

	def _miss(self, at: datetime, name: str, asking: Asking) -> None:
		asking.coming.discard(name)
		self.acts.append(MissVisit(id=self._id("MISSVISIT"), at=at, by="", appointment_id=name))
		if self.rng.random() < 0.38:
			self._at(self._within(at, 20, 300), lambda now: self._book(now, asking, 1, 3))
		else:
			self._at(self._later(at, 3, 9), lambda now: self._lose(now, asking))

	def _cancel_visit(self, at: datetime, name: str, asking: Asking) -> None:
		asking.coming.discard(name)
		reason = self.rng.choice(words.CANCELLED)
		self.acts.append(
			CancelVisit(id=self._id("CANCVISIT"), at=at, by=self._bdc, appointment_id=name, reason=reason)
		)
		self._at(self._later(at, 2, 8), lambda now: self._lose(now, asking))

	def _move_visit(self, at: datetime, name: str, asking: Asking) -> None:
		asking.coming.discard(name)
		starts = self._later(at, 1, 4).replace(minute=30, second=0)
		act = MoveVisit(
			id=self._id("MOVEVISIT"),
			at=at,
			by=self._bdc,
			appointment_id=name,
			new_id=self._id("SA"),
			starts_at=starts,
		)
		self.acts.append(act)
		self._stand(at, act.new_id, starts, asking, {"keep": 84, "miss": 16})

	# visits

	def _walk_in(self, at: datetime) -> None:
		seller = self.rng.choice(self._sellers)
		asking = self._ask(at, "Walk-in", by=seller)
		if asking is not None:
			self._at(at + timedelta(minutes=1), lambda now: self._visit(now, asking, "Walk-in", None))

	def _come(self, at: datetime, name: str, asking: Asking) -> None:
		asking.coming.discard(name)
		self._visit(at, asking, "Appointment", name)

	def _back(self, at: datetime, asking: Asking) -> None:
		if not asking.over and not asking.coming:
			self._visit(at, asking, "Be-back", None)

	def _visit(self, at: datetime, asking: Asking, kind: str, appointment: str | None) -> None:
		self._wish(asking)
		act = StartVisit(
			id=self._id("COME"),
			at=at,
			by=asking.salesperson,
			visit_id=self._id("UP"),
			lead_id=asking.lead_id,
			kind=kind,
			vehicle_id=asking.wanted,
			appointment_id=appointment,
		)
		self.acts.append(act)
		leaves = at + timedelta(minutes=self.rng.randint(20, 45))
		if asking.wanted and self.rng.random() < (0.4 if kind == "Be-back" else 0.68):
			self._drive(at + timedelta(minutes=8), act.visit_id, asking)
			leaves += timedelta(minutes=40)
		buys = asking.wanted is not None and 100 * self.rng.random() < _DEAL[kind]
		if buys:
			self._at(leaves, lambda now: self._write_up(now, asking, act.visit_id))
		else:
			self._at(leaves, lambda now: self._leave(now, asking, act.visit_id))

	def _drive(self, at: datetime, visit: str, asking: Asking) -> None:
		car, name, by = asking.wanted, self._id("TD"), asking.salesperson
		assert car is not None

		def goes(now: datetime) -> None:
			if car in self._out:  # somebody else is driving it
				return
			self._out[car] = name
			self.acts.append(
				TakeDrive(
					id=self._id("DRIVEOUT"),
					at=now,
					by=by,
					drive_id=name,
					visit_id=visit,
					vehicle_id=car,
					mileage=self._miles[car],
				)
			)

		def returns(now: datetime) -> None:
			if self._out.get(car) != name:
				return
			del self._out[car]
			self._miles[car] += self.rng.randint(3, 14)
			self.acts.append(
				ReturnDrive(id=self._id("DRIVEBACK"), at=now, by=by, drive_id=name, mileage=self._miles[car])
			)

		self._at(at, goes)
		self._at(at + timedelta(minutes=self.rng.randint(18, 32)), returns)

	def _end_visit(self, at: datetime, asking: Asking, visit: str, outcome: str) -> None:
		self.acts.append(
			EndVisit(id=self._id("LEAVE"), at=at, by=asking.salesperson, visit_id=visit, outcome=outcome)
		)

	def _leave(self, at: datetime, asking: Asking, visit: str) -> None:
		outcome = self._pick(words.OUTCOMES)
		self._end_visit(at, asking, visit, outcome)
		if outcome != "Lost" and self.rng.random() < 0.36:
			self._at(self._later(at, 1, 6), lambda now: self._back(now, asking))
		else:
			self._at(self._later(at, 2, 12), lambda now: self._lose(now, asking))

	def _write_up(self, at: datetime, asking: Asking, visit: str) -> None:
		raise NotImplementedError

	def _car(self, name: str) -> Vehicle:
		return self._vehicle[name]
