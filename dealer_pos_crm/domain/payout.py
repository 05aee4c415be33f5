"""A payout of the card provider: what its rows are, whether they add up, and what of them our books explain.

Rows are told apart by the provider's *reporting category*, not by its type: an "adjustment" may be a dispute,
a reversal or a failed refund. Source: docs.stripe.com/reports/reporting-categories and
docs.stripe.com/payouts/reconciliation.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial

from .gateway import BalanceRow
from .money import Money, total
from .refusal import _ as marked


class Kind(str, Enum):
	CHARGE = "Charge"
	REFUND = "Refund"
	DISPUTE = "Dispute"
	FEE = "Fee"
	RETURNED_PAYOUT = "Returned Payout"
	PAYOUT = "Payout"  # the payout itself, which is no part of what it pays out
	OTHER = "Other"


_KINDS: Mapping[str, Kind] = {
	"charge": Kind.CHARGE,
	"charge_failure": Kind.CHARGE,
	"partial_capture_reversal": Kind.CHARGE,
	"refund": Kind.REFUND,
	"refund_failure": Kind.REFUND,
	"dispute": Kind.DISPUTE,
	"dispute_reversal": Kind.DISPUTE,
	"fee": Kind.FEE,
	"network_cost": Kind.FEE,
	"tax": Kind.FEE,
	"payout": Kind.PAYOUT,
	"payout_reversal": Kind.RETURNED_PAYOUT,
}


def kind_of(category: str) -> Kind:
	"""What a row is; ``OTHER`` for a category that has no place in our books of its own."""
	return _KINDS.get(category, Kind.OTHER)


class State(str, Enum):
	MATCHED = "Matched"
	EXCEPTION = "Exception"
	SETTLED = "Settled"  # a person said what it is


class Problem(str, Enum):
	UNKNOWN_CHARGE = "unknown_charge"
	NOT_BOOKED = "not_booked"
	CANCELLED = "cancelled"
	AMOUNT = "amount"
	UNKNOWN_REFUND = "unknown_refund"
	REFUND_STANDS = "refund_stands"
	REFUND_GONE = "refund_gone"
	UNKNOWN_DISPUTE = "unknown_dispute"
	DISPUTE_NOT_BOOKED = "dispute_not_booked"
	RETURN_UNKNOWN = "return_unknown"
	OTHER = "other"


# What each says, and what a person may do about it. Places: the document or id, our amount, the provider's.
SAYINGS: Mapping[Problem, tuple[str, str]] = {
	Problem.UNKNOWN_CHARGE: (
		marked("No card payment here has the charge {0}"),
		marked("Made at the provider's own site or by another system. Book it there, then settle this row"),
	),
	Problem.NOT_BOOKED: (
		marked("{0} has no Payment Entry"),
		marked("Open the card payment and choose Book Again, then Match Again here"),
	),
	Problem.CANCELLED: (
		marked("The Payment Entry of {0} was cancelled"),
		marked("Amend it, or choose Book Again on the card payment, then Match Again here"),
	),
	Problem.AMOUNT: (
		marked("{0} is booked with {1}, the provider says {2}"),
		marked("Correct the booking to what the provider moved, then Match Again here"),
	),
	Problem.UNKNOWN_REFUND: (
		marked("No card refund here is {0}"),
		marked("Made at the provider's own site. Read the card payment again, then Match Again here"),
	),
	Problem.REFUND_STANDS: (
		marked("The refund {0} came back to the provider, and its Payment Entry still stands"),
		marked("Read the card refund again: it takes the payment back"),
	),
	Problem.REFUND_GONE: (
		marked("The refund {0} was paid out, and its Payment Entry is cancelled"),
		marked("Amend the Payment Entry of the refund, then Match Again here"),
	),
	Problem.UNKNOWN_DISPUTE: (
		marked("No dispute case here is {0}"),
		marked("Read the disputes again from the gateway account, then Match Again here"),
	),
	Problem.DISPUTE_NOT_BOOKED: (
		marked("What the bank took or gave back in {0} is not booked: {1} in the books, {2} at the provider"),
		marked("Open the dispute case and choose Book Again, then Match Again here"),
	),
	Problem.RETURN_UNKNOWN: (
		marked("A payout that came back ({0}) is not marked as failed here"),
		marked("Read the failed payout again, then Match Again here"),
	),
	Problem.OTHER: (
		marked("The provider calls this {0}"),
		marked("Settle it: say what it is and on which account it is booked"),
	),
}


@dataclass(frozen=True, slots=True)
class Charge:
	"""What our books say of a charge. ``booked``: its standing Payment Entry, None when there is none."""

	card_payment: str
	department: str = ""
	payment_entry: str = ""
	booked: Money | None = None
	was_cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Refund:
	"""``booked``: the standing Payment Entry that paid it; ``taken_back``: it failed, and that was booked."""

	card_refund: str
	card_payment: str = ""
	department: str = ""
	payment_entry: str = ""
	booked: Money | None = None
	failed: bool = False
	taken_back: bool = False


@dataclass(frozen=True, slots=True)
class Dispute:
	"""Sums of the standing entries of one case; ``fee_booked``: its fee has an entry of its own.

	``taken_before`` and ``given_before``: what rows of other payouts moved of it; an appeal takes it once more.
	"""

	case: str
	card_payment: str = ""
	department: str = ""
	withdrawal_entry: str = ""
	withdrawn: Money | None = None
	reinstatement_entry: str = ""
	reinstated: Money | None = None
	fee_booked: bool = False
	taken_before: Money | None = None
	given_before: Money | None = None


@dataclass(frozen=True, slots=True)
class Books:
	"""What our books know of the sources of a payout's rows, by the provider's ids."""

	charges: Mapping[str, Charge]
	refunds: Mapping[str, Refund]
	disputes: Mapping[str, Dispute]
	failed_payouts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
	"""What a row turned out to be. ``fee_here``: the row's fee is booked with the payout (a cost is positive)."""

	row: BalanceRow
	kind: Kind
	state: State
	fee_here: Money
	department: str = ""
	card_payment: str = ""
	voucher: tuple[str, str] | None = None
	problem: Problem | None = None
	values: tuple[object, ...] = ()


def judge(rows: Sequence[BalanceRow], books: Books) -> list[Verdict]:
	"""A verdict for each row. The rows of one charge (a part capture is two of them) are judged together, and
	so are those of one dispute that go the same way (it may be taken in parts, or again after an appeal)."""
	together: dict[_Key, Money] = {}
	for row in rows:
		key = _key_of(row)
		together[key] = together[key] + row.amount if key in together else row.amount
	return [_JUDGES[kind_of(row.category)](row, books, together[_key_of(row)]) for row in rows]


_Key = tuple[Kind, str, bool]


def _key_of(row: BalanceRow) -> _Key:
	"""What the rows that are judged together have in common."""
	kind = kind_of(row.category)
	if kind is Kind.CHARGE:
		return kind, row.charge or row.source, False
	return kind, row.source, row.amount.minor < 0


def _verdict(
	row: BalanceRow,
	state: State,
	*,
	fee_here: Money | None = None,
	department: str = "",
	card_payment: str = "",
	voucher: tuple[str, str] | None = None,
	problem: Problem | None = None,
	values: tuple[object, ...] = (),
) -> Verdict:
	fee = row.fee if fee_here is None else fee_here
	return Verdict(row, kind_of(row.category), state, fee, department, card_payment, voucher, problem, values)


def _charge(row: BalanceRow, books: Books, sum_here: Money) -> Verdict:
	key = row.charge or row.source
	charge = books.charges.get(key)
	if charge is None:
		return _verdict(row, State.EXCEPTION, problem=Problem.UNKNOWN_CHARGE, values=(key,))
	of_charge = partial(_verdict, row, department=charge.department, card_payment=charge.card_payment)
	if charge.booked is None:
		if not sum_here:  # a charge that failed after all: nothing was left of it
			return of_charge(State.MATCHED)
		problem = Problem.CANCELLED if charge.was_cancelled else Problem.NOT_BOOKED
		return of_charge(State.EXCEPTION, problem=problem, values=(charge.card_payment,))
	if charge.booked != sum_here:
		return of_charge(
			State.EXCEPTION, problem=Problem.AMOUNT, values=(charge.card_payment, charge.booked, sum_here)
		)
	return of_charge(State.MATCHED, voucher=("Payment Entry", charge.payment_entry))


def _refund(row: BalanceRow, books: Books, sum_here: Money) -> Verdict:
	refund = books.refunds.get(row.source)
	if refund is None:
		return _verdict(row, State.EXCEPTION, problem=Problem.UNKNOWN_REFUND, values=(row.source,))
	of_refund = partial(_verdict, row, department=refund.department, card_payment=refund.card_payment)
	if row.category == "refund_failure":
		if not refund.taken_back:
			return of_refund(State.EXCEPTION, problem=Problem.REFUND_STANDS, values=(refund.card_refund,))
	elif refund.booked is None:
		if not (refund.failed and refund.taken_back):
			return of_refund(State.EXCEPTION, problem=Problem.REFUND_GONE, values=(refund.card_refund,))
	elif refund.booked != -row.amount:
		return of_refund(
			State.EXCEPTION, problem=Problem.AMOUNT, values=(refund.card_refund, -refund.booked, row.amount)
		)
	if refund.payment_entry:
		return of_refund(State.MATCHED, voucher=("Payment Entry", refund.payment_entry))
	return of_refund(State.MATCHED, voucher=("Card Refund", refund.card_refund))


def _dispute(row: BalanceRow, books: Books, sum_here: Money) -> Verdict:
	dispute = books.disputes.get(row.source)
	if dispute is None:
		return _verdict(row, State.EXCEPTION, problem=Problem.UNKNOWN_DISPUTE, values=(row.source,))
	of_dispute = partial(
		_verdict,
		row,
		fee_here=Money.zero(row.fee.currency) if dispute.fee_booked else row.fee,
		department=dispute.department,
		card_payment=dispute.card_payment,
	)
	taken = row.amount.minor < 0
	booked = dispute.withdrawn if taken else dispute.reinstated
	before = dispute.taken_before if taken else dispute.given_before
	moved = (-sum_here if taken else sum_here) + (before or Money.zero(row.amount.currency))
	# Less than what is booked is no contradiction: the rest comes with another payout.
	if booked is None or booked < moved:
		return of_dispute(
			State.EXCEPTION,
			problem=Problem.DISPUTE_NOT_BOOKED,
			values=(dispute.case, booked or Money.zero(moved.currency), moved),
		)
	entry = dispute.withdrawal_entry if taken else dispute.reinstatement_entry
	return of_dispute(State.MATCHED, voucher=("Journal Entry", entry))


def _fee(row: BalanceRow, books: Books, sum_here: Money) -> Verdict:
	return _verdict(row, State.MATCHED, fee_here=row.fee - row.amount)


def _returned(row: BalanceRow, books: Books, sum_here: Money) -> Verdict:
	if row.source in books.failed_payouts:
		return _verdict(row, State.MATCHED)
	return _verdict(row, State.EXCEPTION, problem=Problem.RETURN_UNKNOWN, values=(row.source,))


def _other(row: BalanceRow, books: Books, sum_here: Money) -> Verdict:
	return _verdict(row, State.EXCEPTION, problem=Problem.OTHER, values=(row.category,))


_JUDGES = {
	Kind.CHARGE: _charge,
	Kind.REFUND: _refund,
	Kind.DISPUTE: _dispute,
	Kind.FEE: _fee,
	Kind.RETURNED_PAYOUT: _returned,
	Kind.OTHER: _other,
}


def part_of(rows: Iterable[BalanceRow]) -> list[BalanceRow]:
	"""The rows that a payout pays out: all but the payout itself."""
	return [row for row in rows if kind_of(row.category) is not Kind.PAYOUT]


@dataclass(frozen=True, slots=True)
class Sums:
	"""A payout by kind of row. Costs are positive in ``fees``; ``net`` is what must arrive at the bank."""

	charges: Money
	refunds: Money
	disputes: Money
	fees: Money
	other: Money
	net: Money

	@property
	def adds_up(self) -> bool:
		"""Whether the parts make the net: an arithmetic proof of the rows themselves."""
		return self.charges + self.refunds + self.disputes + self.other - self.fees == self.net


def sums_of(rows: Iterable[BalanceRow], currency: str) -> Sums:
	"""The sums of a payout's rows, all in ``currency``."""
	kept = part_of(rows)

	def of(*kinds: Kind) -> Money:
		return total((row.amount for row in kept if kind_of(row.category) in kinds), currency)

	return Sums(
		charges=of(Kind.CHARGE),
		refunds=of(Kind.REFUND),
		disputes=of(Kind.DISPUTE),
		fees=total((row.fee for row in kept), currency) - of(Kind.FEE),
		other=of(Kind.OTHER, Kind.RETURNED_PAYOUT),
		net=total((row.net for row in kept), currency),
	)


@dataclass(frozen=True, slots=True)
class Part:
	"""A piece of a payout for its Journal Entry: a fee (a cost is positive) or a settled row by account."""

	department: str
	amount: Money
	account: str = ""


def fees_by_department(verdicts: Iterable[Verdict], currency: str) -> list[Part]:
	"""What the payout costs, by department; rows that belong to none come under ""."""
	found: dict[str, Money] = {}
	for verdict in verdicts:
		found[verdict.department] = found.get(verdict.department, Money.zero(currency)) + verdict.fee_here
	return [Part(department, amount) for department, amount in sorted(found.items()) if amount]


def clearing_credit(net: Money, fees: Iterable[Part], settled: Iterable[Part]) -> Money:
	"""What leaves the clearing account with a payout: what arrives and what it cost here, without the rows
	that a person put on another account."""
	credit = net
	for part in fees:
		credit = credit + part.amount
	for part in settled:
		credit = credit - part.amount
	return credit
