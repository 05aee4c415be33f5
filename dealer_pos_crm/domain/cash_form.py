"""Form 8300 itself: what its boxes need, and when a report can be told as filed or not required."""

from collections.abc import Iterable, Sequence
from datetime import date

from .cash_report import CURRENCY, DECIDED, Instrument, Status, is_over
from .money import Money
from .refusal import Refused, _

# The payer's part: box -> field. A refused taxpayer id does not stop the payment; it is filed as such.
PAYER_BOXES: tuple[tuple[str, str], ...] = (
	("3", "payer_last_name"),
	("4", "payer_first_name"),
	("6", "payer_tin"),
	("7", "payer_street"),
	("8", "payer_born_on"),
	("9", "payer_city"),
	("10", "payer_state"),
	("11", "payer_zip"),
	("13", "payer_occupation"),
	("14a", "id_document"),
	("14b", "id_issued_by"),
	("14c", "id_number"),
)
BEHALF_BOXES: tuple[tuple[str, str], ...] = (
	("16", "behalf_name"),
	("19", "behalf_tin"),
	("21", "behalf_address"),
	("22", "behalf_occupation"),
)
_VAGUE = frozenset({"business", "businessman", "businesswoman", "self-employed", "self employed", "store"})


def missing(told: dict[str, object]) -> list[str]:
	"""Fields of the payer that the form still needs. ``told``: by field, also the flags."""
	boxes = list(PAYER_BOXES)
	if told.get("on_behalf"):
		boxes += BEHALF_BOXES
	left_out = set()
	for tin in ("payer_tin", "behalf_tin"):
		if told.get(f"{tin}_refused"):
			left_out.add(tin)
	if told.get("payer_country") and str(told["payer_country"]).strip().upper() not in (
		"US",
		"USA",
		"UNITED STATES",
	):
		left_out |= {"payer_state", "payer_zip"}
	return [name for _box, name in boxes if name not in left_out and not told.get(name)]


def check_occupation(said: str) -> None:
	"""The instructions want the trade itself. Raises ``Refused`` for a word that says nothing."""
	if said.strip().lower() in _VAGUE:
		raise Refused(
			"occupation", _("{0} does not say what they do. Write the trade: plumber, retired nurse"), said
		)


def check_tin(said: str) -> str:
	"""A social security number, an ITIN or an employer's number: nine digits. Returns just the digits."""
	digits = "".join(letter for letter in said if letter.isdigit())
	if len(digits) != 9 or any(not (letter.isdigit() or letter in "- ") for letter in said.strip()):
		raise Refused("tin", _("A taxpayer id has nine digits"))
	if digits == "000000000" or len(set(digits)) == 1:
		raise Refused("tin", _("This is no taxpayer id that was ever given out"))
	return digits


def sums_by_instrument(
	paid: Iterable[tuple[Instrument, Money]], currency: str = CURRENCY
) -> dict[str, Money]:
	"""Box 32, a to f without foreign currency: what was received, by kind."""
	boxes = {
		Instrument.CURRENCY: "32a",
		Instrument.CASHIERS_CHECK: "32c",
		Instrument.MONEY_ORDER: "32d",
		Instrument.BANK_DRAFT: "32e",
		Instrument.TRAVELERS_CHECK: "32f",
	}
	found = {box: Money.zero(currency) for box in boxes.values()}
	for kind, amount in paid:
		if kind in boxes:
			found[boxes[kind]] += amount
	return found


# --- Steps of a report --------------------------------------------------------------------------------


def check_file(name: str, status: Status, amount: Money, *, voluntary: bool, lacks: Sequence[str]) -> None:
	"""Raises ``Refused`` when a report cannot be told as filed."""
	if status in DECIDED:
		raise Refused("decided", _("{0} is decided already: {1}"), name, status.value)
	if lacks:
		raise Refused("missing", _("{0} is not complete. Still missing: {1}"), name, ", ".join(lacks))
	if not is_over(amount) and not voluntary:
		raise Refused(
			"not_over",
			_("{0} comes to {1}, which is not over the limit. File it only as a voluntary report"),
			name,
			str(amount),
		)


def check_not_required(name: str, status: Status, reason: str) -> None:
	if status in DECIDED:
		raise Refused("decided", _("{0} is decided already: {1}"), name, status.value)
	if len(reason.strip()) < 3:
		raise Refused("reason", _("Say why no report is required"))


def check_filed_on(filed_on: date, crossed_on: date | None, today: date) -> None:
	if filed_on > today:
		raise Refused("future", _("{0} has not come yet. Enter the day it was filed"), filed_on.isoformat())
	if crossed_on and filed_on < crossed_on:
		raise Refused("before", _("It cannot be filed before the payment of {0}"), crossed_on.isoformat())
