"""What a cashier sells for: the price of the list, unless their point of sale lets prices or discounts be changed.

ERPNext's screen asks the POS Profile before it lets somebody type; the server does not. Pricing rules and coupons
are the house's own and always count.
"""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, flt

from dealer_pos_crm.dealer_counter import rights
from dealer_pos_crm.dealer_setup.settings import is_dealership


def check_prices(sale: Any) -> None:
	"""Called when a sale at the point of sale is validated. No query. Raises ``frappe.PermissionError``."""
	if not is_dealership(sale.company) or sale.is_return or rights.sees_all_shifts(frappe.session.user):
		return
	counter, price, discount = frappe.get_cached_value(
		"POS Profile", sale.pos_profile, ["dealer_counter", "allow_rate_change", "allow_discount_change"]
	) or (0, 0, 0)
	if not cint(counter):
		return
	whole = flt(sale.additional_discount_percentage) or flt(sale.discount_amount)
	if whole and not cint(discount) and not sale.coupon_code:
		_refuse(_("A discount on the whole sale"), sale.pos_profile)
	if cint(price) or cint(discount):
		return
	for row in sale.items:
		if not row.pricing_rules and flt(row.rate, 6) < flt(row.price_list_rate, 6):
			_refuse(_("{0} below its price").format(row.item_name or row.item_code), sale.pos_profile)


def _refuse(what: str, profile: str) -> None:
	frappe.throw(
		_("{0}: {1} lets cashiers change no prices. Take the price of the list, or ask a manager").format(
			what, profile
		),
		frappe.PermissionError,
		title=_("Not Allowed"),
	)
