"""POS Invoice: told like any invoice, and kept inside its shift."""

from dealer_pos_crm.dealer_counter import selling
from dealer_pos_crm.dealer_counter.banking import slip as bank_slip
from dealer_pos_crm.dealer_counter.refunds import returns
from dealer_pos_crm.dealer_counter.shifts import guard as shift_guard
from dealer_pos_crm.listeners import sales_invoice


def validate(doc, method=None) -> None:
	sales_invoice.validate(doc)
	selling.check_prices(doc)


def before_submit(doc, method=None) -> None:
	shift_guard.check_sale(doc)
	returns.check(doc)


def on_submit(doc, method=None) -> None:
	sales_invoice.on_submit(doc)


def before_cancel(doc, method=None) -> None:
	bank_slip.check_cancel_of(doc)
	shift_guard.check_cancel(doc)


def on_cancel(doc, method=None) -> None:
	sales_invoice.on_cancel(doc)
	returns.ended(doc)


def on_trash(doc, method=None) -> None:
	returns.ended(doc)
