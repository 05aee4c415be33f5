import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dealer_pos_crm.domain.deposit import (
	HOLDING,
	Action,
	Asker,
	Lot,
	Movement,
	MovementType,
	Position,
	Refundable,
	Status,
	Tender,
	Terms,
	allowed_actions,
	check_action,
	check_approver,
	check_reason,
	check_tenders,
	draw,
	fold,
	needs_approval,
	status_of,
)
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused, WrongAmount

EXAMPLES = settings().max_examples  # of the profile that conftest loads

TAKEN, APPLIED, REFUNDED, FORFEITED = MovementType


def usd(amount):
	return Money.of(amount, "USD")


def code_of(call, *args, **kwargs):
	with pytest.raises(Refused) as refused:
		call(*args, **kwargs)
	return refused.value.code


# --- where the money is -------------------------------------------------------------------------


def position(taken=0, applied=0, refunded=0, forfeited=0):
	return Position(usd(taken), usd(applied), usd(refunded), usd(forfeited))


@pytest.mark.parametrize(
	("where", "was_taken", "hold_ended", "status"),
	[
		(position(), False, False, Status.DRAFT),
		(position(), True, False, Status.CANCELLED),
		(position(), True, True, Status.CANCELLED),
		(position(100), True, False, Status.HELD),
		(position(100), True, True, Status.EXPIRED),
		(position(100, applied=40), True, False, Status.PARTLY_APPLIED),
		(position(100, applied=40), True, True, Status.PARTLY_APPLIED),
		(position(100, applied=40, refunded=10), True, False, Status.PARTLY_APPLIED),
		(position(100, forfeited=40), True, False, Status.PARTLY_APPLIED),
		(position(100, forfeited=40), True, True, Status.PARTLY_APPLIED),
		(position(100, refunded=40), True, True, Status.PARTLY_REFUNDED),
		(position(100, applied=100), True, False, Status.APPLIED),
		(position(100, applied=1, refunded=50, forfeited=49), True, True, Status.APPLIED),
		(position(100, refunded=100), True, False, Status.REFUNDED),
		(position(100, forfeited=100), True, False, Status.FORFEITED),
		(position(100, refunded=60, forfeited=40), True, False, Status.FORFEITED),
	],
)
def test_the_status_follows_from_the_money(where, was_taken, hold_ended, status):
	assert status_of(where, was_taken=was_taken, hold_ended=hold_ended) is status


def test_an_empty_position():
	assert Position.empty("EUR") == fold([], "EUR")
	assert Position.empty("EUR").untouched
	assert not Position.empty("EUR").held


@pytest.mark.parametrize("part", ["applied", "refunded", "forfeited"])
def test_a_used_position_is_not_untouched(part):
	assert position(100).untouched
	assert not position(100, **{part: 1}).untouched
	assert position(100, **{part: 30}).held == usd(70)


movements = st.lists(
	st.builds(
		Movement,
		st.integers(0, 30).map(str),
		st.sampled_from(MovementType),
		st.integers(-5000, 5000).map(lambda minor: Money(minor, "USD")),
	),
	unique_by=lambda movement: movement.key,
	max_size=12,
)


@given(movements, st.randoms(use_true_random=False))
def test_the_position_depends_on_neither_order_nor_repetition(told, chance):
	again = told + chance.choices(told, k=5) if told else []
	chance.shuffle(again)
	where = fold(again, "USD")
	assert where == fold(told, "USD")
	for type_, amount in zip(
		MovementType, (where.taken, where.applied, where.refunded, where.forfeited), strict=True
	):
		assert amount.minor == sum(m.amount.minor for m in told if m.type is type_)
	assert where.taken == where.applied + where.refunded + where.forfeited + where.held


def test_a_movement_in_another_currency_is_refused():
	with pytest.raises(WrongAmount):
		fold([Movement("1", TAKEN, Money(1, "EUR"))], "USD")


# --- drawing out of several payments ------------------------------------------------------------

lots_of_money = st.lists(
	st.tuples(st.sampled_from(["Cash", "Card", "Check"]), st.integers(-200, 1000)), max_size=6
).map(lambda rows: [Lot(f"PE-{n}", mode, Money(left, "USD")) for n, (mode, left) in enumerate(rows)])


@given(lots_of_money, st.integers(1, 3000))
def test_draw_takes_exactly_the_amount_oldest_first(lots, minor):
	amount = Money(minor, "USD")
	if minor > sum(lot.left.minor for lot in lots):
		assert code_of(draw, lots, amount, "DEP-1") == "more_than_held"
		return
	shares = draw(lots, amount, "DEP-1")
	assert total((share.amount for share in shares), "USD") == amount
	assert all(0 < share.amount.minor <= share.lot.left.minor for share in shares)
	usable = [lot for lot in lots if lot.left.minor > 0]
	assert [share.lot for share in shares] == usable[: len(shares)]
	assert all(share.amount == share.lot.left for share in shares[:-1])


@pytest.mark.parametrize("amount", [0, -5])
def test_nothing_is_not_drawn(amount):
	assert code_of(draw, [Lot("PE-1", "Cash", usd(10))], usd(amount), "DEP-1") == "not_positive"


def test_all_that_is_held_can_be_drawn():
	lots = [Lot("PE-1", "Cash", usd(10)), Lot("PE-2", "Card", usd(5))]
	assert [(s.lot.payment, s.amount) for s in draw(lots, usd(15), "D")] == [
		("PE-1", usd(10)),
		("PE-2", usd(5)),
	]
	assert [(s.lot.payment, s.amount) for s in draw(lots, usd("9.99"), "D")] == [("PE-1", usd("9.99"))]
	used = [Lot("PE-0", "Cash", usd(0)), *lots]
	assert [(s.lot.payment, s.amount) for s in draw(used, usd(10), "D")] == [("PE-1", usd(10))]


def test_more_than_held_says_how_much_there_is():
	with pytest.raises(Refused) as refused:
		draw([Lot("PE-1", "Cash", usd(10))], usd("10.01"), "DEP-1")
	assert str(refused.value) == "DEP-1 holds 10.00 USD; 10.01 USD is more than that"


# --- tenders, terms, approval, reasons ----------------------------------------------------------


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=5), st.integers(-300, 300))
def test_tenders_add_up_to_the_amount(parts, off):
	assume(sum(parts) + off > 0)
	tenders = [Tender("Cash", Money(part, "USD")) for part in parts]
	amount = Money(sum(parts) + off, "USD")
	if off:
		assert code_of(check_tenders, tenders, amount) == "tender_mismatch"
	else:
		check_tenders(tenders, amount)


def test_a_mismatch_says_by_how_much():
	with pytest.raises(Refused) as refused:
		check_tenders([Tender("Cash", usd(70))], usd(100))
	assert refused.value.values == ("70.00 USD", "100.00 USD", "30.00 USD")


def test_wrong_tenders():
	assert code_of(check_tenders, [], usd(10)) == "no_tender"
	assert code_of(check_tenders, [Tender("Cash", usd(10))], usd(0)) == "not_positive"
	assert code_of(check_tenders, [Tender("A", usd(15)), Tender("B", usd(-5))], usd(10)) == "not_positive"
	assert code_of(check_tenders, [Tender("A", Money(10, "EUR"))], usd(10)) == "currency_mixed"


def test_terms():
	until = date(2026, 3, 10)
	assert code_of(Terms(Refundable.UNTIL).check) == "no_until"
	for terms in (Terms(Refundable.YES), Terms(Refundable.NO), Terms(Refundable.UNTIL, until)):
		terms.check()
	assert Terms(Refundable.YES).refund_is_due(date.max)
	assert not Terms(Refundable.NO).refund_is_due(date.min)
	assert Terms(Refundable.UNTIL, until).refund_is_due(until)
	assert not Terms(Refundable.UNTIL, until).refund_is_due(date(2026, 3, 11))
	assert not Terms(Refundable.UNTIL).refund_is_due(until)
	assert not Terms(Refundable.NO, until).refund_is_due(until)


CASHIER = Asker("cashier", may_settle=False, may_approve=False)
ADVISOR = Asker("advisor", may_settle=True, may_approve=False)
MANAGER = Asker("manager", may_settle=True, may_approve=True)
LIMIT = usd(500)


@pytest.mark.parametrize(
	("action", "amount", "asker", "against_terms", "second_person"),
	[
		(Action.REFUND, 100, CASHIER, False, True),
		(Action.REFUND, 100, ADVISOR, False, False),
		(Action.REFUND, 500, ADVISOR, False, False),
		(Action.REFUND, "500.01", ADVISOR, False, True),
		(Action.REFUND, "500.01", MANAGER, False, True),  # above the limit nobody decides alone
		(Action.REFUND, 100, ADVISOR, True, True),
		(Action.REFUND, 100, MANAGER, True, False),
		(Action.FORFEIT, 1, ADVISOR, False, True),
		(Action.FORFEIT, 9999, MANAGER, False, False),
		(Action.CANCEL, 100, CASHIER, False, True),
		(Action.CANCEL, 9999, ADVISOR, False, False),
		(Action.APPLY, 9999, CASHIER, True, False),
	],
)
def test_who_needs_a_second_person(action, amount, asker, against_terms, second_person):
	why = needs_approval(action, usd(amount), LIMIT, asker, against_terms=against_terms)
	assert (why is not None) == second_person


def test_an_approver_may_approve_and_did_not_ask():
	check_approver("advisor", MANAGER)
	assert code_of(check_approver, "manager", MANAGER) == "own_request"
	assert code_of(check_approver, "cashier", ADVISOR) == "may_not_approve"


def test_reasons():
	assert check_reason("  changed mind ", Action.REFUND) == "changed mind"
	assert check_reason("bad", Action.REFUND) == "bad"
	for empty in (None, "", "  ", "ok", "  x  "):
		assert code_of(check_reason, empty, Action.REFUND) == "no_reason"


# --- the state machine --------------------------------------------------------------------------

SETTLING = {Action.APPLY, Action.REFUND, Action.FORFEIT}
EXPECTED = {
	Status.DRAFT: {Action.TAKE},
	Status.HELD: SETTLING | {Action.MOVE, Action.EXTEND, Action.CANCEL},
	Status.EXPIRED: SETTLING | {Action.MOVE, Action.EXTEND, Action.CANCEL},
	Status.PARTLY_APPLIED: SETTLING | {Action.EXTEND},
	Status.PARTLY_REFUNDED: SETTLING | {Action.MOVE, Action.EXTEND},
	Status.APPLIED: set(),
	Status.REFUNDED: set(),
	Status.FORFEITED: set(),
	Status.CANCELLED: set(),
}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("action", Action)
def test_each_action_is_allowed_or_refused(status, action):
	if action in EXPECTED[status]:
		check_action(action, status, "DEP-1")
		assert action in allowed_actions(status)
		return
	with pytest.raises(Refused) as refused:
		check_action(action, status, "DEP-1")
	assert refused.value.code == "wrong_status"
	assert refused.value.values[:2] == ("DEP-1", status.value)
	for possible in EXPECTED[status]:
		assert possible.value in str(refused.value)


# --- a dealership: whatever is done, the money is somewhere --------------------------------------


@dataclass
class Account:
	"""One deposit as the ledger and the documents have it."""

	name: str
	currency: str
	vehicle: str
	lots: dict[str, Money] = field(default_factory=dict)
	movements: list[Movement] = field(default_factory=list)
	shares: list[tuple[MovementType, str, Money]] = field(default_factory=list)  # what may be undone
	hold_ended: bool = False

	@property
	def position(self) -> Position:
		return fold(self.movements, self.currency)

	@property
	def status(self) -> Status:
		return status_of(self.position, was_taken=bool(self.movements), hold_ended=self.hold_ended)

	@property
	def lot_list(self) -> list[Lot]:
		return [Lot(payment, "Cash", left) for payment, left in self.lots.items()]


ACCOUNT_OF = {APPLIED: "invoices", REFUNDED: "bank", FORFEITED: "income"}
CURRENCY_OF = {"DEP-1": "USD", "DEP-2": "USD", "DEP-3": "JPY"}
names = st.sampled_from(sorted(CURRENCY_OF))
amounts = st.integers(-1, 400)


class Dealership(RuleBasedStateMachine):
	"""Deposits on vehicles, acted on in any order; an independent double entry keeps the truth.

	Only what the domain allows is booked; what it refuses must leave everything as it was.
	"""

	@initialize()
	def opens(self):
		self.deposits = {
			name: Account(name, currency, f"CAR-{n}")
			for n, (name, currency) in enumerate(CURRENCY_OF.items())
		}
		self.books: dict[tuple[str, str, str], int] = defaultdict(int)  # (account, deposit, vehicle): minor
		self.serial = 0

	def book(self, deposit, debit, credit, amount):
		self.books[(debit, deposit.name, deposit.vehicle)] += amount.minor
		self.books[(credit, deposit.name, deposit.vehicle)] -= amount.minor

	def move(self, deposit, type_, amount):
		self.serial += 1
		deposit.movements.append(Movement(f"M{self.serial}", type_, amount))

	def allowed(self, deposit, action):
		"""What the domain says; when it refuses, it must also say so in the list of possible actions."""
		possible = action in allowed_actions(deposit.status)
		try:
			check_action(action, deposit.status, deposit.name)
		except Refused:
			assert not possible
			return False
		assert possible
		return True

	@rule(name=names, parts=st.lists(amounts, min_size=1, max_size=3), off=st.sampled_from([0, 0, 0, 1]))
	def take(self, name, parts, off):
		deposit = self.deposits[name]
		tenders = [Tender("Cash", Money(part, deposit.currency)) for part in parts]
		amount = Money(sum(parts) + off, deposit.currency)
		if not self.allowed(deposit, Action.TAKE):
			return
		try:
			check_tenders(tenders, amount)
		except Refused:
			assert off or min(parts) <= 0
			return
		assert not off and min(parts) > 0
		for tender in tenders:
			self.serial += 1
			deposit.lots[f"PE-{self.serial}"] = tender.amount
			self.book(deposit, "bank", "deposits", tender.amount)
			self.move(deposit, TAKEN, tender.amount)

	def use(self, name, action, type_, minor):
		deposit = self.deposits[name]
		if not self.allowed(deposit, action):
			return
		amount = Money(minor, deposit.currency)
		held = deposit.position.held
		try:
			shares = draw(deposit.lot_list, amount, name)
		except Refused:
			assert minor <= 0 or amount > held
			return
		assert 0 < minor <= held.minor
		for share in shares:
			deposit.lots[share.lot.payment] = deposit.lots[share.lot.payment] - share.amount
			deposit.shares.append((type_, share.lot.payment, share.amount))
			self.book(deposit, "deposits", ACCOUNT_OF[type_], share.amount)
			self.move(deposit, type_, share.amount)

	@rule(name=names, minor=amounts)
	def apply(self, name, minor):
		self.use(name, Action.APPLY, APPLIED, minor)

	@rule(name=names, minor=amounts)
	def refund(self, name, minor):
		self.use(name, Action.REFUND, REFUNDED, minor)

	@rule(name=names, minor=amounts)
	def forfeit(self, name, minor):
		self.use(name, Action.FORFEIT, FORFEITED, minor)

	@rule(name=names, action=st.sampled_from([Action.APPLY, Action.REFUND, Action.FORFEIT]))
	def use_all(self, name, action):
		"""Whatever is held can be settled in one step: money never gets stuck."""
		held = self.deposits[name].position.held
		type_ = {Action.APPLY: APPLIED, Action.REFUND: REFUNDED, Action.FORFEIT: FORFEITED}[action]
		self.use(name, action, type_, held.minor)
		assert not self.deposits[name].position.held

	@precondition(lambda self: any(deposit.shares for deposit in self.deposits.values()))
	@rule(data=st.data())
	def undo(self, data):
		"""An accountant cancels an invoice, a refund or an allocation: its money is held again."""
		deposit = data.draw(st.sampled_from([d for d in self.deposits.values() if d.shares]))
		type_, payment, amount = deposit.shares.pop(data.draw(st.integers(0, len(deposit.shares) - 1)))
		deposit.lots[payment] = deposit.lots[payment] + amount
		self.book(deposit, ACCOUNT_OF[type_], "deposits", amount)
		self.move(deposit, type_, -amount)

	@rule(name=names, vehicle=st.sampled_from(["CAR-0", "CAR-1", "CAR-2", "CAR-3"]))
	def move_to(self, name, vehicle):
		deposit = self.deposits[name]
		if not self.allowed(deposit, Action.MOVE):
			return
		where = deposit.position
		assert not where.applied and not where.forfeited, "what is used stays with its vehicle"
		for account in ("bank", "deposits"):
			moved = self.books.pop((account, name, deposit.vehicle), 0)
			self.books[(account, name, vehicle)] += moved
		deposit.vehicle = vehicle
		assert deposit.position == where

	@rule(name=names)
	def cancel(self, name):
		deposit = self.deposits[name]
		if not self.allowed(deposit, Action.CANCEL):
			return
		assert deposit.position.untouched, "a payment whose money was used cannot be cancelled"
		for payment, left in deposit.lots.items():
			if left:
				self.book(deposit, "deposits", "bank", left)
				self.move(deposit, TAKEN, -left)
				deposit.lots[payment] = left - left
		assert deposit.status is Status.CANCELLED

	@precondition(lambda self: any(d.status in (Status.HELD, Status.EXPIRED) for d in self.deposits.values()))
	@rule(data=st.data())
	def lose_one_tender(self, data):
		"""One payment of a split tender bounces and is cancelled; the rest is still held."""
		deposit = data.draw(
			st.sampled_from([d for d in self.deposits.values() if d.status in (Status.HELD, Status.EXPIRED)])
		)
		payment = data.draw(st.sampled_from([p for p, left in deposit.lots.items() if left]))
		left = deposit.lots[payment]
		self.book(deposit, "deposits", "bank", left)
		self.move(deposit, TAKEN, -left)
		deposit.lots[payment] = left - left

	@rule(name=names)
	def hold_ends(self, name):
		self.deposits[name].hold_ended = True

	@rule(name=names)
	def extend(self, name):
		self.deposits[name].hold_ended = False

	def balance(self, account, name=None, vehicle=None):
		return sum(
			minor
			for (booked, deposit, car), minor in self.books.items()
			if booked == account and name in (None, deposit) and vehicle in (None, car)
		)

	@invariant()
	def money_is_conserved(self):
		for name, deposit in self.deposits.items():
			where = deposit.position
			held = total(deposit.lots.values(), deposit.currency)
			assert where.held == held
			assert (
				held.minor
				== -self.balance("deposits", name)
				== -self.balance("deposits", name, deposit.vehicle)
			)
			assert where.applied.minor == -self.balance("invoices", name)
			assert where.forfeited.minor == -self.balance("income", name)
			assert (where.taken - where.refunded).minor == self.balance("bank", name)
			assert all(left.minor >= 0 for left in deposit.lots.values())
			parts = (where.taken, where.applied, where.refunded, where.forfeited, where.held)
			assert all(part.minor >= 0 for part in parts)
		assert sum(self.books.values()) == 0

	@invariant()
	def the_status_says_where_the_money_is(self):
		for deposit in self.deposits.values():
			where, status = deposit.position, deposit.status
			assert (status in HOLDING) == bool(where.held)
			assert (status is Status.DRAFT) == (not deposit.movements)
			assert (status is Status.EXPIRED) <= deposit.hold_ended
			can = allowed_actions(status)
			if where.held:
				assert {Action.APPLY, Action.REFUND, Action.FORFEIT} <= set(can)
			assert (Action.CANCEL in can) == (bool(where.held) and where.untouched)
			assert (Action.MOVE in can) <= (not where.applied and not where.forfeited)

	@invariant()
	def any_telling_gives_the_same_position(self):
		for deposit in self.deposits.values():
			told = [*deposit.movements, *deposit.movements[::2]]
			random.Random(self.serial).shuffle(told)
			assert fold(told, deposit.currency) == deposit.position


TestDealership = Dealership.TestCase
TestDealership.settings = settings(max_examples=EXAMPLES, stateful_step_count=40)
