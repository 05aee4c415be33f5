"""An account at the card provider: its key decides the mode, its secrets stay on the server, its money has a place
in the books; and installing beside an old library is refused."""

import frappe
import pytest
from frappe.client import get as rest_get

from dealer_pos_crm import install
from dealer_pos_crm.api import gateway as api
from dealer_pos_crm.api import setup as setup_api
from dealer_pos_crm.dealer_cashier.card_payments import starting, subjects
from dealer_pos_crm.dealer_cashier.gateway import accounts
from dealer_pos_crm.dealer_setup import card_accounting, roles
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.gateways.errors import GatewayError, WrongKey
from dealer_pos_crm.gateways.stripe import sdk
from dealer_pos_crm.gateways.stripe.client import Gateway
from tests.site import cards
from tests.site import factories as f

DOCTYPE = "Gateway Account"


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


def make(**values):
	frappe.db.set_value(DOCTYPE, {"company": f.COMPANY}, "enabled", 0)
	return frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"title": f.unique("Stripe"),
			"company": f.COMPANY,
			"responsible": f.make_user(roles.ACCOUNTANT),
			"secret_key": "sk_test_1234567890",
			**values,
		}
	)


@pytest.mark.parametrize(
	("key", "mode"),
	[("sk_test_a", "Test"), ("rk_test_a", "Test"), ("sk_live_a", "Live"), (" rk_live_a ", "Live")],
)
def test_the_key_decides_the_mode(key, mode):
	doc = make(secret_key=key, mode="Live").insert()
	assert doc.mode == mode and accounts.modes()[f.COMPANY] == mode
	assert accounts.secret_key(doc.name) == key.strip() and doc.api_version


@pytest.mark.parametrize("key", ["pk_test_a", "whsec_a", "4242", "sk_something"])
def test_what_is_no_secret_key_is_refused(key):
	with pytest.raises(frappe.ValidationError, match="no secret key"):
		make(secret_key=key).insert()


def test_a_signing_secret_looks_like_one():
	with pytest.raises(frappe.ValidationError, match="whsec_"):
		make(webhook_secret="sk_test_1").insert()


def test_saving_the_form_again_keeps_keys_and_secrets():
	doc = make(webhook_secret="whsec_a").insert()
	frappe.db.commit()
	doc = frappe.get_doc(DOCTYPE, doc.name)
	assert set(doc.secret_key) == set(doc.webhook_secret) == {"*"}
	doc.title = "Another title"
	doc.save()
	assert accounts.secret_key(doc.name) == "sk_test_1234567890"
	assert accounts.signing_secrets(doc) == ["whsec_a"] and not doc.previous_secret_until


def test_no_key_no_calls():
	doc = make(secret_key=None).insert()
	assert not doc.mode and "no key yet" in accounts.why_not_for(doc, _event(True))
	with pytest.raises(accounts.NoGateway, match="no secret key"):
		accounts.client(doc.name)


def _event(live):
	from dealer_pos_crm.gateways.stripe import webhooks

	return webhooks.parsed(
		b'{"object": "event", "id": "e", "type": "t", "livemode": %s}' % (b"true" if live else b"false")
	)


def test_a_company_has_one_account_in_use():
	first = make().insert()
	second = make(enabled=0)
	frappe.db.set_value(DOCTYPE, first.name, "enabled", 1)
	second.insert()
	second.enabled = 1
	with pytest.raises(frappe.ValidationError, match=first.name):
		second.save()
	assert accounts.of_company(f.COMPANY) == first.name


def test_test_money_and_real_money_do_not_change_places(account_with_history):
	doc = frappe.get_doc(DOCTYPE, account_with_history)
	doc.secret_key = "sk_live_a"
	with pytest.raises(frappe.ValidationError, match="never mix"):
		doc.save()
	doc.reload()
	doc.secret_key = "sk_test_rolled"
	doc.save()  # a new key of the same mode is daily life


@pytest.fixture
def account_with_history(monkeypatch):
	doc = make().insert()
	monkeypatch.setattr(accounts, "has_history", lambda name: name == doc.name)
	return doc.name


def test_who_is_responsible_can_log_in():
	user = f.make_user(roles.ACCOUNTANT)
	frappe.db.set_value("User", user, "enabled", 0)
	with pytest.raises(frappe.ValidationError, match="cannot log in"):
		make(responsible=user).insert()


def test_accounts_are_of_the_company_and_of_their_kind():
	card_accounting.set_up(f.COMPANY)
	fees = frappe.db.get_value("Account", {"account_name": "Card Processing Fees", "company": f.COMPANY})
	debtors = frappe.db.get_value("Company", f.COMPANY, "default_receivable_account")
	for values, why in (
		({"clearing_account": fees}, "has to be Asset"),
		({"dispute_account": debtors}, "asks for a customer"),
		({"fee_account": frappe.db.get_value("Account", {"is_group": 1, "root_type": "Expense"})}, "group"),
	):
		with pytest.raises(frappe.ValidationError, match=why):
			make(**values).insert()


def test_a_mode_of_payment_that_books_elsewhere_is_refused():
	doc = make().insert()
	card_accounting.set_up(f.COMPANY)
	doc.reload()
	doc.online_mode = "Check"
	with pytest.raises(frappe.ValidationError, match="mode of payment of its own"):
		doc.save()


# Who sees what


SECRETS = ("secret_key", "webhook_secret", "previous_webhook_secret")
HIDDEN = (*SECRETS, "webhook_key", "webhook_address", "previous_secret_until")


@pytest.mark.parametrize("role", [roles.CASHIER, roles.SALESPERSON, roles.ACCOUNTANT, roles.MANAGER])
def test_roles_see_the_mode_and_no_keys(role):
	doc = make(webhook_secret="whsec_a").insert()
	with f.logged_in(f.make_user(role)):
		seen = rest_get(DOCTYPE, doc.name)
	assert seen["mode"] == "Test"
	assert not any(seen.get(field) for field in HIDDEN), {field: seen.get(field) for field in HIDDEN}


def test_the_system_manager_sees_stars():
	doc = make(webhook_secret="whsec_a").insert()
	seen = rest_get(DOCTYPE, doc.name)
	assert set(seen["secret_key"]) == {"*"} and "whsec_a" not in frappe.as_json(seen)
	assert "sk_test_1234567890" not in frappe.as_json(api.get_state(doc.name))


def test_an_accountant_keeps_the_books_of_it_and_not_its_keys():
	doc = make().insert()
	frappe.db.commit()
	with f.logged_in(f.make_user(roles.ACCOUNTANT)):
		mine = frappe.get_doc(DOCTYPE, doc.name)
		mine.refund_limit = 250
		mine.secret_key = "sk_test_mine"
		mine.webhook_key = "mine"
		mine.save()
		for call in (api.connect_messages, api.renew_secret):
			with pytest.raises(frappe.PermissionError):
				call(doc.name)
	assert accounts.secret_key(doc.name) == "sk_test_1234567890"
	assert frappe.db.get_value(DOCTYPE, doc.name, ["refund_limit", "webhook_key"]) == (250, doc.webhook_key)
	frappe.db.rollback()


@pytest.mark.parametrize("role", [roles.CASHIER, roles.SALESPERSON, roles.TECHNICIAN])
def test_messages_are_for_who_keeps_the_books(role):
	with f.logged_in(f.make_user(role)):
		assert not frappe.has_permission("Gateway Event", "read")
		with pytest.raises(frappe.PermissionError):
			api.retry_event(1)
		with pytest.raises(frappe.PermissionError):
			api.fetch_missed(frappe.db.get_value(DOCTYPE, {}, "name"))


def test_connecting_tells_whose_key_it_is(dealership):
	account = cards.gateway_account()
	fake = cards.fake_of(account)
	with cards.use_fake():
		assert api.check_connection(account)["account"] == fake.account_id
		fake.key = "sk_test_rolled"
		with pytest.raises(frappe.ValidationError, match="does not accept the key"):
			api.check_connection(account)
		fake.fail_next("*", "refused", times=9)
		with pytest.raises(frappe.ValidationError, match="could not be reached"):
			api.check_connection(account)


def test_two_companies_do_not_share_an_account_at_the_provider():
	account = cards.gateway_account()
	fake = cards.fake_of(account)
	other = frappe.get_doc(DOCTYPE, account).as_dict()
	name = make(secret_key=fake.key, enabled=0).insert().name
	frappe.db.set_value(DOCTYPE, account, {"company": "Somebody Else", "enabled": 1})
	frappe.db.commit()
	try:
		with cards.use_fake(), pytest.raises(frappe.ValidationError, match="an account of its own"):
			api.check_connection(name)
	finally:
		frappe.db.rollback()
		frappe.db.set_value(DOCTYPE, account, {"company": other.company})
		frappe.delete_doc(DOCTYPE, name, force=True)
		frappe.db.commit()


def test_an_error_that_is_written_down_holds_no_key_and_no_customer(monkeypatch):
	"""Frappe writes an error down with the variables of every function it went through."""
	account = cards.gateway_account()
	fake = cards.fake_of(account)
	with cards.use_fake() as transport:
		for how in (lambda *_a, **_k: 1 / 0, lambda *_a, **_k: (_ for _ in ()).throw(RuntimeError("lost"))):
			monkeypatch.setattr(transport, "request", how)
			accounts.forget_clients()
			try:
				accounts.client(account).create_session(
					key="k", amount=Money(5000, "USD"), what="x", success_url="https://x.example", cancel_url="https://x.example",
					expires_at=frappe.utils.now_datetime(), metadata={}, email="ann" + "@example.com",
				)  # fmt: skip
			except GatewayError:
				told = frappe.get_traceback(with_context=True)
			assert "create_session" in told and fake.key not in told and "Bearer" not in told
			assert "ann@example.com" not in told


def test_no_key_stands_in_a_version(dealership):
	doc = make(webhook_secret="whsec_first").insert()
	doc.secret_key, doc.webhook_secret, doc.title = "sk_test_second", "whsec_second", "Other"
	doc.save()
	told = " ".join(
		frappe.get_all("Version", {"ref_doctype": DOCTYPE, "docname": doc.name}, pluck="data", limit=9)
	)
	assert "Other" in told and "sk_test" not in told and "whsec" not in told


def test_a_key_that_may_not_read_endpoints_is_told_so():
	account = cards.gateway_account()
	with cards.use_fake(), pytest.MonkeyPatch.context() as patch:
		patch.setattr(Gateway, "endpoints", _refuse)
		assert "could not be read: not with this key" in api.check_connection(account)["notes"][0]


def _refuse(_self):
	raise WrongKey("not with this key")


# The books


def test_setting_up_is_shown_first_and_done_once():
	company = f.COMPANY
	doc = make().insert()
	doc.db_set(dict.fromkeys([*card_accounting.ACCOUNTS, *card_accounting.MODES]))
	shown = setup_api.get_accounting(company, "cards")
	assert {"settings_clearing_account", "settings_online_mode"} <= {row["step"] for row in shown["changes"]}
	doc.reload()
	assert not doc.clearing_account
	setup_api.set_up_accounting(company, "cards")
	doc.reload()
	assert all(doc.get(field) for field in accounts.BOOKS)
	clearing = frappe.get_doc("Account", doc.clearing_account)
	assert (clearing.root_type, clearing.account_type) == ("Asset", "Bank")
	for mode in (doc.online_mode, doc.terminal_mode):
		assert (
			frappe.db.get_value(
				"Mode of Payment Account", {"parent": mode, "company": company}, "default_account"
			)
			== doc.clearing_account
		)
	assert setup_api.get_accounting(company, "cards")["ready"]
	assert card_accounting.set_up(company)["notes"] == ["Already set up"]
	frappe.clear_document_cache(DOCTYPE, doc.name)
	assert accounts.lacking(doc.name) == []


def test_a_new_account_takes_what_is_there_already():
	card_accounting.set_up(f.COMPANY)
	doc = make().insert()
	assert doc.clearing_account and doc.online_mode == "Card (online)"


def test_no_card_is_taken_before_its_money_can_be_booked():
	card_accounting.set_up(f.COMPANY)
	doc = make().insert()
	doc.db_set({"fee_account": None, "terminal_mode": None})
	frappe.clear_document_cache(DOCTYPE, doc.name)
	with pytest.raises(Refused, match="lacks Fees Account, Mode of Payment in Person"):
		starting.start(
			account=doc.name,
			channel="Online",
			owed=subjects.free(f.make_customer(), f.COMPANY, "x"),
			amount=Money(100, "USD"),
			client_key=f.key(),
		)
	assert not frappe.db.exists("Card Payment", {"gateway_account": doc.name})


# An old library


def test_it_is_not_installed_beside_an_app_that_pins_an_old_library(monkeypatch):
	install.before_install()
	monkeypatch.setattr(sdk, "others", lambda: ["payments (stripe~=2.56.0)"])
	with pytest.raises(install.OldLibrary, match=r"payments \(stripe~=2\.56\.0\)"):
		install.before_install()
	monkeypatch.setattr(sdk, "others", list)
	monkeypatch.setattr(sdk, "installed", lambda: "2.56.0")
	with pytest.raises(install.OldLibrary, match=r"stripe 2\.56\.0 is installed"):
		install.before_install()


def test_with_an_old_library_it_is_said_and_nothing_is_called(monkeypatch):
	import stripe

	doc = make().insert()
	monkeypatch.setattr(stripe, "VERSION", "15.0.0", raising=False)
	accounts.forget_clients()
	assert "stripe 15.0.0 is installed" in api.get_state(doc.name)["library"]
	with pytest.raises(frappe.ValidationError, match=r"stripe 15\.0\.0"):
		api.check_connection(doc.name)
