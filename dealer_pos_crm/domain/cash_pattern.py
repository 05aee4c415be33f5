"""Cash payments that look split so that nobody reports them. Hints for a manager, never a proof."""

import enum
import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from .cash_report import CURRENCY, MONETARY, WARN_FROM, Paid, is_cash, is_over, limit_of, year_before
from .money import Money, total


class Pattern(str, enum.Enum):
	"""Payments that look as if a report was to be avoided. A hint for a manager, never a proof."""

	JUST_UNDER = "Several payments just under the limit"
	MANY_IN_DAYS = "Many cash payments within days"
	SEVERAL_PAYERS = "One transaction paid in cash by several people"
	SMALL_CHECKS = "Several small bank checks on one day"


@dataclass(frozen=True, slots=True)
class Suspicion:
	pattern: Pattern
	ids: tuple[str, ...]
	amount: Money


_MANY, _WITHIN = 3, timedelta(days=7)
_KINDS = 3


def patterns(
	paid: Iterable[Paid],
	*,
	just_under: Money = WARN_FROM,
	related_payers: Collection[frozenset[str]] = (),
) -> list[Suspicion]:
	"""What looks split. ``just_under``: from which amount a payment is close to the limit.

	Looked for in all cash, whether the law counts it together or not: the law asks what the dealer had reason
	to know. ``related_payers``: people who belong together, by whatever a person has decided.
	"""
	cash = sorted((each for each in paid if is_cash(each)), key=lambda each: each.order)
	return [
		suspicion
		for group in _by_people(cash, related_payers)
		for look in (_just_under(group, just_under), _many(group), _payers(group), _kinds(group))
		for suspicion in look
	]


def _by_people(cash: list[Paid], related: Collection[frozenset[str]]) -> list[list[Paid]]:
	"""Cash by people who belong together: related, or paying one transaction."""
	leader: dict[str, str] = {each.payer: each.payer for each in cash}

	def find(name: str) -> str:
		while leader[name] != name:
			name = leader[name]
		return name

	first_of: dict[str, str] = {}
	for each in cash:
		for matter in each.matters:
			leader[find(each.payer)] = find(first_of.setdefault(matter, each.payer))
	for people in related:
		known = [name for name in sorted(people) if name in leader]
		for one, other in itertools.pairwise(known):
			leader[find(one)] = find(other)
	groups: dict[str, list[Paid]] = {}
	for each in cash:
		groups.setdefault(find(each.payer), []).append(each)
	return [groups[name] for name in sorted(groups)]


def _just_under(cash: list[Paid], low: Money) -> list[Suspicion]:
	near = [each for each in cash if low <= each.amount <= limit_of(each.amount)]
	return _within_a_year(Pattern.JUST_UNDER, near) if len(near) > 1 else []


def _within_a_year(pattern: Pattern, found: list[Paid]) -> list[Suspicion]:
	last = [each for each in found if each.on >= year_before(found[-1].on)]
	return [_suspicion(pattern, last)] if len(last) > 1 else []


def _many(cash: list[Paid]) -> list[Suspicion]:
	for at, each in enumerate(cash):
		burst = [other for other in cash[at:] if other.at - each.at <= _WITHIN]
		small = [other for other in burst if not is_over(other.amount)]
		if len(small) >= _MANY and len({other.on for other in small}) > 1 and is_over(_sum(small)):
			return [_suspicion(Pattern.MANY_IN_DAYS, small)]
	return []


def _payers(cash: list[Paid]) -> list[Suspicion]:
	small = [each for each in cash if not is_over(each.amount)]
	if len({each.payer for each in small}) < 2 or not is_over(_sum(small)):
		return []
	return _within_a_year(Pattern.SEVERAL_PAYERS, small)


def _kinds(cash: list[Paid]) -> list[Suspicion]:
	for day in sorted({each.on for each in cash}):
		same = [each for each in cash if each.on == day and each.instrument in MONETARY]
		if len(same) >= _KINDS and is_over(_sum(same)):
			return [_suspicion(Pattern.SMALL_CHECKS, same)]
	return []


def _sum(paid: Sequence[Paid]) -> Money:
	return total((each.amount for each in paid), CURRENCY)


def _suspicion(pattern: Pattern, paid: Sequence[Paid]) -> Suspicion:
	return Suspicion(pattern, tuple(each.id for each in paid), _sum(paid))
