"""The inbox of the card provider's messages: kept first, worked on afterwards, once, however often they come.

A message is a hint. What counts is the object it is about, read anew; so late, doubled and reordered
messages all lead to the same end.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import add_to_date, cint, cstr, now_datetime, strip_html

from dealer_pos_crm.dealer_cashier.gateway import accounts, failures, handlers
from dealer_pos_crm.dealer_cashier.gateway.reducing import reduced
from dealer_pos_crm.dealer_cashier.gateway.times import site_time
from dealer_pos_crm.dealer_setup import inbox as shared
from dealer_pos_crm.dealer_setup.acting import action, on_behalf_of
from dealer_pos_crm.domain.gateway import EventFact
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.gateways.errors import GatewayError, Rejected, WrongKey
from dealer_pos_crm.gateways.stripe.sdk import WrongLibrary
from dealer_pos_crm.gateways.stripe.webhooks import EVENTS

DOCTYPE = "Gateway Event"
RECEIVED, DONE, IGNORED, FAILED, GIVEN_UP = "Received", "Done", "Ignored", "Failed", "Given Up"
OPEN = (RECEIVED, FAILED)
WEBHOOK, CATCH_UP, SWEEP = "Webhook", "Catch-up", "Sweep"

# Between one try and the next. After the last the message is given up, and can be tried again by a person.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
# A try that is under way is left alone for so long, then taken for dead.
LEASE = timedelta(minutes=5)
# From this try on somebody is told.
_TOLD_FROM = 3
_HANDLERS = "dealer_pos_crm.dealer_cashier.gateway.handlers"
_BY_PREFIX = {
	"payment_intent.": "payment",
	"checkout.session.": "session",
	"charge.dispute.": "dispute",
	"charge.": "charge",
	"refund.": "refund",
	"payout.": "payout",
	"terminal.reader.": "reader",
}


def _handler_of(kind: str) -> str:
	prefix = next(prefix for prefix in _BY_PREFIX if kind.startswith(prefix))
	return f"{_HANDLERS}.{_BY_PREFIX[prefix]}"


# Type of event -> who reads its object and says what is to be done.
HANDLERS: dict[str, str] = {kind: _handler_of(kind) for kind in EVENTS}


# At the door


def accept(account, event: EventFact, *, source: str) -> tuple[int, bool]:
	"""Keep a message of this account, in the caller's transaction. Its row, and whether it is new.

	Never refuses: what is not to be acted on is kept, and its row says why.
	"""
	key = f"{account.name}:{event.event}"
	known = frappe.db.get_value(DOCTYPE, {"event_key": key}, "name")
	if known:
		return known, False
	why_not = accounts.why_not_for(account, event)
	if not why_not and event.type not in HANDLERS:
		why_not = _("Nothing here listens to this kind of message")
	now = now_datetime()
	row = frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"event_type": event.type[:140],
			"status": IGNORED if why_not else RECEIVED,
			"reason": why_not or None,
			"gateway_account": account.name,
			"company": account.company,
			"event_id": event.event[:140],
			"event_key": key[:255],
			"object_id": event.object_id[:140],
			"object_type": event.object_type[:140],
			"source": source,
			"test_mode": int(not event.live),
			"created_at": site_time(event.created_at),
			"received_at": now,
			"processed_at": now if why_not else None,
			# When the job that is about to be asked for never comes.
			"next_try_at": None if why_not else now + timedelta(minutes=1),
			"api_version": event.api_version[:140],
			"payload": reduced(event.body),
		}
	)
	row.flags.of_the_house = True
	messages = len(frappe.local.message_log)
	frappe.db.savepoint("gateway_event")
	try:
		row.insert(ignore_permissions=True, ignore_links=True)
	except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
		frappe.db.rollback(save_point="gateway_event")
		del frappe.local.message_log[messages:]
		# For update, as this transaction's own picture may be older than the other one's row.
		return frappe.db.get_value(DOCTYPE, {"event_key": key}, "name", for_update=True), False
	return row.name, True


def later(names: Iterable[int]) -> None:
	"""Work on these rows in the background once the caller's transaction has ended well."""
	shared.later(names, f"{__name__}.work", "gateway_event", "name")


# Working on a row


def work(name: int | str, *, by_hand: bool = False) -> str:
	"""Read what a row is about and keep what it says, as a job of its own. Returns the row's status.

	``by_hand``: a person wants it now, also when it was given up.
	"""
	name = cint(name)
	frappe.db.rollback()
	if not _claim(name, by_hand):
		return cstr(frappe.db.get_value(DOCTYPE, name, "status"))
	row = frappe.db.get_value(DOCTYPE, name, "*", as_dict=True)
	account = frappe.get_cached_doc(accounts.DOCTYPE, row.gateway_account)
	with on_behalf_of(failures.person(account.name)):
		status = _worked(row, account)
	frappe.db.commit()  # nosemgrep - each message is a piece of work of its own
	return status


def _claim(name: int, by_hand: bool) -> bool:
	"""Take a row in hand: counted before it is tried, so that a try that kills its worker was one."""
	row = frappe.db.get_value(
		DOCTYPE, name, ["status", "attempts", "next_try_at"], as_dict=True, for_update=True
	)
	now = now_datetime()
	takes = (*OPEN, GIVEN_UP) if by_hand else OPEN
	mine = bool(row) and row.status in takes and (by_hand or not row.attempts or row.next_try_at <= now)
	if mine:
		frappe.db.set_value(
			DOCTYPE,
			name,
			{"attempts": cint(row.attempts) + 1, "next_try_at": now + LEASE},
			update_modified=False,
		)
	frappe.db.commit()  # nosemgrep - a try that kills its worker must have been counted
	return mine


def _worked(row, account) -> str:
	try:
		handler = frappe.get_attr(HANDLERS[row.event_type])
		todo = handler(account, event_of(row))
	except GatewayError as error:
		return _failed(row, account, _of_the_gateway(error), final=_is_final(error))
	except Exception as error:
		return _failed(row, account, _of_the_program(row, error))
	frappe.db.rollback()  # what was read before the call is old by now
	try:
		return _kept(row, todo)
	except (Refused, frappe.ValidationError) as error:
		return _failed(row, account, _of_the_house(error))
	except Exception as error:
		return _failed(row, account, _of_the_program(row, error))


@action
def _kept(row, todo: handlers.Work) -> str:
	"""What the object says goes into the books, and the row says so, or neither."""
	outcome = todo()
	doctype, about = outcome.reference or (None, None)
	status = frappe.db.get_value(DOCTYPE, row.name, "status", for_update=True)
	if status in (*OPEN, GIVEN_UP):
		frappe.db.set_value(
			DOCTYPE,
			row.name,
			{
				"status": outcome.status,
				"reason": outcome.reason or None,
				"reference_doctype": doctype,
				"reference_name": about,
				"processed_at": now_datetime(),
				"next_try_at": None,
			},
		)
		if cint(row.attempts) >= _TOLD_FROM:
			failures.settled((DOCTYPE, row.name))
		shared.changed(DOCTYPE, row.name)
	return outcome.status


def _failed(row, account, reason: str, *, final: bool = False) -> str:
	"""It did not work: when it is tried again, and who has to know."""
	frappe.db.rollback()
	frappe.clear_messages()
	tries = cint(row.attempts)
	status = GIVEN_UP if final or tries > len(WAITS) else FAILED
	standing = frappe.db.get_value(DOCTYPE, row.name, "status", for_update=True)
	if standing not in (*OPEN, GIVEN_UP):
		return cstr(standing)
	frappe.db.set_value(
		DOCTYPE,
		row.name,
		{
			"status": status,
			"reason": reason[:500],
			"next_try_at": None if status == GIVEN_UP else now_datetime() + WAITS[tries - 1],
		},
	)
	if status == GIVEN_UP or tries >= _TOLD_FROM:
		failures.tell(
			account,
			title=_("A message of the card provider could not be worked on: {0}").format(row.event_type),
			text=_("{0} Open it to see what it is about, and try it again.").format(reason),
			reference=(DOCTYPE, row.name),
		)
	shared.changed(DOCTYPE, row.name)
	return status


def _is_final(error: GatewayError) -> bool:
	"""Whether asking again gives the same answer: what was asked for is not there."""
	return isinstance(error, Rejected) and not isinstance(error, WrongKey)


def _of_the_gateway(error: GatewayError) -> str:
	if isinstance(error, WrongLibrary):
		return _("The provider's library cannot be used: {0}").format(error.message)
	if isinstance(error, WrongKey):
		return _("The provider does not accept the key of the account: {0}").format(error.message)
	if isinstance(error, Rejected):
		return _("The provider does not have what the message is about: {0}").format(error.message)
	return _("The provider could not be asked: {0}").format(cstr(error))


def _of_the_house(error: Exception) -> str:
	if isinstance(error, Refused):
		return _(error.template).format(*error.values)
	return strip_html(cstr(error)) or type(error).__name__


def _of_the_program(row, error: Exception) -> str:
	frappe.db.rollback()
	log = frappe.log_error(
		title=f"Gateway Event {row.name} failed", reference_doctype=DOCTYPE, reference_name=row.name
	)
	frappe.db.commit()  # nosemgrep - the trace of a fault outlives what is undone for it
	return _("An error of the program, not of the message: {0}. See Error Log {1}").format(
		type(error).__name__, log.name if log else ""
	)


def event_of(row) -> EventFact:
	"""The message as it was kept."""
	try:
		body = json.loads(row.payload or "{}")
	except ValueError:
		body = {}
	return EventFact(
		event=row.event_id,
		type=row.event_type,
		live=not row.test_mode,
		object_id=cstr(row.object_id),
		object_type=cstr(row.object_type),
		created_at=row.created_at or datetime(1970, 1, 1),
		api_version=cstr(row.api_version),
		body=body if isinstance(body, dict) else {},
	)


def sweep() -> None:
	"""What is due: its job never came or died, or it failed and may be tried again. Every minute."""
	for name in shared.one_by_one(
		DOCTYPE, lambda: {"status": ("in", OPEN), "next_try_at": ("<=", now_datetime())}
	):
		try:
			work(name)
		except Exception:
			frappe.db.rollback()
			frappe.log_error(
				title=f"Gateway Event {name} failed", reference_doctype=DOCTYPE, reference_name=name
			)
			frappe.db.commit()  # nosemgrep - one that fails holds no other up


def waiting(account: str) -> dict[str, int]:
	"""How many of an account's messages wait, failed or were given up, and how many came since yesterday."""
	rows = frappe.get_all(
		DOCTYPE,
		{"gateway_account": account, "status": ("in", (RECEIVED, FAILED, GIVEN_UP))},
		["status", "count(name) as number"],
		group_by="status",
		order_by="status",
	)
	return {
		**{row.status: row.number for row in rows},
		"day": frappe.db.count(
			DOCTYPE,
			{"gateway_account": account, "received_at": (">", add_to_date(now_datetime(), days=-1))},
		),
	}
