"""The hold of a car that is sold has done its work: the reminder that it ends stops, on sites that have it."""

import frappe

RULE = "Hold: ends in a day"
SOLD = "vehicle.sold"


def execute():
	if not frappe.db.exists("Follow Up Rule", RULE):
		return
	doc = frappe.get_doc("Follow Up Rule", RULE)
	if doc.event_type == "vehicle.held" and not any(row.event_type == SOLD for row in doc.stops):
		doc.append("stops", {"event_type": SOLD})
		doc.save()
