from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.gateway import BalanceRow
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.payout import (
	SAYINGS,
	Books,
	Charge,
	Dispute,
	Kind,
	Part,
	Problem,
	Refund,
	State,
	clearing_credit,
	fees_by_department,
	judge,
	kind_of,
	part_of,
	sums_of,
)

NOTHING = Books({}, {}, {})


def usd(minor: int) -> Money:
	return Money(minor, "USD")


def row(
	category: str, amount: int, fee: int = 0, *, source: str = "x_1", charge: str = "", no: int = 1
) -> BalanceRow:
	return BalanceRow(
		transaction=f"txn_{no}",
		category=category,
		source=source,
		amount=usd(amount),
		fee=usd(fee),
		net=usd(amount - fee),
		created_at=datetime(2026, 11, 20, 12),
		charge=charge,
	)


def charges(booked: int | None, *, cancelled: bool = False) -> Books:
	money = None if booked is None else usd(booked)
	return Books({"ch_1": Charge("CARD-1", "Service", "PE-1" if booked else "", money, cancelled)}, {}, {})


def only(rows: list[BalanceRow], books: Books):
	verdicts = judge(rows, books)
	assert len({(v.state, v.problem) for v in verdicts}) == 1
	return verdicts[0]


def test_an_adjustment_is_told_by_its_reporting_category():
	assert kind_of("dispute") is Kind.DISPUTE
	assert kind_of("refund_failure") is Kind.REFUND
	assert kind_of("risk_reserved_funds") is Kind.OTHER


def test_a_charge_that_is_booked_to_the_cent_is_matched():
	verdict = only([row("charge", 50_000, 1_480, charge="ch_1")], charges(50_000))
	assert verdict.state is State.MATCHED
	assert verdict.voucher == ("Payment Entry", "PE-1")
	assert verdict.department == "Service"
	assert verdict.fee_here == usd(1_480)


@pytest.mark.parametrize(
	("books", "problem"),
	[
		(NOTHING, Problem.UNKNOWN_CHARGE),
		(charges(None), Problem.NOT_BOOKED),
		(charges(None, cancelled=True), Problem.CANCELLED),
		(charges(49_999), Problem.AMOUNT),
	],
)
def test_a_charge_our_books_do_not_explain_is_an_exception_with_a_reason(books, problem):
	verdict = only([row("charge", 50_000, charge="ch_1")], books)
	assert (verdict.state, verdict.problem) == (State.EXCEPTION, problem)
	text, remedy = SAYINGS[problem]
	assert text.count("{") == len(verdict.values)
	assert remedy


def test_a_part_capture_is_two_rows_that_are_judged_together():
	rows = [
		row("charge", 50_000, 1_480, charge="ch_1"),
		row("partial_capture_reversal", -20_000, -580, charge="ch_1", no=2),
	]
	assert only(rows, charges(30_000)).state is State.MATCHED
	assert only(rows, charges(50_000)).problem is Problem.AMOUNT


def test_a_charge_that_failed_after_all_needs_no_entry():
	rows = [row("charge", 50_000, charge="ch_1"), row("charge_failure", -50_000, charge="ch_1", no=2)]
	assert only(rows, charges(None)).state is State.MATCHED


def refunds(**values) -> Books:
	return Books({}, {"re_1": Refund("CRF-1", "CARD-1", "Sales", **values)}, {})


@pytest.mark.parametrize(
	("row_", "books", "problem"),
	[
		(row("refund", -9_000, source="re_1"), refunds(payment_entry="PE-2", booked=usd(9_000)), None),
		(
			row("refund", -9_000, source="re_1"),
			refunds(payment_entry="PE-2", booked=usd(8_000)),
			Problem.AMOUNT,
		),
		(row("refund", -9_000, source="re_1"), refunds(), Problem.REFUND_GONE),
		(row("refund", -9_000, source="re_1"), refunds(failed=True, taken_back=True), None),
		(row("refund_failure", 9_000, source="re_1"), refunds(failed=True, taken_back=True), None),
		(
			row("refund_failure", 9_000, source="re_1"),
			refunds(payment_entry="PE-2", booked=usd(9_000)),
			Problem.REFUND_STANDS,
		),
		(row("refund", -9_000, source="re_9"), refunds(), Problem.UNKNOWN_REFUND),
	],
)
def test_refunds_and_their_way_back(row_, books, problem):
	assert only([row_], books).problem is problem


def disputes(**values) -> Books:
	return Books({}, {}, {"dp_1": Dispute("DSP-1", "CARD-1", "Sales", **values)})


def test_a_dispute_is_matched_with_its_entries_and_its_fee_is_booked_once():
	taken = row("dispute", -50_000, 1_500, source="dp_1")
	booked = disputes(withdrawal_entry="JE-1", withdrawn=usd(50_000), fee_booked=True)
	verdict = only([taken], booked)
	assert (verdict.state, verdict.fee_here, verdict.voucher) == (
		State.MATCHED,
		usd(0),
		("Journal Entry", "JE-1"),
	)
	without = disputes(withdrawal_entry="JE-1", withdrawn=usd(50_000))
	assert only([taken], without).fee_here == usd(1_500)
	back = row("dispute_reversal", 50_000, -1_500, source="dp_1")
	assert only([back], booked).problem is Problem.DISPUTE_NOT_BOOKED
	assert only([taken], NOTHING).problem is Problem.UNKNOWN_DISPUTE


def test_a_dispute_taken_in_parts_is_judged_as_one():
	rows = [
		row("dispute", -30_000, source="dp_1"),
		row("dispute", -20_000, source="dp_1", no=2),
		row("dispute_reversal", 50_000, source="dp_1", no=3),
	]
	both = {"withdrawal_entry": "JE-1", "reinstatement_entry": "JE-2", "reinstated": usd(50_000)}
	assert only(rows[:2], disputes(**both, withdrawn=usd(50_000))).state is State.MATCHED
	assert only(rows[:2], disputes(**both, withdrawn=usd(49_999))).values == (
		"DSP-1",
		usd(49_999),
		usd(50_000),
	)
	taken, _more, back = judge(rows, disputes(**both, withdrawn=usd(50_000)))
	assert (taken.voucher, back.voucher) == (("Journal Entry", "JE-1"), ("Journal Entry", "JE-2"))


def test_a_dispute_taken_again_after_an_appeal_counts_what_other_payouts_moved():
	again = row("dispute", -50_000, source="dp_1")
	twice = {"withdrawal_entry": "JE-3", "taken_before": usd(50_000)}
	assert only([again], disputes(**twice, withdrawn=usd(100_000))).state is State.MATCHED
	assert only([again], disputes(**twice, withdrawn=usd(50_000))).problem is Problem.DISPUTE_NOT_BOOKED
	# The first payout, read once more before the second one is here.
	assert only([again], disputes(withdrawal_entry="JE-3", withdrawn=usd(100_000))).state is State.MATCHED


def test_a_payout_that_came_back_is_known_or_asked_for():
	back = row("payout_reversal", 70_000, source="po_1")
	assert only([back], NOTHING).problem is Problem.RETURN_UNKNOWN
	assert only([back], Books({}, {}, {}, frozenset({"po_1"}))).state is State.MATCHED


def test_what_has_no_place_in_our_books_waits_for_a_person():
	assert only([row("risk_reserved_funds", -500)], NOTHING).problem is Problem.OTHER


def test_the_payout_itself_is_no_part_of_what_it_pays():
	rows = [row("charge", 50_000, 1_480), row("fee", -200, no=2), row("payout", -48_320, no=3)]
	sums = sums_of(rows, "USD")
	assert (sums.charges, sums.fees, sums.net) == (usd(50_000), usd(1_680), usd(48_320))
	assert sums.adds_up
	assert [r.category for r in part_of(rows)] == ["charge", "fee"]


categories = st.sampled_from(
	[
		"charge",
		"refund",
		"refund_failure",
		"dispute",
		"dispute_reversal",
		"fee",
		"tax",
		"payout_reversal",
		"topup",
	]
)
ledger = st.lists(
	st.tuples(categories, st.integers(-(10**9), 10**9), st.integers(-(10**6), 10**6)), max_size=40
)


@given(ledger)
def test_the_entry_of_any_payout_balances(entries):
	rows = [row(category, amount, fee, no=no) for no, (category, amount, fee) in enumerate(entries)]
	sums = sums_of(rows, "USD")
	assert sums.adds_up
	verdicts = judge(rows, NOTHING)
	fees = fees_by_department(verdicts, "USD")
	settled = [Part("", v.row.amount, "Other - SM") for v in verdicts if v.kind is Kind.OTHER]
	credit = clearing_credit(sums.net, fees, settled)
	debits = sums.net + total((part.amount for part in fees), "USD")
	assert debits == credit + total((part.amount for part in settled), "USD")
	# What leaves clearing is what the vouchers of these rows put there, fee rows aside.
	expected = total((v.row.amount for v in verdicts if v.kind not in (Kind.FEE, Kind.OTHER)), "USD")
	assert credit == expected
