"""Journal Entry: rows against a deposit's payment are refused, because they leave its balance stale.

One of a repair order is told to the order and to the recon it is for; one of commissions lets them wait
again; one of a deal is told to the deal; one of a payout lets the payout be booked again.
"""

from dealer_pos_crm.dealer_cashier.deposits import guard
from dealer_pos_crm.dealer_cashier.disputes import booking as disputes
from dealer_pos_crm.dealer_cashier.payouts import booking as payout_booking
from dealer_pos_crm.dealer_counter.banking import slip as bank_slip
from dealer_pos_crm.dealer_counter.shifts import differences
from dealer_pos_crm.dealer_service.billing import position
from dealer_pos_crm.dealer_setup.settings import is_dealership
from dealer_pos_crm.dealer_showroom.commission import posting
from dealer_pos_crm.dealer_showroom.delivery import invoice_events as deal_events
from dealer_pos_crm.dealer_showroom.delivery import position as deal_position
from dealer_pos_crm.dealer_showroom.recon import recon


def validate(doc, method=None) -> None:
	if is_dealership(doc.company):
		guard.check_journal(doc)
		disputes.check_entry(doc)


def on_submit(doc, method=None) -> None:
	_tell_recon(doc)
	disputes.entry_changed(doc)
	position.touch_document(doc)
	deal_position.touch_document(doc)
	position.settle()
	deal_position.settle()


def before_cancel(doc, method=None) -> None:
	bank_slip.check_entry(doc)
	deal_events.check_journal(doc)


def on_cancel(doc, method=None) -> None:
	_tell_recon(doc)
	posting.unpost(doc.name)
	disputes.entry_changed(doc)
	if doc.get("dealer_gateway_payout"):
		payout_booking.entry_cancelled(doc)
	differences.entry_cancelled(doc)
	position.touch_document(doc)
	deal_position.touch_document(doc)
	position.settle()
	deal_position.settle()


def _tell_recon(doc) -> None:
	"""Internal work that is booked, or taken back, is what a recon step costs."""
	if doc.get("dealer_repair_order"):
		recon.costs_changed(doc.dealer_repair_order)
