"""The Cash Report: kept while cash comes near the limit, to be filed once it is over, decided by a person.

One report for one count of cash (``domain.cash_report``). It is written by the payments themselves, in their
transaction, and again each night; the payer's data come from whoever stands at the counter.
"""

from datetime import datetime
from typing import Any

import frappe
from frappe.utils import cint, formatdate, getdate

from dealer_pos_crm.dealer_cashier import log
from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.dealer_setup.settings import manager_of, settings_of
from dealer_pos_crm.domain import cash_report as rules
from dealer_pos_crm.domain.cash_report import Status
from dealer_pos_crm.domain.money import Money

DOCTYPE = "Cash Report"
DEPARTMENT = "Accounting"
OPEN = (Status.WATCHING.value, Status.TO_FILE.value)

# What is told of the payer, and kept from one report to the payer's next.
PAYER = (
	"payer_first_name",
	"payer_middle",
	"payer_last_name",
	"payer_tin_refused",
	"payer_born_on",
	"payer_occupation",
	"payer_street",
	"payer_city",
	"payer_state",
	"payer_zip",
	"payer_country",
	"id_document",
	"id_issued_by",
)
BEHALF = ("on_behalf", "behalf_name", "behalf_address", "behalf_occupation", "behalf_tin_refused")
SECRET = ("payer_tin", "id_number", "behalf_tin")


def standing(doc: Any) -> Money:
	"""The cash of a report's payments that stand."""
	found = Money.zero(rules.CURRENCY)
	for row in doc.payments:
		if not cint(row.reversed):
			found += rounded(row.amount, rules.CURRENCY)
	return found


def responsible_for(company: str) -> str:
	for user in (settings_of(company).get("cash_report_owner"), manager_of(company, DEPARTMENT)):
		if user and frappe.get_cached_value("User", user, "enabled"):
			return user
	return "Administrator"


def prepared(customer: str, company: str, deal: str | None = None) -> Any:
	"""The payer's open report, locked, else a new one that holds no cash yet."""
	name = frappe.db.get_value(
		DOCTYPE,
		{"customer": customer, "company": company, "status": ("in", OPEN)},
		"name",
		order_by="status asc, creation desc",  # the one to file before one that is watched
		for_update=True,
	)
	if name:
		return frappe.get_doc(DOCTYPE, name, for_update=True)
	return new(company, customer, f"{company}|{customer}|payer", deal)


def insert(doc: Any) -> Any:
	"""Two at the same instant make one report: who comes second takes the other's."""
	if not doc.is_new():
		save(doc)
		return doc
	frappe.db.savepoint("cash_report")
	try:
		save(doc)
	except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
		frappe.db.rollback(save_point="cash_report")
		frappe.local.message_log = []
		found = frappe.db.get_value(DOCTYPE, {"group_key": doc.group_key}, "name", for_update=True)
		return frappe.get_doc(DOCTYPE, found, for_update=True)
	return doc


def write(doc: Any, kind: str, title: str, *, reason: str | None = None, at: datetime | None = None) -> None:
	"""A line of the payer's timeline. Nothing of it is a number of a person or a document."""
	log.write(
		kind,
		title=title,
		customer=doc.customer,
		company=doc.company,
		reference=(DOCTYPE, doc.name),
		deal=doc.deal or None,
		amount=rounded(doc.cash_amount, rules.CURRENCY),
		actor=doc.responsible,
		reason=reason,
		facts={
			"what": doc.name,
			"due_at": f"{getdate(doc.due_on)} 17:00:00" if doc.due_on else None,
			"due_on": formatdate(doc.due_on) if doc.due_on else None,
		},
		at=at,
	)


def known_of(customer: str, company: str) -> str | None:
	"""The last report on which the payer's data are complete."""
	return frappe.db.get_value(
		DOCTYPE,
		{"customer": customer, "company": company, "payer_complete": 1},
		"name",
		order_by="modified desc",
	)


def copy_payer(doc: Any, source: str | None) -> None:
	"""What is known of the payer already, numbers included; what stands on the report stays."""
	if not source or source == doc.name:
		return
	other = frappe.get_doc(DOCTYPE, source)
	for field in (*PAYER, *BEHALF):
		if not doc.get(field):
			doc.set(field, other.get(field))
	for field in SECRET:
		if not doc.get(field):
			doc.set(field, other.get_password(field, raise_exception=False))


def new(company: str, customer: str, key: str | None, deal: str | None = None) -> Any:
	doc = frappe.new_doc(DOCTYPE)
	doc.update(
		{
			"customer": customer,
			"customer_name": frappe.get_cached_value("Customer", customer, "customer_name"),
			"company": company,
			"currency": rules.CURRENCY,
			"deal": deal,
			"status": Status.WATCHING.value,
			"responsible": responsible_for(company),
			"group_key": key,
		}
	)
	return doc


def save(doc: Any) -> None:
	doc.flags.of_the_counter = True
	doc.save(ignore_permissions=True) if not doc.is_new() else doc.insert(ignore_permissions=True)
	doc.notify_update()
