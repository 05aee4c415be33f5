"""The rows of the Sales Invoice of a deal: the very rows the worksheet was computed with."""

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_link_to_form

from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.dealer_setup.settings import cost_center_of, settings_of
from dealer_pos_crm.dealer_showroom.worksheet import taxes
from dealer_pos_crm.dealer_showroom.worksheet.reading import worksheet_of
from dealer_pos_crm.dealer_showroom.worksheet.totals import FROZEN, computed, totals
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.worksheet import LESSENING, LineKind

NOT_TAXED = "Not Taxed"
_FRONT, _BACK = "Sales", "F&I"


def lines(scenario) -> list[dict]:
	"""Rows for a Sales Invoice's items, in order: the car (less discounts and rebates), fees, accessories,
	products. ``kind``, ``taxable`` and ``product`` say what a row is; ERPNext ignores them.

	Refuses where an item is missing and says which setting or document names it.
	"""
	sheet = worksheet_of(scenario)
	rows = []
	entered = _entered(scenario)
	for line, source in zip(taxes.on_the_invoice(sheet), entered, strict=True):
		if not line.amount and line.kind is not LineKind.VEHICLE:
			continue
		item = _item(scenario, line.kind, source)
		rows.append(
			{
				"item_code": item,
				"item_name": _name(scenario, line, item)[:140],
				"description": _description(scenario, sheet, line),
				"qty": 1,
				"rate": to_float(line.amount),
				"price_list_rate": 0,
				"discount_percentage": 0,
				"discount_amount": 0,
				"margin_type": "",
				"margin_rate_or_amount": 0,
				"conversion_factor": 1,
				"uom": frappe.get_cached_value("Item", item, "stock_uom"),
				"cost_center": cost_center_of(
					scenario.company, _BACK if line.kind is LineKind.PRODUCT else _FRONT
				),
				"item_tax_template": "",
				"kind": line.kind.value,
				"taxable": line.taxable,
				"product": source.get("product") if line.kind is LineKind.PRODUCT else None,
			}
		)
	if any(not row["taxable"] for row in rows):
		accounts = [row["account_head"] for row in tax_rows(scenario)]
		if accounts:
			template = not_taxed(scenario.company, accounts)
			for row in rows:
				if not row["taxable"]:
					row["item_tax_template"] = template
	return rows


def tax_rows(scenario) -> list[dict]:
	"""Rows for a Sales Invoice's taxes, the credit for the trade among them as charge type Actual."""
	if scenario.status in FROZEN:
		rows = [
			taxes.TaxRow(
				row.charge_type,
				row.account_head,
				row.description,
				row.rate,
				cstr(row.row_id),
				bool(cint(row.included)),
				row.cost_center,
				rounded(row.amount, scenario.currency),
			)
			for row in scenario.taxes
		]
	else:
		rows = list(computed(scenario)[1].rows)
	return [
		{
			"charge_type": row.charge_type,
			"account_head": row.account_head,
			"description": row.description,
			"rate": row.rate,
			"row_id": row.row_id or None,
			"included_in_print_rate": int(row.included),
			"cost_center": row.cost_center,
			"tax_amount": to_float(row.amount) if row.actual else 0,
		}
		for row in rows
	]


def put(invoice, scenario) -> None:
	"""Give an invoice in hand the rows of a scenario. After ``set_missing_values``, whose prices and texts
	from the item give way to what was agreed; before it is inserted."""
	wanted = lines(scenario)
	while len(invoice.items) > len(wanted):
		invoice.items.pop()
	while len(invoice.items) < len(wanted):
		invoice.append("items", {})
	for row, values in zip(invoice.items, wanted, strict=True):
		row.update({name: value for name, value in values.items() if row.meta.has_field(name)})
	invoice.set("taxes", [])
	invoice.taxes_and_charges = None
	for values in tax_rows(scenario):
		invoice.append("taxes", values)
	invoice.update(
		{"disable_rounded_total": 1, "ignore_pricing_rule": 1, "apply_discount_on": "", "discount_amount": 0}
	)


def check_same(invoice, scenario) -> None:
	"""An invoice that was inserted must come to the worksheet's total, to the cent (code ``sum_differs``)."""
	planned = totals(scenario).total
	booked = rounded(invoice.grand_total, scenario.currency)
	if booked != planned:
		raise Refused(
			"sum_differs",
			marked("The invoice would be {0}, the worksheet says {1}. Nothing was booked; look at its items"),
			shown(booked),
			shown(planned),
		)


def not_taxed(company: str, accounts: list[str]) -> str:
	"""The company's Item Tax Template that taxes nothing, with these accounts in it; made when missing."""
	accounts = list(dict.fromkeys(accounts))
	name = f"{NOT_TAXED} - {frappe.get_cached_value('Company', company, 'abbr')}"
	if frappe.db.exists("Item Tax Template", name):
		doc = frappe.get_doc("Item Tax Template", name)
	else:
		doc = frappe.get_doc({"doctype": "Item Tax Template", "title": NOT_TAXED, "company": company})
	there = {row.tax_type for row in doc.taxes}
	missing = [account for account in accounts if account not in there]
	if missing or doc.is_new():
		for account in missing:
			doc.append("taxes", {"tax_type": account, "tax_rate": 0})
		doc.flags.ignore_permissions = True  # the right to approve or deliver the deal was checked
		doc.save()
	return doc.name


def missing_items(scenario) -> list[str]:
	"""What an invoice of this scenario would lack, as sentences; for the worksheet to say in time."""
	said = []
	for kind, source in _kinds(scenario):
		try:
			_item(scenario, kind, source)
		except Refused as refused:
			said.append(_(refused.template).format(*refused.values))
	return list(dict.fromkeys(said))


def _kinds(scenario) -> list[tuple[LineKind, dict]]:
	entered = _entered(scenario)
	kinds = [
		LineKind.VEHICLE,
		*(LineKind(row.kind) for row in scenario.lines if LineKind(row.kind) not in LESSENING),
		*(LineKind.PRODUCT for _row in scenario.products),
	]
	return list(zip(kinds, entered, strict=True))


def _entered(scenario) -> list[dict]:
	"""The rows behind ``taxes.on_the_invoice``, in its order."""
	return [
		{},
		*(row.as_dict() for row in scenario.lines if LineKind(row.kind) not in LESSENING),
		*(row.as_dict() for row in scenario.products),
	]


def _item(scenario, kind: LineKind, source: dict) -> str:
	item = _item_of(scenario, kind, source)
	doc = frappe.get_cached_doc("Item", item)
	if doc.disabled:
		raise Refused("item_disabled", marked("Item {0} is disabled. Enable it, or choose another"), item)
	if doc.taxes or frappe.get_cached_doc("Item Group", doc.item_group).taxes:
		raise Refused(
			"item_taxed",
			marked(
				"Item {0} or its group has tax templates of its own, against the worksheet. Use one without"
			),
			item,
		)
	return item


def _item_of(scenario, kind: LineKind, source: dict) -> str:
	settings = settings_of(scenario.company)
	if kind is LineKind.VEHICLE:
		item = _item_of_car(scenario, settings)
		setting = "vehicle_item_new" if _is_new(scenario) else "vehicle_item_used"
	elif kind is LineKind.PRODUCT:
		return frappe.get_cached_value("FnI Product", source.get("product"), "item")
	else:
		setting = "fee_item" if kind is LineKind.FEE else "accessory_item"
		item = source.get("item") or settings.get(setting)
	if not item:
		raise Refused(
			"no_item",
			marked("{0} is not set. Choose it in {1}, section Showroom"),
			_(settings.meta.get_label(setting)),
			get_link_to_form("Dealer Settings", scenario.company),
		)
	return item


def _car(scenario):
	return frappe.get_cached_doc("Dealer Vehicle", scenario.vehicle) if scenario.vehicle else None


def _is_new(scenario) -> bool:
	car = _car(scenario)
	condition = car.condition if car else frappe.get_cached_value("Deal Jacket", scenario.deal, "condition")
	return condition == "New"


def _item_of_car(scenario, settings) -> str | None:
	car = _car(scenario)
	if car and car.item:
		return car.item
	return settings.vehicle_item_new if _is_new(scenario) else settings.vehicle_item_used


def _name(scenario, line, item: str) -> str:
	if line.kind is LineKind.VEHICLE:
		car = _car(scenario)
		return car.title if car else frappe.get_cached_value("Item", item, "item_name")
	return line.label


def _description(scenario, sheet, line) -> str:
	if line.kind is not LineKind.VEHICLE:
		return frappe.utils.escape_html(line.label)
	car = _car(scenario)
	words = [car.title if car else _("Vehicle")]
	if car and car.vin:
		words.append(_("VIN {0}").format(car.vin))
	less = [entered for entered in sheet.lines if entered.kind in LESSENING and entered.amount]
	if less:
		words.append(_("Price {0}").format(shown(sheet.lines[0].amount)))
		words += [_("less {0} {1}").format(entered.label, shown(entered.amount)) for entered in less]
	return frappe.utils.escape_html(", ".join(words))
