"""The customer's page as the web server hands it out, at ``/dealer-pay/<token>``.

A renderer of its own: the site's frame with its menus and its boot data is not on this page, and would be most of
its time.
"""

import secrets
from functools import cache

import frappe
from frappe import _
from frappe.rate_limiter import rate_limit
from frappe.utils import cint, cstr
from frappe.website.page_renderers.base_renderer import BaseRenderer
from frappe.website.utils import build_response
from jinja2 import Environment, Template

from dealer_pos_crm.api.pay_page import told
from dealer_pos_crm.dealer_cashier.pay_requests import link, page
from dealer_pos_crm.domain.pay_request import Face

_TEMPLATE = ("templates", "pay_page.html")
# A link that is not good is no page; one whose time has passed is gone.
_CODES = {Face.EXPIRED: 410, Face.CANCELLED: 410}


def _an_hour() -> int:
	return cint(frappe.conf.get("dealer_pay_pages_per_hour")) or 240


class PayPage(BaseRenderer):
	"""Frappe asks it first for every path, so it looks at the path alone."""

	def can_render(self) -> bool:
		return self.path.startswith(f"{link.PAGE}/")

	def render(self):
		frappe.local.flags.dealer_pay_nonce = secrets.token_urlsafe(12)
		code, values = _values(self.path.partition("/")[2])
		html = _template().render(
			lang=frappe.local.lang or "en", nonce=frappe.local.flags.dealer_pay_nonce, **values
		)
		return build_response(link.PAGE, html, code)  # without the token in its headers


@cache
def _template() -> Template:
	"""Compiled once in a process; it is translated anew for every customer."""
	with open(frappe.get_app_path("dealer_pos_crm", *_TEMPLATE), encoding="utf-8") as file:
		environment = Environment(autoescape=True)
		environment.globals["_"] = frappe._
		return environment.from_string(file.read())


def _values(token: str) -> tuple[int, dict]:
	"""The answer's code, and what the page says."""
	nothing = {"face": "gone", "token": "", "told": ""}
	try:
		found = _shown(token)
	except frappe.RateLimitExceededError:
		frappe.clear_messages()
		return 429, {**nothing, "face": "busy"}
	if found is None:
		return 404, nothing
	asked = frappe.request.args
	code = cstr(asked.get("told"))
	payable = found.face is Face.PAYABLE
	return _CODES.get(found.face, 200), {
		**found.values,
		"face": found.face.value.lower(),
		"token": token,
		"address": f"/{link.PAGE}/{token}",
		"told": told(code) if payable else "",
		"before": page.amount_before(cstr(asked.get("before")), found) if code == "changed" else "",
		"back": cint(asked.get("back")),
		"left": cint(asked.get("left")),
		"title": _("Pay {0}").format(found.values["dealer"]),
		"csrf_token": "" if frappe.session.user == "Guest" else frappe.sessions.get_csrf_token(),
	}


@rate_limit(limit=_an_hour, seconds=60 * 60)
def _shown(token: str):
	return page.view(token)
