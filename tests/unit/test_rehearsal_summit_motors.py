"""Summit Motors is believable and never contradicts itself."""

import re
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from dealer_pos_crm.domain import vin
from dealer_pos_crm.domain.deposit import Action, Kind, Refundable, Terms, check_reason, check_tenders
from dealer_pos_crm.domain.event import EVENT_TYPES
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.rehearsal.codec import event_from_dict, event_to_dict
from dealer_pos_crm.rehearsal.summit_motors import acts as act_types
from dealer_pos_crm.rehearsal.summit_motors import script
from dealer_pos_crm.rehearsal.summit_motors.cars import CarRow, vehicles
from dealer_pos_crm.rehearsal.summit_motors.events import events_of
from dealer_pos_crm.rehearsal.summit_motors.house import House, house
from dealer_pos_crm.rehearsal.summit_motors.people import DEPARTMENTS, STAFF, customers, staff_of

ROLES = {
	"Dealer Cashier", "Dealer Service Advisor", "Dealer Technician", "Dealer Parts", "Dealer Salesperson",
	"Dealer FnI", "Dealer BDC", "Dealer Accountant", "Dealer Sales Manager", "Dealer Service Manager",
	"Dealer Manager",
}  # fmt: skip
TODAY = date(2026, 3, 31)


class TestPeople:
	def test_staff_has_every_role_once_and_more(self):
		assert {person.role for person in STAFF} == ROLES
		assert Counter(person.role for person in STAFF if person.first) == dict.fromkeys(ROLES, 1)
		assert {person.department for person in STAFF} <= set(DEPARTMENTS)
		assert len({person.email for person in STAFF}) == len(STAFF)

	def test_nobody_can_be_reached(self):
		people = customers()
		assert len(people) == 200
		assert all(re.fullmatch(r"\(555\) 01\d-\d{4}", person.phone) for person in people)
		mails = [person.email for person in people if person.email] + [person.email for person in STAFF]
		assert all(mail.endswith((".example", "@example.com", ".example.com")) for mail in mails)
		assert all(re.fullmatch(r"[a-z.\-]+@[a-z.\-]+", mail) for mail in mails)

	def test_customers_are_different_people(self):
		people = customers()
		for attribute in ("id", "name", "phone"):
			assert len({getattr(person, attribute) for person in people}) == 200
		assert 10 <= sum(person.email is None for person in people) <= 40
		assert {person.sales_owner for person in people} == {p.email for p in staff_of("Dealer Salesperson")}
		assert {person.kind for person in people} == {"Individual", "Company"}

	def test_the_same_seed_the_same_people(self):
		assert customers(3) == customers(3) != customers(4)


class TestCars:
	@pytest.mark.parametrize("seed", range(1, 5))
	def test_every_vin_is_valid_and_says_the_year(self, seed):
		cars = house(seed).vehicles
		assert len(cars) == 300
		assert len({car.vin for car in cars}) == len({car.id for car in cars}) == 300
		for car in cars:
			found = vin.check(car.vin)
			assert found.problems == (), car
			assert found.year == car.year, car

	def test_the_table_of_makers_knows_them(self):
		known = {(car.make, vin.check(car.vin).make) for car in house().vehicles}
		wrong = {(make, hint) for make, hint in known if hint and hint[:4].lower() != make[:4].lower()}
		assert wrong <= {("Jeep", "Dodge")}  # 1C4 stands for all makes of that maker

	def test_stock_and_customers_cars(self):
		place = house()
		ids = {person.id for person in place.customers}
		for car in place.vehicles:
			assert (car.status == "Customer-owned") == (car.owner in ids) == (car.price is None)
			if car.price is not None:
				assert 5_000_00 < car.price.minor < 90_000_00
			assert 0 < car.mileage < 200_000
		assert {car.status for car in place.vehicles} == {"In Recon", "Front-line Ready", "Customer-owned"}

	def test_real_cars_come_first(self):
		real = [CarRow("1M8GDM9AXKP042788", 1989, "Make", "Model", "LE", "Red", 12, 900)]
		first, second, *_rest = vehicles(customers(), cars=real)
		assert (first.vin, first.year, first.make, first.color, first.mileage) == (
			real[0].vin,
			1989,
			"Make",
			"Red",
			12,
		)
		assert first.price == Money.of(900, "USD")
		assert second.make != "Make"


class Auditor:
	"""Follows the acts as a strict accountant would, and refuses what cannot be."""

	def __init__(self, place: House) -> None:
		self.free = {car.id for car in place.vehicles if car.status == "Front-line Ready"}
		self.vehicles = {car.id: car for car in place.vehicles}
		self.customers = {person.id for person in place.customers}
		self.users = {person.email: person.role for person in STAFF}
		self.deposits: dict[str, act_types.TakeDeposit] = {}
		self.held: dict[str, int] = {}
		self.car: dict[str, str | None] = {}
		self.holder: dict[str, str] = {}
		self.until: dict[str, datetime | None] = {}
		self.open: dict[str, int] = {}
		self.invoices: dict[str, act_types.IssueInvoice] = {}
		self.waiting: dict[str, list[str]] = {}
		self.now = datetime.min

	def see(self, act: act_types.Act) -> None:
		assert act.at >= self.now
		self.now = act.at
		for deposit, until in self.until.items():  # a hold that is over is told at once
			car = self.car[deposit]
			if until and car and self.holder.get(car) == deposit and until < act.at:
				raise AssertionError(f"{deposit} still holds {car} at {act.at}, it should have ended {until}")
		if not isinstance(act, act_types.ExpireHold):
			assert act.by in self.users
			assert act.at.weekday() < 6
			assert 8 <= act.at.hour < 20
		getattr(self, type(act).__name__)(act)

	def free_car(self, deposit: str) -> None:
		car = self.car[deposit]
		if car and self.holder.get(car) == deposit:
			del self.holder[car]
			self.free.add(car)

	def spend(self, deposit: str, amount: Money) -> None:
		assert amount.minor > 0
		self.held[deposit] -= amount.minor
		assert self.held[deposit] >= 0

	def TakeDeposit(self, act):
		assert act.deposit_id not in self.deposits
		assert act.customer_id in self.customers
		assert (act.vehicle_id is None) == bool(act.held_for) == (act.hold_until is None)
		check_tenders(act.tenders, act.amount)
		assert all(tender.mode in act_types.MODES for tender in act.tenders)
		Terms(act.refundable, act.refundable_until).check()
		assert self.users[act.by] == "Dealer Cashier"
		assert self.users[act.salesperson] == "Dealer Salesperson"
		assert (act.kind in (Kind.HOLD, Kind.DOWN_PAYMENT)) == (act.vehicle_id is not None)
		if act.vehicle_id:
			self.free.remove(act.vehicle_id)  # KeyError: held, sold or not for sale
			self.holder[act.vehicle_id] = act.deposit_id
			assert act.hold_until > act.at
			assert act.from_waiting_list == (act.customer_id in self.waiting.get(act.vehicle_id, []))
			if act.from_waiting_list:
				self.waiting[act.vehicle_id].remove(act.customer_id)
		self.deposits[act.deposit_id] = act
		self.held[act.deposit_id] = act.amount.minor
		self.car[act.deposit_id] = act.vehicle_id
		self.until[act.deposit_id] = act.hold_until

	def JoinWaitingList(self, act):
		holder = self.holder[act.vehicle_id]
		assert act.customer_id != self.deposits[holder].customer_id
		assert act.customer_id not in self.waiting.get(act.vehicle_id, [])
		self.waiting.setdefault(act.vehicle_id, []).append(act.customer_id)

	def ExtendHold(self, act):
		assert self.held[act.deposit_id]
		assert self.holder[self.car[act.deposit_id]] == act.deposit_id
		assert act.hold_until > self.until[act.deposit_id] > act.at
		self.until[act.deposit_id] = act.hold_until

	def ExpireHold(self, act):
		assert act.at == self.until[act.deposit_id]
		assert self.held[act.deposit_id]
		assert self.holder[self.car[act.deposit_id]] == act.deposit_id
		self.free_car(act.deposit_id)

	def ApplyDeposit(self, act):
		invoice = self.invoices[act.invoice_id]
		assert invoice.customer_id == self.deposits[act.deposit_id].customer_id
		self.spend(act.deposit_id, act.amount)
		self.open[act.invoice_id] -= act.amount.minor
		assert self.open[act.invoice_id] >= 0

	def RefundDeposit(self, act):
		check_reason(act.reason, Action.REFUND)
		assert act.approved_by != act.by
		assert "Manager" in self.users[act.approved_by]
		self.spend(act.deposit_id, act.amount)
		car = self.car[act.deposit_id]
		holds = car is not None and self.holder.get(car) == act.deposit_id
		assert act.frees_vehicle == (holds and not self.held[act.deposit_id])
		if act.frees_vehicle:
			self.free_car(act.deposit_id)

	def ForfeitDeposit(self, act):
		check_reason(act.reason, Action.FORFEIT)
		taken = self.deposits[act.deposit_id]
		assert not Terms(taken.refundable, taken.refundable_until).refund_is_due(act.at.date())
		assert "Manager" in self.users[act.by]
		assert act.amount.minor == self.held[act.deposit_id]
		self.spend(act.deposit_id, act.amount)
		car = self.car[act.deposit_id]
		assert act.frees_vehicle == (car is not None and self.holder.get(car) == act.deposit_id)
		self.free_car(act.deposit_id)

	def MoveDeposit(self, act):
		old = self.car[act.deposit_id]
		assert self.holder[old] == act.deposit_id
		assert self.held[act.deposit_id] == self.deposits[act.deposit_id].amount.minor
		self.free_car(act.deposit_id)
		self.free.remove(act.to_vehicle_id)
		assert act.to_vehicle_id != old
		self.holder[act.to_vehicle_id] = act.deposit_id
		self.car[act.deposit_id] = act.to_vehicle_id
		self.until[act.deposit_id] = act.hold_until

	def CancelDeposit(self, act):
		taken = self.deposits[act.deposit_id]
		assert act.at.date() == taken.at.date()
		assert self.held[act.deposit_id] == taken.amount.minor
		self.held[act.deposit_id] = 0
		self.free_car(act.deposit_id)

	def IssueInvoice(self, act):
		assert act.invoice_id not in self.invoices
		assert act.total == total((line.amount for line in act.lines), "USD")
		assert all(line.amount.minor > 0 and line.item in act_types.ITEMS for line in act.lines)
		assert act.department in DEPARTMENTS
		self.invoices[act.invoice_id] = act
		self.open[act.invoice_id] = act.total.minor
		if act.vehicle_id and any(line.item == "Vehicle" for line in act.lines):
			holder = self.holder.pop(act.vehicle_id, None)
			if holder is None:
				self.free.remove(act.vehicle_id)
			else:
				assert self.deposits[holder].customer_id == act.customer_id
			self.waiting.pop(act.vehicle_id, None)

	def PayInvoice(self, act):
		assert act.amount.minor > 0
		assert act.mode in act_types.MODES
		assert (act.reference is None) == (act.mode == "Cash")
		self.open[act.invoice_id] -= act.amount.minor
		assert self.open[act.invoice_id] >= 0

	def CreditInvoice(self, act):
		assert 0 < act.amount.minor <= self.open[act.invoice_id]
		self.open[act.invoice_id] -= act.amount.minor


@pytest.fixture(scope="module", params=range(1, 7), ids=lambda seed: f"seed {seed}")
def place(request) -> House:
	return house(request.param)


class TestScript:
	def test_the_acts_never_contradict_each_other(self, place):
		acts = script.acts(60, TODAY, place)
		auditor = Auditor(place)
		for act in acts:
			auditor.see(act)
		assert len({act.id for act in acts}) == len(acts)
		assert acts[0].at.date() >= TODAY - timedelta(days=59)
		assert acts[-1].at.date() <= TODAY

	def test_everything_happens_in_sixty_days(self, place):
		acts = script.acts(60, TODAY, place)
		found = Counter(type(act).__name__ for act in acts)
		assert set(found) == {act_type.__name__ for act_type in act_types.Act.__args__}
		taken = [act for act in acts if isinstance(act, act_types.TakeDeposit)]
		assert 100 < len(taken) < 250
		assert {act.kind for act in taken} == set(Kind)
		assert {act.refundable for act in taken} == set(Refundable)
		assert {len(act.tenders) for act in taken} >= {1, 2}
		assert any(act.from_waiting_list for act in taken)
		assert len({act.reason for act in acts if isinstance(act, act_types.RefundDeposit)}) > 3

	def test_the_same_seed_the_same_days(self, place):
		again = house(place.seed)
		assert script.acts(20, TODAY, place) == script.acts(20, TODAY, again)

	def test_defaults_belong_together(self):
		assert script.stock(customers()) == house().vehicles
		assert script.acts(9, TODAY) == script.acts(9, TODAY, house())


class TestEvents:
	def test_they_are_a_history(self, place):
		events = events_of(place, script.acts(60, TODAY, place))
		assert len({told.key for told in events}) == len(events)
		assert [told.happened_at for told in events] == sorted(told.happened_at for told in events)
		for told in events:
			assert told.type in EVENT_TYPES
			assert told.department in DEPARTMENTS
			assert event_from_dict(event_to_dict(told)) == told

	def test_each_reversal_finds_what_it_reverses(self, place):
		events = {told.key: told for told in events_of(place, script.acts(60, TODAY, place))}
		undone = [told for told in events.values() if told.reverses]
		assert undone
		for told in undone:
			assert events[told.reverses].amount == told.amount

	def test_facts_hold_no_customer(self, place):
		names = {person.name for person in place.customers} | {person.phone for person in place.customers}
		for told in events_of(place, script.acts(60, TODAY, place)):
			assert not names & set(told.facts.values())
			assert not any(name in told.title for name in names)

	def test_the_built_in_month_has_some_of_everything(self):
		found = Counter(told.type for told in script.month())
		assert set(found) == {
			"deposit.taken", "deposit.applied", "deposit.refunded", "deposit.forfeited", "deposit.moved",
			"deposit.hold_expired", "payment.reversed", "payment.received", "vehicle.held", "vehicle.released",
			"invoice.issued", "invoice.credited",
		}  # fmt: skip
		assert {told.happened_at.month for told in script.month()} == {10}
