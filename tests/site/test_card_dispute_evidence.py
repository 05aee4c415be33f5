"""The evidence of a dispute: gathered from our documents, one PDF, staged at the provider, submitted once."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import cint
from PIL import Image
from pypdf import PdfReader, PdfWriter

from dealer_pos_crm.api import dispute as api
from dealer_pos_crm.dealer_cashier.card_payments import subjects
from dealer_pos_crm.dealer_cashier.disputes import filling, overview, pack, rendering
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_showroom.documents import checklist
from tests.site import billing as b
from tests.site import disputes as d
from tests.site import factories as f
from tests.site import showroom
from tests.site.disputes import CASE, disputed, for_deposit, paid

house, no_jobs, quick = d.house, d.no_jobs, d.quick


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
	assert "product_description" not in filling.fill_in(answered.case.name)
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
