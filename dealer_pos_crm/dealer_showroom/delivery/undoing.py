"""What a delivery and its unwinding share when they are taken back: entries, payments, and what was promised."""

from collections.abc import Iterable

import frappe
from frappe import _

from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.dealer_showroom.deals.deal import standing_step, step
from dealer_pos_crm.dealer_showroom.delivery.posting import journal, submitted
from dealer_pos_crm.domain.money import Money


def reverse(deal, name: str, reason: str, on) -> str:
	"""Reverse a journal by one dated today. What it was matched with is open again; its own open part is
	matched with the reversal, and what was paid of it stands as owed."""
	original = frappe.get_doc("Journal Entry", name)
	open_amounts = _open_of(original, deal.currency)
	rows: list[dict] = []
	for row in original.accounts:
		amount = rounded(row.debit, deal.currency) - rounded(row.credit, deal.currency)
		common = {
			"account": row.account,
			"party_type": row.party_type,
			"party": row.party,
			"cost_center": row.cost_center,
		}
		if row.reference_type and row.reference_name:
			rows.append(
				{
					**common,
					"amount": -amount,
					"reference_type": row.reference_type,
					"reference_name": row.reference_name,
				}
			)
			continue
		matched = _matchable(row, amount, open_amounts)
		if matched:
			rows.append(
				{
					**common,
					"amount": -matched,
					"reference_type": "Journal Entry",
					"reference_name": original.name,
				}
			)
		rest = amount - matched
		if rest:
			advance = {"is_advance": "Yes"} if _is_credit_of_customer(row, -rest) else {}
			rows.append({**common, **advance, "amount": -rest})
	return journal(
		deal,
		rows,
		_("Deal {0} unwound: reversal of {1}: {2}").format(deal.name, original.name, reason),
		on=on,
		reversal_of=original.name,
	)


def _is_credit_of_customer(row, amount: Money) -> bool:
	return row.party_type == "Customer" and amount.minor < 0


def _matchable(row, amount: Money, open_amounts: dict) -> Money:
	"""How much of a party's row can be matched with its reversal: what is still open of it. ERPNext matches a
	receivable that is credited and a payable that is debited, not the other way round."""
	zero = Money.zero(amount.currency)
	key = (row.party_type, row.party, row.account)
	if not row.party or key not in open_amounts:
		return zero
	debit_side = row.party_type == "Customer"
	if (amount.minor > 0) is not debit_side:
		return zero
	left = open_amounts[key]
	size = min(abs(left.minor), abs(amount.minor)) if (left.minor > 0) == (amount.minor > 0) else 0
	matched = Money(size if amount.minor > 0 else -size, amount.currency)
	open_amounts[key] = left - matched
	return matched


def _open_of(original, currency: str) -> dict[tuple[str, str, str], Money]:
	"""What is open of a journal by party and account: debits positive, credits negative."""
	rows = frappe.db.sql(
		"""select party_type, party, account, account_type, sum(amount) as amount
		from `tabPayment Ledger Entry`
		where against_voucher_type = 'Journal Entry' and against_voucher_no = %s and delinked = 0
		group by party_type, party, account, account_type lock in share mode""",
		original.name,
		as_dict=True,
	)
	found = {}
	for row in rows:
		amount = rounded(row.amount, currency)
		# The Payment Ledger counts a payable's credit as positive.
		found[(row.party_type, row.party, row.account)] = (
			amount if row.account_type == "Receivable" else -amount
		)
	return found


def unmatch_payments(deal, invoices: Iterable[str]) -> list[str]:
	"""Take the payments off the invoices: deposits hold their money again, other payments are the customer's
	credit. ERPNext's own Unreconcile Payment. Returns the payments."""
	rows = frappe.db.sql(
		"""select l.voucher_no as payment, l.account, l.party_type, l.party, l.against_voucher_no as invoice,
			l.account_currency, -sum(l.amount_in_account_currency) as amount
		from `tabPayment Ledger Entry` l
		where l.against_voucher_type = 'Sales Invoice' and l.against_voucher_no in %s and l.delinked = 0
			and l.voucher_type = 'Payment Entry'
		group by l.voucher_no, l.account, l.party_type, l.party, l.against_voucher_no, l.account_currency
		having amount != 0 order by l.voucher_no""",
		(tuple(invoices) or ("",),),
		as_dict=True,
	)
	for row in rows:
		submitted(
			frappe.get_doc(
				{
					"doctype": "Unreconcile Payment",
					"company": deal.company,
					"voucher_type": "Payment Entry",
					"voucher_no": row.payment,
					"allocations": [
						{
							"reference_doctype": "Sales Invoice",
							"reference_name": row.invoice,
							"account": row.account,
							"party_type": row.party_type,
							"party": row.party,
							"allocated_amount": row.amount,
							"account_currency": row.account_currency,
						}
					],
				}
			)
		)
	return [row.payment for row in rows]


def credit_note(deal, invoice: str, reason: str, on) -> str:
	"""Credit the whole invoice against itself; a car kept in stock comes back into it."""
	from erpnext.controllers.sales_and_purchase_return import make_return_doc

	note = make_return_doc("Sales Invoice", invoice)
	note.update(
		{
			"update_outstanding_for_self": 0,
			"posting_date": on,
			"due_date": on,
			"set_posting_time": 1,
			"remarks": reason,
			"disable_rounded_total": 1,
			"payment_schedule": [],
			"payment_terms_template": None,
			"dealer_deal": deal.name,
		}
	)
	return submitted(note).name


# --- What the events said ------------------------------------------------------------------------------


def take_back_funding(deal, reason: str) -> None:
	"""Nothing is at the lender any more, and nothing is funded: what was told is undone."""
	funded = standing_step(deal, "deal.funded")
	if funded:
		step(deal, "deal.funding_reversed", reason=reason, facts={"lender": deal.lender}, reverses=funded)
	sent = standing_step(deal, "deal.sent_to_lender")
	if sent:
		step(deal, "deal.returned_by_lender", reason=reason, facts={"lender": deal.lender}, reverses=sent)
