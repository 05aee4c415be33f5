"""The page that a rehearsal ends with: one HTML file that needs nothing but itself."""

import csv
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..domain.follow_up import Owner, Rule, Unit
from ..domain.money import Money
from . import charts, figures
from .books import Books, HeldDeposit, close
from .lane_figures import lanes
from .rules import RuleBook, span_text
from .showroom_figures import showroom
from .sources import ended

SHOWN = 50  # rows of a long list on the page; all of them are in the file beside it
_NAMED_OWNERS = 6


@dataclass(frozen=True)
class Summary:
	"""What the terminal and the page both say."""

	end: datetime | None
	totals: figures.Totals
	books: list[Books]
	files: list[figures.FileRead]
	bad: int
	bad_kinds: list[tuple[str, int]]

	@property
	def reconciled(self) -> bool:
		return all(one.reconciled for one in self.books)


def summarise(connection: sqlite3.Connection, held_out: "HeldFile | None" = None) -> Summary:
	end = ended(connection)
	files = figures.files(connection)
	return Summary(
		end=end,
		totals=figures.totals(connection, end),
		books=close(connection, end, held_out.add if held_out else lambda held: None),
		files=files,
		bad=sum(file.bad for file in files),
		bad_kinds=figures.bad_kinds(connection),
	)


class HeldFile:
	"""All deposits that are held, as a CSV beside the page."""

	def __init__(self, path: Path) -> None:
		self.path = path
		self._file = path.open("w", encoding="utf-8-sig", newline="")
		self._writer = csv.writer(self._file)
		self._writer.writerow(("deposit", "customer", "what", "taken", "days", "held", "currency"))

	def add(self, held: HeldDeposit) -> None:
		self._writer.writerow(
			(
				_cell(held.deposit),
				_cell(held.customer),
				_cell(held.what),
				held.since.isoformat(" "),
				held.days,
				f"{held.held.decimal:f}",
				held.held.currency,
			)
		)

	def close(self) -> None:
		self._file.close()


def write(connection: sqlite3.Connection, book: RuleBook, path: Path) -> Summary:
	"""Write the page, and beside it what is too long for it: bad rows and deposits held, as CSV."""
	beside = HeldFile(path.with_suffix(".held.csv"))
	try:
		summary = summarise(connection, beside)
	finally:
		beside.close()
	held_file = _keep(beside.path, any(one.holding > len(one.oldest) for one in summary.books))
	bad_file = path.with_suffix(".bad-rows.csv")
	bad_file.unlink(missing_ok=True)
	if summary.bad:
		_write_bad_rows(bad_file, figures.bad_rows(connection))
	owners = figures.by_owner(connection, summary.end)
	person = _Names(owners)
	template = _environment(person).get_template("report.html")
	html = template.render(
		**_page(connection, book, summary, owners, person),
		bad_file=bad_file.name,
		held_file=held_file.name if held_file else None,
	)
	path.write_text(html, encoding="utf-8")
	return summary


def _keep(path: Path, wanted: bool) -> Path | None:
	if not wanted:
		path.unlink(missing_ok=True)
		return None
	return path


def _write_bad_rows(path: Path, rows: Iterable[Sequence[object]]) -> None:
	with path.open("w", encoding="utf-8-sig", newline="") as file:
		writer = csv.writer(file)
		writer.writerow(("file", "line", "kind", "reason"))
		writer.writerows([_cell(value) if isinstance(value, str) else value for value in row] for row in rows)


def _cell(text: str) -> str:
	"""A text that a spreadsheet does not take for a formula."""
	return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _page(
	connection: sqlite3.Connection,
	book: RuleBook,
	summary: Summary,
	owners: list[figures.Share],
	person: "_Names",
) -> dict[str, object]:
	totals, end = summary.totals, summary.end
	rules = figures.by_rule(connection, end, [rule.name for rule in book.rules])
	first = totals.first.date() if totals.first else date.today()
	scale = figures.Scale.over(first, max(first, end.date()) if end else first)
	named = [share.name for share in owners[:_NAMED_OWNERS]]
	opened = figures.opened_over_time(connection, scale, named)
	return {
		"summary": summary,
		"totals": totals,
		"scale": scale,
		"days": (scale.last - scale.first).days + 1,
		"owners": owners,
		"rules": [(rule, share) for rule, share in zip(book.rules, rules, strict=True)],
		"speaking": sum(rule.enabled for rule in book.rules),
		"restraining": any(
			rule.cap or rule.quiet_hours_after_contact or rule.needs_consent or rule.unless_opted_out
			for rule in book.rules
		),
		"opened": opened,
		"opened_chart": _opened_chart(scale, opened, person),
		"suppressed": figures.suppressed(connection),
		"money": [_money(connection, scale, one) for one in summary.books],
		"lanes": lanes(connection),
		"floor": showroom(connection),
		"types": figures.by_type(connection),
		"bad_rows": list(figures.bad_rows(connection, SHOWN)),
	}


def _opened_chart(scale: figures.Scale, table: figures.Table, person: "_Names") -> Markup:
	return Markup(
		charts.columns(
			f"Follow-ups opened per {scale.name} and owner",
			[scale.label(at) for at, _row in table.rows],
			[scale.long_label(at) for at, _row in table.rows],
			[person(name) for name in table.names],
			[row for _at, row in table.rows],
		)
	)


@dataclass(frozen=True)
class _Money:
	books: Books
	flows: list[figures.Flow]
	chart: Markup
	widest_age: int


def _money(connection: sqlite3.Connection, scale: figures.Scale, books: Books) -> _Money:
	flows = figures.money_over_time(connection, scale, books.currency)
	coming = [float((flow.deposits + flow.payments).decimal) for flow in flows]
	going = [float((flow.refunds + flow.taken_back).decimal) for flow in flows]
	hints = [
		f"{scale.long_label(flow.at)}: in {flow.deposits + flow.payments}, out {flow.refunds + flow.taken_back}"
		for flow in flows
	]
	chart = charts.flows(
		f"Money in and out per {scale.name}, {books.currency}",
		[scale.label(flow.at) for flow in flows],
		hints,
		coming,
		going,
	)
	return _Money(books, flows, Markup(chart), max((age.held.minor for age in books.ages), default=0))


class _Names:
	"""Owners as they are called in the house: without the domain that all their addresses share."""

	def __init__(self, owners: Sequence[figures.Share]) -> None:
		domains = {share.name.partition("@")[2] for share in owners if "@" in share.name}
		self._ending = f"@{domains.pop()}" if len(domains) == 1 else ""

	def __call__(self, owner: str) -> str:
		return owner.removesuffix(self._ending) or owner


def _environment(person: _Names) -> Environment:
	environment = Environment(
		loader=FileSystemLoader(Path(__file__).parent / "templates"),
		autoescape=True,
		undefined=StrictUndefined,
		trim_blocks=True,
		lstrip_blocks=True,
	)
	environment.filters.update(
		amount=lambda money: f"{money.decimal:,f}",
		number=lambda count: f"{count:,}",
		day=day_text,
		hours=_hours,
		share=_share,
		rule=_rule_sentence,
		person=person,
	)
	environment.globals["percent"] = _percent
	return environment


def day_text(moment: date | datetime | None) -> str:
	return f"{moment.day} {moment:%b %Y}" if moment else "no date"


def _hours(hours: float | None) -> str:
	if hours is None:
		return "–"
	if hours < 1:
		return f"{hours * 60:.0f} min"
	return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.1f} days"


def _share(rate: float | None) -> str:
	return "–" if rate is None else f"{rate:.0f} %"


def _percent(part: int | Money, whole: int | Money) -> str:
	"""A share of the whole as CSS wants it; at least a sliver for what is not nothing."""
	upper = part.minor if isinstance(part, Money) else part
	lower = whole.minor if isinstance(whole, Money) else whole
	if lower <= 0 or upper <= 0:
		return "0%"
	return f"{max(1.0, 100 * upper / lower):.1f}%"


def _rule_sentence(rule: Rule) -> str:
	"""What a rule does, in words."""
	words = ["On", rule.event_type]
	if rule.conditions:
		words.append(
			"if " + " and ".join(f"{c.field} {c.operator} {c.value}".strip() for c in rule.conditions)
		)
	if rule.anchor:
		side = "before" if rule.wait.value < 0 else "after"
		apart = span_text(type(rule.wait)(abs(rule.wait.value), rule.wait.unit))
		words.append(f"{apart} {side} {rule.anchor}:" if rule.wait.value else f"at {rule.anchor}:")
	else:
		words.append(f"after {span_text(rule.wait)}:" if rule.wait.value else "at once:")
	if rule.stops_share:
		words[-1] = f"for each {rule.stops_share.replace('_', ' ')}, {words[-1]}"
	who = rule.owner_role if rule.owner is Owner.ROUND_ROBIN else rule.owner_user or rule.owner.value
	words.append(f"{str(who).lower() if rule.owner in _KINDS else who},")
	words.append(_due(rule))
	return " ".join(words)


_KINDS = (Owner.SALES, Owner.SERVICE, Owner.BDC, Owner.DOCUMENT)


def _due(rule: Rule) -> str:
	if rule.due.value == 0:
		return "due the same day" if rule.due.unit is Unit.DAYS else "due at once"
	clock = " of opening time" if rule.due_clock.value != "Calendar" else ""
	return f"due within {span_text(rule.due)}{clock}"
