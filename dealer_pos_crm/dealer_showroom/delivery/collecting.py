"""Money taken later for a delivered deal: Payment Entries against what the buyer owes, all or nothing."""

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier.money import company_currency
from dealer_pos_crm.dealer_setup.acting import need_key, once
from dealer_pos_crm.dealer_showroom.deals.deal import locked
from dealer_pos_crm.dealer_showroom.delivery import reading
from dealer_pos_crm.domain.billing import Due
from dealer_pos_crm.domain.collection import Line, oldest_first, payables_of
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


def dues_of(deal, books: reading.Books) -> list[Due]:
	"""What the buyer owes, document by document."""
	return [Due(deal.customer, (row.doctype, row.name), row.open) for row in books.dues if row.open.minor > 0]


@once
def collect(name: str, tenders: list[dict], client_key: str) -> dict:
	"""Take money of the buyer for what is open, under one receipt. ``tenders``: mode_of_payment, amount (major
	units of the deal's currency), reference_no, reference_date. Less than is open may be taken, never more."""
	from dealer_pos_crm.dealer_counter.collecting import reach, receipt
	from dealer_pos_crm.dealer_counter.collecting.tenders import request_hash

	need_key(client_key)
	customer, company = frappe.db.get_value("Deal Jacket", name, ["customer", "company"])
	request = receipt.Request(
		customer=customer,
		company=company,
		tenders=tenders,
		client_key=client_key,
		lines=lambda: _lines(name, receipt.sum_of(tenders, company_currency(company))),
		about=reach.About(deals=[name]),
		same=request_hash("Deal Jacket", name, tenders),
	)
	taken = receipt.take(request)
	return _result(locked(name), taken)


def _lines(name: str, amount: Money) -> list[Line]:
	"""What an amount pays of a deal, read under its locks."""
	deal = locked(name)
	books = reading.books_of(deal)
	dues = dues_of(deal, books)
	if not dues:
		raise Refused(
			"nothing_open",
			marked("Nothing is open on {0}. Before delivery, take a deposit for the deal"),
			deal.name,
		)
	accounts = {(row.doctype, row.name): row.account for row in books.dues}
	payables = payables_of(
		dues,
		accounts,
		remarks_of(deal),
		department="Sales",
		deal=deal.name,
		vehicle=deal.vehicle or None,
	)
	return oldest_first(amount, payables)


def remarks_of(deal) -> str:
	return _("Deal {0}, {1}").format(deal.name, cstr(deal.vehicle_title or deal.vehicle))


def _result(deal, taken: dict) -> dict:
	from dealer_pos_crm.dealer_counter.collecting import receipt

	return {
		"deal": deal.name,
		"stage": deal.stage,
		"receipt": taken["receipt"],
		"payments": receipt.payments_of(taken["receipt"]),
		"outstanding": deal.balance,
		"repeated": taken["repeated"],
	}
