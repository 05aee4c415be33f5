"""Whatever breaks on the way to the provider and back: nothing is lost, and nothing is charged or booked twice."""

from __future__ import annotations

import threading

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from dealer_pos_crm.dealer_cashier.card_payments import payment, starting, subjects, sweep
from dealer_pos_crm.dealer_cashier.gateway import accounts, outbox
from dealer_pos_crm.domain.money import Money
from tests.site import card_deaths, cards
from tests.site import factories as f
from tests.stripe_fake.server import serve
from tests.support import SITE, SITES, clean_slate

CARD, ATTEMPT = "Card Payment", "Payment Attempt"
USD = "USD"


@pytest.fixture(scope="module")
def account(site):
	return frappe.get_doc("Gateway Account", cards.gateway_account())


@pytest.fixture(scope="module")
def fake(account):
	return cards.fake_of(account.name)


@pytest.fixture(scope="module", autouse=True)
def at_the_provider(account, fake):
	with cards.use_fake(fake):
		yield


@pytest.fixture(autouse=True)
def no_faults_left(fake):
	yield
	fake.faults.clear()


@pytest.fixture(scope="module")
def base(account, fake):
	"""The provider over HTTP, for other processes."""
	with serve(fake) as server:
		yield server.url


def written_down(account, channel: str = "Online", amount: int = 5000) -> tuple[str, str]:
	"""A payment and its call, committed and not made."""
	card = starting.start(
		account=account.name,
		channel=channel,
		owed=subjects.free(f.make_customer().name, f.COMPANY, "Floor mats"),
		amount=Money(amount, USD),
		client_key=f.key(),
		success_url="https://dealer.example/back",
		cancel_url="https://dealer.example/left",
	)
	frappe.db.commit()
	return card.name, starting.attempt_of(card.name)


def paid(account, fake) -> str:
	card, attempt = written_down(account)
	outbox.run(attempt)
	fake.payer.pay(frappe.db.get_value(CARD, card, "session_id"))
	return card


def attempt(name: str):
	return frappe.get_doc(ATTEMPT, name)


def later(name: str, **ago: int) -> None:
	"""Let a call's next try come; ``ago``: as if it had been sent so long ago."""
	values = {"next_try_at": add_to_date(now_datetime(), seconds=-1)}
	if ago:
		values["first_sent_at"] = add_to_date(now_datetime(), **{unit: -much for unit, much in ago.items()})
	frappe.db.set_value(ATTEMPT, name, values, update_modified=False)
	frappe.db.commit()


def sessions(fake, card: str) -> list:
	return [call for call in fake.calls("checkout.sessions.create") if _is_about(call, card)]


def _is_about(call, card: str) -> bool:
	return call.params.get("metadata", {}).get("name") == card


def objects(fake, kind: str, card: str) -> list:
	"""What stands at the provider for a payment."""
	return [row for row in fake.store.all(kind) if (row.get("metadata") or {}).get("name") == card]


def entries(card: str) -> list[str]:
	return frappe.get_all(
		"Payment Entry",
		{"dealer_card_payment": card, "docstatus": 1, "payment_type": "Receive"},
		pluck="name",
	)


def task_of(name: str) -> str | None:
	return frappe.db.get_value(
		"ToDo", {"reference_type": ATTEMPT, "reference_name": name, "status": "Open"}, "allocated_to"
	)


@pytest.mark.parametrize(
	"how", ["timeout_after", "timeout_before", "409", "429", "500", "500_after", "refused"]
)
def test_a_call_without_an_answer_is_made_once_in_effect(account, fake, how):
	card, call = written_down(account, "In Person")
	fake.fail_next("payment_intents.create", how, 3)
	with pytest.raises(outbox.CallUndecided):
		outbox.run(call)
	row = attempt(call)
	assert (row.status, row.tries) == ("Unknown", 1) and row.explanation and row.next_try_at
	fake.faults.clear()
	for _round in range(3):  # of a 500 the provider repeats what it answered, until it is looked up
		later(call)
		outbox.sweep()
	row.reload()
	found = objects(fake, "payment_intent", card)
	if how == "500":  # kept under the key, and nothing done: it is never sent under another one
		assert (row.status, found) == ("Unknown", [])
		assert {one.key for one in fake.calls("payment_intents.create") if _is_about(one, card)} == {
			row.idempotency_key
		}
		return
	assert (row.status, len(found)) == ("Done", 1)
	assert frappe.db.get_value(CARD, card, "intent_id") == found[0]["id"] == row.answer_id


def test_a_screen_is_told_what_to_do_and_the_next_look_helps_it(account, fake):
	card, call = written_down(account)
	fake.fail_next("checkout.sessions.create", "timeout_after", 3)
	with pytest.raises(outbox.CallUndecided, match="do not start it anew"):
		starting.call(card)
	assert starting.call(card)["id"] if _forced(call) else True
	assert outbox.run(call, by_person=True)["id"] == frappe.db.get_value(CARD, card, "session_id")
	assert len(objects(fake, "checkout.session", card)) == 1


def _forced(call: str) -> bool:
	later(call)
	return True


def test_a_definite_no_is_final_and_only_then_there_is_a_new_key(account, fake):
	card, call = written_down(account, "In Person", amount=1)  # below what the provider takes
	with pytest.raises(outbox.CallRefused):
		outbox.run(call)
	assert attempt(call).status == "Refused" and not task_of(call)
	assert frappe.db.get_value(CARD, card, ["status", "decline_message"])[0] == "Failed"
	values = {"minor": 5000, "currency": USD, "what": "x", "capture": "automatic", "live": False}
	again = outbox.plan(
		account.name, "Payment", about=(CARD, card), values={**values, "metadata": starting.metadata(card)}
	)
	assert attempt(again).idempotency_key == attempt(call).idempotency_key[:-1] + "2"
	same = outbox.plan(account.name, "Payment", about=(CARD, card), values={})
	assert same == again


def test_a_wrong_key_is_a_persons_task_and_the_call_is_made_once_it_is_right(account, fake):
	_card, call = written_down(account, "In Person")
	frappe.utils.password.set_encrypted_password(
		"Gateway Account", account.name, "sk_test_wrong", "secret_key"
	)
	accounts.forget_clients()
	frappe.db.commit()
	with pytest.raises(outbox.CallUndecided, match="does not accept our key"):
		outbox.run(call)
	assert task_of(call) == account.responsible
	assert f.event_types(reference_doctype=ATTEMPT, reference_name=str(call)) == ["gateway.failed"]
	frappe.utils.password.set_encrypted_password("Gateway Account", account.name, fake.key, "secret_key")
	accounts.forget_clients()
	frappe.db.commit()
	later(call)
	outbox.sweep()
	assert attempt(call).status == "Done" and not task_of(call)


def test_after_a_day_the_provider_is_searched_and_what_it_did_is_adopted(account, fake):
	card, call = written_down(account, "In Person")
	fake.fail_next("payment_intents.create", "timeout_after", 3)
	outbox.run(call, quiet=True)
	later(call, hours=23, minutes=1)
	sent = len(fake.calls("payment_intents.create"))
	outbox.sweep()
	assert attempt(call).status == "Done"
	assert len(fake.calls("payment_intents.create")) == sent  # looked up, not sent
	assert frappe.db.get_value(CARD, card, "intent_id") == attempt(call).answer_id


def test_after_a_day_nothing_is_sent_blindly(account, fake):
	_card, call = written_down(account, "In Person")
	fake.fail_next("payment_intents.create", "timeout_before", 3)
	outbox.run(call, quiet=True)
	later(call, hours=23, minutes=1)
	sent = len(fake.calls("payment_intents.create"))
	outbox.sweep()
	assert attempt(call).status == "Refused"  # harmless: begun anew by whoever still wants it
	assert len(fake.calls("payment_intents.create")) == sent


MONEY_OUT = outbox.Operation(
	call=lambda gateway, attempt, values: {
		"id": gateway.create_payment(
			key=attempt.idempotency_key,
			amount=Money(values["minor"], USD),
			metadata=values["metadata"],
			what="x",
		).intent
	},
	search=lambda gateway, attempt, values: next(
		({"id": fact.intent} for fact in gateway.find_payments(values["metadata"])), None
	),
	on_refused=lambda attempt, error: UNDONE.append(attempt.name),
)
UNDONE: list = []


@pytest.fixture
def risky(account, fake, monkeypatch):
	"""A call that costs money when it is made twice, lost before it arrived, whose key is too old now."""
	monkeypatch.setattr(starting, "RISKY", MONEY_OUT, raising=False)
	monkeypatch.setitem(outbox.OPERATIONS, "Risky", f"{starting.__name__}.RISKY")
	card, _call = written_down(account)
	values = {"minor": 5000, "metadata": {"site": SITE, "name": card, "what": "risky"}}
	call = outbox.plan(account.name, "Risky", about=(CARD, card), amount=Money(5000, USD), values=values)
	fake.fail_next("payment_intents.create", "timeout_before", 3)
	outbox.run(call, quiet=True)
	later(call, hours=23, minutes=1)
	outbox.sweep()
	assert attempt(call).status == "Given Up" and task_of(call)
	outbox.sweep()
	assert not objects(fake, "payment_intent", card)
	return card, call


def test_a_given_up_call_is_made_anew_by_a_person_under_a_new_key(fake, risky):
	card, call = risky
	result = outbox.retry(call)
	assert [row["id"] for row in objects(fake, "payment_intent", card)] == [result["id"]]
	assert attempt(call).status == "Refused" and not task_of(call)
	assert outbox.latest((CARD, card), "Risky").answer_id == result["id"]


def test_a_given_up_call_is_dropped_and_undone_in_our_books(fake, risky):
	card, call = risky
	assert outbox.drop(call, "The customer took cash")["status"] == "Refused"
	assert UNDONE[-1] == attempt(call).name and not task_of(call)
	assert not objects(fake, "payment_intent", card)


def test_a_given_up_call_that_had_arrived_after_all_is_adopted_not_sent(account, fake, risky):
	card, call = risky
	made = accounts.client(account.name).create_payment(
		key=f.key(), amount=Money(5000, USD), what="x", metadata={"site": SITE, "name": card, "what": "risky"}
	)
	assert outbox.retry(call)["id"] == made.intent
	assert len(objects(fake, "payment_intent", card)) == 1


def test_an_answer_that_our_books_cannot_take_yet_is_asked_for_again(account, fake, monkeypatch):
	card, call = written_down(account)

	def broken(*_args):
		raise RuntimeError("disk full")

	with monkeypatch.context() as patch:
		patch.setattr(starting, "site_time", broken)
		with pytest.raises(RuntimeError):
			outbox.run(call)
	assert (attempt(call).status, attempt(call).error_kind) == ("Unknown", "RuntimeError")
	assert "disk full" in attempt(call).error
	later(call)
	outbox.sweep()
	assert attempt(call).status == "Done" and frappe.db.get_value(CARD, card, "session_url")
	assert len(objects(fake, "checkout.session", card)) == 1


def test_a_process_that_dies_before_the_call_leaves_it_to_the_sweep(account, fake):
	card, call = written_down(account)
	assert card_deaths.die(SITE, "before_the_call", call) == card_deaths.DEAD
	frappe.db.rollback()
	assert (attempt(call).status, attempt(call).tries) == ("Sending", 1)
	assert not objects(fake, "checkout.session", card)
	outbox.sweep()
	assert attempt(call).status == "Sending"  # it may still be under way
	later(call)
	outbox.sweep()
	assert attempt(call).status == "Done"
	assert len(objects(fake, "checkout.session", card)) == 1


def test_a_process_that_dies_after_the_call_does_it_once(account, fake, base):
	card, call = written_down(account)
	assert card_deaths.die(SITE, "after_the_call", call, base) == card_deaths.DEAD
	frappe.db.rollback()
	assert attempt(call).status == "Sending" and len(objects(fake, "checkout.session", card)) == 1
	later(call)
	outbox.sweep()
	assert attempt(call).status == "Done" and len(objects(fake, "checkout.session", card)) == 1
	assert len(sessions(fake, card)) == 2  # asked twice under one key, done once


@pytest.mark.parametrize("death", ["between_charge_and_entry", "in_the_middle_of_booking"])
def test_a_process_that_dies_between_charge_and_entry_leaves_it_to_the_sweep(account, fake, base, death):
	card = paid(account, fake)
	assert card_deaths.die(SITE, death, card, base) == card_deaths.DEAD
	frappe.db.rollback()
	assert frappe.db.get_value(CARD, card, ["status", "booking"]) == ("Captured", "Not Booked")
	assert not entries(card)
	ago = add_to_date(now_datetime(), minutes=-3)
	frappe.db.set_value(CARD, card, "seen_at", ago, update_modified=False)
	frappe.db.commit()
	sweep.book_unbooked()
	assert len(entries(card)) == 1
	assert frappe.db.get_value(CARD, card, "booking") == "On Account"


def test_who_cannot_be_read_waits_behind_the_others(account, fake):
	card = paid(account, fake)
	before = add_to_date(now_datetime(), hours=-1)
	frappe.db.set_value(CARD, card, {"creation": before, "seen_at": before}, update_modified=False)
	frappe.db.commit()
	fake.fail_next("checkout.sessions.retrieve", "timeout_before", 3)
	sweep._look(card)
	frappe.db.commit()
	assert frappe.db.get_value(CARD, card, "status") == "Waiting"
	assert frappe.db.get_value(CARD, card, "seen_at") > before and card not in sweep._due()
	sweep._look(card)
	assert len(entries(card)) == 1


def test_the_same_fact_fifty_times_at_once_is_one_entry(account, fake):
	card = paid(account, fake)
	gateway = accounts.client(account.name)
	session = frappe.db.get_value(CARD, card, "session_id")
	fact = gateway.payment(gateway.session(session).intent)
	frappe.db.commit()
	start, errors = threading.Barrier(50), []

	def worker() -> None:
		frappe.init(site=SITE, sites_path=str(SITES))
		frappe.connect()
		try:
			frappe.set_user("Administrator")
			doc = frappe.get_doc("Gateway Account", account.name)
			frappe.db.rollback()
			start.wait(60)
			payment.observe(doc, fact)
		except Exception as error:
			errors.append(repr(error))
		finally:
			frappe.destroy()

	threads = [threading.Thread(target=worker) for _number in range(50)]
	for thread in threads:
		thread.start()
	for thread in threads:
		thread.join(240)
	frappe.db.rollback()
	assert not any(thread.is_alive() for thread in threads)
	assert not errors
	assert len(entries(card)) == 1
	assert frappe.db.get_value(CARD, card, "booking") == "On Account"
	clean_slate()
