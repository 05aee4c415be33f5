"""What people do with a pay request: make it, send it, send it again, take it back."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import add_to_date, cint, cstr, get_datetime, get_link_to_form, now_datetime

from dealer_pos_crm.dealer_cashier import log
from dealer_pos_crm.dealer_cashier.card_payments import authorising, starting, subjects
from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown, to_float, to_money
from dealer_pos_crm.dealer_cashier.pay_requests import link, sending, sessions, standing
from dealer_pos_crm.dealer_cashier.receipts import address_of
from dealer_pos_crm.dealer_setup.acting import action, need_key, once
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import is_dealership
from dealer_pos_crm.domain import pay_request as rules
from dealer_pos_crm.domain.money import Money, positive
from dealer_pos_crm.domain.pay_request import Action, Basis, Status
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPE = "Pay Request"
# The documents that can be paid from afar; a request without one asks for a free amount.
DOCTYPES = ("Deposit", "Deal Jacket", "Repair Order", "Sales Invoice")
ALIVE = tuple(sorted(status.value for status in rules.LIVE))
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


def account_of(company: str) -> str:
	"""The company's gateway account; a live one before one that tests. Refused when there is none."""
	rows = frappe.get_all(
		"Gateway Account", {"company": company, "enabled": 1}, ["name", "mode"], order_by="mode, name"
	)
	live = [row.name for row in rows if row.mode == "Live"]
	if not rows:
		raise Refused(
			"no_gateway",
			marked("{0} has no enabled Gateway Account. An accountant sets one up; until then take the money "
			"another way"),
			company,
		)  # fmt: skip
	return live[0] if live else rows[0].name


def defaults(
	for_doctype: str | None, for_name: str | None, customer: str | None, company: str | None
) -> dict:
	"""What a new request starts with: what for, the amount from the books, the ways to reach the customer.

	Raises ``Refused`` when the document cannot be paid.
	"""
	request = draft(
		{"for_doctype": for_doctype, "for_name": for_name, "customer": customer, "company": company}
	)
	account = frappe.get_cached_doc("Gateway Account", request.gateway_account)
	ways = sending.ways(request)
	if not any(way["open"] for way in ways if way["channel"] == request.channel):
		request.channel = sending.LINK  # what always works
	return {
		**{
			field: request.get(field)
			for field in (
				"for_doctype", "for_name", "customer", "company", "what", "amount", "currency", "expires_at",
				"email", "phone", "allow_partial", "min_part", "terms", "terms_required", "channel",
			)
		},
		"customer_name": frappe.db.get_value("Customer", request.customer, "customer_name")
		if request.customer
		else None,
		"partial_possible": request.for_doctype != "Deposit",
		"test_mode": account.mode != "Live",
		"ways": ways,
		"open": open_requests(request.for_doctype, request.for_name) if request.for_name else [],
	}  # fmt: skip


def open_requests(for_doctype: str, for_name: str) -> list[dict]:
	"""The requests for a document whose links can be paid."""
	return frappe.get_all(
		DOCTYPE,
		{"for_doctype": for_doctype, "for_name": for_name, "status": ("in", ALIVE)},
		["name", "status", "amount", "paid_amount", "currency", "sent_on", "expires_at", "channel"],
		order_by="creation",
	)


def draft(values: dict):
	"""A request as it would be made; not kept."""
	doc = frappe.new_doc(DOCTYPE)
	doc.update({field: values.get(field) for field in _GIVEN if values.get(field) not in (None, "")})
	doc.channel = values.get("channel")
	_complete(doc, asked=values.get("amount"), partial=values.get("allow_partial"))
	return doc


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
		_check_room(request)
		request.flags.of_the_house = True
		request.insert()
		if send:
			_send(request)
	return result(request)


_GIVEN = (
	"for_doctype", "for_name", "customer", "company", "what", "allow_partial", "min_part", "expires_at",
	"channel", "email", "phone", "message", "hold_for", "needed_until", "automatic", "automatic_at", "requested_by",
)  # fmt: skip


def _complete(request, asked: object = None, partial: object = None) -> None:
	"""Fill in what follows from the document and the account."""
	if request.for_doctype and request.for_doctype not in DOCTYPES:
		raise Refused("not_payable", marked("{0} cannot be paid by a link"), request.for_doctype)
	if request.hold_for and request.for_doctype:
		raise Refused(
			"hold_document", marked("A hold is asked for by itself: leave {0} out"), request.for_name
		)
	if request.for_doctype and not request.for_name:
		raise Refused("no_document", marked("Choose the {0} that is to be paid"), _(request.for_doctype))
	owed = standing.owed_of(request)
	if owed:
		if request.company and request.company != owed.company:
			raise Refused("company", marked("{0} is of {1}"), request.for_name, owed.company)
		if not owed.payable:
			raise Refused("not_payable", marked("{0}"), owed.why_not)
		request.update(
			{
				"customer": owed.customer,
				"company": owed.company,
				"what": cstr(request.what).strip() or owed.what,
				"department": owed.department,
				"vehicle": owed.vehicle,
				"deal": owed.deal,
				"repair_order": owed.repair_order,
				"deposit": owed.deposit,
				"sales_invoice": request.for_name if request.for_doctype == "Sales Invoice" else None,
			}
		)
	if not request.company or not is_dealership(request.company):
		raise Refused("company", marked("Choose a company that is a dealership"))
	request.currency = company_currency(request.company)
	request.gateway_account = account_of(request.company)
	account = frappe.get_cached_doc("Gateway Account", request.gateway_account)
	request.test_mode = 0 if account.mode == "Live" else 1
	_amount(request, owed, asked)
	deposit = request.for_doctype == "Deposit"
	if owed and owed.whole_only:
		request.allow_partial = 0
	elif partial is None:
		request.allow_partial = cint(account.allow_partial)
	request.min_part = request.min_part or account.min_part
	request.department = request.department or "Accounting"
	request.expires_at = request.expires_at or add_to_date(
		now_datetime().replace(second=0, microsecond=0), days=cint(account.request_valid_days) or 7
	)
	request.terms_required = cint(account.terms_required) if cstr(account.terms).strip() or deposit else 0
	request.terms = account.terms
	request.requested_by = request.requested_by or frappe.session.user
	if request.customer:
		request.email = request.email or address_of(request.customer)
		request.phone = request.phone or frappe.db.get_value("Customer", request.customer, "mobile_no")
	request.channel = request.channel or ("E-mail" if request.email else "Link Only")
	_hold(request)


def _hold(request) -> None:
	"""A request for a hold asks for the whole amount, while it is needed, and is for no document yet."""
	if not request.hold_for:
		request.needed_until = None
		return
	free = subjects.free(request.customer, request.company, request.what)
	until = authorising.check_purpose(free, request.hold_for, request.needed_until, starting.ONLINE)
	request.needed_until, request.allow_partial = until, 0
	request.expires_at = min(get_datetime(request.expires_at), until)


def _amount(request, owed, asked: object) -> None:
	amount = to_money(asked, request.currency)
	if owed is None:
		request.amount_basis = Basis.FIXED.value
		request.amount = to_float(amount)
		return
	if not amount or amount == owed.amount:
		request.amount_basis = Basis.OPEN_BALANCE.value
		request.amount = to_float(owed.amount)
		return
	owed.check(amount)
	request.amount_basis = Basis.FIXED.value
	request.amount = to_float(amount)


def _check_room(request) -> None:
	"""Two links never ask for the same money: what open requests ask for already is not asked again."""
	if not request.for_doctype:
		return
	rows = _open_rows(request)
	if any(row.client_key == request.client_key for row in rows):
		raise frappe.DuplicateEntryError(DOCTYPE, request.client_key)  # the same click came first
	currency = request.currency
	asked = Money.zero(currency)
	for row in rows:
		asked += rounded(row.amount, currency) - rounded(row.paid_amount, currency)
	owed = standing.owed_of(request)
	if rows and not owed.any_amount and asked + rounded(request.amount, currency) > owed.amount:
		raise Refused(
			"asked_already",
			marked("{0} asks for this already ({1}). Send it again, or cancel it first"),
			get_link_to_form(DOCTYPE, rows[0].name),
			_(rows[0].status),
		)


def _open_rows(request) -> list:
	"""The other open requests for the document, locked: two people cannot ask at the same instant."""
	row = frappe.qb.DocType(DOCTYPE)
	return (
		frappe.qb.from_(row)
		.select(row.name, row.status, row.amount, row.paid_amount, row.client_key)
		.where((row.for_name == request.for_name) & (row.for_doctype == request.for_doctype))
		.where(row.status.isin([*ALIVE, Status.DRAFT.value]))
		.orderby(row.name)
		.for_update()
		.run(as_dict=True)
	)


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
