"""A dealership from before the showroom gets the recon templates that a new one starts with."""

from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.dealer_showroom.recon import templates


def execute() -> None:
	for company in companies():
		templates.add(company)
