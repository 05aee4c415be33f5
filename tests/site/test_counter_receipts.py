"""Receipts at the counter: found by whatever the customer remembers, printed once as the original, then as copies."""

from __future__ import annotations

import io
from types import SimpleNamespace
from urllib.parse import parse_qs, urlparse

import frappe
import pytest
from frappe.utils import add_days, add_to_date, flt, nowdate
from pypdf import PdfWriter

from dealer_pos_crm.api import receipt as api
from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.dealer_counter.printing import dealer_counter_paper
from dealer_pos_crm.dealer_counter.receipts import finding, prints, sending
from dealer_pos_crm.dealer_setup import roles
from tests.site import counter_house as counter
from tests.site import factories as f

house = counter.house


@pytest.fixture(scope="module")
def shop(house) -> SimpleNamespace:
	"""One customer with a receipt, a sale, a deposit, its refund and a card."""
	car = f.make_vehicle()
	customer = f.make_customer(f.unique("Zoe Finder"), mobile_no="(555) 017-2211")
	invoices = [f.make_invoice(customer, 389.2, car), f.make_invoice(customer, 123.4)]
	frappe.db.commit()
	lines = counter.lines_of(*invoices, amounts=(389.2, 23.4))
	taken = counter.collect(customer, lines, [counter.check(192.6, "880 12"), counter.cash(220, 240)])
	house.receipt = frappe.get_doc("Counter Receipt", taken["receipt"])
	house.sale = counter.sell(customer, 179.25)
	house.deposit = f.take_new(customer, car, amount=501)
	house.refund = f.act(house.deposit, "Refund", amount=77.5, reason="Cheaper car")["documents"][0]["name"]
	house.card = _card(customer)
	house.customer, house.invoices, house.car = customer, invoices, car
	frappe.db.commit()
	return house


def _card(customer) -> str:
	card = frappe.get_doc(
		{
			"doctype": "Card Payment",
			"customer": customer.name,
			"customer_name": customer.customer_name,
			"company": f.COMPANY,
			"amount": 64,
			"captured_amount": 64,
			"captured_on": frappe.utils.now_datetime(),
			"currency": "USD",
			"what": "On account",
			"last4": "7319",
			"brand": "visa",
			"status": "Captured",
			"client_key": f.key(),
			"intent_key": f.key(),
		}
	)
	card.flags.of_the_house = True
	return card.insert().name


def found(text: str, **more) -> set[tuple[str, str]]:
	return {(row["kind"], row["name"]) for row in api.find(f.COMPANY, text, **more)["rows"]}


# Finding


def test_found_by_whatever_is_known(shop):
	receipt, sale = ("Receipt", shop.receipt.name), ("Sale", shop.sale.name)
	deposit, refund, card = ("Deposit", shop.deposit.name), ("Refund", shop.refund), ("Card", shop.card)
	everything = {receipt, sale, deposit, refund, card}

	def ours(text: str, **more) -> set:
		"""Of this house; earlier runs left receipts of the same amounts."""
		return found(text, **more) & everything

	with f.logged_in(shop.cashier):
		assert found(shop.receipt.name) == {receipt}
		assert ours(shop.receipt.name[-5:].lower()) >= {receipt}  # its end
		assert found(shop.invoices[1].name) == {receipt}  # what it paid
		assert ours("412.60") == {receipt} and ours("$ 192.60") == {receipt}  # whole, and one tender
		assert ours("179.25") == {sale} and ours("501") == {deposit} and ours("77.50") == {refund}
		assert ours("ending 7319") == {card} and ours("7319") == {card}
		assert found(shop.customer.customer_name) == everything
		assert ours("555.017.2211") == everything
		assert ours("today") == everything or api.find(f.COMPANY, "today")["more"]
		assert not ours("yesterday")
		assert found(shop.customer.customer_name, kind="Deposit") == {deposit}
		assert found(shop.customer.customer_name, from_date=add_days(nowdate(), 1)) == set()
		assert found(shop.customer.customer_name, to_date=nowdate()) == everything
		assert found("no such receipt 9x") == set()
		assert api.find(f.COMPANY, "z")["too_short"]


def test_a_deposit_and_the_payments_of_a_receipt_stand_once(shop):
	"""The Payment Entries behind them are no receipts of their own; a single payment is."""
	single = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Receive",
			"party_type": "Customer",
			"party": shop.customer.name,
			"company": f.COMPANY,
			"paid_from": frappe.get_cached_value("Company", f.COMPANY, "default_receivable_account"),
			"paid_to": counter.account_of("Cash"),
			"paid_amount": 33.25,
			"received_amount": 33.25,
			"mode_of_payment": "Cash",
		}
	).insert()
	single.submit()
	frappe.db.commit()
	try:
		with f.logged_in(shop.cashier):
			assert ("Payment", single.name) in found("33.25")
			kinds = [row["kind"] for row in api.find(f.COMPANY, shop.customer.customer_name)["rows"]]
		assert sorted(kinds) == ["Card", "Deposit", "Payment", "Receipt", "Refund", "Sale"]
		with f.logged_in(shop.cashier):
			printed = api.print_of("Payment Entry", single.name)
		assert printed["format"].startswith("Payment Receipt")
		assert_adds_up(single)
	finally:
		frappe.db.rollback()
		single.cancel()
		frappe.db.commit()


def test_pages_hold_everything(shop, monkeypatch):
	monkeypatch.setattr(finding, "PAGE", 2)
	seen, skip = [], 0
	with f.logged_in(shop.cashier):
		while True:
			page = api.find(f.COMPANY, shop.customer.customer_name, skip=skip)
			assert len(page["rows"]) <= 2
			seen += [(row["at"], row["name"]) for row in page["rows"]]
			if not page["more"]:
				break
			skip += 2
	assert len(seen) == len(set(seen)) >= 5
	assert seen == sorted(seen, reverse=True)


def test_only_what_one_may_read_is_found(shop):
	with f.logged_in(f.make_user(roles.SALESPERSON)):
		kinds = {row["kind"] for row in api.find(f.COMPANY, shop.customer.customer_name)["rows"]}
	assert "Receipt" in kinds and "Sale" not in kinds  # sales at the till are not theirs
	with f.logged_in(f.make_user(roles.TECHNICIAN)), pytest.raises(frappe.PermissionError):
		api.find(f.COMPANY, "today")


# Prints


def render(printed: dict, user: str) -> str:
	"""What the address of a print shows to this user: the line that says which copy it is."""
	asked = {name: values[0] for name, values in parse_qs(urlparse(printed["url"]).query).items()}
	with f.logged_in(user):
		frappe.local.form_dict = frappe._dict(asked)
		doc = frappe.get_doc(printed["doctype"], printed["name"])
		return dealer_counter_paper(doc).copy  # whoever is logged in next has an empty request again


def test_the_first_print_is_the_original_and_every_later_one_a_copy(shop):
	customer, invoices = counter.owing(50)
	name = counter.collect(customer, counter.lines_of(*invoices), [counter.cash(50)])["receipt"]
	other = f.make_user(roles.CASHIER)
	desk = {"url": "/printview", "doctype": "Counter Receipt", "name": name}
	assert render(desk, shop.cashier) == ""

	with f.logged_in(shop.cashier):
		first, second = (api.print_of("Counter Receipt", name) for _ in range(2))
	frappe.db.commit()
	assert (first["number"], second["number"]) == (1, 2)
	assert render(first, shop.cashier) == ""
	who = frappe.utils.get_fullname(shop.cashier)
	assert render(second, shop.cashier).startswith("Copy no. 1 · ") and render(second, shop.cashier).endswith(
		who
	)
	# An address is for who asked, for a while, and for this receipt.
	assert render(first, other).startswith("Copy · ")
	assert render(desk, shop.cashier).startswith("Copy · ")
	assert render({**first, "url": first["url"][:-1] + "!"}, shop.cashier).startswith("Copy · ")
	ago = add_to_date(None, minutes=-11)
	frappe.db.set_value("Receipt Print", {"reference_name": name, "number": 1}, "printed_on", ago)
	assert render(first, shop.cashier).startswith("Copy · ")

	rows = frappe.get_all(
		"Receipt Print", {"reference_name": name}, ["number", "printed_by"], order_by="number"
	)
	assert [(row.number, row.printed_by) for row in rows] == [(1, shop.cashier), (2, shop.cashier)]
	with f.logged_in(shop.cashier):
		(row,) = api.find(f.COMPANY, name)["rows"]
		assert row["printed"] == 2


def test_what_is_no_receipt_yet_is_not_counted(shop):
	draft = f.make_deposit(shop.customer, vehicle=False)
	frappe.db.commit()
	with f.logged_in(shop.cashier):
		assert api.print_of("Deposit", draft.name)["number"] == 0
		assert api.print_of("Deposit", shop.deposit.name)["number"] == 1
		assert api.print_of("Payment Entry", shop.refund)["format"].startswith("Deposit Refund Slip")
		of_receipt = shop.receipt.tenders[0].payment_entries.split("\n")[0]
		assert api.print_of("Payment Entry", of_receipt)["name"] == shop.receipt.name
		report = api.print_of("POS Opening Entry", shop.shift.name)
		assert (report["format"], report["number"]) == (
			"Shift So Far 80 mm",
			None,
		)  # no receipt, and no copies
	with f.logged_in(f.make_user(roles.TECHNICIAN)), pytest.raises(frappe.PermissionError):
		api.print_of("Counter Receipt", shop.receipt.name)
	with pytest.raises(frappe.ValidationError, match="no print format of"):
		prints.print_of("Deposit", shop.deposit.name, "POS Sale")


def test_the_paper_is_the_counters_own(shop):
	with f.logged_in(shop.cashier):
		assert prints.format_of(shop.sale) == "POS Sale 80 mm"
		assert prints.format_of(shop.receipt) == "Counter Receipt 80 mm"
		frappe.db.set_value("POS Profile", shop.profile, "print_format", "POS Sale")
		frappe.clear_document_cache("POS Profile", shop.profile)
		try:
			assert prints.format_of(shop.sale) == "POS Sale"
			assert prints.format_of(shop.receipt) == "Counter Receipt"
		finally:
			frappe.db.set_value("POS Profile", shop.profile, "print_format", None)
			frappe.clear_document_cache("POS Profile", shop.profile)
	with f.logged_in(shop.accountant):  # at a desk, without a shift
		assert prints.format_of(shop.deposit) == "Deposit Receipt"


# Papers


def assert_adds_up(doc) -> None:
	"""The lines of each sum come to its result, as somebody with a pencil would check."""
	paper = dealer_counter_paper(doc)
	assert paper.sums
	for part in paper.sums:
		running = 0.0
		for row in part.rows:
			amount = _number(row.amount)
			if row.kind in ("total", "held"):
				assert flt(running, 2) == amount, (part.title, row)
			else:
				running += amount


def _number(text: str) -> float:
	sign = -1 if "−" in text else 1
	digits = "".join(char for char in text if char.isdigit() or char == ".")
	return flt(sign * float(digits or 0), 2)


def test_a_receipt_says_what_was_paid_how_and_what_stays_open(shop):
	paper = dealer_counter_paper(frappe.get_doc("Counter Receipt", shop.receipt.name))
	facts = {fact.label: fact.text for fact in paper.facts}
	assert facts["Received from"] == shop.customer.customer_name
	assert facts["Vehicle"] == "2019 Toyota Camry"
	assert facts["Taken by"] == frappe.utils.get_fullname(shop.cashier)
	assert shop.shift.name in facts["Counter"]
	paid, how = paper.sums
	assert [row.amount for row in paid.rows] == ["$ 389.20", "$ 23.40", "$ 412.60"]
	assert "$ 100.00 still open" in paid.rows[1].note
	assert [(row.label, row.amount) for row in how.rows] == [
		("Check", "$ 192.60"),
		("Cash", "$ 240.00"),
		("Change", "− $ 20.00"),
		("Received", "$ 412.60"),
	]
	assert paper.amount == "$ 412.60" and paper.mark is None
	assert_adds_up(shop.receipt)
	assert_adds_up(shop.sale)


def test_credit_is_on_the_receipt_and_a_reversal_voids_it(shop):
	customer, invoices = counter.owing(40)
	taken = counter.collect(customer, counter.lines_of(*invoices), [counter.cash(60)], keep_rest=True)
	receipt = frappe.get_doc("Counter Receipt", taken["receipt"])
	assert dealer_counter_paper(receipt).sums[0].rows[-2].label == "Kept as your credit"
	assert_adds_up(receipt)
	for payment in counter.payments_of(receipt.name):
		frappe.get_doc("Payment Entry", payment.name).cancel()
	frappe.db.commit()
	receipt.reload()
	assert receipt.status == "Reversed"
	assert "void" in dealer_counter_paper(receipt).mark.text


def test_every_format_is_laid_out(shop):
	shown = {"Counter Receipt": shop.receipt, "POS Sale": shop.sale}
	for print_format, doc in shown.items():
		for paper in ("", prints.ROLL):
			html = frappe.get_print(doc.doctype, doc.name, f"{print_format}{paper}")
			assert shop.customer.customer_name in html and doc.name in html
			assert "dealer-roll" in html if paper else "dealer-sheet" in html
	html = frappe.get_print("POS Opening Entry", shop.shift.name, "Shift So Far 80 mm")
	assert "Expected now" in html
	frappe.db.set_value("POS Profile", shop.profile, "dealer_blind_count", 1)
	frappe.clear_document_cache("POS Profile", shop.profile)
	try:
		with f.logged_in(shop.cashier):
			blind = dealer_counter_paper(frappe.get_doc("POS Opening Entry", shop.shift.name))
		assert blind.mark and not blind.sums and not blind.amount
	finally:
		frappe.db.set_value("POS Profile", shop.profile, "dealer_blind_count", 0)
		frappe.clear_document_cache("POS Profile", shop.profile)


def test_the_shift_report_explains_every_cent(shop):
	difference = -2.5
	count = frappe.get_doc(
		{
			"doctype": "Shift Count",
			"shift": shop.shift.name,
			"cashier": shop.cashier,
			"pos_profile": shop.profile,
			"company": f.COMPANY,
			"status": "Closed",
			"opened_on": shop.shift.period_start_date,
			"currency": "USD",
			"difference": difference,
			"reason": "Wrong Change",
			"note": "A twenty for a ten",
			"modes": [
				{
					"mode_of_payment": "Cash",
					"opening_amount": 100,
					"sales_amount": 179.25,
					"payments_amount": 220,
					"refunds_amount": 77.5,
					"expected_amount": 421.75,
					"counted_amount": 419.25,
					"difference": difference,
				},
				{
					"mode_of_payment": "Check",
					"payments_amount": 192.6,
					"expected_amount": 192.6,
					"counted_amount": 192.6,
				},
			],
			"cash": [
				{"denomination": 100, "pieces": 4, "amount": 400},
				{"denomination": 0.25, "pieces": 77, "amount": 19.25},
			],
		}
	)
	count.name = "SHC-TEST"
	paper = dealer_counter_paper(count)
	assert (paper.amount_label, paper.amount) == ("Short", "− $ 2.50")
	facts = {fact.label: fact.text for fact in paper.facts}
	assert facts["Reason"] == "Wrong Change: A twenty for a ten"
	cash, check, drawer, together = paper.sums
	assert [(row.label, row.amount) for row in cash.rows] == [
		("Opening", "$ 100.00"),
		("Sales", "$ 179.25"),
		("Payments taken", "$ 220.00"),
		("Refunds paid", "− $ 77.50"),
		("Expected", "$ 421.75"),
		("Counted", "$ 419.25"),
		("Short", "− $ 2.50"),
	]
	assert check.rows[-1].amount == "$ 0.00"
	assert drawer.rows[-1].amount == "$ 419.25"
	assert [row.amount for row in together.rows] == ["$ 611.85", "− $ 614.35", "− $ 2.50"]


def test_the_bank_slip_adds_up(shop):
	slip = frappe.get_doc(
		{
			"doctype": "Bank Deposit",
			"company": f.COMPANY,
			"bank_account": counter.account_of("Check"),
			"status": "At the Bank",
			"deposit_date": nowdate(),
			"cash_amount": 300,
			"check_amount": 192.6,
			"check_count": 1,
			"total_amount": 492.6,
			"currency": "USD",
			"cash": [{"denomination": 100, "pieces": 3, "amount": 300}],
			"items": [
				{"kind": "Check", "check_no": "880 12", "customer": shop.customer.name, "amount": 192.6},
				{"kind": "Cash", "amount": 300},
			],
		}
	)
	slip.name = "BDP-TEST"
	assert_adds_up(slip)
	paper = dealer_counter_paper(slip)
	assert shop.customer.customer_name in paper.sums[1].rows[0].note


# E-mail


@pytest.fixture
def mailing():
	"""A dealership that mails its receipts, with an outgoing account."""
	frappe.db.set_value("Dealer Settings", f.COMPANY, "send_receipt", 1)
	frappe.clear_document_cache("Dealer Settings", f.COMPANY)
	account = frappe.get_doc(
		{
			"doctype": "Email Account",
			"email_account_name": f.unique("Till"),
			"email_id": "till@summit-motors.example",
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
	frappe.db.set_value("Dealer Settings", f.COMPANY, "send_receipt", 0)
	frappe.clear_document_cache("Dealer Settings", f.COMPANY)
	frappe.delete_doc("Email Account", account.name, force=True)
	frappe.db.commit()
	frappe.local.outgoing_email_account = {}


def blank(*_) -> bytes:
	"""A PDF; how a receipt looks has tests of its own."""
	writer, out = PdfWriter(), io.BytesIO()
	writer.add_blank_page(200, 200)
	writer.write(out)
	return out.getvalue()


def test_a_receipt_is_mailed_once_by_itself_and_again_when_asked(mailing, monkeypatch, shop):
	asked: list[str] = []
	monkeypatch.setattr(sending, "_ask_the_workers", asked.append)
	monkeypatch.setattr(sending.mailing, "pdf_of", blank)
	customer, invoices = counter.owing(50)
	frappe.db.set_value("Customer", customer.name, "email_id", "zoe@buyer.example")
	name = counter.collect(customer, counter.lines_of(*invoices), [counter.cash(50)])["receipt"]
	assert asked == [name]
	assert sending.send(name) and sending.send(name) is None
	frappe.db.commit()
	letters = frappe.get_all(
		"Communication",
		{"reference_doctype": "Counter Receipt", "reference_name": name},
		["recipients", "content"],
	)
	assert [letter.recipients for letter in letters] == ["zoe@buyer.example"]
	assert "$ 50.00" in letters[0].content
	assert frappe.db.get_value("Counter Receipt", name, "sent_to") == "zoe@buyer.example"
	with f.logged_in(shop.cashier):
		assert api.send("Counter Receipt", name, to="tom@buyer.example")["to"] == "tom@buyer.example"
	frappe.db.commit()
	assert (
		frappe.db.count("Communication", {"reference_doctype": "Counter Receipt", "reference_name": name})
		== 2
	)
	# What was mailed is no print of the counter: the first print is the original still.
	with f.logged_in(shop.cashier):
		assert api.print_of("Counter Receipt", name)["number"] == 1


def test_a_mail_that_fails_is_seen_on_the_receipt(mailing, monkeypatch, shop):
	def broken(*_):
		raise OSError("The printer of PDFs is away")

	monkeypatch.setattr(sending, "_ask_the_workers", lambda name: None)
	monkeypatch.setattr(sending.mailing, "pdf_of", broken)
	customer, invoices = counter.owing(20)
	frappe.db.set_value("Customer", customer.name, "email_id", "zoe@buyer.example")
	name = counter.collect(customer, counter.lines_of(*invoices), [counter.cash(20)])["receipt"]
	assert sending.send(name) is None
	comments = frappe.get_all(
		"Comment",
		{"reference_doctype": "Counter Receipt", "reference_name": name, "comment_type": "Comment"},
		pluck="content",
	)
	assert any("The printer of PDFs is away" in comment for comment in comments)
	assert rounded(counter.open_of(invoices[0]), "USD").minor == 0  # the money is booked all the same
	with f.logged_in(f.make_user(roles.TECHNICIAN)), pytest.raises(frappe.PermissionError):
		api.send("Counter Receipt", name)
