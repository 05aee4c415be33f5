"""Customer: after a merge, what we keep beside the links is put right, and the merge is told."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_crm import follow_ups, spine
from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.dealer_showroom.deals import merging as deals
from dealer_pos_crm.domain.event import Event

# Documents that say the customer's name beside the link.
_SAY_THE_NAME = (
	"Card Payment",
	"Deal Jacket",
	"Declined Service",
	"Deposit",
	"Dispute Case",
	"Pay Request",
	"Repair Order",
	"Service Appointment",
	"Title Registration",
	"We Owe",
)


def after_rename(doc, method=None, old: str = "", new: str = "", merge: bool = False) -> None:
	if not companies():
		return
	_repair_names(new)
	deals.repair(new)
	follow_ups.write_tasks_again({"customer": new})
	if merge:
		_wait_once(new)
		_tell(old, new)


def _repair_names(customer: str) -> None:
	"""Texts and keys that hold a customer's name without being a link."""
	name = frappe.db.get_value("Customer", customer, "customer_name")
	for doctype in _SAY_THE_NAME:
		frappe.db.set_value(doctype, {"customer": customer}, "customer_name", name, update_modified=False)
	frappe.db.sql(
		"""update `tabFollow Up` set subject_name = %(customer)s
		where customer = %(customer)s and subject_kind = 'customer'""",
		{"customer": customer},
	)


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
