"""``dealer-pos`` as people type it."""

import json
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from dealer_pos_crm.rehearsal import cli as cli_module
from dealer_pos_crm.rehearsal.cli import cli
from dealer_pos_crm.rehearsal.rules import RuleBook, rulebook_from_dict
from dealer_pos_crm.rehearsal.summit_motors import script

from .rehearsal_helpers import read, row, write_lines

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def no_network(monkeypatch, tmp_path):
	def refuse(*_arguments, **_more):
		raise AssertionError("the rehearsal called the network")

	monkeypatch.setattr(socket, "socket", refuse)
	monkeypatch.setattr(socket, "create_connection", refuse)
	monkeypatch.chdir(tmp_path)


def run(*words: object, code: int = 0) -> str:
	result = CliRunner().invoke(cli, [str(word) for word in words])
	assert result.exit_code == code, result.output
	return result.output


def numbers(output: str) -> list[str]:
	"""The table, without the note on lines that were known."""
	return [
		line.split("   ")[0].rstrip() + line[44:59] for line in output.splitlines() if "Report" not in line
	]


@pytest.fixture
def history(tmp_path) -> Path:
	run("sample", "--out", tmp_path / "month.jsonl")
	return tmp_path / "month.jsonl"


class TestBuiltInMonth:
	def test_runs_with_no_input(self, tmp_path):
		output = run("rehearse")
		assert "Summit Motors, 2 Oct 2025 to 31 Oct 2025" in output
		assert "reconciled to the cent" in output
		assert list(tmp_path.iterdir()) == []

	def test_is_the_same_every_time(self):
		assert run("rehearse") == run("rehearse")

	def test_is_the_sample(self, history):
		assert numbers(run("rehearse", history)) == numbers(run("rehearse"))

	@pytest.mark.parametrize("name", ["m.csv", "m.csv.gz", "m.jsonl.gz"])
	def test_samples_in_every_format(self, tmp_path, name):
		run("sample", "--out", tmp_path / name)
		assert [item for _line, item in read(tmp_path / name)] == script.month()

	def test_sample_to_standard_output(self):
		assert len(run("sample", "--out", "-").splitlines()) == len(script.month())

	def test_real_cars(self, tmp_path):
		cars = tmp_path / "cars.csv"
		cars.write_text(
			"vin,year,make,model,trim,odometer\n"
			"1M8GDM9AXKP042788,1989,Example,Coach,LE,1000\n"
			"1M8GDM9AXKP042788,1989,Twice,Coach,LE,1000\n"
			"1M8GDM9A0KP042788,1989,Wrong,Check,LE,1000\n"
			"1G4AH59H45G118341,2005,Example,Wagon,SE,nonsense\n"
		)
		assert "reconciled to the cent" in run("rehearse", "--cars", cars)
		run("sample", "--out", tmp_path / "m.jsonl", "--cars", cars)

	@pytest.mark.parametrize(
		("content", "says"), [("a,b\n1,2\n", "no column vin"), ("vin,year,make,model,trim\n", "no car")]
	)
	def test_cars_that_are_none(self, tmp_path, content, says):
		cars = tmp_path / "cars.csv"
		cars.write_text(content)
		assert says in run("rehearse", "--cars", cars, code=1)

	def test_cars_do_not_go_with_a_history(self, tmp_path, history):
		assert "--cars goes with the built-in month" in run("rehearse", history, "--cars", history, code=2)


class TestKeeping:
	def test_again_and_again(self, tmp_path, history):
		db = tmp_path / "r.sqlite"
		first = run("rehearse", history, "--db", db)
		second = run("rehearse", history, "--db", db)
		assert f"{len(script.month()):,} told again, no change" in second
		assert numbers(first) == numbers(second)

	def test_goes_on_after_an_interruption(self, tmp_path, history, monkeypatch):
		db = tmp_path / "r.sqlite"
		honest = cli_module.run_history

		def interrupted(reader, store, source, **options):
			def stop(position):
				raise KeyboardInterrupt

			honest(reader, store, source, **{**options, "batch": 200, "on_batch": stop})

		monkeypatch.setattr(cli_module, "run_history", interrupted)
		assert "the same command goes on" in run("rehearse", history, "--db", db, code=130)
		monkeypatch.setattr(cli_module, "run_history", honest)
		output = run("rehearse", history, "--db", db)
		assert "Going on after line 200" in output
		assert numbers(output)[1:] == numbers(run("rehearse", history))

	def test_other_rules_need_a_fresh_start(self, tmp_path, history):
		db, rules = tmp_path / "r.sqlite", tmp_path / "rules.json"
		rules.write_text(json.dumps([{"name": "r", "event_type": "invoice.issued", "title": "t"}]))
		run("rehearse", history, "--db", db)
		assert "--fresh" in run("rehearse", history, "--db", db, "--rules", rules, code=1)
		output = run("rehearse", history, "--db", db, "--rules", rules, "--fresh")
		assert numbers(output) == numbers(run("rehearse", history, "--rules", rules))

	def test_fresh_deletes_nothing_else(self, tmp_path, history):
		before = history.read_bytes()
		assert "no rehearsal" in run("rehearse", "--db", history, "--fresh", code=1)
		assert history.read_bytes() == before
		assert "cannot be used" in run("rehearse", "--db", history, code=1)
		assert history.read_bytes() == before

	def test_two_at_once(self, tmp_path, history):
		db = tmp_path / "r.sqlite"
		run("rehearse", history, "--db", db)
		other = sqlite3.connect(db)
		other.execute("BEGIN EXCLUSIVE")
		assert "in use by another rehearsal" in run("rehearse", history, "--db", db, code=1)
		other.close()

	def test_an_earlier_end_needs_a_fresh_start(self, tmp_path, history):
		db = tmp_path / "r.sqlite"
		run("rehearse", history, "--db", db, "--until", "2025-10-20")
		assert "--fresh" in run("rehearse", history, "--db", db, "--until", "2025-10-10", code=1)
		run("rehearse", history, "--db", db, "--until", "2025-10-25")
		assert numbers(run("rehearse", history, "--db", db)) == numbers(run("rehearse", history))


class TestUntil:
	def test_leaves_out_what_comes_later(self, history):
		output = run("rehearse", history, "--until", "2025-10-15")
		kept = [told for told in script.month() if told.happened_at.day <= 15]
		assert f"{len(kept):,}" in output
		assert "2 Oct 2025 to 15 Oct 2025" in output
		assert f"{len(script.month()) - len(kept):,}   left out" in output

	def test_a_moment(self, history):
		assert "left out" in run("rehearse", history, "--until", "2025-10-15T12:00")

	@pytest.mark.parametrize("text", ["soon", "15.10.2025", "2025-13-01", "2025-10-15T12:00Z"])
	def test_no_date(self, history, text):
		assert "is no date" in run("rehearse", history, "--until", text, code=2)


class TestBadRows:
	def test_counted_and_shown(self, tmp_path):
		path = write_lines(tmp_path / "h.jsonl", [row(), *["broken"] * 9])
		output = run("rehearse", path)
		assert "json 9" in output
		assert "the first 5 of 9" in output
		assert "h.jsonl:2: not JSON" in output
		run("rehearse", path, "--strict", code=1)

	def test_strict_and_good(self, history):
		run("rehearse", history, "--strict")

	def test_strict_minds_money_that_does_not_add_up(self, tmp_path):
		path = write_lines(tmp_path / "h.jsonl", [row(), row(key="r", type="deposit.refunded", amount="501")])
		assert "NOT RECONCILED" in run("rehearse", path)
		run("rehearse", path, "--strict", code=1)

	def test_currency(self, tmp_path):
		path = write_lines(tmp_path / "h.jsonl", [row(currency=None)])
		assert "the amount has no currency" in run("rehearse", path)
		assert "500.00" in run("rehearse", path, "--currency", "USD", "--strict")
		assert "three letters" in run("rehearse", path, "--currency", "dollar", code=2)

	def test_a_file_that_is_no_history(self, tmp_path):
		path = tmp_path / "h.csv"
		path.write_text("a,b\n1,2\n")
		assert "has no column" in run("rehearse", path, code=1)

	def test_no_file(self):
		assert "does not exist" in run("rehearse", "nothing.jsonl", code=2)


def test_report_and_its_place(tmp_path, history):
	output = run("rehearse", history, "--html", tmp_path / "r.html")
	assert f"Report: {tmp_path / 'r.html'}" in output
	assert "<svg" in (tmp_path / "r.html").read_text(encoding="utf-8")
	assert "no folder" in run("rehearse", history, "--html", tmp_path / "none" / "r.html", code=2)


def test_rules_can_be_printed_edited_and_used(tmp_path, history):
	printed = run("rules")
	assert rulebook_from_dict(json.loads(printed)) == RuleBook()
	path = tmp_path / "rules.json"
	path.write_text(printed)
	assert numbers(run("rehearse", history, "--rules", path)) == numbers(run("rehearse", history))
	path.write_text(printed.replace("Sales Owner", "Seller"))
	assert "owner must be one of" in run("rehearse", history, "--rules", path, code=1)


def test_help_and_version():
	assert "rehearse" in run("--help")
	assert "--strict" in run("rehearse", "-h")
	assert "dealer-pos" in run("--version")


def test_runs_as_a_module():
	words = [sys.executable, "-m", "dealer_pos_crm.rehearsal.cli", "rules"]
	ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
	assert json.loads(ran.stdout)["rules"]
