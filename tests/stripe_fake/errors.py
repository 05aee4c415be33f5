"""Refusals in Stripe's own words and shapes."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
	"""An answer that is not 200. ``begun``: the endpoint had begun to work, so the answer is kept under the key."""

	def __init__(self, status: int, error: dict[str, Any], *, begun: bool = True) -> None:
		super().__init__(error.get("message"))
		self.status = status
		self.error = error
		self.begun = begun

	@property
	def body(self) -> dict[str, Any]:
		return {"error": self.error}


def _error(
	kind: str, message: str, code: str | None, param: str | None, more: dict[str, Any]
) -> dict[str, Any]:
	error: dict[str, Any] = {"type": kind, "message": message}
	if code:
		error["code"] = code
		error["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
	if param:
		error["param"] = param
	error.update(more)
	return error


def wrong_params(message: str, param: str | None = None, code: str | None = None) -> ApiError:
	"""The request is not even understood: nothing has begun, nothing is kept under the key."""
	return ApiError(400, _error("invalid_request_error", message, code, param, {}), begun=False)


def refused(message: str, code: str | None = None, param: str | None = None, **more: Any) -> ApiError:
	"""Understood, and not possible in this state."""
	return ApiError(400, _error("invalid_request_error", message, code, param, more))


def missing(kind: str, name: str, param: str = "id", status: int = 404) -> ApiError:
	return ApiError(
		status,
		_error("invalid_request_error", f"No such {kind}: '{name}'", "resource_missing", param, {}),
	)


def declined(message: str, code: str, decline_code: str | None, **more: Any) -> ApiError:
	if decline_code:
		more["decline_code"] = decline_code
	return ApiError(402, _error("card_error", message, code, None, more))


def wrong_key(shown: str) -> ApiError:
	return ApiError(
		401,
		_error("invalid_request_error", f"Invalid API Key provided: {shown}", None, None, {}),
		begun=False,
	)


def key_conflict(key: str) -> ApiError:
	message = (
		"Keys for idempotent requests can only be used with the same parameters they were first used with. "
		f"Try using a key other than '{key}' if you meant to execute a different request."
	)
	return ApiError(400, _error("idempotency_error", message, None, None, {}), begun=False)


def key_in_use(key: str) -> ApiError:
	message = (
		f"There is currently another in-progress request using this Idempotent Key ({key}); that probably means "
		"you submitted twice, and the other request is still going through."
	)
	return ApiError(
		409, _error("idempotency_error", message, "idempotency_key_in_use", None, {}), begun=False
	)


def lock_timeout() -> ApiError:
	message = "This object cannot be accessed right now because another API request is accessing it."
	return ApiError(409, _error("invalid_request_error", message, "lock_timeout", None, {}), begun=False)


def too_many() -> ApiError:
	return ApiError(
		429,
		_error("invalid_request_error", "Request rate limit exceeded.", "rate_limit", None, {}),
		begun=False,
	)


def broken() -> ApiError:
	return ApiError(
		500, _error("api_error", "An unknown error occurred. (The fake was told to fail.)", None, None, {})
	)
