"""Test data of the inbox: feeds, and messages as providers send them, each about somebody of its own."""

from __future__ import annotations

import random

import frappe

from tests.site import factories as f
from tests.site import showroom


def make_feed(channel: str = "HTTP", **values) -> str:
	doc = frappe.get_doc(
		{
			"doctype": "Lead Feed",
			"title": f.unique(f"Portal {channel}"),
			"company": showroom.COMPANY,
			"channel": channel,
			**values,
		}
	).insert()
	frappe.db.commit()
	return doc.name


class Person:
	"""Somebody nobody has heard of."""

	def __init__(self, first: str = "", last: str = "", email: str = "", phone: str = "") -> None:
		tag = "".join(random.choices("bcdfghjklmnpqrstvwz", k=8))
		self.first = first or f"Ann{tag}"
		self.last = last or f"Buyer{tag[::-1]}"
		self.email = email or f"{tag}@buyers.example"
		self.phone = phone or f"(555) {random.randint(200, 999)}-{random.randint(0, 9999):04d}"

	def adf(self, **values: str) -> str:
		"""A message about them. ``values``: id, source, year, make, model, vin, stock, trade, comments, more."""
		say = {
			"id": f.key(),
			"source": "CarsPortal",
			"provider": "Cars Portal",
			"year": "2019",
			"make": "Toyota",
			"model": "Camry",
			"vin": "",
			"stock": "",
			"comments": "Is it still there?",
			"more": "",
			"date": "2026-11-20T10:15:00-08:00",
			**values,
		}
		return f"""<?xml version="1.0" encoding="UTF-8"?>
<?adf version="1.0"?>
<adf><prospect status="new">
<id sequence="1" source="{say["source"]}">{say["id"]}</id>
<requestdate>{say["date"]}</requestdate>
<vehicle interest="buy" status="used"><year>{say["year"]}</year><make>{say["make"]}</make>
<model>{say["model"]}</model><vin>{say["vin"]}</vin><stock>{say["stock"]}</stock></vehicle>
{say["more"]}
<customer><contact>
<name part="first">{self.first}</name><name part="last">{self.last}</name>
<email>{self.email}</email><phone type="cellphone">{self.phone}</phone>
<address><street line="1">12 Oak Street</street><city>Springfield</city><regioncode>IL</regioncode>
<postalcode>62701</postalcode><country>US</country></address>
</contact><comments>{say["comments"]}</comments></customer>
<vendor><vendorname>Summit Motors</vendorname></vendor>
<provider><name part="full">{say["provider"]}</name><service>Used cars</service></provider>
</prospect></adf>
"""


def lead_of(row) -> str:
	"""The lead that a row of the inbox led to; the row's reason when it led to none."""
	name = row if isinstance(row, int) else row.name
	status, lead, reason = frappe.db.get_value("Lead Intake", name, ["status", "lead", "reason"])
	assert status == "Done", f"{status}: {reason}"
	return lead


def kinds(lead: str) -> list[str]:
	"""What the spine tells of a lead, in order."""
	return frappe.get_all("Customer Event", {"lead": lead}, pluck="event_type", order_by="name")
