"""A site from before the counter gets the rights that a new one starts with."""

from dealer_pos_crm.dealer_setup import roles

# What was granted before stays as the site has it by now.
_NEW = (
	"Accounts Settings",
	"Batch",
	"Currency",
	"Customer Group",
	"Item Group",
	"POS Closing Entry",
	"POS Invoice",
	"POS Opening Entry",
	"POS Profile",
	"POS Settings",
	"Serial No",
	"Stock Settings",
	"Territory",
	"UOM",
)


def execute() -> None:
	roles.make_roles()
	roles.grant(only=_NEW)
	roles.widen("Sales Invoice", roles.CASHIER, ("write", "create", "submit"))
	roles.open_pages()
