"""The key to a customer's page: signed, for paying alone, for a while. It names no document.

It outlives the request by some weeks, so that the page can say what became of it; whether anything may be paid
is decided by the request itself.
"""

import hashlib
import secrets
import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import frappe
from frappe.utils import get_datetime, get_system_timezone, get_url

from dealer_pos_crm.domain import form_token
from dealer_pos_crm.domain.form_token import FormToken
from dealer_pos_crm.domain.refusal import Refused

PAGE = "dealer-pay"
PURPOSE = "pay"
TOLD_AFTER = timedelta(days=30)  # how long the page says what became of a request


def new_nonce() -> str:
	return secrets.token_urlsafe(18)


def token_of(request) -> str:
	"""The token of a request that was sent. ``request`` has ``token_nonce`` and ``expires_at``."""
	ends = get_datetime(request.expires_at) + TOLD_AFTER
	return form_token.issue(_secret(), FormToken(PURPOSE, request.token_nonce, "", _seconds(ends)))


def address_of(request) -> str:
	"""Where the customer pays."""
	return get_url(f"/{PAGE}/{token_of(request)}")


def find(token: str) -> str | None:
	"""The Pay Request of a token; None for one that is not ours, has run out, or was replaced by another."""
	try:
		known = form_token.read(_secret(), token or "", purpose=PURPOSE, now=time.time())
	except Refused:
		return None
	return frappe.db.get_value("Pay Request", {"token_nonce": known.subject}, "name")


def _seconds(moment) -> int:
	"""A time of the site as seconds since 1970."""
	return int(moment.replace(tzinfo=ZoneInfo(get_system_timezone())).timestamp())


def _secret() -> bytes:
	from frappe.utils.password import get_encryption_key

	return hashlib.sha256(b"dealer pay page\x1f" + get_encryption_key().encode()).digest()
