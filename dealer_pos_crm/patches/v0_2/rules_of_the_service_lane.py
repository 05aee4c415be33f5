"""The service lane's follow-up rules come to sites that had the app before the lane."""

from dealer_pos_crm.dealer_crm.rules import add_default_rules
from dealer_pos_crm.domain.default_service_rules import SERVICE_RULES


def execute():
	add_default_rules(SERVICE_RULES)  # not the others: what a manager has deleted stays deleted
