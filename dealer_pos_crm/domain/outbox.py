"""The outbox: one call to the outside, made once in effect, whatever breaks on the way.

A call is written down before it is made, under a key that the provider knows it by. While the key lives, the
same call may be repeated; after that nobody repeats it blindly: the provider is asked what became of it.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

KEY_LENGTH = 255
_BASE_LENGTH = KEY_LENGTH - len(":9999999")  # without its number

# A provider keeps a key for at least 24 hours; an hour is left for clocks and slow answers.
KEY_LIFE = timedelta(hours=23)

# Longer than a call with all its repetitions takes: whoever comes earlier may meet it under way.
LEASE = timedelta(minutes=3)

# From this try on the provider is asked first: it repeats a stored answer, be it an error, for the same key.
ASK_FROM = 3

_WAITS = (
	timedelta(minutes=1),
	timedelta(minutes=2),
	timedelta(minutes=5),
	timedelta(minutes=15),
	timedelta(minutes=30),
)
_LONGEST = timedelta(hours=1)

# A key that outlived its life is asked about this often, until the provider answers.
_ASK_AGAIN = timedelta(hours=1)


class Status(str, Enum):
	"""Where a call stands."""

	SENDING = "Sending"  # to be made, or under way
	DONE = "Done"
	REFUSED = "Refused"  # a definite no: nothing was done
	UNKNOWN = "Unknown"  # no answer yet, or one that says nothing
	GIVEN_UP = "Given Up"  # a person decides


OPEN = frozenset({Status.SENDING, Status.UNKNOWN})
FINAL = frozenset({Status.DONE, Status.REFUSED})


class Answer(str, Enum):
	"""What came back, by what it means for us."""

	DONE = "Done"
	REFUSED = "Refused"
	BUSY = "Busy"  # not taken on; the same call later
	SILENT = "Silent"  # unknown whether it was carried out
	LOCKED_OUT = "Locked Out"  # our key to the provider is not accepted: nothing was done
	CONFLICT = "Conflict"  # the key was used for something else: a fault of ours
	FOUND = "Found"  # asked, and it had been carried out
	ABSENT = "Absent"  # asked, and it surely had not


class Step(str, Enum):
	"""What may be done with a call now."""

	CALL = "Call"
	ASK = "Ask"  # look at the provider's, then call when it is absent and the key still lives
	WAIT = "Wait"
	NOTHING = "Nothing"


@dataclass(frozen=True)
class Call:
	"""A written-down call as it stands. ``harmless``: done twice it costs nobody anything."""

	status: Status
	tries: int = 0
	first_sent: datetime | None = None
	next_try: datetime | None = None
	harmless: bool = False

	def key_lives(self, now: datetime) -> bool:
		return self.first_sent is None or now - self.first_sent < KEY_LIFE


@dataclass(frozen=True)
class Change:
	"""What becomes of a call. ``person``: somebody has to be told."""

	status: Status
	next_try: datetime | None = None
	person: bool = False


def key_of(
	site: str, doctype: str, name: str, operation: str, parts: Sequence[str | int], number: int
) -> str:
	"""The key of a call: the same call has the same one, on every machine and after every restart.

	Reads ``<site>:<doctype>:<name>:<operation>[:<part>...]:<number>``. Of one that would be too long, the end
	of what stands before the number is replaced by its fingerprint; the number always is the last word.
	"""
	words = [site, doctype, name, operation, *(str(part) for part in parts)]
	base = ":".join(re.sub(r"\s+", "-", word.strip()) for word in words)
	if len(base) > _BASE_LENGTH or not base.isascii():
		fingerprint = hashlib.sha256(base.encode()).hexdigest()
		base = f"{base.encode('ascii', 'replace').decode()[: _BASE_LENGTH - 65]}:{fingerprint}"
	return f"{base}:{number}"


def key_after(key: str) -> str:
	"""The key of the same call under its next number."""
	base, _colon, number = key.rpartition(":")
	return f"{base}:{int(number) + 1}"


def wait_after(tries: int) -> timedelta:
	"""How long to wait after so many tries without an answer."""
	return _WAITS[tries - 1] if 1 <= tries <= len(_WAITS) else _LONGEST


def step(call: Call, now: datetime, *, asked_by_person: bool = False) -> Step:
	"""What may be done now. A person does not wait for the next try, but never overtakes one under way."""
	if call.status in FINAL:
		return Step.NOTHING
	if call.status is Status.GIVEN_UP:
		return Step.ASK if asked_by_person else Step.NOTHING
	waiting = call.next_try is not None and now < call.next_try
	under_way = call.status is Status.SENDING and call.tries > 0
	if waiting and (under_way or not asked_by_person):
		return Step.WAIT
	if not call.key_lives(now):
		return Step.ASK
	return Step.ASK if call.tries >= ASK_FROM - 1 else Step.CALL


def may_call(call: Call, now: datetime) -> bool:
	"""Whether the call may be made after the provider said that it knows nothing of it: under its own key,
	while that lives."""
	return call.status in OPEN and call.key_lives(now)


def after(call: Call, answer: Answer, now: datetime) -> Change:
	"""What an answer makes of a call, whose ``tries`` count this one already."""
	if call.status in FINAL:
		return Change(call.status)
	if answer in (Answer.DONE, Answer.FOUND):
		return Change(Status.DONE)
	if answer is Answer.REFUSED:
		return Change(Status.REFUSED)
	if answer is Answer.CONFLICT:
		return Change(Status.GIVEN_UP, person=True)
	if answer is Answer.ABSENT:
		# Only asked of a key that lives no more: making the call again is a decision.
		return Change(Status.REFUSED) if call.harmless else Change(Status.GIVEN_UP, person=True)
	if not call.key_lives(now):
		return Change(Status.UNKNOWN, now + _ASK_AGAIN, person=True)
	return Change(
		Status.UNKNOWN,
		now + wait_after(call.tries),
		person=answer is Answer.LOCKED_OUT or call.tries >= ASK_FROM,
	)


def next_number(statuses: Sequence[Status]) -> int | None:
	"""The number for a further call of the same kind, after earlier ones in their order; None when the last
	one still stands: a new key only after a definite refusal."""
	if statuses and statuses[-1] is not Status.REFUSED:
		return None
	return len(statuses) + 1
