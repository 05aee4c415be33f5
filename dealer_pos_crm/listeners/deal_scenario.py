"""Deal Scenario: an approved one says what the deal is expected to earn."""

import frappe

from dealer_pos_crm.dealer_showroom.gross import gross


def on_update(doc, method=None) -> None:
	if doc.status != "Approved" or not doc.has_value_changed("status"):
		return
	deal = frappe.get_doc("Deal Jacket", doc.deal)
	deal.approved_scenario = doc.name
	if deal.stage not in ("Delivered", "Funded"):
		gross.compute(deal, gross.State.EXPECTED.value)
