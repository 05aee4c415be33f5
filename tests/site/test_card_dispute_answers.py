"""The answer to a dispute: staged at the provider as often as wanted, submitted once; who may, and what is kept."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import add_to_date, cint, now_datetime

from dealer_pos_crm.api import dispute as api
from dealer_pos_crm.dealer_cashier.disputes import answering, pack
from dealer_pos_crm.dealer_cashier.disputes import case as cases
from dealer_pos_crm.dealer_cashier.gateway import outbox
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import cards
from tests.site import disputes as d
from tests.site import factories as f
from tests.site.disputes import CASE, disputed, for_deposit, paid, steps

house, no_jobs, quick = d.house, d.no_jobs, d.quick


def at_provider(house, case) -> dict:
	return house.fake.store.get("dispute", case.dispute_id)


def prepared(house, **values):
	"""A dispute with a pack of plain pages, ready to be staged."""
	card, _deposit = for_deposit(house)
	_dispute, case = disputed(house, card, **values)
	frappe.db.set_value(CASE, case.name, "rebuttal", "It was collected and signed for.")
	frappe.db.commit()
	api.make_pack(case.name)
	frappe.db.commit()
	case.reload()
	return case


def test_staging_lays_texts_and_papers_at_the_provider_and_submits_nothing(house, quick):
	case = prepared(house)
	answer = api.stage(case.name)
	case.reload()
	assert (case.status, answer["status"], case.staged_round) == (
		"Evidence Staged",
		"Evidence Staged",
		"Dispute",
	)
	assert case.staged_by == frappe.session.user
	row = at_provider(house, case)
	assert row["evidence_details"]["submission_count"] == 0
	assert row["status"] == "needs_response"
	assert row["evidence"]["uncategorized_text"].startswith("It was collected and signed for.")
	whole = house.fake.files.content(row["evidence"]["uncategorized_file"])
	assert whole == pack.content_of(case)
	assert row["evidence"]["receipt"] and row["evidence"]["customer_signature"]
	assert "dispute.evidence_staged" in steps(case.name)
	request = frappe.get_last_doc("Payment Attempt", {"about_name": case.name})
	assert "collected" not in request.request_values  # what is sent stands on the case, not in the box


def test_staged_again_says_what_is_written_now_and_empties_what_is_gone(house, quick):
	case = prepared(house)
	api.stage(case.name)
	frappe.db.set_value(
		CASE, case.name, {"rebuttal": "", "further_facts": "", "customer_email": "ann@customers.example"}
	)
	frappe.db.commit()
	assert api.get_overview(case.name)["changed"]
	api.stage(case.name)
	row = at_provider(house, case)
	assert row["evidence"]["uncategorized_text"] == "-"
	assert row["evidence"]["customer_email_address"] == "ann@customers.example"
	frappe.db.set_value(
		CASE, case.name, {"rebuttal": "It was collected and signed for.", "customer_email": ""}
	)
	frappe.db.commit()
	api.stage(case.name)
	row = at_provider(house, case)
	assert row["evidence"]["uncategorized_text"].startswith("It was collected")
	assert row["evidence"]["customer_email_address"] == "-"
	case.reload()
	assert (cint(case.stagings), case.status) == (3, "Evidence Staged")


def test_submitting_is_a_second_act_done_once(house, quick):
	case = prepared(house)
	with pytest.raises(DealerRefusal, match="Stage the evidence"):
		api.submit(case.name)
	api.stage(case.name)
	frappe.db.set_value(CASE, case.name, "rebuttal", "Other words")
	frappe.db.commit()
	with pytest.raises(DealerRefusal, match="changed after it was staged"):
		api.submit(case.name)
	api.stage(case.name)
	api.submit(case.name)
	case.reload()
	row = at_provider(house, case)
	assert (row["status"], row["evidence_details"]["submission_count"]) == ("under_review", 1)
	assert (case.status, cint(case.submission_count), case.submitted_by) == (
		"Evidence Sent",
		1,
		frappe.session.user,
	)
	assert steps(case.name).count("dispute.evidence_sent") == 1
	for again in (api.submit, api.stage):
		with pytest.raises(DealerRefusal, match="sent already"):
			again(case.name)
	cards.deliver(house.fake)
	assert steps(case.name).count("dispute.evidence_sent") == 1
	promise = frappe.db.get_value(
		"Follow Up", {"card_payment": case.card_payment, "rule": "Dispute: answer it"}, "status"
	)
	assert promise == "Stopped"
	house.fake.bank.decide(case.dispute_id, "won")
	cards.deliver(house.fake)
	assert frappe.db.get_value(CASE, case.name, "status") == "Won"


def test_after_the_day_nothing_is_staged_or_sent(house, quick):
	case = prepared(house)
	api.stage(case.name)
	frappe.db.set_value(CASE, case.name, "due_by", add_to_date(now_datetime(), minutes=-1))
	frappe.db.commit()
	for late in (api.submit, api.stage):
		with pytest.raises(DealerRefusal, match="was due by"):
			late(case.name)
	assert at_provider(house, case)["evidence_details"]["submission_count"] == 0
	assert api.get_overview(case.name)["urgency"] == "late"


def test_a_dispute_that_takes_no_answer_says_so(house, quick):
	case = prepared(house, due_in_days=None)
	assert case.due_by is None
	with pytest.raises(DealerRefusal, match="takes no answer"):
		api.stage(case.name)
	assert api.get_overview(case.name)["next"] == ""


def test_an_answer_that_got_lost_on_the_way_back_is_not_sent_twice(house, quick):
	case = prepared(house)
	api.stage(case.name)
	house.fake.fail_next("disputes.update", "timeout_after", times=2)
	with pytest.raises(outbox.CallUndecided):
		api.submit(case.name)
	assert at_provider(house, case)["evidence_details"]["submission_count"] == 1
	frappe.db.set_value(
		"Payment Attempt",
		{"about_name": case.name, "operation": answering.SUBMIT},
		"next_try_at",
		add_to_date(now_datetime(), minutes=-1),
	)
	frappe.db.commit()
	outbox.sweep()
	case.reload()
	assert at_provider(house, case)["evidence_details"]["submission_count"] == 1
	assert case.status == "Evidence Sent"
	assert steps(case.name).count("dispute.evidence_sent") == 1


def test_an_overtaken_staging_is_not_repeated(house, quick):
	case = prepared(house)
	first = answering._plan_staging(case.name)
	frappe.db.commit()
	frappe.db.set_value(CASE, case.name, "rebuttal", "Better words")
	frappe.db.commit()
	api.stage(case.name)
	assert outbox.run(first, quiet=True)["status"] == "Refused"
	assert at_provider(house, case)["evidence"]["uncategorized_text"].startswith("Better words")
	case.reload()
	assert case.status == "Evidence Staged"


def test_the_provider_out_of_reach_leaves_the_case_open_and_says_so(house, quick):
	case = prepared(house)
	house.fake.fail_next("files.create", "refused", times=2)
	with pytest.raises(outbox.CallUndecided):
		api.stage(case.name)
	case.reload()
	assert (case.status, case.staged_round) == ("Open", None)
	assert api.get_overview(case.name)["attempt"]["status"] in ("Sending", "Unknown")


def test_a_pack_that_somebody_deleted_is_not_sent_and_can_be_made_again(house, quick):
	case = prepared(house)
	frappe.delete_doc("File", pack.file_of(case).name)
	frappe.db.commit()
	assert api.get_overview(case.name)["pack"] is None
	assert api.get_overview(case.name)["next"] == "pack"
	api.make_pack(case.name)
	frappe.db.commit()
	assert api.stage(case.name)["status"] == "Evidence Staged"


def test_an_escalated_inquiry_is_answered_anew(house, quick):
	case = prepared(house, inquiry=True)
	api.stage(case.name)
	api.submit(case.name)
	assert frappe.db.get_value(CASE, case.name, "status") == "Evidence Sent"
	house.fake.bank.escalate(case.dispute_id)
	cards.deliver(house.fake)
	case.reload()
	assert (case.status, case.round, case.staged_round) == ("Open", "Dispute", None)
	with pytest.raises(DealerRefusal, match="Stage the evidence"):
		api.submit(case.name)
	api.stage(case.name)
	api.submit(case.name)
	assert frappe.db.get_value(CASE, case.name, "status") == "Evidence Sent"
	assert at_provider(house, case)["status"] == "under_review"


# --- Rights, advice -----------------------------------------------------------------------------------


def test_who_may_answer(house, quick):
	case = prepared(house)
	for role in (roles.SALESPERSON, roles.CASHIER, roles.ADVISOR):
		with f.logged_in(f.make_user(role)):
			assert api.get_overview(case.name)["may"] is False
			for act in (api.make_pack, api.stage, api.submit, api.read_again, api.book_again, api.fill_in):
				with pytest.raises(frappe.PermissionError):
					act(case.name)
	with f.logged_in(f.make_user(roles.TECHNICIAN)), pytest.raises(frappe.PermissionError):
		api.get_overview(case.name)
	with f.logged_in(house.accountant):
		api.stage(case.name)
	assert frappe.db.get_value(CASE, case.name, "staged_by") == house.accountant


def test_what_the_provider_says_is_not_changed_by_hand(house):
	card = paid(house)
	_dispute, case = disputed(house, card)
	with f.logged_in(house.accountant):
		doc = frappe.get_doc(CASE, case.name)
		doc.rebuttal = "My words"
		doc.save()
		for field, value in (("amount", 1), ("status", "Won"), ("due_by", None), ("withdrawn_amount", 0)):
			doc = frappe.get_doc(CASE, case.name)
			doc.set(field, value)
			with pytest.raises(frappe.ValidationError, match=r"provider.s messages"):
				doc.save()
	with pytest.raises(frappe.ValidationError, match="stays on file"):
		frappe.delete_doc(CASE, case.name, force=True)


def test_a_card_number_in_an_answer_is_masked(house):
	card = paid(house)
	_dispute, case = disputed(house, card)
	case.rebuttal = "She paid with 4242 4242 4242 4242 herself"
	case.save()
	assert "4242 4242 4242 4242" not in frappe.db.get_value(CASE, case.name, "rebuttal")


def test_advice_for_a_payment_that_was_given_back(house):
	card = paid(house)
	_dispute, case = disputed(house, card)
	assert api.get_overview(case.name)["advice"] == "do not refund"
	frappe.db.set_value("Card Payment", card.name, "refund_pending", 500)
	frappe.db.commit()
	assert api.get_overview(case.name)["advice"] == "refund under way"
	assert [row.name for row in cases.open_cases(card.name)] == [case.name]
