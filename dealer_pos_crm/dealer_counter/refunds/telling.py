"""Who is told what of a counter refund: the customer's timeline, the approvers, and who asked."""

from functools import partial

from frappe import _

from dealer_pos_crm.dealer_cashier import log, refunding
from dealer_pos_crm.dealer_cashier.money import rounded


def _step(refund, kind: str, *, title: str, reason: str | None, reverses: str | None = None) -> str:
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
	refunding.requested(refund, partial(_step, refund), _("{0} asks to refund {1} at the counter: {2}"))


def rejected(refund, why: str, *, withdrawn: bool = False) -> None:
	refunding.rejected(refund, partial(_step, refund), why, withdrawn=withdrawn)
