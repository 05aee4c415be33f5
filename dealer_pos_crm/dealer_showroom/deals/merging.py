"""Two customers turn out to be one: their deals keep the name, and never have one car twice between them."""

import frappe
from frappe import _
from frappe.utils import escape_html, get_link_to_form

from dealer_pos_crm.dealer_setup.notices import notify
from dealer_pos_crm.dealer_showroom.deals.deal import DOCTYPE
from dealer_pos_crm.domain import deal as rules

_WORKING = tuple(stage.value for stage in rules.ORDER if stage in rules.WORKING)


def repair(customer: str) -> None:
	"""After a rename or a merge: keys that hold the customer's name, and what has to be looked at."""
	_same_person(customer)
	_one_per_vehicle(customer)


def _same_person(customer: str) -> None:
	"""Buyer and co-buyer were the two: the deal has one buyer, and its people are told."""
	for row in frappe.get_all(
		DOCTYPE,
		{"customer": customer, "co_buyer": customer},
		["name", "stage", "salesperson", "fni_manager"],
		order_by="name",
	):
		frappe.db.set_value(DOCTYPE, row.name, "co_buyer", None)
		text = _(
			"Buyer and co-buyer of deal {0} were merged into one customer. Check the papers and the worksheet"
		).format(row.name)
		_tell(row.name, text, row.salesperson, row.fni_manager)


def _one_per_vehicle(customer: str) -> None:
	"""One of two deals on one car keeps the key that allows no second; the other is told to be lost."""
	rows = frappe.get_all(
		DOCTYPE,
		{"customer": customer, "stage": ("in", _WORKING), "vehicle": ("is", "set")},
		["name", "vehicle", "stage", "salesperson", "fni_manager"],
	)
	rows.sort(key=lambda row: (-rules.position(rules.Stage(row.stage)), row.name))
	first: dict[str, str] = {}
	for row in rows:
		frappe.db.set_value(DOCTYPE, row.name, "open_vehicle", None, update_modified=False)
	for row in rows:
		if row.vehicle not in first:
			first[row.vehicle] = row.name
			frappe.db.set_value(
				DOCTYPE, row.name, "open_vehicle", f"{row.vehicle}|{customer}", update_modified=False
			)
			continue
		text = _("Deals {0} and {1} are of one customer on one car since a merge. Lose one of them").format(
			first[row.vehicle], row.name
		)
		_tell(row.name, text, row.salesperson, row.fni_manager)


def _tell(deal: str, text: str, *users: str | None) -> None:
	frappe.get_doc(DOCTYPE, deal).add_comment("Comment", escape_html(text))
	frappe.msgprint(
		_("{0}: {1}").format(get_link_to_form(DOCTYPE, deal), text), indicator="orange", title=_("Deals")
	)
	notify([user for user in users if user != frappe.session.user], text, (DOCTYPE, deal))
