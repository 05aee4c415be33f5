"""Deals at Summit Motors: from the worksheet to the money of the lender, or to the reason why not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from ...domain.deposit import Tender
from ...domain.money import Money, total
from ...domain.vin import make_vin
from . import showroom_words as words
from .cars import Vehicle
from .people import CURRENCY
from .showroom import Asking, Showroom
from .showroom_acts import (
	AskApproval,
	CheckBuyer,
	DecideWorksheet,
	Deliver,
	EndPromise,
	FundDeal,
	GiveDeal,
	HandToFnI,
	LeaveDeposit,
	LoseDeal,
	MoveTitle,
	OfferTrade,
	OpenDeal,
	PromiseItem,
	ReopenDeal,
	ReturnContract,
	SendContract,
	SignContract,
	UndoDelivery,
	UndoFunding,
	UnwindDeal,
	WriteUp,
)

_TYPES = {"Finance": 68, "Cash": 25, "Lease": 7}
_AFTER_APPROVAL = {"sign": 56, "deposit": 26, "lost": 18}
_FEE = Money.of(389, CURRENCY)


def _dollars(amount: int) -> Money:
	return Money.of(amount, CURRENCY)


@dataclass
class Deal:
	"""A deal in work."""

	name: str
	asking: Asking
	car: Vehicle
	deal_type: str
	price: Money
	down: Money
	products: tuple[tuple[str, Money], ...]
	lender: str | None
	salesperson: str
	trade: tuple[Money, Money] | None = None  # allowance, payoff
	deposit: str | None = None
	held: Money = field(default_factory=lambda: Money.zero(CURRENCY))
	rejected: int = 0
	lost_once: bool = False
	delivered: bool = False
	unwound: bool = False

	@property
	def total(self) -> Money:
		return self.price + _FEE + total((price for _name, price in self.products), CURRENCY)


class Deals(Showroom):
	def _say(self, act_type: Callable, prefix: str, deal: Deal, at: datetime, by: str, **values) -> None:  # type: ignore[type-arg, no-untyped-def]
		self.acts.append(act_type(id=self._id(prefix), at=at, by=by, deal_id=deal.name, **values))

	# opening and worksheet

	def _write_up(self, at: datetime, asking: Asking, visit: str) -> None:
		car = asking.wanted
		if car not in self._ready or asking.over:
			self._leave(at, asking, visit)
			return
		asking.over = True
		self._ready.remove(car)
		vehicle = self._car(car)
		assert vehicle.price is not None
		deal_type = self._pick(_TYPES)
		deal = Deal(
			name=self._id("DEAL"),
			asking=asking,
			car=vehicle,
			deal_type=deal_type,
			price=vehicle.price - _dollars(self.rng.choice((0, 200, 400, 600, 900))),
			down=_dollars(self.rng.choice((1000, 2000, 3000, 4000))) if deal_type != "Cash" else _dollars(0),
			products=tuple(
				(name, _dollars(price))
				for name, price, odds in words.PRODUCTS
				if 100 * self.rng.random() < (odds if deal_type == "Finance" else odds // 3)
				and not (name == "GAP" and deal_type != "Finance")
			),
			lender=None if deal_type == "Cash" else self._pick(words.LENDERS),
			salesperson=asking.salesperson,
		)
		self.acts.append(
			OpenDeal(
				id=self._id("OPENDEAL"),
				at=at,
				by=asking.salesperson,
				deal_id=deal.name,
				lead_id=asking.lead_id,
				visit_id=visit,
				vehicle_id=vehicle.id,
				deal_type=deal_type,
			)
		)
		if self.rng.random() < 0.44:
			self._trade(at + timedelta(minutes=4), deal)
		self._at(at + timedelta(minutes=9), lambda now: self._worksheet(now, deal))
		self._at(at + timedelta(minutes=25), lambda now: self._end_visit(now, asking, visit, "Write-up"))

	def _trade(self, at: datetime, deal: Deal) -> None:
		model = self.rng.choice(self.vehicles)
		year = min(model.year, 2025) - self.rng.randint(2, 5)
		code = "0123456789"[year % 10] if year < 2010 else "ABCDEFGHJKLMNPRSTUVWXY"[year - 2010]
		worth = self.rng.randrange(4_000, 19_000, 250)
		car = Vehicle(
			id=f"T{deal.name.rpartition('-')[2]}",
			vin=make_vin(f"{model.vin[:8]}{code}{model.vin[10]}{self.rng.randrange(100_000, 999_999):06d}"),
			year=year,
			make=model.make,
			model=model.model,
			trim=model.trim,
			color=self.rng.choice(("White", "Black", "Silver", "Gray", "Blue")),
			mileage=self.rng.randrange(28_000, 118_000),
			price=None,
			status="Customer-owned",
			plate=f"TRD-{deal.name[-4:]}",
			owner=deal.asking.prospect.id,
		)
		owes = self.rng.random() < 0.42
		payoff = _dollars(round(worth * self.rng.uniform(0.3, 1.25) / 10) * 10 if owes else 0)
		deal.trade = (_dollars(worth), payoff)
		self._at(
			at,
			lambda now: self._say(
				OfferTrade,
				"OFFERTRADE",
				deal,
				now,
				self._sales_manager,
				trade_id=f"TI-{deal.name}",
				car=car,
				allowance=_dollars(worth),
				payoff=payoff,
			),
		)

	def _worksheet(self, at: datetime, deal: Deal) -> None:
		term = {"Cash": 0, "Lease": 36}.get(deal.deal_type) if deal.deal_type != "Finance" else None
		self._say(
			WriteUp,
			"WRITEUP",
			deal,
			at,
			deal.salesperson,
			price=deal.price,
			fee=_FEE,
			products=deal.products,
			down=deal.down,
			term=self.rng.choice((48, 60, 72, 72)) if term is None else term,
			rate="0" if deal.deal_type == "Cash" else self.rng.choice(("4.90", "5.90", "6.90", "8.40")),
			lender=deal.lender,
		)
		self._at(at + timedelta(minutes=6), lambda now: self._ask_approval(now, deal))

	def _ask_approval(self, at: datetime, deal: Deal) -> None:
		self._say(AskApproval, "ASKAPPROVAL", deal, at, deal.salesperson)
		self._at(self._within(at, 3, 40), lambda now: self._decide(now, deal))

	def _decide(self, at: datetime, deal: Deal) -> None:
		approve = deal.rejected > 0 or self.rng.random() > 0.14
		reason = "" if approve else self.rng.choice(words.REJECTED)
		self._say(DecideWorksheet, "DECIDE", deal, at, self._sales_manager, approve=approve, reason=reason)
		if not approve:
			deal.rejected += 1
			deal.price = deal.price + _dollars(250)
			self._at(self._within(at, 5, 30), lambda now: self._worksheet(now, deal))
			return
		fate = self._pick(_AFTER_APPROVAL)
		if fate == "sign":
			self._at(self._within(at, 4, 25), lambda now: self._hand_over(now, deal))
		elif fate == "deposit":
			self._at(self._within(at, 4, 20), lambda now: self._deposit(now, deal))
		else:
			self._at(self._later(at, 1, 6), lambda now: self._lose_deal(now, deal))

	def _deposit(self, at: datetime, deal: Deal) -> None:
		amount = _dollars(self.rng.choice((250, 500, 500, 1000)))
		deal.deposit, deal.held = f"DD-{deal.name}", amount
		mode = self._pick({"Credit Card": 70, "Cash": 30})
		self._say(
			LeaveDeposit,
			"LEAVEDEP",
			deal,
			at,
			self.rng.choice(self._cashiers),
			deposit_id=deal.deposit,
			amount=amount,
			tender=Tender(mode, amount, self._reference(mode)),
		)
		if self.rng.random() < 0.86:
			self._at(self._later(at, 1, 4), lambda now: self._hand_over(now, deal))
		else:
			self._at(self._later(at, 2, 6), lambda now: self._lose_deal(now, deal))

	def _lose_deal(self, at: datetime, deal: Deal) -> None:
		self._say(
			LoseDeal,
			"LOSEDEAL",
			deal,
			at,
			self._sales_manager,
			reason=self._pick(words.LOST_DEALS),
			deposit_id=deal.deposit,
		)
		deal.deposit, deal.held = None, _dollars(0)
		self._ready.append(deal.car.id)
		if not deal.lost_once and self.rng.random() < 0.25:
			deal.lost_once = True
			self._at(self._later(at, 1, 5), lambda now: self._reopen_deal(now, deal))

	def _reopen_deal(self, at: datetime, deal: Deal) -> None:
		if deal.car.id not in self._ready:
			return
		self._ready.remove(deal.car.id)
		self._say(ReopenDeal, "REOPENDEAL", deal, at, self._sales_manager)
		if self.rng.random() < 0.7:
			deal.salesperson = self.rng.choice([one for one in self._sellers if one != deal.salesperson])
			seller = deal.salesperson
			self._at(
				at + timedelta(minutes=3),
				lambda now: self._say(
					GiveDeal, "GIVEDEAL", deal, now, self._sales_manager, salesperson=seller
				),
			)
		self._at(self._within(at, 30, 200), lambda now: self._hand_over(now, deal))

	# F&I and delivery

	def _hand_over(self, at: datetime, deal: Deal) -> None:
		for minutes, kind in ((0, "OFAC"), (2, "Red Flags")):
			alert = self.rng.random() < 0.04
			self._at(at + timedelta(minutes=minutes), self._check(deal, kind, alert))
		self._at(
			at + timedelta(minutes=8),
			lambda now: self._say(HandToFnI, "HANDFNI", deal, now, deal.salesperson),
		)
		self._at(self._within(at + timedelta(minutes=8), 25, 120), lambda now: self._sign(now, deal))

	def _check(self, deal: Deal, kind: str, alert: bool) -> Callable[[datetime], None]:
		return lambda now: self._say(
			CheckBuyer,
			"CHECKBUYER",
			deal,
			now,
			self._fni,
			check_id=f"CHK-{deal.name}-{kind}",
			kind=kind,
			cleared="Date of birth and address differ from the entry" if alert else "",
			cleared_by=self._sales_manager if alert else "",
		)

	def _sign(self, at: datetime, deal: Deal) -> None:
		self._say(SignContract, "SIGN", deal, at, self._fni)
		later = self.rng.random() < 0.45
		at = self._later(at, 1, 3) if later else self._within(at, 25, 140)
		self._at(at, lambda now: self._deliver(now, deal))

	def _deliver(self, at: datetime, deal: Deal, *, again: bool = False) -> None:
		miles = self._miles[deal.car.id] = self._miles[deal.car.id] + self.rng.randint(0, 4)
		self._say(
			Deliver,
			"DELIVER",
			deal,
			at,
			self._fni,
			mileage=miles,
			total=deal.total,
			deposit_id=deal.deposit,
			deposit=deal.held,
			first_service_on=_weekday(at.date() + timedelta(days=180)),
			title_due_on=at.date() + timedelta(days=30),
			temporary_until=at.date() + timedelta(days=45),
		)
		deal.delivered = True
		if not again and self.rng.random() < 0.03:
			self._at(self._within(at, 20, 120), lambda now: self._undo(now, deal))
			return
		if self.rng.random() < 0.26:
			self._owe(at + timedelta(minutes=3), deal)
		if self.rng.random() < 0.025:
			self._at(self._later(at, 1, 4), lambda now: self._unwind(now, deal))
		if deal.lender is None:
			self._at(at + timedelta(minutes=5), lambda now: self._fund(now, deal))
		else:
			self._at(self._within(at, 60, 900), lambda now: self._send(now, deal))
		self._at(self._later(at, 3, 9), lambda now: self._title(now, deal, "sent"))

	def _undo(self, at: datetime, deal: Deal) -> None:
		self._say(UndoDelivery, "UNDODEL", deal, at, self._accountant, reason="Wrong fee on the invoice")
		deal.delivered = False
		self._at(at + timedelta(minutes=15), lambda now: self._deliver(now, deal, again=True))

	def _unwind(self, at: datetime, deal: Deal) -> None:
		deal.unwound = True
		self._say(UnwindDeal, "UNWIND", deal, at, self._manager, reason=self.rng.choice(words.UNWOUND))

	# afterwards

	def _send(self, at: datetime, deal: Deal) -> None:
		if deal.unwound or not deal.delivered:
			return
		assert deal.lender is not None
		due = at.date() + timedelta(days=7)
		self._say(SendContract, "SENDCON", deal, at, self._fni, lender=deal.lender, due_on=due)
		if self.rng.random() < 0.1:
			self._at(self._later(at, 1, 4), lambda now: self._return(now, deal))
		else:
			slow = self.rng.random() < 0.14
			self._at(self._later(at, 9 if slow else 2, 18 if slow else 7), lambda now: self._fund(now, deal))

	def _return(self, at: datetime, deal: Deal) -> None:
		if deal.unwound:
			return
		self._say(
			ReturnContract,
			"RETCON",
			deal,
			at,
			self._fni,
			lender=deal.lender,
			reason=self.rng.choice(words.RETURNED),
		)
		self._at(self._within(at, 120, 900), lambda now: self._send(now, deal))

	def _fund(self, at: datetime, deal: Deal, *, again: bool = False) -> None:
		if deal.unwound:
			return
		paid_by_lender = deal.total - deal.down if deal.lender else deal.total
		self._say(
			FundDeal, "FUND", deal, at, self._accountant, lender=deal.lender or "", amount=paid_by_lender
		)
		if deal.lender and not again and self.rng.random() < 0.03:
			self._at(self._within(at, 30, 400), lambda now: self._undo_funding(now, deal))

	def _undo_funding(self, at: datetime, deal: Deal) -> None:
		if deal.unwound:
			return
		self._say(UndoFunding, "UNDOFUND", deal, at, self._accountant, reason="Booked to the wrong deal")
		self._at(at + timedelta(minutes=20), lambda now: self._fund(now, deal, again=True))

	def _owe(self, at: datetime, deal: Deal) -> None:
		item = self.rng.choice(words.WE_OWE)
		due = _weekday(at.date() + timedelta(days=self.rng.randint(5, 12)))
		self._at(
			at,
			lambda now: self._say(PromiseItem, "OWE", deal, now, deal.salesperson, item=item, due_on=due),
		)
		reason = "Customer does not want it any more" if self.rng.random() < 0.08 else ""
		self._at(
			self._later(at, 2, 13),
			lambda now: (
				None
				if deal.unwound
				else self._say(EndPromise, "OWEEND", deal, now, deal.salesperson, item=item, reason=reason)
			),
		)

	def _title(self, at: datetime, deal: Deal, step: str) -> None:
		if deal.unwound or not deal.delivered:
			return
		reason = self.rng.choice(words.TITLE_RETURNED) if step == "returned" else ""
		self._say(MoveTitle, "TITLE", deal, at, self._fni, step=step, reason=reason)
		if step == "sent":
			after = "returned" if self.rng.random() < 0.09 else "issued"
			self._at(self._later(at, 8, 20), lambda now: self._title(now, deal, after))
		elif step == "returned":
			self._at(self._later(at, 1, 3), lambda now: self._title(now, deal, "sent"))
		elif step == "issued":
			self._at(self._later(at, 1, 4), lambda now: self._title(now, deal, "closed"))


def _weekday(day: date) -> date:
	return day + timedelta(days=1) if day.weekday() == 6 else day
