"""What has to be set before an order can be billed, each with the place where it is set."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import cint, get_link_to_form

from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain.billing import Bill, LineKind
from dealer_pos_crm.domain.repair_order import PayType


class ServiceAccountingMissing(frappe.ValidationError):
	"""The company's settings do not say where the work is booked."""


def check(order, bills: Iterable[Bill]) -> None:
	"""Refuse, once, with everything that is missing."""
	settings = settings_of(order.company)
	wanted = list(dict.fromkeys(_wanted(settings, list(bills))))
	if not wanted:
		return
	frappe.throw(
		_(
			"{0} cannot be billed yet. Set in {1}: {2}. The button Set up service accounting makes them"
		).format(
			order.name,
			get_link_to_form("Dealer Settings", order.company),
			", ".join(frappe.bold(_(settings.meta.get_label(field))) for field in wanted),
		),
		ServiceAccountingMissing,
		title=_("Service Accounting"),
	)


def _wanted(settings, bills: list[Bill]) -> Iterable[str]:
	"""Field names of Dealer Settings that these bills need and that are empty."""
	fields = {LineKind.LABOR: "labor_item", LineKind.PART: "parts_item", LineKind.SUBLET: "sublet_item"}
	for bill in bills:
		if bill.pay_type is PayType.INTERNAL:
			for field in ("internal_expense_account", "internal_income_account"):
				if not settings.get(field):
					yield field
		for line in bill.lines:
			field = fields[line.kind]
			if bill.pay_type is not PayType.INTERNAL and not line.item and not settings.get(field):
				yield field
			if (
				cint(settings.update_stock)
				and line.item
				and is_stock_item(line.item)
				and not (line.warehouse or settings.parts_warehouse)
			):
				yield "parts_warehouse"


def is_stock_item(item: str) -> bool:
	return bool(cint(frappe.get_cached_value("Item", item, "is_stock_item")))


def check_items(bills: Iterable[Bill]) -> None:
	"""A part whose item is gone or disabled is named with its job, instead of a row of an invoice."""
	for bill in bills:
		for line in bill.lines:
			if not line.item:
				continue
			disabled = frappe.db.get_value("Item", line.item, "disabled")
			if disabled is None:
				frappe.throw(
					_(
						"Job {0}: the item {1} does not exist any more. Choose another item for the part, or none"
					).format(line.job_no, frappe.bold(line.item))
				)
			if cint(disabled):
				frappe.throw(
					_("Job {0}: {1} is disabled. Enable it, or choose another item for the part").format(
						line.job_no, get_link_to_form("Item", line.item)
					)
				)
