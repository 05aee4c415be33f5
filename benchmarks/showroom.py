"""The showroom's numbers: the deal board with 2,000 open deals, the funnel report over 200,000 leads."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import frappe
from frappe.utils import now_datetime

from dealer_pos_crm.domain.deal import ORDER, Stage, position
from tests.site import factories as f
from tests.site import showroom

DEALS, LEADS = 2_000, 200_000
_BATCH = 2_000
SOURCES = ("Website", "Autos", "Walk In", "Referral", "Phone")
TYPES = ("Internet", "Phone", "Walk-in", "Referral")
_OPEN = [stage for stage in ORDER if stage is not Stage.FUNDED]
_NAMES = {Stage.WRITE_UP: "write_up", Stage.FNI: "fni"}


def _field(stage: Stage) -> str:
	return f"reached_{_NAMES.get(stage, stage.value.lower())}"


def _insert(doctype: str, rows: Iterator[dict]) -> int:
	"""Rows straight into the table, as an import would: no document is opened for them."""
	count, batch, fields = 0, [], None
	for row in rows:
		fields = fields or list(row)
		batch.append([row[field] for field in fields])
		if len(batch) == _BATCH:
			frappe.db.bulk_insert(doctype, fields, batch, chunk_size=_BATCH)
			count, batch = count + len(batch), []
	if batch:
		frappe.db.bulk_insert(doctype, fields, batch, chunk_size=_BATCH)
	frappe.db.commit()
	return count + len(batch)


def _common(name: str, at: datetime) -> dict:
	return {
		"name": name,
		"creation": at,
		"modified": at,
		"owner": "Administrator",
		"modified_by": "Administrator",
	}


def fill_pipeline(count: int = DEALS) -> None:
	"""Open deals in every stage, most of them early, each with its car and customer."""
	showroom.set_up_showroom()
	chance = random.Random(7)
	people = [showroom.salesperson(), showroom.second_salesperson()]
	customers = [f.make_customer(f"Bench Buyer {number}").name for number in range(20)]
	cars = [showroom.make_car() for _number in range(20)]
	frappe.db.commit()
	weights = [len(_OPEN) - at for at in range(len(_OPEN))]

	def rows() -> Iterator[dict]:
		for number in range(count):
			stage = chance.choices(_OPEN, weights)[0]
			car = cars[number % len(cars)]
			at = now_datetime() - timedelta(hours=chance.randint(1, 20 * 24))
			yield {
				**_common(f"DJ-BENCH-{number:06d}", at),
				"customer": customers[number % 20],
				"customer_name": f"Bench Buyer {number}",
				"company": f.COMPANY,
				"currency": "USD",
				"vehicle": car.name,
				"vehicle_title": car.title,
				"deal_type": chance.choice(("Cash", "Finance", "Lease")),
				"stage": stage.value,
				"stage_since": at,
				"salesperson": chance.choice(people),
				"furthest": position(stage),
				"total_due": chance.randint(8_000, 60_000),
				"deposits_held": 500 if stage is Stage.DEPOSIT else 0,
			}

	_insert("Deal Jacket", rows())
	_insert(
		"Deal Document",
		(
			{
				**_common(f"bench-{number}", now_datetime()),
				"parent": f"DJ-BENCH-{number % count:06d}",
				"parenttype": "Deal Jacket",
				"parentfield": "documents",
				"idx": 1 + number // count,
				"document": ("Driver's licence", "Credit application", "Privacy notice")[number // count],
				"required_before": "F&I",
				"status": chance.choice(("Missing", "Received")),
			}
			for number in range(3 * count)
		),
	)


def fill_leads(count: int = LEADS) -> None:
	"""Leads of two years; one in eight becomes a deal, and those come as far as they do."""
	chance = random.Random(11)
	people = [showroom.salesperson(), showroom.second_salesperson()]
	customer = f.make_customer("Bench Lead Customer").name
	for source in SOURCES:
		if not frappe.db.exists("Lead Source", source):
			frappe.get_doc({"doctype": "Lead Source", "source_name": source}).insert()
	frappe.db.commit()
	start = now_datetime() - timedelta(days=730)

	def received(number: int) -> datetime:
		return start + timedelta(seconds=number * 730 * 86_400 / count)

	def leads() -> Iterator[dict]:
		for number in range(count):
			at = received(number)
			yield {
				**_common(f"LEAD-BENCH-{number:07d}", at),
				"lead_name": f"Bench Lead {number}",
				"company": f.COMPANY,
				"lead_owner": chance.choice(people),
				"source": chance.choice(SOURCES),
				"dealer_lead_type": chance.choice(TYPES),
				"dealer_state": chance.choice(("Answered", "Answered", "Converted", "Lost")),
				"dealer_received_at": at,
				"dealer_first_response_at": at + timedelta(minutes=chance.randint(1, 600))
				if chance.random() < 0.9
				else None,
			}

	def deals() -> Iterator[dict]:
		for number in range(0, count, 8):
			at, far = received(number), chance.randint(1, len(ORDER) - 1)
			reached = {
				_field(stage): at + timedelta(days=chance.randint(0, 3) * position(stage))
				if 0 < position(stage) <= far
				else None
				for stage in ORDER[1:]
			}
			yield {
				**_common(f"DJ-LEAD-{number:07d}", at),
				"lead": f"LEAD-BENCH-{number:07d}",
				"customer": customer,
				"company": f.COMPANY,
				"currency": "USD",
				"stage": "Funded" if far == len(ORDER) - 1 else "Lost",
				"salesperson": people[0],
				"furthest": far,
				**reached,
			}

	_insert("Lead", leads())
	_insert("Deal Jacket", deals())
	_insert(
		"Showroom Visit",
		(
			{
				**_common(f"UP-BENCH-{number:07d}", received(number)),
				"lead": f"LEAD-BENCH-{number:07d}",
				"company": f.COMPANY,
				"arrived_at": received(number) + timedelta(days=1),
			}
			for number in range(0, count, 5)
		),
	)


def clear() -> None:
	"""Take all of it away again."""
	for doctype, like in (
		("Deal Jacket", "DJ-BENCH-%"),
		("Deal Jacket", "DJ-LEAD-%"),
		("Lead", "LEAD-BENCH-%"),
		("Showroom Visit", "UP-BENCH-%"),
		("Deal Document", "bench-%"),
	):
		frappe.db.delete(doctype, {"name": ("like", like)})
	frappe.db.commit()


def board_of(**asked) -> object:
	from dealer_pos_crm.dealer_showroom.deals import board

	return board.load(asked)


def funnel_by(by: str) -> tuple:
	from dealer_pos_crm.dealer_showroom.report.sales_funnel import sales_funnel

	return sales_funnel.execute(
		{
			"company": f.COMPANY,
			"from_date": (now_datetime() - timedelta(days=731)).date(),
			"to_date": now_datetime().date(),
			"group_by": by,
		}
	)


def results(alone: Callable, rounds: int) -> list[dict]:
	"""``alone(name, make, rounds)`` times one thing; a few rounds are enough for the report."""
	fill_pipeline()
	fill_leads()
	try:
		return [
			alone(f"Deal board, {DEALS} open deals", lambda: board_of, rounds),
			alone(
				f"Deal board, {DEALS} open deals, stuck ones", lambda: lambda: board_of(only="stuck"), rounds
			),
			alone(f"Sales funnel by stage, {LEADS} leads", lambda: lambda: funnel_by("Stage"), 3),
			alone(f"Sales funnel by month, {LEADS} leads", lambda: lambda: funnel_by("Month"), 3),
		]
	finally:
		clear()
