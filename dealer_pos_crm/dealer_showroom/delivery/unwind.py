"""Unwinding a delivered deal: the sale is taken back, the papers of it stay.

Nothing that was booked is cancelled. The invoice gets a credit note, every journal of the deal a reversal
dated today, so that a closed period stays as it is and the books tell what happened when. Payments are taken
off the invoice: deposits hold their money again, other payments are the customer's credit; both are paid
back in the usual way. What a lender has paid already is owed to it again and stands on its account.
"""

import frappe
from frappe import _
from frappe.utils import cint, cstr, date_diff, get_link_to_form, getdate, now_datetime, nowdate

from dealer_pos_crm.dealer_cashier.deposits import refresh as deposit_refresh
from dealer_pos_crm.dealer_cashier.money import shown
from dealer_pos_crm.dealer_setup.acting import need_key
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import MANAGER
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom.deals import stages
from dealer_pos_crm.dealer_showroom.deals.deal import action, locked, standing_step, step
from dealer_pos_crm.dealer_showroom.delivery import (
	first_service,
	funding,
	gates,
	position,
	reading,
	settling,
	undoing,
	vehicle,
)
from dealer_pos_crm.dealer_showroom.trade_ins import trade as trade_ins
from dealer_pos_crm.domain.deal import Stage
from dealer_pos_crm.domain.delivery import check_reason, check_unwind


class CannotUnwind(frappe.ValidationError):
	"""Something has gone on since the delivery that cannot be taken back by itself."""


def is_dealer_manager() -> bool:
	return bool({MANAGER, "System Manager"} & set(frappe.get_roles()))


def blockers(deal, on=None) -> list[str]:
	"""What cannot be taken back by itself, each with its remedy; empty when the deal can be unwound."""
	if deal.stage not in position.DELIVERED:
		return [
			_("{0} is at {1}; only a delivered deal is unwound. One that is not delivered is lost").format(
				deal.name, _(deal.stage)
			)
		]
	found = []
	gone = vehicle.not_returnable(deal)
	if gone:
		found.append(gone)
	found += trade_ins.cannot_give_back(deal)
	books = reading.books_of(deal, lock=False)
	for note in books.credit_notes:
		found.append(
			_("{0} credits a part of the invoice. Cancel it first, then unwind").format(
				get_link_to_form("Sales Invoice", note)
			)
		)
	if len(books.invoices) > 1:
		found.append(
			_("There are {0} invoices of this deal: {1}. Credit those made by hand first").format(
				len(books.invoices),
				", ".join(get_link_to_form("Sales Invoice", name) for name in books.invoices),
			)
		)
	found += gates.closed_period(deal.company, getdate(on or nowdate()))
	return found


def preview(deal) -> dict:
	"""What unwinding would do, in sentences, and what is in the way. Changes nothing."""
	books = reading.books_of(deal, lock=False)
	standing = reading.standing_journals(books)
	days = date_diff(nowdate(), deal.delivered_at) if deal.delivered_at else 0
	limit = cint(settings_of(deal.company).unwind_days)
	will = [
		_("{0} is credited in full: {1}").format(
			get_link_to_form("Sales Invoice", deal.sales_invoice), shown(books.invoiced)
		)
	]
	will += [_("{0} is reversed").format(get_link_to_form("Journal Entry", row.name)) for row in standing]
	will.append(_("{0} comes back into stock, into recon").format(deal.vehicle_title or deal.vehicle))
	for row in trade_ins.accepted(deal):
		will.append(_("Trade-in {0} goes back to the customer").format(row.what))
	if books.paid.minor > 0:
		will.append(
			_("{0} the customer paid becomes their credit; deposits hold their money again").format(
				shown(books.paid)
			)
		)
	if books.transit.settled.minor > 0:
		will.append(
			_("{0} that {1} has paid is owed back to it").format(shown(books.transit.settled), deal.lender)
		)
	sold = [row for row in deal.products if row.status == "Sold"]
	if sold:
		will.append(_("{0} products are cancelled").format(len(sold)))
	if deal.first_service:
		will.append(_("The first service, open we-owes and the title work are cancelled"))
	will.append(_("Commissions are reversed, and what was promised to the customer stops"))
	return {
		"blockers": blockers(deal),
		"will": will,
		"days": days,
		"needs_dealer_manager": days > limit,
		"may": days <= limit or is_dealer_manager(),
		"mileage": cint(frappe.db.get_value("Dealer Vehicle", deal.vehicle, "mileage")),
	}


@action
def unwind(name: str, reason: str, *, client_key: str, mileage: int | None = None) -> dict:
	"""Take the sale back. All of it, or nothing; the same ``client_key`` again changes nothing.

	``mileage``: what the odometer shows now. Raises ``CannotUnwind`` with all that is in the way, and
	ERPNext's own refusals.
	"""
	need_key(client_key)
	settling.lock_invoices(name)
	settling.lock(name)
	deal = locked(name)
	occasion = f"deal.unwound|{deal.name}|{client_key}"
	if frappe.db.exists("Showroom Log", {"deal": deal.name, "kind": "deal.unwound", "occasion": occasion}):
		return result(deal, repeated=True)
	on = getdate(nowdate())
	with explained():
		text = check_reason(reason)
		_check(deal, on, mileage)
		messages = len(frappe.local.message_log)
		with position.acting():
			note = _unbook(deal, text, on)
			deposit_refresh.flush()
		del frappe.local.message_log[messages:]
		with position.acting():
			_take_back(deal, text, note, mileage, on, occasion)
		position.flush()
		position.refresh(name)
	deal = locked(name)
	return result(deal)


def _check(deal, on, mileage: int | None) -> None:
	found = blockers(deal, on)
	if mileage is not None:
		last = cint(frappe.db.get_value("Dealer Vehicle", deal.vehicle, "mileage"))
		if cint(mileage) < last:
			found.append(
				_(
					"A mileage of {0} is lower than the last reading, {1}. Enter what the odometer shows"
				).format(cint(mileage), last)
			)
	if found:
		frappe.throw(
			_("{0} cannot be unwound:").format(deal.name)
			+ "<ul>"
			+ "".join(f"<li>{text}</li>" for text in dict.fromkeys(found))
			+ "</ul>",
			CannotUnwind,
			title=_("Cannot Be Unwound"),
		)
	check_unwind(
		getdate(deal.delivered_at),
		on,
		cint(settings_of(deal.company).unwind_days),
		is_dealer_manager=is_dealer_manager(),
		name=deal.name,
	)


def _unbook(deal, reason: str, on) -> str:
	"""The books: journals reversed, the newest first; payments off the invoice; the invoice credited."""
	books = reading.books_of(deal)
	for row in reading.standing_journals(books):
		undoing.reverse(deal, row.name, reason, on)
	undoing.unmatch_payments(deal, books.invoices)
	return undoing.credit_note(
		deal, deal.sales_invoice, _("Deal {0} unwound: {1}").format(deal.name, reason), on
	)


def _take_back(deal, reason: str, note: str, mileage: int | None, on, occasion: str) -> None:
	from dealer_pos_crm.dealer_showroom.commission import commission
	from dealer_pos_crm.dealer_showroom.gross import gross
	from dealer_pos_crm.dealer_showroom.promises import we_owe
	from dealer_pos_crm.dealer_showroom.titles import title
	from dealer_pos_crm.dealer_showroom.worksheet import products

	frappe.db.set_value("Deposit", {"deal": deal.name}, "hold_until", None, update_modified=False)
	vehicle.take_back(deal, mileage, on)
	trade_ins.give_back(deal)
	first_service.cancel(deal, _("The deal was unwound"))
	we_owe.cancel_for(deal.name, reason)
	title.cancel_for(deal.name, reason)
	products.cancel(deal, on, reason)
	deal = locked(deal.name)
	commission.reverse(deal, reason)
	undoing.take_back_funding(deal, reason)
	before = Stage(deal.stage)
	stages.enter(
		deal,
		Stage.LOST,
		tell=False,
		unwound_at=now_datetime().replace(microsecond=0),
		unwound_by=frappe.session.user,
		unwind_reason=reason,
		credit_note=note,
		stage_before=before.value,
		lost_at=now_datetime().replace(microsecond=0),
		lost_note=_("Unwound: {0}").format(reason),
		funding_status="",
		sent_to_lender_on=None,
		funding_due_on=None,
	)
	gross.compute(deal, "Unwound")
	step(
		deal,
		"deal.unwound",
		amount=deal_money(deal),
		reason=reason,
		facts={"from": before.value},
		occasion=occasion,
		reverses=standing_step(deal, "deal.delivered"),
	)


def deal_money(deal):
	from dealer_pos_crm.dealer_showroom.deals.deal import money

	return money(deal, deal.total_due)


def result(deal, *, repeated: bool = False) -> dict:
	return {
		"deal": deal.name,
		"stage": deal.stage,
		"credit_note": cstr(deal.credit_note) or None,
		"owed_to_lender": funding.owed_back(deal),
		"repeated": repeated,
	}
