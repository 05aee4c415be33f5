"""A deal begins: once however often clicked, one per customer and vehicle, at the stage it honestly has."""

import frappe
from frappe import _
from frappe.utils import cstr, escape_html, get_link_to_form

from dealer_pos_crm.dealer_cashier.money import company_currency
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import SALESPERSON
from dealer_pos_crm.dealer_showroom.deals import deposits, holding, stages
from dealer_pos_crm.dealer_showroom.deals.deal import (
	DOCTYPE,
	action,
	facts_of,
	standing_step,
	step,
	working_deals,
)
from dealer_pos_crm.domain import deal as rules
from dealer_pos_crm.domain.deal import Stage
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

# What a person says when they open a deal, besides whose and which car.
VALUES = (
	"co_buyer", "wanted", "deal_type", "condition", "expected_delivery", "second_salesperson", "split",
	"fni_manager", "sales_manager", "source", "notes",
)  # fmt: skip


@action
def open_deal(
	*,
	customer: str,
	company: str,
	lead: str | None = None,
	vehicle: str | None = None,
	salesperson: str | None = None,
	client_key: str | None = None,
	**values,
) -> str:
	"""Open a deal and return its name: once per ``client_key``, one at a time per customer and vehicle.

	``values``: see ``VALUES``. Its stage is what already happened with its lead and its deposits. Raises
	``DealerRefusal`` that names the deal there is, when the customer has one on this vehicle.
	"""
	try:
		with explained():
			return _open(customer, company, lead, vehicle, salesperson, client_key, values)
	except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
		# The same request, or another one for the same car, came first.
		frappe.db.rollback()
		frappe.clear_messages()
		known = known_deal(client_key)
		if known:
			return known
		with explained():
			refuse_second(customer, vehicle)
		raise


def known_deal(client_key: str | None) -> str | None:
	return frappe.db.get_value(DOCTYPE, {"client_key": client_key}, "name") if client_key else None


def _open(customer, company, lead, vehicle, salesperson, client_key, values) -> str:
	known = known_deal(client_key)
	if known:
		return known
	deal = frappe.new_doc(DOCTYPE)
	deal.update({field: values[field] for field in VALUES if values.get(field) not in (None, "")})
	deal.update(
		{
			"customer": customer,
			"company": company,
			"lead": lead,
			"vehicle": vehicle,
			"salesperson": salesperson,
			"client_key": client_key,
		}
	)
	deal.flags.of_the_deal = True
	deal.insert()
	deal.flags.of_the_deal = False
	return deal.name


@action
def open_from_lead(
	lead: str,
	*,
	client_key: str | None = None,
	customer: str | None = None,
	vehicle: str | None = None,
	**values,
) -> str:
	"""Open the deal of a lead: its customer, its salesperson, its car, what it wants. Returns the deal's name.

	``customer``: the one that a person has decided on; else the certain match, else a new one.
	"""
	from dealer_pos_crm.dealer_crm.leads import converting

	known = known_deal(client_key)
	if known:
		return known
	found = frappe.db.get_value(
		"Lead",
		lead,
		["company", "lead_owner", "source", "dealer_vehicle", "dealer_wanted", "dealer_wanted_condition"],
		as_dict=True,
		for_update=True,
	)
	if not found:
		frappe.throw(_("Lead {0} does not exist").format(frappe.bold(lead)))
	values.setdefault("wanted", found.dealer_wanted)
	values.setdefault("condition", found.dealer_wanted_condition)
	values.setdefault("source", found.source)
	values.setdefault("salesperson", found.lead_owner)
	return open_deal(
		customer=converting.customer_for(lead, customer=customer),
		company=values.pop("company", None) or found.company,
		lead=lead,
		vehicle=vehicle or found.dealer_vehicle,
		client_key=client_key,
		**values,
	)


# --- From the controller ---------------------------------------------------------------------------------


def begin(deal) -> None:
	"""What a new deal starts with, from a screen, a form or a file."""
	if not deal.flags.of_the_deal:
		deal.client_key = None
	deal.currency = company_currency(deal.company) if deal.company else None
	for df in deal.meta.fields:
		if df.no_copy and df.read_only and df.fieldname != "client_key":
			deal.set(df.fieldname, [] if df.fieldtype == "Table" else None)
	deal.stage = Stage.NEW.value
	if deal.lead and not deal.source:
		deal.source = frappe.db.get_value("Lead", deal.lead, "source")
	deal.salesperson = deal.salesperson or _salesperson(deal)
	refuse_second(deal.customer, deal.vehicle)
	stages.mark(deal, Stage.NEW)
	evidence = stages.evidence_of(deal)
	for stage in evidence.stages:
		stages.mark(deal, stage)
	stages.mark(deal, rules.stands_at(evidence))


def _salesperson(deal) -> str:
	"""Who opens it, when they sell; else who looks after the customer, or their lead."""
	if SALESPERSON in frappe.get_roles() and frappe.session.user != "Administrator":
		return frappe.session.user
	return (
		(deal.lead and frappe.db.get_value("Lead", deal.lead, "lead_owner"))
		or frappe.db.get_value("Customer", deal.customer, "dealer_sales_owner")
		or frappe.session.user
	)


def refuse_second(customer: str | None, vehicle: str | None, but: str | None = None) -> None:
	"""One customer has one open deal on a vehicle."""
	if not customer or not vehicle:
		return
	for row in working_deals(customer, vehicle):
		if row.name != but:
			raise Refused(
				"second_deal",
				marked("{0} ({1}) is the customer's deal on {2} already. Go on there, or lose it first"),
				get_link_to_form(DOCTYPE, row.name),
				_(row.stage),
				row.vehicle_title or row.vehicle,
			)


def opened(deal) -> None:
	"""The deal is in the books: told, its deposits linked, the salesperson the customer's own."""
	step(deal, "deal.opened", facts={"stage": deal.stage})
	if deal.salesperson and not frappe.db.get_value("Customer", deal.customer, "dealer_sales_owner"):
		frappe.db.set_value(
			"Customer", deal.customer, "dealer_sales_owner", deal.salesperson, update_modified=False
		)
	_adopt_of_lead(deal)
	if deposits.adopt(deal):
		stages.reached(deal, Stage.DEPOSIT.value)
	holding.tell_others(deal)
	_tell_of_own(deal)


def _adopt_of_lead(deal) -> None:
	"""What the lead has led to already and belongs to no other deal is this deal's."""
	if not deal.lead:
		return
	for doctype in ("Showroom Appointment", "Showroom Visit", "Test Drive", "Trade In"):
		frappe.db.set_value(
			doctype, {"lead": deal.lead, "deal": ("is", "not set")}, "deal", deal.name, update_modified=False
		)


def _tell_of_own(deal) -> None:
	"""The customer has other deals that go on: said, so that nobody works on two by mistake."""
	rows = [row for row in working_deals(deal.customer) if row.name != deal.name]
	if rows:
		frappe.msgprint(
			"<br>".join(
				_("{0}: {1}, {2}").format(
					get_link_to_form(DOCTYPE, row.name),
					escape_html(cstr(row.vehicle_title or row.wanted) or _("no vehicle yet")),
					_(row.stage),
				)
				for row in rows
			),
			title=_("The customer has another deal"),
			indicator="orange",
		)


def undone(deal) -> None:
	"""A deal that is deleted never was: what was told is taken back."""
	step(
		deal,
		"deal.lost",
		title=_("Deal {0} deleted: {1}").format(deal.name, facts_of(deal).get("what", "")),
		reason=_("Deleted"),
		reverses=standing_step(deal, "deal.opened"),
	)
