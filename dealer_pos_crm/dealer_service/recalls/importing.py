"""Recalls from a file, where there is no network or the manufacturer sends a list of VINs."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_service.recalls import lookup, table
from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.domain.recall import Campaign, Line, Status, by_car, read_file
from dealer_pos_crm.domain.vin import normalise

SOURCE = "File"
_SHOWN = 50


def import_text(text: str) -> dict:
	"""Read a file and write what it says. Good lines are kept, each bad one is named with its reason.

	Returns ``{"lines", "new", "settled", "unknown": [VINs], "wrong": [{"line", "why"}]}``; the lists hold
	the first fifty, their counts are in ``unknown_count`` and ``wrong_count``. Raises ``Refused`` for a file
	that cannot be read at all.
	"""
	found = read_file(text)
	new = sum(lookup.keep(car, campaigns, SOURCE) for car, campaigns in by_car(found.lines).values())
	by_vin = [line for line in found.lines if line.vin]
	vehicles = _vehicles(by_vin)
	unknown = sorted({line.vin for line in by_vin if normalise(line.vin) not in vehicles})
	settled = 0
	for vin, lines in _grouped(by_vin).items():
		if vin in vehicles:
			new += table.write([vehicles[vin]], _campaigns(lines), SOURCE)
			settled += _settle(vehicles[vin]["name"], lines)
	return {
		"lines": len(found.lines),
		"new": new,
		"settled": settled,
		"unknown": unknown[:_SHOWN],
		"unknown_count": len(unknown),
		"wrong": [
			{"line": wrong.number, "why": _(wrong.why.template).format(*wrong.why.values)}
			for wrong in found.wrong[:_SHOWN]
		],
		"wrong_count": len(found.wrong),
	}


def _vehicles(lines: list[Line]) -> dict[str, dict]:
	vins = sorted({normalise(line.vin) for line in lines})
	rows = (
		frappe.get_all(
			"Dealer Vehicle",
			filters={"vin": ("in", vins), "company": ("in", companies() or [""])},
			fields=["name", "title", "vin"],
			order_by="name",
		)
		if vins
		else []
	)
	return {row.vin: row for row in rows}


def _grouped(lines: list[Line]) -> dict[str, list[Line]]:
	found: dict[str, list[Line]] = {}
	for line in lines:
		found.setdefault(normalise(line.vin), []).append(line)
	return found


def _campaigns(lines: list[Line]) -> list[Campaign]:
	return [line.campaign for line in lines]


def _settle(vehicle: str, lines: list[Line]) -> int:
	"""What the file calls done or not applicable; what a person has settled stays as it is."""
	settled = 0
	for line in lines:
		if line.status is Status.OPEN:
			continue
		name = frappe.db.get_value(
			"Vehicle Recall",
			{"recall_key": table.key_of(vehicle, line.campaign.number), "status": Status.OPEN.value},
			"name",
		)
		if name:
			frappe.db.set_value(
				"Vehicle Recall",
				name,
				{
					"status": line.status.value,
					"reason": line.reason,
					"settled_by": frappe.session.user,
					"settled_on": now_datetime(),
				},
			)
			settled += 1
	return settled
