"""Follow-ups, from the screens."""

import frappe

from dealer_pos_crm.dealer_crm import follow_up_view, follow_ups


@frappe.whitelist()
def get_facts(follow_up: str | int) -> dict:
	"""Why a follow-up exists, whom to reach, what is known, and how it can end."""
	frappe.has_permission("Follow Up", "read", follow_up, throw=True)
	return follow_up_view.facts(follow_up)


@frappe.whitelist(methods=["POST"])
def finish(follow_up: str | int, outcome: str, note: str | None = None) -> None:
	"""End an open follow-up with its outcome."""
	frappe.has_permission("Follow Up", "write", follow_up, throw=True)
	follow_ups.finish(follow_up, outcome, note)


@frappe.whitelist(methods=["POST"])
def reassign(follow_up: str | int, user: str) -> None:
	"""Give an open follow-up to somebody else."""
	frappe.has_permission("Follow Up", "write", follow_up, throw=True)
	follow_ups.reassign(follow_up, user)
