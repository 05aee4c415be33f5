"""The evidence of a dispute: gathered from our documents, one PDF, staged at the provider, submitted once."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import add_to_date, cint, now_datetime
from PIL import Image
from pypdf import PdfReader, PdfWriter

from dealer_pos_crm.api import dispute as api
from dealer_pos_crm.dealer_cashier.card_payments import subjects
from dealer_pos_crm.dealer_cashier.disputes import answering, evidence, overview, pack, rendering
from dealer_pos_crm.dealer_cashier.disputes import case as cases
from dealer_pos_crm.dealer_cashier.gateway import outbox
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from dealer_pos_crm.dealer_showroom.documents import checklist
from tests.site import billing as b
from tests.site import cards, showroom
from tests.site import disputes as d
from tests.site import factories as f
from tests.site.disputes import CASE, disputed, for_deposit, paid, steps


@pytest.fixture(scope="module")
def house(site: str) -> Iterator[SimpleNamespace]:
	with d.open_house() as opened:
		yield opened


@pytest.fixture(autouse=True)
def no_jobs(house, monkeypatch) -> None:
	monkeypatch.setattr(cases, "_prepare_later", lambda name: None)


@pytest.fixture
def quick(monkeypatch) -> None:
	"""Pages without the cost of setting them, where their looks are not what is tested."""
	blank = PdfWriter()
	blank.add_blank_page(200, 200)
	out = io.BytesIO()
	blank.write(out)
	monkeypatch.setattr(rendering, "_pdf", lambda html: out.getvalue())


@pytest.fixture(scope="module")
def answered(house):
	"""A deposit paid online with accepted terms, disputed; its pack made with real pages."""
	card, deposit = for_deposit(house)
	d.accept_terms(house, card)
	_dispute, case = disputed(house, card, reason="credit_not_processed", due_in_days=9)
	frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Received",
			"subject": "Our Camry",
			"content": "<p>We are looking forward to <b>Saturday</b>.</p>",
			"sender": "ann@customers.example",
			"reference_doctype": "Deposit",
			"reference_name": deposit,
		}
	).insert(ignore_permissions=True)
	frappe.db.set_value(CASE, case.name, "rebuttal", "She signed, and never asked for it back.")
	frappe.db.commit()
	with f.logged_in(house.accountant):
		made = api.make_pack(case.name)
	frappe.db.commit()
	case.reload()
	return SimpleNamespace(case=case, card=card, deposit=deposit, made=made)


def words(data: bytes) -> str:
	return " ".join(words_of(page) for page in PdfReader(io.BytesIO(data)).pages)


def words_of(page) -> str:
	return " ".join(page.extract_text().split())


def at_provider(house, case) -> dict:
	return house.fake.store.get("dispute", case.dispute_id)


def test_our_documents_fill_in_what_they_know(answered):
	case = answered.case
	assert answered.deposit in case.product_description
	assert case.purchase_ip == "203.0.113.7"
	assert "accepted the terms" in case.refund_policy_disclosure
	assert case.customer_name_evidence == frappe.db.get_value("Customer", case.customer, "customer_name")
	assert case.service_date
	assert case.rebuttal == "She signed, and never asked for it back."


def test_what_a_person_wrote_is_never_overwritten(answered):
	frappe.db.set_value(CASE, answered.case.name, "product_description", "My own words")
	frappe.db.commit()
	assert "product_description" not in evidence.fill_in(answered.case.name)
	assert frappe.db.get_value(CASE, answered.case.name, "product_description") == "My own words"
	frappe.db.rollback()


def test_the_pack_is_one_private_pdf_with_summary_index_and_every_paper(answered):
	case = answered.case
	file = pack.file_of(case)
	assert file.is_private
	data = pack.content_of(case)
	text = words(data)
	assert answered.made["left_out"] == []
	for said in (
		"Answer to a Disputed Payment",
		case.dispute_id,
		"a refund was promised and never came",
		"She signed, and never asked for it back.",
		"Record of the Payment",
		answered.card.intent_id,
		"Deposit Receipt",
		"Accepted Terms",
		"The deposit is refundable for seven days.",
		"abc123",
		"203.0.113.7",
		"What Happened, in Order",
		"Messages with the Customer",
		"We are looking forward to Saturday.",
		"Refund Policy",
	):
		assert said in text, said
	reader = PdfReader(io.BytesIO(data))
	assert len(reader.pages) == answered.made["pages"]
	index = json.loads(case.pack_index)
	assert [row["first"] for row in index] == [
		index[0]["first"] + sum(row["pages"] for row in index[:at]) for at in range(len(index))
	]
	for row in index:
		if row["section"] == "Terms":
			assert "Accepted Terms" in words_of(reader.pages[row["first"] - 1])
	assert "4242" in text  # the last digits, never more of a card
	assert "4242424242424242" not in text


def test_the_pack_made_anew_takes_the_place_of_the_one_before(answered, quick):
	case = answered.case
	before = pack.file_of(case).name
	api.make_pack(case.name)
	frappe.db.commit()
	case.reload()
	assert not frappe.db.exists("File", before)
	assert frappe.db.count("File", {"attached_to_doctype": CASE, "attached_to_name": case.name}) == 1


def test_a_repair_order_shows_who_agreed_to_what_when_and_how(house):
	b.set_up()
	order = b.ready([b.work("Front brake pads", 1), b.work("Wheel bearing", 2)])
	b.invoice(order)
	order.reload()
	owed = subjects.owed("Repair Order", order.name)
	card = paid(house, owed, float(owed.amount.decimal))
	order.reload()
	_dispute, case = disputed(house, card, reason="product_unacceptable")
	made = api.make_pack(case.name)
	frappe.db.commit()
	case.reload()
	text = words(pack.content_of(case))
	assert made["left_out"] == []
	assert "Approvals of the Work" in text
	assert "Front brake pads" in text and "Ann Buyer" in text
	assert "approved by Ann Buyer" in case.further_facts
	titles = {row["title"] for row in overview.of(case.name)["proofs"] if row["there"]}
	assert {"Approvals of the work", "Receipt"} <= titles
	parts = pack.parts_of(case, pack.content_of(case))
	assert "Front brake pads" in words(parts["service_documentation"])
	assert "Front brake pads" not in words(parts["receipt"]).partition("Record of the Payment")[0]


def uploaded() -> str:
	"""A signed page as a telephone makes it, private, on nothing yet."""
	picture = io.BytesIO()
	Image.effect_noise((60, 80), 40).save(picture, "PNG")
	file = frappe.get_doc(
		{"doctype": "File", "file_name": f"{f.key()[:8]}.png", "is_private": 1, "content": picture.getvalue()}
	).insert()
	frappe.db.commit()
	return file.name


def test_a_deals_signed_papers_go_in_and_sensitive_ones_only_when_asked_for_by_who_may(house, quick):
	showroom.set_up_showroom()
	for name in frappe.get_all("Deal Document Template", pluck="name"):
		frappe.db.set_value("Deal Document Template", name, "enabled", 1)
	deal = showroom.make_deal(deal_type="Finance")
	kept = {}
	for row in deal.documents:
		if row.document in ("Buyer's order", "Photo ID", "Credit application"):
			checklist.receive(deal.name, row.name, uploaded())
			frappe.db.commit()
			kept[row.document] = bool(cint(row.sensitive))
	showroom.no_papers()
	assert {True, False} == set(kept.values())
	open_, secret = ({name for name, hidden in kept.items() if hidden is value} for value in (False, True))
	card = paid(house, subjects.owed("Deal Jacket", deal.name), 750)
	_dispute, case = disputed(house, card)
	assert case.deal == deal.name

	def titles() -> set[str]:
		case.reload()
		return {row["title"] for row in json.loads(case.pack_index)}

	with f.logged_in(house.accountant):
		made = api.make_pack(case.name)
		frappe.db.commit()
		assert open_ <= titles() and not secret & titles()
		assert any("sensitive" in line for line in made["left_out"])
		api.make_pack(case.name, with_sensitive=True)
		frappe.db.commit()
	assert open_ | secret <= titles()
	with f.logged_in(f.make_user(roles.SERVICE_MANAGER)):
		with pytest.raises(frappe.PermissionError):
			api.make_pack(case.name, with_sensitive=True)
		api.make_pack(case.name)
		frappe.db.commit()
	assert not secret & titles()


def test_a_paper_that_cannot_be_made_is_named_and_the_others_go_in(house, quick, monkeypatch):
	card, deposit = for_deposit(house)
	_dispute, case = disputed(house, card)

	def broken(doctype, name, print_format):
		raise OSError("the helper program died")

	monkeypatch.setattr(rendering, "of_print", broken)
	made = api.make_pack(case.name)
	assert any(deposit in line and "helper program died" in line for line in made["left_out"])
	assert made["pages"] >= 3
	case.reload()
	assert deposit in case.pack_notes


def test_pages_are_set_another_way_where_the_sites_own_fails(monkeypatch):
	def broken(*args, **kwargs):
		raise OSError("No wkhtmltopdf executable found")

	monkeypatch.setattr(rendering, "get_pdf", broken)
	data = rendering._pdf(
		"<html><body><p>Set by the other one</p><img src='http://elsewhere.example/x.png'></body></html>"
	)
	assert "Set by the other one" in words(data)


def test_files_that_were_handed_in_become_pages(house):
	def hung(name: str, content: bytes) -> tuple[str, tuple[str, str]]:
		file = frappe.get_doc(
			{
				"doctype": "File",
				"file_name": f"{f.unique(name.partition('.')[0])}.{name.partition('.')[2]}",
				"is_private": 1,
				"attached_to_doctype": "Gateway Account",
				"attached_to_name": house.account,
				"content": content,
			}
		).insert(ignore_permissions=True)
		return file.file_url, ("Gateway Account", house.account)

	picture = io.BytesIO()
	Image.new("RGB", (3000, 2000), "white").save(picture, "PNG")
	data = rendering.of_file(*hung("signed.png", picture.getvalue()))
	assert rendering.pages_of(data) == 1
	assert len(data) < 200_000
	for name, content, why in (
		("notes.docx", b"PK\x03\x04 not a page", "cannot be pages"),
		("broken.png", b"not a picture", "cannot be read"),
	):
		with pytest.raises(rendering.NoPage, match=why):
			rendering.of_file(*hung(name, content))
	with pytest.raises(rendering.NoPage, match="not there"):
		rendering.of_file("/private/files/gone.pdf", ("Gateway Account", house.account))
	with pytest.raises(rendering.NoPage, match="cannot be read as PDF"):
		rendering.pages_of(b"%PDF-1.7 torn")
	locked = PdfWriter()
	locked.add_blank_page(100, 100)
	locked.encrypt("secret")
	out = io.BytesIO()
	locked.write(out)
	with pytest.raises(rendering.NoPage, match="password"):
		rendering.pages_of(out.getvalue())


# --- Staged, submitted --------------------------------------------------------------------------------


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
