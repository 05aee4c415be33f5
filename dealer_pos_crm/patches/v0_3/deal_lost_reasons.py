"""A site from before the showroom gets the reasons why deals are lost that a new one starts with."""

from dealer_pos_crm.dealer_showroom.deals import losing


def execute() -> None:
	losing.add_reasons()
