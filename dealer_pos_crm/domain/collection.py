"""Money taken at the counter for several documents at once, in several ways, under one receipt.

A receipt has lines (what is paid, and how much of it) and tenders (how). What is decided here: whether the
lines may be paid, what is handed back, and which part of which tender pays which line. Nothing is ever rounded
or spread by share: a line is filled by whole cents, tender after tender, so that what was booked adds up to
what was received.
"""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .billing import Due
from .money import Money, positive, total
from .refusal import Refused, _

Document = tuple[str, str]


class Way(str, enum.Enum):
	MODE = "Mode"  # cash, a check, a transfer: what a mode of payment stands for
	CARD = "Card"  # at a reader of the dealer's own
	DEPOSIT = "Deposit"
	CREDIT = "Credit"


CURRENCY = "Currency"  # notes and coins
PERSONAL_CHECK = "Personal Check"
# What is handed over and has a number of its own.
WITH_NUMBER = frozenset({PERSONAL_CHECK, "Cashier's Check", "Bank Draft", "Traveler's Check", "Money Order"})


@dataclass(frozen=True)
class Payable:
	"""Something a customer may pay at the counter: a document of the ledger and what is open on it.

	``account``: the receivable account it stands on. ``why_not``: it is open, and is not paid here.
	"""

	document: Document
	payer: str
	account: str
	open: Money
	what: str
	posted: str = ""
	department: str = ""
	repair_order: str | None = None
	deal: str | None = None
	vehicle: str | None = None
	why_not: str = ""


@dataclass(frozen=True)
class Credit:
	"""Money of the customer that nothing was paid with yet: a payment, or a credit note (``document``).

	``account``: where it stands; ``separate``: as an advance, which may go to any account. ``deal``: it was
	taken for this deal and pays nothing else.
	"""

	document: Document
	amount: Money
	account: str
	what: str
	posted: str = ""
	separate: bool = False
	deal: str | None = None


@dataclass(frozen=True)
class Held:
	"""A deposit that holds money, and the vehicle or the deal that it is for."""

	deposit: str
	amount: Money
	what: str
	vehicle: str | None = None
	deal: str | None = None


@dataclass(frozen=True)
class Line:
	"""A document and what of it is paid now."""

	payable: Payable
	amount: Money


@dataclass(frozen=True)
class Tender:
	"""One way of paying. ``amount`` is what is kept of it; None: what is missing, of the cash that was given.

	``may_pay``: the documents that it may go into, where not all. ``one_account``: it is booked at once and as
	a whole, and so on one receivable account.
	"""

	way: Way
	amount: Money | None
	mode: str = ""
	instrument: str = ""
	given: Money | None = None
	reference: str = ""
	may_pay: frozenset[Document] | None = None
	one_account: bool = False

	@property
	def change(self) -> Money | None:
		"""What is handed back; None where nothing was said of what was given."""
		if self.given is None or self.amount is None:
			return None
		return self.given - self.amount


@dataclass(frozen=True)
class Part:
	"""Of one tender, what pays one line."""

	line: int
	amount: Money


@dataclass(frozen=True)
class Share:
	"""One tender's parts, and what is left of it as the customer's credit."""

	parts: tuple[Part, ...]
	rest: Money


@dataclass(frozen=True)
class Sums:
	"""What a receipt says at its foot. ``amount`` = the lines + ``credit``; ``given`` = ``amount`` + ``change``."""

	amount: Money
	credit: Money
	given: Money
	change: Money


# --- What is paid -------------------------------------------------------------------------------------


def lines_of(wanted: Sequence[tuple[Document, Money]], payables: Iterable[Payable]) -> list[Line]:
	"""The lines that were asked for, if they may be paid now. Raises ``Refused``: ``twice``, ``gone``,
	``not_payable``, ``more_than_open``, ``not_positive``."""
	known = {payable.document: payable for payable in payables}
	found: list[Line] = []
	for document, amount in wanted:
		if any(line.payable.document == document for line in found):
			raise Refused("twice", _("{0} is on this receipt twice; keep one of the two"), document[1])
		payable = known.get(document)
		if payable is None:
			raise Refused("gone", _("Nothing is open on {0} any more. Take it off this receipt"), document[1])
		if payable.why_not:
			raise Refused("not_payable", _("{0} is not paid here: {1}"), document[1], payable.why_not)
		positive(amount)
		if amount > payable.open:
			raise Refused(
				"more_than_open",
				_("{0} is open on {1} now; {2} is more. Somebody may have paid meanwhile"),
				payable.open,
				document[1],
				amount,
			)
		found.append(Line(payable, amount))
	return found


def payables_of(
	dues: Iterable[Due],
	accounts: Mapping[Document, str],
	what: str,
	*,
	department: str,
	repair_order: str | None = None,
	deal: str | None = None,
	vehicle: str | None = None,
) -> list[Payable]:
	"""The dues of one order or deal, as the counter pays them. ``accounts``: the receivable account of each."""
	return [
		Payable(
			due.document,
			due.payer,
			accounts[due.document],
			due.amount,
			what,
			department=department,
			repair_order=repair_order,
			deal=deal,
			vehicle=vehicle,
		)
		for due in dues
	]


def oldest_first(amount: Money, payables: Sequence[Payable]) -> list[Line]:
	"""What ``amount`` pays of the payables, in their order. Raises ``Refused``: ``overpaid``."""
	owed = total((payable.open for payable in payables), amount.currency)
	if amount > owed:
		raise Refused(
			"overpaid",
			_("{0} is open; {1} is {2} too much. Take what is more as a deposit"),
			owed,
			amount,
			amount - owed,
		)
	found = []
	for payable in payables:
		part = payable.open if payable.open <= amount else amount
		if part.minor > 0:
			found.append(Line(payable, part))
			amount = amount - part
	return found


def covered(lines: Iterable[Line], currency: str) -> Money:
	return total((line.amount for line in lines), currency)


# --- How it is paid -----------------------------------------------------------------------------------


def check_tender(tender: Tender, *, no_checks: bool, may_take_any_check: bool, customer: str) -> None:
	"""``no_checks``: a check of this customer came back; ``may_take_any_check``: a manager takes the money.
	Raises ``Refused``: ``no_number``, ``no_checks``, ``no_change``, ``given_less``, ``not_positive``."""
	if tender.amount is not None:
		positive(tender.amount)
	if tender.instrument in WITH_NUMBER and not tender.reference:
		raise Refused("no_number", _("Enter the number of the {0}"), tender.instrument)
	if tender.instrument == PERSONAL_CHECK and no_checks and not may_take_any_check:
		raise Refused(
			"no_checks",
			_("A check of {0} came back from the bank. Take another way of payment, or ask a manager"),
			customer,
		)
	if tender.given is None:
		if tender.amount is None:
			raise Refused("no_amount", _("Enter the amount that is paid by {0}"), tender.mode)
		return
	positive(tender.given)
	if tender.instrument != CURRENCY and tender.given != tender.amount:
		raise Refused("no_change", _("Change is given on cash only; {0} is taken as it is"), tender.mode)
	if tender.amount is not None and tender.given < tender.amount:
		raise Refused(
			"given_less",
			_("{0} was given and {1} is to be kept; correct one of the two"),
			tender.given,
			tender.amount,
		)


def complete(tenders: Sequence[Tender], wanted: Money, *, keep_rest: bool) -> list[Tender]:
	"""The tenders with their amounts: of cash without one, what is missing is kept and the rest handed back;
	all of it is kept when the rest is to become credit. Raises ``Refused``: ``not_needed``."""
	stated = total((tender.amount for tender in tenders if tender.amount is not None), wanted.currency)
	missing = wanted - stated
	found = []
	for tender in tenders:
		if tender.amount is None:
			if tender.given is None:
				raise Refused("no_amount", _("Enter the amount that is paid by {0}"), tender.mode)
			kept = tender.given if keep_rest or tender.given < missing else missing
			if kept.minor <= 0:
				raise Refused("not_needed", _("{0} is paid without this; take {1} off"), wanted, tender.mode)
			missing = missing - kept
			tender = replace(tender, amount=kept)
		found.append(tender)
	return found


def allocate(
	lines: Sequence[Line], tenders: Sequence[Tender], *, keep_rest: bool, currency: str
) -> list[Share]:
	"""For each tender the lines that it pays, and what is left of it as credit.

	What may go into some documents only is placed first, then cards, then the rest in the order given; lines
	are filled in theirs. All lines are paid in full. More than that is taken only when the customer wants it
	as credit (``keep_rest``), and never from a deposit or a credit. Raises ``Refused``: ``no_tender``,
	``short``, ``overpaid``, ``does_not_fit``, ``two_accounts``, ``not_positive``.
	"""
	if not tenders:
		raise Refused("no_tender", _("Say how it is paid: add a mode of payment"))
	amounts = [positive(tender.amount or Money.zero(currency)) for tender in tenders]
	wanted, paid = covered(lines, currency), total(amounts, currency)
	if not lines and not keep_rest:
		raise Refused("no_line", _("Choose what is paid"))
	if paid < wanted:
		raise Refused(
			"short", _("{0} is to be paid and {1} is here; {2} is missing"), wanted, paid, wanted - paid
		)
	if paid > wanted and not keep_rest:
		raise Refused(
			"overpaid",
			_("{0} is to be paid and {1} is here; {2} is too much. Give it back, or keep it as credit"),
			wanted,
			paid,
			paid - wanted,
		)
	room = _Room(lines)
	shares: dict[int, Share] = {}
	for at in sorted(range(len(tenders)), key=lambda at: _place(tenders[at], at)):
		shares[at] = _share(tenders[at], amounts[at], room)
	return [shares[at] for at in range(len(tenders))]


@dataclass
class _Room:
	"""What is still open on each line while tenders are placed."""

	lines: Sequence[Line]
	left: list[Money] = field(init=False)

	def __post_init__(self) -> None:
		self.left = [line.amount for line in self.lines]

	def fill(self, amount: Money, among: Iterable[int]) -> Share:
		parts = []
		for at in among:
			part = self.left[at] if self.left[at] <= amount else amount
			if part.minor > 0:
				parts.append(Part(at, part))
				self.left[at] = self.left[at] - part
				amount = amount - part
		return Share(tuple(parts), amount)

	def open_on(self, account: str) -> int:
		return sum(
			left.minor
			for line, left in zip(self.lines, self.left, strict=True)
			if line.payable.account == account
		)


def _place(tender: Tender, at: int) -> tuple[int, int, int]:
	if tender.may_pay is not None:
		return (0, len(tender.may_pay), at)
	return (1 if tender.one_account else 2, 0, at)


def _share(tender: Tender, amount: Money, room: _Room) -> Share:
	possible = [
		at
		for at, line in enumerate(room.lines)
		if tender.may_pay is None or line.payable.document in tender.may_pay
	]
	if tender.one_account and possible:
		account = _account_for(tender, amount, possible, room)
		possible = [at for at in possible if room.lines[at].payable.account == account]
	share = room.fill(amount, possible)
	if share.rest and tender.way in (Way.DEPOSIT, Way.CREDIT):
		raise Refused(
			"does_not_fit",
			_("{0} of {1} finds nothing here that it may pay; use {2} of it"),
			share.rest,
			tender.reference or tender.way.value,
			amount - share.rest,
		)
	if share.rest and tender.one_account and any(room.left):
		raise Refused(
			"two_accounts",
			_(
				"These documents stand on different accounts, and a card is booked on one. Pay them by two receipts"
			),
		)
	return share


def _account_for(tender: Tender, amount: Money, possible: Sequence[int], room: _Room) -> str:
	"""The first account that takes all of it, else the one with the most to pay."""
	accounts = list(dict.fromkeys(room.lines[at].payable.account for at in possible))
	for account in accounts:
		if room.open_on(account) >= amount.minor:
			return account
	return max(accounts, key=room.open_on)


def sums(lines: Iterable[Line], tenders: Sequence[Tender], currency: str) -> Sums:
	"""The foot of a receipt whose tenders have their amounts."""
	amount = total((tender.amount for tender in tenders if tender.amount), currency)
	change = total((tender.change for tender in tenders if tender.change), currency)
	return Sums(amount, amount - covered(lines, currency), amount + change, change)


# --- What a deposit or a credit may pay ---------------------------------------------------------------


def deposit_may_pay(held: Held, payables: Iterable[Payable]) -> frozenset[Document]:
	"""A deposit pays what it was taken for: invoices of its deal or its vehicle. One for neither pays any
	invoice of its customer but a deal's."""
	return frozenset(
		payable.document
		for payable in payables
		if payable.document[0] == "Sales Invoice" and not payable.why_not and _belongs(held, payable)
	)


def _belongs(held: Held, payable: Payable) -> bool:
	if held.deal and payable.deal:
		return held.deal == payable.deal
	if held.vehicle:
		return held.vehicle == payable.vehicle
	return not held.deal and not payable.deal


def credit_may_pay(credit: Credit, payables: Iterable[Payable]) -> frozenset[Document]:
	"""A credit goes where it stands, an advance anywhere; what was taken for a deal into that deal only. A
	credit note is set off against invoices."""
	return frozenset(
		payable.document
		for payable in payables
		if not payable.why_not
		and (credit.separate or credit.account == payable.account)
		and (not credit.deal or credit.deal == payable.deal)
		and (credit.document[0] == "Payment Entry" or payable.document[0] == "Sales Invoice")
	)


def draw(amount: Money, credits: Sequence[Credit]) -> list[tuple[Credit, Money]]:
	"""``amount`` out of credits, the oldest first. Raises ``Refused``: ``no_credit``."""
	found = []
	rest = amount
	for credit in credits:
		part = credit.amount if credit.amount <= rest else rest
		if part.minor > 0:
			found.append((credit, part))
			rest = rest - part
	if rest:
		raise Refused("no_credit", _("The customer has a credit of {0}; {1} is more"), amount - rest, amount)
	return found


# --- What becomes of a receipt ------------------------------------------------------------------------


class Status(str, enum.Enum):
	COLLECTING = "Collecting"  # a card has not been charged yet, or something of it is not booked
	TAKEN = "Taken"
	PART_REVERSED = "Part Reversed"
	REVERSED = "Reversed"
	GIVEN_UP = "Given Up"  # nothing of it was taken


def status_after(booked: Money, reversed_amount: Money) -> Status:
	"""Of a receipt that was taken: how it stands when payments of it were cancelled."""
	if not reversed_amount:
		return Status.TAKEN
	return Status.REVERSED if reversed_amount >= booked else Status.PART_REVERSED
