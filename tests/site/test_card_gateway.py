"""The card provider's door: messages are believed by signature alone, kept once, and fit to one account; its secrets
change without a message being lost."""

import json

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from dealer_pos_crm.api import gateway as api
from dealer_pos_crm.dealer_cashier.gateway import accounts, forged, inbox
from dealer_pos_crm.gateways.stripe import webhooks
from tests.site import cards, gateway
from tests.site import factories as f
from tests.site.gateway import EVENT, doc_of, entries, pay, row, tasks

dealership, account, fake, own = gateway.dealership, gateway.account, gateway.fake, gateway.own


# At the door


def test_a_message_is_kept_answered_and_worked_on(account, fake):
	card = pay(account, fake)
	brought = cards.deliver(fake)
	assert {one.status for one in brought} == {200}
	assert {one.outcome for one in brought} == {"Done"}, [
		(one.type, one.outcome, one.reason) for one in brought
	]
	assert frappe.db.get_value("Card Payment", card, "status") == "Captured" and len(entries(card)) == 1
	kept = row(brought[0].row)
	assert (kept.reference_doctype, kept.reference_name) == ("Card Payment", card)
	assert (kept.source, kept.test_mode, kept.company, kept.attempts) == ("Webhook", 1, f.COMPANY, 1)
	assert kept.processed_at and not kept.next_try_at
	assert frappe.db.get_value("Gateway Account", account, "webhook_checked_on")


def test_a_message_that_comes_again_is_answered_the_same_and_changes_nothing(account, fake):
	card = pay(account, fake)
	fake.webhooks.next("duplicate", times=20)
	brought = cards.deliver(fake)
	assert {one.status for one in brought} == {200}
	by_event = {}
	for one in brought:
		by_event.setdefault(one.delivery.event, set()).add(one.row)
	assert all(len(rows) == 1 for rows in by_event.values()) and len(brought) == 2 * len(by_event)
	assert len(entries(card)) == 1
	assert frappe.db.count(EVENT, {"event_id": ("in", list(by_event))}) == len(by_event)


@pytest.mark.parametrize("way", ["forged", "tampered", "stale", "unsigned"])
def test_what_the_provider_did_not_sign_is_refused_and_leaves_no_row(own, way):
	account, fake = own
	pay(account, fake)
	fake.webhooks.next(way, times=20)
	before = frappe.db.count(EVENT)
	errors = frappe.db.count("Error Log")
	brought = cards.deliver(fake)
	assert brought and {one.status for one in brought} == {400}
	assert frappe.db.count(EVENT) == before and frappe.db.count("Error Log") == errors
	fake.webhooks.clear()
	fake.clock.advance(days=4)  # what was refused comes again, well signed
	assert "Done" in {one.outcome for one in cards.deliver(fake)}


def test_forged_messages_are_counted_and_told_once(own):
	account, _fake = own
	key = doc_of(account).webhook_key
	for _number in range(5):
		status, rows = cards.knock(b'{"object": "event"}', "t=1,v1=00", key)
		assert (status, rows) == (400, [])
	assert forged.of_a_day(account) == 5
	assert api.get_state(account)["forged_day"] == 5
	told = tasks("Gateway Account", account)
	assert len(told) == 1 and told[0].allocated_to == doc_of(account).responsible
	assert "not signed" in doc_of(account).last_problem


def test_an_address_that_is_nobodys_and_a_message_too_large(account, fake):
	assert cards.knock(b"{}", "t=1,v1=00", "guess")[0] == 404
	assert cards.knock(b"{}", "t=1,v1=00", "")[0] == 404
	assert cards.knock(b"x" * (api.MOST_BYTES + 1), "t=1,v1=00", doc_of(account).webhook_key)[0] == 413


def test_signed_but_unreadable_is_refused_and_shown(account, fake):
	endpoint = doc_of(account).webhook_endpoint
	body = json.dumps({"object": "v2.core.event", "id": "evt_x", "type": "x"}).encode()
	status, _rows = cards.knock(body, fake.webhooks.header(body, endpoint), doc_of(account).webhook_key)
	assert status == 400 and "snapshot" in doc_of(account).last_problem


def test_test_money_never_reaches_a_live_account_nor_the_other_way(account, fake):
	card = pay(account, fake)
	fake.webhooks.next("wrong_mode", times=20)
	brought = cards.deliver(fake)
	assert {(one.status, one.outcome) for one in brought} == {(200, "Ignored")}
	assert "live message" in brought[0].reason.lower()
	assert frappe.db.get_value("Card Payment", card, "status") == "Waiting" and not entries(card)
	assert not fake.calls("payment_intents.retrieve")[-1:] or inbox.work(brought[0].row) == "Ignored"


def test_another_accounts_message_and_a_kind_nobody_listens_to(account, fake):
	doc = doc_of(account)
	fact = webhooks.parsed(json.dumps({"object": "event", "id": f.key(), "type": "payout.paid", "created": 1,
		"account": "acct_other", "data": {"object": {"id": "po_1"}}}).encode())  # fmt: skip
	name, new = inbox.accept(doc, fact, source="Webhook")
	assert new and row_now(name) == ("Ignored", "A message of another account at the provider: acct_other")
	fact = webhooks.parsed(json.dumps({"object": "event", "id": f.key(), "type": "plan.created", "created": 1,
		"data": {"object": {"id": "plan_1"}}}).encode())  # fmt: skip
	name, new = inbox.accept(doc, fact, source="Webhook")
	assert row_now(name)[0] == "Ignored" and inbox.accept(doc, fact, source="Webhook") == (name, False)


def row_now(name):
	return frappe.db.get_value(EVENT, name, ["status", "reason"])


def test_two_accounts_may_have_the_same_event_id(account, fake):
	other = cards.gateway_account(title="Other")
	fact = webhooks.parsed(json.dumps({"object": "event", "id": f.key(), "type": "plan.created", "created": 1,
		"data": {"object": {}}}).encode())  # fmt: skip
	first, _new = inbox.accept(doc_of(account), fact, source="Webhook")
	second, new = inbox.accept(doc_of(other), fact, source="Webhook")
	assert new and first != second


def test_nothing_personal_stands_in_the_inbox(account, fake):
	pay(account, fake)
	for one in cards.deliver(fake):
		kept = frappe.db.get_value(EVENT, one.row, "payload")
		assert not [
			word for word in ("billing_details", "email", "client_secret", "@", "phone") if word in kept
		]


def test_nobody_writes_or_deletes_a_message_by_hand(account, fake):
	pay(account, fake)
	kept = row(cards.deliver(fake)[0].row)
	with pytest.raises(frappe.ValidationError):
		kept.save()
	with pytest.raises(frappe.ValidationError):
		kept.delete()


def test_an_account_that_was_switched_off_still_hears_of_its_money(own):
	account, fake = own
	card = pay(account, fake)
	frappe.db.set_value("Gateway Account", account, "enabled", 0)
	frappe.clear_document_cache("Gateway Account", account)
	frappe.db.commit()
	assert {one.outcome for one in cards.deliver(fake)} == {"Done"} and len(entries(card)) == 1
	assert account in accounts.looked_after()


# A new secret


def test_two_secrets_are_good_until_the_first_runs_out(own):
	account, fake = own
	doc = doc_of(account)
	old = doc.get_password("webhook_secret")
	pay(account, fake)
	under_way = fake.pending_webhooks()
	doc.reload()
	doc.webhook_secret = "whsec_new_one"
	doc.save()
	frappe.db.commit()
	assert doc.previous_secret_until and accounts.signing_secrets(doc_of(account)) == ["whsec_new_one", old]
	assert cards.bring(under_way[0]).status == 200
	frappe.db.set_value(
		"Gateway Account", account, "previous_secret_until", add_to_date(now_datetime(), seconds=-1)
	)
	frappe.db.commit()
	assert cards.bring(under_way[1]).status == 400


def test_connecting_renewing_and_checking(own):
	account, fake = own
	frappe.db.set_value("Gateway Account", account, {"webhook_endpoint": None})
	frappe.db.commit()
	assert api.check_connection(account)["account"] == fake.account_id
	made = api.connect_messages(account)
	doc = doc_of(account)
	assert made["made"] and doc.webhook_endpoint == made["endpoint"]
	assert [row["id"] for row in fake.store.all("webhook_endpoint") if row["url"] == doc.webhook_address] == [
		made["endpoint"]
	]  # what stood there before is gone
	assert api.check_connection(account)["notes"] == [] and not doc_of(account).last_problem
	assert api.connect_messages(account) == {"endpoint": made["endpoint"], "made": False}

	card = pay(account, fake)
	assert {one.status for one in cards.deliver(fake, account=account)} == {200} and len(entries(card)) == 1

	before = doc_of(account).get_password("webhook_secret")
	again = api.renew_secret(account)
	assert again["made"] and again["endpoint"] != made["endpoint"]
	assert accounts.signing_secrets(doc_of(account))[1] == before

	fake.endpoints.update(again["endpoint"], {"disabled": True})
	notes = api.check_connection(account)["notes"]
	assert len(notes) == 1 and "switched off" in notes[0]
	assert doc_of(account).last_problem


def test_a_new_secret_whose_answer_was_lost_is_asked_for_again_and_not_lost(own):
	account, fake = own
	fake.fail_next("webhook_endpoints.create", "timeout_after", times=9)
	with pytest.raises(frappe.ValidationError, match="could not be reached"):
		api.renew_secret(account)
	fake.faults.clear()
	api.renew_secret(account)
	doc = doc_of(account)
	ours = [row["id"] for row in fake.store.all("webhook_endpoint") if row["url"] == doc.webhook_address]
	assert ours == [doc.webhook_endpoint]
	assert doc.get_password("webhook_secret") == fake.endpoints.secrets(doc.webhook_endpoint)[0]
