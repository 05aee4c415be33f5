"""The page: right numbers, nothing from outside, nothing cut without a word."""

import csv
import re
from collections import Counter
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dealer_pos_crm.domain.follow_up import Owner, Rule, Span, Unit
from dealer_pos_crm.domain.money import total
from dealer_pos_crm.rehearsal import charts, figures, report
from dealer_pos_crm.rehearsal.rules import RuleBook
from dealer_pos_crm.rehearsal.summit_motors import script
from dealer_pos_crm.rehearsal.writer import jsonl_lines

from .rehearsal_helpers import MONDAY, play, row, write_lines

NASTY = "<script>alert('x')</script> & \"quoted\""


class Page(HTMLParser):
	"""The page's text, its tags and what they point to; complains about what is not closed."""

	VOID = frozenset({"meta", "br", "link", "img", "line", "rect"})

	def __init__(self, path: Path) -> None:
		super().__init__()
		self.source = path.read_text(encoding="utf-8")
		self.open: list[str] = []
		self.tags: list[tuple[str, dict[str, str | None]]] = []
		self.pieces: list[str] = []
		self.feed(self.source)
		assert self.open == []

	def handle_starttag(self, tag, attrs):
		self.tags.append((tag, dict(attrs)))
		if tag not in self.VOID:
			self.open.append(tag)

	def handle_startendtag(self, tag, attrs):
		self.tags.append((tag, dict(attrs)))

	def handle_endtag(self, tag):
		assert self.open.pop() == tag

	def handle_data(self, data):
		if self.open and self.open[-1] not in ("style", "script"):
			self.pieces.append(data)

	@property
	def text(self) -> str:
		return " ".join(" ".join(self.pieces).split())


def page_of(tmp_path: Path, lines: list[object], book: RuleBook | None = None) -> Page:
	history = write_lines(tmp_path / "h.jsonl", lines)
	book = book or RuleBook()
	connection = play(history, book=book)
	report.write(connection, book, tmp_path / "report.html")
	connection.close()
	return Page(tmp_path / "report.html")


@pytest.fixture(scope="module")
def month(tmp_path_factory) -> tuple[Page, report.Summary]:
	folder = tmp_path_factory.mktemp("month")
	lines: list[object] = [line.strip() for line in jsonl_lines(script.month())]
	connection = play(write_lines(folder / "month.jsonl", lines))
	summary = report.write(connection, RuleBook(), folder / "report.html")
	connection.close()
	return Page(folder / "report.html"), summary


class TestMonth:
	def test_the_cards_say_what_was_found(self, month):
		page, summary = month
		totals, (books,) = summary.totals, summary.books
		assert totals.events == len(script.month())
		assert totals.promised == totals.opened + totals.avoided + totals.suppressed + totals.planned
		assert totals.opened == totals.answered + totals.open
		for words in (
			f"Events {totals.events:,}",
			f"Follow-ups opened {totals.opened:,}",
			f"Stopped by the answer {totals.answered + totals.avoided:,}",
			f"Suppressed {totals.suppressed:,}",
			f"Money in {books.money_in.decimal:,f}",
			f"Money out {books.money_out.decimal:,f}",
			f"Deposits held {books.held.decimal:,f}",
			"✓ to the cent",
			"no bad rows",
		):
			assert words in page.text

	def test_the_lane_is_told(self, month):
		page, _summary = month
		told = Counter(event.type for event in script.month() if event.department == "Service")
		missed, kept = told["appointment.missed"], told["appointment.kept"]
		assert f"No-shows {missed} {100 * missed / (missed + kept):.0f} %" in page.text
		refused = [event for event in script.month() if event.type in ("job.declined", "job.deferred")]
		back = [event for event in script.month() if event.type == "declined_service.recovered"]
		price, brought = (total((event.amount for event in some), "USD") for some in (refused, back))
		assert f"Declined work {price.decimal:,f} USD {len(refused)} jobs" in page.text
		assert f"Won back {brought.decimal:,f} USD {len(back)} jobs" in page.text

	def test_the_showroom_is_told(self, month):
		page, _summary = month
		events = script.month()
		leads = {event.lead for event in events if event.type == "lead.received"}
		undone = {event.reverses for event in events if event.reverses}
		first: dict[str, int] = {}
		for event in events:
			if event.type == "lead.responded":
				first.setdefault(event.lead, int(event.facts["minutes"]))
		quick = sum(minutes <= 5 for minutes in first.values())
		assert f"Leads answered in time {quick} {100 * quick / len(first):.0f} %" in page.text
		sold = [event for event in events if event.type == "deal.delivered" and event.key not in undone]
		buyers = {event.lead for event in sold}
		assert (
			f"Delivered {len(sold)} {100 * len(buyers) / len(leads):.0f} % of {len(leads)} leads" in page.text
		)
		assert f"Visit {len({e.lead for e in events if e.type == 'visit.made'})} " in page.text
		lost = Counter(e.facts["reason"] for e in events if e.type == "deal.lost" and e.key not in undone)
		for reason, count in lost.items():
			assert f"{reason} {count}" in page.text

	def test_every_owner_and_rule_has_its_line(self, month):
		page, summary = month
		assert summary.totals.opened > 50
		for person in (
			"marcus.bell",
			"priya.nair",
			"dean.kowalski",
			"tessa.lindqvist",
			"Dealer Manager (round",
		):
			assert person in page.text
		for rule in RuleBook().rules:
			assert rule.name in page.text

	def test_nothing_comes_from_outside(self, month):
		page, _summary = month
		assert not [
			tag for tag, _attributes in page.tags if tag in ("script", "link", "img", "iframe", "object")
		]
		for _tag, attributes in page.tags:
			assert not {"src", "href", "onload", "onclick"} & attributes.keys()
		assert not re.search(r"https?:|url\(|@import|//[a-z]", page.source)

	def test_the_reconciliation_adds_up_on_the_page(self, month):
		page, _summary = month
		block = page.text[
			page.text.index("Where the money went") : page.text.index("How long it has been held")
		]
		block = re.sub(r", less [\d,]+\.\d\d (taken back|cancelled)", "", block)
		numbers = [round(float(n.replace(",", "")) * 100) for n in re.findall(r"[\d,]+\.\d\d", block)]
		taken, reversed_, applied, refunded, forfeited, held, counted, difference = numbers
		assert taken - reversed_ - applied - refunded - forfeited == held == counted
		assert difference == 0
		assert min(numbers[:6]) > 0  # the month has some of everything

	def test_charts_are_drawn_and_named(self, month):
		page, _summary = month
		drawn = [attributes for tag, attributes in page.tags if tag == "svg"]
		assert [chart["aria-label"] for chart in drawn] == [
			"Follow-ups opened per day and owner",
			"Money in and out per day, USD",
		]


def test_what_people_typed_is_shown_as_text(tmp_path):
	lines = [
		row(key=NASTY, customer=NASTY, company=NASTY, deposit=NASTY, actor=NASTY, department="Sales"),
		row(key="2", type=NASTY),
		row(key=NASTY, title="told otherwise"),
	]
	for line in lines:
		line["facts"] = {"what": NASTY, "sales_owner": NASTY}
	book = RuleBook((Rule(NASTY, "deposit.taken", "t", owner=Owner.SALES),))
	page = page_of(tmp_path, lines, book)
	assert not [tag for tag, _attributes in page.tags if tag == "script"]
	assert page.text.count("<script>") >= 5


class TestBadRows:
	def test_all_of_a_few(self, tmp_path):
		page = page_of(tmp_path, [row(), "broken", row(key="2", amount="1.234")])
		assert "2 bad rows" in page.text
		assert "h.jsonl 2 json not JSON" in page.text
		assert "h.jsonl 3 amount amount: 1.234 has more decimals" in page.text
		assert "are shown" not in page.text

	def test_the_first_of_many_and_how_many_more(self, tmp_path):
		page = page_of(tmp_path, [row(), *["broken"] * 300])
		assert f"The first {report.SHOWN} are shown; {300 - report.SHOWN} more are in" in page.text
		with (tmp_path / "report.bad-rows.csv").open(encoding="utf-8-sig", newline="") as file:
			rows = list(csv.reader(file))
		assert rows[0] == ["file", "line", "kind", "reason"]
		assert [int(line) for _file, line, _kind, _reason in rows[1:]] == list(range(2, 302))

	def test_nothing_but_bad_rows(self, tmp_path):
		page = page_of(tmp_path, ["broken"] * 3)
		assert "No event was recorded. All 3 lines were refused" in page.text

	def test_none_leaves_no_file(self, tmp_path):
		(tmp_path / "report.bad-rows.csv").write_text("of an earlier run")
		page = page_of(tmp_path, [row()])
		assert "every line was read as an event" in page.text
		assert not (tmp_path / "report.bad-rows.csv").exists()

	def test_a_spreadsheet_runs_no_formula(self, tmp_path):
		history = tmp_path / "=cmd.jsonl"
		connection = play(write_lines(history, ["broken"]))
		report.write(connection, RuleBook(), tmp_path / "report.html")
		assert "\r\n'=cmd.jsonl," in (tmp_path / "report.bad-rows.csv").read_bytes().decode("utf-8-sig")


def test_deposits_held_are_named_or_in_the_file(tmp_path):
	few = [row(key=str(n), deposit=f"D-{n}") for n in range(3)]
	assert "more; all of them" not in page_of(tmp_path, few).text
	assert not (tmp_path / "report.held.csv").exists()
	many = [row(key=str(n), deposit=f"D-{n}", customer="=1+1") for n in range(40)]
	assert "and 28 more; all of them are in report.held.csv" in page_of(tmp_path, many).text
	with (tmp_path / "report.held.csv").open(encoding="utf-8-sig", newline="") as file:
		held = list(csv.DictReader(file))
	assert len(held) == 40
	assert {line["customer"] for line in held} == {"'=1+1"}
	assert sum(float(line["held"]) for line in held) == 40 * 500


def test_money_that_does_not_add_up_is_a_cross(tmp_path):
	page = page_of(tmp_path, [row(), row(key="r", type="deposit.refunded", amount="500.01")])
	assert "✗ no" in page.text
	assert "Not reconciled." in page.text
	assert "DEP-1 holds -0.01 USD" in page.text


def test_suppressed_with_rule_and_reason(tmp_path):
	rule = Rule("Call", "deposit.taken", "t", owner=Owner.DOCUMENT, cap=1)
	page = page_of(tmp_path, [row(key=str(n), deposit=f"D-{n}") for n in range(5)], RuleBook((rule,)))
	assert "The cap for this rule and customer is reached Call 4" in page.text


def test_each_currency_has_its_cards(tmp_path):
	page = page_of(tmp_path, [row(), row(key="2", company="Other", currency="JPY", amount="50000")])
	assert "Deposits held 500.00 USD" in page.text
	assert "Deposits held 50,000 JPY" in page.text


def test_lines_out_of_order_are_mentioned(tmp_path):
	page = page_of(tmp_path, [row(), row(key="2", happened_at="2025-03-01T10:00:00")])
	assert "1 line is earlier than a line before" in page.text


def test_an_empty_history(tmp_path):
	page = page_of(tmp_path, [])
	assert "The file has no lines" in page.text
	assert "No event with an amount" in page.text


def test_many_owners_are_bundled(tmp_path):
	rule = Rule("Call", "deposit.taken", "t", owner=Owner.DOCUMENT)
	lines = [row(key=str(n), deposit=f"D-{n}", actor=f"u{n:03d}@x.example") for n in range(70)]
	page = page_of(tmp_path, lines, RuleBook((rule,)))
	assert "All others 64" in page.text
	assert "and 20 more owners with 20 follow-ups" in page.text


class TestScale:
	@pytest.mark.parametrize(
		("days", "name"), [(1, "day"), (45, "day"), (46, "week"), (420, "week"), (421, "month")]
	)
	def test_fine_enough_and_not_finer(self, days, name):
		first = date(2025, 1, 15)
		scale = figures.Scale.over(first, first + timedelta(days=days - 1))
		assert scale.name == name
		periods = scale.periods()
		assert len(periods) <= 62
		assert periods == sorted(set(periods))
		assert periods[0] <= first
		assert periods[-1] <= scale.last

	@pytest.mark.parametrize("days", [3, 100, 900])
	def test_sql_and_python_mean_the_same_periods(self, tmp_path, days):
		rule = Rule("Call", "deposit.taken", "t", owner=Owner.DOCUMENT, wait=Span(0, Unit.DAYS))
		lines = [
			row(key=str(n), deposit=f"D-{n}", happened_at=(MONDAY + timedelta(days=n)).isoformat())
			for n in range(days)
		]
		connection = play(write_lines(tmp_path / "h.jsonl", lines), book=RuleBook((rule,)))
		scale = figures.Scale.over(MONDAY.date(), MONDAY.date() + timedelta(days=days - 1))
		opened = figures.opened_over_time(connection, scale, [])
		assert [at for at, _row in opened.rows] == scale.periods()
		assert opened.sums == [days]
		flows = figures.money_over_time(connection, scale, "USD")
		assert [flow.at for flow in flows] == scale.periods()


class TestCharts:
	def test_nothing_to_draw(self):
		assert charts.columns("t", [], [], [], []).startswith("<svg")
		assert charts.flows("t", ["a"], ["a"], [0], [0]).startswith("<svg")

	@pytest.mark.parametrize("value", [1, 3, 7, 10, 99, 1234, 5_000_000])
	def test_nothing_leaves_the_frame(self, value):
		for drawn in (
			charts.columns("t", ["a"], ["a"], ["n"], [[value]]),
			charts.flows("t", ["a"], ["a"], [value], [value / 3]),
		):
			for y, height in re.findall(r'<rect[^>]* y="([\d.-]+)"[^>]* height="([\d.-]+)"', drawn):
				assert 0 <= float(y) <= 250
				assert 0 <= float(height)
				assert float(y) + float(height) <= 250

	def test_names_are_escaped(self):
		drawn = charts.columns(NASTY, [NASTY], [NASTY], [NASTY], [[1]])
		assert "<script" not in drawn
