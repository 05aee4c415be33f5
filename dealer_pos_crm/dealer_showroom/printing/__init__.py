"""What the prints of the showroom say. The templates only lay out; every word and sum is decided here.

Texts are plain text, which the templates escape. Amounts are in the company's currency.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from frappe import _
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_cashier.printing.paper import Paper
from dealer_pos_crm.dealer_cashier.printing.words import moment
from dealer_pos_crm.dealer_showroom.printing import checklist, drive, we_owe

_PAPERS: dict[str, tuple[str, Callable[[Any], Paper]]] = {
	"checklist": ("Deal Jacket", checklist.checklist),
	"test drive": ("Test Drive", drive.gate_pass),
	"we owe": ("We Owe", we_owe.due_bill),
}


def dealer_floor_paper(doc: Any, kind: str) -> Paper:
	"""A print of the showroom floor, ready to be laid out.

	Called by the templates with a document that Frappe has already checked the reader's right to.
	"""
	doctype, make = _PAPERS[kind]
	if doc.doctype != doctype:
		raise ValueError(f"{kind} is a print of {doctype}, not of {doc.doctype}")
	return replace(make(doc), closing=_("Printed {0}").format(moment(now_datetime())))
