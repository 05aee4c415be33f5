"""Which shift money belongs to: the one that is open at the counter of whoever takes it or pays it out.

The read that finds the shift locks it in share mode until the transaction ends; a closing locks it for update.
So what is taken at the same instant is either inside the closing or refused.
"""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, get_link_to_form

from dealer_pos_crm.dealer_setup.deciding import counter_user
from dealer_pos_crm.dealer_setup.settings import is_dealership

DOCTYPE = "POS Opening Entry"
_FIELDS = (
	"s.name, s.user, s.pos_profile, s.company, s.status, s.docstatus, s.period_start_date, s.dealer_closing"
)
# Found without a lock, then locked by name and as it stands now: a lock on the index, which a closing changes,
# would make the two wait for each other.
_FOUND = f"""select {_FIELDS} from (
		select name from `tab{DOCTYPE}` where user = %s and status = 'Open' and docstatus = 1
		order by period_start_date desc, name desc limit 5
	) found join `tab{DOCTYPE}` s on s.name = found.name
	order by s.period_start_date desc, s.name desc lock in share mode"""


class ShiftClosing(frappe.ValidationError):
	"""The shift is being closed and takes neither sales nor payments."""


def is_counter(pos_profile: str | None, company: str | None) -> bool:
	"""Whether a POS Profile is a dealership's counter. Read from the cache."""
	return (
		bool(pos_profile)
		and is_dealership(company)
		and bool(cint(frappe.get_cached_value("POS Profile", pos_profile, "dealer_counter")))
	)


def shifts_of(user: str, company: str, pos_profile: str | None = None) -> list[Any]:
	"""The open shifts of a user at our counters, the newest first; locked in share mode. One statement."""
	return [
		row
		for row in frappe.db.sql(_FOUND, (user,), as_dict=True)
		if row.company == company
		and (not pos_profile or row.pos_profile == pos_profile)
		and is_counter(row.pos_profile, company)
	]


def current(user: str | None = None, company: str | None = None) -> str | None:
	"""The shift that a user has open in a company; None where there is none. An action that moves money at the
	counter asks this first: its locks come after this one. Raises ``ShiftClosing``."""
	user = user or counter_user()
	found = shifts_of(user, company) if company else []
	if not found:
		return None
	check_open(found[0])
	return found[0].name


def check_open(shift: Any) -> None:
	"""Refuse when the shift is being closed, and say by what. ``shift``: a row of ``shifts_of``."""
	if shift.status != "Open":
		frappe.throw(
			_("The shift of {0} at {1} was closed just now. Nothing was booked; open the next shift").format(
				frappe.bold(shift.user), frappe.bold(shift.pos_profile)
			),
			ShiftClosing,
			title=_("Shift Is Closed"),
		)
	if not shift.dealer_closing:
		return
	frappe.throw(
		_(
			"The shift of {0} at {1} is being closed ({2}) and takes no sale and no payment. Nothing was booked. Wait for the end of the closing and open the next shift"
		).format(frappe.bold(shift.user), frappe.bold(shift.pos_profile), link_to(shift.dealer_closing)),
		ShiftClosing,
		title=_("Shift Is Being Closed"),
	)


def link_to(closing: str) -> str:
	doctype = "Shift Count" if closing.startswith("SHC-") else "POS Closing Entry"
	return get_link_to_form(doctype, closing)


def stamp(payment: Any) -> None:
	"""When a Payment Entry of a customer is submitted: put it into the shift of whoever stands at the counter.

	Money of a card belongs to the shift it was begun in; money from afar, what goes back to a card, and what
	the bank takes back for a returned check, to none.
	"""
	if payment.get("dealer_card_refund") or payment.flags.dealer_returned_check:
		payment.dealer_shift = None
	elif payment.get("dealer_card_payment"):
		payment.dealer_shift = _of_card(payment)
	else:
		payment.dealer_shift = current(counter_user(), payment.company)
		if payment.dealer_shift and not payment.mode_of_payment:
			frappe.throw(_("Choose the mode of payment: the shift is counted by it"), title=_("No Mode"))


def _of_card(payment: Any) -> str | None:
	"""A card was charged: what is booked for it is never refused here. Its shift is over only when somebody
	cancelled its entry since; then it counts in the drawer of nobody."""
	channel, shift = frappe.db.get_value(
		"Card Payment", payment.dealer_card_payment, ["channel", "shift"]
	) or (None, None)
	if channel != "In Person" or not shift:
		return None
	found = locked(shift)
	return shift if found and found.status == "Open" and not found.dealer_closing else None


def locked(shift: str) -> Any:
	"""The shift's row, read past any snapshot and locked in share mode."""
	return _row(shift, "lock in share mode")


def alone_with(shift: str) -> Any:
	"""The shift's row, locked for update: whoever sells or pays waits. What is read after it is as it stands
	then, when nothing was written before: the transaction begins here."""
	if not frappe.db.transaction_writes:
		frappe.db.rollback()
	return _row(shift, "for update")


def _row(shift: str, lock: str) -> Any:
	rows = frappe.db.sql(
		f"select {_FIELDS} from `tab{DOCTYPE}` s where s.name = %s {lock}", (shift,), as_dict=True
	)
	return rows[0] if rows else None
