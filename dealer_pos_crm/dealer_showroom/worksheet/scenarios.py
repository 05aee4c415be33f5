"""The scenarios of a deal: which one is chosen, and which one a manager has approved."""

import frappe

from dealer_pos_crm.dealer_showroom.worksheet.reading import DOCTYPE


def chosen(deal):
	"""The scenario the customer takes; None while none is chosen."""
	return frappe.get_doc(DOCTYPE, deal.chosen_scenario) if deal.chosen_scenario else None


def approved(deal):
	"""The approved scenario, as long as it is the chosen one; None when the deal needs an approval (again)."""
	if not deal.approved_scenario or deal.approved_scenario != deal.chosen_scenario:
		return None
	scenario = frappe.get_doc(DOCTYPE, deal.approved_scenario)
	return scenario if scenario.status == "Approved" else None
