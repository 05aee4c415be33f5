"""Deal Scenario: the chosen one says what the customer will pay, an approved one what the deal is expected to
earn."""

import frappe

from dealer_pos_crm.dealer_showroom.delivery import position
from dealer_pos_crm.dealer_showroom.gross import gross


def on_update(doc, method=None) -> None:
	position.touch("Deal Jacket", doc.deal)
	if doc.status != "Approved" or not doc.has_value_changed("status"):
		return
	deal = frappe.get_doc("Deal Jacket", doc.deal)
	deal.approved_scenario = doc.name
	if deal.stage not in ("Delivered", "Funded"):
		gross.compute(deal, gross.State.EXPECTED.value)
