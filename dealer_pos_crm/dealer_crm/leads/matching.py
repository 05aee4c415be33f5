"""Who asks, and for which car: found among the customers and the stock, certain or for a person to decide."""

from collections.abc import Sequence

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_crm.attribution import attribute
from dealer_pos_crm.dealer_crm.leads import points
from dealer_pos_crm.dealer_crm.leads.lead import keep, locked
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain import phone
from dealer_pos_crm.domain.lead_match import Comparison, Party, Reason, Verdict, compare, decide
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.vehicle_wish import NEAR, Wish, nearness

TO_CHECK, NOBODY, MATCHED = "To Check", "Nobody Known", "Matched"
_SHOWN = 5  # candidates side by side; a sixth would be a guess
_NAMESAKES = 20
_FOR_SALE = ("Front-line Ready", "In Recon", "On Hold")


# People


def party_of_lead(lead) -> Party:
	"""Who asks, as the domain compares them."""
	address = _address("Lead", lead.name) if lead.name else {}
	return Party(
		name=_person_name(lead),
		company_name=cstr(lead.company_name),
		emails=tuple(filter(None, [lead.email_id])),
		phones=tuple(sorted(value for kind, value in points.of_lead(lead) if kind == points.PHONE)),
		street=address.get("address_line1", ""),
		city=address.get("city", "") or cstr(lead.get("city")),
		postal_code=address.get("pincode", ""),
	)


def _person_name(lead) -> str:
	parts = (lead.get("first_name"), lead.get("middle_name"), lead.get("last_name"))
	name = " ".join(filter(None, parts)) or cstr(lead.lead_name)
	# ERPNext names a lead without a name after the e-mail's first half, which says nothing about a name.
	return "" if name == cstr(lead.email_id).partition("@")[0] else name


def parties_of_customers(customers: Sequence[str]) -> dict[str, Party]:
	"""Customers on file, as the domain compares them. Four queries, however many."""
	if not customers:
		return {}
	rows = frappe.get_all(
		"Customer",
		{"name": ("in", customers), "disabled": 0},
		["name", "customer_name", "customer_type"],
		order_by="name",
	)
	links = frappe.get_all(
		"Dynamic Link",
		{
			"link_doctype": "Customer",
			"link_name": ("in", customers),
			"parenttype": ("in", ("Contact", "Address")),
		},
		["parenttype", "parent", "link_name"],
		order_by="creation, name",
	)
	contacts = {row.parent for row in links if row.parenttype == "Contact"}
	people = {
		row.name: " ".join(filter(None, (row.first_name, row.last_name)))
		for row in frappe.get_all(
			"Contact", {"name": ("in", contacts)}, ["name", "first_name", "last_name"], order_by="name"
		)
	}
	reached: dict[str, set[tuple[str, str]]] = {}
	for row in frappe.get_all(
		points.DOCTYPE,
		{"party_doctype": "Contact", "party_name": ("in", contacts)},
		["party_name", "kind", "value"],
		order_by="name",
	):
		reached.setdefault(row.party_name, set()).add((row.kind, row.value))
	addresses = {
		row.name: row
		for row in frappe.get_all(
			"Address",
			{"name": ("in", {row.parent for row in links if row.parenttype == "Address"})},
			["name", "address_line1", "city", "pincode"],
			order_by="name",
		)
	}
	found = {}
	for row in rows:
		own = [link for link in links if link.link_name == row.name]
		ours = [link.parent for link in own if link.parenttype == "Contact"]
		ways = sorted(set().union(*(reached.get(contact, set()) for contact in ours)))
		at = next((addresses[link.parent] for link in own if link.parent in addresses), {})
		found[row.name] = Party(
			name=cstr(row.customer_name),
			is_company=row.customer_type == "Company",
			emails=tuple(value for kind, value in ways if kind == points.EMAIL),
			phones=tuple(value for kind, value in ways if kind == points.PHONE),
			street=cstr(at.get("address_line1")),
			city=cstr(at.get("city")),
			postal_code=cstr(at.get("pincode")),
			people=tuple(people[contact] for contact in ours if people.get(contact)),
		)
	return found


def _address(doctype: str, name: str) -> dict[str, str]:
	parent = frappe.db.get_value(
		"Dynamic Link", {"parenttype": "Address", "link_doctype": doctype, "link_name": name}, "parent"
	)
	row = parent and frappe.db.get_value(
		"Address", parent, ["address_line1", "city", "pincode"], as_dict=True
	)
	return {key: cstr(value) for key, value in row.items()} if row else {}


def find(lead) -> tuple[str | None, Sequence[tuple[str, Comparison]]]:
	"""The customer who asks, if that is certain; and who comes into question, the likeliest first."""
	asks = party_of_lead(lead)
	names = set(points.customers_by(asks.emails, asks.phones))
	for name in filter(None, (asks.company_name, asks.name)):
		names |= set(
			frappe.get_all(
				"Customer",
				{"customer_name": name, "disabled": 0},
				pluck="name",
				order_by="modified desc",
				limit=_NAMESAKES,
			)
		)
	known = parties_of_customers(sorted(names))
	return decide((name, compare(asks, party)) for name, party in known.items())


def match(lead) -> None:
	"""Put a certain customer on the lead; what is not certain waits for a person."""
	if lead.get("dealer_customer"):
		if lead.get("dealer_match") != MATCHED:
			keep(lead, dealer_match=MATCHED)
		return
	customer, asked = find(lead)
	if customer:
		_is(lead, customer)
	else:
		keep(lead, dealer_match=TO_CHECK if asked else NOBODY)


def _is(lead, customer: str) -> None:
	keep(lead, dealer_customer=customer, dealer_match=MATCHED)
	attribute(lead.name, customer)


def candidates(lead) -> list[dict]:
	"""Who comes into question, side by side with who asks. For somebody who may read customers."""
	_certain, asked = find(lead)
	known = parties_of_customers([customer for customer, _comparison in asked[:_SHOWN]])
	asks = party_of_lead(lead)
	vehicles = _vehicles_of(list(known))
	return [
		{
			"customer": customer,
			"customer_name": known[customer].name,
			"certain": comparison.verdict is Verdict.CERTAIN,
			"score": comparison.score,
			"reasons": [
				{
					"code": reason.code,
					"text": _told(reason),
					"points": reason.points,
				}
				for reason in comparison.reasons
			],
			"facts": _side_by_side(asks, known[customer]),
			"vehicles": vehicles.get(customer, []),
		}
		for customer, comparison in asked[:_SHOWN]
		if customer in known
	]


def _told(reason: Reason) -> str:
	values = reason.values
	if reason.code == "phone":
		values = tuple(phone.shown(value, points.country()) for value in values)
	return _(reason.template).format(*values)


def _side_by_side(asks: Party, known: Party) -> list[dict]:
	def row(label: str, one: str, other: str, same: bool) -> dict:
		return {"label": label, "asks": one, "on_file": other, "same": same}

	def numbers(keys: Sequence[str]) -> str:
		return ", ".join(phone.shown(key, points.country()) for key in keys)

	def place(party: Party) -> str:
		return ", ".join(filter(None, (party.street, party.city, party.postal_code)))

	emails = {email.lower() for email in asks.emails}
	name = asks.company_name or asks.name
	return [
		row(_("Name"), name, known.name, name.lower() == known.name.lower()),
		row(_("E-mail"), ", ".join(asks.emails), ", ".join(known.emails), bool(emails & set(known.emails))),
		row(
			_("Phone"),
			numbers(asks.phones),
			numbers(known.phones),
			bool(set(asks.phones) & set(known.phones)),
		),
		row(_("Address"), place(asks), place(known), bool(asks.street) and place(asks) == place(known)),
	]


def _vehicles_of(customers: Sequence[str]) -> dict[str, list[str]]:
	if not customers:
		return {}
	found: dict[str, list[str]] = {}
	for row in frappe.get_all(
		"Dealer Vehicle",
		{"customer": ("in", customers), "status": "Customer-owned"},
		["customer", "title", "name"],
		order_by="modified desc",
	):
		found.setdefault(row.customer, []).append(row.title or row.name)
	return found


@action
def is_customer(name: str, customer: str) -> None:
	"""A person has decided: this lead is that customer."""
	with explained():
		lead = locked(name)
		_refuse_converted(lead)
		if not frappe.db.exists("Customer", {"name": customer, "disabled": 0}):
			raise Refused("customer_gone", marked("Customer {0} is disabled or does not exist"), customer)
		_is(lead, customer)


@action
def is_nobody(name: str) -> None:
	"""A person has decided: nobody on file is who asks, and nobody is asked about it again."""
	with explained():
		lead = locked(name)
		_refuse_converted(lead)
		keep(lead, dealer_customer=None, dealer_match=NOBODY)


def _refuse_converted(lead) -> None:
	if lead.dealer_state == "Converted":
		raise Refused(
			"lead_converted",
			marked("{0} is a customer already: {1}. Merge the customers instead"),
			lead.name,
			lead.dealer_customer or "-",
		)


# Cars


def vehicle_named(company: str, vin: str | None, stock_number: str | None) -> str | None:
	"""The car of that VIN, else of that stock number in the company."""
	wanted = cstr(vin).strip().upper()
	if wanted and (found := frappe.db.get_value("Dealer Vehicle", {"vin": wanted}, "name")):
		return found
	number = cstr(stock_number).strip()
	if not number:
		return None
	return frappe.db.get_value("Dealer Vehicle", {"stock_number": number, "company": company}, "name")


def cars_like(lead, limit: int = 6) -> list[dict]:
	"""Cars of the stock that come near to what is wanted, the nearest first."""
	wish = _wish_of(lead)
	if not wish.make:
		return []
	rows = frappe.get_list(
		"Dealer Vehicle",
		{"company": lead.company, "status": ("in", _FOR_SALE)},
		[
			"name", "title", "stock_number", "status", "free_status", "model_year", "make", "model", "trim",
			"condition", "mileage", "color", "price", "currency", "photo",
		],
		order_by="creation desc",
		limit=0,
	)  # fmt: skip
	rated = []
	for row in rows:
		car = Wish(row.model_year or 0, cstr(row.make), cstr(row.model), cstr(row.trim), cstr(row.condition))
		near = nearness(wish, car)
		if near >= NEAR:
			rated.append((near, row))
	rated.sort(key=lambda found: (-found[0], found[1].status != "Front-line Ready", found[1].name))
	return [{**row, "nearness": near} for near, row in rated[:limit]]


def _wish_of(lead) -> Wish:
	words = cstr(lead.get("dealer_wanted")).split()
	year = next((int(word) for word in words if word.isdigit() and len(word) == 4), 0)
	make = cstr(lead.get("dealer_wanted_make"))
	rest = " ".join(word for word in words if word != str(year))
	if make and rest.lower().startswith(make.lower()):
		rest = rest[len(make) :].strip()
	elif not make and rest:
		make, _gap, rest = rest.partition(" ")
	# The first word is the model; what follows may be the trim ("Camry SE").
	model, _gap, trim = rest.partition(" ")
	return Wish(year, make, model, trim, cstr(lead.get("dealer_wanted_condition")))


def choose_vehicle(name: str, vehicle: str | None) -> None:
	"""The car that this lead is about."""
	lead = locked(name)
	keep(lead, dealer_vehicle=vehicle or None)
