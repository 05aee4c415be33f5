"""What an invoice of a repair order may not be, whoever writes it."""

import frappe
from frappe import _
from frappe.utils import cint, get_link_to_form

from dealer_pos_crm.dealer_service.billing import position


class OrderGuarded(frappe.ValidationError):
	"""The invoice does not belong to this repair order."""


def check_order(invoice) -> None:
	"""An invoice names an order of its own company, and one that is alive. Made at the POS screen it names
	none: its payments cannot be told apart when the shift is closed."""
	name = invoice.get("dealer_repair_order")
	if not name or invoice.docstatus == 2:
		return
	company, status = frappe.db.get_value("Repair Order", name, ["company", "status"]) or (None, None)
	link = get_link_to_form("Repair Order", name)
	if company != invoice.company:
		frappe.throw(
			_("{0} is an order of {1}, the invoice is of {2}").format(link, company, invoice.company),
			OrderGuarded,
		)
	if status == "Cancelled" and not cint(invoice.is_return):
		frappe.throw(
			_("{0} is cancelled and is not invoiced. Take it out of the invoice").format(link), OrderGuarded
		)
	if cint(invoice.get("is_pos")) or invoice.doctype == "POS Invoice":
		frappe.throw(
			_("{0} is billed by a Sales Invoice and paid on the order. Untick Include Payment").format(link),
			OrderGuarded,
		)


def cancel_deductible(invoice) -> None:
	"""Before an insurer's invoice is cancelled: the customer does not owe its deductible any more."""
	if not invoice.get("dealer_repair_order"):
		return
	names = frappe.db.sql(
		"""select distinct a.parent from `tabJournal Entry Account` a
		join `tabJournal Entry` j on j.name = a.parent
		where a.reference_type = 'Sales Invoice' and a.reference_name = %s and j.docstatus = 1
			and j.dealer_repair_order = %s order by a.parent""",
		(invoice.name, invoice.dealer_repair_order),
	)
	for (name,) in names:
		position.cancel_journal(name)
