"""Money taken for an order: Payment Entries against what is open, one per tender, all or nothing."""

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier import collecting as shared
from dealer_pos_crm.dealer_cashier.deposits.taking import check_customer
from dealer_pos_crm.dealer_cashier.money import rounded, to_money
from dealer_pos_crm.dealer_service.billing import position, reading
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import cost_center_of
from dealer_pos_crm.domain.billing import Allocation, Due, spread
from dealer_pos_crm.domain.deposit import Tender
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


def dues_of(order, documents: reading.Documents, payer: str | None = None) -> list[Due]:
	"""What is open of an order's customer-pay bills, each payer's oldest first; one payer's when named."""
	dues = [
		Due(invoice.payer, ("Sales Invoice", invoice.name), invoice.open)
		for invoice in documents.invoices
		if position.is_counter_share(order, invoice) and invoice.open.minor > 0
	] + [
		Due(row.payer, ("Journal Entry", row.name), row.open)
		for row in documents.deductibles
		if row.open.minor > 0
	]
	return [due for due in dues if payer in (None, due.payer)]


@action
def collect(order_name: str, tenders: list[dict], client_key: str, payer: str | None = None) -> dict:
	"""Take money of one payer (the order's customer unless named) for what is open.

	``tenders``: mode_of_payment, amount (major units of the order's currency), reference_no,
	reference_date. Less than is open may be taken, never more. Returns the Payment Entries made.
	"""
	from dealer_pos_crm.dealer_service.billing.invoicing import check_key

	check_key(client_key)
	order = reading.locked_with_bills(order_name)
	payer = payer or order.customer
	made_before = _made_before(order, client_key)
	if made_before:
		order.reload()
		return _result(order, made_before, repeated=True)
	with explained():
		documents = reading.documents_of(order)
		dues = dues_of(order, documents, payer)
		if not dues:
			raise Refused("nothing_open", marked("Nothing is open on {0} for {1}"), order.name, payer)
		check_customer(payer)
		given = [
			Tender(
				cstr(row.get("mode_of_payment")),
				to_money(row.get("amount"), order.currency),
				cstr(row.get("reference_no")).strip() or None,
			)
			for row in tenders
		]
		spreads = spread(given, dues)
		accounts = accounts_of(documents)
		messages = len(frappe.local.message_log)
		made = []
		with position.acting():
			for tender, row, parts in zip(given, tenders, spreads, strict=True):
				for account, share in shared.by_account(parts, accounts):
					made.append(_payment(order, payer, tender, row, account, share, client_key))
		position.flush()
		position.refresh(order.name)
		del frappe.local.message_log[messages:]
	order.reload()
	return _result(order, made, repeated=False)


def _made_before(order, client_key: str) -> list[str]:
	rows = frappe.get_all(
		"Payment Entry",
		{"dealer_collect_key": client_key, "docstatus": (">", 0)},
		["name", "dealer_repair_order"],
		order_by="name",
	)
	if any(row.dealer_repair_order != order.name for row in rows):
		frappe.throw(_("This request has the key of another one. Reload the page and try again"))
	return [row.name for row in rows]


def accounts_of(documents: reading.Documents) -> dict[tuple[str, str], str]:
	"""The receivable account of each document."""
	return {
		**{("Sales Invoice", invoice.name): invoice.account for invoice in documents.invoices},
		**{("Journal Entry", row.name): row.account for row in documents.deductibles},
	}


def _payment(
	order, payer: str, tender: Tender, row: dict, account: str, parts: list[Allocation], client_key: str
) -> str:
	payment = shared.new_payment(
		company=order.company,
		currency=order.currency,
		payer=payer,
		mode=tender.mode,
		account=account,
		parts=parts,
		reference_no=tender.reference or order.name,
		reference_date=row.get("reference_date"),
		cost_center=cost_center_of(order.company, "Service"),
		remarks=remarks_of(order),
		links={
			"dealer_repair_order": order.name,
			"dealer_collect_key": client_key,
			"dealer_vehicle": order.vehicle,
		},
	)
	return shared.submit(payment, parts, order.currency)


def remarks_of(order) -> str:
	return _("Repair order {0}, {1}").format(order.name, cstr(order.vehicle_title or order.vehicle))


def _result(order, payments: list[str], *, repeated: bool) -> dict:
	return {
		"order": order.name,
		"payments": payments,
		"payment_status": order.payment_status,
		"outstanding": order.outstanding,
		"repeated": repeated,
	}


# --- Money that came back when a bill was cancelled ---------------------------------------------------


def use_own_credit(order) -> list[str]:
	"""Payments once taken for this order, whose invoice was cancelled, pay the new one. Returns them."""
	payments = frappe.db.sql(
		"""select name, party, paid_from, unallocated_amount from `tabPayment Entry`
		where dealer_repair_order = %s and docstatus = 1 and payment_type = 'Receive'
			and unallocated_amount > 0 and ifnull(dealer_deposit, '') = ''
		order by posting_date, creation, name for update""",
		order.name,
		as_dict=True,
	)
	used = []
	for payment in payments:
		documents = reading.documents_of(order)
		accounts = accounts_of(documents)
		dues = [
			due
			for due in dues_of(order, documents, payment.party)
			if accounts[due.document] == payment.paid_from
		]
		left = rounded(payment.unallocated_amount, order.currency)
		for due in dues:
			part = min(left, due.amount, key=lambda amount: amount.minor)
			if part.minor > 0:
				shared.reconcile(
					payment.name,
					due.document,
					part,
					account=payment.paid_from,
					party=payment.party,
					is_advance=False,
				)
				left = left - part
				used.append(payment.name)
	return list(dict.fromkeys(used))
