"""The papers of a deal: which are needed, before which stage, and what counts as there."""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from .refusal import Refused, _


class Status(str, enum.Enum):
	MISSING = "Missing"
	RECEIVED = "Received"
	NOTED = "Noted"
	WAIVED = "Waived"


class Need(str, enum.Enum):
	ALWAYS = "Always"
	CASH = "Cash"
	FINANCE = "Finance"
	LEASE = "Lease"
	TRADE_IN = "Trade-in"
	USED = "Used Car"
	NEW = "New Car"
	CO_BUYER = "Co-buyer"
	BUSINESS = "Business Buyer"


# The stages before which papers can be due, in their order.
STAGES: tuple[str, ...] = ("Write-up", "F&I", "Contracted", "Delivered", "Funded")
# What a deal passes through; a paper is due before its stage and before every later one.
_ORDER: tuple[str, ...] = (
	"New", "Contacted", "Appointment", "Visit", "Write-up", "Deposit", "F&I", "Contracted", "Delivered",
	"Funded",
)  # fmt: skip
NOT_NEEDED_NOW = _("Not needed any more")


@dataclass(frozen=True)
class Deal:
	"""What decides which papers a deal needs."""

	deal_type: str = ""
	used: bool | None = None  # None: nobody knows yet
	trade_in: bool = False
	co_buyer: bool = False
	business: bool = False


@dataclass(frozen=True)
class Wanted:
	"""One paper of a template."""

	document: str
	required_before: str
	when_needed: Need = Need.ALWAYS
	valid_days: int = 0
	note_is_enough: bool = False
	sensitive: bool = False

	@property
	def key(self) -> str:
		return key_of(self.document)


@dataclass(frozen=True)
class Paper:
	"""One paper of a deal, as it stands. ``key`` is empty for one that somebody added by hand."""

	document: str
	required_before: str
	status: Status = Status.MISSING
	key: str = ""
	expires_on: date | None = None
	why: str = ""
	sensitive: bool = False
	note_is_enough: bool = False


def key_of(document: str) -> str:
	return " ".join(document.lower().split())


def needs(deal: Deal) -> frozenset[Need]:
	"""The conditions that a deal fulfils."""
	found = {Need.ALWAYS}
	found |= {need for need in (Need.CASH, Need.FINANCE, Need.LEASE) if need.value == deal.deal_type}
	if deal.used is not None:
		found.add(Need.USED if deal.used else Need.NEW)
	for holds, need in (
		(deal.trade_in, Need.TRADE_IN),
		(deal.co_buyer, Need.CO_BUYER),
		(deal.business, Need.BUSINESS),
	):
		if holds:
			found.add(need)
	return frozenset(found)


def wanted_of(template: Iterable[Wanted], deal: Deal) -> list[Wanted]:
	"""The papers a deal needs: each once, before the earliest stage that any row of it names."""
	fulfilled = needs(deal)
	found: dict[str, Wanted] = {}
	for row in template:
		if row.when_needed not in fulfilled:
			continue
		other = found.get(row.key)
		if other is None:
			found[row.key] = row
		elif STAGES.index(row.required_before) < STAGES.index(other.required_before):
			found[row.key] = replace(row, sensitive=row.sensitive or other.sensitive)
		else:
			found[row.key] = replace(other, sensitive=row.sensitive or other.sensitive)
	return sorted(found.values(), key=lambda row: STAGES.index(row.required_before))


def filled(papers: Sequence[Paper], wanted: Sequence[Wanted]) -> list[tuple[int | None, Paper]]:
	"""The checklist of a deal after a change: (where the paper stood before, the paper).

	Nothing that came in is lost: what is not needed any more stays on file without a stage; only what is
	missing and not needed goes. Rows added by hand stay as they are.
	"""
	by_key = {row.key: row for row in wanted}
	found: list[tuple[int | None, Paper]] = []
	seen: set[str] = set()
	for at, paper in enumerate(papers):
		if not paper.key:
			found.append((at, paper))
			continue
		if paper.key in seen:
			continue
		seen.add(paper.key)
		row = by_key.get(paper.key)
		if row is not None:
			found.append(
				(
					at,
					replace(
						paper,
						document=row.document,
						required_before=row.required_before,
						why=row.when_needed.value,
						sensitive=row.sensitive or paper.sensitive,
						note_is_enough=row.note_is_enough,
					),
				)
			)
		elif paper.status is not Status.MISSING:
			found.append((at, replace(paper, required_before="", why=NOT_NEEDED_NOW)))
	for row in wanted:
		if row.key not in seen:
			found.append(
				(
					None,
					Paper(
						document=row.document,
						required_before=row.required_before,
						key=row.key,
						why=row.when_needed.value,
						sensitive=row.sensitive,
						note_is_enough=row.note_is_enough,
					),
				)
			)
	return sorted(found, key=lambda pair: _rank(pair[1].required_before))


def _rank(stage: str) -> int:
	return STAGES.index(stage) if stage in STAGES else len(STAGES)


def is_expired(paper: Paper, today: date) -> bool:
	return paper.status is not Status.WAIVED and paper.expires_on is not None and paper.expires_on < today


def counts(paper: Paper, today: date) -> bool:
	"""Whether the paper is there: received, noted or waived, and not expired."""
	return paper.status is not Status.MISSING and not is_expired(paper, today)


def due_before(paper: Paper, stage: str) -> bool:
	"""Whether a paper must be there before a deal reaches that stage."""
	if paper.required_before not in _ORDER or stage not in _ORDER:
		return False
	return _ORDER.index(paper.required_before) <= _ORDER.index(stage)


def missing(papers: Iterable[Paper], stage: str, today: date) -> list[Paper]:
	"""What keeps a deal from a stage, in the order of the checklist."""
	return [paper for paper in papers if due_before(paper, stage) and not counts(paper, today)]


def expiry(received_on: date, valid_days: int) -> date | None:
	return received_on + timedelta(days=valid_days) if valid_days > 0 else None


def check_note(paper: Paper, note: str | None) -> str:
	"""A note in place of the paper, where that is enough. Refused: ``note_not_enough``, ``no_note``."""
	if not paper.note_is_enough:
		raise Refused(
			"note_not_enough",
			_("{0}: a note is not enough. Attach the document, or have a manager waive it"),
			paper.document,
		)
	return check_words(note, paper.document)


def check_words(note: str | None, document: str) -> str:
	text = (note or "").strip()
	if len(text) < 3:
		raise Refused("no_note", _("{0}: say it in a few words"), document)
	return text


def groups(papers: Iterable[Paper], today: date) -> Mapping[str, list[Paper]]:
	"""The checklist by stage, what is missing first."""
	found: dict[str, list[Paper]] = {}
	for paper in papers:
		found.setdefault(paper.required_before, []).append(paper)
	return {
		stage: sorted(found[stage], key=lambda paper: counts(paper, today))
		for stage in (*STAGES, "")
		if stage in found
	}
