"""What a deal may not be, whoever sends it: a form, a file or another program."""

import frappe
from frappe import _
from frappe.utils import cstr, flt, get_link_to_form

from dealer_pos_crm.dealer_cashier.money import company_currency
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom.deals import deposits
from dealer_pos_crm.domain import deal as rules
from dealer_pos_crm.domain.deal import Stage
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


def changed(deal, field: str) -> bool:
	before = deal.get_doc_before_save()
	if not before:
		return False
	df = deal.meta.get_field(field)
	if df.fieldtype in ("Percent", "Currency", "Float", "Int", "Check"):
		return flt(deal.get(field), 9) != flt(before.get(field), 9)
	return cstr(deal.get(field)).strip() != cstr(before.get(field)).strip()


def who_and_what(deal) -> None:
	if not deal.customer:
		raise Refused("no_customer", marked("A deal needs its customer: choose who buys"))
	settings_of(deal.company)
	deal.currency = company_currency(deal.company)
	if deal.co_buyer and deal.co_buyer == deal.customer:
		raise Refused("co_buyer", marked("Buyer and co-buyer are the same; leave the co-buyer empty"))
	if deal.vehicle:
		deal.wanted = None


def fill(deal) -> None:
	"""Names and titles as they are now, and the key that keeps a second deal on the same car out."""
	deal.customer_name = frappe.db.get_value("Customer", deal.customer, "customer_name")
	car = (
		frappe.db.get_value("Dealer Vehicle", deal.vehicle, ["title", "condition", "company"], as_dict=True)
		if deal.vehicle
		else None
	)
	if car and car.company != deal.company and (deal.is_new() or changed(deal, "vehicle")):
		raise Refused(
			"other_company",
			marked("{0} belongs to {1}, the deal to {2}. Choose a vehicle of the same company"),
			get_link_to_form("Dealer Vehicle", deal.vehicle, car.title),
			car.company,
			deal.company,
		)
	deal.vehicle_title = (car.title or deal.vehicle) if car else None
	if car and not deal.condition and car.condition:
		deal.condition = "New" if car.condition == "New" else "Used"
	working = Stage(deal.stage) in rules.WORKING
	deal.open_vehicle = f"{deal.vehicle}|{deal.customer}" if working and deal.vehicle else None
	if deal.open_vehicle and not deal.is_new() and _another_has(deal):
		deal.open_vehicle = None  # two deals since a merge; one of them is to be lost


def _another_has(deal) -> bool:
	other = frappe.db.get_value(deal.doctype, {"open_vehicle": deal.open_vehicle}, "name")
	if not other or other == deal.name:
		return False
	if changed(deal, "vehicle") or changed(deal, "customer") or Stage(deal.stage) not in rules.WORKING:
		raise Refused(
			"second_deal",
			marked("{0} is the customer's deal on this vehicle already. Go on there, or lose it first"),
			get_link_to_form(deal.doctype, other),
		)
	return True


def people(deal) -> None:
	if not deal.second_salesperson:
		deal.split = 0
	rules.check_split(
		cstr(deal.salesperson), cstr(deal.second_salesperson), flt(deal.split), deal.name or _("The deal")
	)
	for field in ("salesperson", "second_salesperson", "fni_manager", "sales_manager"):
		user = deal.get(field)
		if (
			user
			and (deal.is_new() or changed(deal, field))
			and not frappe.get_cached_value("User", user, "enabled")
		):
			raise Refused(
				"not_here",
				marked("{0} does not work here any more. Choose somebody else as {1}"),
				user,
				_(deal.meta.get_label(field)),
			)  # fmt: skip


def kept_by_its_steps(deal) -> None:
	"""What only steps write stays as the database has it; a stage by hand in a form is refused."""
	before = deal.get_doc_before_save()
	if deal.flags.of_the_deal or not before:
		return
	if deal.stage != before.stage:
		raise Refused(
			"stage_by_hand",
			marked("{0} changes its stage by what happens, on the board, or with Move; not by editing it"),
			deal.name,
		)
	for df in deal.meta.fields:
		if df.read_only and df.fieldtype not in ("Table", "HTML") and df.fieldname not in _FOLLOWS:
			deal.set(df.fieldname, before.get(df.fieldname))
	_keep_products(deal, before)


# Follows from the other fields at every save.
_FOLLOWS = frozenset({"customer_name", "vehicle_title", "currency", "open_vehicle"})


def _keep_products(deal, before) -> None:
	"""The products are sold by the contract; only their contract numbers are filled in by hand."""
	numbers = {row.name: row.contract_no for row in deal.products}
	deal.set("products", [row.as_dict() for row in before.products])
	for row in deal.products:
		row.contract_no = numbers.get(row.name, row.contract_no)


def frozen(deal) -> None:
	"""Who buys, what, and how it is paid stays as the papers say it."""
	before = deal.get_doc_before_save()
	if not before or deal.flags.of_the_deal:
		return
	for field in rules.frozen_at(Stage(before.stage)):
		if changed(deal, field):
			raise Refused(
				"frozen",
				marked("{0} is {1}: {2} cannot be changed any more. {3}"),
				deal.name,
				_(before.stage),
				_(deal.meta.get_label(field)),
				_("Take the contract back first")
				if Stage(before.stage) is Stage.CONTRACTED
				else _("Unwind the delivery first")
				if rules.position(Stage(before.stage)) > 0
				else _("Reopen the deal first"),
			)


def customer_and_vehicle(deal) -> None:
	"""Money that is held for the old customer or the old car is settled before either changes."""
	before = deal.get_doc_before_save()
	if not before or deal.flags.changing_vehicle:
		return
	if changed(deal, "company"):
		raise Refused("company", marked("The company of {0} cannot be changed. Open a new deal"), deal.name)
	by_customer, by_vehicle = changed(deal, "customer"), before.vehicle and changed(deal, "vehicle")
	if not by_customer and not by_vehicle:
		return
	held = deposits.held_of(deal.name)
	if not held:
		return
	names = ", ".join(get_link_to_form("Deposit", row.name) for row in held)
	if by_customer:
		raise Refused(
			"held_for_customer",
			marked("{0} holds money of {1}: {2}. Refund it first, then choose another customer"),
			deal.name,
			before.customer_name or before.customer,
			names,
		)
	raise Refused(
		"held_for_vehicle",
		marked("{0} is held for {1}. Use Change Vehicle: the deposit moves with the deal"),
		names,
		before.vehicle_title or before.vehicle,
	)


def may_be_deleted(deal) -> None:
	"""A deal that anything came of stays on file."""
	if deal.stage == Stage.LOST.value or Stage(deal.stage) not in rules.WORKING:
		frappe.throw(_("{0} is {1} and stays on file").format(deal.name, _(deal.stage)))
	for doctype, field in (
		("Deposit", "deal"),
		("Sales Invoice", "dealer_deal"),
		("Payment Entry", "dealer_deal"),
		("Journal Entry", "dealer_deal"),
		("Trade In", "deal"),
		("Test Drive", "deal"),
		("Compliance Check", "deal"),
		("We Owe", "deal"),
	):
		if not frappe.get_meta(doctype).has_field(field):
			continue
		name = frappe.db.get_value(doctype, {field: deal.name}, "name")
		if name:
			frappe.throw(
				_("{0} has {1} and stays on file. Lose the deal with a reason instead").format(
					deal.name, get_link_to_form(doctype, name)
				)
			)
