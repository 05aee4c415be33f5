"""Sites from before the showroom get its rules, and their rules about appointments in the lane say so.

An appointment was always one of the service lane; since then the showroom books appointments too.
"""

import frappe

from dealer_pos_crm.dealer_crm.rules import add_default_rules
from dealer_pos_crm.domain.default_service_rules import IN_SERVICE, SERVICE_RULES
from dealer_pos_crm.domain.default_showroom_rules import SHOWROOM_RULES


def execute():
	for rule in SERVICE_RULES:
		if IN_SERVICE in rule.conditions and frappe.db.exists("Follow Up Rule", rule.name):
			add_condition(rule.name)
	add_default_rules(SHOWROOM_RULES)  # not the others: what a manager has deleted stays deleted


def add_condition(name: str) -> None:
	"""Only where no department is asked for; whatever else a manager has changed stays."""
	doc = frappe.get_doc("Follow Up Rule", name)
	if doc.event_type.startswith("appointment.") and not any(
		row.fieldname == IN_SERVICE.field for row in doc.conditions
	):
		doc.append(
			"conditions",
			{"fieldname": IN_SERVICE.field, "operator": IN_SERVICE.operator, "value": IN_SERVICE.value},
		)
		doc.save()
