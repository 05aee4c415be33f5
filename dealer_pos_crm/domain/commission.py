"""What a person earns by a delivered deal: a plan of brackets and flat amounts, and how it was computed.

Rounding happens once per line, half up to the cent, so that the words add up; what is split between two
adds up to the whole exactly.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal

from .gross import percent_of
from .money import Money, total
from .refusal import Refused, _


class Basis(str, enum.Enum):
	FRONT = "Front Gross"
	BACK = "Back Gross"
	TOTAL = "Total Gross"
	FLAT = "Flat per Car"
	PRODUCT = "Product Count"


class Kind(str, enum.Enum):
	EARNED = "Earned"
	REVERSED = "Reversed"
	ADJUSTED = "Adjusted"
	DRAW = "Draw"


class Status(str, enum.Enum):
	ACCRUED = "Accrued"
	POSTED = "Posted"
	PAID = "Paid"


OF_GROSS = frozenset({Basis.FRONT, Basis.BACK, Basis.TOTAL})


@dataclass(frozen=True, slots=True)
class Rule:
	"""One line of a plan. A percentage holds for the part of its basis above ``above``, up to the next
	line of the same basis; a flat amount holds per car or per product of ``product_kind`` (empty: any)."""

	basis: Basis
	percent: Decimal = Decimal(0)
	above: Money | None = None
	amount: Money | None = None
	product_kind: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
	"""``minimum`` (the mini) and ``maximum`` hold for one car, before it is split; None: there is none."""

	name: str
	currency: str
	rules: tuple[Rule, ...]
	minimum: Money | None = None
	maximum: Money | None = None


@dataclass(frozen=True, slots=True)
class Deal:
	"""What a delivered deal brings to a plan. ``products``: the kinds of the products sold and kept."""

	front: Money
	back: Money
	products: tuple[str, ...] = ()

	def basis(self, basis: Basis) -> Money:
		if basis is Basis.FRONT:
			return self.front
		return self.back if basis is Basis.BACK else self.front + self.back


@dataclass(frozen=True, slots=True)
class Words:
	"""One sentence of the computation: a template to translate, its values, and what it comes to."""

	template: str
	values: tuple[object, ...]
	amount: Money


@dataclass(frozen=True, slots=True)
class Earned:
	"""``words`` add up to ``amount``, the whole of one car."""

	amount: Money
	basis: Money
	words: tuple[Words, ...] = field(default=())


def check(plan: Plan) -> None:
	"""Refuse a plan that cannot be computed. Codes ``plan_line``, ``plan_threshold``, ``plan_limits``."""
	seen: set[tuple[Basis, int]] = set()
	for number, rule in enumerate(plan.rules, 1):
		if rule.basis in OF_GROSS:
			above = rule.above.minor if rule.above else 0
			if not 0 < rule.percent <= 100:
				raise Refused("plan_line", _("Row {0}: enter a percentage between 0 and 100"), number)
			if above < 0:
				raise Refused("plan_line", _("Row {0}: a threshold below zero is not possible"), number)
			if (rule.basis, above) in seen:
				raise Refused(
					"plan_threshold",
					_("Row {0}: {1} above this amount is there already"),
					number,
					rule.basis.value,
				)
			seen.add((rule.basis, above))
		elif rule.amount is None or rule.amount.minor <= 0:
			raise Refused("plan_line", _("Row {0}: enter an amount more than zero"), number)
	if plan.minimum and plan.maximum and plan.minimum > plan.maximum:
		raise Refused("plan_limits", _("The least per car ({0}) is more than the most"), plan.minimum)


def earn(plan: Plan, deal: Deal) -> Earned:
	"""The commission of a whole car by a plan. A gross below zero earns nothing of its own: the mini holds."""
	words: list[Words] = []
	for basis in (Basis.FRONT, Basis.BACK, Basis.TOTAL):
		words += _brackets(plan, basis, deal.basis(basis))
	for rule in plan.rules:
		if rule.basis is Basis.FLAT and rule.amount:
			words.append(Words(_("Flat per car: {0}"), (rule.amount,), rule.amount))
		elif rule.basis is Basis.PRODUCT and rule.amount:
			words += _products(rule, deal.products)
	amount = total((word.amount for word in words), plan.currency)
	if plan.minimum is not None and plan.minimum and amount < plan.minimum:
		lift = plan.minimum - amount
		words.append(Words(_("Least per car {0}: {1} more"), (plan.minimum, lift), lift))
		amount = plan.minimum
	if plan.maximum is not None and plan.maximum and amount > plan.maximum:
		cut = plan.maximum - amount
		words.append(Words(_("Most per car {0}: {1} less"), (plan.maximum, -cut), cut))
		amount = plan.maximum
	return Earned(amount, _basis_of(plan, deal), tuple(words))


def _brackets(plan: Plan, basis: Basis, amount: Money) -> list[Words]:
	rules = sorted(
		(rule for rule in plan.rules if rule.basis is basis),
		key=lambda rule: rule.above.minor if rule.above else 0,
	)
	found = []
	for at, rule in enumerate(rules):
		begin = rule.above.minor if rule.above else 0
		following = rules[at + 1].above if at + 1 < len(rules) else None
		end = amount.minor if following is None else min(amount.minor, following.minor)
		if end <= begin:
			continue
		part = Money(end - begin, plan.currency)
		pay = percent_of(part, rule.percent)
		values = (basis.value, _plain(rule.percent), part, pay)
		if begin:
			found.append(
				Words(_("{0} above {4}: {1} % of {2} = {3}"), (*values, Money(begin, plan.currency)), pay)
			)
		else:
			found.append(Words(_("{0}: {1} % of {2} = {3}"), values, pay))
	return found


def _products(rule: Rule, products: Sequence[str]) -> list[Words]:
	count = sum(1 for kind in products if not rule.product_kind or kind == rule.product_kind)
	if not count or rule.amount is None:
		return []
	pay = Money(rule.amount.minor * count, rule.amount.currency)
	what = rule.product_kind or _("products")
	return [Words(_("{0} x {1} at {2} = {3}"), (count, what, rule.amount, pay), pay)]


def _basis_of(plan: Plan, deal: Deal) -> Money:
	"""The gross that the plan looks at: one of the three, the total when it looks at several."""
	used = {rule.basis for rule in plan.rules} & OF_GROSS
	if len(used) == 1:
		return deal.basis(used.pop())
	return deal.basis(Basis.TOTAL) if used else Money.zero(plan.currency)


def _plain(percent: Decimal) -> str:
	text = f"{percent:f}"
	return text.rstrip("0").rstrip(".") if "." in text else text


# --- Shares -------------------------------------------------------------------------------------------


def split(amount: Money, shares: Sequence[Decimal]) -> list[Money]:
	"""Parts of an amount by percentages that make 100; the parts make the amount exactly.

	Left-over cents go to the largest remainders, the first of equals first. Raises ``Refused``: ``shares``.
	"""
	if not shares or any(share < 0 for share in shares) or sum(shares) != 100:
		raise Refused("shares", _("Shares of {0} do not make 100 %"), " + ".join(str(s) for s in shares))
	size, sign = abs(amount.minor), 1 if amount.minor >= 0 else -1
	exact = [Decimal(size) * share / 100 for share in shares]
	parts = [int(value.to_integral_value(ROUND_FLOOR)) for value in exact]
	rest = size - sum(parts)
	order = sorted(range(len(parts)), key=lambda at: (-(exact[at] - parts[at]), at))
	for at in order[:rest]:
		parts[at] += 1
	return [Money(sign * part, amount.currency) for part in parts]


# --- Draws --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Balance:
	"""A person's month: ``carried`` + ``earned`` - ``draw`` = ``due`` - ``carried_on``; both never negative."""

	carried: Money
	earned: Money
	draw: Money
	due: Money
	carried_on: Money

	@property
	def recovered(self) -> Money:
		"""How much of draws, this one and earlier ones, was earned."""
		return self.draw - self.carried - self.carried_on


def settle(carried: Money, earned: Money, draw: Money) -> Balance:
	"""Earned money first pays back draws. ``carried``: zero, or below it what earlier draws left open."""
	zero = Money.zero(earned.currency)
	left = carried + earned - draw
	if left.minor >= 0:
		return Balance(carried, earned, draw, left, zero)
	return Balance(carried, earned, draw, zero, -left)
