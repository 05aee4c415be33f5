"""A manager decides at the cashier's screen, and the PIN that it takes."""

import frappe
from frappe import _
from frappe.rate_limiter import rate_limit
from frappe.utils import cint

from dealer_pos_crm.dealer_counter.approvals import deciders, on_the_spot, pin
from dealer_pos_crm.dealer_setup.roles import APPROVING


def _tries() -> int:
	return cint(frappe.conf.get("dealer_approvals_per_hour")) or 120


def _may_show(doctype: str, name: str) -> None:
	"""Who may read what is asked for may put it before a manager; nobody else learns who the managers are."""
	deciders.of(doctype)
	frappe.has_permission(doctype, "read", throw=True)
	frappe.has_permission(doctype, "read", name, throw=True)


def _may_approve() -> None:
	if not set(frappe.get_roles()) & APPROVING:
		frappe.throw(_("Only managers approve at the counter"), frappe.PermissionError)


@frappe.whitelist()
def options(doctype: str, name: str) -> dict:
	"""What is asked, why and where it comes from; who may decide it here, and how they say who they are."""
	_may_show(doctype, name)
	return on_the_spot.options(doctype, name)


@frappe.whitelist(methods=["POST"])
@rate_limit(limit=_tries, seconds=60 * 60)
def decide(
	doctype: str,
	name: str,
	approver: str,
	secret: str,
	how: str,
	approve: bool | int,
	note: str | None = None,
) -> dict:
	"""Decide in the approver's name, who types ``secret`` (``how``: PIN or Password at the Counter)."""
	_may_show(doctype, name)
	return on_the_spot.decide(doctype, name, approver, secret, how, bool(cint(approve)), note)


@frappe.whitelist()
def own_pin() -> dict:
	"""Whether the user has a PIN, and since when."""
	_may_approve()
	return pin.own()


@frappe.whitelist(methods=["POST"])
@rate_limit(limit=_tries, seconds=60 * 60)
def set_pin(password: str, secret: str) -> dict:
	"""Give oneself a PIN. ``password``: one's own; ``secret``: the new PIN."""
	_may_approve()
	return pin.set_own(password, secret)


@frappe.whitelist(methods=["POST"])
def turn_off_pin() -> dict:
	"""Have no PIN any more."""
	_may_approve()
	return pin.turn_off()
