"""Money that goes back over the counter: out of a credit note, out of a credit, or with goods that come back.

Where the money is comes from the ledger; who decides, how much and in which way is decided here. Cards and
deposits have rules of their own (``card_refund``, ``deposit``) that these agree with.
"""

import enum
from dataclasses import dataclass
from datetime import date, timedelta

from . import reasons
from .card_refund import ABOVE_THE_LIMIT, ANOTHER_WAY
from .deposit import Asker
from .money import Money, positive
from .refusal import Refused, _

# A bank may take back what a check has paid for about this long; Regulation CC leaves most holds at up to nine
# business days (12 CFR 229.12 and 229.13).
CLEARS_AFTER = timedelta(days=10)

NOT_CLEARED = _("The check that paid this may not have cleared yet")


class Kind(str, enum.Enum):
	CREDIT_NOTE = "Credit Note"
	CREDIT = "Credit"
	RETURN = "Return"


class Status(str, enum.Enum):
	REQUESTED = "Requested"
	DONE = "Done"
	REJECTED = "Rejected"
	WITHDRAWN = "Withdrawn"
	CANCELLED = "Cancelled"


@dataclass(frozen=True)
class Source:
	"""What a refund would be taken from, all in one currency.

	``there``: what can go back of it. ``of_cards``: how much of that cards have paid. ``given``: what went back
	of it already, by anybody. ``check_on``: the day of the last check among what paid it.
	"""

	there: Money
	of_cards: Money
	given: Money
	check_on: date | None = None

	def leaves_cards(self, amount: Money) -> bool:
		"""Whether paying this out at the counter takes money that a card had paid."""
		return amount > self.there - self.of_cards

	def clears_on(self, today: date) -> date | None:
		"""The day from which a check counts as paid; None when none is waited for."""
		if self.check_on is None or today >= self.check_on + CLEARS_AFTER:
			return None
		return self.check_on + CLEARS_AFTER


def check_amount(amount: Money, there: Money, name: str) -> None:
	"""Positive, and no more than there is."""
	positive(amount)
	if not there.minor > 0:
		raise Refused("nothing_there", _("{0} owes the customer nothing any more. Reload the page"), name)
	if amount > there:
		raise Refused("more_than_there", _("{0} can go back of {1}; {2} is more"), there, name, amount)


def check_reason(reason: str | None) -> str:
	"""A reason of some substance, stripped."""
	return reasons.check_reason(reason, _("Refund: give the reason in a few words"))


def limit_left(limit: Money, given: Money) -> Money:
	"""What one person may still give back of one source: small refunds do not pass the limit together."""
	return limit - given if given < limit else Money.zero(limit.currency)


def needs_approval(
	amount: Money,
	source: Source,
	limit: Money,
	asker: Asker,
	today: date,
	*,
	over_the_counter: Money | None = None,
) -> str | None:
	"""Why a second person must approve, as an untranslated text; None when nobody must.

	``limit``: of one person for one source. ``over_the_counter``: how much of it leaves in another way than to
	a card; all of it, when nothing is said. A cashier never pays back alone and above the limit nobody does, as with deposits and cards. A manager
	decides whether money of a card leaves in another way, and whether to wait for a check.
	"""
	if amount > limit_left(limit, source.given):
		return ABOVE_THE_LIMIT
	if not asker.may_settle:
		return _("A refund needs a second person")
	if asker.may_approve:
		return None
	if source.leaves_cards(amount if over_the_counter is None else over_the_counter):
		return ANOTHER_WAY
	return NOT_CLEARED if source.clears_on(today) else None


def check_paid_back(back: Money, paid: Money, before: Money, name: str) -> None:
	"""A return pays back no more than the sale had brought in, with the returns before it. All are positive."""
	left = paid - before
	if back <= left:
		return
	raise Refused(
		"more_than_paid",
		_("{0} was paid with {1}, and {2} of it went back before; {3} is more than is left"),
		name,
		paid,
		before,
		back,
	)


def check_requested(status: Status, name: str) -> None:
	"""Only what waits for a decision can be decided or withdrawn."""
	if status is not Status.REQUESTED:
		raise Refused("decided", _("{0} is already {1}"), name, status.value)
