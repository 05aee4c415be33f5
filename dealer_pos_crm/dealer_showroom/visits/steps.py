"""What the showroom floor says to a person's history: each step once, with the same facts."""

import frappe
from frappe.utils import cstr

from dealer_pos_crm.dealer_showroom import log
from dealer_pos_crm.dealer_showroom.visits import person


def what_of(doc) -> str:
	"""The car of the step in words: its own, else the first car shown, else the one that the lead wants."""
	if doc.get("vehicle"):
		return person.car_text(doc.vehicle)
	for row in doc.get("vehicles") or ():
		if row.vehicle or row.what:
			return person.car_text(row.vehicle, row.what)
	deal = doc.get("deal")
	if deal and (found := frappe.db.get_value("Deal Jacket", deal, ["vehicle_title", "wanted"])):
		if found[0] or found[1]:
			return cstr(found[0] or found[1])
	if doc.get("lead"):
		wish = frappe.db.get_value("Lead", doc.lead, ["dealer_vehicle", "dealer_wanted"], as_dict=True)
		if wish and (wish.dealer_vehicle or wish.dealer_wanted):
			return person.car_text(wish.dealer_vehicle, wish.dealer_wanted)
	return person.car_text(None)


def step(
	doc,
	kind: str,
	title: str,
	*,
	facts: dict | None = None,
	reason: str | None = None,
	reverses: str | None = None,
	occasion: str | None = None,
	at=None,
) -> str:
	"""Write a step of a visit, an appointment or a test drive down. ``title`` is ready: translated, filled."""
	said = {"what": what_of(doc), "salesperson": person.full_name(doc.salesperson), **(facts or {})}
	return log.write(
		kind,
		title=title,
		customer=doc.customer or None,
		company=doc.company,
		reference=(doc.doctype, doc.name),
		vehicle=_vehicle_of(doc),
		appointment=doc.name if doc.doctype == "Showroom Appointment" else doc.get("appointment"),
		deal=doc.get("deal"),
		lead=doc.lead or None,
		actor=doc.salesperson or None,
		reason=reason,
		facts=said,
		occasion=occasion,
		reverses=reverses,
		at=at,
	)


def _vehicle_of(doc) -> str | None:
	if doc.get("vehicle"):
		return doc.vehicle
	return next((row.vehicle for row in doc.get("vehicles") or () if row.vehicle), None)


def standing(doc, kind: str | tuple[str, ...]) -> str | None:
	"""The key of the document's last step of these kinds that nothing has undone yet."""
	about = {"reference_doctype": doc.doctype, "reference_name": doc.name}
	return log.LOG.standing(kind, about)
