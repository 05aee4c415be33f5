"""What a contact on the floor moves elsewhere: the deal goes on, the lead's clock stops."""

import frappe

from dealer_pos_crm.dealer_showroom.deals import deal as deals
from dealer_pos_crm.dealer_showroom.deals import stages
from dealer_pos_crm.domain.lead_response import How


def deal_reached(deal: str | None, stage: str) -> None:
	"""Bring a deal on to a stage by itself: forward only, never past a gate."""
	if deal:
		stages.reached(deals.locked(deal), stage)


def answered(doc, *, how: How) -> None:
	"""A real contact with a lead: its clock stops."""
	if not doc.lead:
		return
	from dealer_pos_crm.dealer_crm.leads import response

	response.responded(
		doc.lead, how=how.value, by=doc.salesperson or frappe.session.user, reference=(doc.doctype, doc.name)
	)
