"""Recalls of vehicles as they are on file: read by the lane without a network, settled by a person."""

from collections.abc import Iterable, Sequence

import frappe
from frappe import _
from frappe.utils import now_datetime

from dealer_pos_crm.domain.recall import Campaign, Car, Status, check_settled

_TEXTS = ("component", "reported_on", "summary", "consequence", "remedy", "do_not_drive", "park_outside")
_COLUMNS = (
	"name",
	"creation",
	"modified",
	"owner",
	"modified_by",
	"vehicle",
	"vehicle_title",
	"campaign",
	"recall_key",
	"status",
	"source",
	*_TEXTS,
)
_BATCH = 500


def open_for(vehicle: str | None) -> list[dict]:
	"""Campaigns that may concern the vehicle and are not settled; do-not-drive first. One query, no network."""
	if not vehicle:
		return []
	return frappe.get_all(
		"Vehicle Recall",
		filters={"vehicle": vehicle, "status": Status.OPEN.value},
		fields=["name", "campaign", *_TEXTS, "source"],
		order_by="do_not_drive desc, park_outside desc, reported_on desc, campaign",
	)


def settle(name: str, status: str, *, order: str | None = None, reason: str | None = None) -> None:
	"""Mark a recall Done (on a repair order, or said where), Not Applicable (said why) or Open again.

	Raises ``Refused``.
	"""
	recall = frappe.get_doc("Vehicle Recall", name, for_update=True)
	new = Status(status)
	check_settled(new, recall.campaign, order=order, reason=reason)
	if order and frappe.db.get_value("Repair Order", order, "vehicle") != recall.vehicle:
		frappe.throw(_("{0} is not about {1}").format(order, recall.vehicle_title or recall.vehicle))
	is_open = new is Status.OPEN
	recall.update(
		{
			"status": new.value,
			"repair_order": None if is_open else order,
			"reason": None if is_open else reason,
			"settled_by": None if is_open else frappe.session.user,
			"settled_on": None if is_open else now_datetime(),
		}
	)
	recall.flags.settled = True
	recall.save()


def key_of(vehicle: str, campaign: str) -> str:
	return f"{vehicle}|{campaign}"


def vehicles_like(car: Car, companies: Sequence[str]) -> list[dict]:
	"""Vehicles on file of that make, model and year, whatever the spelling of make and model."""
	rows = frappe.get_all(
		"Dealer Vehicle",
		filters={"model_year": car.year, "company": ("in", list(companies) or [""])},
		fields=["name", "title", "make", "model"],
		order_by="name",
	)
	return [row for row in rows if Car(row.make or "", row.model or "", car.year).key == car.key]


def write(vehicles: Sequence[dict], campaigns: Iterable[Campaign], source: str) -> int:
	"""Put campaigns on vehicles, each once; what is on file gets the newer texts and keeps its status.

	Returns how many rows were new.
	"""
	campaigns = {campaign.number: campaign for campaign in campaigns}
	new = 0
	for start in range(0, len(vehicles), _BATCH):
		batch = vehicles[start : start + _BATCH]
		known = _known([row["name"] for row in batch])
		_refresh(known, campaigns)
		rows = [
			_row(vehicle, campaign, source)
			for vehicle in batch
			for campaign in campaigns.values()
			if key_of(vehicle["name"], campaign.number) not in known
		]
		if rows:
			frappe.db.bulk_insert("Vehicle Recall", fields=_COLUMNS, values=rows, ignore_duplicates=True)
		new += len(rows)
	return new


def _known(vehicles: Sequence[str]) -> dict[str, dict]:
	rows = frappe.get_all(
		"Vehicle Recall",
		filters={"vehicle": ("in", vehicles)},
		fields=["name", "recall_key", "campaign", *_TEXTS],
		order_by="name",
	)
	return {row.recall_key: row for row in rows}


def _refresh(known: dict[str, dict], campaigns: dict[str, Campaign]) -> None:
	for row in known.values():
		campaign = campaigns.get(row["campaign"])
		if campaign is None:
			continue
		values = {
			field: value
			for field, value in _values(campaign).items()
			if value and (row[field] or None) != (value or None)
		}
		if values:
			frappe.db.set_value("Vehicle Recall", row["name"], values)


def _values(campaign: Campaign) -> dict:
	values = campaign.as_dict()
	values.pop("campaign")
	return {
		**values,
		"reported_on": campaign.reported_on,
		"do_not_drive": int(campaign.do_not_drive),
		"park_outside": int(campaign.park_outside),
	}


def _row(vehicle: dict, campaign: Campaign, source: str) -> tuple:
	now, user = now_datetime(), frappe.session.user
	values = _values(campaign)
	return (
		frappe.generate_hash(length=10),
		now,
		now,
		user,
		user,
		vehicle["name"],
		vehicle["title"],
		campaign.number,
		key_of(vehicle["name"], campaign.number),
		Status.OPEN.value,
		source,
		*(values[field] for field in _TEXTS),
	)
