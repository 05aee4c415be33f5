"""The customer's pay page; see ``dealer_cashier.pay_requests.page``."""

import secrets

import frappe
from frappe import _
from frappe.rate_limiter import rate_limit
from frappe.utils import cint, cstr

from dealer_pos_crm.api.pay_page import told
from dealer_pos_crm.dealer_cashier.pay_requests import link, page
from dealer_pos_crm.domain.pay_request import Face

no_cache = 1
sitemap = 0

# A link that is not good is no page; one whose time has passed is gone.
_CODES = {Face.EXPIRED: 410, Face.CANCELLED: 410}


def _an_hour() -> int:
	return cint(frappe.conf.get("dealer_pay_pages_per_hour")) or 240


@rate_limit(limit=_an_hour, seconds=60 * 60)
def _shown(token: str):
	return page.view(token)


def get_context(context) -> None:
	frappe.local.flags.dealer_pay_nonce = secrets.token_urlsafe(12)
	token = cstr(frappe.form_dict.get("token"))
	context.update({"nonce": frappe.local.flags.dealer_pay_nonce, "face": "gone", "token": "", "told": ""})
	try:
		found = _shown(token)
	except frappe.RateLimitExceededError:
		frappe.clear_messages()
		context.update({"face": "busy", "http_status_code": 429})
		return
	if found is None:
		context.http_status_code = 404
		return
	context.update(found.values)
	code = cstr(frappe.form_dict.get("told"))
	context.update(
		{
			"face": found.face.value.lower(),
			"token": token,
			"address": f"/{link.PAGE}/{token}",
			"told": told(code) if found.face is Face.PAYABLE else "",
			"before": page.amount_before(cstr(frappe.form_dict.get("before")), found)
			if code == "changed"
			else "",
			"back": cint(frappe.form_dict.get("back")),
			"left": cint(frappe.form_dict.get("left")),
			"title": _("Pay {0}").format(found.values["dealer"]),
			"csrf_token": "" if frappe.session.user == "Guest" else frappe.sessions.get_csrf_token(),
			"http_status_code": _CODES.get(found.face, 200),
		}
	)
