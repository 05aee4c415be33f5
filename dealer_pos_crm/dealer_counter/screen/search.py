"""Who stands at the counter, found by whatever they say: a name, a phone, a plate, the end of a VIN, a number.

Looked for in the tables, then kept to what the user may read: documents and customers each with their rights.
"""

import re
from collections.abc import Iterable
from typing import Any

import frappe
from frappe.utils import cstr
from pypika import CustomFunction

from dealer_pos_crm.dealer_crm.leads import points
from dealer_pos_crm.domain import phone
from dealer_pos_crm.domain.counter_search import (
	Find,
	Fit,
	Kind,
	Question,
	Row,
	name_fit,
	question,
	ranked,
	tail_fit,
)
from dealer_pos_crm.domain.repair_order import ENDED

SHOWN = 20
_REPLACE = CustomFunction("replace", ["text", "what", "by"])
_LOOKED_AT = 60  # of a kind, before ranking: more means that the text says too little

# Documents that a number may be of, in the order in which a cashier is told.
_DOCUMENTS = (
	"Repair Order",
	"Sales Invoice",
	"POS Invoice",
	"Counter Receipt",
	"Deposit",
	"Deal Jacket",
	"Payment Entry",
)
_PARTY = {"Payment Entry": "party"}
_SUBMITTED = frozenset({"Sales Invoice", "POS Invoice", "Payment Entry"})


def find(text: str, company: str) -> dict:
	"""``rows``: customer, customer_name, phone and ``found`` (kind, text, doctype, name), the best first;
	``customer`` is None for a car in stock that is kept for nobody. ``more``: not all that fits is shown."""
	asked = question(cstr(text))
	if not asked:
		return {"rows": [], "more": False}
	looked = [*_by_name(asked), *_by_contact(asked), *_by_vehicle(asked), *_by_number(asked, company)]
	rows = ranked(_readable(looked))
	people = _people({row.customer for row in rows if row.customer})
	known = [row for row in rows if not row.customer or row.customer in people]
	cut = any(
		sum(1 for find in looked if find.kind is kind) >= _LOOKED_AT
		for kind in {find.kind for find in looked}
	)
	return {
		"rows": [_shown(row, people) for row in known[:SHOWN]],
		"more": len(known) > SHOWN or cut,
	}


def _shown(row: Row, people: dict[str, Any]) -> dict:
	person = people.get(row.customer) if row.customer else None
	return {
		"customer": row.customer,
		"customer_name": person.customer_name if person else "",
		"phone": phone.shown(person.mobile_no, points.country()) if person and person.mobile_no else "",
		"found": [
			{"kind": find.kind.value, "text": find.text, "doctype": find.doctype, "name": find.name}
			for find in row.finds
			if find.kind is not Kind.NAME
		],
	}


def _like(text: str, *, before: bool = True, after: bool = True) -> str:
	"""A pattern for what a person typed: percent and underscore mean themselves."""
	escaped = re.sub(r"([\\%_])", r"\\\1", text)
	return f"{'%' if before else ''}{escaped}{'%' if after else ''}"


# --- Names and ways to reach ------------------------------------------------------------------------------


def _by_name(asked: Question) -> list[Find]:
	if not asked.words:
		return []
	customer = frappe.qb.DocType("Customer")
	query = frappe.qb.from_(customer).select(customer.name, customer.customer_name)
	for word in asked.words:
		query = query.where(customer.customer_name.like(_like(word)))
	rows = (
		query.where(customer.disabled == 0)
		.orderby(customer.modified, order=frappe.qb.desc)
		.limit(_LOOKED_AT)
		.run(as_dict=True)
	)
	found = []
	for weight, row in enumerate(reversed(rows)):  # who was here last first, among equals
		fit = name_fit(row.customer_name, asked.words)
		# The database compares without accents; what it calls equal is inside for us.
		found.append(Find(row.name, Kind.NAME, fit or Fit.INSIDE, row.customer_name, weight=weight))
	return found


def _by_contact(asked: Question) -> list[Find]:
	"""By numbers in any format and by addresses: contacts keep them as keys."""
	if not (asked.digits or asked.email):
		return []
	point, link = frappe.qb.DocType(points.DOCTYPE), frappe.qb.DocType("Dynamic Link")
	if asked.email:
		kind, wanted = Kind.EMAIL, asked.email
		condition = (point.kind == points.EMAIL) & point.value.like(_like(wanted, before=False))
	else:
		kind, wanted = Kind.PHONE, points.phone_key(asked.digits) or asked.digits
		condition = (point.kind == points.PHONE) & (
			(point.value == wanted) | point.value.like(_like(asked.digits))
		)
	rows = (
		frappe.qb.from_(point)
		.join(link)
		.on(
			(link.parenttype == "Contact")
			& (link.parent == point.party_name)
			& (link.link_doctype == "Customer")
		)
		.select(link.link_name, point.value)
		.distinct()
		.where((point.party_doctype == "Contact") & condition)
		.orderby(point.value)
		.orderby(link.link_name)
		.limit(_LOOKED_AT)
		.run(as_dict=True)
	)
	return [
		Find(
			row.link_name,
			kind,
			tail_fit(row.value, wanted),
			phone.shown(row.value, points.country()) if kind is Kind.PHONE else row.value,
		)
		for row in rows
	]


# --- Cars ---------------------------------------------------------------------------------------------------


def _by_vehicle(asked: Question) -> list[Find]:
	if not (asked.vins or asked.plate or asked.stock):
		return []
	car = frappe.qb.DocType("Dealer Vehicle")
	condition = car.name.isnull()
	for tail in asked.vins:
		condition |= car.vin.like(_like(tail, after=False))
	if asked.plate:
		condition |= _REPLACE(_REPLACE(car.plate, " ", ""), "-", "") == asked.plate
	if asked.stock:
		condition |= car.stock_number == asked.stock
	rows = (
		frappe.qb.from_(car)
		.select(
			car.name, car.title, car.vin, car.plate, car.stock_number, car.status, car.customer, car.held_for
		)
		.where(condition)
		.orderby(car.modified, order=frappe.qb.desc)
		.limit(_LOOKED_AT)
		.run(as_dict=True)
	)
	found = []
	for row in rows:
		kind, fit = _fit_of(row, asked)
		text = f"{row.title} · {_said(row, kind)}"
		for customer in dict.fromkeys(filter(None, (row.customer, row.held_for))) or (None,):
			found.append(Find(customer, kind, fit, text, "Dealer Vehicle", row.name))
	return found


def _fit_of(row, asked: Question) -> tuple[Kind, Fit]:
	if asked.stock and cstr(row.stock_number).casefold() == asked.stock.casefold():
		return Kind.STOCK, Fit.EXACT
	if asked.plate and re.sub(r"[\W_]+", "", cstr(row.plate)).upper() == asked.plate:
		return Kind.PLATE, Fit.EXACT
	return Kind.VIN, max(tail_fit(cstr(row.vin), tail) for tail in asked.vins)


def _said(row, kind: Kind) -> str:
	return {
		Kind.STOCK: row.stock_number,
		Kind.PLATE: row.plate,
		Kind.VIN: f"…{cstr(row.vin)[-8:]}",
	}[kind]


# --- Numbers of documents -----------------------------------------------------------------------------------


def _by_number(asked: Question, company: str) -> list[Find]:
	if not asked.number:
		return []
	return [find for doctype in _DOCUMENTS for find in _named(doctype, asked.number, company)]


def _named(doctype: str, number: str, company: str) -> Iterable[Find]:
	"""Documents whose name is the number, or ends with it, the newest first."""
	if not frappe.has_permission(doctype, "read"):
		return
	table = frappe.qb.DocType(doctype)
	party = table[_PARTY.get(doctype, "customer")]
	state = (
		table.docstatus
		if doctype in _SUBMITTED
		else table.status
		if doctype != "Deal Jacket"
		else table.stage
	)
	query = (
		frappe.qb.from_(table)
		.select(table.name, party.as_("party"), state.as_("state"))
		.where((table.company == company) & table.name.like(_like(number, after=False)))
		.orderby(table.creation, order=frappe.qb.desc)
		.limit(SHOWN)
	)
	if doctype in _SUBMITTED:
		query = query.where(table.docstatus == 1)
	if doctype == "Payment Entry":
		query = query.where(table.party_type == "Customer")
	for row in query.run(as_dict=True):
		weight = 1 if doctype == "Repair Order" and row.state not in {each.value for each in ENDED} else 0
		fit = tail_fit(row.name.upper(), number)
		yield Find(row.party, Kind.DOCUMENT, fit, row.name, doctype, row.name, weight)


# --- What the user may read -----------------------------------------------------------------------------------


def _readable(finds: list[Find]) -> list[Find]:
	"""Without documents that the user may not read; one statement a doctype that something was found of."""
	allowed: dict[str, set[str]] = {}
	for doctype in {find.doctype for find in finds if find.doctype}:
		if not frappe.has_permission(doctype, "read"):
			continue
		names = sorted({find.name for find in finds if find.doctype == doctype})
		allowed[doctype] = set(
			frappe.get_list(doctype, {"name": ("in", names)}, pluck="name", limit_page_length=0)
		)
	return [find for find in finds if not find.doctype or find.name in allowed.get(find.doctype, set())]


def _people(customers: set[str]) -> dict[str, Any]:
	if not customers:
		return {}
	rows = frappe.get_list(
		"Customer",
		{"name": ("in", sorted(customers)), "disabled": 0},
		["name", "customer_name", "mobile_no"],
		limit_page_length=0,
	)
	return {row.name: row for row in rows}
