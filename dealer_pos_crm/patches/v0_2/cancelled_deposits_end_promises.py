"""A cancelled deposit ends the promises that a refunded one ends; the rules first shipped did not say so."""

import frappe

from dealer_pos_crm.domain.default_rules import DEPOSIT_RULES

LIKE, MISSING = "deposit.refunded", "deposit.cancelled"


def execute():
	for rule in DEPOSIT_RULES:
		if MISSING in rule.stops and frappe.db.exists("Follow Up Rule", rule.name):
			add_stop(rule.name)


def add_stop(name: str) -> None:
	"""Only beside the stop it belongs with; whatever else a manager has changed stays."""
	doc = frappe.get_doc("Follow Up Rule", name)
	stops = {row.event_type for row in doc.stops}
	if LIKE in stops and MISSING not in stops:
		doc.append("stops", {"event_type": MISSING})
		doc.save()
