"""A key to one form, for one purpose, for a while: signed, so that nobody makes one up.

It says nothing of documents and is worth nothing elsewhere. That it is used once is the keeper's business:
the nonce is the unique key of what comes of it.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

from .refusal import Refused
from .refusal import _ as marked

_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class FormToken:
	"""``expires`` in seconds since 1970. ``subject``: what the form is of, a public key."""

	purpose: str
	subject: str
	nonce: str
	expires: int


def issue(secret: bytes, token: FormToken) -> str:
	"""The token as text that stands in an address or a form."""
	body = _SEPARATOR.join((token.purpose, token.subject, token.nonce, str(token.expires))).encode()
	return f"{_text(body)}.{_text(_signature(secret, body))}"


def read(secret: bytes, text: str, *, purpose: str, now: float) -> FormToken:
	"""The token of a text. Refused when it is not ours, for something else, or its time has passed."""
	body_text, _dot, signature_text = text.partition(".")
	try:
		body, signature = _bytes(body_text), _bytes(signature_text)
	except (ValueError, binascii.Error):
		raise _forged() from None
	if not hmac.compare_digest(signature, _signature(secret, body)):
		raise _forged()
	said, subject, nonce, expires = body.decode().split(_SEPARATOR)
	if said != purpose:
		raise _forged()
	if now > int(expires):
		raise Refused(
			"form_expired", marked("This page was open for too long. Load it again and send once more")
		)
	return FormToken(said, subject, nonce, int(expires))


def _signature(secret: bytes, body: bytes) -> bytes:
	return hmac.new(secret, b"dealer form token\x1f" + body, hashlib.sha256).digest()


def _forged() -> Refused:
	return Refused("form_forged", marked("This form is not from this site. Load the page again"))


def _text(data: bytes) -> str:
	return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
	return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
