"""What everybody earned in a period, deal by deal, and what is due after draws. Everybody sees their own."""

import frappe
from frappe import _
from frappe.utils import getdate

from dealer_pos_crm.dealer_cashier.money import company_currency, to_float
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_showroom.commission import posting, rights


def execute(filters: dict | None = None) -> tuple:
	filters = frappe._dict(filters or {})
	if not filters.company:
		frappe.throw(_("Choose a company"))
	begin, end = getdate(filters.from_date), getdate(filters.to_date)
	if begin > end:
		frappe.throw(_("The period ends ({0}) before it begins ({1})").format(end, begin))
	frappe.has_permission("Commission Entry", "read", throw=True)
	user = filters.user if rights.sees_all() else frappe.session.user
	if rights.sees_all():
		frappe.has_permission("Company", "read", filters.company, throw=True)
	people = [user] if user else _people(filters.company, end)
	names = names_of(people)
	currency = company_currency(filters.company)
	rows, earned = [], {}
	for person in sorted(people, key=lambda one: names.get(one, one).lower()):
		balance, entries = posting.statement(person, filters.company, begin, end)
		if not entries and not balance.carried:
			continue
		rows += _of(person, names.get(person, person), balance, entries, currency)
		earned[names.get(person, person)] = to_float(balance.earned)
	_tell_deals(rows)
	return _columns(), rows, None, _chart(earned), None


def _people(company: str, end) -> list[str]:
	return frappe.get_all(
		"Commission Entry",
		{"company": company, "earned_on": ("<=", end)},
		pluck="user",
		distinct=True,
		order_by="user",
	)


def _of(person: str, name: str, balance, entries: list, currency: str) -> list[dict]:
	common = {"currency": currency}
	rows = [{**common, "what": name, "user": person, "bold": 1, "indent": 0}]
	if balance.carried:
		rows.append(
			{
				**common,
				"what": _("Open from earlier draws"),
				"amount": to_float(balance.carried),
				"indent": 1,
			}
		)
	for entry in entries:
		rows.append(
			{
				**common,
				"what": _(entry.kind),
				"earned_on": entry.earned_on,
				"deal": entry.deal,
				"role": _(entry.role_in_deal) if entry.role_in_deal else None,
				"share": f"{entry.share:g} %" if entry.share and entry.deal else "",
				"amount": entry.amount,
				"status": _(entry.status),
				"entry": entry.name,
				"how": (entry.how or "").replace("\n", "; "),
				"indent": 1,
			}
		)
	for label, amount in (
		(_("Due"), balance.due),
		(_("Carried on to the next month"), -balance.carried_on),
	):
		if amount or label == _("Due"):
			rows.append({**common, "what": label, "amount": to_float(amount), "bold": 1, "indent": 1})
	return rows


def _tell_deals(rows: list[dict]) -> None:
	"""The car of each deal, so that a person knows which one it was."""
	deals = sorted({row["deal"] for row in rows if row.get("deal")})
	if not deals:
		return
	cars = dict(
		frappe.get_all(
			"Deal Jacket",
			{"name": ("in", deals)},
			["name", "vehicle_title"],
			as_list=True,
			order_by="name",
		)
	)
	for row in rows:
		if row.get("deal"):
			row["car"] = cars.get(row["deal"])


def _columns() -> list[dict]:
	return [
		{"fieldname": "what", "label": _("Person"), "fieldtype": "Data", "width": 210},
		{"fieldname": "earned_on", "label": _("Date"), "fieldtype": "Date", "width": 115},
		{
			"fieldname": "deal",
			"label": _("Deal"),
			"fieldtype": "Link",
			"options": "Deal Jacket",
			"width": 145,
		},
		{"fieldname": "car", "label": _("Car"), "fieldtype": "Data", "width": 210},
		{"fieldname": "role", "label": _("As"), "fieldtype": "Data", "width": 105},
		{"fieldname": "share", "label": _("Share"), "fieldtype": "Data", "width": 70, "align": "right"},
		{
			"fieldname": "amount",
			"label": _("Amount"),
			"fieldtype": "Currency",
			"options": "currency",
			"width": 115,
		},
		{"fieldname": "status", "label": _("Status"), "fieldtype": "Data", "width": 80},
		{"fieldname": "how", "label": _("How It Was Computed"), "fieldtype": "Data", "width": 420},
		{
			"fieldname": "entry",
			"label": _("Entry"),
			"fieldtype": "Link",
			"options": "Commission Entry",
			"width": 130,
		},
	]


def _chart(earned: dict[str, float]) -> dict | None:
	if len(earned) < 2:
		return None
	return {
		"type": "bar",
		"data": {
			"labels": list(earned),
			"datasets": [{"name": _("Earned"), "values": list(earned.values())}],
		},
		"fieldtype": "Currency",
		"colors": ["#29a37c"],
		"height": 180,
	}
