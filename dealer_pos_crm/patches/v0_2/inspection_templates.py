"""A site from before the service lane gets the inspection templates that a new one starts with."""

from dealer_pos_crm.dealer_service.inspections import defaults


def execute() -> None:
	defaults.add()
