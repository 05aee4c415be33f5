"""What the dealership still owes the buyer after the sale: items with a day, each done or cancelled."""

import enum
from collections.abc import Iterable, Sequence
from datetime import date

from .refusal import Refused, _


class Status(str, enum.Enum):
	DRAFT = "Draft"
	OPEN = "Open"
	DONE = "Done"
	CANCELLED = "Cancelled"


class Item(str, enum.Enum):
	OPEN = "Open"
	DONE = "Done"
	CANCELLED = "Cancelled"


def check_items(items: Sequence[tuple[str, date | None]], promised_on: date) -> None:
	"""What a bill promises: each thing once, each with a day that is not past.

	Refused: ``no_items``, ``no_text``, ``twice``, ``no_day``, ``past``.
	"""
	if not items:
		raise Refused("no_items", _("What do we owe? Enter at least one item"))
	seen: set[str] = set()
	for number, (what, due_on) in enumerate(items, 1):
		text = " ".join(what.split())
		if len(text) < 3:
			raise Refused("no_text", _("Item {0}: say what we owe"), number)
		if text.lower() in seen:
			raise Refused("twice", _("{0} stands there twice. Put it into one item"), text)
		seen.add(text.lower())
		if due_on is None:
			raise Refused("no_day", _("By when? {0} needs a day"), text)
		if due_on < promised_on:
			raise Refused("past", _("{0} is due on {1}, before it is promised"), text, due_on.isoformat())


def status_of(items: Iterable[Item]) -> Status:
	"""The status of an open bill by its items."""
	found = list(items)
	if Item.OPEN in found:
		return Status.OPEN
	return Status.DONE if Item.DONE in found else Status.CANCELLED


def check_open(bill: str, what: str, status: Status, item: Item) -> None:
	"""Refused (``not_open``, ``item_over``) for an item that nothing more can happen to."""
	if status is not Status.OPEN:
		raise Refused("not_open", _("{0} is {1}; open it first"), bill, status.value)
	if item is not Item.OPEN:
		raise Refused("item_over", _("{0} is {1} already"), what, item.value)
