"""Setting a company up as a dealership."""

import frappe

from dealer_pos_crm.dealer_setup import (
	accounting,
	card_accounting,
	counter_accounting,
	service_accounting,
	showroom_accounting,
)


@frappe.whitelist()
def deposit_accounting(company: str) -> dict:
	"""What setting up deposit accounting would change in the company. Changes nothing."""
	frappe.has_permission("Dealer Settings", "read", company, throw=True)
	return accounting.preview(company)


@frappe.whitelist(methods=["POST"])
def set_up_deposit_accounting(company: str) -> dict:
	"""Make the changes that ``deposit_accounting`` shows."""
	frappe.has_permission("Dealer Settings", "write", company, throw=True)
	frappe.has_permission("Company", "write", company, throw=True)
	frappe.has_permission("Account", "create", throw=True)
	return accounting.set_up(company)


@frappe.whitelist()
def get_service_accounting(company: str) -> dict:
	"""What setting up service accounting would make: items and accounts. Changes nothing."""
	frappe.has_permission("Dealer Settings", "read", company, throw=True)
	return service_accounting.preview(company)


@frappe.whitelist(methods=["POST"])
def set_up_service_accounting(company: str) -> dict:
	"""Make what ``get_service_accounting`` shows."""
	frappe.has_permission("Dealer Settings", "write", company, throw=True)
	frappe.has_permission("Item", "create", throw=True)
	frappe.has_permission("Account", "create", throw=True)
	return service_accounting.set_up(company)


@frappe.whitelist()
def get_showroom_accounting(company: str) -> dict:
	"""What setting up showroom accounting would make: items and accounts. Changes nothing."""
	frappe.has_permission("Dealer Settings", "read", company, throw=True)
	return showroom_accounting.preview(company)


@frappe.whitelist(methods=["POST"])
def set_up_showroom_accounting(company: str) -> dict:
	"""Make what ``get_showroom_accounting`` shows."""
	frappe.has_permission("Dealer Settings", "write", company, throw=True)
	frappe.has_permission("Item", "create", throw=True)
	frappe.has_permission("Account", "create", throw=True)
	return showroom_accounting.set_up(company)


@frappe.whitelist()
def get_card_accounting(company: str) -> dict:
	"""What setting up card accounting would make: accounts and modes of payment. Changes nothing."""
	frappe.has_permission("Dealer Settings", "read", company, throw=True)
	return card_accounting.preview(company)


@frappe.whitelist(methods=["POST"])
def set_up_card_accounting(company: str) -> dict:
	"""Make what ``get_card_accounting`` shows."""
	frappe.has_permission("Dealer Settings", "write", company, throw=True)
	frappe.has_permission("Mode of Payment", "create", throw=True)
	frappe.has_permission("Account", "create", throw=True)
	return card_accounting.set_up(company)


@frappe.whitelist()
def get_counter_accounting(company: str) -> dict:
	"""What setting up the counter's books would make: accounts and modes of payment. Changes nothing."""
	frappe.has_permission("Dealer Settings", "read", company, throw=True)
	return counter_accounting.preview(company)


@frappe.whitelist(methods=["POST"])
def set_up_counter_accounting(company: str) -> dict:
	"""Make what ``get_counter_accounting`` shows."""
	frappe.has_permission("Dealer Settings", "write", company, throw=True)
	frappe.has_permission("Mode of Payment", "create", throw=True)
	frappe.has_permission("Account", "create", throw=True)
	return counter_accounting.set_up(company)
