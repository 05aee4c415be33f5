"""The vehicle of a deal is kept from others: from the write-up on, or when somebody says so."""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import add_days, cint, format_datetime, get_datetime, get_link_to_form, now_datetime

from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.dealer_showroom.deals.deal import DOCTYPE, action, locked
from dealer_pos_crm.domain import deal as rules
from dealer_pos_crm.domain.deal import Stage


def until_for(deal) -> datetime:
	"""When a hold ends that begins now, by the settings; never before the day of delivery that was agreed."""
	days = cint(settings_of(deal.company).deal_hold_days) or 7
	until = add_days(now_datetime().replace(second=0, microsecond=0), days)
	if deal.expected_delivery:
		until = max(until, get_datetime(f"{deal.expected_delivery} 23:59:00"))
	return until


@action
def hold(name: str, until: datetime | str | None = None) -> datetime:
	"""Hold the vehicle for a deal, or longer, because somebody says so. Returns until when it is held."""
	deal = locked(name)
	if Stage(deal.stage) not in rules.WORKING:
		frappe.throw(_("{0} is {1}: there is nothing to hold any more").format(deal.name, _(deal.stage)))
	if not deal.vehicle:
		frappe.throw(_("{0} has no vehicle yet. Choose it first").format(deal.name))
	if until and get_datetime(until) <= now_datetime():
		frappe.throw(_("Hold Until is in the past; choose a later time"))
	holds.check_free(deal.vehicle, deal.customer)
	hold_for(deal, until=get_datetime(until) if until else None)
	return get_datetime(deal.hold_until)


@action
def let_go(name: str, reason: str) -> None:
	"""Set the vehicle free though the deal goes on; a deposit of the customer keeps it all the same."""
	deal = locked(name)
	release_for(deal, reason)


def hold_for(deal, *, until: datetime | None = None) -> None:
	"""Hold the deal's vehicle for its customer. Refused when another one holds it.

	``deal``: the document, locked. A deposit's longer hold stays.
	"""
	holds.hold_for_deal(deal.vehicle, deal.customer, deal.name, deal.company, until or until_for(deal))
	_write(deal, until or until_for(deal))


def release_for(deal, reason: str, *, vehicle: str | None = None, customer: str | None = None) -> None:
	"""The deal does not need its vehicle any more; a deposit of the same customer may hold it still."""
	vehicle = vehicle or deal.vehicle
	_write(deal, None)
	if vehicle:
		holds.release_deal(vehicle, customer or deal.customer, deal.name, reason)


def _write(deal, until: datetime | None) -> None:
	if (deal.hold_until and get_datetime(deal.hold_until)) != until:
		deal.db_set("hold_until", until, update_modified=False)


def follow_stage(deal, old: Stage) -> None:
	"""After a change of stage: the vehicle is held from the write-up on. Where somebody else has it, the
	salesperson is told and the deal goes on: it cannot pass F&I like that."""
	stage = Stage(deal.stage)
	if stage not in rules.WORKING or rules.before(stage, rules.HOLDS_FROM) or not deal.vehicle:
		return
	if deal.hold_until and get_datetime(deal.hold_until) > now_datetime() and stage is not Stage.CONTRACTED:
		return
	why = taken_by_another(deal, lock=True)
	if why:
		frappe.msgprint(why, indicator="orange", title=_("Not Held"))
		return
	hold_for(deal)


def taken_by_another(deal, lock: bool = False) -> str:
	"""Why the vehicle cannot be sold in this deal now: held for somebody else, or not in stock; else empty."""
	if not deal.vehicle:
		return ""
	if lock:
		holds.lock(deal.vehicle)
	standing = holds.active_hold(deal.vehicle)
	if standing and standing.customer != deal.customer:
		return holds.held_text(standing)
	car = frappe.db.get_value("Dealer Vehicle", deal.vehicle, ["status", "title", "sold_deal"], as_dict=True)
	if car and car.status in ("Sold", "Customer-owned") and car.sold_deal != deal.name:
		return _("{0} is {1}. Choose a vehicle in stock").format(
			get_link_to_form("Dealer Vehicle", deal.vehicle, car.title), _(car.status)
		)
	return ""


def others_on(vehicle: str | None, but: str | None = None) -> list[dict]:
	"""Other deals that look at the same vehicle and are still worked on, the farthest first."""
	if not vehicle:
		return []
	rows = frappe.get_all(
		DOCTYPE,
		{
			"vehicle": vehicle,
			"stage": ("in", [stage.value for stage in rules.ORDER if stage in rules.WORKING]),
			"name": ("!=", but or ""),
		},
		["name", "customer", "customer_name", "stage", "salesperson", "hold_until"],
		order_by="creation",
	)
	return sorted(rows, key=lambda row: -rules.position(Stage(row.stage)))


def tell_others(deal) -> None:
	"""Two deals on one car: said at once, with who has it."""
	rows = others_on(deal.vehicle, but=deal.name)
	if not rows:
		return
	standing = holds.active_hold(deal.vehicle)
	lines = []
	for row in rows:
		holds_it = bool(standing) and standing.customer == row.customer
		lines.append(
			(_("{0}, {1}: {2}, holds it until {3}") if holds_it else _("{0}, {1}: {2}")).format(
				get_link_to_form(DOCTYPE, row.name),
				frappe.bold(frappe.utils.escape_html(row.customer_name or row.customer)),
				_(row.stage),
				format_datetime(standing.hold_until) if holds_it else "",
			)
		)
	frappe.msgprint(
		"<br>".join(lines), title=_("Also in {0} other deals").format(len(rows))
		if len(rows) > 1
		else _("Also in another deal"), indicator="orange",
	)  # fmt: skip
