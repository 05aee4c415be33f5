"""The customer's pay page. A guest has nothing but a signed link; it works for one request and for a while."""

import frappe
from frappe import _
from frappe.rate_limiter import rate_limit
from frappe.utils import cint

from dealer_pos_crm.dealer_cashier.pay_requests import link, page


def _starts() -> int:
	return cint(frappe.conf.get("dealer_pay_starts_per_hour")) or 60


def _looks() -> int:
	return cint(frappe.conf.get("dealer_pay_looks_per_hour")) or 1200


@frappe.whitelist(methods=["POST"], allow_guest=True)
@rate_limit(limit=_starts, seconds=60 * 60)
def start(
	token: str,
	seen: str = "",
	amount: str = "",
	accepted: str = "",
	version: str = "",
	plain: str = "",
) -> dict | None:
	"""Go to the provider's page, for the amount that the books say now. ``seen``: what the page said.

	``plain``: the browser runs no script; it is sent on instead of being told.
	"""
	answer = page.start(token, seen=seen, typed=amount, version=version, agreed=bool(accepted))
	answer["message"] = _words(answer)
	if plain:
		frappe.local.response["type"] = "redirect"
		frappe.local.response["location"] = (
			answer["url"] if answer["state"] == "go" else f"/{link.PAGE}/{token}?told={_code(answer)}"
		)
		return None
	return answer


@frappe.whitelist(methods=["POST"], allow_guest=True)
@rate_limit(limit=_looks, seconds=60 * 60)
def opened(token: str) -> None:
	"""The page was looked at by a browser that runs its script; a mail scanner does not."""
	if frappe.session.user == "Guest":
		page.opened(token)


@frappe.whitelist(methods=["POST"], allow_guest=True)
@rate_limit(limit=_looks, seconds=60 * 60)
def state(token: str) -> dict:
	"""How it stands, after a look at the provider's."""
	return page.state(token)


def _code(answer: dict) -> str:
	return answer.get("code") or answer["state"]


def _words(answer: dict) -> str:
	"""What the page says of an answer that leads nowhere."""
	return answer.get("message") or told(_code(answer))


def told(code: str) -> str:
	"""The sentence behind a code in an address; empty for any other text."""
	sentences = {
		"changed": _("The amount has changed while this page was open. Look at the new amount, then pay"),
		"down": _(
			"The card page cannot be reached at the moment. Nothing was taken. Try again in a few minutes, or call us"
		),
		"terms": _("Please accept the terms first"),
		"terms_changed": _("The terms have changed meanwhile. Please read them again"),
		"not_positive": _("Enter an amount of more than zero"),
		"more_than_due": _("The amount is more than is to be paid"),
		"no_parts": _("This can only be paid in full"),
		"part_too_small": _("The amount is less than the smallest part"),
		"not_an_amount": _("The amount is not clear. Write it like 1234.50"),
		"processing": _("A payment is under way already. Wait for it; nothing needs to be paid again"),
	}
	return sentences.get(code, "")
