"""Money booked against open documents: what every counter and every card payment has in common."""

from collections.abc import Iterable, Mapping

import frappe
from erpnext.accounts.utils import reconcile_against_document
from frappe.utils import nowdate

from dealer_pos_crm.dealer_cashier.deposits.taking import money_account
from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.domain.billing import Allocation
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

Document = tuple[str, str]


def by_account(
	parts: Iterable[Allocation], accounts: Mapping[Document, str]
) -> list[tuple[str, list[Allocation]]]:
	"""A Payment Entry books on one receivable account; nearly always all documents have the same."""
	found: dict[str, list[Allocation]] = {}
	for part in parts:
		found.setdefault(accounts[part.due.document], []).append(part)
	return list(found.items())


def new_payment(
	*,
	company: str,
	currency: str,
	payer: str,
	mode: str,
	account: str,
	parts: Iterable[Allocation],
	reference_no: str,
	reference_date: object = None,
	cost_center: str | None,
	remarks: str,
	links: Mapping[str, object],
	amount: Money | None = None,
):
	"""A Payment Entry (Receive) of a customer, not yet inserted: against ``parts``, all on the receivable
	``account``. ``amount``: what was received, when it is more than the parts; the rest stays a credit."""
	parts = list(parts)
	received = to_float(amount if amount is not None else total((part.amount for part in parts), currency))
	return frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Receive",
			"company": company,
			"posting_date": nowdate(),
			"mode_of_payment": mode,
			"party_type": "Customer",
			"party": payer,
			"paid_from": account,
			"paid_to": money_account(mode, company, currency),
			"paid_amount": received,
			"received_amount": received,
			"source_exchange_rate": 1,
			"target_exchange_rate": 1,
			"reference_no": reference_no,
			"reference_date": reference_date or nowdate(),
			"cost_center": cost_center,
			"remarks": remarks,
			"custom_remarks": 1,
			**links,
			"references": [
				{
					"reference_doctype": part.due.document[0],
					"reference_name": part.due.document[1],
					"allocated_amount": to_float(part.amount),
				}
				for part in parts
			],
		}
	)


def submit(payment, parts: Iterable[Allocation], currency: str) -> str:
	"""Insert and submit. ERPNext may spread references by payment terms; what it leaves over beyond what was
	meant to stay a credit would be nobody's, and is refused."""
	payment.insert()
	payment.submit()
	matched = total((part.amount for part in parts), currency)
	left = rounded(payment.paid_amount, currency) - matched
	if rounded(payment.unallocated_amount, currency) != left:
		raise Refused(
			"not_allocated",
			marked("{0} could not be matched with {1}. Nothing was taken; ask an accountant"),
			matched,
			", ".join(part.due.document[1] for part in parts),
		)
	return payment.name


def reconcile(
	receipt: str, document: Document, amount: Money, *, account: str, party: str, is_advance: bool
) -> None:
	"""ERPNext's own reconciliation of one receipt with one document, for one amount. ``account``: the
	customer's account that both are matched on; ``is_advance``: the receipt was booked as an advance."""
	unallocated = frappe.db.get_value("Payment Entry", receipt, "unallocated_amount")
	reconcile_against_document(
		[
			frappe._dict(
				{
					"voucher_type": "Payment Entry",
					"voucher_no": receipt,
					"voucher_detail_no": None,
					"against_voucher_type": document[0],
					"against_voucher": document[1],
					"account": account,
					"party_type": "Customer",
					"party": party,
					"is_advance": "Yes" if is_advance else "No",
					"dr_or_cr": "credit_in_account_currency",
					"unreconciled_amount": unallocated,
					"unadjusted_amount": unallocated,
					"allocated_amount": to_float(amount),
					"difference_amount": 0,
					"exchange_rate": 1,
					"grand_total": 0,
					"outstanding_amount": 0,
				}
			)
		]
	)
