"""The outbox: calls that move money or begin to, written down before they are made.

``plan`` writes a call down in the caller's transaction; ``run`` commits, calls without holding anything, and
stores the answer in a transaction of its own. A process that dies in between leaves a row that ``sweep``
finds: the call is repeated under its key while that lives, and after that looked up, never sent blindly.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.gateway import answers
from dealer_pos_crm.dealer_cashier.gateway.answers import CallRefused, CallUndecided
from dealer_pos_crm.dealer_cashier.gateway.operations import OPERATIONS, Operation, operation_of
from dealer_pos_crm.dealer_cashier.money import to_float
from dealer_pos_crm.dealer_setup.acting import each_alone
from dealer_pos_crm.domain import outbox as rules
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.outbox import Status, Step
from dealer_pos_crm.gateways.errors import BadAnswer, GatewayError, Rejected, WrongKey

__all__ = [
	"OPERATIONS",
	"CallRefused",
	"CallUndecided",
	"Operation",
	"drop",
	"latest",
	"plan",
	"retry",
	"run",
	"sweep",
]

DOCTYPE = "Payment Attempt"
_AT_ONCE = 50  # rows of one sweep
_SECONDS = 45


def plan(
	account: str,
	operation: str,
	*,
	about: tuple[str, str],
	key_parts: tuple[str | int, ...] = (),
	amount: Money | None = None,
	values: Mapping[str, object],
	card_payment: str | None = None,
) -> str:
	"""Write a call down in the caller's transaction. Returns the attempt's name.

	While an earlier one of the same operation, document and parts was not definitely refused, it is that one:
	there never are two keys for one thing. ``values``: plain, without personal data. The caller holds the
	lock of the document it is about.
	"""
	if operation not in OPERATIONS:
		raise ValueError(f"{operation} is no operation of the outbox")
	earlier = _earlier(about, operation, key_parts)
	number = rules.next_number([Status(row.status) for row in earlier])
	if number is None:
		return earlier[-1].name
	row = frappe.db.get_value("Gateway Account", account, ["company", "mode"], as_dict=True)
	attempt = frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"operation": operation,
			"status": Status.SENDING.value,
			"gateway_account": account,
			"company": row.company,
			"test_mode": int(row.mode != "Live"),
			"amount": to_float(amount) if amount is not None else None,
			"currency": amount.currency if amount is not None else None,
			"about_doctype": about[0],
			"about_name": about[1],
			"card_payment": card_payment or (about[1] if about[0] == "Card Payment" else None),
			"requested_by": frappe.session.user,
			"idempotency_key": _key(about, operation, key_parts, number),
			"next_try_at": now_datetime() + rules.LEASE,
			"request_values": json.dumps(dict(values), sort_keys=True),
		}
	)
	attempt.flags.of_the_house = True
	attempt.insert(ignore_permissions=True)  # who may begin it was checked where it began
	return attempt.name


def _key(about: tuple[str, str], operation: str, parts: tuple[str | int, ...], number: int) -> str:
	return rules.key_of(frappe.local.site, about[0], about[1], operation, parts, number)


def _earlier(about: tuple[str, str], operation: str, parts: tuple[str | int, ...]) -> list:
	"""Attempts for the same thing, the oldest first, read past any snapshot."""
	rows = frappe.db.sql(
		"""select name, status, idempotency_key from `tabPayment Attempt`
		where about_doctype = %s and about_name = %s and operation = %s order by name lock in share mode""",
		(*about, operation),
		as_dict=True,
	)
	by_key = {row.idempotency_key: row for row in rows}
	found = []
	while row := by_key.get(_key(about, operation, parts, len(found) + 1)):
		found.append(row)
	return found


def latest(about: tuple[str, str], operation: str) -> Any | None:
	"""The last attempt of an operation on a document; None when there is none."""
	rows = frappe.get_all(
		DOCTYPE,
		{"about_doctype": about[0], "about_name": about[1], "operation": operation},
		["name", "status", "answer_id", "error", "error_kind", "explanation", "next_try_at"],
		order_by="name desc",
		limit=1,
	)
	return rows[0] if rows else None


def run(attempt_name: str | int, *, by_person: bool = False, quiet: bool = False) -> dict:
	"""Make a call that was written down: commits, calls, stores the answer and commits.

	Returns ``{"status", "id", ...}`` with all that the operation's call returned. For a screen it raises
	``CallRefused`` or ``CallUndecided`` with the reason and what to do; ``quiet`` leaves that to the status.
	Called again for a call that was answered, it returns what is known and calls nobody.
	"""
	frappe.db.commit()  # nosemgrep - written down before the call, and no lock is held while it lasts
	attempt, todo = _claim(attempt_name, by_person)
	if todo in (Step.NOTHING, Step.WAIT):
		return answers.said(attempt, quiet)
	result, error = _asked(attempt, todo)
	stored = _store(attempt_name, result, error)
	if stored.status == Status.DONE.value:
		return {**(result or {}), "status": stored.status, "id": stored.answer_id}
	return answers.said(stored, quiet)


def sweep() -> None:
	"""Make or look up every call that has no answer and whose time has come. Run every minute."""
	names = frappe.get_all(
		DOCTYPE,
		{
			"operation": ("in", sorted(OPERATIONS)),
			"status": ("in", [status.value for status in rules.OPEN]),
			"next_try_at": ("<=", now_datetime()),
		},
		pluck="name",
		order_by="next_try_at, name",
		limit=_AT_ONCE,
	)
	each_alone(
		DOCTYPE, in_time(names), lambda name: run(name, quiet=True), _("Payment attempt {0} could not be run")
	)


def in_time(names: Iterable[str]) -> Iterator[str]:
	"""As many as a run of the clock has time for: a provider that hangs holds no worker for hours. What is
	left over comes first the next time."""
	until = time.monotonic() + _SECONDS
	for name in names:
		if time.monotonic() > until:
			return
		yield name


def retry(attempt_name: str | int) -> dict:
	"""Once more, because a person asks: within the key's life the same call, after it a look at the provider's.

	A call that was given up and that the provider surely does not know is written down anew, under a new key.
	"""
	frappe.db.commit()  # nosemgrep
	attempt = frappe.get_doc(DOCTYPE, attempt_name)
	if attempt.status != Status.GIVEN_UP.value:
		return run(attempt_name, by_person=True)
	result, error = _look_up(attempt)
	if error is None and result is None:
		return run(_again(attempt_name), by_person=True)
	if error is not None:
		return answers.said(_store(attempt_name, None, error), False)
	stored = _store(attempt_name, result, None)
	return {**result, "status": stored.status, "id": stored.answer_id}


def drop(attempt_name: str | int, reason: str) -> dict:
	"""A person decides that a given-up call shall not be made: looked up once more, and undone in our books
	when the provider does not know it."""
	frappe.db.commit()  # nosemgrep
	attempt = frappe.get_doc(DOCTYPE, attempt_name)
	if attempt.status != Status.GIVEN_UP.value:
		frappe.throw(
			_("{0} is {1}; only what was given up can be dropped").format(attempt.name, _(attempt.status))
		)
	result, error = _look_up(attempt)
	if error is not None:
		return answers.said(_store(attempt_name, None, error), False)
	if result is not None:
		stored = _store(attempt_name, result, None)
		return {**result, "status": stored.status, "id": stored.answer_id}
	return answers.said(_store(attempt_name, None, Rejected(reason, "dropped"), settle_given_up=True), True)


def _call_of(attempt) -> rules.Call:
	return rules.Call(
		status=Status(attempt.status),
		tries=attempt.tries or 0,
		first_sent=get_datetime(attempt.first_sent_at) if attempt.first_sent_at else None,
		next_try=get_datetime(attempt.next_try_at) if attempt.next_try_at and (attempt.tries or 0) else None,
		harmless=operation_of(attempt.operation).harmless,
	)


def _claim(attempt_name: str | int, by_person: bool) -> tuple[Any, Step]:
	"""Take the call on, so that nobody else makes it meanwhile; committed before it is made."""
	attempt = frappe.get_doc(DOCTYPE, attempt_name, for_update=True)
	now = now_datetime()
	todo = rules.step(_call_of(attempt), now, asked_by_person=by_person)
	if todo in (Step.CALL, Step.ASK):
		attempt.db_set(
			{
				"status": Status.SENDING.value,
				"tries": (attempt.tries or 0) + 1,
				"first_sent_at": attempt.first_sent_at or now,
				"last_sent_at": now,
				"next_try_at": now + rules.LEASE,
			}
		)
	frappe.db.commit()  # nosemgrep - from here on a sweep knows that it may have been sent
	return attempt, todo


def _asked(attempt, todo: Step) -> tuple[dict | None, Exception | None]:
	"""The call, or the look before it. Nothing is locked here, and nothing written."""
	if todo is Step.ASK:
		result, error = _look_up(attempt)
		if result is not None:
			return result, None
		if error is not None and not rules.may_call(_call_of(attempt), now_datetime()):
			return None, error
		if error is None and not rules.may_call(_call_of(attempt), now_datetime()):
			return None, answers.Absent()
	return _guarded(attempt, operation_of(attempt.operation).call)


def _look_up(attempt) -> tuple[dict | None, Exception | None]:
	"""What the provider has of it: a result, nothing (None, None), or an error when it cannot be told."""
	search = operation_of(attempt.operation).search
	if search is None:
		return None, None if operation_of(attempt.operation).harmless else BadAnswer("cannot be looked up")
	return _guarded(attempt, search)


def _guarded(attempt, work: Callable[[Any, Any, dict], dict | None]) -> tuple[dict | None, Exception | None]:
	from dealer_pos_crm.dealer_cashier.gateway import accounts

	try:
		gateway = accounts.client(attempt.gateway_account)
		return work(gateway, attempt, json.loads(attempt.request_values or "{}")), None
	except GatewayError as error:
		return None, error
	except frappe.ValidationError as error:  # no key entered, account disabled: it was not even tried
		return None, WrongKey(frappe.utils.strip_html(cstr(error)), "account")
	finally:
		frappe.db.rollback()  # reading the key began a transaction; the answer is stored in a fresh one


def _store(
	attempt_name: str | int, result: dict | None, error: Exception | None, *, settle_given_up: bool = False
) -> Any:
	"""Keep the answer and what follows from it in our books, all or nothing; what fails here is found again
	by the sweep, as the call's key gives the same answer."""
	for last in (False, False, True):
		try:
			frappe.db.rollback()
			stored = _stored(attempt_name, result, error, settle_given_up)
			frappe.db.commit()  # nosemgrep - the answer of a call is kept whatever happens next
			return stored
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			frappe.db.rollback()
			if last:
				raise
		except Exception as fault:
			frappe.db.rollback()
			_note(attempt_name, fault)
			raise
	raise AssertionError("unreachable")


def _note(attempt_name: str | int, fault: Exception) -> None:
	"""There was an answer, and our books could not take it: the call is repeated for it, under its key."""
	attempt = frappe.get_doc(DOCTYPE, attempt_name, for_update=True)
	if Status(attempt.status) in rules.OPEN:
		attempt.db_set(
			{
				"status": Status.UNKNOWN.value,
				"next_try_at": now_datetime() + rules.wait_after(attempt.tries or 1),
				"error_kind": type(fault).__name__,
				"error": frappe.utils.strip_html(cstr(fault))[:1000],
				"explanation": _(
					"The provider has answered, and our books could not take the answer. It is asked for again by itself"
				),
			}
		)
	frappe.db.commit()  # nosemgrep - what was wrong is seen on the attempt


def _stored(
	attempt_name: str | int, result: dict | None, error: Exception | None, settle_given_up: bool
) -> Any:
	from dealer_pos_crm.dealer_cashier.gateway import attempt_failures

	attempt = frappe.get_doc(DOCTYPE, attempt_name, for_update=True)
	was = Status(attempt.status)
	if was in rules.FINAL:
		return attempt
	if was is Status.GIVEN_UP and error is not None and not settle_given_up:
		return attempt
	operation = operation_of(attempt.operation)
	meaning = answers.meaning(error)
	change = rules.after(_call_of(attempt), meaning, now_datetime())
	attempt.db_set(
		{
			"status": change.status.value,
			"next_try_at": change.next_try,
			"answer_id": cstr((result or {}).get("id")) or attempt.answer_id,
			"error_kind": answers.kind(error),
			"error": answers.text(error),
			"explanation": attempt_failures.explain(meaning, change),
			"settled_at": now_datetime() if change.status in rules.FINAL else None,
		},
		notify=True,
	)
	if change.status is Status.DONE:
		if operation.on_done:
			operation.on_done(attempt, result or {})
	elif change.status is Status.REFUSED and operation.on_refused:
		operation.on_refused(attempt, error)
	attempt_failures.follow(attempt, change)
	return attempt


def _again(attempt_name: str | int) -> str:
	"""A given-up call that is surely absent at the provider's: closed, and written down under a new key."""
	from dealer_pos_crm.dealer_cashier.gateway import failures

	old = frappe.get_doc(DOCTYPE, attempt_name, for_update=True)
	if old.status != Status.GIVEN_UP.value:
		return old.name
	old.db_set(
		{
			"status": Status.REFUSED.value,
			"settled_at": now_datetime(),
			"explanation": _("Surely not carried out; made again under a new key"),
		}
	)
	failures.settled((DOCTYPE, str(old.name)))
	new = frappe.copy_doc(old)
	new.update(
		{
			"status": Status.SENDING.value,
			"idempotency_key": rules.key_after(old.idempotency_key),
			"tries": 0,
			"requested_by": frappe.session.user,
			**dict.fromkeys(
				(
					"first_sent_at",
					"last_sent_at",
					"error_kind",
					"error",
					"explanation",
					"settled_at",
					"answer_id",
				)
			),
			"next_try_at": now_datetime() + rules.LEASE,
		}
	)
	new.flags.of_the_house = True
	new.insert(ignore_permissions=True)
	return new.name
