"""Sites from before pay requests and card payments get the rules about them."""

from dealer_pos_crm.dealer_crm.rules import add_default_rules
from dealer_pos_crm.domain.default_payment_rules import PAYMENT_RULES


def execute() -> None:
	add_default_rules(PAYMENT_RULES)  # not the others: what a manager has deleted stays deleted
