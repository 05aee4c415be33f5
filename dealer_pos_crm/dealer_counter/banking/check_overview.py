"""What is shown of a returned check: before it is recorded, and on its form."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import get_link_to_form

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, to_float
from dealer_pos_crm.dealer_counter.banking import returned_checks as cases
from dealer_pos_crm.dealer_counter.banking import returning, undeposited
from dealer_pos_crm.dealer_setup.roles import MANAGERS
from dealer_pos_crm.dealer_setup.settings import is_dealership, settings_of
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.domain.returned_check import CHECKS, Status


def asking(doctype: str, name: str) -> dict[str, Any]:
	"""For the dialog: what would be open again, the fees, whether a car is held. ``why_not``: it cannot be
	recorded, and why."""
	document = frappe.get_doc(doctype, name)
	currency = company_currency(document.company)
	found: dict[str, Any] = {"doctype": doctype, "name": name, "currency": currency, "why_not": ""}
	if doctype == "Payment Entry":
		instrument = undeposited.instruments().get(document.mode_of_payment, "")
		if instrument not in CHECKS or document.payment_type != "Receive":
			found["why_not"] = _("{0} did not come by check").format(name)
	case = cases.standing(doctype, name)
	if case:
		found["why_not"] = _("The check came back already: {0}").format(get_link_to_form(cases.DOCTYPE, case))
		found["case"] = case
	if found["why_not"] or not is_dealership(document.company):
		return found
	parts = undeposited.with_siblings([(doctype, name)])
	opens, amount = [], 0.0
	for kind, one in parts:
		if kind != "Payment Entry":
			amount += document.paid_amount
			opens.append({"doctype": kind, "name": one, "amount": document.paid_amount, "on_account": True})
			continue
		receipt = frappe.get_doc(kind, one)
		amount += receipt.paid_amount
		opens += _opens(receipt, currency)
	settings = settings_of(document.company)
	return {
		**found,
		"customer": document.get("party") or document.get("customer"),
		"customer_name": document.get("party_name") or document.get("customer_name"),
		"check_no": document.get("reference_no"),
		"amount": to_float(rounded(amount, currency)),
		"taken_on": document.posting_date,
		"opens": opens,
		"fee": settings.returned_check_fee,
		"holds": _held(document.get("dealer_deposit")),
	}


def _opens(receipt, currency: str) -> list[dict]:
	rows = [
		{"doctype": row.doctype, "name": row.name, "amount": to_float(rounded(row.amount, currency))}
		for row in returning.paid_by(receipt.name)
	]
	rest = rounded(receipt.paid_amount, currency) - returning.paid_back(receipt.name, currency)
	for row in rows:
		rest = rest - rounded(row["amount"], currency)
	if rest.minor > 0:
		rows.append(
			{
				"doctype": "Deposit" if receipt.dealer_deposit else "",
				"name": receipt.dealer_deposit or "",
				"amount": to_float(rest),
			}
		)
	return rows


def _held(deposit: str | None) -> str:
	"""The car that the deposit holds, by its title."""
	vehicle = deposit and frappe.db.get_value("Deposit", deposit, "vehicle")
	hold = holds.active_hold(vehicle) if vehicle else None
	if not hold or hold.deposit != deposit:
		return ""
	return frappe.db.get_value("Dealer Vehicle", vehicle, "title") or vehicle


def of(name: str) -> dict[str, Any]:
	"""All a Returned Check form shows besides its fields."""
	case = frappe.get_doc(cases.DOCTYPE, name)
	opened = {one.document: one for one in cases.reopened_of(case)}
	left = cases.left_of(case)
	may = frappe.has_permission(cases.DOCTYPE, "write", case)
	open_now = case.status == Status.OPEN.value and may
	rest = sum((amount.minor for document, amount in left.items() if document[0] != "Deposit"), 0)
	company = frappe.get_cached_doc("Company", case.company)
	return {
		**cases.state(name),
		"documents": [
			{
				"doctype": document[0],
				"name": document[1],
				"amount": to_float(one.amount),
				"left": to_float(left[document]),
			}
			for document, one in opened.items()
		],
		"paid_again": bool(left) and not any(left.values()),
		"fee_open": frappe.db.get_value("Sales Invoice", case.fee_invoice, "outstanding_amount")
		if case.fee_invoice
		else 0,
		"no_checks": frappe.db.get_value("Customer", case.customer, "dealer_no_checks"),
		"write_off_account": company.write_off_account,
		"may_made_good": open_now,
		"may_write_off": open_now and rest > 0,
		"may_allow": bool(set(frappe.get_roles()) & {*MANAGERS, "System Manager"}),
	}
