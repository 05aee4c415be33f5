"""Pay requests: made, sent, opened, paid, taken back; and what goes wrong on the way."""

from __future__ import annotations

import email
import random
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from frappe.utils import add_to_date, get_datetime, now_datetime
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from dealer_pos_crm.api import pay_page
from dealer_pos_crm.api import pay_request as api
from dealer_pos_crm.dealer_cashier.card_payments import starting
from dealer_pos_crm.dealer_cashier.gateway import accounts, outbox
from dealer_pos_crm.dealer_cashier.pay_requests import automatic, following, link, page, request, standing
from dealer_pos_crm.dealer_crm.messages import consent, sender
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.domain import form_token
from dealer_pos_crm.domain.form_token import FormToken
from tests.site import billing, cards, showroom
from tests.site import factories as f
from tests.stripe_fake import Fake, PageClosed

EMAIL = "pat.payer@customers.example"
DEVICE = "Mozilla/5.0 (iPhone)"


@pytest.fixture(scope="module")
def account(site: str) -> str:
	name = cards.gateway_account(
		terms="Paid is paid.", terms_required=1, allow_partial=1, min_part=50, request_valid_days=5
	)
	mail = frappe.get_doc(
		{
			"doctype": "Email Account",
			"email_account_name": f.unique("Pay Requests"),
			"email_id": f"{f.key()[:8]}@summit-motors.example",
			"enable_outgoing": 1,
			"smtp_server": "127.0.0.1",
			"awaiting_password": 1,
		}
	)
	frappe.flags.in_test = True  # or Frappe would try the server
	mail.insert()
	frappe.flags.in_test = False
	frappe.db.set_value("Gateway Account", name, "send_from", mail.name)
	frappe.clear_document_cache("Gateway Account", name)
	frappe.db.commit()
	return name


@pytest.fixture
def fake(account: str) -> Iterator[Fake]:
	fake = cards.fake_of(account)
	with cards.use_fake(fake):
		yield fake


def ask(for_doctype: str = "", for_name: str = "", **values: Any):
	"""A request that was sent, with its token."""
	frappe.db.commit()
	made = request.create({"for_doctype": for_doctype, "for_name": for_name, **values}, f.key())
	frappe.db.commit()
	doc = frappe.get_doc("Pay Request", made["name"])
	doc.token = link.token_of(doc)
	return doc


def ask_deposit(amount: float = 500, **values: Any):
	customer = f.make_customer(email_id=EMAIL)
	deposit = f.make_deposit(customer, amount=amount)
	return ask("Deposit", deposit.name, **values), deposit


def ask_invoice(total: float = 300, **values: Any):
	customer = f.make_customer(email_id=EMAIL)
	invoice = f.make_invoice(customer, total)
	return ask("Sales Invoice", invoice.name, **values), invoice


def as_guest(function: Any, address: str = "", **values: Any) -> Any:
	"""A call as it comes in from a customer's phone."""
	builder = EnvironBuilder(
		path=f"/api/method/{function.__module__}.{function.__name__}",
		method="POST",
		headers={"User-Agent": DEVICE},
	)
	before, form, user = getattr(frappe.local, "request", None), frappe.local.form_dict, frappe.session.user
	frappe.local.request = Request(builder.get_environ())
	frappe.local.request_ip = address or f"10.{random.randrange(256)}.{random.randrange(256)}.7"
	frappe.local.form_dict = frappe._dict(values, cmd=f"{function.__module__}.{function.__name__}")
	frappe.set_user("Guest")
	try:
		answer = function(**values)
		frappe.db.commit()
		return answer
	finally:
		frappe.db.rollback()
		frappe.local.request, frappe.local.form_dict = before, form
		frappe.set_user(user)


def seen(doc) -> dict:
	"""What stands on the customer's page."""
	frappe.db.rollback()
	found = page.view(doc.token)
	return {"face": found.face.value, **found.values} if found else {"face": "gone"}


def start(doc, **values: Any) -> dict:
	"""The customer accepts the terms and goes on to the provider's page."""
	shown = seen(doc)
	given = {
		"seen": shown.get("amount_plain", ""),
		"version": shown.get("terms_version", ""),
		"accepted": "1",
	}
	return as_guest(pay_page.start, token=doc.token, **{**given, **values})


def pay(doc, fake: Fake, *, card: str = "4242", **values: Any):
	"""All the way: to the provider's page, a card, and back. Returns what the payer saw."""
	answer = start(doc, **values)
	assert answer["state"] == "go", answer
	visit = fake.payer.pay(answer["url"], card)
	frappe.cache.delete_value(f"dealer_pay_look:{doc.name}")
	as_guest(pay_page.state, token=doc.token)
	doc.reload()
	return visit


def card_of(doc):
	return frappe.get_last_doc("Card Payment", {"pay_request": doc.name})


def events(doc) -> list[str]:
	return frappe.get_all(
		"Customer Event", {"pay_request": doc.name}, pluck="event_type", order_by="happened_at, name"
	)


# --- Making and sending -------------------------------------------------------------------------------


def test_a_request_is_made_from_the_books_and_mailed_with_its_link(fake: Fake) -> None:
	doc, deposit = ask_deposit()
	assert (doc.status, doc.amount, doc.amount_basis, doc.customer) == (
		"Sent", 500, "Open Balance", deposit.customer
	)  # fmt: skip
	assert doc.test_mode == 1 and doc.allow_partial == 0, "a deposit is held as a whole"
	assert get_datetime(doc.expires_at) > add_to_date(now_datetime(), days=4)
	mail = frappe.get_last_doc("Email Queue", {"reference_name": doc.name})
	assert mail.recipients[0].recipient == EMAIL
	parts = list(email.message_from_string(mail.message).walk())
	texts = [part.get_payload(decode=True).decode() for part in parts if not part.is_multipart()]
	assert all(doc.token in text for text in texts), "the customer gets the link"
	kept = frappe.get_last_doc("Communication", {"reference_name": doc.name})
	assert doc.token not in kept.content, "what is kept on file is no key"
	assert {row.link_doctype for row in kept.timeline_links} >= {"Customer", "Deposit"}
	assert events(doc) == ["pay_request.sent"]


def test_the_same_click_twice_makes_one_request(fake: Fake) -> None:
	_doc, invoice = ask_invoice()
	other = f.make_invoice(f.make_customer(email_id=EMAIL), 90)
	frappe.db.commit()
	key = f.key()
	first = request.create({"for_doctype": "Sales Invoice", "for_name": other.name}, key)
	frappe.db.commit()
	again = request.create({"for_doctype": "Sales Invoice", "for_name": other.name}, key)
	assert (again["name"], again["repeated"]) == (first["name"], True)
	assert invoice.name != other.name


def test_nobody_is_asked_twice_for_the_same_money(fake: Fake) -> None:
	doc, invoice = ask_invoice(300, amount=200)
	with pytest.raises(frappe.ValidationError, match="asks for this already"):
		ask("Sales Invoice", invoice.name)
	frappe.db.rollback()
	rest = ask("Sales Invoice", invoice.name, amount=100)
	assert (doc.amount_basis, rest.amount_basis) == ("Fixed", "Fixed")


@pytest.mark.parametrize(
	("values", "why"),
	[
		({"channel": "E-mail", "email": "nobody"}, "not an e-mail address"),
		({"channel": "Text Message", "phone": "+1 555 010 2233"}, "cannot send text messages"),
		({"expires_at": "2020-01-01 10:00:00"}, "expired already"),
		({"amount": 900}, "900"),
		({"channel": "Pigeon"}, "cannot be"),
	],
)
def test_what_cannot_be_sent_is_refused_with_the_remedy(fake: Fake, values: dict, why: str) -> None:
	invoice = f.make_invoice(f.make_customer(email_id=EMAIL), 300)
	before = frappe.db.count("Pay Request")
	with pytest.raises(frappe.ValidationError, match=why):
		ask("Sales Invoice", invoice.name, **values)
	frappe.db.rollback()
	assert frappe.db.count("Pay Request") == before


def test_a_paid_document_is_not_asked_for(fake: Fake) -> None:
	deposit = f.take_new()
	with pytest.raises(frappe.ValidationError, match="already"):
		ask("Deposit", deposit.name)


def test_a_text_message_goes_out_with_consent_through_the_sites_sender(fake: Fake, monkeypatch) -> None:
	customer = f.make_customer()
	invoice = f.make_invoice(customer, 120)
	sent: list[tuple] = []
	monkeypatch.setattr(sender, "is_ready", lambda: True)
	monkeypatch.setattr(sender, "send", lambda *message: sent.append(message))
	texted = {"channel": "Text Message", "phone": "+1 555 010 2233"}
	with pytest.raises(frappe.ValidationError, match="has not agreed to text messages"):
		ask("Sales Invoice", invoice.name, **texted)
	frappe.db.rollback()
	consent.say(customer.name, f.COMPANY, given=True, how="On the check-in sheet")
	doc = ask("Sales Invoice", invoice.name, **texted)
	from dealer_pos_crm.dealer_cashier.pay_requests import sending

	sending.send_text(doc.name, 1)
	sending.send_text(doc.name, 1)
	((phone, text, _reference),) = sent
	assert phone == "+1 555 010 2233" and doc.token in text
	frappe.db.commit()
	consent.say(customer.name, f.COMPANY, given=False, how="By phone")
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="does not want text messages"):
		request.resend(doc.name)


SENT: list[tuple] = []


def record(phone: str, text: str, reference: tuple) -> None:
	"""A sender that another app names in its hook."""
	SENT.append((phone, text, reference))


def test_another_app_may_send_the_text_messages(monkeypatch) -> None:
	asked = frappe.get_hooks
	mine = {sender.HOOK: [f"{__name__}.record"]}
	monkeypatch.setattr(
		frappe, "get_hooks", lambda *names, **more: mine.get(names[0]) or asked(*names, **more)
	)
	monkeypatch.setattr(frappe, "get_attr", lambda path: {f"{__name__}.record": record}[path])
	assert sender.is_ready()
	sender.send("+1 555 010 2233", "Hello", ("Pay Request", "PAY-1"))
	assert SENT == [("+1 555 010 2233", "Hello", ("Pay Request", "PAY-1"))]


def test_without_a_sender_nothing_pretends_to_be_sent() -> None:
	assert not sender.is_ready()
	with pytest.raises(frappe.ValidationError, match="SMS Settings"):
		sender.send("+1 555 010 2233", "Hello", ("Pay Request", "PAY-1"))


def test_a_text_message_that_fails_is_told_where_the_money_is_asked_for(fake: Fake, monkeypatch) -> None:
	from dealer_pos_crm.dealer_cashier.pay_requests import sending

	customer = f.make_customer()
	invoice = f.make_invoice(customer, 120)
	monkeypatch.setattr(sender, "is_ready", lambda: True)
	consent.say(customer.name, f.COMPANY, given=True, how="On the check-in sheet")
	doc = ask("Sales Invoice", invoice.name, channel="Text Message", phone="+1 555 010 2233")

	def broken(*_message: object) -> None:
		raise OSError("no route to the sender")

	monkeypatch.setattr(sender, "send", broken)
	sending.send_text(doc.name, 1)
	doc.reload()
	assert "no route to the sender" in doc.failure and doc.status == "Sent"
	assert not frappe.db.exists("Communication", {"reference_name": doc.name, "communication_medium": "SMS"})


# --- Paying -------------------------------------------------------------------------------------------


def test_a_deposit_is_paid_on_the_page_and_the_car_is_held(fake: Fake) -> None:
	doc, deposit = ask_deposit()
	as_guest(pay_page.opened, token=doc.token)
	doc.reload()
	assert (doc.status, doc.opened_count) == ("Opened", 1)
	shown = seen(doc)
	assert (shown["face"], shown["amount"], shown["terms_needed"], shown["test_mode"]) == (
		"Payable", "$ 500.00", True, True
	)  # fmt: skip
	visit = pay(doc, fake)
	assert visit.outcome == "paid"
	deposit.reload()
	assert (doc.status, doc.paid_amount, deposit.status) == ("Paid", 500, "Held")
	card = card_of(doc)
	assert (card.booking, card.captured_amount) == ("Booked", 500)
	assert events(doc).count("pay_request.paid") == 1
	assert {"pay_request.opened", "terms.accepted", "pay_request.paid"} <= set(events(doc))
	shown = seen(doc)
	assert (shown["face"], shown["paid"]) == ("Paid", "$ 500.00")
	assert "is held for you until" in shown["next_step"]
	(receipt,) = shown["receipts"]
	assert "4242" in receipt["card"] and receipt["number"] == card.payment_entry


def test_the_messages_of_the_provider_change_nothing_more(fake: Fake) -> None:
	doc, _deposit = ask_deposit()
	pay(doc, fake)
	before = events(doc)
	cards.deliver(fake)
	doc.reload()
	assert (doc.status, events(doc)) == ("Paid", before)


def test_the_acceptance_is_kept_with_text_version_time_address_and_device(fake: Fake) -> None:
	doc, deposit = ask_deposit()
	refused = start(doc, accepted="")
	assert (refused["state"], refused["code"]) == ("refused", "terms")
	assert start(doc, version="0123456789abcdef")["code"] == "terms_changed"
	assert not frappe.db.exists("Terms Acceptance", {"pay_request": doc.name})
	start(doc, address="203.0.113.7")
	row = frappe.get_last_doc("Terms Acceptance", {"pay_request": doc.name})
	assert (row.address, row.device, row.amount, row.customer) == (
		"203.0.113.7",
		DEVICE,
		500,
		deposit.customer,
	)
	assert row.version == page.rules.version_of(row.text) and "Paid is paid." in row.text
	assert deposit.terms.strip() in row.text, "a deposit's own terms stand on the page as well"
	with pytest.raises(frappe.ValidationError, match="never changed"):
		row.save()
	start(doc)
	assert frappe.db.count("Terms Acceptance", {"pay_request": doc.name}) == 1


def test_a_part_is_paid_and_then_the_rest(fake: Fake) -> None:
	doc, invoice = ask_invoice(300)
	assert doc.allow_partial
	for typed, code in (
		("10", "part_too_small"),
		("301", "more_than_due"),
		("-5", "not_an_amount"),
		("0", "not_positive"),
	):
		assert start(doc, amount=typed).get("code") == code
	pay(doc, fake, amount="100.00")
	assert (doc.status, doc.paid_amount) == ("Part-paid", 100)
	shown = seen(doc)
	assert (shown["face"], shown["amount"], shown["paid"]) == ("Payable", "$ 200.00", "$ 100.00")
	pay(doc, fake)
	invoice.reload()
	assert (doc.status, doc.paid_amount, invoice.outstanding_amount) == ("Paid", 300, 0)
	assert [kind for kind in events(doc) if "paid" in kind] == ["pay_request.part_paid", "pay_request.paid"]


def test_a_declined_card_is_told_and_another_one_works_on_the_same_page(fake: Fake) -> None:
	doc, _deposit = ask_deposit()
	visit = pay(doc, fake, card="0002")
	assert visit.outcome == "declined"
	assert doc.status == "Failed" and doc.failure
	assert seen(doc)["face"] == "Payable"
	assert events(doc).count("pay_request.failed") == 1
	pay(doc, fake)
	assert doc.status == "Paid" and not doc.failure
	assert frappe.db.count("Card Payment", {"pay_request": doc.name}) == 1, "the page was still good"


def test_a_free_amount_stands_as_the_customers_credit(fake: Fake) -> None:
	customer = f.make_customer(email_id=EMAIL)
	doc = ask(customer=customer.name, company=f.COMPANY, what="Roof rack", amount=80)
	pay(doc, fake)
	assert (doc.status, card_of(doc).booking) == ("Paid", "On Account")
	assert start(doc)["state"] == "paid"


# --- The token ----------------------------------------------------------------------------------------


def test_a_token_that_is_not_good_opens_nothing_and_says_nothing(fake: Fake) -> None:
	doc, _deposit = ask_deposit()
	body, _dot, signature = doc.token.partition(".")
	later = int(get_datetime(doc.expires_at).timestamp()) + 99
	secret = link._secret()
	bad = {
		"guessed": "x" * 40,
		"empty": "",
		"not text": "ä.ö",
		"cut": doc.token[:-2],
		"another signature": f"{body}.{signature[::-1]}",
		"name of the document": doc.name,
		"nonce alone": doc.token_nonce,
		"for another purpose": form_token.issue(secret, FormToken("lead form", doc.token_nonce, "", later)),
		"of another secret": form_token.issue(b"other", FormToken(link.PURPOSE, doc.token_nonce, "", later)),
		"of no request": form_token.issue(secret, FormToken(link.PURPOSE, "nobody", "", later)),
		"run out": form_token.issue(secret, FormToken(link.PURPOSE, doc.token_nonce, "", 1_600_000_000)),
	}
	for what, token in bad.items():
		assert page.view(token) is None, what
		assert as_guest(pay_page.start, token=token, seen="500.00", accepted="1") == {
			"state": "gone",
			"message": "",
		}, what
		assert as_guest(pay_page.state, token=token) == {"state": "gone"}, what
		as_guest(pay_page.opened, token=token)
	doc.reload()
	assert doc.status == "Sent"


def test_a_link_pays_its_own_request_only(fake: Fake) -> None:
	one, _deposit = ask_deposit(500)
	other, _invoice = ask_invoice(300)
	pay(other, fake)
	one.reload()
	assert (one.status, other.status) == ("Sent", "Paid")


def test_another_address_makes_the_first_link_worthless(fake: Fake) -> None:
	doc, _deposit = ask_deposit()
	request.resend(doc.name)
	frappe.db.commit()
	assert seen(doc)["face"] == "Payable", "sent again to the same address, both mails work"
	request.resend(doc.name, {"email": "right.person@customers.example"})
	frappe.db.commit()
	assert seen(doc)["face"] == "gone"
	doc.reload()
	doc.token = link.token_of(doc)
	assert (seen(doc)["face"], doc.sent_count) == ("Payable", 3)


def test_a_paid_link_pays_nothing_again(fake: Fake) -> None:
	doc, _deposit = ask_deposit()
	pay(doc, fake)
	assert start(doc, seen="500.00") == {"state": "paid", "message": ""}
	assert frappe.db.count("Card Payment", {"pay_request": doc.name}) == 1


def test_guests_are_slowed_down(fake: Fake) -> None:
	doc, _deposit = ask_deposit()
	frappe.conf.dealer_pay_starts_per_hour = 3
	try:
		address = f"198.51.100.{random.randrange(256)}.{f.key()}"
		answers = [as_guest(pay_page.start, address, token=doc.token, seen="1") for _try in range(3)]
		assert {answer["state"] for answer in answers} == {"changed"}
		with pytest.raises(frappe.RateLimitExceededError):
			as_guest(pay_page.start, address, token=doc.token, seen="500.00")
	finally:
		frappe.conf.pop("dealer_pay_starts_per_hour")


# --- Two tabs, changes, endings -----------------------------------------------------------------------


def test_two_tabs_share_one_page_at_the_provider(fake: Fake) -> None:
	doc, _deposit = ask_deposit()
	one, two = start(doc), start(doc)
	assert one["url"] == two["url"]
	fake.payer.pay(one["url"])
	with pytest.raises(PageClosed):
		fake.payer.pay(two["url"])
	assert start(doc)["state"] == "paid", "looked up before another page is opened"
	assert frappe.db.count("Card Payment", {"pay_request": doc.name}) == 1


def test_another_amount_closes_the_page_of_the_first(fake: Fake) -> None:
	doc, _invoice = ask_invoice(300)
	first = start(doc, amount="100")
	second = start(doc, amount="200")
	assert first["url"] != second["url"]
	with pytest.raises(PageClosed):
		fake.payer.pay(first["url"])
	assert fake.payer.pay(second["url"]).outcome == "paid"


def test_the_first_page_was_paid_when_the_second_tab_wants_another_amount(fake: Fake) -> None:
	doc, _invoice = ask_invoice(300)
	first = start(doc, amount="100")
	fake.payer.pay(first["url"])
	answer = start(doc, amount="200", seen="300.00")
	assert (answer["state"], answer["amount"]) == ("changed", "$ 200.00")
	doc.reload()
	assert (doc.status, doc.paid_amount) == ("Part-paid", 100)


def test_the_amount_changes_while_the_page_is_open(fake: Fake) -> None:
	doc, invoice = ask_invoice(300)
	old = seen(doc)["amount_plain"]
	credit = make_sales_return(invoice.name)
	credit.update({"update_outstanding_for_self": 0, "disable_rounded_total": 1})
	credit.items[0].rate = 120
	credit.insert()
	credit.submit()
	frappe.db.commit()
	answer = start(doc, seen=old)
	assert (answer["state"], answer["before"], answer["amount"]) == ("changed", "300.00", "$ 180.00")
	doc.reload()
	assert doc.amount == 180 and "pay_request.changed" in events(doc)
	pay(doc, fake)
	invoice.reload()
	assert (doc.status, doc.paid_amount, invoice.outstanding_amount) == ("Paid", 180, 0)


def test_the_browsers_amount_is_never_taken(fake: Fake) -> None:
	doc, _deposit = ask_deposit()
	assert start(doc, amount="5.00")["code"] == "no_parts"
	assert start(doc, seen="5.00")["state"] == "changed"
	assert start(doc)["state"] == "go"
	assert card_of(doc).amount == 500


def test_cancelled_while_the_customer_pays_the_money_is_booked_and_told(fake: Fake) -> None:
	doc, deposit = ask_deposit()
	answer = start(doc)
	fake.payer.pay(answer["url"])
	request.cancel(doc.name, "The car was sold at the counter")
	frappe.db.commit()
	assert seen(doc)["face"] == "Cancelled"
	cards.deliver(fake)
	doc.reload()
	deposit.reload()
	card = card_of(doc)
	assert (doc.status, doc.paid_amount) == ("Cancelled", 500)
	assert (card.booking, deposit.status) == ("On Account", "Draft")
	told = frappe.get_all("Customer Event", {"card_payment": card.name}, pluck="event_type")
	assert {"payment.unapplied", "payment.late"} & set(told)
	assert seen(doc)["receipts"], "the page does not hide the money"


def test_a_request_taken_back_while_its_page_is_being_opened_hands_out_none(fake: Fake, monkeypatch) -> None:
	doc, _deposit = ask_deposit()
	call = starting.call

	def taken_back_meanwhile(card: str) -> dict:
		request.cancel(doc.name, "The car was sold at the counter")
		frappe.db.commit()
		return call(card)

	monkeypatch.setattr(starting, "call", taken_back_meanwhile)
	assert start(doc)["state"] == "cancelled"
	for attempt in frappe.get_all(
		"Payment Attempt",
		{"operation": "Expire Checkout Session", "status": "Sending", "card_payment": card_of(doc).name},
		pluck="name",
	):
		outbox.run(attempt)  # as its job does
	session = fake.object(card_of(doc).session_id)
	assert session["status"] == "expired"


def test_a_cancelled_request_closes_its_page_at_the_provider(fake: Fake) -> None:
	from dealer_pos_crm.dealer_cashier.gateway import outbox

	doc, _deposit = ask_deposit()
	answer = start(doc)
	request.cancel(doc.name, "Asked for by mistake")
	frappe.db.commit()
	attempt = outbox.latest(("Card Payment", card_of(doc).name), "Expire Checkout Session")
	outbox.run(attempt.name)
	with pytest.raises(PageClosed):
		fake.payer.pay(answer["url"])
	assert request.cancel(doc.name, "Again")["repeated"]
	assert start(doc, seen="500.00")["state"] == "cancelled"
	assert events(doc).count("pay_request.cancelled") == 1


def test_a_request_runs_out_but_not_under_the_customers_hands(fake: Fake) -> None:
	doc, _deposit = ask_deposit()
	start(doc)
	past = add_to_date(now_datetime().replace(microsecond=0), minutes=-1)
	frappe.db.set_value("Pay Request", doc.name, "expires_at", past)
	frappe.db.commit()
	doc.expires_at = past
	following.expire_due()
	doc.reload()
	assert doc.status in ("Sent", "Opened"), "somebody is at the provider's page"
	assert seen(doc)["face"] == "Expired", "but nobody begins any more"
	frappe.db.set_value(
		"Card Payment", card_of(doc).name, "session_expires_at", add_to_date(now_datetime(), minutes=-20)
	)
	frappe.db.commit()
	following.expire_due()
	doc.reload()
	assert doc.status == "Expired" and "pay_request.expired" in events(doc)
	assert start(doc, seen="500.00")["state"] == "expired"
	request.resend(doc.name)
	doc.reload()
	assert doc.status in ("Sent", "Opened") and get_datetime(doc.expires_at) > now_datetime()


def test_paid_at_the_counter_meanwhile(fake: Fake) -> None:
	doc, deposit = ask_deposit()
	f.take(deposit)
	assert (seen(doc)["face"], start(doc, seen="500.00")["state"]) == ("Settled", "settled")
	following.close_settled()
	doc.reload()
	assert (doc.status, doc.cancel_reason) == ("Cancelled", request.PAID_OTHERWISE)
	assert seen(doc)["face"] == "Settled"


def test_the_provider_cannot_be_reached(fake: Fake) -> None:
	doc, _deposit = ask_deposit()
	for _try in range(2):  # the client tries once more by itself
		fake.fail_next("checkout.sessions.create", "refused")
	answer = start(doc)
	assert answer["state"] == "down" and "Nothing was taken" in answer["message"]
	assert seen(doc)["face"] == "Payable"


def test_card_payments_are_switched_off_or_the_key_is_gone(fake: Fake, account: str) -> None:
	doc, _deposit = ask_deposit()
	set_account(account, enabled=0)
	try:
		assert seen(doc)["face"] == "Unavailable"
		assert start(doc, seen="500.00")["state"] == "unavailable"
		with pytest.raises(frappe.ValidationError, match="switched off"):
			request.resend(doc.name)
	finally:
		frappe.db.rollback()
		set_account(account, enabled=1)
	with pytest.MonkeyPatch.context() as patched:
		patched.setattr(accounts, "secret_key", lambda name: frappe.throw("no key", accounts.NoGateway))
		accounts.forget_clients()
		answer = start(doc)
	accounts.forget_clients()
	assert answer["state"] == "down" and "Nothing was taken" in answer["message"]


def test_a_page_was_opened_and_its_answer_got_lost(fake: Fake) -> None:
	"""The call is repeated under its key: one page, one payment."""
	doc, _deposit = ask_deposit()
	for _try in range(2):  # the client tries once more by itself
		fake.fail_next("checkout.sessions.create", "timeout_after")
	assert start(doc)["state"] in ("down", "go")
	frappe.db.set_value(
		"Payment Attempt",
		{"about_name": card_of(doc).name},
		"next_try_at",
		add_to_date(now_datetime(), minutes=-1),
	)
	frappe.db.commit()
	answer = start(doc)
	assert answer["state"] == "go"
	assert frappe.db.count("Card Payment", {"pay_request": doc.name}) == 1
	card = card_of(doc).name
	pages = [row for row in fake.store.all("checkout.session") if row["metadata"].get("name") == card]
	assert len(pages) == 1


# --- Rights and forms ---------------------------------------------------------------------------------


def test_a_form_changes_neither_status_nor_amount(fake: Fake) -> None:
	doc, _deposit = ask_deposit()
	del doc.token
	doc.amount = 1
	with pytest.raises(frappe.ValidationError, match="cannot be changed by hand"):
		doc.save()
	frappe.db.rollback()
	with pytest.raises(frappe.ValidationError, match="stays on file"):
		frappe.delete_doc("Pay Request", doc.name)
	frappe.db.rollback()
	with pytest.raises(frappe.ValidationError, match="Send Pay Request"):
		frappe.get_doc(
			{
				"doctype": "Pay Request", "customer": doc.customer, "company": doc.company, "what": "x",
				"amount": 5, "gateway_account": doc.gateway_account,
			}
		).insert()  # fmt: skip


def test_who_may_not_see_the_document_may_not_ask_for_its_money(fake: Fake) -> None:
	customer = f.make_customer(email_id=EMAIL)
	deposit = f.make_deposit(customer)
	with f.logged_in(f.make_user(roles.TECHNICIAN, "pay.technician")), pytest.raises(frappe.PermissionError):
		api.create({"for_doctype": "Deposit", "for_name": deposit.name}, f.key())
	frappe.db.commit()
	with f.logged_in(f.make_user(roles.SALESPERSON, "pay.salesperson")):
		made = api.create({"for_doctype": "Deposit", "for_name": deposit.name}, f.key())
		frappe.db.commit()
		facts = api.get_overview(made["name"])
		shown = api.get_link(made["name"])
	assert facts["actions"] == ["Send Again", "Copy Link", "Cancel"]
	assert shown["address"] == made["address"] and re.match(r"<svg[\s>]", shown["qr"])
	assert SimpleNamespace(**made).status == "Sent"


def test_the_amount_of_a_request_is_not_asked_again_before_the_books_know(fake: Fake, monkeypatch) -> None:
	"""Captured and not booked yet: the customer is not asked for the same money once more."""
	from dealer_pos_crm.dealer_cashier.card_payments import booking

	doc, _invoice = ask_invoice(300)
	answer = start(doc)
	fake.payer.pay(answer["url"])
	monkeypatch.setattr(booking, "book", lambda name, **_how: "")
	frappe.cache.delete_value(f"dealer_pay_look:{doc.name}")
	as_guest(pay_page.state, token=doc.token)
	doc.reload()
	assert standing.due_of(doc).now.minor == 0
	assert doc.status == "Paid" and seen(doc)["face"] == "Paid"


# --- By itself ----------------------------------------------------------------------------------------


@pytest.fixture
def automatic_account(account: str) -> Iterator[str]:
	set_account(account, automatic_requests=1, automatic_delay=30)
	yield account
	set_account(account, automatic_requests=0)


def set_account(account: str, **values: Any) -> None:
	frappe.db.set_value("Gateway Account", account, values)
	frappe.clear_document_cache("Gateway Account", account)
	frappe.db.commit()


def invoiced_order(email: str | None = EMAIL):
	billing.set_up()
	order = billing.ready(customer=f.make_customer(email_id=email) if email else f.make_customer())
	billing.invoice(order)
	return order


def automatic_of(order):
	frappe.db.rollback()
	name = frappe.db.get_value("Pay Request", {"for_name": order.name, "automatic": 1})
	return frappe.get_doc("Pay Request", name) if name else None


def let_it_be_due(doc) -> None:
	frappe.db.set_value("Pay Request", doc.name, "automatic_at", add_to_date(now_datetime(), minutes=-1))
	frappe.db.commit()


def test_nothing_is_sent_by_itself_where_nobody_wants_it(fake: Fake) -> None:
	order = invoiced_order()
	automatic.sweep()
	assert automatic_of(order) is None


def test_an_invoiced_order_asks_by_itself_once_after_it_was_left_alone(
	fake: Fake, automatic_account: str
) -> None:
	order = invoiced_order()
	automatic.sweep()
	doc = automatic_of(order)
	assert (doc.status, doc.requested_by) == ("Draft", order.advisor)
	assert get_datetime(doc.automatic_at) > add_to_date(now_datetime(), minutes=28)
	assert api.open_requests("Repair Order", order.name)[0]["automatic_at"]
	let_it_be_due(doc)
	order.reload()
	order.db_set("modified", now_datetime())
	automatic.order_touched(order)  # as its on_update does
	frappe.db.commit()
	automatic.sweep()
	doc = automatic_of(order)
	assert doc.status == "Draft" and get_datetime(doc.automatic_at) > now_datetime(), "an edit starts it anew"
	let_it_be_due(doc)
	automatic.sweep()
	doc = automatic_of(order)
	assert (doc.status, doc.sent_count, doc.channel) == ("Sent", 1, "E-mail")
	automatic.sweep()
	assert frappe.db.count("Pay Request", {"for_name": order.name}) == 1


def test_saving_the_order_starts_the_wait_anew(fake: Fake, automatic_account: str) -> None:
	order = invoiced_order()
	automatic.sweep()
	let_it_be_due(automatic_of(order))
	order.reload()
	order.flags.ignore_validate = True
	order.run_method("on_update")
	frappe.db.commit()
	assert get_datetime(automatic_of(order).automatic_at) > now_datetime()


def test_it_stops_when_the_order_was_paid_or_somebody_took_it_back(
	fake: Fake, automatic_account: str
) -> None:
	order, other = invoiced_order(), invoiced_order()
	automatic.sweep()
	billing.collect(order, [("Cash", automatic_of(order).amount)])
	request.cancel(automatic_of(other).name, "Pays at pick-up")
	frappe.db.commit()
	for one in (order, other):
		let_it_be_due(automatic_of(one))
	automatic.sweep()
	assert (automatic_of(order).status, automatic_of(order).cancel_reason) == (
		"Cancelled",
		request.PAID_OTHERWISE,
	)
	assert (automatic_of(other).status, automatic_of(other).sent_count) == ("Cancelled", 0)
	automatic.sweep()
	assert frappe.db.count("Pay Request", {"for_name": other.name}) == 1
	assert not frappe.db.exists("Customer Event", {"pay_request": automatic_of(other).name}), (
		"nobody was asked"
	)


def test_who_has_no_address_is_not_asked_by_itself(fake: Fake, automatic_account: str) -> None:
	order = invoiced_order(email=None)
	automatic.sweep()
	let_it_be_due(automatic_of(order))
	automatic.sweep()
	assert automatic_of(order).status == "Cancelled" and "e-mail" in automatic_of(order).cancel_reason


def test_a_repair_order_is_paid_by_its_link(fake: Fake) -> None:
	order = invoiced_order()
	doc = ask("Repair Order", order.name)
	due = doc.amount
	pay(doc, fake)
	order.reload()
	assert (doc.status, doc.paid_amount, order.payment_status) == ("Paid", due, "Paid")


def test_money_down_on_a_deal_becomes_its_deposit(fake: Fake) -> None:
	showroom.set_up_showroom()
	deal = showroom.make_deal()
	frappe.db.set_value("Customer", deal.customer, "email_id", EMAIL)
	frappe.db.commit()
	doc = ask("Deal Jacket", deal.name, amount=250, channel="Link Only")
	assert (doc.amount_basis, doc.customer, doc.deal) == ("Fixed", deal.customer, deal.name)
	pay(doc, fake)
	held = frappe.get_all("Deposit", {"deal": deal.name}, ["status", "held_amount"])
	assert (doc.status, doc.paid_amount) == ("Paid", 250)
	assert [(row.status, row.held_amount) for row in held] == [("Held", 250)]
	assert start(doc, seen="250.00")["state"] == "paid"
