"""How a rule of the domain reaches the person: translated, as Frappe's own kind of error."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe import _

from dealer_pos_crm.domain.refusal import Refused


class TryAgain(frappe.ValidationError):
	"""Somebody else is working on the same documents; nothing was changed."""


def busy() -> None:
	"""Undo everything and say that it can be done in a moment; for a deadlock and a lock that never came."""
	frappe.db.rollback()
	frappe.throw(
		_("Somebody else is working on the same documents. Nothing was changed; try again in a moment"),
		TryAgain,
		title=_("Busy"),
	)


class DealerRefusal(frappe.ValidationError):
	"""A rule of the dealership forbids this. ``code`` is the domain's."""

	code: str = ""


def throw(refused: Refused) -> None:
	"""Raise the refusal for Frappe, in the user's language."""
	exception = type("DealerRefusal", (DealerRefusal,), {"code": refused.code})
	frappe.throw(_(refused.template).format(*refused.values), exception, title=_("Not possible"))


@contextmanager
def explained() -> Iterator[None]:
	"""Turn refusals of the domain into errors that Frappe shows."""
	try:
		yield
	except Refused as refused:
		throw(refused)
