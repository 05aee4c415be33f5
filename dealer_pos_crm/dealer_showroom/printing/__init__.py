"""What the prints of the showroom say. The templates only lay out; every word and sum is decided here.

Texts are plain text, which the templates escape. Amounts are in the company's currency.
"""

from dataclasses import replace
from typing import Any

import frappe
from frappe import _
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_cashier.printing.words import moment

_ROOM = "dealer_pos_crm.dealer_showroom"

# kind -> the doctype it is a print of, and who writes it.
_PAPERS: dict[str, tuple[str, str]] = {
	"recap": ("Deal Gross", f"{_ROOM}.gross.printing.deal_recap"),
	"deposit agreement": ("Deposit", f"{_ROOM}.deals.printing.deposit_agreement"),
	"buyer's order": ("Deal Jacket", f"{_ROOM}.worksheet.printing.buyers_order"),
	"checklist": ("Deal Jacket", f"{_ROOM}.documents.printing.checklist"),
	"test drive": ("Test Drive", f"{_ROOM}.visits.printing.gate_pass"),
	"we owe": ("We Owe", f"{_ROOM}.promises.printing.due_bill"),
	"comparison": ("Deal Jacket", f"{_ROOM}.worksheet.printing.comparison"),
}


def dealer_showroom_paper(doc: Any, kind: str) -> Any:
	"""A print of the showroom, ready to be laid out.

	Called by the templates with a document that Frappe has already checked the reader's right to.
	"""
	doctype, make = _PAPERS[kind]
	if doc.doctype != doctype:
		raise ValueError(f"{kind} is a print of {doctype}, not of {doc.doctype}")
	return replace(frappe.get_attr(make)(doc), closing=_("Printed {0}").format(moment(now_datetime())))
