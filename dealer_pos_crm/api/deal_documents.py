"""The papers and the checks of a deal, from its form."""

import frappe

from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom.documents import checklist, compliance

DEAL, CHECK = "Deal Jacket", "Compliance Check"


def _may(deal: str, right: str = "write") -> None:
	frappe.has_permission(DEAL, right, deal, throw=True)


@frappe.whitelist()
def get_checklist(deal: str) -> dict:
	"""The checklist by stage; what the user may not see is left out."""
	_may(deal, "read")
	return checklist.view(frappe.get_doc(DEAL, deal))


@frappe.whitelist(methods=["POST"])
def receive(deal: str, row: str, file: str, expires_on: str | None = None, note: str | None = None) -> dict:
	"""A paper came in. ``file``: the name of a private File that the user has just uploaded."""
	_may(deal)
	return checklist.receive(deal, row, file, expires_on=expires_on, note=note)


@frappe.whitelist(methods=["POST"])
def note(deal: str, row: str, text: str, expires_on: str | None = None) -> dict:
	"""A note in place of the paper, where that is enough."""
	_may(deal)
	return checklist.note(deal, row, text, expires_on=expires_on)


@frappe.whitelist(methods=["POST"])
def waive(deal: str, row: str, reason: str) -> dict:
	"""The deal goes without this paper; a manager says why."""
	_may(deal)
	return checklist.waive(deal, row, reason)


@frappe.whitelist(methods=["POST"])
def take_back(deal: str, row: str) -> dict:
	"""It was the wrong paper: it is missing again."""
	_may(deal)
	return checklist.take_back(deal, row)


@frappe.whitelist(methods=["POST"])
def add(deal: str, document: str, required_before: str, sensitive: bool = False) -> dict:
	"""A paper that no template knows."""
	_may(deal)
	return checklist.add(deal, document, required_before, sensitive=sensitive)


@frappe.whitelist()
def get_compliance(deal: str) -> dict:
	"""Where the checks of buyer and co-buyer stand."""
	_may(deal, "read")
	return compliance.view(frappe.get_doc(DEAL, deal))


@frappe.whitelist(methods=["POST"])
def check(deal: str, party: str, kind: str, values: str | dict, client_key: str) -> dict:
	"""Record an OFAC or Red Flags check."""
	_may(deal, "read")
	frappe.has_permission(CHECK, "create", throw=True)
	wanted = {key: value for key, value in frappe.parse_json(values).items() if key in compliance.VALUES}
	with explained():
		return compliance.check(deal, party, kind, client_key=client_key, **wanted)


@frappe.whitelist(methods=["POST"])
def clear(check_name: str, text: str) -> dict:
	"""Clear an alert that somebody else has raised, with a note of how."""
	frappe.has_permission(CHECK, "write", check_name, throw=True)
	return compliance.clear(check_name, text)
