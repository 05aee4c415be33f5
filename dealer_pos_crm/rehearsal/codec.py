"""An event as plain values and back: the one definition of the history format (docs/history-format.md)."""

import re
from collections.abc import Mapping
from datetime import datetime
from difflib import get_close_matches
from functools import lru_cache
from typing import cast

from ..domain.event import EVENT_TYPES, NO_FACTS, Event
from ..domain.money import Money
from ..domain.refusal import Refused

REQUIRED: tuple[str, ...] = ("key", "type", "happened_at", "customer", "company", "title")
FIELDS: tuple[str, ...] = (
	*REQUIRED,
	"department",
	"pay_request",
	"card_payment",
	"deposit",
	"declined_service",
	"appointment",
	"repair_order",
	"deal",
	"lead",
	"vehicle",
	"reference_doctype",
	"reference_name",
	"amount",
	"currency",
	"actor",
	"facts",
	"reverses",
	"occasion",
)
_KNOWN = frozenset(FIELDS)
_TEXTS = tuple(name for name in FIELDS if name not in ("amount", "facts"))
# What an event may be about while nobody knows the customer.
_WITHOUT_CUSTOMER = ("lead", "vehicle", "pay_request", "card_payment")
_NOBODYS = frozenset({"gateway.failed"})  # a call that may be about no payment at all

# What a deposit's money did; without amount and deposit such an event says nothing.
DEPOSIT_MONEY = frozenset(
	{"deposit.taken", "deposit.applied", "deposit.refunded", "deposit.forfeited", "deposit.reinstated"}
)
# Events that move money: the amount is required and more than zero.
MONEY_TYPES = DEPOSIT_MONEY | {"payment.received", "payment.reversed", "refund.paid"}
REVERSING = frozenset({"deposit.reinstated", "payment.reversed"})
UNDOABLE = frozenset({"deposit.applied", "deposit.forfeited"})  # of which a part may come back

_AMOUNT = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,6})?")
_FACT = re.compile(r"[a-z][a-z0-9_]*")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:\.(\d{1,6}))?", re.ASCII)
_YEARS = range(1950, 2101)


class BadEvent(ValueError):
	"""A row that is no event. ``kind`` groups reasons; the text says which field, why and what instead."""

	def __init__(self, kind: str, reason: str) -> None:
		self.kind = kind
		super().__init__(reason)


def quoted(value: object) -> str:
	"""A value as it may stand in a reason: short and on one line."""
	text = " ".join(str(value).split())
	return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"


def event_to_dict(event: Event) -> dict[str, object]:
	"""The event in the history format; what it does not say is left out."""
	row: dict[str, object] = {
		"key": event.key,
		"type": event.type,
		"happened_at": event.happened_at.isoformat(),
	}
	if event.customer:
		row["customer"] = event.customer
	row["company"], row["title"] = event.company, event.title
	for name in _TEXTS[len(REQUIRED) :]:
		if name == "currency":
			if event.amount is not None:
				row["amount"] = f"{event.amount.decimal:f}"
				row["currency"] = event.amount.currency
		elif name == "occasion":
			if event.occasion != event.key:
				row["occasion"] = event.occasion
		else:
			value = getattr(event, name)
			if value:
				row[name] = value
	facts = {name: fact for name, fact in event.facts.items() if fact}
	if facts:
		row["facts"] = facts
	return row


def event_from_dict(row: Mapping[str, object], currency: str | None = None) -> Event:
	"""The event that a row in the history format describes.

	``currency`` stands in where the row has an amount but no currency. Raises ``BadEvent``.
	"""
	if not row.keys() <= _KNOWN:
		raise _unknown_field(next(name for name in row if name not in _KNOWN))
	for name, value in row.items():
		if type(value) is not str and value is not None and name not in ("facts", "amount"):
			raise BadEvent("field", f"{name} must be text, not {quoted(value)}")
	texts = cast(Mapping[str, str | None], row)  # as just checked; amount and facts are not asked for here
	text = texts.get
	key, type_, at = text("key"), text("type"), text("happened_at")
	customer, company, title = text("customer"), text("company"), text("title")
	known = customer or any(text(name) for name in _WITHOUT_CUSTOMER) or type_ in _NOBODYS
	if not (key and type_ and at and known and company and title):
		missing = ", ".join(
			name for name in REQUIRED if not row.get(name) and not (name == "customer" and known)
		)
		hint = "" if known else " (only of a lead, a vehicle or a card payment may nobody know the customer)"
		raise BadEvent("missing", f"missing: {missing}{hint}")
	if type_ not in EVENT_TYPES:
		near = get_close_matches(type_, EVENT_TYPES, 1)
		hint = f"; did you mean {near[0]}?" if near else ""
		raise BadEvent("type", f"{quoted(type_)} is not an event type{hint}")
	amount = _amount(row.get("amount"), text("currency") or currency)
	if type_ in MONEY_TYPES:
		_check_money(type_, amount, texts, row)
	elif amount is not None and amount.minor < 0:
		raise BadEvent("amount", f"amount {amount} is below zero; a reversal is an event of its own")
	return Event(
		key,
		type_,
		_time(at),
		customer or "",
		company,
		title,
		text("department") or None,
		text("pay_request") or None,
		text("card_payment") or None,
		text("deposit") or None,
		text("declined_service") or None,
		text("appointment") or None,
		text("repair_order") or None,
		text("deal") or None,
		text("lead") or None,
		text("vehicle") or None,
		text("reference_doctype") or None,
		text("reference_name") or None,
		amount,
		text("actor") or None,
		_facts(row.get("facts")),
		text("reverses") or None,
		text("occasion") or "",
	)


def _unknown_field(name: str) -> BadEvent:
	near = get_close_matches(str(name), FIELDS, 1)
	hint = f"; did you mean {near[0]}?" if near else ""
	return BadEvent("field", f"unknown field {quoted(name)}{hint}")


def _part_back(type_: str, row: Mapping[str, object]) -> bool:
	"""Whether a part of a deposit's money came back, which undoes no whole event."""
	facts = row.get("facts")
	return type_ == "deposit.reinstated" and isinstance(facts, dict) and facts.get("undoes") in UNDOABLE


def _check_money(
	type_: str, amount: Money | None, texts: Mapping[str, str | None], row: Mapping[str, object]
) -> None:
	if amount is None:
		raise BadEvent("missing", f"missing: amount ({type_} moves money)")
	if amount.minor <= 0:
		raise BadEvent("amount", f"amount {amount} must be more than zero for {type_}")
	if type_ in DEPOSIT_MONEY and not texts.get("deposit"):
		raise BadEvent("missing", f"missing: deposit ({type_} is about one)")
	if type_ in REVERSING and not texts.get("reverses") and not _part_back(type_, row):
		raise BadEvent("missing", f"missing: reverses (the key of the event that {type_} undoes)")


def _amount(value: object, currency: str | None) -> Money | None:
	if value is None or value == "":
		return None
	if type(value) is bool or not isinstance(value, str | int):
		raise BadEvent("amount", f"amount {quoted(value)} is not a decimal number such as 1250.00")
	if currency is None:
		raise BadEvent("currency", "the amount has no currency; add it, or name one for the whole file")
	return _money(str(value), currency)


@lru_cache(maxsize=8192)  # the same prices come again and again
def _money(text: str, currency: str) -> Money:
	if not _AMOUNT.fullmatch(text):
		raise BadEvent("amount", f"amount {quoted(text)} is not a decimal number such as 1250.00")
	try:
		return Money.of(text, currency)
	except Refused as error:
		kind = "currency" if error.code == "currency" else "amount"
		raise BadEvent(kind, f"amount: {error}") from None


def parse_time(text: str) -> datetime | None:
	"""A local date and time in ISO 8601, to the microsecond; None when the text is anything else."""
	match = _TIME.fullmatch(text)
	if match is None:
		return None
	day, minute, second, fraction = match.groups()
	if fraction and not second:
		return None
	try:
		return datetime.fromisoformat(f"{day}T{minute}{second or ':00'}.{(fraction or '').ljust(6, '0')}")
	except ValueError:
		return None


def _time(text: str) -> datetime:
	# The form that the writer uses is by far the most common one: no pattern needed.
	if len(text) == 19 and text[10] == "T" and text[4] == text[7] == "-":
		try:
			moment: datetime | None = datetime.fromisoformat(text)
		except ValueError:
			moment = None
		if moment is not None and moment.tzinfo is not None:
			moment = None
	else:
		moment = parse_time(text)
	if moment is None:
		raise BadEvent(
			"date",
			f"happened_at {quoted(text)} is not a local date and time such as 2025-03-31T14:05:00"
			" (no zone, no offset)",
		)
	if moment.year not in _YEARS:
		raise BadEvent("date", f"happened_at {quoted(text)} is not a plausible year")
	return moment


def _facts(value: object) -> Mapping[str, str]:
	if not value:
		if value is None or value in ("", {}):
			return NO_FACTS
	if not isinstance(value, dict):
		raise BadEvent("field", f"facts must be an object of names and texts, not {quoted(value)}")
	facts: dict[str, str] = {}
	for name, fact in value.items():
		if name not in _names_seen:
			_check_fact_name(name)
		if type(fact) is str:
			if fact:
				facts[name] = fact
		elif type(fact) is bool or isinstance(fact, dict | list):
			raise BadEvent("field", f"fact {name} must be text, not {quoted(fact)}")
		elif fact is not None:
			facts[name] = str(fact)
	return facts or NO_FACTS


_names_seen: set[str] = set()


def _check_fact_name(name: str) -> None:
	if not _FACT.fullmatch(name):
		raise BadEvent("field", f"fact {quoted(name)}: a name is lower case, digits and underscores")
	if len(_names_seen) < 1000:
		_names_seen.add(name)
