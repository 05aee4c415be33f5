"""Dealer Settings: a company that becomes a dealership gets the recon templates to start with, and
its contacts are found by their numbers."""

from dealer_pos_crm.dealer_crm.leads import points
from dealer_pos_crm.dealer_showroom.recon import templates


def after_insert(doc, method=None) -> None:
	templates.add(doc.name)
	points.rebuild_later()
