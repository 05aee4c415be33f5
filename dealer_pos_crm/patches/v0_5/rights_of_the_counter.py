"""A site from before the counter gets the rights that a new one starts with."""

from dealer_pos_crm.dealer_setup import roles


def execute() -> None:
	roles.make_roles()
	roles.grant()
