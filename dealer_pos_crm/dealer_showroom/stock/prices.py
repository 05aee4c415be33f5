"""The price of a car, and every price it had."""

import frappe
from frappe import _
from frappe.utils import cstr, flt, now_datetime

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown, to_float
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom import holds, log
from dealer_pos_crm.domain import stock as rules

DOCTYPE = "Dealer Vehicle"
MAY_GO_BELOW = frozenset({roles.SALES_MANAGER, roles.MANAGER, "System Manager"})


@action
def reprice(vehicle: str, price: float, reason: str) -> None:
	"""Offer a car for another price (major units), with the reason. Whoever may write the car may."""
	holds.lock(vehicle)
	car = frappe.get_doc(DOCTYPE, vehicle, for_update=True)
	if len(cstr(reason).strip()) < 3:
		frappe.throw(_("Say why {0} has a new price").format(car.title))
	car.price = price
	car.flags.price_reason = reason.strip()
	car.save()


def follow(car) -> None:
	"""Before a car is saved: a price that changes leaves a row, and is refused below the lowest price.

	The rows are written here alone, whatever a form or a file says.
	"""
	before = car.get_doc_before_save()
	car.set("prices", before.prices if before else [])
	currency = company_currency(car.company)
	new = rounded(car.price, currency)
	old = rounded(before.price if before else 0, currency)
	if new == old:
		return
	floor = car.floor_price
	with explained():
		rules.check_price(
			new,
			rounded(floor, currency) if flt(floor) else None,
			is_manager=_is_manager(),
			name=car.title or car.name,
		)
	car.append(
		"prices",
		{
			"changed_at": now_datetime().replace(microsecond=0),
			"price": to_float(new),
			"before": to_float(old),
			"changed_by": frappe.session.user,
			"reason": car.flags.price_reason or (_("First price") if not old else None),
			"currency": currency,
		},
	)
	car.flags.repriced = (old, new) if old and new else None


def tell(car) -> None:
	"""After a car is saved: its new price, once."""
	repriced, car.flags.repriced = car.flags.repriced, None
	if not repriced:
		return
	old, new = repriced
	log.write(
		"vehicle.repriced",
		title=_("{0}: {1} instead of {2}").format(car.title, shown(new), shown(old)),
		customer=None,
		company=car.company,
		reference=(DOCTYPE, car.name),
		vehicle=car.name,
		amount=new,
		reason=car.flags.price_reason,
		facts={"what": car.title, "price": shown(new), "before": shown(old)},
	)


def _is_manager() -> bool:
	return bool(MAY_GO_BELOW & set(frappe.get_roles()))
