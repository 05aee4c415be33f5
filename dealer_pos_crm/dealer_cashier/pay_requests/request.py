"""What people do with a pay request: make it, send it, send it again, take it back."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import add_to_date, cint, cstr, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier import log
from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.dealer_cashier.pay_requests import link, sending, sessions, standing
from dealer_pos_crm.dealer_cashier.pay_requests.making import DOCTYPE, check_room, draft
from dealer_pos_crm.dealer_setup.acting import action, need_key, once
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain import pay_request as rules
from dealer_pos_crm.domain.money import Money, positive
from dealer_pos_crm.domain.pay_request import Action, Basis, Status
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

PAID_OTHERWISE = "Paid another way"
_CHANGEABLE = ("channel", "email", "phone", "message")


def locked(name: str):
	"""The request with its row locked."""
	# Before anything else is read: who had to wait reads what the other one committed.
	frappe.db.get_value(DOCTYPE, name, "name", for_update=True)
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def keep(request) -> None:
	"""Write what an action made of a request; each action checks its own right."""
	request.flags.of_the_house = True
	request.save(ignore_permissions=True)


def address(name: str) -> str:
	"""Where the customer pays. Raises ``Refused`` while or when there is nothing to pay there."""
	doc = frappe.get_doc(DOCTYPE, name)
	rules.check_action(Action.LINK, Status(doc.status), doc.name)
	return link.address_of(doc)


@once
def create(values: dict, client_key: str, *, send: bool = True) -> dict:
	"""Make a request and send it. The same ``client_key`` again changes nothing.

	``values``: for_doctype and for_name, or customer and company; amount (major units; empty: the open
	balance), what, allow_partial, min_part, expires_at, channel, email, phone, message.
	Raises ``Refused`` and errors of Frappe.
	"""
	need_key(client_key)
	found = frappe.db.get_value(DOCTYPE, {"client_key": client_key}, "name")
	if found:
		return {**result(frappe.get_doc(DOCTYPE, found)), "repeated": True}
	with explained():
		request = draft(values)
		request.client_key = client_key
		check_room(request)
		request.flags.of_the_house = True
		request.insert()
		if send:
			_send(request)
	return result(request)


def _send(request) -> None:
	"""A draft becomes a link that can be paid, and the message goes out with it."""
	rules.check_action(Action.SEND, Status(request.status), request.name)
	rules.check_expiry(get_datetime(request.expires_at), now_datetime())
	if not request.customer:
		raise Refused("no_customer", marked("Who is to pay? Choose the customer"))
	positive(rounded(request.amount, request.currency))
	request.token_nonce = link.new_nonce()
	_out(request)


def _out(request) -> None:
	sending.check(request)
	request.sent_on = now_datetime().replace(microsecond=0)
	request.sent_count = cint(request.sent_count) + 1
	request.failure = None
	request.automatic_at = None
	if request.status in (Status.DRAFT.value, Status.EXPIRED.value):
		request.status = Status.SENT.value
	keep(request)
	step(
		request,
		"pay_request.sent",
		title=_("Asked to pay {0} for {1}").format(
			shown(rounded(request.amount, request.currency)), request.what
		),
		facts={"how": request.channel, "expires_at": get_datetime(request.expires_at).isoformat()},
	)
	sending.send(request)


@action
def send(name: str) -> dict:
	"""Send a draft. One that was sent already stays as it is."""
	request = locked(name)
	if Status(request.status) in rules.LIVE and cint(request.sent_count) == 1:
		return {**result(request), "repeated": True}
	with explained():
		if request.for_doctype:
			due = standing.due_of(request)
			if not due.payable or not due.now:
				raise Refused("not_payable", marked("{0}"), due.why_not or _("Nothing is left to pay"))
			if request.amount_basis == Basis.OPEN_BALANCE.value:
				request.amount = to_float(due.now)
		_send(request)
	return result(request)


@action
def resend(name: str, values: dict | None = None) -> dict:
	"""Send a request again: as it is, another way or to another address, with a later end.

	``values``: channel, email, phone, message, expires_at, new_link. A new link makes the old one worthless;
	another address gets one always, for the first may have been a stranger's.
	"""
	values = values or {}
	request = locked(name)
	with explained():
		rules.check_action(Action.RESEND, Status(request.status), request.name)
		due = standing.due_of(request)
		if not due.payable or not due.now:
			raise Refused("not_payable", marked("{0}"), due.why_not or _("Nothing is left to pay"))
		before = (request.email, request.phone)
		request.update({field: values[field] for field in _CHANGEABLE if field in values})
		if values.get("expires_at"):
			request.expires_at = get_datetime(values["expires_at"])
		elif standing.is_expired(request):
			account = frappe.get_cached_doc("Gateway Account", request.gateway_account)
			request.expires_at = add_to_date(
				now_datetime().replace(second=0, microsecond=0), days=cint(account.request_valid_days) or 7
			)
		rules.check_expiry(get_datetime(request.expires_at), now_datetime())
		if cint(values.get("new_link")) or (request.email, request.phone) != before:
			request.token_nonce = link.new_nonce()
		if request.amount_basis == Basis.OPEN_BALANCE.value:
			request.amount = to_float(due.now + due.paid)
		if request.status == Status.EXPIRED.value:
			request.status = Status.SENT.value
		request.status = rules.status_of(Basis(request.amount_basis), standing.of(request, due)).value
		_out(request)
	return result(request)


@action
def cancel(name: str, reason: str | None = None) -> dict:
	"""Take a request back. The link ends at once, and so do the provider's pages that it opened; money that
	comes all the same is booked and told."""
	request = locked(name)
	if request.status == Status.CANCELLED.value:
		return {**result(request), "repeated": True}
	with explained():
		rules.check_action(Action.CANCEL, Status(request.status), request.name)
		text = cstr(reason).strip()
		if len(text) < 3:
			raise Refused("no_reason", marked("Say in a few words why the request is taken back"))
		end(request, Status.CANCELLED, reason=text, by=frappe.session.user)
	return result(request)


def end(request, status: Status, *, reason: str, by: str | None = None) -> None:
	"""Close a request whose row the caller has locked: cancelled, paid another way, or run out."""
	draft = request.status == Status.DRAFT.value
	request.status = status.value
	request.automatic_at = None
	request.cancelled_on = now_datetime().replace(microsecond=0)
	request.cancel_reason = reason
	request.cancelled_by = by
	keep(request)
	sessions.close_all(request)
	if draft:
		return  # nobody was asked
	expired = status is Status.EXPIRED
	step(
		request,
		"pay_request.expired" if expired else "pay_request.cancelled",
		title=_("The request to pay {0} ran out").format(request.what)
		if expired
		else _("The request to pay {0} was taken back").format(request.what),
		reason=None if expired else reason,
	)


def step(request, kind: str, *, title: str, amount: Money | None = None, facts=None, **more: Any) -> str:
	"""Write a step of a request down. Returns its event's key."""
	reference = (request.for_doctype, request.for_name) if request.for_doctype else (DOCTYPE, request.name)
	return log.write(
		kind,
		title=title,
		customer=request.customer,
		company=request.company,
		reference=reference,
		pay_request=request.name,
		deposit=request.deposit,
		deal=request.deal,
		repair_order=request.repair_order,
		vehicle=request.vehicle,
		department=request.department,
		amount=amount or rounded(request.amount, request.currency),
		actor=request.requested_by,
		facts={"what": request.what, "mode": "Test" if request.test_mode else "", **(facts or {})},
		**more,
	)


def result(request) -> dict:
	"""What a screen is told of a request after an action."""
	live = Status(request.status) in rules.LIVE
	return {
		"name": request.name,
		"status": request.status,
		"amount": request.amount,
		"currency": request.currency,
		"channel": request.channel,
		"email": request.email,
		"phone": request.phone,
		"expires_at": cstr(request.expires_at),
		"address": link.address_of(request) if live else None,
		"failure": request.failure,
		"repeated": False,
	}
