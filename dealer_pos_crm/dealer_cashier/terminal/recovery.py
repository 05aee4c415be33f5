"""Payments at readers that somebody left: looked at again, and ended when nobody waits for them any more."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_cashier.card_payments import starting
from dealer_pos_crm.dealer_cashier.terminal import taking
from dealer_pos_crm.dealer_setup.acting import each_alone
from dealer_pos_crm.domain.terminal import Move, Phase, moves

# A dialog looks every few seconds; what nobody looked at for so long has no dialog any more.
_LEFT_AFTER = timedelta(minutes=3)
# Nobody stands in front of a reader for so long.
_OVER_AFTER = timedelta(minutes=30)
_AT_ONCE = 30


def sweep() -> None:
	"""Every five minutes: look at payments in person that are not over and that no screen looks at."""
	now = now_datetime()
	rows = frappe.get_all(
		"Card Payment",
		filters={
			"channel": starting.IN_PERSON,
			"status": ("in", taking.UNSETTLED),
			"creation": ("<", now - _LEFT_AFTER),
		},
		or_filters={"seen_at": ("<", now - _LEFT_AFTER), "intent_id": ("is", "not set")},
		pluck="name",
		order_by="seen_at, creation",
		limit=_AT_ONCE,
	)
	each_alone("Card Payment", rows, _look_after, _("Card payment {0} could not be looked at"))
	each_alone("Card Reader", _kept_for_nothing(), _let_go, _("Card reader {0} could not be let go"))


def _kept_for_nothing() -> list[str]:
	"""Readers whose payment is over: it was told by a message, and no screen looked."""
	rows = frappe.get_all("Card Reader", {"card_payment": ("is", "set")}, ["name", "card_payment"])
	over = set(
		frappe.get_all(
			"Card Payment",
			{
				"name": ("in", [row.card_payment for row in rows]),
				"status": ("not in", taking.UNSETTLED),
			},
			pluck="name",
		)
	)
	return [row.name for row in rows if row.card_payment in over]


def _let_go(reader: str) -> None:
	taking.free(reader)


def _look_after(name: str) -> None:
	"""Look; what cannot be looked at now lets the others have their turn before it comes again."""
	try:
		_looked(name)
	except Exception:
		frappe.db.rollback()
		frappe.db.set_value("Card Payment", name, "seen_at", now_datetime(), update_modified=False)
		frappe.db.commit()  # nosemgrep - kept although the work failed
		raise


def _looked(name: str) -> None:
	found = taking.followed(name)
	old = now_datetime() - frappe.db.get_value("Card Payment", name, "creation") > _OVER_AFTER
	# Where nobody knows whether a card was charged, nothing is ended: it is looked at again.
	if old and found.phase is not Phase.CHECKING and Move.CANCEL in moves(found.phase):
		taking.cancel(name)
