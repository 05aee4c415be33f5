"""Keys of what was sent from a counter and moves money.

A request whose answer was lost may still be under way. Whoever begins anew takes it back first: its key is
written down as taken back, and the request, when it comes to write, finds that and books nothing. The unique index
decides which of the two was first.
"""

import frappe
from frappe import _
from frappe.utils import add_days, now, nowdate

from dealer_pos_crm.dealer_setup.acting import action, need_key

DOCTYPE = "Counter Request"
_KEPT_DAYS = 30


class TakenBack(frappe.ValidationError):
	"""The request was taken back before it was carried out."""


def claim(client_key: str) -> None:
	"""By an action, under its locks and before it writes: this request is carried out now. Raises ``TakenBack``."""
	if _written_first(client_key, withdrawn=0):
		return
	frappe.throw(
		_("This request was taken back before it was carried out. Nothing was booked; begin anew"),
		TakenBack,
		title=_("Taken Back"),
	)


@action
def take_back(client_key: str) -> bool:
	"""Whether the request is taken back for good. If not, it was carried out already; ask what became of it."""
	need_key(client_key)
	return _written_first(client_key, withdrawn=1)


def _written_first(client_key: str, *, withdrawn: int) -> bool:
	"""Write the key down, if nobody has; whether it stands as asked for. Waits for whoever is just writing it."""
	frappe.db.sql(
		"""insert ignore into `tabCounter Request`
			(name, creation, modified, owner, modified_by, client_key, user, withdrawn)
		values (nextval(`counter_request_id_seq`), %(now)s, %(now)s, %(user)s, %(user)s, %(key)s, %(user)s,
			%(withdrawn)s)""",
		{"now": now(), "user": frappe.session.user, "key": client_key, "withdrawn": withdrawn},
	)
	standing = frappe.db.sql(
		"select withdrawn from `tabCounter Request` where client_key = %s lock in share mode", client_key
	)
	return bool(standing) and int(standing[0][0]) == withdrawn


def forget_old() -> None:
	"""Nightly: a key that nobody has used for a month is used by nobody any more."""
	frappe.db.delete(DOCTYPE, {"creation": ("<", add_days(nowdate(), -_KEPT_DAYS))})
