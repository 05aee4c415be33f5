"""Prints of receipts: the first is the original, each later one says which copy it is, of when and whose.

A print is asked for, written down and handed out as an address with a key of its own, which is good for a few
minutes and for whoever asked. Whatever is rendered without such a key, once there was an original, is a copy.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.utils import add_to_date, cint, cstr, get_fullname, now_datetime

from dealer_pos_crm.dealer_cashier.printing.words import moment
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain.receipt import Printed, on_a_roll

# doctype -> its print format on a sheet; on a roll it has ROLL behind its name.
FORMATS = {
	"Counter Receipt": "Counter Receipt",
	"Counter Refund": "Counter Refund Slip",
	"Deposit": "Deposit Receipt",
	"POS Invoice": "POS Sale",
	"Payment Entry": "Payment Receipt",
}
# Papers of the house: no customer gets one, and there is no original of them.
REPORTS = {
	"Bank Deposit": "Bank Deposit Slip",
	"POS Opening Entry": "Shift So Far",
	"Shift Count": "Shift Report",
}
ROLL = " 80 mm"
_REFUND = "Deposit Refund Slip"
_SHEETS_ONLY = {"Bank Deposit"}
_ROLLS_OF_ERPNEXT = {"POS Invoice", "GST POS Invoice"}

_KEY = "dealer_print"
_MINUTES = 10
_MAILING = "dealer_mailing"


@action
def print_of(doctype: str, name: str, print_format: str | None = None) -> dict:
	"""Write a print down and say where it is. Returns ``doctype``, ``name``, ``format``, ``number`` (1 is the
	original, 0 what is no receipt yet, None what is never one) and ``url``. Raises ``frappe.PermissionError``."""
	doctype, name = _paper_of(doctype, name)
	doc = frappe.get_doc(doctype, name)
	doc.check_permission("print")
	print_format = _checked(print_format, doctype) or format_of(doc)
	query = {"doctype": doctype, "name": name, "format": print_format, "trigger_print": 1}
	if print_format.endswith(ROLL):
		query["no_letterhead"] = 1
	number = None if doctype in REPORTS else 0
	if doctype in FORMATS and is_receipt(doc):
		number, query[_KEY] = _write_down(doc, print_format)
	return {
		"doctype": doctype,
		"name": name,
		"format": print_format,
		"number": number,
		"url": f"/printview?{urlencode(query)}",
	}


def marked(paper: Any, doc: Any) -> Any:
	"""The paper with what it must say of itself: which copy, or that it went by e-mail."""
	if doc.doctype not in FORMATS or not is_receipt(doc):
		return paper
	if frappe.flags.get(_MAILING):
		return replace(paper, closing=_("Sent by e-mail {0}").format(moment(now_datetime())))
	return replace(paper, copy=_copy_words(doc))


@contextmanager
def by_mail() -> Iterator[None]:
	"""What is rendered in here is enclosed in an e-mail: no print of the counter, and no copy of one."""
	before = frappe.flags.get(_MAILING)
	frappe.flags[_MAILING] = True
	try:
		yield
	finally:
		frappe.flags[_MAILING] = before


def is_receipt(doc: Any) -> bool:
	"""Whether money was taken or paid by this document; a draft is no receipt and has no original."""
	if doc.doctype == "Counter Receipt":
		return doc.status not in ("Collecting", "Given Up")
	if doc.doctype == "Counter Refund":
		return doc.status in ("Done", "Cancelled")
	if doc.doctype == "Deposit":
		return doc.status != "Draft"
	return doc.docstatus > 0


def format_of(doc: Any) -> str:
	"""On 80 mm paper or a sheet: as the point of sale says, else the dealership, else where it was taken."""
	profile = _profile_of(doc)
	chosen = frappe.get_cached_value("POS Profile", profile, "print_format") if profile else None
	if chosen and doc.doctype == "POS Invoice":
		return chosen
	house = (
		settings_of(doc.company).receipt_format if frappe.db.exists("Dealer Settings", doc.company) else None
	)
	roll = on_a_roll(chosen, house, is_roll, at_counter=bool(profile))
	name = FORMATS.get(doc.doctype) or REPORTS[doc.doctype]
	if doc.doctype == "Payment Entry" and doc.payment_type == "Pay" and _pays_back(doc):
		name = _REFUND
	return f"{name}{ROLL}" if roll and doc.doctype not in _SHEETS_ONLY else name


def is_roll(print_format: str) -> bool:
	return print_format.endswith(ROLL) or print_format in _ROLLS_OF_ERPNEXT


def _pays_back(payment: Any) -> bool:
	return bool(payment.get("dealer_deposit") or payment.get("dealer_card_refund"))


def _profile_of(doc: Any) -> str | None:
	"""The counter where it was taken; else the one at which the person who prints stands now."""
	if doc.get("pos_profile"):
		return doc.pos_profile
	shift = doc.get("shift") or doc.get("dealer_shift")
	if shift:
		return frappe.get_cached_value("POS Opening Entry", shift, "pos_profile")
	return frappe.db.get_value(
		"POS Opening Entry",
		{"user": frappe.session.user, "company": doc.company, "status": "Open", "docstatus": 1},
		"pos_profile",
	)


def _paper_of(doctype: str, name: str) -> tuple[str, str]:
	"""What is printed for a document: a card payment's receipt is the one of what it paid."""
	found = (doctype, name)
	if doctype == "Card Payment":
		card = frappe.get_doc("Card Payment", name)
		card.check_permission("read")
		if card.deposit:
			found = ("Deposit", card.deposit)
		elif card.for_doctype == "Counter Receipt":
			found = ("Counter Receipt", card.for_name)
		else:
			found = ("Payment Entry", card.payment_entry)
	if doctype == "Card Refund":
		refund = frappe.get_doc("Card Refund", name)
		refund.check_permission("read")
		found = ("Payment Entry", refund.payment_entry)
	if found[0] == "Payment Entry" and found[1]:
		receipt = frappe.db.get_value("Payment Entry", found[1], "dealer_counter_receipt")
		if receipt:
			found = ("Counter Receipt", receipt)
	if not found[1]:
		frappe.throw(_("{0} is not booked yet; there is nothing to print").format(name))
	if found[0] not in FORMATS and found[0] not in REPORTS:
		frappe.throw(_("{0} has no receipt").format(_(doctype)))
	return found


def _checked(print_format: str | None, doctype: str) -> str | None:
	if print_format and frappe.db.get_value("Print Format", print_format, "doc_type") != doctype:
		frappe.throw(_("{0} is no print format of {1}").format(print_format, _(doctype)))
	return print_format


def _write_down(doc: Any, print_format: str) -> tuple[int, str]:
	# Two prints at once are two numbers: one waits, and then reads what the other one committed.
	frappe.db.get_value(doc.doctype, doc.name, "name", for_update=True)
	printed = {"reference_doctype": doc.doctype, "reference_name": doc.name}
	last = frappe.db.get_value("Receipt Print", printed, "number", order_by="number desc", for_update=True)
	number = cint(last) + 1
	key = frappe.generate_hash(length=40)
	frappe.get_doc(
		{
			"doctype": "Receipt Print",
			"reference_doctype": doc.doctype,
			"reference_name": doc.name,
			"number": number,
			"format": print_format,
			"printed_by": frappe.session.user,
			"printed_on": now_datetime(),
			"print_key": _hashed(key),
		}
	).insert(ignore_permissions=True)  # whoever may print leaves the trace of it
	return number, key


def _prints_of(doc: Any) -> list:
	return frappe.get_all(
		"Receipt Print",
		{"reference_doctype": doc.doctype, "reference_name": doc.name},
		["number", "printed_by", "printed_on", "print_key"],
		order_by="number",
	)


def _copy_words(doc: Any) -> str:
	prints = _prints_of(doc)
	key = cstr(frappe.form_dict.get(_KEY))
	hashed = _hashed(key) if key else None
	still_good = add_to_date(now_datetime(), minutes=-_MINUTES)
	for one in prints:
		if one.print_key == hashed and one.printed_by == frappe.session.user and one.printed_on >= still_good:
			printed = Printed(one.number)
			if not printed.is_copy:
				return ""
			return _("Copy no. {0} · {1} · {2}").format(
				printed.copy, moment(one.printed_on), get_fullname(one.printed_by)
			)
	if not prints:
		return ""
	return _("Copy · {0} · {1}").format(moment(now_datetime()), get_fullname(frappe.session.user))


def _hashed(key: str) -> str:
	"""What is kept of a key: who reads the rows cannot print with them."""
	return hashlib.sha256(key.encode()).hexdigest()
