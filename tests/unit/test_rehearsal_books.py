"""The money of a rehearsal adds up to the cent, by two ways of counting, or the page says where it does not."""

import random
from datetime import datetime, timedelta

import pytest

from dealer_pos_crm.domain.deposit import Movement, MovementType, Status, fold
from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.rehearsal import schema
from dealer_pos_crm.rehearsal.books import Books, HeldDeposit, close
from dealer_pos_crm.rehearsal.rules import RuleBook
from dealer_pos_crm.rehearsal.store import SqliteStore

from .rehearsal_helpers import MONDAY, event, usd

AS_OF = MONDAY + timedelta(days=100)


def books_of(*events: Event, as_of: datetime | None = AS_OF) -> list[Books]:
	connection = schema.connect(":memory:")
	store = SqliteStore(connection, RuleBook(()))
	for told in events:
		assert store.add_event(told)
	return close(connection, as_of)


def taken(amount: str, deposit: str = "D", payment: str = "P", **fields: object) -> Event:
	return event("deposit.taken", f"deposit.taken:{payment}", deposit=deposit, amount=usd(amount), **fields)


def moved(type_: str, amount: str, key: str = "", deposit: str | None = "D", **fields: object) -> Event:
	return event(type_, key or f"{type_}:x", deposit=deposit, amount=usd(amount), **fields)


def test_a_deposit_and_where_it_went():
	(books,) = books_of(
		taken("1000.00"),
		moved("deposit.applied", "300.10"),
		moved("deposit.refunded", "200.20"),
		moved("deposit.forfeited", "100.30"),
	)
	assert books.held == books.counted == usd("399.40")
	assert books.reconciled
	assert books.by_status == {Status.PARTLY_APPLIED: 1}
	assert (books.money_in, books.money_out) == (usd("1000.00"), usd("200.20"))


class TestReversals:
	def test_a_receipt_that_was_cancelled(self):
		(books,) = books_of(
			taken("300"),
			taken("200", payment="P2"),
			moved("payment.reversed", "200", deposit=None, reverses="deposit.taken:P2"),
		)
		assert books.held == books.counted == books.money_in == usd("300")
		assert books.taken.undone == usd("200")
		assert books.reconciled

	def test_a_refund_that_was_cancelled(self):
		(books,) = books_of(
			taken("300"),
			moved("deposit.refunded", "100", "r"),
			moved("payment.reversed", "100", reverses="r"),
		)
		assert books.held == books.counted == usd("300")
		assert books.money_out == usd("0")
		assert books.reconciled

	@pytest.mark.parametrize("type_", ["deposit.applied", "deposit.forfeited"])
	def test_money_that_is_held_again(self, type_):
		(books,) = books_of(
			taken("300"),
			moved(type_, "250", "a"),
			moved("deposit.reinstated", "50", reverses="a"),
		)
		assert books.held == books.counted == usd("100")
		assert books.reconciled

	@pytest.mark.parametrize("type_", ["deposit.applied", "deposit.forfeited"])
	def test_a_part_that_is_held_again(self, type_):
		(books,) = books_of(
			taken("300"),
			moved(type_, "250", "a"),
			moved("deposit.reinstated", "50", facts={"undoes": type_}),
		)
		assert books.held == books.counted == usd("100")
		assert books.reconciled

	def test_a_payment_that_bounced_has_nothing_to_do_with_deposits(self):
		(books,) = books_of(
			taken("300"),
			moved("payment.received", "80", "p", deposit=None),
			moved("payment.reversed", "80", deposit=None, reverses="p"),
		)
		assert books.held == usd("300")
		assert books.money_in == usd("300")
		assert books.reconciled

	def test_told_before_what_it_reverses(self):
		(books,) = books_of(
			moved("payment.reversed", "300", deposit=None, reverses="deposit.taken:P"), taken("300")
		)
		assert not books.held
		assert books.reconciled
		assert books.by_status == {Status.CANCELLED: 1}


class TestContradictions:
	def test_more_left_than_was_taken(self):
		(books,) = books_of(taken("300"), moved("deposit.refunded", "301"))
		assert not books.reconciled
		assert "D holds -1.00 USD" in books.problems[0]
		assert books.holding == 0

	def test_one_deposit_short_another_long_is_no_balance(self):
		(books,) = books_of(taken("300"), taken("300", "E", "P2"), moved("deposit.refunded", "400"))
		assert books.held == books.counted == usd("200")
		assert not books.reconciled

	@pytest.mark.parametrize("reverses", ["nothing", "invoice.issued:1"])
	def test_a_reversal_of_nothing(self, reverses):
		(books,) = books_of(
			taken("300"),
			event("invoice.issued", amount=usd("300")),
			moved("payment.reversed", "300", deposit=None, reverses=reverses),
		)
		assert not books.reconciled
		assert reverses in books.problems[0]

	def test_more_taken_back_than_there_was(self):
		(books,) = books_of(
			taken("300"),
			moved("deposit.applied", "100", "a"),
			moved("deposit.reinstated", "100", "r1", reverses="a"),
			moved("deposit.reinstated", "100", "r2", reverses="a"),
		)
		assert not books.reconciled
		assert "only 100.00 USD" in books.problems[0]

	def test_many_are_counted_and_some_are_named(self):
		(books,) = books_of(*[moved("deposit.refunded", "1", f"r{n}", f"D{n}") for n in range(90)])
		assert books.problem_count == 90
		assert 0 < len(books.problems) < 90


def test_currencies_are_kept_apart():
	euros = event(
		"deposit.taken", "e", deposit="D", company="Other", amount=Money.of("70.05", "EUR"), customer="C-2"
	)
	found = {books.currency: books for books in books_of(taken("300"), euros)}
	assert found["USD"].held == usd("300")
	assert found["EUR"].held == Money.of("70.05", "EUR")
	assert all(books.reconciled for books in found.values())


def test_ages_and_the_oldest():
	events = [
		taken(
			str(100 + days), f"D-{days}", f"P-{days}", at=AS_OF - timedelta(days=days), facts={"what": "car"}
		)
		for days in (0, 7, 8, 14, 15, 30, 31, 60, 61, 90, 91, 400)
	]
	again = [taken("1", "D-400", "late", at=AS_OF)]  # a second receipt does not make it younger
	(books,) = books_of(*events, *again)
	assert [age.count for age in books.ages] == [2] * 6
	assert books.ages[-1].held == usd(str(191 + 501))
	assert books.held_in_ages == books.held
	assert books.oldest[0] == HeldDeposit("D-400", "C-1", "car", AS_OF - timedelta(days=400), 400, usd("501"))
	assert [held.days for held in books.oldest] == sorted((held.days for held in books.oldest), reverse=True)


def test_nothing():
	assert books_of(as_of=None) == []
	assert books_of(event("lead.received")) == []


@pytest.mark.parametrize("seed", range(20))
def test_any_lawful_history_reconciles(seed):
	"""Take, apply, refund, forfeit, reinstate and reverse at random, told in any order."""
	rng = random.Random(seed)
	held: dict[str, int] = {}
	events: list[Event] = []
	movements: list[Movement] = []
	undoable: list[tuple[Event, MovementType]] = []

	def tell(type_: str, kind: MovementType, deposit: str, minor: int, **fields: object) -> None:
		key = f"{type_}:{len(events)}"
		told = event(type_, key, deposit=deposit, amount=Money(minor, "USD"), **fields)
		events.append(told)
		undoes = "reverses" in fields
		movements.append(Movement(key, kind, Money(-minor if undoes else minor, "USD")))
		if not undoes:
			undoable.append((told, kind))

	for _step in range(60):
		deposit = f"D-{rng.randrange(6)}"
		minor = rng.randrange(1, 99_999)
		if rng.random() < 0.4 or not held.get(deposit):
			tell("deposit.taken", MovementType.TAKEN, deposit, minor)
			held[deposit] = held.get(deposit, 0) + minor
		elif rng.random() < 0.7:
			part = min(minor, held[deposit])
			word, kind = rng.choice(
				[
					("applied", MovementType.APPLIED),
					("refunded", MovementType.REFUNDED),
					("forfeited", MovementType.FORFEITED),
				]
			)
			tell(f"deposit.{word}", kind, deposit, part)
			held[deposit] -= part
		else:
			first, kind = undoable.pop(rng.randrange(len(undoable)))
			minor = first.amount.minor
			if kind is MovementType.TAKEN:
				if held[first.deposit] < minor:
					continue
				held[first.deposit] -= minor
			else:
				held[first.deposit] += minor
			undo = (
				"payment.reversed"
				if kind in (MovementType.TAKEN, MovementType.REFUNDED)
				else ("deposit.reinstated")
			)
			tell(undo, kind, first.deposit, minor, reverses=first.key)
	rng.shuffle(events)
	(books,) = books_of(*events)
	assert books.reconciled
	assert books.held.minor == sum(held.values())
	assert books.held == fold(movements, "USD").held
