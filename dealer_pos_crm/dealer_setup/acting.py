"""What a person does to documents that others want as well: each action a transaction that begins fresh."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import frappe
from frappe import _

from dealer_pos_crm.dealer_setup.refusals import busy

_ATTEMPTS = 3
_INSIDE = "dealer_action"


def action(function: Callable[..., Any]) -> Callable[..., Any]:
	"""For what a person does to a document: a transaction that begins here, so that whoever had to wait for
	the lock reads what the other one committed. Repeated when the database undoes it for another's sake.

	Inside another action, or after something was written already, it is a part of that transaction.
	"""

	@wraps(function)
	def alone(*args, **kwargs):
		if frappe.flags.get(_INSIDE) or frappe.db.transaction_writes:
			return function(*args, **kwargs)
		messages = len(frappe.local.message_log)
		frappe.flags[_INSIDE] = True
		try:
			for _attempt in range(_ATTEMPTS):
				frappe.db.rollback()
				try:
					return function(*args, **kwargs)
				except frappe.QueryDeadlockError:
					del frappe.local.message_log[messages:]
				except frappe.QueryTimeoutError:
					break
			busy()
		finally:
			frappe.flags[_INSIDE] = False

	return alone


@contextmanager
def on_its_own() -> Iterator[None]:
	"""For work that commits by itself, also when an action called it: each action in here begins fresh."""
	inside = frappe.flags.get(_INSIDE)
	frappe.flags[_INSIDE] = False
	try:
		yield
	finally:
		frappe.flags[_INSIDE] = inside


def once(function: Callable[..., dict]) -> Callable[..., dict]:
	"""An action that carries a client key: the same request at the same instant is one.

	The unique key decides between the two; who comes second looks again and finds what is there.
	"""
	alone = action(function)

	@wraps(function)
	def again(*args, **kwargs) -> dict:
		messages, own = len(frappe.local.message_log), not frappe.db.transaction_writes
		try:
			return alone(*args, **kwargs)
		except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
			if not own:
				raise
			frappe.db.rollback()
			del frappe.local.message_log[messages:]
			return alone(*args, **kwargs)

	return again


def need_key(client_key: str | None) -> None:
	"""What makes a document must come with a key of its own, so that a double click makes one."""
	if not client_key:
		frappe.throw(_("The request has no key of its own; reload the page and try again"))


def each_alone(doctype: str, names: Iterable[str], work: Callable[[str], Any], title: str) -> None:
	"""Do the work of a scheduled job on each document by itself: one that fails holds no other up.

	``title`` says in the error log what could not be done, with a place for the document's name.
	"""
	for name in names:
		try:
			work(name)
		except Exception:
			frappe.db.rollback()
			frappe.log_error(title=title.format(name)[:140], reference_doctype=doctype, reference_name=name)
		else:
			frappe.db.commit()  # nosemgrep - each document is a piece of work of its own


@contextmanager
def in_the_name_of(user: str) -> Iterator[None]:
	"""What is written in here is that person's, with that person's rights and no others.

	Frappe writes the user into the session it finds: it finds a copy, so that the one of a request, which is saved
	at its end, stays whose it is.
	"""
	own, form = frappe.local.session, frappe.local.form_dict
	frappe.local.session = frappe._dict(own)
	try:
		frappe.set_user(user)
		yield
	finally:
		frappe.set_user(own.user)
		frappe.local.session, frappe.local.form_dict = own, form


@contextmanager
def on_behalf_of(user: str | None) -> Iterator[None]:
	"""In the name of the person whose action or duty it follows from.

	Only for work that was decided already, never to give a caller rights it lacks. Nobody, or somebody who
	may not log in any more, leaves the user in place.
	"""
	if not user or user == frappe.session.user or not frappe.db.get_value("User", user, "enabled"):
		yield
		return
	with in_the_name_of(user):
		yield
