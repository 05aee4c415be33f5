"""Connecting an account: is the key good, where are messages sent, and a new signing secret."""

import frappe
from frappe import _
from frappe.utils import cint, now_datetime

from dealer_pos_crm.dealer_cashier.gateway import accounts, catch_up, failures, forged, inbox
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.domain.gateway import AccountFact, EndpointFact
from dealer_pos_crm.gateways.errors import GatewayError, Rejected, WrongKey
from dealer_pos_crm.gateways.stripe.sdk import WrongLibrary, api_version, library
from dealer_pos_crm.gateways.stripe.webhooks import EVENTS


class NotConnected(frappe.ValidationError):
	"""The provider could not be asked, or said no."""


def check(name: str) -> dict:
	"""Ask the provider whose key it is, and whether messages will come. What was found, in words.

	Makes two calls; nothing is locked meanwhile.
	"""
	gateway = _gateway(name)
	found = _asked(gateway.account)
	_keep(name, found)
	account = frappe.get_doc(accounts.DOCTYPE, name)
	notes = [*_about_account(account, found), *_about_endpoint(account, gateway)]
	if not notes:
		failures.settled((accounts.DOCTYPE, name))
	accounts.note_problem(name, " ".join(notes))
	return {"account": found.account, "name": found.name, "mode": account.mode, "notes": notes}


@action
def _keep(name: str, found: AccountFact) -> None:
	account = frappe.get_doc(accounts.DOCTYPE, name, for_update=True)
	if (
		account.provider_account
		and account.provider_account != found.account
		and accounts.has_history(account.name)
	):
		frappe.throw(
			_(
				"The key belongs to another account at the provider ({0}) than the payments of {1} ({2}). Make a new Gateway Account for it"
			).format(found.account, account.title, account.provider_account)
		)
	other = frappe.db.get_value(
		accounts.DOCTYPE,
		{"provider_account": found.account, "company": ("!=", account.company), "enabled": 1},
		["title", "company"],
		as_dict=True,
	)
	if other:
		# Its messages and payouts would be both companies', and no payout could be booked.
		frappe.throw(
			_(
				"The key is of the account that {0} uses ({1}). Each company needs an account of its own at the provider"
			).format(other.company, other.title)
		)
	account.db_set(
		{
			"provider_account": found.account,
			"country": found.country,
			"checked_on": now_datetime(),
			"api_version": api_version(),
		}
	)


def _about_account(account, found: AccountFact) -> list[str]:
	notes = []
	if not found.charges_enabled:
		notes.append(_("The provider does not take payments for this account yet; complete it on its page."))
	if not found.payouts_enabled:
		notes.append(_("The provider does not pay out yet; complete the account on its page."))
	if found.currency and found.currency != account.currency:
		notes.append(
			_(
				"The provider pays out in {0}, the company keeps its books in {1}; payouts cannot be booked."
			).format(found.currency, account.currency)
		)
	return notes


def _about_endpoint(account, gateway) -> list[str]:
	frappe.db.commit()  # nosemgrep - no lock waits for the network
	try:
		endpoints = gateway.endpoints()
	except GatewayError as error:
		return [_("Where messages are sent could not be read: {0}").format(error)]
	ours = next((one for one in endpoints if one.endpoint == account.webhook_endpoint), None)
	if ours is None:
		if any(one.url == account.webhook_address for one in endpoints) and accounts.signing_secrets(account):
			return []  # made by hand on the provider's page, with the secret entered here
		return [_("No messages are sent here yet: choose Connect Messages.")]
	notes = []
	if not ours.enabled:
		notes.append(_("The provider has switched off its messages to this site; choose Connect Messages."))
	if ours.url != account.webhook_address:
		notes.append(
			_("Messages are sent to {0}, this site is {1}; choose Connect Messages.").format(
				ours.url, account.webhook_address
			)
		)
	if ours.api_version and ours.api_version != api_version():
		notes.append(
			_("Messages come in version {0}, this app reads {1}; choose Renew Secret.").format(
				ours.api_version, api_version()
			)
		)
	missing = sorted(set(EVENTS) - set(ours.events))
	if missing and "*" not in ours.events:
		notes.append(
			_("These messages are not sent: {0}; choose Connect Messages.").format(", ".join(missing))
		)
	return notes


def connect(name: str) -> dict:
	"""Have messages sent here: one endpoint at the provider, of the version this app reads."""
	account = frappe.get_doc(accounts.DOCTYPE, name)
	gateway = _gateway(name)
	known = _asked(gateway.endpoints)
	ours = next((one for one in known if one.endpoint == account.webhook_endpoint), None)
	if ours and ours.api_version in ("", api_version()) and accounts.signing_secrets(account):
		_asked(lambda: gateway.update_endpoint(ours.endpoint, url=account.webhook_address, events=EVENTS))
		return {"endpoint": ours.endpoint, "made": False}
	return _renewed(account, gateway, known)


def renew(name: str) -> dict:
	"""A new signing secret. What was signed with the one before is still believed for a day."""
	account = frappe.get_doc(accounts.DOCTYPE, name)
	gateway = _gateway(name)
	return _renewed(account, gateway, _asked(gateway.endpoints))


def _renewed(account, gateway, known: list[EndpointFact]) -> dict:
	# The same key until it is kept: a second try after a lost answer finds the first one's endpoint and secret.
	key = f"{frappe.local.site}:{account.name}:endpoint:{account.webhook_endpoint or 'first'}"
	made = _asked(lambda: gateway.create_endpoint(account.webhook_address, key=key))
	if not made.secret:
		frappe.throw(
			_("The provider told no signing secret; try again in a day, or enter it by hand"), NotConnected
		)
	_take(account.name, made)
	frappe.db.commit()  # nosemgrep - the secret is told once; what follows only tidies up
	for old in known:
		if old.endpoint != made.endpoint and old.url == account.webhook_address:
			try:
				gateway.delete_endpoint(old.endpoint)
			except GatewayError:
				frappe.logger("dealer_pos_crm").warning("an old endpoint is still at the provider")
	return {"endpoint": made.endpoint, "made": True}


@action
def _take(name: str, made: EndpointFact) -> None:
	account = frappe.get_doc(accounts.DOCTYPE, name, for_update=True)
	account.webhook_secret = made.secret
	account.webhook_endpoint = made.endpoint
	account.save()


def _gateway(name: str):
	try:
		return accounts.client(name)
	except WrongLibrary as wrong:
		frappe.throw(_("Stripe's library cannot be used: {0}").format(wrong), NotConnected)


def _asked(call):
	"""The provider's answer, outside any transaction of ours."""
	frappe.db.commit()  # nosemgrep - no lock waits for the network
	try:
		return call()
	except WrongKey as error:
		frappe.throw(_("The provider does not accept the key: {0}").format(error.message), NotConnected)
	except Rejected as error:
		frappe.throw(_("The provider refused it: {0}").format(error.message), NotConnected)
	except GatewayError as error:
		frappe.throw(_("The provider could not be reached: {0}. Try again").format(error), NotConnected)


def _about_library() -> str:
	try:
		library()
	except WrongLibrary as wrong:
		return _("Cards cannot be taken: {0}").format(wrong.message)
	return ""


def state(name: str) -> dict:
	"""All the account's form shows besides its fields. No keys."""
	account = frappe.get_doc(accounts.DOCTYPE, name)
	waiting = inbox.waiting(name)
	return {
		"mode": account.mode,
		"library": _about_library(),
		"has_key": bool(account.get_password("secret_key", raise_exception=False)),
		"messages": bool(account.webhook_secret),
		"missing": [field for field in accounts.BOOKS if not account.get(field)],
		"received_day": waiting.pop("day"),
		"waiting": waiting,
		"forged_day": forged.of_a_day(name),
		"attempts": frappe.db.count(
			"Payment Attempt", {"gateway_account": name, "status": ("in", ("Unknown", "Given Up"))}
		),
		"unbooked": frappe.db.count("Card Payment", {"gateway_account": name, "booking_status": "Not Booked"})
		if frappe.get_meta("Card Payment").has_field("booking_status")
		else 0,
		"caught_up_on": account.caught_up_on,
		"kept_days": catch_up.KEPT.days,
		"problem": account.last_problem,
		"enabled": cint(account.enabled),
	}
