"""Dealer Settings: a company that becomes a dealership gets the recon templates to start with."""

from dealer_pos_crm.dealer_showroom.recon import templates


def after_insert(doc, method=None) -> None:
	templates.add(doc.name)
