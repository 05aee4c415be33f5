"""Sales Invoice and POS Invoice: issued, credited, cancelled; and no invoice eats a foreign deposit."""

from collections.abc import Mapping

import frappe
from frappe import _
from frappe.utils import cint

from dealer_pos_crm.dealer_cashier.deposits import guard, refresh
from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown
from dealer_pos_crm.dealer_counter.cash_reports import guard as cash_guard
from dealer_pos_crm.dealer_counter.cash_reports import keeping as cash_report
from dealer_pos_crm.dealer_counter.screen import lines
from dealer_pos_crm.dealer_crm import spine
from dealer_pos_crm.dealer_service.billing import guard as billing_guard
from dealer_pos_crm.dealer_service.billing import position
from dealer_pos_crm.dealer_setup.settings import department_of, is_dealership
from dealer_pos_crm.dealer_showroom.delivery import invoice_events as deal_events
from dealer_pos_crm.dealer_showroom.delivery import position as deal_position
from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.listeners.times import happened_at, time_of_change

FIELDS = (
	"name",
	"docstatus",
	"creation",
	"modified",
	"modified_by",
	"owner",
	"posting_date",
	"posting_time",
	"customer",
	"company",
	"cost_center",
	"base_grand_total",
	"is_return",
	"return_against",
)
SALES_INVOICE_FIELDS = (
	*FIELDS,
	"is_consolidated",
	"dealer_vehicle",
	"dealer_forfeited_deposit",
	"dealer_deal",
)


def _ours(doc: Mapping) -> bool:
	"""Consolidated POS sales were told when sold; a forfeiture is told by the deposit."""
	return (
		is_dealership(doc.get("company"))
		and not cint(doc.get("is_consolidated"))
		and not doc.get("dealer_forfeited_deposit")
	)


def validate(doc, method=None) -> None:
	if is_dealership(doc.company):
		guard.check_forfeit_mark(doc)
		guard.check_invoice(doc)
		billing_guard.check_order(doc)
		deal_events.check_deal(doc)
		lines.check(doc)
		if doc.docstatus == 1:
			cash_guard.check_sale(doc)


def on_submit(doc, method=None) -> None:
	if _ours(doc):
		spine.record(events_of(doc, doc.doctype))
	position.touch_document(doc)
	deal_position.touch_document(doc)
	refresh.settle()
	position.settle()
	deal_position.settle()
	cash_report.submitted(doc)


def before_cancel(doc, method=None) -> None:
	"""Cancelling unlinks the payments without telling them: remember whose money comes back."""
	if is_dealership(doc.company):
		refresh.touch(
			*frappe.get_all(
				"Payment Entry Reference",
				{"reference_doctype": doc.doctype, "reference_name": doc.name, "docstatus": 1},
				pluck="parent",
				distinct=True,
				order_by="parent",
			)
		)
		billing_guard.cancel_deductible(doc)
		deal_events.before_cancel(doc)


def on_cancel(doc, method=None) -> None:
	if _ours(doc):
		spine.record(events_of(doc, doc.doctype))
	position.touch_document(doc)
	deal_position.touch_document(doc)
	deal_events.on_cancel(doc)
	refresh.settle()
	position.settle()
	deal_position.settle()
	cash_report.sale_cancelled(doc)


def events_of(row: Mapping, doctype: str) -> list[Event]:
	"""What a submitted or cancelled invoice says. ``row`` has ``FIELDS``; amounts in company currency."""
	if not _ours(row):
		return []
	amount = abs_money(row)
	credited = bool(cint(row.get("is_return")))
	kind = "invoice.credited" if credited else "invoice.issued"
	key = f"{kind}:{row.get('name')}"
	common = {
		"customer": row.get("customer"),
		"company": row.get("company"),
		"department": department_of(row.get("company"), row.get("cost_center")),
		"vehicle": _vehicle_of(row, doctype),
		"deal": row.get("dealer_deal") or None,
		"reference_doctype": doctype,
		"reference_name": row.get("name"),
		"amount": amount,
	}
	first = Event(
		key=key,
		type=kind,
		happened_at=happened_at(row),
		title=_("Credit note over {0}").format(shown(amount))
		if credited
		else _("Invoice over {0}").format(shown(amount)),
		actor=row.get("owner"),
		**common,
	)
	if row.get("docstatus") != 2:
		return [first]
	return [
		first,
		Event(
			key=f"invoice.cancelled:{row.get('name')}",
			type="invoice.cancelled",
			happened_at=time_of_change(row),
			title=_("Invoice over {0} cancelled").format(shown(amount)),
			actor=row.get("modified_by"),
			reverses=key,
			**common,
		),
	]


def _vehicle_of(row: Mapping, doctype: str) -> str | None:
	"""A counter sale names its car on its lines; read from the database, a row has it already."""
	if doctype == "POS Invoice" and row.get("items"):
		return lines.vehicle_of(row.get("items") or ())
	return row.get("dealer_vehicle") or None


def abs_money(row: Mapping):
	amount = rounded(row.get("base_grand_total"), company_currency(row.get("company")))
	return amount if amount.minor >= 0 else -amount
