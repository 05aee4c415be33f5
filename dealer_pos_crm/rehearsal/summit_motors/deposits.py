"""The life of a deposit at Summit Motors, from the counter to its end."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from ...domain.deposit import Kind, Refundable, Tender, Terms
from ...domain.money import Money
from . import words
from .acts import (
	ApplyDeposit,
	CancelDeposit,
	ExpireHold,
	ExtendHold,
	ForfeitDeposit,
	InvoiceLine,
	IssueInvoice,
	JoinWaitingList,
	MoveDeposit,
	RefundDeposit,
	TakeDeposit,
)
from .cars import Vehicle
from .floor import Held, dollars
from .people import CURRENCY, Customer
from .selling import Selling

# What becomes of a deposit on a car, and how often of a hundred.
_FATES = {"buy": 40, "buy late": 10, "refund": 18, "move": 9, "fit first": 4, "cancel": 5, "drift": 14}
_FATES_NOT_REFUNDABLE = {"buy": 44, "buy late": 8, "part back": 16, "forfeit": 18, "drift": 14}
_FATES_OF_ORDER = {"stay": 55, "buy": 20, "refund": 22, "cancel": 3}
_FATES_OF_PART = {"collect": 68, "refund": 10, "stay": 19, "cancel": 3}


class Deposits(Selling):
	# taking deposits

	def _deposit_on_car(self, at: datetime) -> None:
		if self._free:
			self._take_on_car(at, self._customer(), self.rng.choice(self._free))

	def _take_on_car(self, at: datetime, customer: Customer, vehicle_id: str) -> None:
		down = self.rng.random() < 0.2
		amount = dollars(
			self.rng.choice((1500, 2000, 2500, 3000, 5000) if down else (250, 500, 500, 750, 1000))
		)
		hold_until = self._hold_end(at)
		refundable = self.rng.choices((Refundable.YES, Refundable.UNTIL, Refundable.NO), (52, 32, 16))[0]
		deposit = self._take(
			at,
			customer,
			vehicle_id=vehicle_id,
			held_for="",
			kind=Kind.DOWN_PAYMENT if down else Kind.HOLD,
			amount=amount,
			refundable=refundable,
			hold_until=hold_until,
		)
		self._at(hold_until, lambda now: self._hold_ends(now, deposit, hold_until))
		fates = _FATES_NOT_REFUNDABLE if refundable is Refundable.NO else _FATES
		self._plan_fate(at, deposit, self._pick(fates), hold_until)

	def _deposit_on_order(self, at: datetime) -> None:
		deposit = self._take(
			at,
			self._customer(),
			vehicle_id=None,
			held_for=f"{self.rng.choice(words.ORDERS)}, factory order",
			kind=Kind.ORDER,
			amount=dollars(self.rng.choice((500, 1000, 1000, 2000))),
			refundable=self.rng.choice((Refundable.YES, Refundable.NO)),
			hold_until=None,
		)
		self._plan_fate(at, deposit, self._pick(_FATES_OF_ORDER), None)

	def _deposit_on_part(self, at: datetime) -> None:
		deposit = self._take(
			at,
			self._customer(),
			vehicle_id=None,
			held_for=self.rng.choice(words.SPECIAL_PARTS),
			kind=Kind.PART,
			amount=dollars(f"{self.rng.randrange(40, 380)}.{self.rng.choice((0, 25, 50, 95)):02d}"),
			refundable=Refundable.YES,
			hold_until=None,
			department="Parts",
		)
		self._plan_fate(at, deposit, self._pick(_FATES_OF_PART), None)

	def _take(
		self,
		at: datetime,
		customer: Customer,
		*,
		vehicle_id: str | None,
		held_for: str,
		kind: Kind,
		amount: Money,
		refundable: Refundable,
		hold_until: datetime | None,
		department: str = "Sales",
	) -> str:
		line = self._waiting.get(vehicle_id or "", [])
		waited = customer.id in line
		if waited:
			line.remove(customer.id)
		channel, authorised_how = self.rng.choices(words.CHANNELS, (70, 14, 16))[0]
		act = TakeDeposit(
			id=self._id("TAKE"),
			at=at,
			by=self.rng.choice(self._cashiers),
			deposit_id=self._id("DEP"),
			customer_id=customer.id,
			vehicle_id=vehicle_id,
			held_for=held_for,
			kind=kind,
			amount=amount,
			tenders=self._tenders(amount, remote=channel != "In Person"),
			refundable=refundable,
			refundable_until=hold_until.date() if hold_until and refundable is Refundable.UNTIL else None,
			hold_until=hold_until,
			channel=channel,
			authorised_how=authorised_how,
			department=department,
			salesperson=customer.sales_owner,
			from_waiting_list=waited,
		)
		self.acts.append(act)
		self._deposits[act.deposit_id] = Held(act, vehicle_id, hold_until, amount)
		if vehicle_id is not None:
			self._hold(vehicle_id, act.deposit_id)
		return act.deposit_id

	def _tenders(self, amount: Money, *, remote: bool) -> tuple[Tender, ...]:
		if remote:
			return (Tender("Credit Card", amount, self._reference("Credit Card")),)
		if amount.minor >= 50_000 and self.rng.random() < 0.28:
			cash = dollars(self.rng.choice((100, 200, 200, 300)))
			modes = ["Credit Card"] if self.rng.random() < 0.85 else ["Credit Card", "Cheque"]
			rest = amount - cash
			if len(modes) == 2:
				card = dollars(100)
				return (
					Tender("Cash", cash),
					Tender("Credit Card", card, self._reference("Credit Card")),
					Tender("Cheque", rest - card, self._reference("Cheque")),
				)
			return (Tender("Cash", cash), Tender("Credit Card", rest, self._reference("Credit Card")))
		mode = self.rng.choices(("Credit Card", "Cash", "Cheque"), (64, 22, 14))[0]
		return (Tender(mode, amount, self._reference(mode)),)

	def _join_waiting_list(self, at: datetime) -> None:
		held = [v for v, deposit in self._holder.items() if not self._waiting.get(v)]
		if not held:
			return
		vehicle_id = self.rng.choice(held)
		customer = self._customer()
		if customer.id == self._deposits[self._holder[vehicle_id]].taken.customer_id:
			return
		self._waiting.setdefault(vehicle_id, []).append(customer.id)
		self.acts.append(
			JoinWaitingList(
				id=self._id("WAIT"),
				at=at,
				by=customer.sales_owner,
				vehicle_id=vehicle_id,
				customer_id=customer.id,
			)
		)

	# what becomes of a deposit

	def _plan_fate(self, at: datetime, deposit: str, fate: str, hold_until: datetime | None) -> None:
		days = (hold_until.date() - at.date()).days if hold_until else 14
		soon, late = min(1, days), max(1, days - 1)
		when = self._later(at, soon, late)
		if hold_until and when >= hold_until:
			when = hold_until - timedelta(minutes=self.rng.randint(20, 200))
		if fate == "cancel":
			moment = at + timedelta(minutes=self.rng.randint(12, 55))
			if moment.time() < time(19):
				self._at(moment, lambda now: self._cancel(now, deposit))
		elif fate == "buy late" and hold_until:
			extend_at = hold_until - timedelta(hours=self.rng.randint(3, 20))
			self._at(self._open_hour(extend_at), lambda now: self._extend(now, deposit))
			self._at(self._later(hold_until, 1, 2), lambda now: self._buy(now, deposit))
		elif fate == "drift" and hold_until:
			after = self._pick({"refund": 40, "buy": 15, "forfeit": 15, "stay": 30})
			if after != "stay":
				self._at(self._later(hold_until, 1, 5), self._fate(after, deposit))
		elif fate != "stay":
			self._at(when, self._fate(fate, deposit))

	def _fate(self, fate: str, deposit: str) -> Callable[[datetime], None]:
		does = {
			"buy": self._buy,
			"refund": self._refund,
			"part back": self._part_back,
			"forfeit": self._forfeit,
			"move": self._move,
			"fit first": self._fit_first,
			"collect": self._collect_part,
		}[fate]
		return lambda now: does(now, deposit)

	def _live(self, deposit: str) -> Held | None:
		"""The deposit while it holds money."""
		state = self._deposits[deposit]
		return state if state.held else None

	def _has_car(self, deposit: str, state: Held) -> bool:
		return state.vehicle_id is not None and self._holder.get(state.vehicle_id) == deposit

	def _hold(self, vehicle_id: str, deposit: str) -> None:
		self._free.remove(vehicle_id)
		self._holder[vehicle_id] = deposit

	def _release(self, at: datetime, vehicle_id: str) -> None:
		"""The car is free; who waits for it is called, and sometimes comes."""
		del self._holder[vehicle_id]
		self._free.append(vehicle_id)
		line = self._waiting.get(vehicle_id)
		if line and self.rng.random() < 0.65:
			customer = next(c for c in self.customers if c.id == line[0])

			def comes(now: datetime) -> None:
				if vehicle_id in self._free:
					self._take_on_car(now, customer, vehicle_id)

			self._at(self._later(at, 0, 1) if at.hour < 15 else self._later(at, 1, 2), comes)

	def _hold_ends(self, at: datetime, deposit: str, hold_until: datetime) -> None:
		state = self._live(deposit)
		if state is None or state.hold_until != hold_until or not self._has_car(deposit, state):
			return
		self.acts.append(ExpireHold(id=self._id("EXPIRE"), at=at, by="", deposit_id=deposit))
		state.expired = True
		self._release(at, self._car_of(state).id)

	def _car_of(self, state: Held) -> Vehicle:
		assert state.vehicle_id is not None
		return self._vehicle[state.vehicle_id]

	def _extend(self, at: datetime, deposit: str) -> None:
		state = self._live(deposit)
		if state is None or not self._has_car(deposit, state):
			return
		until = self._hold_end(state.hold_until or at, 2, 4)
		self.acts.append(
			ExtendHold(
				id=self._id("EXTEND"),
				at=at,
				by=state.taken.salesperson,
				deposit_id=deposit,
				hold_until=until,
				reason=self.rng.choice(words.EXTEND_REASONS),
			)
		)
		state.hold_until = until
		self._at(until, lambda now: self._hold_ends(now, deposit, until))

	def _cancel(self, at: datetime, deposit: str) -> None:
		state = self._live(deposit)
		if state is None or state.held != state.taken.amount or state.expired:
			return
		self.acts.append(
			CancelDeposit(
				id=self._id("CANCEL"),
				at=at,
				by=self._accountant,
				deposit_id=deposit,
				reason=self.rng.choice(words.CANCEL_REASONS),
			)
		)
		state.held = Money.zero(CURRENCY)
		if self._has_car(deposit, state):
			self._release(at, self._car_of(state).id)

	def _move(self, at: datetime, deposit: str) -> None:
		state = self._live(deposit)
		if state is None or not self._has_car(deposit, state) or not self._free:
			return
		old, new = self._car_of(state).id, self.rng.choice(self._free)
		until = self._hold_end(at)
		self.acts.append(
			MoveDeposit(
				id=self._id("MOVE"),
				at=at,
				by=self._sales_manager,
				deposit_id=deposit,
				to_vehicle_id=new,
				hold_until=until,
				reason=self.rng.choice(words.MOVE_REASONS),
			)
		)
		self._hold(new, deposit)
		self._release(at, old)
		state.vehicle_id, state.hold_until = new, until
		self._at(until, lambda now: self._hold_ends(now, deposit, until))
		if self.rng.random() < 0.7:
			self._at(self._later(at, 1, 2), lambda now: self._buy(now, deposit))

	def _refund(self, at: datetime, deposit: str) -> None:
		state = self._live(deposit)
		if state is not None:
			self._pay_back(at, deposit, state, state.held, self.rng.choice(words.REFUND_REASONS))

	def _pay_back(self, at: datetime, deposit: str, state: Held, amount: Money, reason: str) -> None:
		left = state.held - amount
		frees = not left and self._has_car(deposit, state)
		self.acts.append(
			RefundDeposit(
				id=self._id("REFUND"),
				at=at,
				by=self._accountant,
				deposit_id=deposit,
				amount=amount,
				reason=reason,
				approved_by=self._sales_manager if amount.minor <= 100_000 else self._manager,
				frees_vehicle=frees,
			)
		)
		state.held = left
		if frees:
			self._release(at, self._car_of(state).id)

	def _part_back(self, at: datetime, deposit: str) -> None:
		"""A part goes back against terms that promise nothing; the rest is lost a little later."""
		state = self._live(deposit)
		if state is None or state.held.minor < 20_000:
			return
		self._pay_back(
			at, deposit, state, state.held - dollars(100), "Car kept off the lot for two days, fee kept"
		)
		self._at(at + timedelta(minutes=9), lambda now: self._forfeit(now, deposit))

	def _forfeit(self, at: datetime, deposit: str) -> None:
		state = self._live(deposit)
		if state is None:
			return
		if Terms(state.taken.refundable, state.taken.refundable_until).refund_is_due(at.date()):
			self._refund(at, deposit)
			return
		frees = self._has_car(deposit, state)
		self.acts.append(
			ForfeitDeposit(
				id=self._id("FORFEIT"),
				at=at,
				by=self._sales_manager,
				deposit_id=deposit,
				amount=state.held,
				reason=self.rng.choice(words.FORFEIT_REASONS),
				frees_vehicle=frees,
			)
		)
		state.held = Money.zero(CURRENCY)
		if frees:
			self._release(at, self._car_of(state).id)

	def _buy(self, at: datetime, deposit: str) -> None:
		state = self._live(deposit)
		if state is None:
			return
		if state.vehicle_id is None:
			price = dollars(self.rng.randrange(310, 520) * 100 - 5)
			sold, description = None, state.taken.held_for
		else:
			if not self._has_car(deposit, state):
				if state.vehicle_id not in self._free:
					self._refund(at, deposit)  # somebody else has it by now
					return
				self._free.remove(state.vehicle_id)
			vehicle = self._car_of(state)
			self._holder.pop(vehicle.id, None)
			self._waiting.pop(vehicle.id, None)
			price, sold, description = self._agreed(vehicle), vehicle.id, vehicle.what
		invoice = self._sell(at, state.taken.customer_id, sold, description, price)
		self._apply(at + timedelta(minutes=4), deposit, state, invoice, invoice.total)

	def _apply(
		self, at: datetime, deposit: str, state: Held, invoice: IssueInvoice, open_amount: Money
	) -> None:
		"""The deposit pays what it can of the invoice; the rest is paid in the same half hour."""
		part = state.held if state.held <= open_amount else open_amount
		state.held = state.held - part
		act = ApplyDeposit(
			id=self._id("APPLY"),
			at=at,
			by=self._accountant,
			deposit_id=deposit,
			invoice_id=invoice.invoice_id,
			amount=part,
		)
		self._at(at, lambda _now: self.acts.append(act))
		if open_amount - part:
			self._settle(at + timedelta(minutes=self.rng.randint(3, 25)), invoice, open_amount - part)

	def _fit_first(self, at: datetime, deposit: str) -> None:
		"""An accessory is fitted and paid out of the deposit before the car is sold."""
		state = self._live(deposit)
		if state is None or not self._has_car(deposit, state):
			return
		accessory, cost = self.rng.choice(words.ACCESSORIES)
		if dollars(cost) >= state.held:
			self._buy(at, deposit)
			return
		line = InvoiceLine(item="Accessory", description=accessory, amount=dollars(cost))
		invoice = self._issue(
			at, self._accountant, state.taken.customer_id, state.vehicle_id, "Parts", [line]
		)
		self._apply(at + timedelta(minutes=3), deposit, state, invoice, invoice.total)
		self._at(self._later(at, 1, 1), lambda now: self._buy(now, deposit))

	def _collect_part(self, at: datetime, deposit: str) -> None:
		state = self._live(deposit)
		if state is None:
			return
		price = Money(state.held.minor * self.rng.randint(105, 240) // 100, CURRENCY)
		line = InvoiceLine(item="Parts", description=state.taken.held_for, amount=price)
		invoice = self._issue(at, self._accountant, state.taken.customer_id, None, "Parts", [line])
		self._apply(at + timedelta(minutes=2), deposit, state, invoice, invoice.total)
