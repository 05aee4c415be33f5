"""Who is told what of a counter refund: the customer's timeline, the approvers, and who asked."""

import frappe
from frappe import _

from dealer_pos_crm.dealer_cashier import log
from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_setup.notices import notify, users_with
from dealer_pos_crm.dealer_setup.roles import APPROVING


def amount_of(refund) -> str:
	return shown(rounded(refund.amount, refund.currency))


def _step(kind: str, refund, *, title: str, reason: str | None, reverses: str | None = None) -> str:
	return log.write(
		kind,
		title=title,
		customer=refund.customer,
		company=refund.company,
		reference=(refund.doctype, refund.name),
		deal=refund.deal,
		repair_order=refund.repair_order,
		vehicle=refund.vehicle,
		department=refund.department or log.DEPARTMENT,
		amount=rounded(refund.amount, refund.currency),
		actor=refund.requested_by,
		reason=reason,
		facts={"what": refund.source_name, "how": refund.mode_of_payment or refund.ways},
		reverses=reverses,
	)


def requested(refund) -> None:
	_step(
		"refund.requested",
		refund,
		title=_("Refund of {0} asked for: {1}").format(amount_of(refund), refund.reason),
		reason=refund.reason,
	)
	notify(
		users_with(APPROVING, but=refund.requested_by),
		_("{0} asks to refund {1} at the counter: {2}").format(
			refund.requested_by, amount_of(refund), refund.reason
		),
		refund,
	)


def rejected(refund, why: str, *, withdrawn: bool = False) -> None:
	title = _("Refund of {0} withdrawn") if withdrawn else _("Refund of {0} turned down: {1}")
	_step(
		"refund.rejected",
		refund,
		title=title.format(amount_of(refund), why),
		reason=why,
		reverses=log.LOG.standing("refund.requested", {"reference_name": refund.name}),
	)


def decided(refund) -> None:
	if refund.requested_by != frappe.session.user:
		notify(
			[refund.requested_by],
			_("Refund {0} of {1}: {2}").format(refund.name, amount_of(refund), _(refund.status)),
			refund,
		)
