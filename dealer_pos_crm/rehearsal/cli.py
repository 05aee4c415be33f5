"""``dealer-pos``: what the follow-up rules would have done with a history. Needs no bench."""

import gzip
import io
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import TextIO

import click

from .. import __version__
from . import figures, report, schema
from .books import Books
from .codec import parse_time
from .history import HistoryError, HistoryReader
from .lane_figures import Lane, lanes
from .rules import RuleBook, RuleError, dump_rules, load_rules
from .run import rehearse as run_history
from .showroom_figures import Showroom, showroom
from .sources import Source, ended, settings_kept
from .store import SqliteStore
from .summit_motors import script
from .summit_motors.cars import CarsError, read_cars
from .summit_motors.house import house
from .writer import write_csv, write_jsonl

_FILE = click.Path(dir_okay=False, path_type=Path)
_EXISTING = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
_BUILT_IN = "summit-motors.jsonl"
_BAD_SHOWN = 5
_OWNERS_SHOWN = 12
_LABEL = 44


def _moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
	"""A date (its end counts) or a date and time."""
	if value is None:
		return None
	try:
		return datetime.combine(date.fromisoformat(value), time.max)
	except ValueError:
		moment = parse_time(value)
	if moment is None:
		raise click.BadParameter(f"{value} is no date; write 2025-03-31 or 2025-03-31T18:00", ctx, param)
	return moment


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dealer-pos")
def cli() -> None:
	"""Rehearse follow-up rules over a dealership's history, without a bench."""


@cli.command()
@click.argument("history", type=_EXISTING, required=False)
@click.option("--db", type=_FILE, help="Keep the rehearsal in this file; an interrupted run goes on there.")
@click.option("--rules", "rules_file", type=_EXISTING, help="Rules as JSON (see dealer-pos rules).")
@click.option("--html", type=_FILE, help="Write the report here, one page that works offline.")
@click.option(
	"--until", callback=_moment, metavar="DATE", help="End of the rehearsal; later events are left out."
)
@click.option("--currency", help="Currency of amounts that name none; any other one is then a bad row.")
@click.option("--cars", type=_EXISTING, help="CSV of real cars for the built-in month.")
@click.option("--fresh", is_flag=True, help="Start over: forget what the --db file holds.")
@click.option(
	"--strict", is_flag=True, help="Exit with 1 when there are bad rows or the money does not add up."
)
def rehearse(
	history: Path | None,
	db: Path | None,
	rules_file: Path | None,
	html: Path | None,
	until: datetime | None,
	currency: str | None,
	cars: Path | None,
	fresh: bool,
	strict: bool,
) -> None:
	"""Play HISTORY (JSON Lines or CSV, also .gz) through the rules and say what they would have done.

	Without HISTORY, a built-in month of a dealership that does not exist is played.
	"""
	if cars and history:
		raise click.UsageError("--cars goes with the built-in month; leave out HISTORY")
	if currency and not (len(currency) == 3 and currency.isalpha() and currency.isupper()):
		raise click.UsageError(f"{currency} is not a currency code; use three letters such as USD")
	if html and not html.parent.is_dir():
		raise click.UsageError(f"there is no folder {html.parent} for the report")
	with _explained(), tempfile.TemporaryDirectory() as scratch:
		book = load_rules(rules_file) if rules_file else RuleBook()
		path = history or _built_in(Path(scratch) / _BUILT_IN, cars)
		if db and fresh:
			schema.remove(db)
		connection = schema.connect(str(db) if db else "")
		try:
			_check_settings(connection, book, currency, until)
			_play(connection, book, path, until, currency, kept_in=db)
			summary = report.write(connection, book, html) if html else report.summarise(connection)
			for line in _table(connection, summary):
				click.echo(line)
		finally:
			connection.close()
	if html:
		click.echo(f"\nReport: {html}")
	if strict and (summary.bad or not summary.reconciled):
		sys.exit(1)


@cli.command()
def rules() -> None:
	"""Print the default rules as JSON, to edit and give to rehearse --rules."""
	click.echo(dump_rules(RuleBook()))


@cli.command()
@click.option(
	"--out", required=True, type=_FILE, help="File to write: .jsonl or .csv, also .gz; - for standard output."
)
@click.option("--cars", type=_EXISTING, help="CSV of real cars to use (vin, year, make, model, trim).")
def sample(out: Path, cars: Path | None) -> None:
	"""Write the built-in month as a history, to look at the format or to try things."""
	with _explained():
		if str(out) == "-":
			_built_in_to(sys.stdout, cars, as_csv=False)
			return
		count = _built_in_file(out, cars)
	click.echo(f"{count:,} events written to {out}", err=True)


def main() -> None:
	cli(prog_name="dealer-pos")


@contextmanager
def _explained() -> Iterator[None]:
	"""Known troubles as one line on the terminal."""
	try:
		yield
	except (HistoryError, RuleError, CarsError, schema.NotARehearsal) as error:
		raise click.ClickException(str(error)) from None
	except sqlite3.OperationalError as error:
		raise click.ClickException(f"the rehearsal file cannot be written: {error}") from None
	except OSError as error:
		raise click.ClickException(f"{error.filename or 'a file'}: {error.strerror or error}") from None


def _built_in(path: Path, cars: Path | None) -> Path:
	_built_in_file(path, cars)
	return path


def _built_in_file(path: Path, cars: Path | None) -> int:
	as_csv = ".csv" in path.suffixes[-2:]
	if path.suffix != ".gz":
		with path.open("w", encoding="utf-8", newline="") as file:
			return _built_in_to(file, cars, as_csv=as_csv)
	# No name and no time inside, so that the same month is the same file.
	with path.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as packed:
		with io.TextIOWrapper(packed, encoding="utf-8", newline="") as file:
			return _built_in_to(file, cars, as_csv=as_csv)


def _built_in_to(file: TextIO, cars: Path | None, *, as_csv: bool) -> int:
	events = script.month(house(cars=read_cars(cars) if cars else ()))
	if as_csv:
		return write_csv(events, file, {name for event in events for name in event.facts})
	return write_jsonl(events, file)


def _check_settings(
	connection: sqlite3.Connection, book: RuleBook, currency: str | None, until: datetime | None
) -> None:
	"""A rehearsal file belongs to one set of rules; it goes forward in time only."""
	changed = settings_kept(connection, (("rules", dump_rules(book)), ("currency", currency or "")))
	if changed:
		raise click.ClickException(
			f"this --db file was rehearsed with other {' and '.join(changed)};"
			" start over with --fresh, or give another file"
		)
	end = ended(connection)
	if end and until and until < end:
		raise click.ClickException(
			f"this --db file already holds what happened until {end}; "
			"for an earlier end start over with --fresh"
		)


def _play(
	connection: sqlite3.Connection,
	book: RuleBook,
	path: Path,
	until: datetime | None,
	currency: str | None,
	kept_in: Path | None,
) -> None:
	with HistoryReader(path, currency=currency) as reader:
		store = SqliteStore(connection, book)
		source = Source.of(connection, reader)
		if source.resumed_at:
			click.echo(f"Going on after line {source.resumed_at:,}, where the last run was stopped", err=True)
		try:
			with _progress(reader) as on_batch:
				run_history(reader, store, source, until=until, on_batch=on_batch)
		except KeyboardInterrupt:
			if kept_in:
				click.echo(f"\nStopped. {kept_in} keeps what was read; the same command goes on.", err=True)
			else:
				click.echo("\nStopped. Nothing is kept; with --db FILE a run can go on later.", err=True)
			sys.exit(130)


@contextmanager
def _progress(reader: HistoryReader) -> Iterator[Callable[[int], None]]:
	"""A bar over the bytes of the file, where somebody is looking."""
	if not sys.stderr.isatty():
		yield lambda position: None
		return
	done = 0
	with click.progressbar(
		length=max(reader.size, 1), label=f"Reading {reader.path.name}", file=sys.stderr
	) as bar:

		def on_batch(position: int) -> None:
			nonlocal done
			bar.update(position - done)
			done = position

		on_batch(reader.position)
		yield on_batch


def _table(connection: sqlite3.Connection, summary: report.Summary) -> Iterator[str]:
	totals = summary.totals
	yield ""
	if totals.first:
		name = ", ".join(totals.companies)
		yield click.style(
			f"{name}, {report.day_text(totals.first)} to {report.day_text(summary.end)}", bold=True
		)
	known = sum(file.known for file in summary.files)
	late = sum(file.late for file in summary.files)
	left_out = sum(file.after_until for file in summary.files)
	yield _row("Lines read", sum(file.rows for file in summary.files))
	yield _row("Events", totals.events, f"{known:,} told again, no change" if known else "")
	if late:
		yield _row("  out of order", late, "sort by happened_at to see follow-ups as they would have opened")
	if left_out:
		yield _row("  after the end", left_out, "left out")
	yield _row("Bad rows", summary.bad, ", ".join(f"{kind} {count:,}" for kind, count in summary.bad_kinds))
	yield ""
	yield _row("Follow-ups promised", totals.promised)
	yield _row("  opened", totals.opened, f"{totals.open:,} of them still open")
	owners = figures.by_owner(connection, summary.end)
	for owner in owners[:_OWNERS_SHOWN]:
		yield _row(f"    {owner.name}", owner.opened, f"at most {owner.busiest:,} a day")
	if len(owners) > _OWNERS_SHOWN:
		rest = owners[_OWNERS_SHOWN:]
		yield _row(f"    {len(rest):,} more people", sum(owner.opened for owner in rest))
	yield _row(
		"  stopped by the answer", totals.answered + totals.avoided, f"{totals.avoided:,} before opening"
	)
	yield _row("  suppressed", totals.suppressed)
	for reason, rule, count in figures.suppressed(connection)[:_OWNERS_SHOWN]:
		yield _row(f"    {rule}", count, reason)
	yield _row("  planned ahead", totals.planned)
	for lane in lanes(connection):
		yield from _lane(lane)
	yield from _showroom(showroom(connection))
	for books in summary.books:
		yield from _money(books)
	if summary.bad:
		yield ""
		yield f"Bad rows, the first {min(_BAD_SHOWN, summary.bad)} of {summary.bad:,}:"
		for name, line_no, _kind, reason in figures.bad_rows(connection, _BAD_SHOWN):
			yield f"  {name}:{line_no}: {reason}"


def _lane(lane: Lane) -> Iterator[str]:
	yield ""
	yield _row("Service lane", lane.currency)
	if lane.no_show_rate is not None:
		yield _row("  no-shows", lane.missed, f"{lane.no_show_rate:.0f} % of {lane.due:,} appointments")
	if lane.all.rate is not None:
		work = lane.all
		yield _row("  declined work", f"{work.price.decimal:,f}", f"{work.declined:,} jobs")
		yield _row(
			"    - won back", f"{work.brought.decimal:,f}", f"{work.recovered:,} jobs, {work.rate:.0f} %"
		)


def _showroom(floor: Showroom | None) -> Iterator[str]:
	if floor is None:
		return
	yield ""
	yield _row("Showroom", floor.leads, "leads")
	if floor.on_time is not None:
		target = floor.within[0][0]
		yield _row(
			f"  answered within {target} min",
			floor.within[0][1],
			f"{floor.on_time:.0f} %, half of them within {floor.median:,} minutes",
		)
	if floor.no_show_rate is not None:
		yield _row("  no-shows", floor.missed, f"{floor.no_show_rate:.0f} % of {floor.kept + floor.missed:,}")
	for step in floor.funnel[1:]:
		yield _row(
			f"    {step.name.lower()}", step.count, f"{step.rate:.0f} %" if step.rate is not None else ""
		)
	if floor.days_to_fund is not None:
		yield _row("  days until funded", f"{floor.days_to_fund:.1f}", f"{floor.waiting:,} deals still wait")


def _money(books: Books) -> Iterator[str]:
	yield ""
	yield _row("Money", books.currency)
	for label, amount in (
		("  in", books.money_in),
		("  out", books.money_out),
		("  deposits taken", books.taken.told),
		("    - reversed", books.taken.undone),
		("    - applied", books.applied.net),
		("    - refunded", books.refunded.net),
		("    - forfeited", books.forfeited.net),
	):
		yield _row(label, f"{amount.decimal:,f}")
	yield _row("    = held", f"{books.held.decimal:,f}", _verdict(books))
	for problem in books.problems[:_BAD_SHOWN]:
		yield f"      {problem}"
	if books.problem_count > _BAD_SHOWN:
		yield f"      and {books.problem_count - _BAD_SHOWN:,} more contradictions"


def _verdict(books: Books) -> str:
	if books.reconciled:
		return "reconciled to the cent"
	if books.difference:
		return f"NOT RECONCILED: the deposits hold {books.counted.decimal:,f}"
	return f"NOT RECONCILED: {books.problem_count:,} contradictions"


def _row(label: str, value: int | str, note: str = "") -> str:
	shown = f"{value:,}" if isinstance(value, int) else value
	return f"{label:{_LABEL}} {shown:>14}{f'   {note}' if note else ''}".rstrip()


if __name__ == "__main__":
	main()
