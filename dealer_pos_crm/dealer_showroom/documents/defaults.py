"""The list of a deal's papers that a new site starts with, after what US dealers keep in a deal jacket.

Sources: the Texas list of what a sales file must hold, FTC Used Car Rule (Buyers Guide, 16 CFR 455), federal
odometer disclosure (49 CFR 580), privacy notice (16 CFR 313), OFAC. F&I and managers edit it.
"""

import frappe
from frappe import _

from dealer_pos_crm.domain.refusal import _ as marked

TEMPLATE = marked("US Deal Jacket")

# (document, required before, needed, valid days, a note is enough, sensitive)
DOCUMENTS: tuple[tuple[str, str, str, int, int, int], ...] = (
	(marked("Photo ID"), "F&I", "Always", 0, 0, 1),
	(marked("Photo ID of the co-buyer"), "F&I", "Co-buyer", 0, 0, 1),
	(marked("Credit application"), "F&I", "Finance", 30, 0, 1),
	(marked("Credit application"), "F&I", "Lease", 30, 0, 1),
	(marked("Privacy notice"), "F&I", "Finance", 0, 1, 0),
	(marked("Privacy notice"), "F&I", "Lease", 0, 1, 0),
	(marked("Authority to sign for the business"), "F&I", "Business Buyer", 0, 0, 0),
	(marked("Buyer's order"), "Contracted", "Always", 0, 0, 0),
	(marked("Buyers Guide"), "Contracted", "Used Car", 0, 0, 0),
	(marked("Payoff letter"), "Contracted", "Trade-in", 10, 1, 0),
	(marked("Odometer statement"), "Delivered", "Always", 0, 0, 0),
	(marked("Odometer statement of the trade-in"), "Delivered", "Trade-in", 0, 0, 0),
	(marked("Title of the trade-in"), "Delivered", "Trade-in", 0, 1, 0),
	(marked("Title copy"), "Delivered", "Used Car", 0, 1, 0),
	(marked("Certificate of origin"), "Delivered", "New Car", 0, 0, 0),
	(marked("Proof of payment"), "Delivered", "Cash", 0, 1, 0),
	(marked("Signed contract"), "Delivered", "Finance", 0, 0, 0),
	(marked("Signed lease"), "Delivered", "Lease", 0, 0, 0),
	(marked("Due bill (We Owe)"), "Delivered", "Always", 0, 1, 0),
	(marked("Proof of insurance"), "Delivered", "Always", 30, 1, 0),
	(marked("OFAC result"), "Delivered", "Always", 0, 1, 0),
)
OFAC = "OFAC result"


def add() -> None:
	"""Add the list where a site has none at all. What a site has edited, renamed or switched off stays."""
	if frappe.db.count("Deal Document Template"):
		return
	frappe.get_doc(
		{
			"doctype": "Deal Document Template",
			"title": _(TEMPLATE),
			"company": "",  # for every company: not the one that the user has as default
			"enabled": 1,
			"documents": [
				{
					"document": _(document),
					"required_before": stage,
					"when_needed": needed,
					"valid_days": days,
					"note_is_enough": note,
					"sensitive": sensitive,
				}
				for document, stage, needed, days, note, sensitive in DOCUMENTS
			],
		}
	).insert()
