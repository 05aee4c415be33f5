"""The card provider: where its messages come in, and connecting an account."""

import frappe
from frappe import _
from frappe.rate_limiter import rate_limit
from frappe.utils import cint, now_datetime

from dealer_pos_crm.dealer_cashier.gateway import accounts, catch_up, endpoint, forged, inbox
from dealer_pos_crm.gateways.errors import BadAnswer, Forged
from dealer_pos_crm.gateways.stripe import webhooks

# The provider's largest messages are far below.
MOST_BYTES = 512 * 1024
_SEEN_EVERY = 60  # seconds


def _a_minute() -> int:
	return cint(frappe.conf.get("dealer_webhooks_per_minute")) or 6000


class NotFromTheProvider(frappe.ValidationError):
	"""No signature of the provider on it, or no event in it."""

	http_status_code = 400


class NoSuchAddress(frappe.ValidationError):
	http_status_code = 404


class TooLarge(frappe.ValidationError):
	http_status_code = 413


@frappe.whitelist(methods=["POST"], allow_guest=True)
@rate_limit(limit=_a_minute, seconds=60)
def webhook(account: str = "") -> dict:
	"""A message of the provider, for the account whose webhook key is ``account``. It counts by its signature.

	It is kept and answered at once; a job works on it. The same message again is answered the same.
	"""
	# Of a body in JSON Frappe makes the arguments from that alone; the key stands in the address.
	key = frappe.request.args.get("account") or account
	name = accounts.by_webhook_key(key[:140])
	if not name:
		frappe.throw(_("Nothing is received here"), NoSuchAddress)
	doc = frappe.get_cached_doc(accounts.DOCTYPE, name)
	try:
		event = _verified(doc)
	except Forged:
		forged.note(name)
		# Frappe undoes a refused request; that it was counted and told stays.
		frappe.db.commit()  # nosemgrep - see above
		frappe.throw(_("The message is not signed by the provider"), NotFromTheProvider)
	except BadAnswer as error:
		accounts.note_problem(name, str(error))
		frappe.db.commit()  # nosemgrep - see above
		frappe.throw(_("The message cannot be read"), NotFromTheProvider)
	_saw(name)
	row, new = _accepted(doc, event)
	if new:
		inbox.later([row])
	return {"received": True}


def _verified(doc):
	"""The message of this request. Its bytes are nobody's else, as they may tell of persons."""
	raw = frappe.request.get_data()
	if len(raw) > MOST_BYTES:
		frappe.throw(_("The message is too large"), TooLarge)
	header = frappe.get_request_header("Stripe-Signature") or ""
	return webhooks.verify(raw, header, accounts.signing_secrets(doc))


def _accepted(doc, event) -> tuple[int, bool]:
	"""Many of the same at once: the database lets one in, and may undo another for its sake."""
	for last in (False, False, True):
		try:
			return inbox.accept(doc, event, source=inbox.WEBHOOK)
		except frappe.QueryDeadlockError:
			frappe.db.rollback()
			if last:
				raise
	raise AssertionError("unreachable")


def _saw(name: str) -> None:
	"""When the last message came, to the minute: a busy account is not written for every message."""
	key = f"dealer_gateway_seen:{name}"
	if frappe.cache.get_value(key):
		return
	frappe.cache.set_value(key, 1, expires_in_sec=_SEEN_EVERY)
	frappe.db.set_value(accounts.DOCTYPE, name, "webhook_checked_on", now_datetime(), update_modified=False)


# Connecting an account


@frappe.whitelist()
def get_state(account: str) -> dict:
	"""What the account's form shows besides its fields; no keys."""
	frappe.has_permission("Gateway Account", "read", account, throw=True)
	return endpoint.state(account)


@frappe.whitelist(methods=["POST"])
def check_connection(account: str) -> dict:
	"""Ask the provider whose key it is. What was found: ``account``, ``name``, ``mode`` and ``notes``."""
	frappe.has_permission("Gateway Account", "write", account, throw=True)
	return endpoint.check(account)


@frappe.whitelist(methods=["POST"])
def connect_messages(account: str) -> dict:
	"""Have the provider send its messages here. ``made``: whether there is a new endpoint."""
	_may_keys(account)
	return endpoint.connect(account)


@frappe.whitelist(methods=["POST"])
def renew_secret(account: str) -> dict:
	"""A new signing secret; the one before is good for another day."""
	_may_keys(account)
	return endpoint.renew(account)


def _may_keys(account: str) -> None:
	frappe.only_for("System Manager")
	frappe.has_permission("Gateway Account", "write", account, throw=True)


@frappe.whitelist(methods=["POST"])
def fetch_missed(account: str) -> dict:
	"""Ask the provider for messages that did not arrive. ``new``: how many there were."""
	frappe.has_permission("Gateway Account", "write", account, throw=True)
	return {"new": catch_up.catch_up(account)}


# Messages


@frappe.whitelist(methods=["POST"])
def retry_event(name: str | int) -> dict:
	"""Work on a message again that failed or was given up. ``status`` and ``reason`` as they are then."""
	frappe.only_for(("System Manager", "Dealer Accountant", "Dealer Manager"))
	frappe.has_permission("Gateway Event", "read", cint(name), throw=True)
	inbox.work(cint(name), by_hand=True)
	return frappe.db.get_value("Gateway Event", cint(name), ["status", "reason"], as_dict=True)
