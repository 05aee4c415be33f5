"""A manager's password at somebody else's screen: tried as Frappe's own login tries it, and counted with it."""

import frappe
from frappe import _
from frappe.auth import get_login_attempt_tracker, validate_ip_address
from frappe.core.doctype.activity_log.activity_log import add_authentication_log
from frappe.twofactor import two_factor_is_enabled
from frappe.utils import cint
from frappe.utils.password import check_password, passlibctx

LONGEST = 512  # Frappe's own: a longer one would be work for nothing


class LockedOut(frappe.ValidationError):
	"""Too many wrong tries; nothing is looked at for a while."""


class NotEnough(frappe.ValidationError):
	"""A password alone does not say who somebody is here."""


def taken(user: str | None = None) -> bool:
	"""Whether a password alone says who somebody is on this site."""
	if cint(frappe.get_system_settings("disable_user_pass_login")):
		return False
	return not two_factor_is_enabled(user)


def is_right(user: str, typed: str, *, although_two_factor: bool = False) -> bool:
	"""Whether this is the user's password. Wrong ones count towards Frappe's own lock-out, as at its login.

	``although_two_factor``: the user is logged in already and only confirms it.
	"""
	if not although_two_factor and not taken(user):
		frappe.throw(
			_("Here a password alone is not enough to log in, so it is not to approve. Use your PIN"),
			NotEnough,
			title=_("PIN Needed"),
		)
	_check_place(user)
	tracker = get_login_attempt_tracker(user, raise_locked_exception=False)
	if not tracker.is_user_allowed():
		frappe.throw(
			_("Too many wrong tries. Try again in a few minutes, or decide at a screen of your own"),
			LockedOut,
			title=_("Locked"),
		)
	try:
		if len(typed) > LONGEST:
			raise frappe.AuthenticationError
		check_password(user, typed, delete_tracker_cache=False)
	except frappe.AuthenticationError:
		tracker.add_failure_attempt()
		_write_down(user)
		return False
	tracker.add_success_attempt()
	return True


def _check_place(user: str) -> None:
	"""Who may log in from some addresses only may approve from these only."""
	if not getattr(frappe.local, "request", None):
		return
	try:
		validate_ip_address(user)
	except frappe.AuthenticationError:  # at this the browser would log the cashier out
		frappe.throw(_("This login is not allowed from here"), NotEnough, title=_("Not From Here"))


def look_busy() -> None:
	"""Take as long as a real try."""
	passlibctx.dummy_verify()


def _write_down(user: str) -> None:
	"""Into Frappe's own log of logins; it stays although the request is refused."""
	frappe.db.rollback()
	add_authentication_log(_("Wrong password at somebody else's screen"), user, status="Failed")
	frappe.db.commit()  # nosemgrep - who tried is known whatever becomes of the request
