"""What the screens show of a receipt, and what the dialog starts with. Amounts in major units."""

from typing import Any

import frappe
from frappe.utils import cint, cstr, flt

from dealer_pos_crm.dealer_cashier.deposits import overview as deposit_overview
from dealer_pos_crm.dealer_cashier.money import company_currency, to_float
from dealer_pos_crm.dealer_cashier.terminal import readers
from dealer_pos_crm.dealer_counter.collecting import booking, cards, dues
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.domain import collection as rules
from dealer_pos_crm.domain.collection import CURRENCY, Credit, Held, Payable, Status

DOCTYPE = "Counter Receipt"
_FIELDS = (
	"customer",
	"customer_name",
	"company",
	"currency",
	"status",
	"taken_on",
	"taken_by",
	"shift",
	"pos_profile",
	"amount",
	"credit_amount",
	"given_amount",
	"change_amount",
	"reversed_amount",
	"note",
	"sent_to",
	"sent_on",
)
_CARD = [
	"name",
	"status",
	"amount",
	"brand",
	"last4",
	"decline_message",
	"booking",
	"booking_note",
	"card_reader",
]


def state(name: str) -> dict:
	"""All that a screen shows of a receipt. ``missing`` is what is not booked yet; ``card`` the tender that is to
	be charged next, with its Card Payment; ``may_finish``: nothing but ``finish`` is left to do."""
	receipt = frappe.get_doc(DOCTYPE, name)
	collecting = receipt.status == Status.COLLECTING.value
	payments = _cards(receipt)
	rows = [_tender(row, payments) for row in receipt.tenders]
	waiting = cards.next_row(receipt) if collecting else None
	return {
		"receipt": name,
		**{fieldname: receipt.get(fieldname) for fieldname in _FIELDS},
		"taken_by_name": names_of({receipt.taken_by}).get(receipt.taken_by, receipt.taken_by),
		"lines": [_line(line) for line in receipt.lines],
		"tenders": rows,
		"payments": [name for row in rows for name in row["payments"]],
		"missing": flt(sum(row["amount"] for row in rows if row["state"] == booking.WAITING), 2)
		if collecting
		else 0.0,
		"card": next((row for row in rows if waiting and row["row"] == waiting.name), None),
		"may_finish": collecting and waiting is None,
		"card_problem": "",
		"repeated": False,
	}


def _line(line: Any) -> dict:
	return {
		"doctype": line.reference_doctype,
		"name": line.reference_name,
		"what": line.what,
		"department": line.department,
		"open": line.open_amount,
		"amount": line.amount,
		"paid": line.paid_so_far,
		"repair_order": line.repair_order,
		"deal": line.deal,
		"vehicle": line.vehicle,
	}


def _tender(row: Any, payments: dict) -> dict:
	entries = [] if row.credit_note else cstr(row.payment_entries).split()
	return {
		"row": row.name,
		"way": row.way,
		"mode_of_payment": row.mode_of_payment,
		"amount": row.amount,
		"given": row.given,
		"change": row.change,
		"reference_no": row.reference_no,
		"reference_date": row.reference_date,
		"instrument": row.instrument,
		"state": row.state,
		"deposit": row.deposit,
		"credit_of": row.credit_of or row.credit_note,
		"reader": row.card_reader,
		"card_payment": payments.get(row.card_payment) if row.card_payment else None,
		"payments": entries,
	}


def _cards(receipt: Any) -> dict[str, dict]:
	names = [row.card_payment for row in receipt.tenders if row.card_payment]
	if not names:
		return {}
	rows = frappe.get_all("Card Payment", {"name": ("in", names)}, _CARD, order_by="name")
	return {row.name: row for row in rows}


def start(customer: str, company: str, pos_profile: str | None = None) -> dict:
	"""What the dialog of a customer starts with: what is open, the money that is here already and what it may
	pay, how money is taken (at this counter, in its order), the readers, and what was begun and not finished."""
	from dealer_pos_crm.dealer_counter.collecting import receipt

	payables = dues.payable_of(customer, company)
	return {
		"customer": customer,
		"customer_name": frappe.db.get_value("Customer", customer, "customer_name"),
		"no_checks": bool(frappe.db.get_value("Customer", customer, "dealer_no_checks")),
		"company": company,
		"currency": company_currency(company),
		"payables": [payable(row) for row in payables],
		"credits": [credit(row, payables) for row in dues.credits_of(customer, company)],
		"deposits": [held(row, payables) for row in dues.deposits_of(customer, company)],
		"modes": modes(company, pos_profile),
		**readers.choices(company),
		"unfinished": receipt.unfinished(customer=customer, company=company),
	}


def payable(row: Payable) -> dict:
	return {
		"doctype": row.document[0],
		"name": row.document[1],
		"what": row.what,
		"department": row.department,
		"posted": row.posted,
		"open": to_float(row.open),
		"repair_order": row.repair_order,
		"deal": row.deal,
		"vehicle": row.vehicle,
		"why_not": row.why_not,
	}


def credit(row: Credit, payables: list[Payable]) -> dict:
	return {
		"name": row.document[1],
		"doctype": row.document[0],
		"what": row.what,
		"posted": row.posted,
		"amount": to_float(row.amount),
		"may_pay": sorted(name for _doctype, name in rules.credit_may_pay(row, payables)),
		"deal": row.deal,
	}


def held(row: Held, payables: list[Payable]) -> dict:
	return {
		"deposit": row.deposit,
		"what": row.what,
		"amount": to_float(row.amount),
		"may_pay": sorted(name for _doctype, name in rules.deposit_may_pay(row, payables)),
		"vehicle": row.vehicle,
		"deal": row.deal,
	}


def modes(company: str, pos_profile: str | None = None) -> list[dict]:
	"""Modes of payment with an account in the company: what is handed over, whether it has a number, and whether
	change is given on it. Those of the counter, its usual one first, where one is named."""
	known = {row.name: row for row in deposit_overview.payment_modes(company)}
	order = list(known)
	if pos_profile:
		rows = frappe.get_cached_doc("POS Profile", pos_profile).payments
		chosen = [row.mode_of_payment for row in sorted(rows, key=lambda row: (-cint(row.default), row.idx))]
		order = [mode for mode in chosen if mode in known] or order
	found = []
	for row in (known[mode] for mode in order):
		instrument = cstr(frappe.get_cached_value("Mode of Payment", row.name, "dealer_instrument"))
		instrument = instrument or (CURRENCY if row.type == "Cash" else "")
		found.append(
			{
				"name": row.name,
				"type": row.type,
				"instrument": instrument,
				"needs_number": instrument in rules.WITH_NUMBER,
				"gives_change": instrument == CURRENCY,
			}
		)
	return found
