"""A site from before the showroom gets the rights on leads that a new one starts with."""

from dealer_pos_crm.dealer_setup import roles


def execute() -> None:
	roles.make_roles()
	roles.grant(only=("Campaign", "Lead", "Lead Source"))
