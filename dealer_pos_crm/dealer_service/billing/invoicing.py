"""Billing an order: everything that is due, in one transaction, once."""

import frappe
from frappe import _
from frappe.utils import get_link_to_form

from dealer_pos_crm.dealer_service.billing import claims, collecting, making, missing, position, reading
from dealer_pos_crm.dealer_service.orders import status
from dealer_pos_crm.dealer_service.orders.order import locked
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain.billing import Bill
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.repair_order import WORKING, Answer, PayType, Status, check_change


class NotReadyToInvoice(frappe.ValidationError):
	"""Something has to be done on the order before it can be billed."""


@action
def invoice(order_name: str, client_key: str) -> dict:
	"""Bill what is approved, done and not billed yet. Returns the documents; ``repeated`` when they were
	there already.

	Raises ``NotReadyToInvoice`` with all that is in the way, ``ServiceAccountingMissing`` with what the
	settings lack, and ERPNext's own refusals (closed period, stock, credit limit); then nothing is made.
	"""
	check_key(client_key)
	order = reading.locked_with_bills(order_name)
	occasion = f"ro.invoiced|{order.name}|{client_key}"
	documents = reading.documents_of(order)
	if _done_before(order, occasion):
		return result(order, documents, repeated=True)
	with explained():
		if Status(order.status) not in WORKING:
			if documents.any and Status(order.status) is Status.INVOICED:
				return result(order, documents, repeated=True)
			check_change(Status(order.status), Status.INVOICED, order.name)
		_check_ready(order)
		_check_drafts(documents)
		_check_billed_unchanged(order, documents)
		bills = _bills(order, documents)
		missing.check(order, bills)
		missing.check_items(bills)
		messages = len(frappe.local.message_log)
		with position.acting():
			for bill in bills:
				for doctype, name in making.make(order, bill):
					if doctype == "Sales Invoice" and bill.pay_type is PayType.WARRANTY:
						claims.open_claim(order, bill, name)
			collecting.use_own_credit(order)
		position.flush()
		position.refresh(order.name, invoiced_by=occasion)
		del frappe.local.message_log[messages:]  # ERPNext's remarks on its own accounts are not for the lane
	order = locked(order.name)
	return result(order, reading.documents_of(order), repeated=False)


def check_key(client_key: str | None) -> None:
	if not client_key:
		frappe.throw(_("The request has no key of its own; reload the page and try again"))


def _done_before(order, occasion: str) -> bool:
	return bool(
		frappe.db.exists(
			"Service Log", {"repair_order": order.name, "kind": "ro.invoiced", "occasion": occasion}
		)
	)


def _check_ready(order) -> None:
	reasons = blockers(order)
	if reasons:
		frappe.throw(
			_("{0} cannot be invoiced yet:").format(order.name)
			+ "<ul>"
			+ "".join(f"<li>{reason}</li>" for reason in reasons)
			+ "</ul>",
			NotReadyToInvoice,
			title=_("Not Ready"),
		)


def blockers(order) -> list[str]:
	"""What the lane says is in the way, as texts."""
	return [text for _code, text in status.blockers_to_invoice(order)]


def _check_drafts(documents: reading.Documents) -> None:
	"""A draft that somebody began by hand would become a second bill for the same work."""
	if documents.drafts:
		frappe.throw(
			_("A draft invoice of this order exists: {0}. Submit it or delete it first").format(
				", ".join(get_link_to_form("Sales Invoice", name) for name in documents.drafts)
			),
			NotReadyToInvoice,
			title=_("Not Ready"),
		)


def _check_billed_unchanged(order, documents: reading.Documents) -> None:
	"""A reopened order may have changed meanwhile; what stands on a bill must still be what it says."""
	billed = reading.billed_amounts(order, documents)
	for work in reading.works_of(order):
		if work.job_no not in billed:
			continue
		amount, document = billed[work.job_no]
		if work.answer is not Answer.APPROVED:
			raise Refused(
				"billed_and_declined",
				marked("Job {0} is {1} and stands on {2}. Cancel or credit that document, then invoice"),
				work.job_no,
				work.answer.value,
				document,
			)
		if work.amount(order.currency) != amount:
			raise Refused(
				"billed_and_changed",
				marked(
					"Job {0} was billed for {1} in {2} and costs {3} now. Cancel that document, then invoice"
				),
				work.job_no,
				amount,
				document,
				work.amount(order.currency),
			)


def _bills(order, documents: reading.Documents) -> list[Bill]:
	try:
		return position.unbilled(order, documents)
	except Refused as refused:
		if refused.code == "no_manufacturer":
			frappe.throw(
				_(refused.template).format(*refused.values) + ". " + reading.no_manufacturer_remedy(order),
				missing.ServiceAccountingMissing,
				title=_("Service Accounting"),
			)
		raise


def result(order, documents: reading.Documents, *, repeated: bool) -> dict:
	return {
		"order": order.name,
		"status": order.status,
		"payment_status": order.payment_status,
		"outstanding": order.outstanding,
		"repeated": repeated,
		"documents": [
			*({"doctype": "Sales Invoice", "name": row.name} for row in documents.invoices if row.stands),
			*({"doctype": "Journal Entry", "name": row.name} for row in documents.deductibles),
			*({"doctype": doctype, "name": name} for doctype, name in documents.internal),
		],
	}
