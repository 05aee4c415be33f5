"""The pipeline: every open deal by its stage, with what a salesperson needs to see of it.

A fixed number of queries, however many deals there are: per stage one for the cards that are shown, and the
counts of all of them in one.
"""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import add_to_date, cint, cstr, now_datetime

from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.dealer_setup.settings import companies, settings_of
from dealer_pos_crm.dealer_showroom.deals import stages
from dealer_pos_crm.dealer_showroom.deals.deal import DOCTYPE
from dealer_pos_crm.dealer_showroom.documents import checklist
from dealer_pos_crm.domain import deal as rules
from dealer_pos_crm.domain.deal import Facts, Stage

PAGE = 25
MOST = 500  # cards of one column at once
SHOWN = tuple(stage for stage in rules.ORDER if stage is not Stage.FUNDED)
_FIELDS = [
	"name", "stage", "stage_since", "customer", "customer_name", "vehicle", "vehicle_title", "wanted",
	"deal_type", "company", "currency", "salesperson", "second_salesperson", "total_due", "deposits_held",
	"hold_until", "expected_delivery", "chosen_scenario", "approved_scenario", "lender", "modified",
	"vehicle.price as price", "vehicle.stock_number as stock_number", "chosen_scenario.total as agreed",
	"funding_status",
]  # fmt: skip


def load(asked: dict) -> dict:
	"""The first cards of every column, counts and sums of all. ``asked``: company, salesperson, type, only
	("mine" or "stuck"), q. Datetimes are the server's."""
	mine = [asked["company"]] if asked.get("company") in companies() else companies()
	filters, words = _filters(mine, asked)
	counts = _counts(filters, words)
	columns = [
		_column(stage, filters, words, 0, counts.get(stage.value), _asked_for(asked, stage))
		for stage in SHOWN
	]
	rows = [card for column in columns for card in column["cards"]]
	_tell_more(rows)
	return {
		"is_dealership": bool(companies()),
		"companies": companies(),
		"columns": columns,
		"page": PAGE,
		"quick": {only: _count(mine, {**asked, "only": only}) for only in ("mine", "stuck")},
		"stuck_days": {company: cint(settings_of(company).deal_stuck_days) for company in mine},
		"salespeople": _salespeople(mine),
		"people": names_of(
			in_rows(rows, "salesperson", "second_salesperson") | {asked.get("salesperson")} - {None, ""}
		),
		"may": {
			"move": bool(frappe.has_permission(DOCTYPE, "write")),
			"open": bool(frappe.has_permission(DOCTYPE, "create")),
			"take_back": bool(stages.TAKES_BACK & set(frappe.get_roles())),
		},
	}


def more(stage: str, start: int, asked: dict) -> dict:
	"""The next cards of one column."""
	mine = [asked["company"]] if asked.get("company") in companies() else companies()
	filters, words = _filters(mine, asked)
	column = _column(rules.named(stage), filters, words, start, None)
	_tell_more(column["cards"])
	return {
		"cards": column["cards"],
		"people": names_of(in_rows(column["cards"], "salesperson", "second_salesperson")),
	}


# --- What is asked ---------------------------------------------------------------------------------------


def _filters(mine: list[str], asked: dict) -> tuple[list, list | None]:
	"""Filters of all columns, and the alternatives that a search adds."""
	filters: list = [
		[DOCTYPE, "company", "in", mine or [""]],
		[DOCTYPE, "stage", "in", [stage.value for stage in SHOWN]],
	]
	if asked.get("salesperson"):
		filters.append([DOCTYPE, "salesperson", "=", asked["salesperson"]])
	if asked.get("only") == "mine":
		filters.append([DOCTYPE, "salesperson", "=", frappe.session.user])
	if asked.get("type"):
		filters.append([DOCTYPE, "deal_type", "=", asked["type"]])
	if asked.get("only") == "stuck":
		filters.append([DOCTYPE, "stage_since", "<", stuck_since(mine)])
	text = cstr(asked.get("q")).strip()
	if not text:
		return filters, None
	like = f"%{text}%"
	return filters, [
		[DOCTYPE, field, "like", like] for field in ("name", "customer_name", "vehicle_title", "wanted")
	]


def stuck_since(mine: list[str]) -> datetime:
	"""Deals that have not moved since then are stuck; the strictest of the companies' settings."""
	days = min((cint(settings_of(company).deal_stuck_days) or 5 for company in mine), default=5)
	return add_to_date(now_datetime(), days=-days)


def _counts(filters: list, words: list | None) -> dict[str, dict]:
	rows = frappe.get_list(
		DOCTYPE,
		filters=filters,
		or_filters=words,
		fields=["stage", "count(`tabDeal Jacket`.`name`) as count", "sum(deposits_held) as held"],
		group_by="stage",
		order_by="stage",
		limit=0,
	)
	return {row.stage: row for row in rows}


def _count(mine: list[str], asked: dict) -> int:
	filters, words = _filters(mine, asked)
	working = [row for row in filters if row[1] != "stage"]
	working.append([DOCTYPE, "stage", "in", [stage.value for stage in SHOWN if stage in rules.WORKING]])
	rows = frappe.get_list(
		DOCTYPE,
		filters=working if asked["only"] == "stuck" else filters,
		or_filters=words,
		fields=["count(`tabDeal Jacket`.`name`) as count"],
		order_by=None,
		limit=1,
	)
	return rows[0]["count"] if rows else 0


def _asked_for(asked: dict, stage: Stage) -> int:
	"""How many cards of a column are open on the screen already."""
	shown = asked.get("shown")
	return min(max(cint((shown or {}).get(stage.value)), PAGE), MOST) if isinstance(shown, dict) else PAGE


def _column(
	stage: Stage, filters: list, words: list | None, start: int, counted, limit: int | None = None
) -> dict:
	"""One stage; who has been there the longest comes first."""
	here = [[DOCTYPE, "stage", "=", stage.value], *(row for row in filters if row[1] != "stage")]
	rows = (
		frappe.get_list(
			DOCTYPE,
			filters=here,
			or_filters=words,
			fields=_FIELDS,
			order_by="`tabDeal Jacket`.`stage_since`, `tabDeal Jacket`.`name`",
			start=start,
			limit=limit or PAGE,
		)
		if start or counted
		else []
	)
	return {
		"stage": stage.value,
		"cards": rows,
		"count": counted["count"] if counted else 0,
	}


def _salespeople(mine: list[str]) -> dict[str, str]:
	"""Who has open deals, for the filter."""
	deal = frappe.qb.DocType(DOCTYPE)
	rows = (
		frappe.qb.from_(deal)
		.select(deal.salesperson)
		.distinct()
		.where(deal.company.isin(mine or [""]) & deal.stage.isin([stage.value for stage in SHOWN]))
		.run()
	)
	return names_of([row[0] for row in rows])


# --- What a card says ------------------------------------------------------------------------------------


def _tell_more(rows: list[dict]) -> None:
	"""The amount, what is missing next and which promise is late, for all cards at once."""
	names = [row.name for row in rows]
	missing = missing_of(rows)
	late = _late_promises(names)
	for row in rows:
		row.amount = row.total_due or row.pop("agreed", None) or row.price
		row.pop("agreed", None)
		row.next, row.missing = missing[row.name]
		row.late_promises, row.promise = late.get(row.name, (0, None))


def _late_promises(names: list[str]) -> dict[str, tuple[int, str]]:
	"""By deal: how many open promises are past their time, and the title of one."""
	if not frappe.has_permission("Follow Up", "read"):
		return {}
	rows = frappe.get_all(
		"Follow Up",
		{"deal": ("in", names or [""]), "status": "Open", "due_at": ("<", now_datetime())},
		["deal", "title"],
		order_by="due_at",
	)
	found: dict[str, tuple[int, str]] = {}
	for row in rows:
		count, title = found.get(row.deal, (0, row.title))
		found[row.deal] = (count + 1, title)
	return found


def missing_of(rows: list[dict]) -> dict[str, tuple[str | None, list[str]]]:
	"""By deal: the stage that comes next, and what its gate asks for. The same rules as the gate itself."""
	names = [row.name for row in rows] or [""]
	scenarios = set(
		frappe.get_all(
			"Deal Scenario",
			{"deal": ("in", names), "status": ("not in", ("Rejected", "Replaced"))},
			pluck="deal",
			distinct=True,
			order_by="deal",
		)
	)
	approved = dict(
		frappe.get_all(
			"Deal Scenario",
			{"deal": ("in", names), "status": "Approved"},
			["name", "vehicle"],
			order_by="name",
			as_list=True,
		)
	)
	papers: dict[str, list] = {}
	for paper in frappe.get_all(
		"Deal Document",
		{"parent": ("in", names), "parenttype": DOCTYPE},
		["parent", "document", "required_before", "status", "expires_on"],
		order_by="parent, idx",
	):
		papers.setdefault(paper.parent, []).append(paper)
	taken = _taken([row for row in rows if row.vehicle])
	found = {}
	for row in rows:
		own = frappe._dict(documents=papers.get(row.name, []))
		facts = Facts(
			name=row.name,
			deal_type=cstr(row.deal_type),
			vehicle=bool(row.vehicle),
			wanted=bool(row.wanted),
			scenario=row.name in scenarios,
			deposit=bool(row.deposits_held),
			approved=bool(row.approved_scenario)
			and row.approved_scenario == row.chosen_scenario
			and row.approved_scenario in approved
			and approved[row.approved_scenario] == row.vehicle,
			lender=bool(row.lender),
			vehicle_taken=taken.get(row.name, ""),
			missing_for_write_up=tuple(checklist.missing(own, Stage.WRITE_UP.value)),
			missing_for_fni=tuple(checklist.missing(own, Stage.FNI.value)),
			missing_for_contract=tuple(checklist.missing(own, Stage.CONTRACTED.value)),
		)
		to = rules.next_stage(Stage(row.stage), facts)
		reasons = stages.reasons(row, to, facts) if to and to not in rules.OWN_STEP else []
		found[row.name] = (to.value if to else None, [text for _code, text in reasons])
	return found


def _taken(rows: list[dict]) -> dict[str, str]:
	"""By deal: that its car is held for somebody else, or sold."""
	vehicles = [row.vehicle for row in rows] or [""]
	held = {
		hold.vehicle: hold
		for hold in frappe.get_all(
			"Dealer Vehicle Hold",
			{"active_vehicle": ("in", vehicles)},
			["vehicle", "customer"],
			order_by="vehicle",
		)
	}
	gone = dict(
		frappe.get_all(
			"Dealer Vehicle",
			{"name": ("in", vehicles), "status": ("in", ("Sold", "Customer-owned"))},
			["name", "sold_deal"],
			order_by="name",
			as_list=True,
		)
	)
	found = {}
	for row in rows:
		hold = held.get(row.vehicle)
		if hold and hold.customer != row.customer:
			found[row.name] = _("The car is held for somebody else")
		elif row.vehicle in gone and gone[row.vehicle] != row.name:
			found[row.name] = _("The car is sold")
	return found
