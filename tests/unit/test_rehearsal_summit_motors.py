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
from dealer_pos_crm.rehearsal.summit_motors import lane_acts, script, showroom_acts
from dealer_pos_crm.rehearsal.summit_motors.cars import CarRow, vehicles
from dealer_pos_crm.rehearsal.summit_motors.events import events_of
from dealer_pos_crm.rehearsal.summit_motors.house import House, house
from dealer_pos_crm.rehearsal.summit_motors.operations import ASKED, OPERATIONS
from dealer_pos_crm.rehearsal.summit_motors.people import DEPARTMENTS, STAFF, customers, staff_of

ROLES = {
	"Dealer Cashier", "Dealer Service Advisor", "Dealer Technician", "Dealer Parts", "Dealer Salesperson",
	"Dealer FnI", "Dealer BDC", "Dealer Accountant", "Dealer Sales Manager", "Dealer Service Manager",
	"Dealer Manager",
}  # fmt: skip
TODAY = date(2026, 3, 31)
SHOWROOM = showroom_acts.ShowroomAct.__args__
OF_THE_SHOWROOM = (
	"lead.", "visit.", "test_drive.", "trade.", "deal.", "compliance.", "product.", "we_owe.", "title.",
)  # fmt: skip
OF_A_CAR = {
	"vehicle.stocked", "vehicle.recon_started", "vehicle.recon_step_done", "vehicle.frontline_ready",
	"vehicle.repriced", "vehicle.sold", "vehicle.returned", "vehicle.traded_in",
}  # fmt: skip
CARD_MONEY = {
	kind for kind in EVENT_TYPES if kind.startswith(("pay_request.", "authorisation.", "dispute.", "terms."))
} | {"payment.failed", "refund.requested", "refund.failed"}
KINDS = {kind for kind in EVENT_TYPES if kind.startswith(OF_THE_SHOWROOM)} | OF_A_CAR
BOTH = {"deposit.reinstated", "invoice.cancelled"}  # of a delivery that was undone; not in every month


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
		self.appointments: dict[str, tuple[str, str, datetime]] = {}  # status, car, start
		self.in_the_lane: set[str] = set()
		self.orders: dict[str, lane_acts.OpenOrder] = {}
		self.status: dict[str, str] = {}
		self.jobs: dict[str, dict[int, str]] = {}  # order -> job -> answer
		self.prices: dict[str, dict[int, int]] = {}
		self.undone: dict[str, tuple[str, str]] = {}  # declined work -> car, op code
		self.miles: dict[str, int] = {car.id: car.mileage for car in place.vehicles}
		self.claims: dict[str, str] = {}
		self.now = datetime.min

	def see(self, act: act_types.Act) -> None:
		if isinstance(act, SHOWROOM):
			return  # others' cars and people: see ShowroomAuditor
		assert act.at >= self.now
		self.now = act.at
		for deposit, until in self.until.items():  # a hold that is over is told at once
			car = self.car[deposit]
			if until and car and self.holder.get(car) == deposit and until < act.at:
				raise AssertionError(f"{deposit} still holds {car} at {act.at}, it should have ended {until}")
		if not isinstance(act, act_types.ExpireHold | lane_acts.MissAppointment):
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

	# the service lane

	def stands(self, appointment: str) -> tuple[str, datetime]:
		status, car, starts = self.appointments[appointment]
		assert status in ("Booked", "Confirmed"), (appointment, status)
		return car, starts

	def BookAppointment(self, act):
		assert act.appointment_id not in self.appointments
		assert self.vehicles[act.vehicle_id].owner == act.customer_id
		assert act.vehicle_id not in self.in_the_lane
		others = [a for a, (status, car, _starts) in self.appointments.items() if car == act.vehicle_id]
		assert all(self.appointments[a][0] not in ("Booked", "Confirmed") for a in others)
		assert act.works or act.declined_ids
		assert set(act.works) <= set(ASKED)
		assert all(self.undone[name][0] == act.vehicle_id for name in act.declined_ids)
		assert not {self.undone[name][1] for name in act.declined_ids} & set(act.works)
		assert self.users[act.advisor] == "Dealer Service Advisor"
		self.promise(act.appointment_id, act.vehicle_id, act.starts_at)

	def promise(self, appointment: str, car: str, starts: datetime) -> None:
		assert starts > self.now and starts.weekday() < 6 and 8 <= starts.hour < 16
		assert starts.minute in (0, 30) and not starts.second
		self.appointments[appointment] = ("Booked", car, starts)

	def ConfirmAppointment(self, act):
		car, starts = self.stands(act.appointment_id)
		assert act.at < starts
		self.appointments[act.appointment_id] = ("Confirmed", car, starts)

	def CancelAppointment(self, act):
		car, starts = self.stands(act.appointment_id)
		assert act.reason and act.at < starts
		self.appointments[act.appointment_id] = ("Cancelled", car, starts)

	def MoveAppointment(self, act):
		car, starts = self.stands(act.appointment_id)
		assert act.at < starts
		self.appointments[act.appointment_id] = ("Rescheduled", car, starts)
		self.promise(act.new_id, car, act.starts_at)

	def MissAppointment(self, act):
		car, starts = self.stands(act.appointment_id)
		assert timedelta(minutes=30) < act.at - starts < timedelta(hours=1)
		self.appointments[act.appointment_id] = ("No-show", car, starts)

	def OpenOrder(self, act):
		assert act.order_id not in self.orders
		assert self.vehicles[act.vehicle_id].owner == act.customer_id
		assert act.vehicle_id not in self.in_the_lane
		if act.appointment_id:
			car, starts = self.stands(act.appointment_id)
			assert car == act.vehicle_id and timedelta(0) <= act.at - starts < timedelta(minutes=30)
			self.appointments[act.appointment_id] = ("Arrived", car, starts)
		assert act.mileage > self.miles[act.vehicle_id]
		assert act.promised_at > act.at and act.promised_at.weekday() < 6
		self.miles[act.vehicle_id] = act.mileage
		self.in_the_lane.add(act.vehicle_id)
		self.orders[act.order_id], self.status[act.order_id] = act, "Open"
		self.jobs[act.order_id] = {work.job_no: "Approved" for work in act.works}
		self.prices[act.order_id] = {
			work.job_no: OPERATIONS[work.op_code].price(work.pay_type).minor * (work.pay_type == "Customer")
			for work in act.works
		}
		assert list(self.jobs[act.order_id]) == list(range(1, len(act.works) + 1))
		for work in act.works:
			if work.declined_id:
				assert self.undone.pop(work.declined_id) == (act.vehicle_id, work.op_code)

	def working(self, order: str) -> None:
		assert self.status[order] in ("Open", "In Progress", "Waiting Parts", "Ready")

	def MoveOrder(self, act):
		self.working(act.order_id)
		assert act.to != self.status[act.order_id]
		self.status[act.order_id] = act.to

	def Inspect(self, act):
		self.working(act.order_id)
		assert self.users[act.by] == "Dealer Technician"
		for work in act.found:
			assert work.job_no not in self.jobs[act.order_id] and work.severity in ("Red", "Yellow")
			self.jobs[act.order_id][work.job_no] = "Pending"
			self.prices[act.order_id][work.job_no] = OPERATIONS[work.op_code].price().minor
			self.found = {**getattr(self, "found", {}), (act.order_id, work.job_no): work.op_code}

	def AnswerJob(self, act):
		self.working(act.order_id)
		assert self.jobs[act.order_id][act.job_no] == "Pending"
		self.jobs[act.order_id][act.job_no] = act.answer
		assert (act.answer == "Approved") == (act.declined_id is None) == (not act.reason)
		assert (act.answer == "Deferred") == (act.deferred_until is not None)
		if act.declined_id:
			assert act.declined_id not in self.undone
			car = self.orders[act.order_id].vehicle_id
			self.undone[act.declined_id] = (car, self.found[act.order_id, act.job_no])

	def StepOfPart(self, act):
		self.working(act.order_id)
		assert self.jobs[act.order_id][act.job_no] == "Approved"
		assert act.eta.weekday() < 6

	def FinishJob(self, act):
		self.working(act.order_id)
		assert self.jobs[act.order_id][act.job_no] == "Approved"
		assert act.began_at < act.at and act.began_at.date() == act.at.date()
		clocked = getattr(self, "clocked", {})
		assert act.began_at >= clocked.get(act.by, act.began_at)  # one job at a time
		self.clocked = {**clocked, act.by: act.at}
		self.jobs[act.order_id][act.job_no] = "Done"

	def InvoiceOrder(self, act):
		assert self.status[act.order_id] == "Ready"
		assert set(self.jobs[act.order_id].values()) <= {"Done", "Declined", "Deferred"}
		done = [number for number, answer in self.jobs[act.order_id].items() if answer == "Done"]
		assert act.amount.minor == sum(self.prices[act.order_id][number] for number in done)
		assert bool(act.claimed) == (act.claim_id is not None)
		self.status[act.order_id] = "Invoiced"
		self.open[act.invoice_id] = act.amount.minor
		if act.claim_id:
			self.claims[act.claim_id] = "To Submit"
		self.invoice_of = {**getattr(self, "invoice_of", {}), act.order_id: act.invoice_id}

	def PayOrder(self, act):
		assert self.users[act.by] == "Dealer Cashier"
		assert act.amount.minor > 0 and act.mode in act_types.MODES
		assert (act.reference is None) == (act.mode == "Cash")
		self.open[act.invoice_id] -= act.amount.minor
		assert self.open[act.invoice_id] >= 0

	def CloseOrder(self, act):
		assert self.status[act.order_id] == "Invoiced"
		unpaid = self.open[self.invoice_of[act.order_id]]
		assert bool(unpaid) == bool(act.release_reason)
		assert not unpaid or "Manager" in self.users[act.by]
		assert act.mileage > self.orders[act.order_id].mileage
		assert act.next_on > act.at.date()
		self.status[act.order_id] = "Closed"
		self.in_the_lane.discard(self.orders[act.order_id].vehicle_id)
		self.miles[self.orders[act.order_id].vehicle_id] = act.mileage

	def SubmitClaim(self, act):
		assert self.claims[act.claim_id] == "To Submit"
		self.claims[act.claim_id] = "Submitted"

	def AnswerClaim(self, act):
		assert self.claims[act.claim_id] == "Submitted"
		assert bool(act.amount) == (not act.reason)
		self.claims[act.claim_id] = "Answered"

	def CloseDeclined(self, act):
		assert act.note
		del self.undone[act.declined_id]


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
		every = {*act_types.Act.__args__, *lane_acts.LaneAct.__args__}
		assert set(found) - {one.__name__ for one in SHOWROOM} == {act_type.__name__ for act_type in every}
		taken = [act for act in acts if isinstance(act, act_types.TakeDeposit)]
		assert 100 < len(taken) < 250
		assert {act.kind for act in taken} == set(Kind)
		assert {act.refundable for act in taken} == set(Refundable)
		assert {len(act.tenders) for act in taken} >= {1, 2}
		assert any(act.from_waiting_list for act in taken)
		assert len({act.reason for act in acts if isinstance(act, act_types.RefundDeposit)}) > 3

	def test_the_lane_is_believable(self, place):
		"""Shares that a dealership knows: no-shows, declined work, and what comes back of it."""
		acts = script.acts(90, TODAY, place)
		found = Counter(type(act).__name__ for act in acts)
		over = found["MissAppointment"] + sum(
			isinstance(act, lane_acts.OpenOrder) and act.appointment_id is not None for act in acts
		)
		assert 0.10 < found["MissAppointment"] / over < 0.25
		answers = [act for act in acts if isinstance(act, lane_acts.AnswerJob)]
		refused = [act for act in answers if act.declined_id]
		assert 0.3 < len(refused) / len(answers) < 0.6
		back = {
			work.declined_id
			for act in acts
			if isinstance(act, lane_acts.OpenOrder)
			for work in act.works
			if work.declined_id
		}
		assert back <= {act.declined_id for act in refused}
		assert 0.05 < len(back) / len(refused) < 0.35
		assert 2 < found["OpenOrder"] / 77 < 4  # a day on which the house is open

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
			assert told.amount in (None, events[told.reverses].amount)
			assert events[told.reverses].happened_at <= told.happened_at

	def test_facts_hold_no_customer(self, place):
		people = (*place.customers, *place.prospects)
		names = {person.name for person in people} | {person.phone for person in people}
		for told in events_of(place, script.acts(60, TODAY, place)):
			assert not names & set(told.facts.values())
			assert not any(name in told.title for name in names if name.partition(" ")[0] in told.title)

	def test_the_built_in_month_has_some_of_everything(self):
		found = Counter(told.type for told in script.month())
		seldom = {"claim.paid", "claim.denied", "declined_service.reopened", "declined_service.closed"}
		floor = {one for one in found if one in KINDS}
		assert {"lead.received", "lead.responded", "deal.delivered", "vehicle.frontline_ready"} <= floor
		afar = {one for one in found if one in CARD_MONEY}
		assert {"pay_request.sent", "pay_request.paid", "pay_request.expired", "refund.requested"} <= afar
		assert set(found) - seldom - floor - afar - BOTH == {
			"deposit.taken", "deposit.applied", "deposit.refunded", "deposit.forfeited", "deposit.moved",
			"deposit.hold_expired", "payment.reversed", "payment.received", "vehicle.held", "vehicle.released",
			"invoice.issued", "invoice.credited",
			"appointment.booked", "appointment.confirmed", "appointment.kept", "appointment.missed",
			"appointment.cancelled", "appointment.rescheduled",
			"ro.opened", "ro.promised", "ro.status_changed", "ro.ready", "ro.invoiced", "ro.paid", "ro.closed", "inspection.done",
			"job.recommended", "job.approved", "job.declined", "job.deferred", "job.done",
			"part.ordered", "part.delayed", "part.arrived", "claim.submitted",
			"declined_service.booked", "declined_service.recovered",
		}  # fmt: skip
		assert {told.happened_at.month for told in script.month()} == {10}


class ShowroomAuditor:
	"""Follows the showroom's acts and refuses what cannot be."""

	def __init__(self, place: House) -> None:
		self.cars = {car.id: "coming" for car in place.arrivals}
		self.steps: dict[str, list[str]] = {}
		self.people = {person.id for person in place.prospects}
		self.users = {person.email: person.role for person in STAFF}
		self.leads: dict[str, str] = {}
		self.coming: dict[str, tuple[str, datetime]] = {}
		self.visits: dict[str, str] = {}
		self.out: dict[str, tuple[str, int]] = {}
		self.deals: dict[str, tuple[str, str]] = {}  # stage, car
		self.sheets: dict[str, showroom_acts.WriteUp] = {}
		self.checked: dict[str, set[str]] = {}
		self.held: dict[str, int] = {}
		self.asked: set[str] = set()
		self.owed: set[tuple[str, str]] = set()
		self.titles: dict[str, str] = {}
		self.now = datetime.min

	def see(self, act) -> None:
		assert act.at >= self.now
		self.now = act.at
		if act.by:
			assert act.by in self.users
			assert act.at.weekday() < 6
			assert 9 <= act.at.hour < 20, act
		else:
			assert isinstance(
				act, showroom_acts.ReceiveLead | showroom_acts.AskAgain | showroom_acts.MissVisit
			)
		getattr(self, type(act).__name__)(act)

	def stage(self, act, *allowed: str) -> str:
		stage, car = self.deals[act.deal_id]
		assert stage in allowed, act
		return car

	def enter(self, act, stage: str) -> None:
		self.deals[act.deal_id] = (stage, self.deals[act.deal_id][1])

	def StockCar(self, act):
		assert self.cars[act.vehicle_id] == "coming"
		assert act.cost.minor > 0
		self.cars[act.vehicle_id], self.steps[act.vehicle_id] = "recon", list(act.steps)

	def FinishStep(self, act):
		assert self.steps[act.vehicle_id].pop(0) == act.step
		if not self.steps[act.vehicle_id]:
			self.cars[act.vehicle_id] = "ready"

	def RepriceCar(self, act):
		assert self.cars[act.vehicle_id] == "ready"
		assert act.price.minor > 0

	def ReceiveLead(self, act):
		assert act.prospect_id in self.people
		assert act.lead_id not in self.leads
		assert act.vehicle_id is None or self.cars[act.vehicle_id] == "ready"
		self.leads[act.lead_id] = "open"

	def open_lead(self, act):
		assert self.leads[act.lead_id] == "open", act

	AnswerLead = AskAgain = GiveLead = open_lead

	def LoseLead(self, act):
		self.open_lead(act)
		assert act.lead_id not in {lead for lead, _at in self.coming.values()}
		self.leads[act.lead_id] = "lost"

	def ReopenLead(self, act):
		assert self.leads[act.lead_id] == "lost"
		self.leads[act.lead_id] = "open"

	def BookVisit(self, act):
		self.open_lead(act)
		assert act.starts_at > act.at
		assert act.starts_at.weekday() < 6
		assert 9 <= act.starts_at.hour < 18
		self.coming[act.appointment_id] = (act.lead_id, act.starts_at)

	def ConfirmVisit(self, act):
		assert act.at < self.coming[act.appointment_id][1]

	def CancelVisit(self, act):
		assert act.at < self.coming.pop(act.appointment_id)[1]

	def MoveVisit(self, act):
		lead, _starts = self.coming.pop(act.appointment_id)
		assert act.starts_at > act.at
		self.coming[act.new_id] = (lead, act.starts_at)

	def MissVisit(self, act):
		_lead, starts = self.coming.pop(act.appointment_id)
		assert act.at >= starts + timedelta(minutes=30)

	def StartVisit(self, act):
		self.open_lead(act)
		assert (act.kind == "Appointment") == bool(act.appointment_id)
		if act.appointment_id:
			assert act.at >= self.coming.pop(act.appointment_id)[1]
		self.visits[act.visit_id] = act.lead_id

	def TakeDrive(self, act):
		assert act.visit_id in self.visits
		assert act.vehicle_id not in {car for car, _miles in self.out.values()}
		self.out[act.drive_id] = (act.vehicle_id, act.mileage)

	def ReturnDrive(self, act):
		_car, miles = self.out.pop(act.drive_id)
		assert miles < act.mileage < miles + 40

	def EndVisit(self, act):
		del self.visits[act.visit_id]

	def OpenDeal(self, act):
		self.open_lead(act)
		assert act.visit_id in self.visits
		assert self.cars[act.vehicle_id] == "ready"
		self.cars[act.vehicle_id], self.leads[act.lead_id] = "deal", "converted"
		self.deals[act.deal_id] = ("Visit", act.vehicle_id)

	def OfferTrade(self, act):
		self.stage(act, "Visit", "Write-up")
		assert vin.check(act.car.vin).problems == ()
		assert act.allowance.minor > 0 <= act.payoff.minor

	def WriteUp(self, act):
		self.stage(act, "Visit", "Write-up")
		self.sheets[act.deal_id] = act
		self.enter(act, "Write-up")

	def AskApproval(self, act):
		self.stage(act, "Write-up")
		self.asked.add(act.deal_id)

	def DecideWorksheet(self, act):
		self.asked.remove(act.deal_id)
		assert self.users[act.by] == "Dealer Sales Manager"
		assert bool(act.reason) != act.approve

	def LeaveDeposit(self, act):
		self.stage(act, "Write-up")
		assert act.tender.amount == act.amount
		self.held[act.deposit_id] = act.amount.minor
		self.enter(act, "Deposit")

	def CheckBuyer(self, act):
		self.stage(act, "Write-up", "Deposit")
		assert bool(act.cleared) == bool(act.cleared_by)
		assert act.cleared_by != act.by
		self.checked.setdefault(act.deal_id, set()).add(act.kind)

	def HandToFnI(self, act):
		self.stage(act, "Write-up", "Deposit")
		self.enter(act, "F&I")

	def SignContract(self, act):
		self.stage(act, "F&I")
		assert act.deal_id not in self.asked
		assert self.checked[act.deal_id] == {"OFAC", "Red Flags"}
		self.enter(act, "Contracted")

	def Deliver(self, act):
		car = self.stage(act, "Contracted")
		sheet = self.sheets[act.deal_id]
		assert act.total == total([sheet.price, sheet.fee, *(price for _n, price in sheet.products)], "USD")
		assert act.deposit.minor == self.held.get(act.deposit_id, 0)
		assert act.first_service_on > act.at.date()
		self.cars[car], self.titles[act.deal_id] = "sold", "opened"
		self.enter(act, "Delivered")

	def UndoDelivery(self, act):
		self.cars[self.stage(act, "Delivered")] = "deal"
		self.enter(act, "Contracted")

	def SendContract(self, act):
		self.stage(act, "Delivered")
		assert act.lender == self.sheets[act.deal_id].lender

	ReturnContract = SendContract

	def FundDeal(self, act):
		self.stage(act, "Delivered")
		assert act.amount.minor > 0
		self.enter(act, "Funded")

	def UndoFunding(self, act):
		self.stage(act, "Funded")
		self.enter(act, "Delivered")

	def LoseDeal(self, act):
		self.cars[self.stage(act, "Write-up", "Deposit")] = "ready"
		if act.deposit_id:
			del self.held[act.deposit_id]
		self.enter(act, "Lost")

	def ReopenDeal(self, act):
		car = self.stage(act, "Lost")
		assert self.cars[car] == "ready"
		self.cars[car] = "deal"
		self.enter(act, "Write-up")

	def GiveDeal(self, act):
		self.stage(act, "Write-up")
		assert self.users[act.salesperson] == "Dealer Salesperson"

	def UnwindDeal(self, act):
		self.cars[self.stage(act, "Delivered", "Funded")] = "returned"
		self.enter(act, "Unwound")

	def PromiseItem(self, act):
		self.stage(act, "Delivered", "Funded")
		assert act.due_on > act.at.date()
		self.owed.add((act.deal_id, act.item))

	def EndPromise(self, act):
		self.owed.remove((act.deal_id, act.item))

	def MoveTitle(self, act):
		after = {
			"sent": ("opened", "returned"),
			"returned": ("sent",),
			"issued": ("sent",),
			"closed": ("issued",),
		}
		assert self.titles[act.deal_id] in after[act.step]
		self.titles[act.deal_id] = act.step


def floor_of(place: House, days: int):
	return [act for act in script.acts(days, TODAY, place) if isinstance(act, SHOWROOM)]


class TestShowroom:
	def test_the_acts_never_contradict_each_other(self, place):
		auditor = ShowroomAuditor(place)
		for act in floor_of(place, 90):
			auditor.see(act)

	def test_the_funnel_is_believable(self, place):
		"""Shares that a dealership knows: late answers, no-shows, leads that close, money that is late."""
		acts = floor_of(place, 120)
		found = Counter(type(act).__name__ for act in acts)
		asked = [act for act in acts if isinstance(act, showroom_acts.ReceiveLead)]
		answers = {}
		for act in acts:
			if isinstance(act, showroom_acts.AnswerLead):
				answers.setdefault(act.lead_id, act.minutes)
		internet = [act.lead_id for act in asked if act.lead_type == "Internet"]
		quick = [lead for lead in internet if answers.get(lead, 999) <= 5]
		assert 0.06 < len(quick) / len(internet) < 0.25
		assert sum(minutes > 60 for minutes in answers.values()) > 20
		kept = sum(isinstance(a, showroom_acts.StartVisit) and a.appointment_id is not None for a in acts)
		assert 0.12 < found["MissVisit"] / (found["MissVisit"] + kept) < 0.32
		assert 0.09 < found["Deliver"] / len(asked) < 0.24
		assert 3 < len(asked) / 103 < 6.5  # a day on which the house is open
		assert found["LoseLead"] > found["OpenDeal"] > found["Deliver"] > 40
		assert found["FundDeal"] > 0.8 * found["Deliver"]
		types = Counter(act.deal_type for act in acts if isinstance(act, showroom_acts.OpenDeal))
		assert types["Finance"] > types["Cash"] > types["Lease"] > 0

	def test_everything_that_the_showroom_writes_happens(self):
		found = Counter()
		for seed in (1, 2, 3):
			place = house(seed)
			found.update(told.type for told in events_of(place, script.acts(120, TODAY, place)))
		assert set(found) >= KINDS

	def test_a_lead_that_becomes_a_customer_is_theirs_from_the_first(self, place):
		events = events_of(place, script.acts(60, TODAY, place))
		whose: dict[str, set[str]] = {}
		for told in events:
			if told.lead:
				whose.setdefault(told.lead, set()).add(told.customer)
		assert all(len(names) == 1 for names in whose.values())
		assert {"", *(person.id for person in place.prospects)} >= {
			n for names in whose.values() for n in names
		}
		assert any(names == {""} for names in whose.values())
		assert all(told.customer for told in events if told.deal)


class TestCardMoney:
	def test_a_request_is_sent_before_it_is_opened_and_paid_once(self, place):
		order = (
			"pay_request.sent",
			"pay_request.opened",
			"pay_request.failed",
			"pay_request.paid",
			"pay_request.expired",
		)
		events = events_of(place, script.acts(90, TODAY, place))
		stories: dict[str, list] = {}
		for told in events:
			if told.type in order:
				stories.setdefault(told.pay_request, []).append(told)
		assert len(stories) > 15
		for steps in stories.values():
			kinds = [told.type for told in steps]
			assert kinds[0] == "pay_request.sent"
			assert kinds == sorted(kinds, key=order.index)
			assert len({told.customer for told in steps}) == 1
			assert kinds.count("pay_request.paid") + kinds.count("pay_request.expired") <= 1
		paid = {told.pay_request for told in events if told.type == "pay_request.paid"}
		assert paid == {
			told.pay_request for told in events if told.type == "deposit.taken" and told.pay_request
		}

	def test_what_goes_back_to_a_card_came_from_it(self, place):
		events = events_of(place, script.acts(90, TODAY, place))
		came = {told.card_payment: told.amount.minor for told in events if told.type == "deposit.taken"}
		back: Counter[str] = Counter()
		for told in events:
			if told.type == "deposit.refunded" and told.card_payment:
				back[told.card_payment] += told.amount.minor
		assert back
		assert all(0 < amount <= came[card] for card, amount in back.items())
		asked = [told for told in events if told.type == "refund.requested"]
		assert {told.card_payment for told in asked} == set(back)
		assert len({told.reference_name for told in asked}) == len(asked)

	def test_every_kind_of_it_happens_sooner_or_later(self):
		found = Counter()
		for seed in (1, 2, 3):
			place = house(seed)
			found.update(told.type for told in events_of(place, script.acts(120, TODAY, place)))
		assert set(found) >= {
			"payment.failed", "pay_request.failed", "pay_request.expired", "terms.accepted", "refund.failed",
			"dispute.opened", "dispute.evidence_sent", "authorisation.placed", "authorisation.ending",
			"authorisation.released",
		}  # fmt: skip

	def test_it_changes_no_other_story(self, place):
		acts = script.acts(60, TODAY, place)
		told = events_of(place, acts)
		plain = [one for one in told if one.type not in CARD_MONEY]
		assert [one.key for one in plain] == [
			one.key for one in sorted(plain, key=lambda one: one.happened_at)
		]
		assert all(one.type.startswith(("deposit.", "payment.reversed")) for one in plain if one.card_payment)
		assert total([one.amount for one in plain if one.type == "deposit.taken"], "USD") == total(
			[
				act.amount
				for act in acts
				if isinstance(act, act_types.TakeDeposit | showroom_acts.LeaveDeposit)
			],
			"USD",
		)
