"""The rows of a receipt: what was asked for and decided, written down before any of it is booked."""

from collections.abc import Sequence
from typing import Any

import frappe

from dealer_pos_crm.dealer_cashier.money import company_currency, to_float
from dealer_pos_crm.dealer_counter.collecting import booking
from dealer_pos_crm.dealer_counter.collecting import tenders as reading
from dealer_pos_crm.domain import collection as rules
from dealer_pos_crm.domain.collection import Line, Share, Status, Way

DOCTYPE = "Counter Receipt"


def new(
	customer: str, company: str, lines: Sequence[Line], shift: str | None, client_key: str, request_hash: str
) -> Any:
	"""A receipt without tenders, not inserted."""
	currency = company_currency(company)
	return frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"customer": customer,
			"customer_name": frappe.db.get_value("Customer", customer, "customer_name"),
			"company": company,
			"currency": currency,
			"status": Status.COLLECTING.value,
			"taken_by": frappe.session.user,
			"shift": shift,
			"pos_profile": frappe.db.get_value("POS Opening Entry", shift, "pos_profile") if shift else None,
			"client_key": client_key,
			"request_hash": request_hash,
			"lines": [
				{
					"reference_doctype": line.payable.document[0],
					"reference_name": line.payable.document[1],
					"what": line.payable.what[:140],
					"department": line.payable.department,
					"open_amount": to_float(line.payable.open),
					"amount": to_float(line.amount),
					"repair_order": line.payable.repair_order,
					"deal": line.payable.deal,
					"vehicle": line.payable.vehicle,
					"account": line.payable.account,
					"currency": currency,
				}
				for line in lines
			],
		}
	)


def add_tenders(
	receipt: Any, rows: Sequence[dict], lines: Sequence[Line], indexes: Sequence[int], keep_rest: bool
) -> None:
	"""Read the tenders and write down which line each of them pays. ``indexes``: the idx of each line."""
	read = reading.read(
		rows, receipt.customer, receipt.company, receipt.currency, [line.payable for line in lines]
	)
	shares = reading.shares_of(lines, read, keep_rest=keep_rest, currency=receipt.currency)
	for row, share in shares:
		receipt.append("tenders", _tender(receipt, row, share, indexes))
	planned = [row.tender for row, _share in shares]
	foot = rules.sums(lines, planned, receipt.currency)
	receipt.update(
		{
			"amount": to_float(foot.amount),
			"credit_amount": to_float(foot.credit),
			"given_amount": to_float(foot.given),
			"change_amount": to_float(foot.change),
		}
	)


def _tender(receipt: Any, row: reading.Row, share: Share, indexes: Sequence[int]) -> dict:
	tender = row.tender
	of_payment = row.credit and row.credit[0] == "Payment Entry"
	return {
		"way": tender.way.value,
		"mode_of_payment": tender.mode if tender.way is Way.MODE else None,
		"amount": to_float(tender.amount),
		"given": to_float(tender.given) if tender.given is not None else None,
		"change": to_float(tender.change) if tender.change is not None else None,
		"reference_no": tender.reference if tender.way is Way.MODE else None,
		"reference_date": row.reference_date,
		"state": booking.WAITING,
		"instrument": tender.instrument or None,
		"face_value": to_float(row.face_value) if row.face_value is not None else None,
		"card_reader": row.reader,
		"deposit": row.deposit,
		"credit_of": row.credit[1] if row.credit and of_payment else None,
		"credit_note": row.credit[1] if row.credit and not of_payment else None,
		"allocations": booking.plan([(indexes[part.line], part.amount) for part in share.parts]),
		"currency": receipt.currency,
	}


def insert(receipt: Any) -> None:
	receipt.flags.of_the_counter = True
	receipt.insert(ignore_permissions=True)  # the right to take money was checked where it begins
