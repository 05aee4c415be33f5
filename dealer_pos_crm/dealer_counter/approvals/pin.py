"""A manager's PIN for approving at the counter: kept as a hash that nobody can read, tried five times at most.

A try counts for good, whatever becomes of the request that it came with.
"""

import frappe
from frappe import _
from frappe.utils import cint, get_datetime, now_datetime
from frappe.utils.password import check_password, passlibctx, update_password

from dealer_pos_crm.dealer_counter.approvals import password
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain.approval import Tries, check_pin

DOCTYPE = "Approver PIN"
FIELD = "pin"  # in Frappe's own table of hashes; the doctype has no such field


class NotYours(frappe.ValidationError):
	"""The password that confirms a new PIN is not the user's."""


def set_own(own_password: str, new: str) -> dict:
	"""Give oneself a PIN, or another one. Needs the password: an unlocked screen is not enough."""
	user = frappe.session.user
	with explained():
		check_pin(new)
	if not password.is_right(user, own_password, although_two_factor=True):
		frappe.throw(_("That is not your password"), NotYours, title=_("Not Set"))
	name = frappe.db.get_value(DOCTYPE, {"user": user}, "name", for_update=True)
	row = frappe.get_doc(DOCTYPE, name) if name else frappe.new_doc(DOCTYPE, user=user)
	row.update({"enabled": 1, "set_on": now_datetime()})
	_count(row, Tries())
	_keep(row)
	update_password(row.name, new, doctype=DOCTYPE, fieldname=FIELD)
	return own()


def turn_off() -> dict:
	"""Approve at the counter no more, until a new PIN is set."""
	name = frappe.db.get_value(DOCTYPE, {"user": frappe.session.user}, "name", for_update=True)
	if name:
		row = frappe.get_doc(DOCTYPE, name)
		row.enabled = 0
		_keep(row)
	return own()


def own() -> dict:
	"""What the user may know of the own PIN."""
	row = frappe.db.get_value(
		DOCTYPE, {"user": frappe.session.user}, ["enabled", "set_on", "locked_until"], as_dict=True
	)
	return {
		"set": bool(row and row.enabled),
		"set_on": row.set_on if row else None,
		"locked_until": row.locked_until if row and _tries(row).locked(now_datetime()) else None,
	}


def is_right(user: str, typed: str) -> bool:
	"""Whether this is the user's PIN. Counts the try in a transaction of its own; refused while locked out.

	Somebody without a PIN takes as long to be turned away as somebody with another one.
	"""
	frappe.db.rollback()
	name = frappe.db.get_value(DOCTYPE, {"user": user}, "name", for_update=True)
	row = frappe.get_doc(DOCTYPE, name) if name else None
	if row is None or not cint(row.enabled):
		passlibctx.dummy_verify()
		frappe.db.rollback()
		return False
	now, tries = now_datetime(), _tries(row)
	if tries.locked(now):
		frappe.db.rollback()
		_locked(tries)
	right = _matches(row.name, typed)
	tries = tries.after_right() if right else tries.after_wrong(now)
	_count(row, tries)
	if right:
		row.last_used_on = now
	_keep(row)
	frappe.db.commit()  # nosemgrep - a try counts whatever becomes of the request; no lock is held after it
	if tries.locked(now):
		_locked(tries)
	return right


def _matches(name: str, typed: str) -> bool:
	try:
		check_password(name, typed, doctype=DOCTYPE, fieldname=FIELD, delete_tracker_cache=False)
	except frappe.AuthenticationError:
		return False
	return True


def _tries(row) -> Tries:
	return Tries(cint(row.get("failures")), get_datetime(row.locked_until) if row.locked_until else None)


def _count(row, tries: Tries) -> None:
	row.update({"failures": tries.wrong, "locked_until": tries.locked_until})


def _locked(tries: Tries) -> None:
	frappe.throw(
		_(
			"Too many wrong tries. This PIN is looked at again at {0}; until then decide at a screen of your own"
		).format(frappe.utils.format_time(tries.locked_until)),
		password.LockedOut,
		title=_("Locked"),
	)


def _keep(row) -> None:
	"""Write the row; nobody does so by hand."""
	row.flags.of_the_counter = True
	row.save(ignore_permissions=True)
