"""Recon, from the screens. Amounts are in major units of the company's currency."""

import frappe
from frappe.utils import cint

from dealer_pos_crm.dealer_showroom.recon import recon as acts
from dealer_pos_crm.dealer_showroom.recon import view


def _may(recon: str) -> None:
	"""Everybody who reads the recon may try; each act asks for its own right to the step."""
	frappe.has_permission("Vehicle Recon", "read", recon, throw=True)


@frappe.whitelist(methods=["POST"])
def start(vehicle: str, template: str | None = None) -> str:
	"""Begin the recon of a car in stock; the open one when it is in recon. Returns its name."""
	frappe.has_permission("Vehicle Recon", "create", throw=True)
	frappe.has_permission("Dealer Vehicle", "read", vehicle, throw=True)
	return acts.start(vehicle, template=template)


@frappe.whitelist()
def get_board(recon: str) -> dict:
	"""All the form shows of a recon: its steps, what may be done with each, how it stands."""
	_may(recon)
	return view.board(recon)


@frappe.whitelist()
def get_panel(vehicle: str) -> dict:
	"""The recon of a car in short, for its form; where none is, whether one can begin."""
	frappe.has_permission("Dealer Vehicle", "read", vehicle, throw=True)
	return view.panel(vehicle)


@frappe.whitelist(methods=["POST"])
def start_step(recon: str, key: str) -> dict:
	"""Work on a step begins or goes on."""
	_may(recon)
	acts.start_step(recon, key)
	return view.board(recon)


@frappe.whitelist(methods=["POST"])
def finish_step(recon: str, key: str, cost: float | None = None, note: str | None = None) -> dict:
	"""A step is done; the last one brings the car to the front line."""
	_may(recon)
	acts.finish_step(recon, key, cost=cost, note=note)
	return view.board(recon)


@frappe.whitelist(methods=["POST"])
def skip_step(recon: str, key: str, reason: str) -> dict:
	"""A step is left out."""
	_may(recon)
	acts.skip_step(recon, key, reason)
	return view.board(recon)


@frappe.whitelist(methods=["POST"])
def wait_for_parts(recon: str, key: str, eta: str, note: str | None = None) -> dict:
	"""A step waits for parts until a day."""
	_may(recon)
	acts.wait_for_parts(recon, key, eta, note=note)
	return view.board(recon)


@frappe.whitelist(methods=["POST"])
def ask_approval(recon: str, key: str, amount: float, note: str | None = None) -> dict:
	"""A step will cost more than it may; a manager decides."""
	_may(recon)
	acts.ask_approval(recon, key, amount, note=note)
	return view.board(recon)


@frappe.whitelist(methods=["POST"])
def decide(recon: str, key: str, approve: bool | int, note: str | None = None) -> dict:
	"""Approve what a step may cost, or turn it down."""
	_may(recon)
	acts.decide(recon, key, bool(cint(approve)), note=note)
	return view.board(recon)


@frappe.whitelist(methods=["POST"])
def arrange(recon: str, key: str, values: str | dict) -> dict:
	"""Give a step its owner, estimate or repair order."""
	_may(recon)
	given = frappe.parse_json(values)
	known = ("owner_user", "estimate", "repair_order")
	acts.arrange(recon, key, {name: given[name] for name in known if name in given})
	return view.board(recon)


@frappe.whitelist(methods=["POST"])
def add_step(
	recon: str,
	step: str,
	department: str = "Service",
	target_days: float = 1,
	owner_user: str | None = None,
) -> dict:
	"""More is to be done than the template knew."""
	_may(recon)
	acts.add_step(recon, step, department=department, target_days=target_days, owner_user=owner_user)
	return view.board(recon)


@frappe.whitelist(methods=["POST"])
def cancel(recon: str, reason: str) -> dict:
	"""The car leaves before it is ready."""
	_may(recon)
	acts.cancel(recon, reason)
	return view.board(recon)
