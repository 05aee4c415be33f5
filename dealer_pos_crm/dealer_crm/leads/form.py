"""The form on the dealer's own site: shown to anybody, sent once, read as every other lead."""

import hashlib
import json
import secrets
import time

import frappe
from frappe import _
from frappe.utils import cstr, get_url

from dealer_pos_crm.dealer_crm.leads import feeds, intake
from dealer_pos_crm.dealer_setup.settings import is_dealership
from dealer_pos_crm.domain import form_token
from dealer_pos_crm.domain.form_token import FormToken

PAGE = "dealer-enquiry"
PURPOSE = "lead form"
VALID = 2 * 60 * 60  # seconds
_MOST = {"comments": 4000, "trade": 1000}
_ASKED = ("first_name", "last_name", "email", "phone", "vehicle", "stock_number", "comments", "trade")


def address(form_key: str) -> str:
	"""Where the form is."""
	return get_url(f"/{PAGE}?form={form_key}")


def feed_of(form_key: str):
	"""The enabled feed of a form's public key; None when there is none."""
	row = form_key and frappe.db.get_value(
		feeds.DOCTYPE,
		{"form_key": form_key, "enabled": 1, "channel": feeds.WEB_FORM},
		["name", "company", "form_title", "consent_text", "form_key"],
		as_dict=True,
	)
	return row if row and is_dealership(row.company) else None


def token_for(feed) -> str:
	"""What the page carries: good for this form, for two hours, for one message."""
	return form_token.issue(
		_secret(), FormToken(PURPOSE, feed.form_key, secrets.token_urlsafe(12), int(time.time()) + VALID)
	)


def _secret() -> bytes:
	from frappe.utils.password import get_encryption_key

	return hashlib.sha256(b"dealer form\x1f" + get_encryption_key().encode()).digest()


def send(token: str, values: dict, trap: str) -> None:
	"""Keep what somebody sent. The same token again changes nothing. Refused for a token that is not good."""
	known = form_token.read(_secret(), token, purpose=PURPOSE, now=time.time())
	feed = feed_of(known.subject)
	if not feed:
		frappe.throw(_("This form is closed"), frappe.DoesNotExistError)
	said = {field: cstr(values.get(field)).strip()[: _MOST.get(field, 140)] for field in _ASKED}
	if values.get("consent") and feed.consent_text:
		said |= {"consent": "1", "consent_text": feed.consent_text}
	rows = intake.accept(
		json.dumps(said, ensure_ascii=False, indent=1),
		channel=feeds.WEB_FORM,
		feed=feed.name,
		key=f"form:{known.nonce}",
	)
	new = [row.name for row in rows if row.status == intake.RECEIVED]
	if trap.strip():
		for name in new:
			intake._settle(name, intake.IGNORED, reason=_("A field that people do not see was filled in"))
		return
	intake.later(new)
