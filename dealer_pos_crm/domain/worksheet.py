"""The figures of one way to do a deal: what is sold, what the trade brings, who pays which part.

Always, to the cent: total = trade equity + deposits + cash down + financed + balance. Taxes are computed by
ERPNext and come in as an amount.
"""

import enum
from dataclasses import dataclass
from decimal import Decimal

from . import amortisation, lease
from .money import Money, total
from .refusal import Refused, _


class Kind(str, enum.Enum):
	CASH = "Cash"
	FINANCE = "Finance"
	LEASE = "Lease"


class LineKind(str, enum.Enum):
	VEHICLE = "Vehicle"
	FEE = "Fee"
	ACCESSORY = "Accessory"
	PRODUCT = "Product"
	DISCOUNT = "Discount"
	REBATE = "Rebate"


# Entered as positive amounts; they take from the price.
LESSENING = frozenset({LineKind.DISCOUNT, LineKind.REBATE})


@dataclass(frozen=True, slots=True)
class Line:
	"""One line; ``amount`` as entered, never negative. ``cost`` is None where the reader may not see it.

	A lessening line that is ``taxable`` lowers what is taxed; one that is not only lowers what is paid.
	"""

	kind: LineKind
	label: str
	amount: Money
	taxable: bool = True
	cost: Money | None = None

	@property
	def signed(self) -> Money:
		return -self.amount if self.kind in LESSENING else self.amount


@dataclass(frozen=True, slots=True)
class Trade:
	"""A car taken in. ``payoff`` is what its owner still owes on it, to ``lender``."""

	what: str
	allowance: Money
	payoff: Money
	lender: str = ""

	@property
	def equity(self) -> Money:
		"""Negative when more is owed than allowed."""
		return self.allowance - self.payoff


@dataclass(frozen=True, slots=True)
class Terms:
	"""How the rest is paid. Rates in percent a year."""

	term: int = 0
	apr: Decimal = Decimal(0)
	days_to_first: int = amortisation.MONTH_DAYS
	residual_percent: Decimal = Decimal(0)
	residual_base: Money | None = None
	money_factor: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Worksheet:
	"""Everything that was entered. ``lines`` begin with the vehicle."""

	kind: Kind
	currency: str
	lines: tuple[Line, ...]
	trades: tuple[Trade, ...]
	deposits: Money
	cash_down: Money
	terms: Terms = Terms()

	@property
	def subtotal(self) -> Money:
		return total((line.signed for line in self.lines), self.currency)

	@property
	def taxable(self) -> Money:
		"""What is taxed before the trade, never less than zero."""
		found = total((line.signed for line in self.lines if line.taxable), self.currency)
		return max(found, Money.zero(self.currency))

	@property
	def allowance(self) -> Money:
		return total((trade.allowance for trade in self.trades), self.currency)

	@property
	def payoff(self) -> Money:
		return total((trade.payoff for trade in self.trades), self.currency)


@dataclass(frozen=True, slots=True)
class Totals:
	"""What comes out. ``balance`` is what the customer still pays (or, negative, gets back) at delivery."""

	subtotal: Money
	taxes: Money
	total: Money
	allowance: Money
	payoff: Money
	equity: Money
	deposits: Money
	cash_down: Money
	financed: Money
	balance: Money
	payment: Money
	last_payment: Money
	finance_charge: Money
	total_of_payments: Money
	due_at_signing: Money

	@property
	def adds_up(self) -> bool:
		"""The promise of the page."""
		paid = self.equity + self.deposits + self.cash_down + self.financed + self.balance
		return (
			self.total == paid
			and self.total == self.subtotal + self.taxes
			and self.equity == self.allowance - self.payoff
		)


@dataclass(frozen=True, slots=True)
class Gross:
	"""What the house earns before commissions; ``None`` where a cost is not known yet."""

	front: Money | None
	back: Money | None


def check(sheet: Worksheet) -> None:
	"""Refuse what no deal can be. Codes ``price``, ``negative``, ``payoff_lender``, ``allowance``."""
	if not sheet.lines or sheet.lines[0].kind is not LineKind.VEHICLE or sheet.lines[0].amount.minor <= 0:
		raise Refused("price", _("The price of the car is missing. Enter it first"))
	for line in sheet.lines:
		if line.amount.minor < 0:
			raise Refused(
				"negative",
				_("{0} is {1}. Enter an amount above zero; what lowers the price is a discount or a rebate"),
				line.label,
				line.amount,
			)
	for label, amount in ((_("Cash down"), sheet.cash_down), (_("Deposits"), sheet.deposits)):
		if amount.minor < 0:
			raise Refused("negative_money", _("{0} cannot be {1}; enter zero or more"), label, amount)
	less = total((line.amount for line in sheet.lines if line.kind in LESSENING), sheet.currency)
	if less >= sheet.lines[0].amount:
		raise Refused(
			"above_price",
			_("Discounts and rebates of {0} are not less than the price, {1}. Lower them"),
			less,
			sheet.lines[0].amount,
		)
	for trade in sheet.trades:
		if trade.allowance.minor < 0 or trade.payoff.minor < 0:
			raise Refused(
				"negative_trade",
				_(
					"{0}: allowance and payoff cannot be below zero; owing more shows as negative equity by itself"
				),
				trade.what,
			)
		if trade.payoff and not trade.lender:
			raise Refused(
				"payoff_lender",
				_("{0} has a payoff of {1} and no lender. Say on the trade-in who is paid off"),
				trade.what,
				trade.payoff,
			)


def settle(sheet: Worksheet, total_with_tax: Money) -> Totals:
	"""All figures of a scenario. ``total_with_tax`` is the sum of ERPNext's invoice for its lines.

	Refuses as ``check``, ``amortisation.loan`` and ``lease.lease``, and with ``too_much_down`` and
	``nothing_left``, which name what to change.
	"""
	check(sheet)
	zero = Money.zero(sheet.currency)
	equity = sheet.allowance - sheet.payoff
	left = total_with_tax - equity - sheet.deposits
	rest = left - sheet.cash_down
	if sheet.cash_down and rest.minor < 0:
		raise Refused(
			"too_much_down",
			_("Cash down {0} is more than what is left to pay, {1}. Lower it to {1} or less"),
			sheet.cash_down,
			max(left, zero),
		)
	paid = _paid(sheet, rest)
	return Totals(
		subtotal=sheet.subtotal,
		taxes=total_with_tax - sheet.subtotal,
		total=total_with_tax,
		allowance=sheet.allowance,
		payoff=sheet.payoff,
		equity=equity,
		deposits=sheet.deposits,
		cash_down=sheet.cash_down,
		**paid,
	)


def _paid(sheet: Worksheet, rest: Money) -> dict[str, Money]:
	zero = Money.zero(sheet.currency)
	if sheet.kind is Kind.CASH:
		none = dict.fromkeys(
			("financed", "payment", "last_payment", "finance_charge", "total_of_payments"), zero
		)
		return {**none, "balance": rest, "due_at_signing": max(sheet.cash_down + rest, zero)}
	if rest.minor <= 0:
		raise Refused(
			"nothing_left",
			_(
				"{0} would be financed: trade, deposits and cash pay the car. Lower them, or make it a Cash deal"
			),
			rest,
		)
	terms = sheet.terms
	if sheet.kind is Kind.FINANCE:
		loan = amortisation.loan(rest, terms.apr, terms.term, terms.days_to_first)
		return {
			"financed": rest,
			"balance": zero,
			"payment": loan.payment,
			"last_payment": loan.last_payment,
			"finance_charge": loan.finance_charge,
			"total_of_payments": loan.total_of_payments,
			"due_at_signing": sheet.cash_down,
		}
	base = terms.residual_base if terms.residual_base is not None else sheet.lines[0].amount
	worth = lease.residual(base, terms.residual_percent)
	rented = lease.lease(rest, worth, terms.money_factor, terms.term, cash_down=sheet.cash_down)
	return {
		"financed": rest,
		"balance": zero,
		"payment": rented.payment,
		"last_payment": rented.payment,
		"finance_charge": rented.rent_charge,
		"total_of_payments": rented.total_of_payments,
		"due_at_signing": rented.due_at_signing,
	}


def gross(sheet: Worksheet, vehicle_cost: Money | None, over_allowance: Money, reserve: Money) -> Gross:
	"""Front: car, fees and accessories less costs and what the trade was overpaid by; back: products and
	the rate's reserve. A cost nobody entered leaves its side unknown, never too good."""
	front = [line for line in sheet.lines if line.kind is not LineKind.PRODUCT]
	back = [line for line in sheet.lines if line.kind is LineKind.PRODUCT]
	sold = total((line.signed for line in front), sheet.currency)
	costs = total((line.cost for line in front if line.cost is not None), sheet.currency)
	known = all(line.cost is not None for line in back)
	earned = total((line.amount - line.cost for line in back if line.cost is not None), sheet.currency)
	return Gross(
		front=sold - costs - vehicle_cost - over_allowance if vehicle_cost is not None else None,
		back=earned + reserve if known else None,
	)


# --- What differs between two versions ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
	"""One figure that differs: ``label`` is a text to translate or a line's own name; None where it is not."""

	label: str
	before: Money | None
	after: Money | None


def changes(old: Worksheet, new: Worksheet, before: Totals, after: Totals) -> tuple[Change, ...]:
	"""What a new version changes against the approved one: lines by name, then the sums that moved."""
	found = []
	earlier, later = _by_label(old), _by_label(new)
	for label in (*earlier, *(label for label in later if label not in earlier)):
		if earlier.get(label) != later.get(label):
			found.append(Change(label, earlier.get(label), later.get(label)))
	for label, was, now in (
		(_("Tax"), before.taxes, after.taxes),
		(_("Total"), before.total, after.total),
		(_("Trade equity"), before.equity, after.equity),
		(_("Deposits"), before.deposits, after.deposits),
		(_("Cash down"), before.cash_down, after.cash_down),
		(_("Amount financed"), before.financed, after.financed),
		(_("Payment"), before.payment, after.payment),
		(_("Balance"), before.balance, after.balance),
	):
		if was != now:
			found.append(Change(label, was, now))
	return tuple(found)


def _by_label(sheet: Worksheet) -> dict[str, Money]:
	found: dict[str, Money] = {}
	for line in sheet.lines:
		label = _("Price") if line.kind is LineKind.VEHICLE else line.label
		found[label] = found.get(label, Money.zero(sheet.currency)) + line.signed
	for trade in sheet.trades:
		found[trade.what] = found.get(trade.what, Money.zero(sheet.currency)) + trade.equity
	return found


# --- A product that is cancelled ----------------------------------------------------------------------


def pro_rata_refund(price: Money, days_used: int, days_in_all: int) -> Money:
	"""What is left of a product's price by days, half up to the cent; all of it before it began, nothing
	after its end. Code ``product_term`` when the product has no length."""
	if days_in_all <= 0:
		raise Refused("product_term", _("The product has no term; enter the refund by hand"))
	used = min(max(days_used, 0), days_in_all)
	minor, rest = divmod(price.minor * (days_in_all - used), days_in_all)
	return Money(minor + (1 if 2 * rest >= days_in_all else 0), price.currency)
