"""Accounts at the card provider, and the one place that makes a client of one."""

import frappe
from frappe import _
from frappe.utils import add_days, get_link_to_form, get_url, now_datetime
from frappe.utils.password import get_decrypted_password

from dealer_pos_crm.domain.gateway import EventFact
from dealer_pos_crm.gateways.stripe.client import LIVE, TEST, Gateway, mode_of

DOCTYPE = "Gateway Account"
WEBHOOK = "/api/method/dealer_pos_crm.api.gateway.webhook"
# Another address than the provider's own, for tests: a site's configuration, honoured for test keys only.
API_BASE = "dealer_stripe_api_base"
_CLIENTS = "dealer_gateway_clients"


class NoGateway(frappe.ValidationError):
	"""The company has no account at a card provider that could be used now."""


def client(account) -> Gateway:
	"""The provider, through this account (its name or the document). ``NoGateway`` without a usable key."""
	name = account if isinstance(account, str) else account.name
	key = secret_key(name)
	made = getattr(frappe.local, _CLIENTS, None)
	if made is None:
		made = {}
		setattr(frappe.local, _CLIENTS, made)
	known = made.get(name)
	if known and known[0] == key:
		return known[1]
	gateway = client_for_key(key)
	made[name] = (key, gateway)
	return gateway


def client_for_key(key: str) -> Gateway:
	"""A client of a key that need not be saved yet."""
	base = frappe.conf.get(API_BASE) if mode_of(key) == TEST else None
	return Gateway(key, api_base=base)


def forget_clients() -> None:
	"""After a key was changed, or another provider put in its place by a test."""
	setattr(frappe.local, _CLIENTS, {})


def secret_key(name: str) -> str:
	"""The account's key, for the server alone."""
	key = get_decrypted_password(DOCTYPE, name, "secret_key", raise_exception=False)
	if not key:
		frappe.throw(
			_("{0} has no secret key yet. Enter it, then check the connection").format(
				get_link_to_form(DOCTYPE, name)
			),
			NoGateway,
		)
	return key


def of_company(company: str) -> str | None:
	"""The company's enabled account; None where it takes no cards."""
	return frappe.db.get_value(DOCTYPE, {"company": company, "enabled": 1}, "name")


# What must be chosen before card money can be booked.
BOOKS = (
	"clearing_account",
	"fee_account",
	"dispute_account",
	"chargeback_account",
	"online_mode",
	"terminal_mode",
)


def lacking(name: str) -> list[str]:
	"""What has to be chosen in an account before its money can be booked, by label; empty when all is there."""
	account = frappe.get_cached_doc(DOCTYPE, name)
	return [_(account.meta.get_label(field)) for field in BOOKS if not account.get(field)]


def is_live(account) -> bool:
	return account.mode == LIVE


def modes() -> dict[str, str]:
	"""Company -> Test or Live, of enabled accounts; for a screen to say when money is not real."""
	rows = frappe.get_all(DOCTYPE, {"enabled": 1}, ["company", "mode"], order_by="company")
	return {row.company: row.mode or "" for row in rows}


# Messages


def address(webhook_key: str) -> str:
	"""Where the provider sends this account's messages. The key tells the account, and is no secret of weight:
	a message counts by its signature."""
	return get_url(f"{WEBHOOK}?account={webhook_key}")


def by_webhook_key(webhook_key: str) -> str | None:
	return webhook_key and frappe.db.get_value(DOCTYPE, {"webhook_key": webhook_key}, "name")


def signing_secrets(account) -> list[str]:
	"""The secrets a message may be signed with: the present one, and the previous one while it is still good."""
	found = [account.get_password("webhook_secret", raise_exception=False)]
	until = account.previous_secret_until
	if until and frappe.utils.get_datetime(until) > now_datetime():
		found.append(account.get_password("previous_webhook_secret", raise_exception=False))
	return [secret for secret in found if secret]


def why_not_for(account, event: EventFact) -> str:
	"""Why a message of this account is not to be acted on; empty when it is the account's own."""
	if not account.mode:
		return _("The account has no key yet, so that nothing tells whether it is for test or live money")
	if event.live is not is_live(account):
		return (
			_("A live message for an account in test mode")
			if event.live
			else _("A message of test mode for a live account")
		)
	if event.account and account.provider_account and event.account != account.provider_account:
		return _("A message of another account at the provider: {0}").format(event.account[:60])
	return ""


# A charge can be disputed for about four months; an account that was switched off still gets the answer.
LOOKED_AFTER = 180


def looked_after() -> list[str]:
	"""Names of accounts with a key that are in use, or took payments not long ago."""
	found = frappe.get_all(DOCTYPE, {"mode": ("is", "set")}, ["name", "enabled"], order_by="name")
	since = add_days(now_datetime(), -LOOKED_AFTER)
	return [
		row.name
		for row in found
		if row.enabled
		or frappe.db.exists("Card Payment", {"gateway_account": row.name, "creation": (">", since)})
	]


def has_history(name: str) -> bool:
	"""Whether something was done with the account that cannot be taken to another one."""
	return any(
		frappe.db.exists(doctype, {"gateway_account": name})
		for doctype in ("Card Payment", "Payment Attempt", "Gateway Payout", "Dispute Case", "Card Refund")
	)


def note_problem(name: str, text: str | None) -> None:
	"""What was wrong last, for the account's form; None when it is well."""
	text = (text or "")[:500] or None
	if frappe.db.get_value(DOCTYPE, name, "last_problem") != text:
		frappe.db.set_value(DOCTYPE, name, "last_problem", text, update_modified=False)
