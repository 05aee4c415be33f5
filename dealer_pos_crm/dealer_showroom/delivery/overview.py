"""What the deal's form shows of delivery and money: what is missing, who owes and paid what, what is possible."""

import frappe
from frappe.utils import cint

from dealer_pos_crm.dealer_cashier.deposits import overview as deposit_overview
from dealer_pos_crm.dealer_cashier.money import to_float
from dealer_pos_crm.dealer_setup.roles import ACCOUNTANT, FNI, MANAGER, SALES_MANAGER
from dealer_pos_crm.dealer_showroom.deals.deal import DOCTYPE
from dealer_pos_crm.dealer_showroom.delivery import (
	collecting,
	deliver,
	funding,
	gates,
	lender_entry,
	position,
	reading,
)
from dealer_pos_crm.domain.deal import Stage
from dealer_pos_crm.domain.money import Money

DELIVERING = frozenset({FNI, SALES_MANAGER, MANAGER, "System Manager"})
FUNDING = frozenset({ACCOUNTANT, FNI, MANAGER, "System Manager"})
UNWINDING = frozenset({SALES_MANAGER, MANAGER, "System Manager"})


def has_role(roles: frozenset[str]) -> bool:
	return bool(roles & set(frappe.get_roles()))


def of(name: str) -> dict:
	"""The money of a deal, the gates of its delivery, its funding and the buttons. Amounts in major units."""
	deal = frappe.get_doc(DOCTYPE, name)
	books = reading.books_of(deal, lock=False)
	delivered = deal.stage in position.DELIVERED
	may_take = bool(frappe.has_permission("Payment Entry", "submit"))
	dues = collecting.dues_of(deal, books) if delivered else []
	transit_open = delivered and books.transit.open.minor > 0
	wants_modes = may_take and (dues or transit_open)
	return {
		"currency": deal.currency,
		"stage": deal.stage,
		"delivered": delivered,
		"money": _money(deal, books),
		"documents": _documents(deal, books),
		"gate": _gate(deal) if deal.stage == Stage.CONTRACTED.value else None,
		"mileage": cint(frappe.db.get_value("Dealer Vehicle", deal.vehicle, "mileage"))
		if deal.vehicle
		else 0,
		"funding": _funding(deal, books) if delivered and books.transit.financed.minor > 0 else None,
		"owed_to_lender": funding.owed_back(deal) if not delivered and deal.lender_entry else 0.0,
		"credit": to_float(books.unmatched) if books.invoices else 0.0,
		"modes": deposit_overview.payment_modes(deal.company) if wants_modes else [],
		"usual_mode": deposit_overview.usual_mode(deal.company) if wants_modes else None,
		"can_deliver": deal.stage == Stage.CONTRACTED.value and has_role(DELIVERING),
		"can_collect": bool(may_take and dues),
		"can_fund": bool(transit_open and may_take and has_role(FUNDING)),
		"can_send": bool(transit_open and has_role(FUNDING)),
		"can_unwind": delivered and has_role(UNWINDING),
		"may_decide": funding.may_decide(),
		"may_release": deliver.may_release() and not deliver.own_deal(deal),
	}


def _money(deal, books: reading.Books) -> dict:
	if books.invoices:
		found = {
			"total": books.invoiced,
			"equity": books.equity,
			"financed": books.financed,
			"deposits": reading.held_of(deal),
			"paid": books.paid,
			"balance": books.balance,
		}
	else:
		sheet = position.expected(deal)
		zero = Money.zero(deal.currency)
		found = {
			"total": sheet.total if sheet else zero,
			"equity": sheet.equity if sheet else zero,
			"financed": sheet.financed if sheet else zero,
			"deposits": sheet.deposits if sheet else reading.held_of(deal),
			"paid": sheet.paid if sheet else books.unmatched,
			"balance": sheet.balance if sheet else zero,
		}
	return {name: to_float(amount) for name, amount in found.items()}


def _documents(deal, books: reading.Books) -> list[dict]:
	names = [
		*(("Sales Invoice", name) for name in (*books.invoices, *books.credit_notes)),
		*(("Journal Entry", row.name) for row in books.journals),
	]
	return [{"doctype": doctype, "name": name} for doctype, name in names]


def _gate(deal) -> list[str]:
	return gates.blockers(deal)


def _funding(deal, books: reading.Books) -> dict:
	return {
		"lender": deal.lender,
		"status": deal.funding_status,
		"financed": to_float(books.transit.financed),
		"open": to_float(books.transit.open),
		"paid": to_float(books.lender_paid),
		"sent_on": deal.sent_to_lender_on,
		"due_on": deal.funding_due_on,
		"stipulations": deal.stipulations,
		"reference": deal.lender_reference,
		"funding_days": cint(frappe.get_cached_value("Dealer Lender", deal.lender, "funding_days")),
		"customer": lender_entry.customer_of(deal.lender),
	}
