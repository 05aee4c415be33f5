"""Prints of a deposit, and their way to the customer: right sums, one page, the right paper; mailed once, or visibly not."""

from __future__ import annotations

import io
import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import frappe
import pytest
from frappe.utils import add_days, background_jobs, nowdate
from pypdf import PdfReader

from dealer_pos_crm.api.deposit import email_receipt
from dealer_pos_crm.dealer_cashier.printing import dealer_receipt
from dealer_pos_crm.dealer_setup import roles
from tests.site import factories as f
from tests.support import SITES

SENDER = "counter@summit-motors.example"
needs_wkhtmltopdf = pytest.mark.skipif(not shutil.which("wkhtmltopdf"), reason="wkhtmltopdf is not installed")


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


# Prints


def draft():
	deposit = f.make_deposit()
	frappe.db.commit()
	return deposit


def held():
	return f.take_new(amount=1250.5, tenders=[("Cash", 250.5), ("Card", 600), ("Check", 400)])


def partly_applied():
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500, tenders=[("Cash", 200), ("Card", 300)])
	invoice = f.make_invoice(customer, 20000, vehicle)
	frappe.db.commit()
	f.act(deposit, "Apply", amount=250, sales_invoice=invoice.name)
	f.act(deposit, "Refund", amount=50, reason="Trade-in was worth more")
	return deposit


def refunded():
	deposit = f.take_new(amount=500, tenders=[("Cash", 200), ("Card", 300)])
	f.act(deposit, "Refund", amount=150, reason="Changed her mind")
	f.act(deposit, "Refund", amount=350, reason="Changed her mind altogether")
	return deposit


def forfeited():
	deposit = f.take_new(amount=500, refundable="No")
	f.act(deposit, "Forfeit", amount=500, reason="Never came back")
	return deposit


def cancelled():
	deposit = f.take_new(amount=500)
	f.act(deposit, "Cancel", reason="Wrong customer")
	return deposit


CASES = {
	"Draft": (draft, ["Not yet paid", "This is not a receipt", "$ 500.00"]),
	"Held": (held, ["$ 250.50", "$ 600.00", "$ 400.00", "$ 1,250.50", "Held for you now"]),
	"Partly Applied": (partly_applied, ["$ 500.00", "− $ 250.00", "− $ 50.00", "$ 200.00"]),
	"Refunded": (refunded, ["$ 500.00", "− $ 150.00", "− $ 50.00", "− $ 300.00", "$ 0.00"]),
	"Forfeited": (forfeited, ["$ 500.00", "− $ 500.00", "Kept by the dealer", "$ 0.00", "Not refundable"]),
	"Cancelled": (cancelled, ["This receipt is void", "cancelled", "$ 0.00"]),
}


@pytest.fixture(scope="module")
def assets(site) -> Iterator[None]:
	"""The site's styles over HTTP, as Frappe's own PDF download asks for them."""

	class Quiet(SimpleHTTPRequestHandler):
		def log_message(self, *args) -> None:
			pass

	server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SITES)))
	threading.Thread(target=server.serve_forever, daemon=True).start()
	before = frappe.local.conf.host_name
	frappe.local.conf.host_name = f"http://127.0.0.1:{server.server_port}"
	yield
	frappe.local.conf.host_name = before
	server.shutdown()


def pdf_of(doctype: str, name: str, print_format: str) -> PdfReader:
	return PdfReader(io.BytesIO(frappe.get_print(doctype, name, print_format, as_pdf=True)))


def size_mm(reader: PdfReader) -> tuple[float, float]:
	box = reader.pages[0].mediabox
	return float(box.width) / 72 * 25.4, float(box.height) / 72 * 25.4


def shown_text(html: str) -> str:
	"""What stands on the paper: the body without styles."""
	return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL))


def cents(text: str) -> int:
	digits = re.sub(r"[^\d]", "", text)
	return -int(digits) if text.startswith("−") else int(digits)


@needs_wkhtmltopdf
@pytest.mark.parametrize("status", CASES)
def test_each_status_prints_its_numbers_on_one_page(status, assets):
	make, texts = CASES[status]
	deposit = make()
	assert deposit.status == status
	for print_format in ("Deposit Receipt", "Deposit Receipt 80 mm"):
		html = shown_text(frappe.get_print("Deposit", deposit.name, print_format))
		for text in (*texts, deposit.name, frappe.db.get_value("Dealer Vehicle", deposit.vehicle, "vin")):
			assert text in html, (print_format, text)
		assert "{{" not in html
		reader = pdf_of("Deposit", deposit.name, print_format)
		assert len(reader.pages) == 1, print_format
	width, height = size_mm(reader)
	assert width == pytest.approx(80, abs=0.5)
	assert 100 < height < 300


@pytest.mark.parametrize("status", ["Held", "Partly Applied", "Refunded", "Forfeited", "Cancelled"])
def test_the_sums_of_a_receipt_add_up(status):
	deposit = CASES[status][0]()
	(part,) = dealer_receipt(deposit).sums
	amounts = {
		kind: [cents(row.amount) for row in part.rows if row.kind == kind]
		for kind in ("part", "less", "total", "held")
	}
	assert sum(amounts["part"]) == amounts["total"][0]
	assert amounts["total"][0] + sum(amounts["less"]) == amounts["held"][0]
	assert amounts["held"][0] == round(deposit.held_amount * 100)


def test_a_cancelled_payment_is_listed_and_does_not_count():
	deposit = f.take_new(amount=500, tenders=[("Cash", 200), ("Card", 300)])
	frappe.get_doc("Payment Entry", deposit.tenders[1].payment_entry).cancel()
	frappe.db.commit()
	deposit.reload()
	rows = dealer_receipt(deposit).sums[0].rows
	assert [(row.kind, row.amount) for row in rows] == [
		("part", "$ 200.00"),
		("void", "cancelled"),
		("total", "$ 200.00"),
		("held", "$ 200.00"),
	]


def test_the_receipt_says_what_was_agreed():
	deposit = f.make_deposit(
		amount=500,
		refundable="Until",
		refundable_until=add_days(nowdate(), 10),
		channel="Phone",
		authorised_how="Spoken",
		authorised_by="Tom Okafor",
	)
	frappe.db.commit()
	rows = [
		{"mode_of_payment": "Cash", "amount": 200},
		{"mode_of_payment": "Card", "amount": 300, "reference_no": "AUTH 4417"},
	]
	f.actions.take(deposit.name, rows, f.key())
	frappe.db.commit()
	deposit.reload()
	paper = dealer_receipt(deposit)
	facts = {fact.label: fact.text for fact in paper.facts}
	assert (facts["Agreed"], facts["Authorised by"]) == ("Phone", "Spoken, Tom Okafor")
	assert facts["Held until"] and facts["Taken by"]
	assert paper.terms_title.startswith("Refundable until")
	assert paper.terms == deposit.terms
	assert "Five Hundred" in paper.in_words
	assert "Reference AUTH 4417" in paper.sums[0].rows[1].note


def test_a_deposit_without_a_vehicle_says_what_it_is_for():
	deposit = f.take_new(vehicle=False, amount=75)
	facts = {fact.label: fact.text for fact in dealer_receipt(deposit).facts}
	assert facts["For"] == deposit.held_for
	assert "VIN" not in facts and "Held until" not in facts


@needs_wkhtmltopdf
def test_texts_of_people_are_escaped_and_long_terms_stay_on_the_roll(assets):
	deposit = f.take_new(amount=500)
	name = "Evil <script>alert(1)</script> & <b>Söhne</b>"
	frappe.db.set_value("Customer", deposit.customer, "customer_name", name)
	terms = "<img src=x onerror=alert(2)> " + "The vehicle is held for the customer named above. " * 30
	frappe.db.set_value("Deposit", deposit.name, "terms", f"{terms}\n\nSecond paragraph")
	frappe.db.commit()
	frappe.clear_document_cache("Customer", deposit.customer)
	for print_format in ("Deposit Receipt", "Deposit Receipt 80 mm"):
		html = frappe.get_print("Deposit", deposit.name, print_format)
		assert "Evil &lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;Söhne&lt;/b&gt;" in html
		assert "<script>alert(1)" not in html
		assert "&lt;img src=x onerror=alert(2)&gt;" in html
		assert "<img src=x" not in html
		assert len(pdf_of("Deposit", deposit.name, print_format).pages) == 1


def test_what_was_stored_escaped_is_printed_as_it_was_typed():
	deposit = f.take_new(amount=500)
	frappe.db.set_value("Customer", deposit.customer, "customer_name", "Smith &amp; Sons")
	frappe.clear_document_cache("Customer", deposit.customer)
	html = frappe.get_print("Deposit", deposit.name, "Deposit Receipt")
	assert "Smith &amp; Sons" in html and "&amp;amp;" not in html


def test_the_letter_head_takes_the_place_of_the_company():
	deposit = f.take_new(amount=500)
	letter_head = frappe.get_doc(
		{
			"doctype": "Letter Head",
			"letter_head_name": f.unique("Letter"),
			"source": "HTML",
			"content": "<h1>Summit on paper</h1>",
		}
	).insert()
	frappe.db.commit()
	try:
		html = frappe.get_print("Deposit", deposit.name, "Deposit Receipt", letterhead=letter_head.name)
		assert "<h1>Summit on paper</h1>" in html
		assert '<div class="dp-dealer-name">' not in html
		html = frappe.get_print("Deposit", deposit.name, "Deposit Receipt", no_letterhead=1)
		assert '<div class="dp-dealer-name">Summit Motors</div>' in html
	finally:
		letter_head.delete()  # the first one of a site becomes its default
		frappe.db.commit()


# The refund slip


@needs_wkhtmltopdf
def test_the_slip_tells_the_whole_refund(assets):
	cashier, manager = f.make_user(roles.CASHIER), f.make_user(roles.SALES_MANAGER)
	deposit = f.take_new(amount=800, tenders=[("Cash", 200), ("Card", 600)])
	with f.logged_in(cashier):
		asked = f.act(deposit, "Refund", amount=700, reason="Lost her job & moved")
	assert asked["status"] == "Requested"
	with f.logged_in(manager):
		done = f.actions.decide(asked["action"], True)
		frappe.db.commit()
	first, second = (document["name"] for document in done["documents"])

	for payment in (first, second):
		paper = dealer_receipt(frappe.get_doc("Payment Entry", payment))
		facts = {fact.label: fact.text for fact in paper.facts}
		assert facts["Reason"] == "Lost her job & moved"
		assert facts["Refunded by"] == frappe.utils.get_fullname(cashier)
		assert facts["Approved by"] == frappe.utils.get_fullname(manager)
		assert facts["Deposit"] == deposit.name
		paid, rest = paper.sums
		assert [(row.label, row.amount) for row in paid.rows] == [
			("Cash", "$ 200.00"),
			("Card", "$ 500.00"),
			("Paid back", "$ 700.00"),
		]
		assert [row.amount for row in rest.rows] == ["$ 800.00", "− $ 700.00", "$ 100.00"]
		for row, tender in zip(paid.rows, deposit.tenders, strict=False):
			assert f"back for {tender.payment_entry}" in row.note
	for print_format in ("Deposit Refund Slip", "Deposit Refund Slip 80 mm"):
		html = shown_text(frappe.get_print("Payment Entry", first, print_format))
		assert "Lost her job &amp; moved" in html and "$ 100.00" in html
		reader = pdf_of("Payment Entry", first, print_format)
		assert len(reader.pages) == 1
	assert size_mm(reader)[0] == pytest.approx(80, abs=0.5)


def test_an_earlier_slip_keeps_saying_what_was_held_then():
	deposit = f.take_new(amount=500)
	first = f.act(deposit, "Refund", amount=150, reason="Changed her mind")["documents"][0]["name"]
	f.act(deposit, "Refund", amount=350, reason="Changed her mind again")
	paper = dealer_receipt(frappe.get_doc("Payment Entry", first))
	assert [row.amount for row in paper.sums[1].rows] == ["$ 500.00", "− $ 150.00", "$ 350.00"]


def test_a_payment_that_is_no_refund_says_so():
	deposit = f.take_new(amount=500)
	html = shown_text(
		frappe.get_print("Payment Entry", deposit.tenders[0].payment_entry, "Deposit Refund Slip")
	)
	assert "is not the refund of a deposit" in html
	assert "$" not in html


# E-mail


@pytest.fixture
def mailing() -> Iterator[None]:
	"""A dealership that mails its receipts, with an outgoing account."""
	_mail_receipts(1)
	account = frappe.get_doc(
		{
			"doctype": "Email Account",
			"email_account_name": f.unique("Counter"),
			"email_id": SENDER,
			"enable_outgoing": 1,
			"default_outgoing": 1,
			"smtp_server": "127.0.0.1",
			"awaiting_password": 1,
		}
	)
	frappe.flags.in_test = True  # or Frappe would try the server
	account.insert()
	frappe.flags.in_test = False
	frappe.db.commit()
	frappe.local.outgoing_email_account = {}
	yield
	frappe.db.rollback()
	_mail_receipts(0)
	frappe.delete_doc("Email Account", account.name, force=True)
	frappe.db.commit()
	frappe.local.outgoing_email_account = {}


def _mail_receipts(on: int, **values) -> None:
	settings = frappe.get_doc("Dealer Settings", f.COMPANY)
	settings.update({"send_receipt": on, **values})
	settings.save()
	frappe.db.commit()


@pytest.fixture
def jobs(monkeypatch) -> list[dict]:
	"""The e-mails that workers are asked for, instead of asking them."""
	asked: list[dict] = []
	enqueue = frappe.enqueue

	def ask(method, *args, **values):
		if str(method).startswith("dealer_pos_crm.dealer_cashier.receipts"):
			return asked.append({"method": method, **values})
		return enqueue(method, *args, **values)

	monkeypatch.setattr(frappe, "enqueue", ask)
	return asked


def run(job: dict) -> str | None:
	name = frappe.get_attr(job["method"])(job["action_name"])
	frappe.db.commit()
	return name


def customer_with(email: str | None = None, **values):
	customer = f.make_customer(**values)
	if email:
		frappe.db.set_value("Customer", customer.name, "email_id", email)
	return customer


def mails(deposit) -> list:
	return frappe.get_all(
		"Communication",
		filters={
			"reference_doctype": "Deposit",
			"reference_name": deposit.name,
			"communication_medium": "Email",
		},
		fields=["name", "subject", "recipients", "sender", "content"],
		order_by="creation",
	)


def queued(deposit) -> list:
	return frappe.get_all(
		"Email Queue",
		filters={"reference_doctype": "Deposit", "reference_name": deposit.name},
		fields=["name", "communication", "status"],
		order_by="creation",
	)


def enclosed(communication: str) -> PdfReader:
	(name,) = frappe.get_all(
		"File",
		{"attached_to_doctype": "Communication", "attached_to_name": communication, "is_private": 1},
		pluck="name",
	)
	return PdfReader(io.BytesIO(frappe.get_doc("File", name).get_content()))


def complaints(deposit) -> list[str]:
	return frappe.get_all(
		"Comment",
		filters={
			"reference_doctype": "Deposit",
			"reference_name": deposit.name,
			"content": ("like", "%could not be e-mailed%"),
		},
		pluck="content",
	)


@needs_wkhtmltopdf
def test_a_taken_deposit_is_mailed_once(mailing, jobs):
	customer = customer_with("ann@buyer.example")
	deposit = f.make_deposit(customer)
	frappe.db.commit()
	client_key = f.key()
	f.take(deposit, client_key=client_key)
	f.take(deposit, client_key=client_key)
	assert len(jobs) == 1
	assert jobs[0]["deduplicate"] and jobs[0]["job_id"]

	communication = run(jobs[0])
	assert run(jobs[0]) is None
	(mail,) = mails(deposit)
	assert mail.name == communication
	assert (mail.recipients, mail.sender) == ("ann@buyer.example", SENDER)
	assert deposit.name in mail.subject and "$ 500.00" in mail.content
	(queue,) = queued(deposit)
	assert queue.communication == communication
	recipients = frappe.get_all("Email Queue Recipient", {"parent": queue.name}, pluck="recipient")
	assert recipients == ["ann@buyer.example"]
	assert len(enclosed(communication).pages) == 1
	links = frappe.get_all(
		"Communication Link", {"parent": communication, "link_doctype": "Customer"}, pluck="link_name"
	)
	assert links == [customer.name]


@needs_wkhtmltopdf
def test_a_refund_is_mailed_with_its_slip(mailing, jobs):
	deposit = f.take_new(
		customer_with("ann@buyer.example"), amount=500, tenders=[("Cash", 200), ("Card", 300)]
	)
	f.act(deposit, "Refund", amount=250, reason="Changed her mind")
	assert len(jobs) == 2
	run(jobs[1])
	run(jobs[1])
	(mail,) = mails(deposit)
	assert "Deposit Refund" in mail.subject
	assert "$ 250.00" in mail.content
	assert len(queued(deposit)) == 1


def test_no_other_action_is_mailed(mailing, jobs):
	deposit = f.take_new(customer_with("ann@buyer.example"))
	jobs.clear()
	f.act(deposit, "Move", to_vehicle=f.make_vehicle().name, reason="Likes the blue one")
	f.act(deposit, "Cancel", reason="Wrong customer")
	assert jobs == []


def test_a_request_is_not_mailed_before_it_is_approved(mailing, jobs):
	deposit = f.take_new(customer_with("ann@buyer.example"))
	jobs.clear()
	with f.logged_in(f.make_user(roles.CASHIER)):
		asked = f.act(deposit, "Refund", amount=100, reason="Changed her mind")
	assert (asked["status"], jobs) == ("Requested", [])


@pytest.mark.parametrize("reason", ["off", "no address", "undone"])
def test_nothing_is_mailed_without_cause(reason, mailing, jobs):
	deposit = f.take_new(customer_with(None if reason == "no address" else "ann@buyer.example"))
	if reason == "off":
		_mail_receipts(0)
	if reason == "undone":
		f.act(deposit, "Cancel", reason="Wrong customer")
	assert run(jobs[0]) is None
	assert (mails(deposit), queued(deposit), complaints(deposit)) == ([], [], [])


def test_a_dealership_that_mails_nothing_asks_no_worker(jobs):
	f.take_new(customer_with("ann@buyer.example"))
	assert jobs == []


def test_what_is_rolled_back_asks_no_worker(mailing, jobs):
	vehicle = f.make_vehicle()
	f.take_new(customer_with("ann@buyer.example"), vehicle)
	jobs.clear()
	second = f.make_deposit(customer_with("zoe@buyer.example"), vehicle)
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError):
		f.take(second)
	frappe.db.rollback()
	frappe.db.commit()
	assert jobs == []


@needs_wkhtmltopdf
def test_the_address_of_the_primary_contact_serves_as_well(mailing, jobs):
	customer = f.make_customer()
	contact = frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": "Ann",
			"email_ids": [{"email_id": "contact@buyer.example", "is_primary": 1}],
			"links": [{"link_doctype": "Customer", "link_name": customer.name}],
		}
	).insert()
	frappe.db.set_value(
		"Customer", customer.name, {"customer_primary_contact": contact.name, "email_id": None}
	)
	deposit = f.take_new(customer)
	run(jobs[0])
	assert mails(deposit)[0].recipients == "contact@buyer.example"


def test_the_real_queue_gets_the_job(mailing):
	deposit = f.take_new(customer_with("ann@buyer.example"))
	action = frappe.db.get_value("Deposit Action", {"deposit": deposit.name, "action": "Take"}, "name")
	job = background_jobs.get_job(f"dealer_receipt::{action}")
	try:
		assert job is not None
		assert job.kwargs["kwargs"] == {"action_name": action}
		assert not complaints(deposit)
	finally:
		if job:
			job.delete()


def test_without_redis_the_money_is_taken_and_the_failure_is_seen(mailing, monkeypatch):
	monkeypatch.setitem(frappe.local.conf, "redis_queue", "redis://127.0.0.1:1")
	monkeypatch.setattr(background_jobs, "_redis_queue_conn", None)
	deposit = f.take_new(customer_with("ann@buyer.example"))
	frappe.db.rollback()  # what is seen afterwards was committed

	deposit.reload()
	assert (deposit.status, deposit.held_amount) == ("Held", 500)
	(comment,) = complaints(deposit)
	assert "could not be e-mailed" in comment
	assert frappe.get_all("Error Log", {"reference_doctype": "Deposit", "reference_name": deposit.name})


@needs_wkhtmltopdf
def test_a_failure_is_seen_on_the_deposit_and_can_be_mended(mailing, jobs):
	deposit = f.take_new(customer_with("ann@buyer.example"))
	frappe.db.set_value("Email Account", {"email_id": SENDER}, {"default_outgoing": 0, "enable_outgoing": 0})
	frappe.db.commit()
	frappe.local.outgoing_email_account = {}
	assert run(jobs[0]) is None
	frappe.db.rollback()

	(comment,) = complaints(deposit)
	assert "ann@buyer.example" in comment and "Email Account" in comment
	assert frappe.get_all("Error Log", {"reference_doctype": "Deposit", "reference_name": deposit.name})
	assert (mails(deposit), queued(deposit)) == ([], [])

	frappe.db.set_value("Email Account", {"email_id": SENDER}, {"default_outgoing": 1, "enable_outgoing": 1})
	frappe.db.commit()
	frappe.local.outgoing_email_account = {}
	assert run(jobs[0])
	assert len(mails(deposit)) == 1


# By hand


@needs_wkhtmltopdf
def test_a_cashier_mails_a_receipt_again_and_elsewhere(mailing, jobs):
	deposit = f.take_new(customer_with("ann@buyer.example"))
	with f.logged_in(f.make_user(roles.CASHIER)):
		assert email_receipt(deposit.name)["to"] == "ann@buyer.example"
		assert email_receipt(deposit.name, to="tom@buyer.example")["to"] == "tom@buyer.example"
	frappe.db.commit()
	assert [mail.recipients for mail in mails(deposit)] == ["ann@buyer.example", "tom@buyer.example"]
	assert len(queued(deposit)) == 2


@needs_wkhtmltopdf
def test_a_void_receipt_thanks_for_nothing(mailing, jobs):
	deposit = f.take_new(customer_with("ann@buyer.example"))
	f.act(deposit, "Cancel", reason="Wrong customer")
	email_receipt(deposit.name)
	(mail,) = mails(deposit)
	assert "This receipt is void" in mail.content
	assert "We received" not in mail.content


def test_mailing_by_hand_needs_the_right_an_address_and_a_payment(mailing, jobs):
	deposit = f.take_new()
	with f.logged_in(f.make_user(roles.TECHNICIAN)), pytest.raises(frappe.PermissionError):
		email_receipt(deposit.name, to="ann@buyer.example")
	with pytest.raises(frappe.ValidationError, match="has no e-mail address"):
		email_receipt(deposit.name)
	with pytest.raises(frappe.InvalidEmailAddressError):
		email_receipt(deposit.name, to="not an address")
	with pytest.raises(frappe.ValidationError, match="not paid yet"):
		email_receipt(draft().name, to="ann@buyer.example")
	assert mails(deposit) == []


@needs_wkhtmltopdf
def test_the_receipt_format_of_the_settings_is_used(mailing, jobs):
	deposit = f.take_new(customer_with("ann@buyer.example"))
	_mail_receipts(1, receipt_format="Deposit Receipt 80 mm")
	try:
		communication = run(jobs[0])
	finally:
		_mail_receipts(1, receipt_format=None)
	assert [mail.name for mail in mails(deposit)] == [communication]
	assert size_mm(enclosed(communication))[0] == pytest.approx(80, abs=0.5)
