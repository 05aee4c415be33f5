"""What Stripe's errors mean for the caller. No request data and nothing personal goes into a message."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dealer_pos_crm.domain.card_numbers import mask
from dealer_pos_crm.gateways.errors import (
	BadAnswer,
	Busy,
	Declined,
	GatewayError,
	KeyConflict,
	Rejected,
	Unreachable,
	WrongKey,
)

from .sdk import library

_ADDRESS = re.compile(r"\S+@\S+")
_LONGEST = 400
# Of a failed request: it may well have been carried out, or be carried out now by another worker.
_UNDECIDED = frozenset({408, 425})


@contextmanager
def translated() -> Iterator[None]:
	"""Errors of the SDK, and answers that cannot be read, as ``gateways.errors``."""
	stripe = library()

	try:
		yield
	except stripe.StripeError as error:
		raise meaning(error) from error
	except GatewayError:
		raise
	except Exception as error:
		# Also what is nobody's fault here: frames of the SDK hold the key, and must not reach an error log.
		raise BadAnswer(f"an answer that could not be read: {type(error).__name__}") from error


def meaning(error: Any) -> GatewayError:
	"""What an error of the SDK says about the call."""
	stripe = library()

	message, code = clean(error.user_message), str(error.code or "")
	if not code and error.error is not None:
		code = str(getattr(error.error, "code", None) or "")
	status = error.http_status
	if isinstance(error, stripe.CardError):
		detail = error.error
		intent = getattr(detail, "payment_intent", None)
		return Declined(
			message,
			code,
			str(getattr(detail, "decline_code", None) or ""),
			str(getattr(intent, "id", None) or (intent if isinstance(intent, str) else "")),
		)
	if isinstance(error, stripe.IdempotencyError):
		return KeyConflict(message, code or "idempotency_error")
	if isinstance(error, stripe.RateLimitError) or status in (409, 429):
		return Busy(message)
	if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
		return WrongKey(message, code)
	if isinstance(error, stripe.InvalidRequestError):
		return Rejected(message, code)
	if isinstance(error, stripe.APIConnectionError):
		# Its text names hosts and addresses of this side.
		return Unreachable("no answer from the provider")
	if status and 400 <= status < 500 and status not in _UNDECIDED:
		return Rejected(message, code)
	return Unreachable(f"the provider answered {status or 'nothing that can be read'}")


def clean(text: str | None) -> str:
	"""A provider's sentence without addresses and card numbers, of bearable length."""
	return mask(_ADDRESS.sub("…", text or ""))[:_LONGEST]
