"""Title work, from its form and its list."""

import frappe

from dealer_pos_crm.dealer_showroom.titles import title

DOCTYPE = "Title Registration"


@frappe.whitelist(methods=["POST"])
def move(
	registration: str,
	to: str,
	on: str | None = None,
	reason: str | None = None,
	values: str | dict | None = None,
) -> dict:
	"""A step of the title work on its day. ``values``: holder, plate, title_number, temporary_tag ..."""
	frappe.has_permission(DOCTYPE, "write", registration, throw=True)
	wanted = frappe.parse_json(values or {})
	return title.move(
		registration, to, on=on, reason=reason, **{field: wanted.get(field) for field in title.STEP_VALUES}
	)


@frappe.whitelist()
def get_state(registration: str) -> dict:
	"""What is possible now, and what is late."""
	frappe.has_permission(DOCTYPE, "read", registration, throw=True)
	return title.result(frappe.get_doc(DOCTYPE, registration))
