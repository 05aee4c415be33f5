"""E-mails and telephone numbers of contacts and leads as keys, so that a person is found however one types.

A number is looked up by index instead of reading every contact there is. What stands here follows from the
documents and can be made again at any time (``rebuild``).
"""

from collections.abc import Iterable

import frappe
from frappe.utils import cstr

from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.domain import phone
from dealer_pos_crm.domain.lead_match import email_key

DOCTYPE = "Dealer Contact Point"
EMAIL, PHONE = "E-mail", "Phone"
_LEAD_PHONES = ("mobile_no", "phone", "whatsapp_no")
_BATCH = 500


def country() -> str:
	"""Two letters of the country whose numbers need no country code: the first dealership's, else US."""
	for company in companies()[:1]:
		name = frappe.get_cached_value("Company", company, "country")
		return cstr(frappe.get_cached_value("Country", name, "code")).upper() or "US" if name else "US"
	return "US"


def phone_key(text: str | None) -> str:
	"""The number in E.164, or "" for what is none."""
	return phone.key(text, country())


def of_contact(contact) -> set[tuple[str, str]]:
	"""What a Contact can be found by."""
	emails = {contact.get("email_id"), *(row.email_id for row in contact.get("email_ids") or ())}
	phones = {contact.get("phone"), contact.get("mobile_no")}
	phones |= {row.phone for row in contact.get("phone_nos") or ()}
	return _keys(emails, phones)


def of_lead(lead) -> set[tuple[str, str]]:
	"""What a Lead can be found by."""
	return _keys({lead.email_id}, {lead.get(field) for field in _LEAD_PHONES})


def _keys(emails: Iterable[str | None], phones: Iterable[str | None]) -> set[tuple[str, str]]:
	found = {(EMAIL, email_key(email)[:140]) for email in emails}
	found |= {(PHONE, phone_key(number)) for number in phones}
	return {(kind, value) for kind, value in found if value}


def keep(doctype: str, name: str, wanted: set[tuple[str, str]]) -> None:
	"""Write down what a document can be found by now."""
	rows = frappe.get_all(
		DOCTYPE,
		{"party_doctype": doctype, "party_name": name},
		["name", "kind", "value"],
		order_by="name",
	)
	for row in rows:
		if (row.kind, row.value) not in wanted:
			frappe.db.delete(DOCTYPE, {"name": row.name})
	for kind, value in sorted(wanted - {(row.kind, row.value) for row in rows}):
		doc = frappe.get_doc(
			{
				"doctype": DOCTYPE,
				"kind": kind,
				"value": value,
				"party_doctype": doctype,
				"party_name": name,
			}
		)
		doc.db_insert()


def forget(doctype: str, name: str) -> None:
	frappe.db.delete(DOCTYPE, {"party_doctype": doctype, "party_name": name})


def found_by(doctype: str, emails: Iterable[str | None] = (), phones: Iterable[str | None] = ()) -> list[str]:
	"""Names of Contacts or Leads that have one of these, numbers in any format. Sorted."""
	values = [value for _kind, value in sorted(_keys(emails, phones))]
	if not values:
		return []
	return sorted(
		set(
			frappe.get_all(
				DOCTYPE,
				{"party_doctype": doctype, "value": ("in", values)},
				pluck="party_name",
				order_by="party_name",
			)
		)
	)


def customers_by(emails: Iterable[str | None] = (), phones: Iterable[str | None] = ()) -> list[str]:
	"""Customers one of whose contacts has one of these. Sorted."""
	contacts = found_by("Contact", emails, phones)
	if not contacts:
		return []
	return sorted(
		set(
			frappe.get_all(
				"Dynamic Link",
				{"parenttype": "Contact", "parent": ("in", contacts), "link_doctype": "Customer"},
				pluck="link_name",
				order_by="link_name",
			)
		)
	)


def rebuild() -> int:
	"""Make all keys anew, for contacts and leads that were there before the app. Returns how many there are."""
	frappe.db.delete(DOCTYPE)
	for doctype, keys in (("Contact", of_contact), ("Lead", of_lead)):
		last = ""
		while names := frappe.get_all(
			doctype, {"name": (">", last)}, pluck="name", order_by="name", limit=_BATCH
		):
			last = names[-1]
			for name in names:
				keep(doctype, name, keys(frappe.get_doc(doctype, name)))
	return frappe.db.count(DOCTYPE)


def rebuild_later() -> None:
	"""In the background, once: a site has many contacts."""
	frappe.enqueue(
		"dealer_pos_crm.dealer_crm.leads.points.rebuild",
		queue="long",
		job_id="dealer_contact_points",
		deduplicate=True,
		enqueue_after_commit=True,
	)
