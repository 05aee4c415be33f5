"""Who pays: recorded at the counter before much cash is taken, by whoever takes it.

Numbers of people and documents go in and are not handed out again here.
"""

from typing import Any

import frappe
from frappe.utils import cint, cstr

from dealer_pos_crm.dealer_counter.cash_reports import report
from dealer_pos_crm.dealer_setup.acting import action

FIELDS = (*report.PAYER, *report.BEHALF, *report.SECRET)


@action
def record(customer: str, company: str, told: dict, deal: str | None = None) -> dict:
	"""Write down who pays. What is not told stays as it was. Returns ``state``."""
	doc = report.prepared(customer, company, deal)
	report.copy_payer(doc, report.known_of(customer, company))
	for field in FIELDS:
		if field in told and (told[field] or field not in report.SECRET):
			doc.set(field, told[field])
	for field in ("payer_tin", "behalf_tin"):
		if cint(told.get(f"{field}_refused")) and not told.get(field):
			doc.set(field, "")
	doc = report.insert(doc)
	return state(doc)


def state(doc: Any) -> dict:
	lacks = doc.lacks()
	return {
		"report": doc.name,
		"complete": not lacks,
		"missing": [frappe.get_meta(report.DOCTYPE).get_label(field) for field in lacks],
	}


def known(customer: str, company: str) -> dict:
	"""What a dialog starts with: what was recorded before, else what the customer's file says. Instead of a
	number there is only whether one is held."""
	names = frappe.get_all(
		report.DOCTYPE,
		{"customer": customer, "company": company},
		pluck="name",
		order_by="payer_complete desc, modified desc",
		limit=1,
	)
	found = _of_file(customer)
	held: dict[str, bool] = dict.fromkeys(report.SECRET, False)
	if names:
		doc = frappe.get_doc(report.DOCTYPE, names[0])
		found |= {field: doc.get(field) for field in (*report.PAYER, *report.BEHALF) if doc.get(field)}
		held = {field: bool(doc.get(field)) for field in report.SECRET}
	return {"payer": found, "held": held}


def _of_file(customer: str) -> dict:
	doc = frappe.get_cached_doc("Customer", customer)
	address = (
		frappe.get_cached_doc("Address", doc.customer_primary_address)
		if doc.customer_primary_address
		else None
	)
	if doc.customer_type == "Company":
		# A person stands at the counter; the company is whom they pay for.
		lines = [address.address_line1, address.city, address.state, address.pincode] if address else []
		return {
			"on_behalf": 1,
			"behalf_name": doc.customer_name,
			"behalf_address": ", ".join(filter(None, lines)),
		}
	first, _space, last = cstr(doc.customer_name).strip().rpartition(" ")
	found: dict[str, Any] = {"payer_first_name": first, "payer_last_name": last}
	if address:
		found |= {
			"payer_street": ", ".join(filter(None, [address.address_line1, address.address_line2])),
			"payer_city": address.city,
			"payer_state": address.state,
			"payer_zip": address.pincode,
		}
		if address.country and address.country != "United States":
			found["payer_country"] = address.country
	return found
