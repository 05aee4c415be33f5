"""A request to pay before it is sent: what follows from its document and its account, and what is not asked twice."""

import frappe
from frappe import _
from frappe.utils import add_to_date, cint, cstr, get_datetime, get_link_to_form, now_datetime

from dealer_pos_crm.dealer_cashier.card_payments import authorising, starting, subjects
from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, to_float, to_money
from dealer_pos_crm.dealer_cashier.pay_requests import sending, standing
from dealer_pos_crm.dealer_counter.receipts.mailing import address_of
from dealer_pos_crm.dealer_setup.settings import is_dealership
from dealer_pos_crm.domain import pay_request as rules
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.pay_request import Basis, Status
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPE = "Pay Request"
# The documents that can be paid from afar; a request without one asks for a free amount.
DOCTYPES = ("Deposit", "Deal Jacket", "Repair Order", "Sales Invoice")
ALIVE = tuple(sorted(status.value for status in rules.LIVE))


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


def check_room(request) -> None:
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
