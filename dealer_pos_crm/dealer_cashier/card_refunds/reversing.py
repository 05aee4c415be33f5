"""A refund that did not arrive is taken out of the books: the customer's money is with us again."""

import frappe
from frappe import _
from frappe.utils import cstr, nowdate

from dealer_pos_crm.dealer_cashier import refunding
from dealer_pos_crm.dealer_cashier.card_refunds import telling
from dealer_pos_crm.dealer_setup.acting import on_behalf_of


def reverse(account, card, refund, why: str) -> bool:
	"""Cancel the Payment Entry of a refund; when its period is closed, bring the money in again today.

	Whether the books are right now. When they are not, the person responsible has a task that says why.
	"""
	name = refund.payment_entry
	if not name or refund.reversal_entry:
		return True
	payment = frappe.get_doc("Payment Entry", name, for_update=True)
	if payment.docstatus != 1:
		return True
	with on_behalf_of(refund.decided_by or refund.requested_by or account.responsible):
		problem = _try(lambda: _cancel(payment))
		if problem:
			problem = _try(lambda: _receive_again(card, refund, name, why))
	if problem:
		telling.task(
			account.name,
			refund,
			_("A failed refund is still in the books: {0}").format(refund.name),
			_("{0} did not reach the customer, and {1} could not be reversed: {2}").format(
				refunding.amount_of(refund), name, problem
			),
		)
	return not problem


def _try(work) -> str | None:
	"""Do it, or leave everything as it was and say why not."""
	messages = len(frappe.local.message_log)
	frappe.db.savepoint("dealer_refund_reversal")
	try:
		work()
	except (frappe.ValidationError, frappe.PermissionError) as problem:
		frappe.db.rollback(save_point="dealer_refund_reversal")
		return frappe.utils.strip_html(cstr(problem)) or type(problem).__name__
	finally:
		del frappe.local.message_log[messages:]
	return None


def _cancel(payment) -> None:
	payment.flags.ignore_permissions = True  # follows from what the provider said
	payment.flags.dealer_card_refund = True
	payment.cancel()


def _receive_again(card, refund, paid_out: str, why: str) -> None:
	"""The same money the other way round, today: it is the customer's credit, or their deposit, again."""
	out = frappe.get_doc("Payment Entry", paid_out)
	payment = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Receive",
			"company": out.company,
			"posting_date": nowdate(),
			"mode_of_payment": out.mode_of_payment,
			"party_type": out.party_type,
			"party": out.party,
			"paid_from": out.paid_to,
			"paid_to": out.paid_from,
			"paid_amount": out.paid_amount,
			"received_amount": out.received_amount,
			"source_exchange_rate": 1,
			"target_exchange_rate": 1,
			"reference_no": refund.refund_id or refund.name,
			"reference_date": nowdate(),
			"cost_center": out.cost_center,
			"dealer_deposit": out.dealer_deposit,
			"dealer_vehicle": out.dealer_vehicle,
			"dealer_deal": out.dealer_deal,
			"dealer_repair_order": out.dealer_repair_order,
			"dealer_card_payment": card.name,
			"dealer_card_refund": refund.name,
			"remarks": _("Refund {0} did not arrive ({1}): {2}").format(refund.name, paid_out, why),
			"custom_remarks": 1,
		}
	)
	payment.flags.ignore_permissions = True
	payment.flags.dealer_deposit = bool(out.dealer_deposit)
	payment.flags.dealer_card_refund = True
	payment.insert()
	payment.submit()
	refund.reversal_entry = payment.name
