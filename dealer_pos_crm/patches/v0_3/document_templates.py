"""A site from before the showroom gets the list of a deal's papers that a new one starts with."""

from dealer_pos_crm.dealer_showroom.documents import defaults


def execute() -> None:
	defaults.add()
