"""Repair orders are found by the search of sites that had the app before the lane."""

from dealer_pos_crm.dealer_setup import search


def execute() -> None:
	search.add()
