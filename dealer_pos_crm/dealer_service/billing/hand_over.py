"""The car leaves: paid, or released by a manager with a reason. The gate pass says which."""

import frappe
from frappe import _
from frappe.utils import cint, now_datetime

from dealer_pos_crm.dealer_cashier.money import shown
from dealer_pos_crm.dealer_service.billing import position, reading
from dealer_pos_crm.dealer_service.orders import status
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.card_numbers import masked
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import MANAGER, SERVICE_MANAGER
from dealer_pos_crm.domain import repair_order as rules
from dealer_pos_crm.domain.reasons import check_reason
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

RELEASING = frozenset({MANAGER, SERVICE_MANAGER})


def hand_over_blockers(order, *, lock: bool = True) -> list[status.Reason]:
	"""What money has against the car leaving: (code, text); empty when nothing has."""
	if order.status not in (rules.Status.INVOICED.value, rules.Status.CLOSED.value):
		if not any(row.answer == rules.Answer.APPROVED.value for row in order.jobs):
			return []  # nothing was done, nothing is owed
		return [("not_invoiced", _("The work is not invoiced"))]
	open_amount = position.at_the_counter(order, reading.documents_of(order, lock=lock)).outstanding
	if open_amount.minor > 0:
		return [
			(
				"not_paid",
				_("{0} is open. Collect it, or a manager releases the car with a reason").format(
					shown(open_amount)
				),
			)
		]
	return []


def may_release(user: str | None = None) -> bool:
	return bool(set(frappe.get_roles(user)) & RELEASING)


@action
def hand_over(order_name: str, mileage_out: int, release_reason: str | None = None) -> dict:
	"""Let the car go and close the order. A second time changes nothing.

	``release_reason`` is a manager's, for a car that is not paid; without one the car stays. Raises
	``Refused``: ``not_invoiced``, ``not_paid``, ``may_not_release``, ``no_reason``, and the lane's own.
	"""
	order = reading.locked_with_bills(order_name)
	if order.handed_over_at and order.status == rules.Status.CLOSED.value:
		return _result(order, repeated=True)
	with explained():
		status.refuse_for(order, "HAND OVER", status.blockers_to_hand_over(order, mileage_out))
		released = _check_money(order, release_reason)
		order.db_set(
			{
				"handed_over_at": now_datetime().replace(microsecond=0),
				"handed_over_by": frappe.session.user,
				"released_by": frappe.session.user if released else None,
				"release_reason": released,
			},
			notify=True,
		)
		from dealer_pos_crm.dealer_service.orders import closing

		closing.close(order.name, cint(mileage_out))
	order.reload()
	return _result(order, repeated=False)


def _check_money(order, release_reason: str | None) -> str | None:
	"""The reason of the release, when one is needed and given by who may."""
	blockers = hand_over_blockers(order)
	if not blockers:
		return None
	code, _text = blockers[0]
	if code != "not_paid" or not (release_reason or "").strip():
		status.refuse_for(order, "HAND OVER", blockers)
	if not may_release():
		raise Refused(
			"may_not_release",
			marked("{0} is not paid, and {1} may not release it; ask a service manager"),
			order.name,
			frappe.session.user,
		)
	return masked(check_reason(release_reason), _("Reason"))


def _result(order, *, repeated: bool) -> dict:
	return {
		"order": order.name,
		"status": order.status,
		"handed_over_at": order.handed_over_at,
		"released_by": order.released_by,
		"repeated": repeated,
	}
