"""What a refund to a card and one over the counter have in common: who is told, who may take it back, and how a
credit note is paid out."""

from collections.abc import Callable

import frappe
from frappe import _

from dealer_pos_crm.dealer_cashier import log
from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.dealer_setup.notices import notify, users_with
from dealer_pos_crm.dealer_setup.roles import APPROVING
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

# step(kind, title=, reason=, reverses=): writes one line on the customer's timeline.
Step = Callable[..., str]


def amount_of(refund) -> str:
	return shown(rounded(refund.amount, refund.currency))


def requested(refund, step: Step, text: str) -> None:
	"""Somebody has to decide. ``text`` for the approvers: {0} who asks, {1} the amount, {2} the reason."""
	step(
		"refund.requested",
		title=_("Refund of {0} asked for: {1}").format(amount_of(refund), refund.reason),
		reason=refund.reason,
	)
	notify(
		users_with(APPROVING, but=refund.requested_by),
		text.format(refund.requested_by, amount_of(refund), refund.reason),
		refund,
	)


def rejected(refund, step: Step, why: str, *, withdrawn: bool) -> None:
	title = _("Refund of {0} withdrawn") if withdrawn else _("Refund of {0} turned down: {1}")
	step(
		"refund.rejected",
		title=title.format(amount_of(refund), why),
		reason=why,
		reverses=log.LOG.standing("refund.requested", {"reference_name": refund.name}),
	)


def decided(refund) -> None:
	"""Whoever asked hears of it."""
	if refund.requested_by != frappe.session.user:
		notify(
			[refund.requested_by],
			_("Refund {0} of {1}: {2}").format(refund.name, amount_of(refund), _(refund.status)),
			refund,
		)


def check_own(refund) -> None:
	"""Only who asked takes a request back."""
	if refund.requested_by != frappe.session.user:
		raise Refused(
			"not_own",
			marked("Only {0} can withdraw this; a manager can turn it down"),
			refund.requested_by,
		)


def pay_out(payment, credit_note: str, amount: Money) -> None:
	"""Match a Payment Entry (Pay), not yet inserted, with a credit note of the customer."""
	note = frappe.db.get_value(
		"Sales Invoice", credit_note, ["grand_total", "outstanding_amount", "due_date"], as_dict=True
	)
	payment.append(
		"references",
		{
			"reference_doctype": "Sales Invoice",
			"reference_name": credit_note,
			"due_date": note.due_date,
			"total_amount": note.grand_total,
			"outstanding_amount": note.outstanding_amount,
			"allocated_amount": -to_float(amount),
		},
	)
