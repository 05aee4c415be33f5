"""Pay requests, from the screens. Amounts are in major units of the company's currency."""

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier.pay_requests import automatic, making, overview, qr, request, sending
from dealer_pos_crm.dealer_crm.messages import consent
from dealer_pos_crm.dealer_setup.refusals import explained

DOCTYPE = "Pay Request"


def _may(name: str, right: str) -> None:
	frappe.has_permission(DOCTYPE, right, name, throw=True)


def _may_ask_for(for_doctype: str | None, for_name: str | None, customer: str | None) -> None:
	"""Whoever asks for money may make requests, and sees what it is for."""
	frappe.has_permission(DOCTYPE, "create", throw=True)
	if for_doctype:
		if for_doctype not in making.DOCTYPES:
			frappe.throw(_("{0} cannot be paid by a link").format(for_doctype))
		frappe.has_permission(for_doctype, "read", for_name, throw=True)
	if customer:
		frappe.has_permission("Customer", "read", customer, throw=True)


@frappe.whitelist()
def defaults(
	for_doctype: str | None = None,
	for_name: str | None = None,
	customer: str | None = None,
	company: str | None = None,
) -> dict:
	"""What a new request for a document, or for a free amount, starts with; and how it can be sent."""
	_may_ask_for(for_doctype, for_name, customer)
	with explained():
		return making.defaults(for_doctype, for_name, customer, company)


@frappe.whitelist(methods=["POST"])
def create(values: str | dict, client_key: str) -> dict:
	"""Make a request and send it. ``values``: see ``pay_requests.request.create``."""
	given = dict(frappe.parse_json(values))
	_may_ask_for(given.get("for_doctype"), given.get("for_name"), given.get("customer"))
	for field in ("automatic", "automatic_at", "requested_by"):
		given.pop(field, None)
	return request.create(given, client_key)


@frappe.whitelist(methods=["POST"])
def preview(values: str | dict) -> dict:
	"""The message as the customer would read it; nothing is kept."""
	given = dict(frappe.parse_json(values))
	_may_ask_for(given.get("for_doctype"), given.get("for_name"), given.get("customer"))
	with explained():
		return sending.preview(making.draft(given))


@frappe.whitelist(methods=["POST"])
def send(pay_request: str) -> dict:
	"""Send a draft now."""
	_may(pay_request, "write")
	return request.send(pay_request)


@frappe.whitelist(methods=["POST"])
def resend(pay_request: str, values: str | dict | None = None) -> dict:
	"""Send it again. ``values``: channel, email, phone, message, expires_at, new_link."""
	_may(pay_request, "write")
	return request.resend(pay_request, dict(frappe.parse_json(values or "{}")))


@frappe.whitelist(methods=["POST"])
def cancel(pay_request: str, reason: str) -> dict:
	"""Take it back: the link ends at once."""
	_may(pay_request, "write")
	return request.cancel(pay_request, reason)


@frappe.whitelist()
def get_link(pay_request: str) -> dict:
	"""The address of the customer's page and its QR code as a picture; for handing it over by hand."""
	_may(pay_request, "write")
	with explained():
		address = request.address(pay_request)
	return {"address": address, "qr": qr.picture(address)}


@frappe.whitelist()
def get_overview(pay_request: str) -> dict:
	"""All that the form shows besides its fields."""
	_may(pay_request, "read")
	return overview.of(pay_request)


@frappe.whitelist()
def open_requests(for_doctype: str, for_name: str) -> list[dict]:
	"""The requests for a document whose links can be paid; and what is planned to be sent by itself."""
	frappe.has_permission(DOCTYPE, "read", throw=True)
	frappe.has_permission(for_doctype, "read", for_name, throw=True)
	return [*making.open_requests(for_doctype, for_name), *automatic.planned(for_doctype, for_name)]


@frappe.whitelist(methods=["POST"])
def note_consent(customer: str, company: str, given: bool | int, how: str) -> dict:
	"""Note what a customer said of text messages, and how."""
	frappe.has_permission("Customer", "write", customer, throw=True)
	frappe.has_permission(DOCTYPE, "create", throw=True)
	consent.say(customer, company, given=bool(int(given)), how=cstr(how))
	word = consent.standing(customer)
	return {"given": word.given, "at": cstr(word.at)}
