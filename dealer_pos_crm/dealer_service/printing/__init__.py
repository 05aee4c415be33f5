"""What the prints of the service lane say. The templates only lay out; every word and sum is decided here.

Texts are plain text, which the templates escape. Amounts are in the company's currency.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from frappe import _
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_cashier.printing.paper import Paper
from dealer_pos_crm.dealer_cashier.printing.words import moment
from dealer_pos_crm.dealer_service.printing import gate_pass, inspection, invoice, order

_PAPERS: dict[str, tuple[str, Callable[[Any], Paper]]] = {
	"estimate": ("Repair Order", order.estimate),
	"repair order": ("Repair Order", order.customer_copy),
	"invoice": ("Sales Invoice", invoice.service_invoice),
	"inspection": ("Vehicle Inspection", inspection.sheet),
	"gate pass": ("Repair Order", gate_pass.gate_pass),
}


def dealer_service_paper(doc: Any, kind: str) -> Paper:
	"""A print of the lane, ready to be laid out.

	Called by the templates with a document that Frappe has already checked the reader's right to.
	"""
	doctype, make = _PAPERS[kind]
	if doc.doctype != doctype:
		raise ValueError(f"{kind} is a print of {doctype}, not of {doc.doctype}")
	return replace(make(doc), closing=_("Printed {0}").format(moment(now_datetime())))
