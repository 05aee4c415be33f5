"""The sales manager's board: what waits, for whom, since when. Each tile counts all of it and brings its
first rows; the list behind it shows the rest."""

from collections.abc import Callable
from dataclasses import dataclass

import frappe
from frappe.utils import add_to_date, cstr, getdate, now_datetime

from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.dealer_showroom.deals import board
from dealer_pos_crm.domain import deal as rules

ROWS = 6
_WORKING = [stage.value for stage in rules.ORDER if stage in rules.WORKING]
SOON = 48  # hours before a hold ends


@dataclass(frozen=True)
class Tile:
	"""One question of the board. ``filters`` are the list's own; ``since`` and ``until`` name the columns that
	say how long it waits, or until when it has time."""

	name: str
	doctype: str
	filters: Callable[[list[str]], list]
	fields: tuple[str, ...]
	order: str
	since: str = ""
	until: str = ""
	amount: str = ""


def _in(doctype: str, mine: list[str], *rows: list) -> list:
	return [[doctype, "company", "in", mine or [""]], *([doctype, *row] for row in rows)]


def _now() -> str:
	return cstr(now_datetime().replace(microsecond=0))


def tiles() -> tuple[Tile, ...]:
	deal = "Deal Jacket"
	return (
		Tile(
			"unanswered",
			"Lead",
			lambda mine: _in(
				"Lead", mine, ["dealer_waiting_since", "is", "set"], ["dealer_state", "!=", "Lost"]
			),
			("lead_name as title", "source as detail", "lead_owner as person", "dealer_waiting_since",
			"dealer_due_at", "dealer_escalate_at as red_at"),
			"dealer_due_at, name",
			since="dealer_waiting_since",
			until="dealer_due_at",
		),
		Tile(
			"holds",
			"Dealer Vehicle Hold",
			lambda mine: _in(
				"Dealer Vehicle Hold",
				mine,
				["active_vehicle", "is", "set"],
				["hold_until", "<", cstr(add_to_date(now_datetime().replace(microsecond=0), hours=SOON))],
			),
			("vehicle", "vehicle.title as title", "customer.customer_name as detail", "held_by as person",
			"hold_until", "deal", "deposit"),
			"hold_until, `tabDealer Vehicle Hold`.name",
			until="hold_until",
		),
		Tile(
			"stuck",
			deal,
			lambda mine: _in(
				deal, mine, ["stage", "in", _WORKING],
				["stage_since", "<", cstr(board.stuck_since(mine).replace(microsecond=0))],
			),
			("customer_name as title", "stage", "vehicle_title as detail", "salesperson as person",
			"stage_since"),
			"stage_since, name",
			since="stage_since",
		),
		Tile(
			"to_approve",
			"Deal Scenario",
			lambda mine: _in("Deal Scenario", mine, ["status", "=", "To Approve"]),
			("deal", "deal.customer_name as title", "deal.vehicle_title as detail", "asked_by as person",
			"asked_at", "total", "currency"),
			"asked_at, `tabDeal Scenario`.name",
			since="asked_at",
			amount="total",
		),
		Tile(
			"funding",
			deal,
			lambda mine: _in(
				deal, mine, ["stage", "=", "Delivered"], ["funding_outstanding", ">", 0]
			),
			("customer_name as title", "lender as detail", "funding_status as stage",
			"fni_manager as person", "delivered_at", "funding_due_on", "funding_outstanding", "currency"),
			"funding_due_on, delivered_at, name",
			since="delivered_at",
			until="funding_due_on",
			amount="funding_outstanding",
		),
		Tile(
			"delivery",
			deal,
			lambda mine: _in(
				deal, mine, ["stage", "in", _WORKING], ["expected_delivery", "is", "set"], ["expected_delivery", "<=", cstr(getdate())]
			),
			("customer_name as title", "vehicle_title as detail", "stage", "salesperson as person",
			"expected_delivery"),
			"expected_delivery, name",
			until="expected_delivery",
		),
		Tile(
			"drives",
			"Test Drive",
			lambda mine: _in("Test Drive", mine, ["status", "=", "Out"]),
			("vehicle", "vehicle.title as title", "person_name as detail", "salesperson as person", "out_at",
			"due_back_at"),
			"due_back_at, `tabTest Drive`.name",
			since="out_at",
			until="due_back_at",
		),
		Tile(
			"recon",
			"Vehicle Recon",
			lambda mine: _in(
				"Vehicle Recon", mine, ["status", "=", "Open"], ["due_at", "is", "set"], ["due_at", "<", _now()]
			),
			("vehicle_title as title", "current_step as detail", "started_at", "due_at"),
			"due_at, name",
			since="started_at",
			until="due_at",
		),
	)  # fmt: skip


def load(company: str | None = None) -> dict:
	"""All tiles the user may see. Datetimes are the server's."""
	mine = [company] if company in companies() else companies()
	found = []
	for tile in tiles():
		if not frappe.has_permission(tile.doctype, "read"):
			continue
		found.append(_of(tile, mine))
	asked = _requests(mine)
	if asked:
		found.insert(
			next((at for at, row in enumerate(found) if row["name"] == "funding"), len(found)), asked
		)
	rows = [row for tile in found for row in tile["rows"]]
	return {
		"is_dealership": bool(companies()),
		"companies": companies(),
		"tiles": found,
		"people": names_of(in_rows(rows, "person")),
		"rows": ROWS,
	}


def _of(tile: Tile, mine: list[str]) -> dict:
	filters = tile.filters(mine)
	rows = frappe.get_list(
		tile.doctype,
		filters=filters,
		fields=[f"`tab{tile.doctype}`.name", *tile.fields],
		order_by=tile.order,
		limit=ROWS,
	)
	counted = frappe.get_list(
		tile.doctype,
		filters=filters,
		fields=[
			f"count(`tab{tile.doctype}`.name) as count",
			*([f"sum({tile.amount}) as amount"] if tile.amount else []),
		],
		limit=1,
		order_by=None,
	)[0] if len(rows) == ROWS else frappe._dict(
		count=len(rows), amount=sum(row.get(tile.amount) or 0 for row in rows) if tile.amount else None
	)  # fmt: skip
	return {
		"name": tile.name,
		"doctype": tile.doctype,
		"filters": [row for row in filters if row[1] != "company" or len(companies()) > 1],
		"count": counted["count"],
		"amount": counted.get("amount"),
		"currency": rows[0].get("currency") if rows and tile.amount else None,
		"rows": [
			{
				**row,
				"since": cstr(row.get(tile.since)) or None if tile.since else None,
				"until": cstr(row.get(tile.until)) or None if tile.until else None,
				"amount": row.get(tile.amount) if tile.amount else None,
			}
			for row in rows
		],
	}


def _requests(mine: list[str]) -> dict | None:
	"""Refunds and forfeitures that wait for a second person."""
	if not frappe.has_permission("Deposit Action", "read"):
		return None
	return _of(
		Tile(
			"requests",
			"Deposit Action",
			lambda mine: _in("Deposit Action", mine, ["status", "=", "Requested"]),
			("deposit", "customer.customer_name as title", "action as stage", "requested_by as person",
			"requested_at", "amount", "`tabDeposit Action`.currency as currency"),
			"requested_at, `tabDeposit Action`.name",
			since="requested_at",
			amount="amount",
		),
		mine,
	)  # fmt: skip
