"""Money that is carried to the bank: what of it is still here, what is on a slip, and what the bank found.

Cash of a counted shift is what was counted less the float that stays in the drawer. All amounts of a slip are in
one currency.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from .money import Money, positive, total
from .reasons import check_reason
from .refusal import Refused, _


class Status(str, Enum):
	AT_THE_BANK = "At the Bank"
	RECONCILED = "Reconciled"
	CANCELLED = "Cancelled"


# The money of these is with the bank.
STANDING = frozenset({Status.AT_THE_BANK, Status.RECONCILED})


class Kind(str, Enum):
	CASH = "Cash"
	CHECK = "Check"


@dataclass(frozen=True)
class ShiftCash:
	"""Cash of one mode of payment that a closed shift has handed in. ``stays``: the float for the next one;
	``deposited``: what of it was carried to the bank before."""

	shift: str
	account: str
	counted: Money
	stays: Money
	deposited: Money

	@property
	def left(self) -> Money:
		"""What can still be carried to the bank, never less than zero: a float that is paid from what was
		taken leaves nothing."""
		rest = self.counted - self.stays - self.deposited
		return rest if rest.minor > 0 else Money.zero(rest.currency)


def within(shifts: Iterable[ShiftCash], balance: Money) -> list[tuple[ShiftCash, Money]]:
	"""What each shift's cash can be, newest first, when no more than ``balance`` stands on their account: what
	is gone otherwise went out of the oldest. Shifts that have nothing left are left out."""
	found = []
	rest = balance
	for shift in shifts:
		left = min(shift.left, rest)
		if left.minor > 0:
			found.append((shift, left))
			rest = rest - left
	return found


@dataclass(frozen=True)
class Item:
	"""One thing on a slip: some cash of an account, or one check. ``document`` is the check's own, or the count
	that the cash comes from; ("", "") for cash that no shift has counted."""

	kind: Kind
	account: str
	amount: Money
	document: tuple[str, str] = ("", "")


def check_items(items: Iterable[Item], currency: str) -> list[Item]:
	"""Refused: nothing at all, an amount of nothing, the same check or count twice."""
	items = list(items)
	if not items:
		raise Refused("nothing", _("Choose what is brought to the bank: cash or a check"))
	seen: set[tuple[str, str, str]] = set()
	for item in items:
		positive(item.amount)
		if item.amount.currency != currency:
			raise Refused("currency", _("{0} is not in {1}; a slip has one currency"), item.amount, currency)
		key = (*item.document, item.account)
		if key in seen:
			raise Refused("twice", _("{0} is on the slip twice"), item.document[1] or item.account)
		seen.add(key)
	return items


def sums_by_account(items: Iterable[Item], currency: str) -> dict[str, Money]:
	"""What leaves each account, in the order of the items."""
	sums: dict[str, Money] = {}
	for item in items:
		sums[item.account] = sums.get(item.account, Money.zero(currency)) + item.amount
	return sums


def of_kind(items: Iterable[Item], kind: Kind, currency: str) -> Money:
	return total((item.amount for item in items if item.kind is kind), currency)


def check_on_hand(wanted: Mapping[str, Money], balances: Mapping[str, Money]) -> None:
	"""Never more than stands on an account."""
	for account, amount in wanted.items():
		stands = balances.get(account, Money.zero(amount.currency))
		if amount > stands:
			raise Refused(
				"more_than_on_hand",
				_("{0} is on {1}; {2} is more than that. Reload and look what is still here"),
				stands,
				account,
				amount,
			)


def check_left(shift: ShiftCash, amount: Money) -> None:
	"""No more of a shift's cash than it still has: its float stays in the drawer."""
	if amount > shift.left:
		raise Refused(
			"more_than_left",
			_("{0} of {1} is not at the bank yet; {2} is more"),
			shift.left,
			shift.shift,
			amount,
		)


def check_count(counted: Money, cash: Money) -> None:
	"""Notes and coins that were counted come to the cash on the slip."""
	if counted != cash:
		raise Refused(
			"count",
			_(
				"The notes and coins come to {0}, the cash on the slip to {1}. Count again, or change the cash"
			),
			counted,
			cash,
		)


def check_dates(deposit: date, today: date) -> None:
	if deposit > today:
		raise Refused("future", _("{0} is not here yet; choose today or the day it was brought"), deposit)


def check_cancel(status: Status, name: str, reason: str | None) -> str:
	"""A slip is taken back while no statement has confirmed it, with a reason."""
	if status is Status.RECONCILED:
		raise Refused(
			"reconciled",
			_(
				"{0} is confirmed by the bank's statement. Take that back in the Bank Reconciliation Tool first"
			),
			name,
		)
	if status is Status.CANCELLED:
		raise Refused("cancelled", _("{0} is cancelled already"), name)
	return check_reason(reason, _("Say why the bank deposit is cancelled"))


def difference(slip: Money, bank: Money) -> Money:
	"""What the bank found beside what the slip says: over is positive, short is negative."""
	return bank - slip


def check_difference(
	status: Status, name: str, slip: Money, before: Money, bank: Money, reason: str | None
) -> str:
	"""Another amount than the slip's needs a reason; ``before`` is what the bank was known to have credited.

	Refused on a slip that is reconciled or cancelled, below zero, and when nothing changes."""
	if status is not Status.AT_THE_BANK:
		raise Refused("wrong_status", _("{0} is {1}: what the bank credited is settled"), name, status.value)
	if bank.minor < 0:
		raise Refused("negative", _("{0} cannot have been credited"), bank)
	if bank == before:
		raise Refused("same", _("{0} is what the slip says already"), bank)
	if bank == slip:
		return (reason or "").strip()
	return check_reason(reason, _("Say why the bank credited another amount"))


def entry_lines(
	credits: Mapping[str, Money], bank_account: str, bank: Money, over_short_account: str
) -> list[tuple[str, Money]]:
	"""The Journal Entry of a slip: (account, amount), debits positive. Always adds up to zero."""
	lines = [(bank_account, bank)]
	lines += [(account, -amount) for account, amount in credits.items()]
	off = total((amount for _account, amount in lines), bank.currency)
	if off:
		lines.append((over_short_account, -off))
	return [(account, amount) for account, amount in lines if amount]


def age_in_days(taken: date, today: date) -> int:
	return max((today - taken).days, 0)
