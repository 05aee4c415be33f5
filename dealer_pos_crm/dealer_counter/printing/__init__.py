"""What the prints of the counter say: receipt, refund slip, sale, shift report and bank slip, on a sheet and a roll.

The templates only lay out; every word and every sum of a print is decided here. Amounts are in the company's
currency, as people read them.
"""

from dataclasses import replace
from typing import Any

from frappe import _
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_cashier.printing.paper import Paper
from dealer_pos_crm.dealer_cashier.printing.words import moment
from dealer_pos_crm.dealer_counter.printing.bank import bank_slip
from dealer_pos_crm.dealer_counter.printing.payment import payment_receipt
from dealer_pos_crm.dealer_counter.printing.receipt import receipt
from dealer_pos_crm.dealer_counter.printing.refund import refund_slip
from dealer_pos_crm.dealer_counter.printing.sale import sale
from dealer_pos_crm.dealer_counter.printing.shift import shift_report, shift_so_far
from dealer_pos_crm.dealer_counter.receipts import prints

_PAPERS = {
	"Bank Deposit": bank_slip,
	"Counter Receipt": receipt,
	"Counter Refund": refund_slip,
	"POS Invoice": sale,
	"POS Opening Entry": shift_so_far,
	"Payment Entry": payment_receipt,
	"Shift Count": shift_report,
}


def dealer_counter_paper(doc: Any) -> Paper:
	"""The print of a document of the counter, ready to be laid out.

	Called by the templates with a document that Frappe has already checked the reader's right to.
	"""
	paper = replace(_PAPERS[doc.doctype](doc), closing=_("Printed {0}").format(moment(now_datetime())))
	return prints.marked(paper, doc)
