"""The papers, checks, due bills and titles of a deal, as pure decisions."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import compliance, documents, title, we_owe
from dealer_pos_crm.domain.compliance import Check, Kind, Result, State
from dealer_pos_crm.domain.documents import Deal, Need, Paper, Status, Wanted
from dealer_pos_crm.domain.refusal import Refused

TODAY = date(2026, 11, 22)
TEMPLATE = [
	Wanted("Photo ID", "F&I", sensitive=True),
	Wanted("Credit application", "F&I", Need.FINANCE, valid_days=30, sensitive=True),
	Wanted("Buyers Guide", "Contracted", Need.USED),
	Wanted("Payoff letter", "Contracted", Need.TRADE_IN, note_is_enough=True),
	Wanted("Order", "Contracted"),
	Wanted("Order", "Write-up", Need.BUSINESS),
	Wanted("Insurance", "Delivered", note_is_enough=True),
]


class refused:
	def __init__(self, code: str) -> None:
		self.code = code

	def __enter__(self) -> refused:
		return self

	def __exit__(self, kind, error, trace) -> bool:
		assert isinstance(error, Refused), f"not refused with {self.code}"
		assert error.code == self.code, (error.code, str(error))
		return True


# --- Documents -------------------------------------------------------------------------------------------


def test_conditions_of_a_deal() -> None:
	assert documents.needs(Deal()) == {Need.ALWAYS}
	assert documents.needs(Deal("Lease", used=False)) == {Need.ALWAYS, Need.LEASE, Need.NEW}
	full = Deal("Finance", used=True, trade_in=True, co_buyer=True, business=True)
	assert documents.needs(full) == {
		Need.ALWAYS, Need.FINANCE, Need.USED, Need.TRADE_IN, Need.CO_BUYER, Need.BUSINESS,
	}  # fmt: skip


def test_a_paper_is_wanted_once_before_its_earliest_stage() -> None:
	found = documents.wanted_of(TEMPLATE, Deal("Cash", business=True))
	assert [(row.document, row.required_before) for row in found] == [
		("Order", "Write-up"),
		("Photo ID", "F&I"),
		("Insurance", "Delivered"),
	]


def rows(result) -> list[Paper]:
	return [paper for _at, paper in result]


def test_what_came_in_stays_and_what_is_missing_and_not_needed_goes() -> None:
	first = rows(documents.filled([], documents.wanted_of(TEMPLATE, Deal("Finance", used=True))))
	assert all(paper.status is Status.MISSING for paper in first)
	got = [
		Paper(**{**_fields(paper), "status": Status.RECEIVED})
		if paper.document == "Credit application"
		else paper
		for paper in first
	]
	cash = rows(documents.filled(got, documents.wanted_of(TEMPLATE, Deal("Cash"))))
	names = {paper.document: paper for paper in cash}
	assert "Buyers Guide" not in names
	assert names["Credit application"].required_before == "" and cash[-1].document == "Credit application"
	again = rows(documents.filled(cash, documents.wanted_of(TEMPLATE, Deal("Finance"))))
	back = next(paper for paper in again if paper.document == "Credit application")
	assert (back.status, back.required_before) == (Status.RECEIVED, "F&I")


def _fields(paper: Paper) -> dict:
	return {name: getattr(paper, name) for name in paper.__dataclass_fields__}


deals = st.builds(
	Deal,
	deal_type=st.sampled_from(["", "Cash", "Finance", "Lease"]),
	used=st.sampled_from([None, True, False]),
	trade_in=st.booleans(),
	co_buyer=st.booleans(),
	business=st.booleans(),
)


@given(st.lists(deals, max_size=6), st.sets(st.integers(0, 6)))
def test_filling_is_idempotent_and_never_loses_a_paper(changes: list[Deal], received: set[int]) -> None:
	papers: list[Paper] = [Paper("By hand", "Funded")]
	kept: set[str] = set()
	for deal in changes:
		papers = rows(documents.filled(papers, documents.wanted_of(TEMPLATE, deal)))
		papers = [
			Paper(**{**_fields(paper), "status": Status.RECEIVED}) if at in received and paper.key else paper
			for at, paper in enumerate(papers)
		]
		kept |= {paper.document for paper in papers if paper.status is Status.RECEIVED}
		once = rows(documents.filled(papers, documents.wanted_of(TEMPLATE, deal)))
		assert sorted(map(str, once)) == sorted(map(str, papers))
	assert kept <= {paper.document for paper in papers} and "By hand" in {paper.document for paper in papers}


def test_an_expired_paper_counts_as_missing_and_a_waived_one_does_not_expire() -> None:
	old = TODAY - timedelta(days=1)
	assert not documents.counts(Paper("A", "F&I", Status.RECEIVED, expires_on=old), TODAY)
	assert documents.counts(Paper("A", "F&I", Status.RECEIVED, expires_on=TODAY), TODAY)
	assert documents.counts(Paper("A", "F&I", Status.WAIVED, expires_on=old), TODAY)
	assert documents.expiry(TODAY, 0) is None and documents.expiry(TODAY, 30) == TODAY + timedelta(days=30)


def test_what_is_due_before_a_stage_is_due_before_every_later_one() -> None:
	papers = [
		Paper("A", "F&I"),
		Paper("B", "Delivered"),
		Paper("C", ""),
		Paper("D", "Write-up", Status.NOTED),
	]
	assert [paper.document for paper in documents.missing(papers, "Visit", TODAY)] == []
	assert [paper.document for paper in documents.missing(papers, "F&I", TODAY)] == ["A"]
	assert [paper.document for paper in documents.missing(papers, "Funded", TODAY)] == ["A", "B"]
	assert documents.missing(papers, "Lost", TODAY) == []


def test_a_note_where_it_is_enough() -> None:
	with refused("note_not_enough"):
		documents.check_note(Paper("A", "F&I"), "seen")
	with refused("no_note"):
		documents.check_note(Paper("A", "F&I", note_is_enough=True), " x ")
	assert documents.check_note(Paper("A", "F&I", note_is_enough=True), " seen ") == "seen"


# --- Compliance ------------------------------------------------------------------------------------------


def test_red_flags_is_clear_only_when_all_five_hold() -> None:
	good = dict.fromkeys(compliance.ID_CHECKS, True)
	assert len(good) == 5
	assert compliance.red_flags_result(good, True) is Result.CLEAR
	for field in good:
		assert compliance.red_flags_result({**good, field: False}, True) is Result.ALERT
	with refused("not_attested"):
		compliance.red_flags_result(good, False)


def test_the_last_check_of_each_person_counts() -> None:
	def check(name: str, result: Result, days: int = 0, party: str = "ann", kind: Kind = Kind.OFAC) -> Check:
		return Check(name, kind, party, result, datetime(2026, 11, 22) - timedelta(days=days))

	def state(*checks: Check) -> State:
		found = {
			(party, kind): (state, last)
			for party, kind, state, last in compliance.states(["ann"], checks, TODAY, 30)
		}
		return found["ann", Kind.OFAC][0]

	assert state() is State.MISSING
	assert state(check("1", Result.CLEAR)) is State.DONE
	assert state(check("1", Result.CLEAR, 30)) is State.DONE
	assert state(check("1", Result.CLEAR, 31)) is State.EXPIRED
	assert state(check("1", Result.CLEAR, 2), check("2", Result.ALERT, 1)) is State.ALERT
	assert state(check("1", Result.ALERT, 2), check("2", Result.CLEARED, 1)) is State.DONE
	assert state(check("1", Result.CLEAR, party="bob")) is State.MISSING
	assert state(check("1", Result.CLEAR, kind=Kind.RED_FLAGS)) is State.MISSING
	assert len(compliance.states(["ann", "bob"], [], TODAY, 0)) == 4


def test_who_clears_an_alert_and_how() -> None:
	note = "Compared the date of birth: another person"
	assert compliance.check_clearing("C", Result.ALERT, "sam", "kim", f" {note} ") == note
	for result, by, text, code in (
		(Result.CLEAR, "kim", note, "no_alert"),
		(Result.ALERT, "sam", note, "own_check"),
		(Result.ALERT, "kim", "ok", "no_note"),
	):
		with refused(code):
			compliance.check_clearing("C", result, "sam", by, text)


def test_what_an_ofac_check_must_say() -> None:
	assert compliance.check_ofac(TODAY, "Clear", TODAY, "Treasury search") is Result.CLEAR
	for listed, result, method, code in (
		(None, "Clear", "Treasury", "no_list_date"),
		(TODAY + timedelta(days=1), "Clear", "Treasury", "future_list"),
		(TODAY, "Clear", "", "no_method"),
		(TODAY, "Cleared", "Treasury", "no_result"),
		(TODAY, None, "Treasury", "no_result"),
	):
		with refused(code):
			compliance.check_ofac(listed, result, TODAY, method)


# --- We Owe ----------------------------------------------------------------------------------------------


def test_what_a_bill_may_promise() -> None:
	we_owe.check_items([("Second key", TODAY)], TODAY)
	for items, code in (
		([], "no_items"),
		([(" x ", TODAY)], "no_text"),
		([("Second key", TODAY), (" second  KEY ", TODAY)], "twice"),
		([("Second key", None)], "no_day"),
		([("Second key", TODAY - timedelta(days=1))], "past"),
	):
		with refused(code):
			we_owe.check_items(items, TODAY)


def test_a_bill_is_done_when_nothing_of_it_is_open() -> None:
	item = we_owe.Item
	assert we_owe.status_of([item.OPEN, item.DONE]) is we_owe.Status.OPEN
	assert we_owe.status_of([item.DONE, item.CANCELLED]) is we_owe.Status.DONE
	assert we_owe.status_of([item.CANCELLED]) is we_owe.Status.CANCELLED


# --- Titles ----------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(list(title.Status)), max_size=10))
def test_title_work_never_leaves_its_end(steps: list[title.Status]) -> None:
	status = title.Status.OPEN
	for step in steps:
		try:
			title.check_step("T", status, step, TODAY, TODAY, None)
		except Refused:
			assert step not in title.possible(status)
			continue
		assert status not in title.OVER
		status = step


def test_a_step_of_title_work_has_its_day() -> None:
	s = title.Status
	with refused("future"):
		title.check_step("T", s.OPEN, s.SENT, TODAY + timedelta(days=1), TODAY, None)
	with refused("before_last"):
		title.check_step("T", s.SENT, s.ISSUED, TODAY - timedelta(days=2), TODAY, TODAY)
	with refused("title_step"):
		title.check_step("T", s.ISSUED, s.SENT, TODAY, TODAY, None)


def test_when_title_work_is_due_and_late() -> None:
	soon = TODAY + timedelta(days=5)
	assert title.due_on(TODAY, 20) == TODAY + timedelta(days=20)
	assert title.due_on(TODAY, 20, soon) == soon
	assert title.due_on(TODAY, 20, TODAY - timedelta(days=1)) == TODAY + timedelta(days=20)
	assert title.is_overdue(title.Status.SENT, TODAY - timedelta(days=1), TODAY)
	assert not title.is_overdue(title.Status.SENT, TODAY, TODAY)
	assert not title.is_overdue(title.Status.ISSUED, TODAY - timedelta(days=9), TODAY)
	assert title.tag_ends(title.Status.SENT, soon, TODAY) and not title.tag_ends(
		title.Status.CLOSED, soon, TODAY
	)
