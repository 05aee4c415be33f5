"""Answers of the web server: a customer's pay page is kept by nobody, framed by nobody, found by nobody."""

import frappe

_PAGE = "/dealer-pay"
_METHODS = "/api/method/dealer_pos_crm.api.pay_page."


def after_request(response=None, request=None) -> None:
	path = request.path if request else ""
	if not path.startswith((_PAGE, _METHODS)):
		return
	response.headers["Cache-Control"] = "no-store"
	response.headers["Referrer-Policy"] = "no-referrer"
	response.headers["X-Robots-Tag"] = "noindex, nofollow"
	nonce = frappe.local.flags.dealer_pay_nonce
	if nonce and path.startswith(_PAGE):
		response.headers["X-Frame-Options"] = "DENY"
		response.headers["Content-Security-Policy"] = (
			f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; img-src 'self' https: data:;"
			" connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
		)
