"""Customer: after a merge, what we keep beside the links is put right, and the merge is told."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_crm import follow_ups, spine
from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.domain.event import Event


def after_rename(doc, method=None, old: str = "", new: str = "", merge: bool = False) -> None:
	if not companies():
		return
	_repair_names(new)
	_repair_tasks(new)
	if merge:
		_wait_once(new)
		_tell(old, new)


def _repair_names(customer: str) -> None:
	"""Texts and keys that hold a customer's name without being a link."""
	name = frappe.db.get_value("Customer", customer, "customer_name")
	frappe.db.sql("update `tabDeposit` set customer_name = %s where customer = %s", (name, customer))
	frappe.db.sql(
		"update `tabService Appointment` set customer_name = %s where customer = %s", (name, customer)
	)
	frappe.db.sql("update `tabRepair Order` set customer_name = %s where customer = %s", (name, customer))
	frappe.db.sql("update `tabDeclined Service` set customer_name = %s where customer = %s", (name, customer))
	frappe.db.sql(
		"""update `tabFollow Up` set subject_name = %(customer)s
		where customer = %(customer)s and subject_kind = 'customer'""",
		{"customer": customer},
	)
	for deposit in frappe.get_all("Deposit", {"customer": customer}, pluck="name", order_by="name"):
		frappe.clear_document_cache("Deposit", deposit)


def _repair_tasks(customer: str) -> None:
	"""The open ToDos of its promises link the customer in their text."""
	for name in frappe.get_all(
		"Follow Up",
		{"customer": customer, "status": "Open", "todo": ("is", "set")},
		pluck="name",
		order_by="name",
	):
		follow_up = frappe.get_doc("Follow Up", name)
		frappe.db.set_value("ToDo", follow_up.todo, "description", follow_ups.task_text(follow_up))


def _wait_once(customer: str) -> None:
	"""Two who waited for the same vehicle are one now, and wait once: since the earlier day. Nobody waits
	for a vehicle that they hold themselves."""
	seen = set(
		frappe.get_all(
			"Dealer Vehicle Hold",
			{"customer": customer, "active_vehicle": ("is", "set")},
			pluck="vehicle",
			order_by="name",
		)
	)
	for row in frappe.get_all(
		"Dealer Vehicle Waitlist",
		{"customer": customer, "status": "Waiting"},
		["name", "vehicle"],
		order_by="added_on, creation, name",
	):
		if row.vehicle in seen:
			frappe.db.set_value(
				"Dealer Vehicle Waitlist",
				row.name,
				{"status": "Dropped", "note": _("The customer was merged and holds or awaits it already")},
			)
		seen.add(row.vehicle)


def _tell(old: str, new: str) -> None:
	at = now_datetime()
	spine.record(
		[
			Event(
				key=f"customer.merged:{old}:{new}:{at.isoformat()}",
				type="customer.merged",
				happened_at=at,
				customer=new,
				company=company,
				title=_("Customer {0} was merged into this one").format(old),
				reference_doctype="Customer",
				reference_name=new,
				actor=frappe.session.user,
				facts={"old": old},
			)
			for company in companies()[:1]
		]
	)
