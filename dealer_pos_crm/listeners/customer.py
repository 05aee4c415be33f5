"""Customer: after a merge, what we keep beside the links is put right, and the merge is told."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_crm import spine
from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.domain.event import Event


def after_rename(doc, method=None, old: str = "", new: str = "", merge: bool = False) -> None:
	if not companies():
		return
	_repair_names(new)
	if merge:
		_tell(old, new)


def _repair_names(customer: str) -> None:
	"""Texts and keys that hold a customer's name without being a link."""
	name = frappe.db.get_value("Customer", customer, "customer_name")
	frappe.db.sql("update `tabDeposit` set customer_name = %s where customer = %s", (name, customer))
	frappe.db.sql(
		"""update `tabFollow Up` set subject_name = %(customer)s
		where customer = %(customer)s and subject_kind = 'customer'""",
		{"customer": customer},
	)
	for deposit in frappe.get_all("Deposit", {"customer": customer}, pluck="name", order_by="name"):
		frappe.clear_document_cache("Deposit", deposit)


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
