"""Cash over $10,000 (Form 8300): what is cash by law, which payments belong together, when a report is due.

Sources: 26 U.S.C. 6050I, 26 CFR 1.6050I-1, IRS Publication 1544, the Form 8300 instructions (Rev. December 2023)
and the IRS's questions and answers for motor vehicle dealerships. Where they leave room, more is counted rather
than less: a person may decide that a report is not required, nobody can file one that was never noticed.
"""

import enum
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from .money import Money, total
from .refusal import Refused, _

EDITION = "Form 8300 (Rev. December 2023)"
CURRENCY = "USD"
LIMIT = Money(10_000_00, CURRENCY)  # exactly this much is not reported
WARN_FROM = Money(8_000_00, CURRENCY)
DAYS_TO_FILE = 15
YEARS_KEPT = 5
REMINDERS = (0, 10, 14)  # days after the payment that went over the limit
DAY = timedelta(hours=24)


class Instrument(str, enum.Enum):
	"""What is handed over. Cards, wires and loan proceeds are none of these."""

	CURRENCY = "Currency"
	PERSONAL_CHECK = "Personal Check"
	CASHIERS_CHECK = "Cashier's Check"
	BANK_DRAFT = "Bank Draft"
	TRAVELERS_CHECK = "Traveler's Check"
	MONEY_ORDER = "Money Order"


# Checks of a bank and their like: cash when small, and only in some sales.
MONETARY = frozenset(
	{
		Instrument.CASHIERS_CHECK,
		Instrument.BANK_DRAFT,
		Instrument.TRAVELERS_CHECK,
		Instrument.MONEY_ORDER,
	}
)
# They come in many small ones: a large sum of them whose face value nobody told is no single large one.
_ALWAYS_SMALL = frozenset({Instrument.TRAVELERS_CHECK, Instrument.MONEY_ORDER})


class Status(str, enum.Enum):
	WATCHING = "Watching"
	TO_FILE = "To File"
	FILED = "Filed"
	NOT_REQUIRED = "Not Required"


DECIDED = frozenset({Status.FILED, Status.NOT_REQUIRED})


class Because(str, enum.Enum):
	"""Why a payment is counted with an earlier one."""

	FIRST = "First payment"
	SAME_MATTER = "Same transaction"
	SAME_DAY = "Within 24 hours"
	DECIDED = "Decided by a person"


@dataclass(frozen=True, slots=True)
class Paid:
	"""One thing handed over. ``instrument`` None: card, wire or a lender's money, never cash.

	``face``: of the single check; the amount where nobody told it. ``designated``: in a retail sale of a car
	or another durable thing for more than $10,000. ``evading``: the dealer knows that the payer avoids the
	report. ``loan``: the bank's check is the proceeds of its loan, and says so (a lien is to be placed).
	``matters``: the transactions it pays: a deal, an order, an invoice. ``at`` is naive, in the site's time.
	"""

	id: str
	payer: str
	at: datetime
	amount: Money
	instrument: Instrument | None = Instrument.CURRENCY
	face: Money | None = None
	designated: bool = False
	evading: bool = False
	loan: bool = False
	matters: frozenset[str] = field(default_factory=frozenset)

	@property
	def on(self) -> date:
		return self.at.date()

	@property
	def order(self) -> tuple[datetime, str]:
		return self.at, self.id


# --- What is cash -------------------------------------------------------------------------------------


def is_cash(paid: Paid) -> bool:
	"""Whether the law counts it as cash (26 CFR 1.6050I-1(c)(1))."""
	if paid.instrument is Instrument.CURRENCY:
		return True
	if paid.instrument not in MONETARY or paid.loan:
		return False
	return is_small(paid.instrument, paid.amount, paid.face) and (paid.designated or paid.evading)


def is_small(instrument: Instrument, amount: Money, face: Money | None) -> bool:
	"""Whether each check has a face value of $10,000 or less: the bank has reported a larger one itself."""
	if face is None and instrument in _ALWAYS_SMALL:
		return True
	return (face or amount) <= limit_of(amount)


def is_designated(price: Money | None, *, retail: bool = True, durable: bool = True) -> bool:
	"""Whether a sale makes small bank checks count: retail, a durable thing, a price above $10,000.

	A price nobody knows yet is taken for one that is above.
	"""
	return retail and durable and (price is None or price > limit_of(price))


def cash_of(paid: Iterable[Paid], currency: str = CURRENCY) -> Money:
	return total((each.amount for each in paid if is_cash(each)), currency)


def is_over(amount: Money) -> bool:
	return amount > limit_of(amount)


def limit_of(amount: Money) -> Money:
	if amount.currency != CURRENCY:
		raise Refused(
			"currency", _("Form 8300 counts US dollars, not {0}. Enter the equivalent"), amount.currency
		)
	return LIMIT


# --- What belongs together ----------------------------------------------------------------------------


def together(paid: Iterable[Paid], related: Collection[tuple[str, str]] = ()) -> list[list[Paid]]:
	"""Cash that the law counts as one: of one transaction, of one payer within 24 hours, or decided so.

	Payments further apart are together only when a person has said so (``related``: pairs of ids). In order of
	payment; what is no cash is left out.
	"""
	cash = sorted((each for each in paid if is_cash(each)), key=lambda each: each.order)
	leader = {each.id: each.id for each in cash}

	def find(name: str) -> str:
		while leader[name] != name:
			leader[name] = leader[leader[name]]
			name = leader[name]
		return name

	def join(one: str, other: str) -> None:
		if one in leader and other in leader:
			leader[find(one)] = find(other)

	first_of: dict[str, str] = {}
	last_of: dict[str, Paid] = {}
	for each in cash:
		for matter in each.matters:
			join(each.id, first_of.setdefault(matter, each.id))
		before = last_of.get(each.payer)
		if before and each.at - before.at <= DAY:
			join(each.id, before.id)
		last_of[each.payer] = each
	for one, other in related:
		join(one, other)

	groups: dict[str, list[Paid]] = {}
	for each in cash:
		groups.setdefault(find(each.id), []).append(each)
	return sorted(groups.values(), key=lambda group: group[0].order)


def because(group: Sequence[Paid], paid: Paid, related: Collection[tuple[str, str]] = ()) -> Because:
	"""Why a payment stands in its group, for people."""
	others = [each for each in group if each.id != paid.id]
	if not others or paid.order <= min(each.order for each in others):
		return Because.FIRST
	if any(each.matters & paid.matters for each in others):
		return Because.SAME_MATTER
	if any(each.payer == paid.payer and abs(each.at - paid.at) <= DAY for each in others):
		return Because.SAME_DAY
	return Because.DECIDED


# --- When a report is due -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
	"""One count of cash: what it holds, and the day on which it went over the limit, if it did."""

	paid: tuple[Paid, ...]
	crossed_on: date | None = None

	@property
	def amount(self) -> Money:
		return total((each.amount for each in self.paid), self.paid[0].amount.currency)

	@property
	def first_on(self) -> date:
		return self.paid[0].on

	@property
	def ids(self) -> frozenset[str]:
		return frozenset(each.id for each in self.paid)


def counts(
	paid: Iterable[Paid],
	related: Collection[tuple[str, str]] = (),
	settled: Collection[str] = (),
) -> list[Count]:
	"""Every count there is: those over the limit, then what is still being counted, group by group.

	Within a group the cash of any twelve months is added up, day by day; once it is more than the limit a
	report is due for all of it, and the count begins anew with the next day (1.6050I-1(b)). ``settled``: ids of
	payments that stand in a report already filed or found not to be required; they are counted no more.
	"""
	found = []
	for group in together(paid, related):
		found += _counts_of([each for each in group if each.id not in settled])
	return found


def _counts_of(group: list[Paid]) -> list[Count]:
	found, running = [], list[Paid]()
	for day in sorted({each.on for each in group}):
		running = [each for each in running if each.on >= year_before(day)]
		running += [each for each in group if each.on == day]
		if is_over(Count(tuple(running)).amount):
			found.append(Count(tuple(running), day))
			running = []
	if running:
		found.append(Count(tuple(running)))
	return found


def year_before(day: date) -> date:
	"""The first day of the twelve months that end with a day; the same day a year ago still counts."""
	return _years(day, -1)


def due_on(crossed_on: date) -> date:
	"""The last day to file: fifteen days later, moved past weekends and federal holidays (26 U.S.C. 7503)."""
	day = crossed_on + timedelta(days=DAYS_TO_FILE)
	while day.weekday() >= 5 or day in federal_holidays(day.year):
		day += timedelta(days=1)
	return day


def notice_due_on(received_on: date) -> date:
	"""The payer is told in writing by 31 January of the year after."""
	return date(received_on.year + 1, 1, 31)


def keep_until(filed_on: date) -> date:
	return _years(filed_on, YEARS_KEPT)


def days_left(due: date, today: date) -> int:
	"""Negative when it is late."""
	return (due - today).days


def _years(day: date, years: int) -> date:
	try:
		return day.replace(year=day.year + years)
	except ValueError:  # 29 February
		return day.replace(year=day.year + years, day=28)


def federal_holidays(year: int) -> frozenset[date]:
	"""The days on which federal offices are closed, as observed (5 U.S.C. 6103)."""
	fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25), date(year + 1, 1, 1)]
	if year >= 2021:
		fixed.append(date(year, 6, 19))
	moving = [
		_nth(year, 1, 0, 3),
		_nth(year, 2, 0, 3),
		_last_monday(year, 5),
		_nth(year, 9, 0, 1),
		_nth(year, 10, 0, 2),
		_nth(year, 11, 3, 4),
	]
	observed = (day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0)) for day in fixed)
	return frozenset(day for day in (*observed, *moving) if day.year == year)


def _nth(year: int, month: int, weekday: int, count: int) -> date:
	first = date(year, month, 1)
	return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))


def _last_monday(year: int, month: int) -> date:
	last = date(year, month + 1, 1) - timedelta(days=1)
	return last - timedelta(days=last.weekday())
