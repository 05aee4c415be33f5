"""An accountant works on the documents of a delivered deal: what follows from it, and what is refused.

Cancelling the invoice takes the delivery back, honestly: its entries are cancelled with it, the deal is under
contract again, the car is kept for it, and what was told is undone. Where that cannot be, the cancellation is
refused with what to do first.
"""

import frappe
from frappe import _
from frappe.utils import cint, get_link_to_form

from dealer_pos_crm.dealer_cashier.money import shown
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom.deals import holding, stages
from dealer_pos_crm.dealer_showroom.deals.deal import DOCTYPE, locked, standing_step, step
from dealer_pos_crm.dealer_showroom.delivery import (
	first_service,
	funding,
	position,
	reading,
	undoing,
	vehicle,
)
from dealer_pos_crm.dealer_showroom.trade_ins import trade as trade_ins
from dealer_pos_crm.domain.deal import Stage


class DealGuarded(frappe.ValidationError):
	"""The document stands and falls with the delivery of a deal."""


# --- What an invoice may not be --------------------------------------------------------------------------


def check_deal(invoice) -> None:
	"""An invoice names a deal of its own company; made at the POS screen it names none."""
	name = invoice.get("dealer_deal")
	if not name or invoice.docstatus == 2:
		return
	company = frappe.db.get_value(DOCTYPE, name, "company")
	link = get_link_to_form(DOCTYPE, name)
	if company != invoice.company:
		frappe.throw(
			_("{0} is a deal of {1}, the invoice is of {2}").format(link, company, invoice.company),
			DealGuarded,
		)
	if cint(invoice.get("is_pos")) or invoice.doctype == "POS Invoice":
		frappe.throw(
			_("{0} is billed by a Sales Invoice and paid on the deal. Untick Include Payment").format(link),
			DealGuarded,
		)


# --- The invoice is cancelled ------------------------------------------------------------------------------


def before_cancel(invoice) -> None:
	"""Before ERPNext unlinks anything: the entries of the deal go with its invoice, or nothing goes."""
	_keep_credit_note(invoice)
	deal = _delivered_by(invoice)
	if deal is None:
		return
	_refuse(deal, invoice)
	invoice.flags.dealer_delivery_of = deal.name
	for row in reading.standing_journals(reading.books_of(deal)):
		_cancel(row.name)


def _keep_credit_note(invoice) -> None:
	"""What an unwinding credited stays credited."""
	name = invoice.get("dealer_deal")
	if name and cint(invoice.is_return) and frappe.db.get_value(DOCTYPE, name, "credit_note") == invoice.name:
		frappe.throw(
			_("{0} was unwound; its invoice and credit note stay as they are").format(
				get_link_to_form(DOCTYPE, name)
			),
			DealGuarded,
		)


def _delivered_by(invoice):
	name = invoice.get("dealer_deal")
	if not name or cint(invoice.is_return):
		return None
	deal = locked(name)
	if deal.sales_invoice != invoice.name:
		return None
	if deal.unwound_at:
		frappe.throw(
			_("{0} was unwound; its invoice and credit note stay as they are").format(
				get_link_to_form(DOCTYPE, deal.name)
			),
			DealGuarded,
		)
	return deal if deal.stage in position.DELIVERED else None


def _refuse(deal, invoice) -> None:
	books = reading.books_of(deal)
	found = []
	if books.transit.settled.minor > 0:
		found.append(
			_("{0} has paid {1} for the contract: cancel {2} first, or unwind the deal").format(
				deal.lender,
				shown(books.transit.settled),
				", ".join(funding.lender_payments(deal)) or _("that"),
			)
		)
	gone = vehicle.not_returnable(deal)
	if gone:
		found.append(gone)
	found += trade_ins.cannot_give_back(deal)
	if books.credit_notes:
		found.append(
			_("Cancel its credit note first: {0}").format(
				", ".join(get_link_to_form("Sales Invoice", name) for name in books.credit_notes)
			)
		)
	if found:
		frappe.throw(
			_("{0} delivered {1} and cannot be cancelled now:").format(
				get_link_to_form("Sales Invoice", invoice.name), get_link_to_form(DOCTYPE, deal.name)
			)
			+ "<ul>"
			+ "".join(f"<li>{text}</li>" for text in found)
			+ "</ul>",
			DealGuarded,
			title=_("Delivered"),
		)


def _cancel(name: str) -> None:
	entry = frappe.get_doc("Journal Entry", name)
	if entry.docstatus == 1:
		entry.flags.ignore_permissions = True  # it stands and falls with the invoice
		with position.acting():
			entry.cancel()


def on_cancel(invoice) -> None:
	"""The delivery is undone: the deal is under contract again."""
	name = invoice.flags.get("dealer_delivery_of")
	if not name:
		return
	with position.acting():
		_undo(name, invoice)


def _undo(name: str, invoice) -> None:
	from dealer_pos_crm.dealer_showroom.commission import commission
	from dealer_pos_crm.dealer_showroom.gross import gross
	from dealer_pos_crm.dealer_showroom.titles import title

	reason = _("Its invoice {0} was cancelled").format(invoice.name)
	deal = locked(name)
	vehicle.undo_sale(deal)
	_give_trades_back(deal)
	first_service.cancel(deal, reason)
	title.cancel_for(deal.name, reason)
	deal = locked(name)
	commission.reverse(deal, reason)
	undoing.take_back_funding(deal, reason)
	before = deal.stage
	stages.enter(
		deal,
		Stage.CONTRACTED,
		tell=False,
		**dict.fromkeys(
			(
				"delivered_at", "delivered_by", "mileage_out", "sales_invoice", "trade_entry", "lender_entry",
				"first_service", "released_by", "release_reason", "sent_to_lender_on", "funding_due_on",
				"funded_on",
			)
		),
		funding_status="",
		funded_amount=0,
		funding_outstanding=0,
	)  # fmt: skip
	step(
		deal,
		"deal.delivery_undone",
		reason=reason,
		facts={"from": before, "to": Stage.CONTRACTED.value},
		reverses=standing_step(deal, "deal.delivered"),
	)
	gross.compute(deal, "Expected")
	if not holding.taken_by_another(deal):
		holding.hold_for(deal)


def _give_trades_back(deal) -> None:
	"""They are the customer's again, and still accepted in the deal."""
	names = frappe.get_all("Trade In", {"deal": deal.name, "status": "Taken In"}, pluck="name")
	trade_ins.give_back(deal)
	for name in names:
		frappe.db.set_value("Trade In", name, {"status": "Accepted", "entry": None})


# --- A journal of a deal is cancelled by hand ----------------------------------------------------------------


def check_journal(entry) -> None:
	"""A deal's entries are taken back with its invoice or by unwinding it, never one by one. What was booked
	as a funding difference may be."""
	name = entry.get("dealer_deal")
	if not name or position.is_acting():
		return
	deal = frappe.db.get_value(DOCTYPE, name, ["name", "stage", "unwound_at", "company"], as_dict=True)
	if not deal or (deal.stage not in position.DELIVERED and not deal.unwound_at):
		return
	difference = settings_of(deal.company).funding_difference_account
	if any(row.account == difference for row in entry.accounts):
		return
	frappe.throw(
		_(
			"{0} belongs to {1}. Cancel the invoice of the deal, or unwind the deal; this entry goes with it"
		).format(get_link_to_form("Journal Entry", entry.name), get_link_to_form(DOCTYPE, deal.name)),
		DealGuarded,
		title=_("Entry of a Delivery"),
	)
