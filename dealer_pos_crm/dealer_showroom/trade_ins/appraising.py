"""A car is appraised: what it is, what it is worth, what is owed on it, and what our books know about it."""

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt, getdate, now_datetime, nowdate

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, to_float
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import MANAGER, SALES_MANAGER
from dealer_pos_crm.dealer_showroom import log
from dealer_pos_crm.dealer_showroom.trade_ins import trade as trades
from dealer_pos_crm.domain import trade_in as rules
from dealer_pos_crm.domain import vin as vins
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.trade_in import Status

APPRAISES = frozenset({SALES_MANAGER, MANAGER, "System Manager"})
OFFER_DAYS = 7  # how long an offer stands when nobody says otherwise

# Written by the steps only.
_BY_STEPS = ("status", "appraised_by", "appraised_at", "vehicle", "entry")
# What was agreed once it is accepted, and what was booked once it is taken in.
_FIXED = ("allowance", "payoff", "payoff_lender", "customer", "company", "vin", "actual_cash_value")


# --- Every save ----------------------------------------------------------------------------------------


def guard(trade) -> None:
	before = trade.get_doc_before_save()
	if trade.flags.of_the_trade:
		return
	if before is None:
		trade.status = Status.TO_APPRAISE.value
		for field in _BY_STEPS[1:]:
			trade.set(field, None)
		return
	for field in _BY_STEPS:
		trade.set(field, before.get(field))
	if Status(before.status) not in rules.FIXED:
		return
	for field in _FIXED:
		if cstr(trade.get(field) or "") != cstr(before.get(field) or "") and not (
			trade.meta.get_field(field).fieldtype == "Currency"
			and flt(trade.get(field), 9) == flt(before.get(field), 9)
		):
			raise Refused(
				"trade_fixed",
				marked("{0} is {1}: {2} stays as agreed. Change the scenario, or appraise it again, first"),
				trade.name,
				_(before.status),
				_(trade.meta.get_label(field)),
			)


def fill(trade) -> None:
	trade.currency = company_currency(trade.company)
	_from_deal(trade)
	trade.vin = vins.normalise(trade.vin) or None
	if trade.vin:
		found = vins.check(trade.vin, latest_year=getdate().year + 2)
		trade.vin = found.accepted()
		trade.make = trade.make or found.make
		trade.model_year = trade.model_year or found.year
	for field, limit in (("allowance", None), ("payoff", None), ("payoff_per_day", None), ("mileage", None)):
		if flt(trade.get(field)) < 0:
			raise Refused(
				"negative", marked("{0} cannot be below zero"), _(trade.meta.get_label(field)), limit or ""
			)
	words = [cstr(trade.model_year or ""), trade.make, trade.model, trade.trim]
	tail = f"…{trade.vin[-6:]}" if trade.vin else ""
	trade.vehicle_title = " ".join(word for word in (*words, tail) if word).strip()
	trade.equity = to_float(rounded(trade.allowance, trade.currency) - rounded(trade.payoff, trade.currency))


def _from_deal(trade) -> None:
	if not trade.deal:
		return
	deal = frappe.db.get_value(
		"Deal Jacket", trade.deal, ["customer", "co_buyer", "company", "lead"], as_dict=True
	)
	if not deal:
		raise Refused("no_deal", marked("Deal {0} does not exist"), trade.deal)
	if trade.customer not in (deal.customer, deal.co_buyer) or trade.company != deal.company:
		raise Refused(
			"other_customer",
			marked("Deal {0} is of {1} in {2}. A trade-in belongs to the buyer or co-buyer"),
			trade.deal,
			deal.customer,
			deal.company,
		)
	trade.lead = trade.lead or deal.lead


# --- What our books know -------------------------------------------------------------------------------


def warnings(trade) -> list[dict]:
	"""What a person should know before offering: the car is ours, somebody else's, traded in twice; the payoff
	has run out; the offer has. Each: code, text, and the document it is about."""
	said = []
	car = _car_of(trade)
	if car:
		if car.status in ("In Recon", "Front-line Ready", "On Hold") and car.trade_in != trade.name:
			said.append(
				_warn(
					"in_stock", "Dealer Vehicle", car.name, _("This car is in our own stock: {0}"), car.title
				)
			)
		elif car.customer and car.customer != trade.customer:
			said.append(
				_warn(
					"other_owner",
					"Dealer Vehicle",
					car.name,
					_("In our books this car belongs to {0}. Look at the title"),
					car.customer,
				)
			)
		if cint(trade.mileage) and cint(car.mileage) > cint(trade.mileage):
			said.append(
				_warn(
					"mileage_lower",
					"Dealer Vehicle",
					car.name,
					_("We read {0} on this car before. Compare the odometer"),
					cint(car.mileage),
				)
			)
	for other in _others(trade):
		said.append(
			_warn(
				"twice",
				"Trade In",
				other.name,
				_("This car is in trade-in {0} already ({1})"),
				other.name,
				_(other.status),
			)
		)
	said += _run_out(trade)
	return said


def _warn(code: str, doctype: str, name: str, text: str, *values: object) -> dict:
	return {"code": code, "doctype": doctype, "name": name, "text": text.format(*values)}


def _car_of(trade):
	if not trade.vin:
		return None
	return frappe.db.get_value(
		"Dealer Vehicle",
		{"vin": trade.vin},
		["name", "title", "status", "customer", "mileage", "trade_in"],
		as_dict=True,
	)


def _others(trade) -> list[dict]:
	if not trade.vin:
		return []
	return frappe.get_all(
		"Trade In",
		{
			"vin": trade.vin,
			"name": ("!=", trade.name or ""),
			"status": ("in", ("To Appraise", "Appraised", "Accepted")),
		},
		["name", "status"],
		order_by="creation desc",
		limit=5,
	)


def _run_out(trade) -> list[dict]:
	said = []
	today = getdate(nowdate())
	if Status(trade.status) in (Status.TAKEN_IN, Status.RETURNED, Status.DECLINED):
		return said
	payoff = rounded(trade.payoff, trade.currency)
	good = getdate(trade.payoff_good_through) if trade.payoff_good_through else None
	if rules.is_late(payoff, good, today):
		now = rules.payoff_on(payoff, good, rounded(trade.payoff_per_day, trade.currency), today)
		said.append(
			_warn(
				"payoff_late",
				"Trade In",
				trade.name,
				_("The payoff was good through {0}. By the daily amount it is {1} today; ask the lender"),
				frappe.format(good, {"fieldtype": "Date"}),
				frappe.utils.fmt_money(to_float(now), currency=trade.currency),
			)
		)
	if trade.valid_until and getdate(trade.valid_until) < today:
		said.append(
			_warn(
				"offer_ended",
				"Trade In",
				trade.name,
				_("The offer was valid until {0}. Appraise the car again"),
				frappe.format(trade.valid_until, {"fieldtype": "Date"}),
			)
		)
	return said


# --- Steps ---------------------------------------------------------------------------------------------


@action
def appraise(
	name: str,
	*,
	value: object,
	allowance: object = None,
	recon_estimate: object = None,
	valid_until: str | None = None,
) -> None:
	"""A manager says what the car is worth to us, and what we allow. Again at any time before it is accepted."""
	from dealer_pos_crm.dealer_cashier.money import to_money

	trade = trades.locked(name)
	with explained():
		_only_managers(trade)
		trades.set_status(trade, Status.APPRAISED)
		worth = None if value in (None, "") else to_money(value, trade.currency)
		allowed = to_money(trade.allowance if allowance in (None, "") else allowance, trade.currency)
		rules.check_offer(
			rules.Offer(
				trade.name,
				allowed,
				rounded(trade.payoff, trade.currency),
				cstr(trade.payoff_lender),
				worth,
				cint(trade.mileage),
				bool(trade.vin or (trade.model_year and trade.make and trade.model)),
			)
		)
		car = _car_of(trade)
		if car and car.status in ("In Recon", "Front-line Ready", "On Hold") and car.trade_in != trade.name:
			raise Refused(
				"in_stock", marked("{0} is in our own stock. Correct the VIN of {1}"), car.title, trade.name
			)
		if valid_until and getdate(valid_until) < getdate():
			raise Refused("valid_until", marked("An offer cannot end before today; choose a later day"))
		trade.update(
			{
				"actual_cash_value": to_float(worth),
				"allowance": to_float(allowed),
				"recon_estimate": flt(recon_estimate)
				if recon_estimate not in (None, "")
				else trade.recon_estimate,
				"valid_until": valid_until or frappe.utils.add_days(nowdate(), OFFER_DAYS),
				"appraised_by": frappe.session.user,
				"appraised_at": now_datetime().replace(microsecond=0),
			}
		)
	trades.keep(trade)
	salesperson = frappe.db.get_value("Deal Jacket", trade.deal, "salesperson") if trade.deal else None
	log.write(
		"trade.appraised",
		title=_("Trade-in appraised: {0}").format(trades.what(trade)),
		customer=trade.customer,
		company=trade.company,
		reference=(trades.DOCTYPE, trade.name),
		vehicle=car.name if car else None,
		deal=trade.deal,
		lead=trade.lead,
		amount=allowed,
		actor=salesperson,
		facts={"what": trades.what(trade), "valid_until": cstr(trade.valid_until)},
		occasion=f"trade:{trade.name}",
	)


def _only_managers(trade) -> None:
	if not APPRAISES & set(frappe.get_roles()):
		raise Refused(
			"no_manager",
			marked("Only a sales manager or the dealer manager says what {0} is worth"),
			trade.name,
		)


@action
def decline(name: str, reason: str) -> None:
	"""The car is not taken: we do not want it, or the customer keeps it."""
	trade = trades.locked(name)
	said = cstr(reason).strip()
	with explained():
		if not said:
			raise Refused("no_reason", marked("Say why {0} is not taken"), trade.name)
		_not_in_a_standing_scenario(trade)
		trades.set_status(trade, Status.DECLINED)
		trade.notes = "\n".join(text for text in (cstr(trade.notes).strip(), said) if text)
	trades.keep(trade)


def _not_in_a_standing_scenario(trade) -> None:
	if trade.status != Status.ACCEPTED.value or not trade.deal:
		return
	deal = frappe.get_doc("Deal Jacket", trade.deal)
	if any(row.trade_in == trade.name for row in trades.accepted(deal)):
		raise Refused(
			"approved",
			marked("{0} is part of the approved scenario of {1}. Change the scenario first"),
			trade.name,
			trade.deal,
		)
