"""A payment of a shift that is cancelled, or booked, after its closing: the closing stands, the count says what
changed since, and a manager is told."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, format_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.dealer_counter.shifts import count as counts
from dealer_pos_crm.dealer_counter.shifts import telling
from dealer_pos_crm.dealer_setup.notices import notify
from dealer_pos_crm.domain.shift import Status


def cancelled(payment: Any) -> None:
	"""Nothing to do, and no statement, for a payment of no shift."""
	if not payment.get("dealer_shift"):
		return
	name = frappe.db.get_value(
		counts.DOCTYPE, {"shift": payment.dealer_shift, "status": Status.CLOSED.value}, "name"
	)
	if not name:
		return
	count = frappe.get_doc(counts.DOCTYPE, name, for_update=True)
	paid = rounded(
		payment.base_received_amount if payment.payment_type == "Receive" else payment.base_paid_amount,
		count.currency,
	)
	change = -paid if payment.payment_type == "Receive" else paid
	count.changed_amount = to_float(rounded(count.changed_amount, count.currency) + change)
	line = _("{0}: {1} ({2}, {3}) cancelled by {4}").format(
		format_datetime(now_datetime(), "yyyy-MM-dd HH:mm"),
		payment.name,
		payment.mode_of_payment or "-",
		shown(paid),
		frappe.session.user,
	)
	count.changes = "\n".join(part for part in (cstr(count.changes), line) if part)
	counts.keep(count)
	notify(
		[telling.person(count.company)],
		_("{0} of {1} was cancelled after the shift of {2} was closed").format(
			payment.name, shown(paid), count.cashier
		),
		count,
	)
