"""The terms that a payer agrees to: one text, its version, and the record that somebody accepted it."""

import frappe
from frappe.utils import cint, cstr, now_datetime

from dealer_pos_crm.dealer_cashier.money import to_float
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.pay_request import version_of
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPE = "Terms Acceptance"


def text_of(request) -> str:
	"""What the payer reads: the deposit's own terms first, then the house's."""
	own = frappe.db.get_value("Deposit", request.deposit, "terms") if request.deposit else ""
	return "\n\n".join(text for text in (cstr(own).strip(), cstr(request.terms).strip()) if text)


def needed(request, text: str) -> bool:
	return bool(cint(request.terms_required) and text)


def accepted(request, text: str) -> bool:
	"""Whether this very text was accepted already."""
	if not request.acceptance:
		return False
	return frappe.db.get_value(DOCTYPE, request.acceptance, "version") == version_of(text)


def accept(request, text: str, amount: Money, *, version: str, agreed: bool) -> None:
	"""Record the acceptance of the text that stood on the page; in the caller's transaction, with the request
	locked. Refused when nobody agreed, or to another text than the one that is valid now."""
	from dealer_pos_crm.dealer_cashier.pay_requests.request import step

	if not needed(request, text) or accepted(request, text):
		return
	if not agreed:
		raise Refused("terms", marked("Please accept the terms first"))
	if version != version_of(text):
		raise Refused("terms_changed", marked("The terms have changed meanwhile. Please read them again"))
	row = frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"pay_request": request.name,
			"customer": request.customer,
			"company": request.company,
			"accepted_at": now_datetime().replace(microsecond=0),
			"version": version,
			"text": text,
			"address": cstr(frappe.local.request_ip)[:140],
			"device": cstr(frappe.get_request_header("User-Agent") if frappe.request else "")[:255],
			"amount": to_float(amount),
			"currency": amount.currency,
		}
	)
	row.flags.of_the_house = True
	row.insert(ignore_permissions=True)  # the payer is a guest
	request.acceptance = row.name
	request.accepted_on = row.accepted_at
	step(
		request,
		"terms.accepted",
		title=frappe._("Accepted the terms for {0}").format(request.what),
		amount=amount,
		facts={"version": version, "how": "Online"},
	)
