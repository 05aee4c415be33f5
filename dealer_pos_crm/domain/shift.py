"""A cashier's shift: what should be in the drawer, what was counted, and who has to agree to the difference.

Expected of a mode of payment = opening + sales net of change + payments taken - money paid out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from .money import Money, total
from .reasons import check_reason
from .refusal import Refused, _

# ERPNext books ten sales and more by a background job.
BACKGROUND_FROM = 10

# Notes and coins in use, in minor units, the largest first. Elsewhere one sum is counted.
_NOTES_AND_COINS: dict[str, tuple[int, ...]] = {
	"USD": (10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1),
	"CAD": (10000, 5000, 2000, 1000, 500, 200, 100, 25, 10, 5),
	"EUR": (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
	"GBP": (5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
	"MXN": (100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10),
	"AUD": (10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5),
}


class Status(str, Enum):
	COUNTING = "Counting"  # counted and shown; may be counted again, and the shift still sells
	COUNTED = "Counted"  # handed in: the shift sells no more, it waits for a manager or for the books
	CLOSED = "Closed"
	FAILED = "Closing Failed"


class Step(str, Enum):
	COUNT = "Count"
	HAND_IN = "Hand In"
	APPROVE = "Approve"
	CLOSE = "Close"
	REOPEN = "Count Again"


_STEPS: Mapping[Status, frozenset[Step]] = {
	Status.COUNTING: frozenset({Step.COUNT, Step.HAND_IN}),
	Status.COUNTED: frozenset({Step.APPROVE, Step.CLOSE, Step.REOPEN}),
	Status.FAILED: frozenset({Step.CLOSE, Step.REOPEN}),
	Status.CLOSED: frozenset(),
}

# The shift takes no sale and no payment any more.
FROZEN = frozenset({Status.COUNTED, Status.FAILED, Status.CLOSED})


def check_step(step: Step, status: Status, name: str) -> None:
	"""Refuse (code ``wrong_status``) what the status of a Shift Count does not allow."""
	if step not in _STEPS[status]:
		raise Refused(
			"wrong_status", _("{0} is {1}: {2} is not possible now"), name, status.value, step.value
		)


@dataclass(frozen=True)
class ModeSum:
	"""What one mode of payment should hold at the end of a shift. All amounts in one currency; ``refunds`` is
	what was paid out, as a positive amount."""

	mode: str
	opening: Money
	sales: Money
	payments: Money
	refunds: Money

	@classmethod
	def nothing(cls, mode: str, currency: str) -> "ModeSum":
		zero = Money.zero(currency)
		return cls(mode, zero, zero, zero, zero)

	@property
	def expected(self) -> Money:
		return self.opening + self.sales + self.payments - self.refunds


@dataclass(frozen=True)
class Sale:
	"""One sale's money: (mode, account, amount) of each tender, and the change that was handed back."""

	tenders: tuple[tuple[str, str, Money], ...]
	change: Money
	change_account: str = ""


def net_of(sale: Sale) -> list[tuple[str, Money]]:
	"""What a sale brought by mode: the change comes off one tender, once: the first on its account, else the
	last that is large enough, else the last."""
	net = [(mode, amount) for mode, _account, amount in sale.tenders]
	if sale.change and net:
		accounts = [account for _mode, account, _amount in sale.tenders]
		if sale.change_account in accounts:
			at = accounts.index(sale.change_account)
		else:
			large = [at for at, (_mode, amount) in enumerate(net) if amount >= sale.change]
			at = large[-1] if large else len(net) - 1
		mode, amount = net[at]
		net[at] = (mode, amount - sale.change)
	return net


def expected(
	currency: str,
	opening: Iterable[tuple[str, Money]],
	sales: Iterable[Sale],
	received: Iterable[tuple[str, Money]],
	paid_out: Iterable[tuple[str, Money]],
) -> list[ModeSum]:
	"""What each mode should hold: those of the opening first, in their order, then others as they come."""
	found: dict[str, dict[str, Money]] = {}

	def add(mode: str, part: str, amount: Money) -> None:
		zero = Money.zero(currency)
		parts = found.setdefault(mode, dict.fromkeys(("opening", "sales", "payments", "refunds"), zero))
		parts[part] = parts[part] + amount

	for mode, amount in opening:
		add(mode, "opening", amount)
	for sale in sales:
		for mode, amount in net_of(sale):
			add(mode, "sales", amount)
	for mode, amount in received:
		add(mode, "payments", amount)
	for mode, amount in paid_out:
		add(mode, "refunds", amount)
	return [ModeSum(mode, **parts) for mode, parts in found.items()]


@dataclass(frozen=True)
class Difference:
	"""Counted less expected of one mode. Short is negative."""

	mode: str
	expected: Money
	counted: Money

	@property
	def amount(self) -> Money:
		return self.counted - self.expected


def compare(sums: Iterable[ModeSum], counted: Mapping[str, Money]) -> list[Difference]:
	"""Expected beside counted. Refused when a mode was not counted, or one was that has nothing to count."""
	sums = list(sums)
	missing = [one.mode for one in sums if one.mode not in counted]
	if missing:
		raise Refused(
			"not_counted",
			_("Not counted yet: {0}. Enter what is there, zero when nothing is"),
			", ".join(missing),
		)
	foreign = sorted(set(counted) - {one.mode for one in sums})
	if foreign:
		raise Refused(
			"not_of_the_shift", _("{0} is no mode of payment of this shift. Count again"), ", ".join(foreign)
		)
	for mode, amount in counted.items():
		if amount.minor < 0 and next(one for one in sums if one.mode == mode).expected.minor >= 0:
			raise Refused("negative", _("{0}: {1} cannot have been counted"), mode, amount)
	return [Difference(one.mode, one.expected, counted[one.mode]) for one in sums]


def over_or_short(differences: Iterable[Difference], currency: str) -> Money:
	"""The whole difference: over is positive, short is negative."""
	return total((one.amount for one in differences), currency)


def needs_approval(differences: Iterable[Difference], limit: Money) -> bool:
	"""Whether a second person must agree. Over in one mode does not hide short in another: their sizes are
	added. The limit itself is still too much; a limit of zero means every difference."""
	off = sum(abs(one.amount.minor) for one in differences)
	return off > 0 and off >= limit.minor


def check_explained(differences: Iterable[Difference], reason: str, note: str | None) -> None:
	"""A difference has a reason and some words about it."""
	if not any(one.amount for one in differences):
		return
	if not reason:
		raise Refused("no_reason", _("Choose a reason for what is over or short"))
	check_reason(note, _("Say in a few words how it came to be over or short"))


def denominations(currency: str) -> list[Money]:
	"""Notes and coins of a currency, the largest first; empty where one sum is counted."""
	return [Money(minor, currency) for minor in _NOTES_AND_COINS.get(currency, ())]


def cash_total(pieces: Iterable[tuple[Money, int]], currency: str) -> Money:
	"""What notes and coins are worth together. Refused: pieces that are no whole number from zero up, and
	notes that the currency does not have."""
	known = {one.minor for one in denominations(currency)}
	sums = Money.zero(currency)
	for denomination, count in pieces:
		if denomination.minor not in known:
			raise Refused("no_such_note", _("There is no note or coin of {0}"), denomination)
		if isinstance(count, bool) or not isinstance(count, int) or count < 0:
			raise Refused("pieces", _("{0} pieces of {1}: enter a whole number"), count, denomination)
		sums = sums + Money(denomination.minor * count, currency)
	return sums
