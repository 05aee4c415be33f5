"""What came back from a call: what it means for the outbox, and how a screen is told."""

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.domain.outbox import Answer, Status
from dealer_pos_crm.gateways.errors import Busy, Declined, KeyConflict, Rejected, WrongKey


class CallRefused(frappe.ValidationError):
	"""The provider said no; nothing was done. ``code``: what kind of no, as Declined."""

	code: str = ""


class CallUndecided(frappe.ValidationError):
	"""There was no answer; it is repeated by itself and must not be made in another way."""


class Absent(Exception):
	"""Looked up at the provider's, and surely not there."""


def meaning(error: Exception | None) -> Answer:
	if error is None:
		return Answer.DONE
	if isinstance(error, Absent):
		return Answer.ABSENT
	if isinstance(error, KeyConflict):
		return Answer.CONFLICT
	if isinstance(error, WrongKey):
		return Answer.LOCKED_OUT
	if isinstance(error, Rejected):
		return Answer.REFUSED
	return Answer.BUSY if isinstance(error, Busy) else Answer.SILENT


def kind(error: Exception | None) -> str | None:
	return None if error is None or isinstance(error, Absent) else type(error).__name__


def text(error: Exception | None) -> str | None:
	if error is None or isinstance(error, Absent):
		return None
	if isinstance(error, Declined) and error.decline_code:
		return f"{error.message} ({error.decline_code})"[:1000]
	if isinstance(error, Rejected):
		return f"{error.message} ({error.code})"[:1000] if error.code else error.message[:1000]
	return cstr(error)[:1000] or type(error).__name__


def said(attempt, quiet: bool) -> dict:
	"""What is known of a call that is not to be made now; for a screen, an error that explains it."""
	if quiet or attempt.status == Status.DONE.value:
		return {"status": attempt.status, "id": attempt.answer_id, "error": attempt.error}
	if attempt.status == Status.REFUSED.value:
		refusal = type("CallRefused", (CallRefused,), {"code": cstr(attempt.error_kind)})
		frappe.throw(
			_("The card provider refused this, and nothing was done: {0}").format(attempt.error or "-"),
			refusal,
			title=_("Refused by the Provider"),
		)
	frappe.throw(
		attempt.explanation
		or _(
			"The card provider is being asked at this moment. Wait a minute and look again; do not start anew"
		),
		CallUndecided,
		title=_("No Answer Yet"),
	)
