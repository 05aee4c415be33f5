"""Reading a history: every line is an event or a bad row with its number and reason."""

import csv
import gzip
import io
import json
from dataclasses import replace
from datetime import datetime

import pytest

from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.rehearsal.codec import BadEvent, event_from_dict, event_to_dict, parse_time
from dealer_pos_crm.rehearsal.history import MAX_LINE, BadRow, HistoryError, HistoryReader
from dealer_pos_crm.rehearsal.summit_motors import script
from dealer_pos_crm.rehearsal.writer import jsonl_lines, write_csv, write_jsonl

from .rehearsal_helpers import MONDAY, WILD, bad, event, read, row, usd, wild, write_lines


def reason_of(line: dict[str, object], currency: str | None = None) -> tuple[str, str]:
	with pytest.raises(BadEvent) as caught:
		event_from_dict(line, currency)
	return caught.value.kind, str(caught.value)


class TestCodec:
	@pytest.mark.parametrize("seed", range(5))
	def test_there_and_back(self, seed):
		for told in WILD[seed % len(WILD)](seed, 60):
			said = replace(told, facts={name: fact for name, fact in told.facts.items() if fact})
			assert event_from_dict(json.loads(json.dumps(event_to_dict(told)))) == said

	def test_fields_that_say_nothing_are_left_out(self):
		told = event_to_dict(event("lead.received", facts={"source": ""}))
		assert set(told) == {"key", "type", "happened_at", "customer", "company", "title"}

	@pytest.mark.parametrize("field", ["key", "type", "happened_at", "customer", "company", "title"])
	@pytest.mark.parametrize("value", [None, ""])
	def test_required(self, field, value):
		kind, reason = reason_of({**row(), field: value})
		assert kind == "missing"
		assert field in reason

	@pytest.mark.parametrize(
		"known",
		[
			{"lead": "L-1"},
			{"vehicle": "V-1"},
			{"pay_request": "P-1"},
			{"card_payment": "C-1"},
			{"type": "gateway.failed"},
		],
	)
	def test_of_a_lead_a_car_or_a_card_nobody_need_know_the_customer(self, known):
		told = event_from_dict(row(customer=None, **known))
		assert told.customer == ""
		assert "customer" not in event_to_dict(told)

	def test_all_that_is_missing_is_named_at_once(self):
		assert "customer, title" in reason_of(row(customer=None, title=None))[1]

	@pytest.mark.parametrize(
		("fields", "kind", "says"),
		[
			({"type": "deposit.taked"}, "type", "did you mean deposit.taken"),
			({"type": "x"}, "type", "not an event type"),
			({"amount": "12.345"}, "amount", "more decimals"),
			({"amount": "1e3"}, "amount", "decimal number"),
			({"amount": "1,250.00"}, "amount", "decimal number"),
			({"amount": "NaN"}, "amount", "decimal number"),
			({"amount": "٣"}, "amount", "decimal number"),
			({"amount": "9" * 40}, "amount", "decimal number"),
			({"amount": True}, "amount", "decimal number"),
			({"amount": ["5"]}, "amount", "decimal number"),
			({"amount": "0.00"}, "amount", "more than zero"),
			({"amount": "-5.00"}, "amount", "more than zero"),
			({"type": "invoice.issued", "amount": "-5.00"}, "amount", "below zero"),
			({"amount": None}, "missing", "moves money"),
			({"deposit": None}, "missing", "deposit"),
			({"type": "deposit.reinstated"}, "missing", "reverses"),
			({"type": "deposit.reinstated", "facts": {"undoes": "deposit.taken"}}, "missing", "reverses"),
			({"type": "payment.reversed"}, "missing", "reverses"),
			({"currency": "Dollar"}, "currency", "three letters"),
			({"currency": None}, "currency", "no currency"),
			({"happened_at": "2025-03-03"}, "date", "local date and time"),
			({"happened_at": "2025-02-30T10:00:00"}, "date", "local date and time"),
			({"happened_at": "2025-03-03T10:00:00Z"}, "date", "no zone"),
			({"happened_at": "2025-03-03T10:00+01"}, "date", "no zone"),
			({"happened_at": "2025-03-03T10:00:00+01:00"}, "date", "no zone"),
			({"happened_at": "2024-W01-1T10:00:00"}, "date", "local date and time"),
			({"happened_at": "03/03/2025 10:00"}, "date", "local date and time"),
			({"happened_at": "0202-03-03T10:00:00"}, "date", "plausible"),
			({"happened_at": "9999-12-31T10:00:00"}, "date", "plausible"),
			({"customer": 5}, "field", "customer must be text"),
			({"reverse": "x"}, "field", "did you mean reverses"),
			({"facts": "x"}, "field", "object"),
			({"facts": ["x"]}, "field", "object"),
			({"facts": {"What": "x"}}, "field", "lower case"),
			({"facts": {"what": {"a": 1}}}, "field", "text"),
			({"facts": {"what": True}}, "field", "text"),
		],
	)
	def test_what_is_wrong_is_said(self, fields, kind, says):
		found, reason = reason_of(row(**fields))
		assert found == kind
		assert says in reason

	def test_long_values_are_cut_in_the_reason(self):
		assert len(reason_of(row(happened_at="x" * 5000))[1]) < 200

	def test_a_currency_for_the_whole_file(self):
		assert event_from_dict(row(currency=None), "EUR").amount == Money.of("500", "EUR")
		assert event_from_dict(row(), "EUR").amount == usd("500")

	def test_numbers_are_taken_as_they_are_written(self):
		assert event_from_dict(row(amount=500)).amount == usd("500")
		assert event_from_dict(row(facts={"waiting": 2, "no": None, "empty": ""})).facts == {"waiting": "2"}

	@pytest.mark.parametrize(
		("text", "moment"),
		[
			("2025-03-03T10:00:00", datetime(2025, 3, 3, 10)),
			("2025-03-03 10:00", datetime(2025, 3, 3, 10)),
			("2025-03-03T10:00:00.5", datetime(2025, 3, 3, 10, 0, 0, 500_000)),
			("2025-03-03T10:00:00.000001", datetime(2025, 3, 3, 10, 0, 0, 1)),
			("2025-03-03T10:00.5", None),
			("2025-03-03T24:00", None),
			("٢٠٢٥-03-03T10:00", None),
		],
	)
	def test_times(self, text, moment):
		assert parse_time(text) == moment


class TestJsonLines:
	def test_what_is_written_is_read(self, tmp_path):
		events = wild(3, 50)
		path = tmp_path / "h.jsonl"
		with path.open("w", encoding="utf-8") as file:
			assert write_jsonl(iter(events), file) == 50
		assert read(path) == list(enumerate(events, 1))
		assert path.read_text(encoding="utf-8") == "".join(jsonl_lines(events))

	@pytest.mark.parametrize(
		("line", "kind"),
		[
			('{"key": ', "json"),
			("[1, 2]", "json"),
			('"text"', "json"),
			("{} {}", "json"),
			("key,type", "json"),
			("[" * 50_000, "json"),
			('{"a": ' * 50_000, "json"),
			('{"amount": ' + "9" * 5000 + "}", "json"),
			('{"key": "\\ud800"}', "missing"),
			("null", "json"),
		],
	)
	def test_lines_that_are_no_event(self, tmp_path, line, kind):
		path = write_lines(tmp_path / "h.jsonl", [row(), line, row(key="2")])
		assert bad(path) == [(2, kind)]

	def test_forgiven(self, tmp_path):
		good = json.dumps(row()).encode()
		path = tmp_path / "h.jsonl"
		path.write_bytes(b"\xef\xbb\xbf" + good + b"\r\n\r\n   \n\n" + good + b"\n\xef\xbb\xbf" + good)
		assert [line for line, item in read(path) if isinstance(item, Event)] == [1, 5, 6]
		assert bad(path) == []

	def test_bytes_that_are_no_text(self, tmp_path):
		path = tmp_path / "h.jsonl"
		path.write_bytes(b'{"key": "\xff\xfe"}\n' + json.dumps(row()).encode() + b"\n")
		assert bad(path) == [(1, "text")]

	def test_a_huge_line_costs_only_itself(self, tmp_path):
		huge = json.dumps(row(title="x" * (3 * MAX_LINE)))
		path = write_lines(tmp_path / "h.jsonl", [row(), huge, row(key="2")])
		assert bad(path) == [(2, "text")]
		assert len(read(path)) == 3

	def test_a_file_cut_off_says_so(self, tmp_path):
		path = tmp_path / "h.jsonl"
		path.write_text(json.dumps(row()) + "\n" + json.dumps(row())[:40])
		(_good, (line, item)) = read(path)
		assert line == 2
		assert "ends in the middle" in item.reason

	def test_an_empty_file(self, tmp_path):
		assert read(write_lines(tmp_path / "h.jsonl", [])) == []

	def test_numbers_with_a_fraction_stay_exact(self, tmp_path):
		line = json.dumps(row()).replace('"500.00"', "0.29")
		assert read(write_lines(tmp_path / "h.jsonl", [line]))[0][1].amount == usd("0.29")
		dust = json.dumps(row()).replace('"500.00"', "0.30000000000000004")
		assert bad(write_lines(tmp_path / "d.jsonl", [dust])) == [(1, "amount")]


class TestCurrencyMix:
	def test_a_company_counts_in_one_currency(self, tmp_path):
		lines = [row(), row(key="2", currency="EUR"), row(key="3", company="Other", currency="EUR")]
		assert bad(write_lines(tmp_path / "h.jsonl", lines)) == [(2, "currency")]

	def test_the_named_currency_rules(self, tmp_path):
		lines = [row(currency="EUR"), row(key="2"), row(key="3", currency=None)]
		assert bad(write_lines(tmp_path / "h.jsonl", lines), currency="USD") == [(1, "currency")]


class TestCompressed:
	def test_gz_is_read_as_it_is(self, tmp_path):
		plain = write_lines(tmp_path / "h.jsonl", [row(key=str(number)) for number in range(100)])
		packed = tmp_path / "h.jsonl.gz"
		packed.write_bytes(gzip.compress(plain.read_bytes()))
		assert read(packed) == read(plain)

	def test_a_damaged_file_is_reported(self, tmp_path):
		data = "".join(json.dumps(row(key=str(number))) + "\n" for number in range(5000)).encode()
		packed = tmp_path / "h.jsonl.gz"
		packed.write_bytes(gzip.compress(data)[:-4000])
		*good, (line, last) = read(packed)
		assert good
		assert all(isinstance(item, Event) for _line, item in good)
		assert line == len(good) + 1
		assert last.kind == "text"

	def test_damaged_from_the_start(self, tmp_path):
		packed = tmp_path / "h.jsonl.gz"
		packed.write_bytes(b"\x1f\x8bnonsense")
		with pytest.raises(HistoryError, match="gzip"):
			HistoryReader(packed)


class TestCsv:
	HEAD = "key,type,happened_at,customer,company,title\n"
	LINE = "{},lead.received,2025-03-03T10:00:00,C-1,Summit,Title\n"

	def file(self, tmp_path, *lines: str, head: str = HEAD, name: str = "h.csv"):
		path = tmp_path / name
		path.write_bytes((head + "".join(lines)).encode())
		return path

	def test_csv_and_json_lines_say_the_same(self, tmp_path):
		events = script.month()
		names = {name for told in events for name in told.facts}
		with (tmp_path / "h.csv").open("w", encoding="utf-8", newline="") as file:
			assert write_csv(events, file, names) == len(events)
		with (tmp_path / "h.jsonl").open("w", encoding="utf-8") as file:
			write_jsonl(events, file)
		from_csv = [item for _line, item in read(tmp_path / "h.csv")]
		assert from_csv == [item for _line, item in read(tmp_path / "h.jsonl")] == events

	def test_hard_texts(self, tmp_path):
		told = [
			event("lead.received", str(n), title=t) for n, t in enumerate(('a "b", c', "two\nlines", "; x"))
		]
		with (tmp_path / "h.csv").open("w", encoding="utf-8", newline="") as file:
			write_csv(told, file)
		assert [item for _line, item in read(tmp_path / "h.csv")] == told
		assert [line for line, _item in read(tmp_path / "h.csv")] == [2, 3, 5]

	def test_a_fact_without_a_column_is_no_silent_loss(self):
		with pytest.raises(ValueError, match=r"facts\.what"):
			write_csv([event("lead.received", facts={"what": "x"})], io.StringIO())

	@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
	def test_delimiters(self, tmp_path, delimiter):
		path = self.file(
			tmp_path, self.LINE.format(1).replace(",", delimiter), head=self.HEAD.replace(",", delimiter)
		)
		assert bad(path) == []
		assert len(read(path)) == 1

	def test_forgiven(self, tmp_path):
		path = tmp_path / "h.csv"
		body = f"\n{self.HEAD}\n{self.LINE.format(1)},,,,,\n\n{self.LINE.format(2)}".replace("\n", "\r\n")
		path.write_bytes(b"\xef\xbb\xbf" + body.encode())
		assert [item.key for _line, item in read(path)] == ["1", "2"]

	@pytest.mark.parametrize(
		("line", "kind"),
		[
			("1,lead.received,2025-03-03T10:00:00,C-1,Summit\n", "csv"),
			("1,lead.received,2025-03-03T10:00:00,C-1,Summit,T,x\n", "csv"),
			('"1"x,lead.received,2025-03-03T10:00:00,C-1,Summit,T\n', "csv"),
			("1,lead.received,2025-03-03T10:00:00,C-1,Summit,\0\n", "text"),
			("1,lead.taken,2025-03-03T10:00:00,C-1,Summit,T\n", "type"),
			("1,lead.received,2025-03-03T10:00:00,,Summit,T\n", "missing"),
			(f"1,lead.received,2025-03-03T10:00:00,C,Summit,{'x' * 2 * MAX_LINE}\n", "text"),
		],
	)
	def test_rows_that_are_no_event(self, tmp_path, line, kind):
		path = self.file(tmp_path, self.LINE.format(0), line, self.LINE.format(2))
		assert bad(path) == [(3, kind)]
		assert len(read(path)) == 3

	@pytest.mark.parametrize("lines_after", [3, 60])
	def test_a_quote_that_is_not_closed_costs_its_own_line(self, tmp_path, lines_after):
		rest = [self.LINE.format(number) for number in range(lines_after)]
		path = self.file(tmp_path, self.LINE.format("a"), '"b,lead.received\n', *rest)
		assert bad(path) == [(3, "csv")]
		assert len(read(path)) == lines_after + 2

	def test_two_open_quotes_do_not_eat_what_is_between(self, tmp_path):
		broken = self.LINE.format('"x')
		path = self.file(
			tmp_path, broken, self.LINE.format(1), self.LINE.format(2), broken, self.LINE.format(3)
		)
		assert bad(path) == [(2, "csv"), (5, "csv")]
		assert [item.key for _line, item in read(path) if isinstance(item, Event)] == ["1", "2", "3"]

	@pytest.mark.parametrize(
		("head", "says"),
		[
			("key,type,happened_at,customer,company\n", "has no column.*title"),
			(HEAD.replace("title", "title,amuont"), "does not know.*amuont"),
			(HEAD.replace("title", "title,facts"), "does not know.*facts"),
			(HEAD.replace("title", "title,title"), "twice.*title"),
		],
	)
	def test_a_heading_that_is_wrong_is_refused(self, tmp_path, head, says):
		with pytest.raises(HistoryError, match=says):
			HistoryReader(self.file(tmp_path, head=head))

	def test_nothing_at_all(self, tmp_path):
		assert read(self.file(tmp_path, head="")) == []


class TestFormats:
	def test_by_content_where_the_name_says_nothing(self, tmp_path):
		jsonl = write_lines(tmp_path / "export", [row()])
		assert len(read(jsonl)) == 1
		table = tmp_path / "table.txt"
		table.write_text(TestCsv.HEAD + TestCsv.LINE.format(1))
		assert len(read(table)) == 1

	def test_a_json_list_is_refused_with_advice(self, tmp_path):
		with pytest.raises(HistoryError, match="one event a line"):
			HistoryReader(write_lines(tmp_path / "h.json", [json.dumps([row()])]))

	def test_utf_16_is_refused_with_advice(self, tmp_path):
		path = tmp_path / "h.csv"
		path.write_text(TestCsv.HEAD, encoding="utf-16")
		with pytest.raises(HistoryError, match="UTF-8"):
			HistoryReader(path)


@pytest.mark.parametrize("form", ["jsonl", "jsonl.gz", "csv", "csv.gz"])
def test_a_reader_goes_on_from_any_place(tmp_path, form):
	events = [event("lead.received", str(n), title=f'a "quoted",\ntitle {n}') for n in range(12)]
	text = io.StringIO()
	if form.startswith("csv"):
		write_csv(events, text)
		lines = text.getvalue() + 'broken,"\r\n' + "1,2\r\n"
	else:
		write_jsonl(events, text)
		lines = text.getvalue() + "broken\n\n"
	path = tmp_path / f"h.{form}"
	path.write_bytes(gzip.compress(lines.encode()) if form.endswith("gz") else lines.encode())
	whole = read(path)
	assert sum(isinstance(item, BadRow) for _line, item in whole) >= 1
	for stop in range(len(whole) + 1):
		with HistoryReader(path) as first:
			begun = [item for _number, item in zip(range(stop), first, strict=False)]
			offset, line = first.offset, first.line
		assert begun == whole[:stop]
		assert read(path, offset=offset, line=line) == whole[stop:]


def test_progress_reaches_the_size_of_the_file(tmp_path):
	plain = write_lines(tmp_path / "h.jsonl", [row(key=str(number)) for number in range(500)])
	packed = tmp_path / "h.jsonl.gz"
	packed.write_bytes(gzip.compress(plain.read_bytes()))
	for path in (plain, packed):
		with HistoryReader(path) as reader:
			for _item in reader:
				pass
			assert reader.position == reader.size == path.stat().st_size


def test_excel_can_read_the_csv(tmp_path):
	text = io.StringIO()
	write_csv([event("lead.received", at=MONDAY)], text)
	assert next(csv.DictReader(io.StringIO(text.getvalue())))["happened_at"] == "2025-03-03T10:00:00"
