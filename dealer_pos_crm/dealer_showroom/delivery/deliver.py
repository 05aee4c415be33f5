"""Delivering a car: everything that follows from it, in one transaction, once."""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import cint, get_datetime, get_link_to_form, now_datetime

from dealer_pos_crm.dealer_cashier.deposits import refresh as deposit_refresh
from dealer_pos_crm.dealer_cashier.money import shown
from dealer_pos_crm.dealer_setup.acting import need_key
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import MANAGER, SALES_MANAGER
from dealer_pos_crm.dealer_showroom.deals import stages
from dealer_pos_crm.dealer_showroom.deals.deal import DOCTYPE, action, locked, step
from dealer_pos_crm.dealer_showroom.delivery import (
	first_service,
	gates,
	invoice,
	lender_entry,
	position,
	reading,
	settling,
	trade_entry,
	vehicle,
)
from dealer_pos_crm.dealer_showroom.trade_ins import trade as trade_ins
from dealer_pos_crm.dealer_showroom.worksheet import scenarios
from dealer_pos_crm.dealer_showroom.worksheet.totals import totals
from dealer_pos_crm.domain.deal import Stage
from dealer_pos_crm.domain.delivery import Settlement, check_release
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

# Who lets a car go that is not paid. Whoever sold it does not.
RELEASING = frozenset({MANAGER, SALES_MANAGER, "System Manager"})


class NotReadyToDeliver(frappe.ValidationError):
	"""Something has to be done on the deal before its car can be delivered."""


@action
def deliver(
	name: str,
	*,
	client_key: str,
	mileage: int,
	at: datetime | str | None = None,
	release_reason: str | None = None,
) -> dict:
	"""Deliver the car of a deal: invoice, trade-in, contract money, deposits, the car itself, the first
	service. All of it, or nothing. The same ``client_key`` again changes nothing.

	``at``: when it was handed over (now; the books take its day). ``release_reason``: a manager's, for a car
	that is not paid in full. Raises ``NotReadyToDeliver`` with all that is missing, ``DealerRefusal``, and
	ERPNext's own refusals (closed period, credit limit, stock); then nothing is made.
	"""
	need_key(client_key)
	settling.lock(name)
	deal = locked(name)
	occasion = f"deal.delivered|{deal.name}|{client_key}"
	if _done_before(deal, occasion):
		return result(deal, repeated=True)
	moment = get_datetime(at) if at else now_datetime().replace(microsecond=0)
	with explained():
		_check_not_delivered(deal)
		if moment > now_datetime():
			raise Refused("future", marked("A delivery cannot be in the future; leave the time empty"))
		_check_ready(deal, mileage, moment)
		scenario = scenarios.approved(deal)
		sheet = totals(scenario)
		released = _check_money(deal, sheet, release_reason)
		messages = len(frappe.local.message_log)
		with position.acting():
			values = _book(deal, scenario, sheet, moment.date(), client_key)
			deposit_refresh.flush()
		del frappe.local.message_log[messages:]  # ERPNext's remarks on its own accounts are not for the floor
		with position.acting():
			_hand_over(deal, values, cint(mileage), moment, released, occasion, sheet)
		position.flush()
		position.refresh(name)
	deal = locked(name)
	return result(deal, repeated=False)


def _done_before(deal, occasion: str) -> bool:
	return bool(
		frappe.db.exists("Showroom Log", {"deal": deal.name, "kind": "deal.delivered", "occasion": occasion})
	)


def _check_not_delivered(deal) -> None:
	if deal.stage in position.DELIVERED:
		raise Refused(
			"delivered_already",
			marked("{0} was delivered already, by {1}: {2}. Reload the page"),
			deal.name,
			deal.delivered_by or "-",
			get_link_to_form("Sales Invoice", deal.sales_invoice) if deal.sales_invoice else "-",
		)


def _check_ready(deal, mileage: int, moment: datetime) -> None:
	reasons = gates.blockers(deal, cint(mileage), moment.date())
	if reasons:
		frappe.throw(
			_("{0} cannot be delivered yet:").format(deal.name)
			+ "<ul>"
			+ "".join(f"<li>{reason}</li>" for reason in reasons)
			+ "</ul>",
			NotReadyToDeliver,
			title=_("Not Ready to Deliver"),
		)


def settlement(deal, sheet) -> Settlement:
	"""How the deal is paid now: the worksheet's sums and the money that is really there."""
	return Settlement(
		total=sheet.total,
		equity=sheet.equity,
		financed=sheet.financed,
		deposits=reading.held_of(deal),
		paid=reading.books_of(deal).unmatched,
	)


def may_release() -> bool:
	return bool(set(frappe.get_roles()) & RELEASING)


def own_deal(deal, user: str | None = None) -> bool:
	return (user or frappe.session.user) in (deal.salesperson, deal.second_salesperson)


def _check_money(deal, sheet, release_reason: str | None) -> str | None:
	return check_release(
		settlement(deal, sheet).balance,
		release_reason,
		may_release=may_release(),
		own_deal=own_deal(deal),
		name=deal.name,
	)


# --- The books ---------------------------------------------------------------------------------------


def _book(deal, scenario, sheet, on, client_key: str) -> dict:
	"""Invoice, trade-in, contract money; then the buyer's own money for what is open after them, so that a
	deposit that is not needed stays held. Returns what the deal keeps of it."""
	trades = trade_entry.trades_of(deal)
	made = invoice.make(deal, scenario, sheet.total, on)
	values = {
		"sales_invoice": made.name,
		"trade_entry": trade_entry.make(deal, made, trades, on),
		"lender_entry": None,
		"lender": lender_entry.lender_of(deal, scenario) if sheet.financed else deal.lender,
	}
	trade_entry.make_cost(deal, on)
	if sheet.financed:
		values["lender_entry"] = lender_entry.make(deal, made, values["lender"], sheet.financed, on)
	settling.apply_deposits(deal, made.name, client_key)
	settling.use_own_payments(deal, made.name, made.debit_to)
	return values


# --- The car and what follows from it -----------------------------------------------------------------


def _hand_over(
	deal, values: dict, mileage: int, moment: datetime, released: str | None, occasion: str, sheet
) -> None:
	vehicle.sell(deal, mileage, moment.date())
	trade_ins.take_in(deal)
	appointment, first_on = first_service.book(deal, moment, values["sales_invoice"])
	deal = locked(deal.name)  # whoever listens to the car and the deposits may have written on it
	stages.enter(
		deal,
		Stage.DELIVERED,
		tell=False,
		**values,
		delivered_at=moment,
		delivered_by=frappe.session.user,
		mileage_out=mileage,
		first_service=appointment,
		released_by=frappe.session.user if released else None,
		release_reason=released,
		sent_to_lender_on=None,
		funding_due_on=None,
		funding_status="",
		unwound_at=None,
		unwound_by=None,
		unwind_reason=None,
		credit_note=None,
	)
	from dealer_pos_crm.dealer_showroom.titles import title

	title.open_for(deal)
	step(
		deal,
		"deal.delivered",
		amount=sheet.total,
		reason=released,
		facts={
			"first_service_on": first_on.isoformat() if first_on else None,
			"mileage": mileage,
			"open": shown(reading.books_of(deal).balance) if released else None,
		},
		occasion=occasion,
		appointment=appointment,
		at=moment,
	)
	from dealer_pos_crm.dealer_showroom.commission import commission
	from dealer_pos_crm.dealer_showroom.gross import gross

	gross.compute(deal, "Delivered")
	commission.accrue(deal)


def result(deal, *, repeated: bool) -> dict:
	return {
		"deal": deal.name,
		"doctype": DOCTYPE,
		"stage": deal.stage,
		"sales_invoice": deal.sales_invoice,
		"trade_entry": deal.trade_entry,
		"lender_entry": deal.lender_entry,
		"first_service": deal.first_service,
		"balance": deal.balance,
		"repeated": repeated,
	}
