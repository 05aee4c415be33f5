"""Delivering a car and taking it back: what a trade-in is booked as, and what keeps a car from leaving.

Amounts of one deal are in one currency. Debits are positive, credits negative.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from . import reasons
from .money import Money, total
from .refusal import Refused, _


@dataclass(frozen=True)
class Trade:
	"""A car that the buyer gives in: what it is worth to the house, what is allowed for it, what is still
	owed on it and to whom."""

	name: str
	what: str
	cash_value: Money
	allowance: Money
	payoff: Money
	lender: str | None = None

	@property
	def equity(self) -> Money:
		"""What the buyer gets credited; negative when more is owed on the car than is allowed for it."""
		return self.allowance - self.payoff

	@property
	def over_allowance(self) -> Money:
		"""What is allowed beyond the car's worth; negative when less is."""
		return self.allowance - self.cash_value


class Side(str, enum.Enum):
	INVENTORY = "inventory"
	OVER_ALLOWANCE = "over_allowance"
	RECEIVABLE = "receivable"
	PAYOFF = "payoff"


@dataclass(frozen=True)
class Row:
	side: Side
	trade: Trade
	amount: Money  # debit positive, credit negative


def equity_of(trades: Iterable[Trade], currency: str) -> Money:
	return total((trade.equity for trade in trades), currency)


def trade_rows(trades: Sequence[Trade]) -> list[Row]:
	"""The rows of a trade-in's entry; they add up to zero, trade by trade.

	The car comes into stock at its worth; what was allowed beyond it is an expense of its own, what was
	allowed less a gain; the buyer is credited the equity (charged, when it is negative), and the house owes
	the payoff. Raises ``Refused``: ``trade_amount``.
	"""
	rows = []
	for trade in trades:
		for amount in (trade.cash_value, trade.allowance, trade.payoff):
			if amount.minor < 0:
				raise Refused(
					"trade_amount",
					_("{0} ({1}): {2} is negative. Correct worth, allowance and payoff"),
					trade.what,
					trade.name,
					amount,
				)
		for side, amount in (
			(Side.INVENTORY, trade.cash_value),
			(Side.OVER_ALLOWANCE, trade.over_allowance),
			(Side.RECEIVABLE, -trade.equity),
			(Side.PAYOFF, -trade.payoff),
		):
			if amount:
				rows.append(Row(side, trade, amount))
	return rows


def split_credit(amount: Money, open_on_invoice: Money) -> tuple[Money, Money]:
	"""A credit in two parts: what is still open on the invoice, and the rest, which is the buyer's own."""
	zero = Money.zero(amount.currency)
	matched = max(zero, min(amount, open_on_invoice, key=lambda one: one.minor), key=lambda one: one.minor)
	return matched, amount - matched


@dataclass(frozen=True)
class Settlement:
	"""How a deal is to be paid, as its worksheet says and its money stands at delivery."""

	total: Money
	equity: Money
	financed: Money
	deposits: Money
	paid: Money

	@property
	def balance(self) -> Money:
		"""What the buyer owes when the car leaves; negative when they have paid more than needed."""
		return self.total - self.equity - self.financed - self.deposits - self.paid


def check_release(
	balance: Money, reason: str | None, *, may_release: bool, own_deal: bool, name: str
) -> str | None:
	"""The reason why an unpaid car may leave all the same; None when it is paid.

	Whoever sold the car does not release it. Raises ``Refused``: ``not_paid``, ``may_not_release``,
	``own_release``, ``no_reason``.
	"""
	if balance.minor <= 0:
		return None
	if reason is None or not reason.strip():
		raise Refused(
			"not_paid",
			_("{0} is open on {1}. Collect it first, or a sales manager releases the car with a reason"),
			balance,
			name,
		)
	if not may_release:
		raise Refused(
			"may_not_release",
			_("{0} is open on {1}, and you may not release the car. Ask a sales manager"),
			balance,
			name,
		)
	if own_deal:
		raise Refused(
			"own_release",
			_("You sold {0} and cannot release it unpaid yourself. Ask another manager"),
			name,
		)
	return check_reason(reason)


def check_reason(reason: str | None) -> str:
	"""The reason, without spaces around it; refused when it says nothing."""
	return reasons.check_reason(reason, _("Say in a few words why; the reason stays on file"))


def check_unwind(
	delivered_on: date, today: date, limit_days: int, *, is_dealer_manager: bool, name: str
) -> None:
	"""After some days a delivery is taken back by the dealer manager only. Raises ``Refused``."""
	days = (today - delivered_on).days
	if limit_days >= 0 and days > limit_days and not is_dealer_manager:
		raise Refused(
			"unwind_late",
			_("{0} was delivered {1} days ago. After {2} days the dealer manager unwinds it"),
			name,
			days,
			limit_days,
		)


def first_service_on(delivered_on: date, months: int) -> date | None:
	"""The day of the first service: so many months after delivery, the last day of a shorter month."""
	if months <= 0:
		return None
	month = delivered_on.month - 1 + months
	year, month = delivered_on.year + month // 12, month % 12 + 1
	last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
	return date(year, month, min(delivered_on.day, last))
