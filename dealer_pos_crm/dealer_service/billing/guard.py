"""What an invoice of a repair order may not be, whoever writes it."""

import frappe
from frappe import _
from frappe.utils import cint, flt, get_link_to_form

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown
from dealer_pos_crm.dealer_service.billing import position
from dealer_pos_crm.dealer_setup.refusals import busy


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


def check_payment(payment) -> None:
	"""Two who take the money of one invoice at the same moment: the second is told. ERPNext looks at what is
	open before the first has committed, and would book both."""
	allocated: dict[str, float] = {}
	for row in payment.references:
		if row.reference_doctype == "Sales Invoice" and flt(row.allocated_amount) > 0:
			allocated[row.reference_name] = allocated.get(row.reference_name, 0) + flt(row.allocated_amount)
	if not allocated:
		return
	try:
		# Not waiting: ERPNext holds the payment's rows by now, and whoever has the invoice may need their gap.
		rows = frappe.db.sql(
			"""select name, outstanding_amount, docstatus from `tabSales Invoice`
			where name in %s and dealer_repair_order != '' order by name for update nowait""",
			(tuple(allocated),),
			as_dict=True,
		)
	except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
		busy()
	for row in rows:
		currency = company_currency(payment.company)
		left, wanted = rounded(row.outstanding_amount, currency), rounded(allocated[row.name], currency)
		if row.docstatus != 1 or wanted > left:
			frappe.throw(
				_(
					"{0} was paid or cancelled meanwhile: {1} is open, {2} is allocated here. Reload it"
				).format(get_link_to_form("Sales Invoice", row.name), shown(left), shown(wanted)),
				OrderGuarded,
			)
