"""Sites from before the counter get the rules about it."""

from dealer_pos_crm.dealer_crm.rules import add_default_rules
from dealer_pos_crm.domain.default_counter_rules import COUNTER_RULES


def execute() -> None:
	add_default_rules(COUNTER_RULES)  # not the others: what a manager has deleted stays deleted
