"""The strip above the sale: what is owed, held and promised, in few statements however long the customer's
history is. Each part only for who may see it; a missing part is None, an empty one is empty."""

from typing import Any

import frappe
from frappe import _
from frappe.query_builder.functions import Max
from frappe.utils import cint, flt, now_datetime

from dealer_pos_crm.dealer_cashier.money import shown
from dealer_pos_crm.dealer_crm import customer_view
from dealer_pos_crm.dealer_crm.leads import points
from dealer_pos_crm.dealer_setup.settings import is_dealership
from dealer_pos_crm.domain import dispute, phone
from dealer_pos_crm.domain.card_payment import UNPAID
from dealer_pos_crm.domain.deal import WORKING
from dealer_pos_crm.domain.repair_order import ENDED

PAGE = 20
ORDERS = 8  # open at once; a fleet has more, and is told so
DOUBLES = 3  # named; that there are more is said
_NO_MONEY = {"owed": 0.0, "held": 0.0, "credit": 0.0}


def of(customer: str, company: str, pos_profile: str | None = None) -> dict:
	"""Raises ``PermissionError`` for a customer whom the user may not read."""
	known = _customer(customer)
	currency = frappe.get_cached_value("Company", company, "default_currency")
	found: dict[str, Any] = {
		"customer": customer,
		"customer_name": known.customer_name,
		"company": company,
		"currency": currency,
		"pos_profile": pos_profile,
		"is_dealership": is_dealership(company),
		"phone": phone.shown(known.mobile_no, points.country()) if known.mobile_no else "",
		"email": known.email_id or "",
		"contact_by": "",
		"money": None,
		"deposits": None,
		"orders": None,
		"deal": None,
		"promises": None,
		"vehicles": None,
		"unfinished": [],
		"cards": [],
		"warnings": [],
	}
	if not found["is_dealership"]:
		return found
	if _may("Deposit"):
		found["money"] = _money(customer, company)
		found["deposits"] = customer_view.deposits(customer, company)
	if _may("Repair Order"):
		found["orders"] = _orders(customer, company)
	if _may("Deal Jacket"):
		found["deal"] = _deal(customer, company)
	if _may("Follow Up"):
		found["promises"] = _promises(customer)
	if _may("Dealer Vehicle"):
		found["vehicles"] = customer_view.vehicles(customer)
	waiting = _waiting(customer, company)
	found["unfinished"] = waiting["Counter Receipt"]
	found["cards"] = waiting["Card Payment"]
	found["contact_by"] = waiting["Repair Order"][0].status if waiting["Repair Order"] else ""
	found["warnings"] = _warnings(known, company, waiting["Dispute Case"])
	return found


def _may(doctype: str) -> bool:
	return bool(frappe.has_permission(doctype, "read"))


def _customer(customer: str):
	rows = frappe.get_list(
		"Customer",
		filters={"name": customer},
		fields=[
			"name",
			"customer_name",
			"mobile_no",
			"email_id",
			"disabled",
			"is_frozen",
			"dealer_no_checks",
		],
		limit=1,
	)
	if not rows:
		frappe.throw(_("You may not see customer {0}").format(customer), frappe.PermissionError)
	return rows[0]


def _money(customer: str, company: str) -> dict:
	rows = customer_view.money(customer, company)
	return {key: rows[0][key] for key in _NO_MONEY} if rows else dict(_NO_MONEY)


def _orders(customer: str, company: str) -> dict:
	"""Orders that are not over, those with most to pay first."""
	rows = frappe.get_list(
		"Repair Order",
		filters={
			"customer": customer,
			"company": company,
			"status": ("not in", [status.value for status in ENDED]),
		},
		fields=[
			"name",
			"status",
			"vehicle",
			"vehicle_title",
			"plate",
			"promised_at",
			"outstanding",
			"currency",
			"pending_jobs",
			"contact_by",
		],
		order_by="outstanding desc, opened_at desc",
		limit=ORDERS + 1,
	)
	return {"rows": rows[:ORDERS], "more": len(rows) > ORDERS}


def _deal(customer: str, company: str) -> dict | None:
	"""The deal that is being worked on, or that still wants money; never its gross."""
	rows = frappe.get_list(
		"Deal Jacket",
		filters={"company": company, "stage": ("in", [*(stage.value for stage in WORKING), "Delivered"])},
		or_filters={"customer": customer, "co_buyer": customer},
		fields=["name", "stage", "vehicle_title", "wanted", "balance", "currency", "customer"],
		order_by="stage_since desc",
		limit=PAGE,
	)
	going_on = [row for row in rows if row.stage != "Delivered" or flt(row.balance) > 0]
	return {**going_on[0], "others": len(going_on) - 1} if going_on else None


def _promises(customer: str) -> dict:
	"""How many promises wait, and the one that is due first."""
	rows = frappe.get_list(
		"Follow Up",
		filters={"customer": customer, "status": "Open"},
		fields=["name", "title", "due_at", "priority"],
		order_by="due_at",
		limit=PAGE + 1,
	)
	first = rows[0] if rows else None
	return {
		"count": min(len(rows), PAGE),
		"more": len(rows) > PAGE,
		"first": first,
		"late": sum(1 for row in rows if row.due_at and row.due_at < now_datetime()),
	}


def _waiting(customer: str, company: str) -> dict[str, list]:
	"""What is not over: receipts half collected, cards at a reader, disputes; and how the customer last
	wanted to be reached. One statement."""
	found: dict[str, list] = {
		doctype: [] for doctype in ("Counter Receipt", "Card Payment", "Dispute Case", "Repair Order")
	}
	parts, may = [], [doctype for doctype in found if _may(doctype)]
	if "Counter Receipt" in may:
		parts.append(
			"""select 'Counter Receipt' as doctype, name, status, amount, taken_by as who, creation as at
			from `tabCounter Receipt` where customer = %(customer)s and company = %(company)s
				and status = 'Collecting'"""
		)
	if "Card Payment" in may:
		parts.append(
			"""select 'Card Payment', name, status, amount, requested_by, creation
			from `tabCard Payment` where customer = %(customer)s and company = %(company)s
				and channel = 'In Person' and status in %(unpaid)s
				and not (status = 'Failed' and ifnull(intent_id, '') = '')"""
		)
	if "Dispute Case" in may:
		parts.append(
			"""select 'Dispute Case', name, status, amount, assigned_to, opened_on
			from `tabDispute Case` where customer = %(customer)s and company = %(company)s
				and status not in %(decided)s"""
		)
	if "Repair Order" in may:
		parts.append(
			"""(select 'Repair Order', name, contact_by, 0, null, opened_at
			from `tabRepair Order` where customer = %(customer)s and ifnull(contact_by, '') != ''
			order by opened_at desc limit 1)"""
		)
	if not parts:
		return found
	rows = frappe.db.sql(
		" union all ".join(parts),
		{
			"customer": customer,
			"company": company,
			"unpaid": tuple(status.value for status in UNPAID),
			"decided": tuple(status.value for status in dispute.DECIDED),
		},
		as_dict=True,
	)
	for row in rows:
		found[row.pop("doctype")].append(row)
	return found


# --- What makes one look twice ---------------------------------------------------------------------------


def _warnings(known, company: str, disputes: list) -> list[dict]:
	"""Each: code, tone (red, orange), text, and the document that it is about, where there is one."""
	found = []
	if cint(known.disabled) or cint(known.is_frozen):
		found.append(_warning("frozen", "red", _("{0} is disabled or frozen").format(known.customer_name)))
	if cint(known.dealer_no_checks):
		found.append(_warning("no_checks", "red", _("No checks: one came back from the bank")))
	for row in disputes:
		found.append(_warning("dispute", "red", _("A card payment is disputed"), "Dispute Case", row.name))
	found += _cash(known.name, company)
	doubles = _doubles(known.name)
	for row in doubles[:DOUBLES]:
		text = _("Possible duplicate: {0} has the same {1}").format(
			row.customer_name, _("phone") if row.kind == points.PHONE else _("e-mail")
		)
		found.append(_warning("duplicate", "orange", text, "Customer", row.name))
	if len(doubles) > DOUBLES:
		found.append(_warning("duplicate", "orange", _("More customers have the same phone or e-mail")))
	return found


def _warning(code: str, tone: str, text: str, doctype: str | None = None, name: str | None = None) -> dict:
	return {"code": code, "tone": tone, "text": text, "doctype": doctype, "name": name}


def _cash(customer: str, company: str) -> list[dict]:
	"""Cash of the last twelve months that comes near what has to be reported."""
	from dealer_pos_crm.dealer_counter.cash_reports import counting

	position = counting.position(customer, company)
	if not position or not position.warn:
		return []
	told = shown(position.amount)
	if position.over:
		text = (
			_("Cash of {0} in 12 months: the buyer's data are recorded")
			if position.known
			else _("Cash of {0} in 12 months: more cash needs the buyer's data (Form 8300)")
		)
		return [_warning("cash", "orange" if position.known else "red", text.format(told))]
	text = _("Cash of {0} in 12 months, near {1}").format(told, shown(position.limit))
	return [_warning("cash", "orange", text)]


def _doubles(customer: str) -> list:
	"""Other customers with a number or an address of this one. One statement, by the index of the values."""
	own, mine, other, theirs = (
		frappe.qb.DocType(doctype).as_(alias)
		for doctype, alias in (
			("Dynamic Link", "own"),
			(points.DOCTYPE, "mine"),
			(points.DOCTYPE, "other"),
			("Dynamic Link", "theirs"),
		)
	)
	party = frappe.qb.DocType("Customer")
	return (
		frappe.qb.from_(own)
		.join(mine)
		.on((mine.party_doctype == "Contact") & (mine.party_name == own.parent))
		.join(other)
		.on(
			(other.value == mine.value)
			& (other.party_doctype == "Contact")
			& (other.party_name != own.parent)
		)
		.join(theirs)
		.on(
			(theirs.parenttype == "Contact")
			& (theirs.parent == other.party_name)
			& (theirs.link_doctype == "Customer")
			& (theirs.link_name != customer)
		)
		.join(party)
		.on(party.name == theirs.link_name)
		.select(party.name, party.customer_name, Max(other.kind).as_("kind"))
		.where(
			(own.parenttype == "Contact")
			& (own.link_doctype == "Customer")
			& (own.link_name == customer)
			& (party.disabled == 0)
		)
		.groupby(party.name, party.customer_name)
		.orderby(party.name)
		.limit(DOUBLES + 1)
		.run(as_dict=True)
	)
