"""What the prints of a deposit say: receipt and refund slip, on a sheet and on a roll.

The templates only lay out; every word and every sum of a print is decided here. Texts are plain text, which
the templates escape. Amounts are in the company's currency, as people read them.
"""

from dataclasses import replace
from typing import Any

from frappe import _
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_cashier.printing.paper import Paper
from dealer_pos_crm.dealer_cashier.printing.receipt import receipt
from dealer_pos_crm.dealer_cashier.printing.refund import refund_slip
from dealer_pos_crm.dealer_cashier.printing.words import moment
from dealer_pos_crm.dealer_counter.receipts import prints


def dealer_receipt(doc: Any) -> Paper:
	"""The print of a Deposit (receipt) or of a Payment Entry (refund slip), ready to be laid out.

	Called by the templates with a document that Frappe has already checked the reader's right to.
	"""
	paper = refund_slip(doc) if doc.doctype == "Payment Entry" else receipt(doc)
	return prints.marked(replace(paper, closing=_("Printed {0}").format(moment(now_datetime()))), doc)
