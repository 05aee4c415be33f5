"""Is the person who asks somebody we know? A score with its reasons, and a caution where it may hurt.

Putting a stranger's lead on a customer's file shows one person's history to another, so nobody is taken for
a customer without a doubt on a telephone number alone: families and offices share one.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from .refusal import _ as marked

SAME_NAME = 92  # of 100, token order left aside
LIKE_NAME = 80
SAME_STREET = 85
TO_CHECK = 40  # points from which a person is asked
_OFFICES = frozenset(
	"info sales service office contact admin mail hello team enquiries inquiries noreply no-reply".split()
)
_SUFFIX = re.compile(r"\b(jr|sr|junior|senior|ii|iii|iv)\b\.?", re.IGNORECASE)
_SAME_SUFFIX = {"junior": "jr", "senior": "sr"}


class Verdict(Enum):
	"""What follows from a comparison."""

	CERTAIN = "Certain"
	TO_CHECK = "To Check"
	NOBODY = "Nobody"


@dataclass(frozen=True, slots=True)
class Party:
	"""Who asks, or somebody on file. ``phones`` are keys (``phone.key``); empty texts are not known."""

	name: str = ""
	company_name: str = ""
	is_company: bool = False
	emails: tuple[str, ...] = ()
	phones: tuple[str, ...] = ()
	street: str = ""
	city: str = ""
	postal_code: str = ""
	people: tuple[str, ...] = ()  # of a company on file: who answers there


@dataclass(frozen=True, slots=True)
class Reason:
	"""One thing that speaks for or against, as a template for the translators."""

	code: str
	template: str
	values: tuple[str, ...]
	points: int


@dataclass(frozen=True, slots=True)
class Comparison:
	"""How much two parties are one. ``score`` is the sum of the reasons' points, from 0 to 100."""

	verdict: Verdict
	score: int
	reasons: tuple[Reason, ...] = field(default=())


def email_key(text: str | None) -> str:
	return (text or "").strip().lower()


def name_likeness(one: str, other: str) -> int:
	"""0 to 100; the order of the words and their case do not count. 0 when either is unknown."""
	if not default_process(one) or not default_process(other):
		return 0
	return int(fuzz.token_sort_ratio(one, other, processor=default_process))


def _suffix(name: str) -> str:
	found = _SUFFIX.search(name or "")
	word = found.group(1).lower() if found else ""
	return _SAME_SUFFIX.get(word, word)


def _bare(name: str) -> str:
	return _SUFFIX.sub(" ", name or "").strip(" ,.")


def _first_differs(one: str, other: str) -> bool:
	"""Same last word, other first word: one family, perhaps."""
	ours, theirs = default_process(one).split(), default_process(other).split()
	if len(ours) < 2 or len(theirs) < 2 or ours[-1] != theirs[-1]:
		return False
	first, second = ours[0], theirs[0]
	if first.startswith(second) or second.startswith(first):
		return False
	return fuzz.ratio(first, second) < LIKE_NAME


def compare(asks: Party, known: Party) -> Comparison:
	"""Whether who asks is this one on file."""
	reasons: list[Reason] = []
	same_email = sorted({email_key(one) for one in asks.emails if one} & {email_key(e) for e in known.emails})
	personal = [one for one in same_email if one.partition("@")[0] not in _OFFICES]
	if personal:
		reasons.append(Reason("email", marked("same e-mail {0}"), (personal[0],), 45))
	elif same_email:
		reasons.append(Reason("office_email", marked("same office e-mail {0}"), (same_email[0],), 20))
	same_phone = sorted(set(filter(None, asks.phones)) & set(known.phones))
	if same_phone:
		reasons.append(Reason("phone", marked("same phone {0}"), (same_phone[0],), 40))

	name, theirs, likeness, family = _names(asks, known)
	if likeness >= SAME_NAME and not family:
		reasons.append(Reason("name", marked("same name"), (), 35))
	elif likeness >= LIKE_NAME and not family:
		reasons.append(Reason("like_name", marked("names alike: {0}, {1}"), (name, theirs), 20))
	elif family:
		reasons.append(Reason("family", marked("same last name, other first name: {0}"), (theirs,), 0))
	elif name and theirs:
		reasons.append(Reason("other_name", marked("other name: {0}"), (theirs,), -10))

	reasons += _address(asks, known)
	kinds_differ = bool(asks.company_name) != known.is_company
	if kinds_differ and known.is_company:
		reasons.append(Reason("company", marked("on file is a company, and a person asks"), (), -5))
	elif kinds_differ:
		reasons.append(Reason("person", marked("on file is a person, and a company asks"), (), -5))

	score = max(0, min(100, sum(reason.points for reason in reasons)))
	same = likeness >= SAME_NAME and not family
	alike = likeness >= LIKE_NAME and not family
	certain = not kinds_differ and (
		(bool(personal) and alike)
		or (bool(same_phone) and same)
		or (bool(same_email) and bool(same_phone) and alike)
	)
	if certain:
		return Comparison(Verdict.CERTAIN, max(score, TO_CHECK), tuple(reasons))
	touches = bool(same_email or same_phone) or (same and any(r.code == "address" for r in reasons))
	verdict = Verdict.TO_CHECK if touches or score >= TO_CHECK else Verdict.NOBODY
	return Comparison(verdict, score, tuple(reasons))


def _names(asks: Party, known: Party) -> tuple[str, str, int, bool]:
	"""The names to compare, how alike they are, and whether they look like two of one family."""
	if asks.company_name and known.is_company:
		return asks.company_name, known.name, name_likeness(asks.company_name, known.name), False
	mine = asks.name
	candidates = (known.name, *known.people) if known.is_company else (known.name,)
	theirs, likeness = "", -1
	for candidate in candidates:
		found = name_likeness(_bare(mine), _bare(candidate))
		if found > likeness:
			theirs, likeness = candidate, found
	suffixes = _suffix(mine) != _suffix(theirs)
	return mine, theirs, likeness, bool(mine and theirs) and (suffixes or _first_differs(mine, theirs))


def _address(asks: Party, known: Party) -> list[Reason]:
	if not asks.street or not known.street:
		return []
	place = _same(asks.postal_code[:5], known.postal_code[:5]) or _same(asks.city, known.city)
	if place and fuzz.token_sort_ratio(asks.street, known.street, processor=default_process) >= SAME_STREET:
		return [Reason("address", marked("same address"), (), 20)]
	return []


def _same(one: str, other: str) -> bool:
	return bool(one.strip()) and one.strip().lower() == other.strip().lower()


def decide(found: Iterable[tuple[str, Comparison]]) -> tuple[str | None, Sequence[tuple[str, Comparison]]]:
	"""Who it is, if that is certain, and who comes into question, the likeliest first.

	Two who are certain are none: they may be one customer twice, and a person has to look.
	"""
	asked = sorted(
		((key, comparison) for key, comparison in found if comparison.verdict is not Verdict.NOBODY),
		key=lambda row: (row[1].verdict is not Verdict.CERTAIN, -row[1].score, row[0]),
	)
	certain = [key for key, comparison in asked if comparison.verdict is Verdict.CERTAIN]
	return (certain[0] if len(certain) == 1 else None), asked
