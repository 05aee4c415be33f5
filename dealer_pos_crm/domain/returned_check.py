"""A check that the bank sent back: what is owed again, what it costs, and when the matter is over.

The receipt stays; what the check had paid is open again. Fees: most states let a merchant charge a returned-check
fee up to an amount of their own when it is posted or agreed (in many 25 to 35 dollars), so the house sets it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from .money import Money, positive, total
from .reasons import check_reason
from .refusal import Refused, _


class Status(str, Enum):
	OPEN = "Open"
	MADE_GOOD = "Made Good"
	WRITTEN_OFF = "Written Off"


class Reason(str, Enum):
	FUNDS = "Insufficient Funds"
	CLOSED = "Account Closed"
	STOPPED = "Payment Stopped"
	SIGNATURE = "Signature"
	OTHER = "Other"


class Step(str, Enum):
	MADE_GOOD = "Made Good"
	WRITE_OFF = "Write Off"


# Not handed over like notes and coins, so it can come back.
CHECKS = frozenset({"Personal Check", "Cashier's Check", "Bank Draft", "Traveler's Check", "Money Order"})

Document = tuple[str, str]


@dataclass(frozen=True)
class Reopened:
	"""A document that the check had paid. ``amount``: how much of it; ``base``: what was open beside that. When
	no more than ``base`` is open again, the check is made good there."""

	document: Document
	amount: Money
	base: Money

	def left(self, open_now: Money) -> Money:
		"""What of the check's amount is still open; a document that is owed less for another reason helps."""
		rest = open_now - self.base
		if rest.minor <= 0:
			return Money.zero(rest.currency)
		return min(rest, self.amount)


def left_of(reopened: Iterable[Reopened], open_now: Mapping[Document, Money]) -> dict[Document, Money]:
	"""What is still open of each document; one that is not there any more owes nothing."""
	return {
		one.document: one.left(open_now.get(one.document, Money.zero(one.amount.currency)))
		for one in reopened
	}


def is_made_good(reopened: Iterable[Reopened], open_now: Mapping[Document, Money]) -> bool:
	"""Whether everything it had paid is paid again. A check that had paid nothing is settled by a person."""
	left = left_of(reopened, open_now)
	return bool(left) and not any(left.values())


def check_step(step: Step, status: Status, name: str) -> None:
	if status is not Status.OPEN:
		raise Refused(
			"wrong_status", _("{0} is {1}: {2} is not possible now"), name, status.value, step.value
		)


def check_returnable(instrument: str, amount: Money, name: str) -> None:
	if instrument not in CHECKS:
		raise Refused("no_check", _("{0} did not come by check; nothing can come back from the bank"), name)
	positive(amount)


def check_dates(returned: date, taken: date, today: date) -> None:
	if returned > today:
		raise Refused("future", _("{0} is not here yet; enter the day the bank sent it back"), returned)
	if returned < taken:
		raise Refused("too_early", _("It was taken on {0}; it cannot have come back on {1}"), taken, returned)


def check_why(reason: str, note: str | None) -> Reason:
	"""The bank's reason. "Other" says in words what it was."""
	try:
		found = Reason(reason)
	except ValueError:
		raise Refused("no_reason", _("Choose why the bank sent it back")) from None
	if found is Reason.OTHER:
		check_reason(note, _("Say in a few words why the bank sent it back"))
	return found


def check_fees(bank: Money, customer: Money, most: Money) -> None:
	"""Neither is negative, and the customer is charged no more than the house has set."""
	for fee in (bank, customer):
		if fee.minor < 0:
			raise Refused("negative", _("A fee of {0} cannot be"), fee)
	if customer > most:
		raise Refused(
			"fee_too_high",
			_("The house charges {0} for a returned check; {1} is more. Change it in Dealer Settings first"),
			most,
			customer,
		)


def parts(amount: Money, paid_back: Money) -> tuple[Money, Money]:
	"""How the check's amount is taken back: (what can be matched with the receipt, what was paid back to the
	customer since and is now owed on account)."""
	if paid_back.minor <= 0:
		return amount, Money.zero(amount.currency)
	owed = min(paid_back, amount)
	return amount - owed, owed


def check_write_off(left: Mapping[Document, Money], currency: str, name: str) -> Money:
	"""What is written off; refused when nothing is open of it."""
	rest = total(left.values(), currency)
	if rest.minor <= 0:
		raise Refused("nothing_open", _("Nothing is open of {0}; choose Made Good"), name)
	return rest
