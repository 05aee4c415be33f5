"""Contacts and leads that were there before are found by their e-mails and numbers as well."""

from dealer_pos_crm.dealer_crm.leads import points
from dealer_pos_crm.dealer_setup.settings import companies


def execute() -> None:
	if companies():
		points.rebuild_later()
