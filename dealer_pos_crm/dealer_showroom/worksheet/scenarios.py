"""The scenarios of a deal, side by side: made, edited, one of them chosen."""

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt

from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom.worksheet.reading import DOCTYPE
from dealer_pos_crm.dealer_showroom.worksheet.totals import FROZEN
from dealer_pos_crm.domain.deal import SIGNED, Stage, before
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

# What a person enters. Level 1 (costs, buy rate) only whoever may see it.
ENTERED = (
	"label",
	"kind",
	"price",
	"tax_template",
	"tax_exempt_reason",
	"cash_down",
	"lender",
	"term_months",
	"apr",
	"days_to_first_payment",
	"residual_percent",
	"residual_base",
	"money_factor",
	"miles_a_year",
)
ENTERED_1 = ("vehicle_cost", "buy_rate")
TABLES = {
	"lines": (("kind", "label", "item", "amount", "taxable"), ("cost",)),
	"products": (("product", "price", "term_months", "taxable"), ("cost",)),
	"trades": (("trade_in", "allowance", "payoff"), ()),
}
_MOST = 12  # columns that a person can still compare


# --- What stands ---------------------------------------------------------------------------------------


def chosen(deal):
	"""The scenario the customer takes; None while none is chosen."""
	return frappe.get_doc(DOCTYPE, deal.chosen_scenario) if deal.chosen_scenario else None


def approved(deal):
	"""The approved scenario, while it is the chosen one and about the deal's car; None when the deal needs an
	approval (again)."""
	if not deal.approved_scenario or deal.approved_scenario != deal.chosen_scenario:
		return None
	scenario = frappe.get_doc(DOCTYPE, deal.approved_scenario)
	return scenario if scenario.status == "Approved" and scenario.vehicle == deal.vehicle else None


def of_deal(deal_name: str) -> list:
	"""All scenarios of a deal but the replaced ones, in the order of their columns."""
	names = frappe.get_all(
		DOCTYPE,
		{"deal": deal_name, "status": ("!=", "Replaced")},
		pluck="name",
		order_by="position, creation, name",
	)
	return [frappe.get_doc(DOCTYPE, name) for name in names]


def may_see_costs(user: str | None = None) -> bool:
	"""Whether a user sees costs, buy rate and gross: level 1 of the scenario."""
	doc = frappe.new_doc(DOCTYPE)
	return 1 in doc.get_permlevel_access("read", user=user) if user else 1 in doc.get_permlevel_access("read")


def check_open(deal) -> None:
	"""What a worksheet says is settled once the contract is signed."""
	stage = Stage(deal.stage)
	if not before(stage, SIGNED) or stage is Stage.LOST:
		raise Refused(
			"deal_signed",
			marked("{0} is {1}; its worksheet stands. Take the contract back, or reopen the deal, first"),
			deal.name,
			_(stage.value),
		)


def locked(name: str):
	"""(deal, scenario) as they are now, kept from others; the deal first."""
	from dealer_pos_crm.dealer_showroom.deals import deal as deals

	deal = deals.locked(_deal_of(name))
	return deal, frappe.get_doc(DOCTYPE, name, for_update=True)


def _deal_of(name: str) -> str:
	deal = frappe.db.get_value(DOCTYPE, name, "deal")
	if not deal:
		frappe.throw(_("Scenario {0} does not exist any more").format(name), frappe.DoesNotExistError)
	return deal


def keep(scenario) -> None:
	"""Save what a step has changed. The step's own right was checked where it began."""
	scenario.flags.of_the_worksheet = True
	try:
		scenario.save(ignore_permissions=True)
	finally:
		scenario.flags.of_the_worksheet = False


# --- Made and edited ----------------------------------------------------------------------------------


def usual_values(deal) -> dict:
	"""What a new scenario of a deal begins with."""
	settings = settings_of(deal.company)
	car = (
		frappe.db.get_value("Dealer Vehicle", deal.vehicle, ["price", "list_price"], as_dict=True)
		if deal.vehicle
		else None
	)
	kind = deal.deal_type or "Finance"
	values: dict = {
		"deal": deal.name,
		"kind": kind,
		"price": flt(car.price) if car else 0,
		"term_months": 36 if kind == "Lease" else 60 if kind == "Finance" else 0,
		"days_to_first_payment": 30,
		"lender": deal.lender,
		"residual_base": flt(car.list_price or car.price) if car and kind == "Lease" else 0,
		"lines": [],
		"products": [],
		"trades": _trades_of(deal),
	}
	if flt(settings.doc_fee):
		values["lines"].append(
			{"kind": "Fee", "label": _("Documentation fee"), "amount": flt(settings.doc_fee), "taxable": 1}
		)
	return values


def _trades_of(deal) -> list[dict]:
	rows = frappe.get_all(
		"Trade In",
		{"deal": deal.name, "status": ("in", ("To Appraise", "Appraised", "Accepted"))},
		["name", "allowance", "payoff"],
		order_by="name",
	)
	return [
		{"trade_in": row.name, "allowance": flt(row.allowance), "payoff": flt(row.payoff)} for row in rows
	]


@action
def create(deal_name: str, values: dict | None = None, *, copy_of: str | None = None) -> str:
	"""A further scenario of a deal; as a copy of one, or from the usual values. Returns its name."""
	from dealer_pos_crm.dealer_showroom.deals import deal as deals

	deal = deals.locked(deal_name)
	with explained():
		check_open(deal)
		standing = frappe.get_all(
			DOCTYPE, {"deal": deal.name, "status": ("!=", "Replaced")}, ["label"], order_by="name"
		)
		if len(standing) >= _MOST:
			raise Refused("too_many", marked("{0} has {1} scenarios. Remove one first"), deal.name, _MOST)
		scenario = _copy(copy_of, deal) if copy_of else frappe.new_doc(DOCTYPE)
		if not copy_of:
			scenario.update(usual_values(deal))
		scenario.update({"deal": deal.name, "status": "Draft", "version": 1, "previous_version": None})
		scenario.label = _next_label({row.label for row in standing})
		scenario.position = _next_position(deal.name)
		put(scenario, values or {})
	scenario.flags.of_the_worksheet = True
	# Frappe would empty costs that a salesperson copies without seeing them.
	scenario.insert(ignore_permissions=True)
	from dealer_pos_crm.dealer_showroom.deals import stages

	stages.reached(deal, Stage.WRITE_UP.value)
	return scenario.name


def _copy(name: str, deal):
	source = frappe.get_doc(DOCTYPE, name)
	if source.deal != deal.name:
		raise Refused("other_deal", marked("Scenario {0} belongs to deal {1}"), source.label, source.deal)
	return frappe.copy_doc(source)


def _next_label(taken: set[str]) -> str:
	for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
		label = _("Offer {0}").format(letter)
		if label not in taken:
			return label
	return frappe.generate_hash(length=6)


def _next_position(deal_name: str) -> int:
	return (
		cint(frappe.db.sql("select max(position) from `tabDeal Scenario` where deal = %s", deal_name)[0][0])
		+ 1
	)


def put(scenario, values: dict) -> None:
	"""Put what a person entered into a scenario in hand: known fields, costs only from whoever sees them.

	A row of a table is the standing one when it carries its name, and keeps what it is not given.
	"""
	see = may_see_costs()
	for field in (*ENTERED, *(ENTERED_1 if see else ())):
		if field in values:
			scenario.set(field, values[field])
	for table, (fields, costs) in TABLES.items():
		if table not in values:
			continue
		standing = {row.name: row for row in scenario.get(table) if row.name}
		rows = []
		for given in values[table] or []:
			row = standing.get(given.get("name"))
			known = row.as_dict() if row else {}
			for field in (*fields, *(costs if see else ())):
				if field in given:
					known[field] = given[field]
			if table == "products" and row and known.get("product") != row.product and not see:
				known.pop("cost", None)  # another product, another cost
			rows.append(known)
		scenario.set(table, [])
		for row in rows:
			scenario.append(table, {**row, "currency": scenario.currency})


@action
def save(name: str, values: dict) -> None:
	"""Edit a scenario. Refused once approval was asked: make a new version then."""
	deal, scenario = locked(name)
	with explained():
		check_open(deal)
		check_not_frozen(scenario)
		put(scenario, values)
		scenario.update({"vehicle": deal.vehicle, "out_of_date": None})
		scenario.status = "Chosen" if deal.chosen_scenario == scenario.name else "Draft"
	keep_edited(scenario)


def keep_edited(scenario) -> None:
	scenario.written_by = frappe.session.user
	keep(scenario)


def check_not_frozen(scenario) -> None:
	if scenario.status in FROZEN:
		raise Refused(
			"frozen",
			marked("{0} is {1} and stays as it is. Withdraw the request, or change it as a new version"),
			scenario.label,
			_(scenario.status),
		)


@action
def remove(name: str) -> None:
	"""Delete a scenario that was neither chosen nor asked about."""
	deal, scenario = locked(name)
	with explained():
		check_not_frozen(scenario)
		if deal.chosen_scenario == name:
			raise Refused("chosen", marked("{0} is the chosen one. Choose another first"), scenario.label)
	frappe.delete_doc(DOCTYPE, name, ignore_permissions=True)


@action
def choose(name: str) -> None:
	"""The customer takes this one. Another approved one keeps its approval for when it is chosen again."""
	from dealer_pos_crm.dealer_showroom.deals import deal as deals

	deal, scenario = locked(name)
	with explained():
		check_open(deal)
		if deal.chosen_scenario == name:
			return
		if scenario.status == "Replaced":
			raise Refused(
				"replaced", marked("{0} was replaced by a later version. Choose that one"), scenario.label
			)
		_leave(deal)
		deal.chosen_scenario = name
		deal.deal_type = scenario.kind
		if scenario.lender:
			deal.lender = scenario.lender
		sync_approval(deal, scenario)
	deals.keep(deal)
	if scenario.status not in FROZEN:
		scenario.status = "Chosen"
		keep(scenario)


def _leave(deal) -> None:
	"""The scenario chosen until now is an offer among others again."""
	if not deal.chosen_scenario or not frappe.db.exists(DOCTYPE, deal.chosen_scenario):
		return
	old = frappe.get_doc(DOCTYPE, deal.chosen_scenario, for_update=True)
	if old.status in ("Chosen", "To Approve"):
		old.update({"status": "Draft", "asked_by": None, "asked_at": None, "what_changed": None})
		keep(old)


def sync_approval(deal, scenario) -> None:
	"""The deal says that it is approved exactly while its chosen scenario is, and is about its car."""
	stands = (
		scenario is not None
		and scenario.status == "Approved"
		and cstr(scenario.vehicle) == cstr(deal.vehicle)
	)
	deal.approved_scenario = scenario.name if stands else None
	deal.approved_by = scenario.decided_by if stands else None
	deal.approved_at = scenario.decided_at if stands else None


@action
def new_version(name: str) -> str:
	"""A copy of an approved or waiting scenario to change; it needs its own approval. Returns its name."""
	deal, scenario = locked(name)
	with explained():
		check_open(deal)
		if scenario.status not in FROZEN:
			raise Refused("not_frozen", marked("{0} can be edited as it is"), scenario.label)
		waiting = frappe.db.get_value(
			DOCTYPE,
			{"previous_version": name, "status": ("in", ("Draft", "Chosen", "To Approve", "Rejected"))},
			"label",
		)
		if waiting:
			raise Refused(
				"version_waits", marked("{0} is being changed already, as {1}"), scenario.label, waiting
			)
	version = frappe.copy_doc(scenario)
	number = cint(scenario.version) + 1
	version.update(
		{
			"status": "Draft",
			"version": number,
			"previous_version": name,
			"label": _("{0}, version {1}").format(cstr(scenario.label).partition(",")[0], number),
			"position": cint(scenario.position),
			"vehicle": deal.vehicle,
			"written_by": frappe.session.user,
		}
	)
	version.flags.of_the_worksheet = True
	version.insert(ignore_permissions=True)
	return version.name
