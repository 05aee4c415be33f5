"""Money taken later for a delivered deal: Payment Entries against what the buyer owes, all or nothing."""

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier import collecting as shared
from dealer_pos_crm.dealer_cashier.deposits.taking import check_customer
from dealer_pos_crm.dealer_cashier.money import to_money
from dealer_pos_crm.dealer_setup.acting import need_key
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom.deals.deal import action, locked
from dealer_pos_crm.dealer_showroom.delivery import position, reading, settling
from dealer_pos_crm.dealer_showroom.delivery.posting import cost_center
from dealer_pos_crm.domain.billing import Allocation, Due, spread
from dealer_pos_crm.domain.deposit import Tender
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


def dues_of(deal, books: reading.Books) -> list[Due]:
	"""What the buyer owes, document by document."""
	return [Due(deal.customer, (row.doctype, row.name), row.open) for row in books.dues if row.open.minor > 0]


@action
def collect(name: str, tenders: list[dict], client_key: str) -> dict:
	"""Take money of the buyer for what is open. ``tenders``: mode_of_payment, amount (major units of the
	deal's currency), reference_no, reference_date. Less than is open may be taken, never more."""
	need_key(client_key)
	settling.lock_invoices(name)
	settling.lock(name)
	deal = locked(name)
	made_before = _made_before(deal, client_key)
	if made_before:
		return _result(deal, made_before, repeated=True)
	with explained():
		books = reading.books_of(deal)
		dues = dues_of(deal, books)
		if not dues:
			raise Refused(
				"nothing_open",
				marked("Nothing is open on {0}. Before delivery, take a deposit for the deal"),
				deal.name,
			)
		check_customer(deal.customer)
		given = [
			Tender(
				cstr(row.get("mode_of_payment")),
				to_money(row.get("amount"), deal.currency),
				cstr(row.get("reference_no")).strip() or None,
			)
			for row in tenders
		]
		spreads = spread(given, dues)
		accounts = {(row.doctype, row.name): row.account for row in books.dues}
		messages = len(frappe.local.message_log)
		made = []
		with position.acting():
			for tender, row, parts in zip(given, tenders, spreads, strict=True):
				for account, share in shared.by_account(parts, accounts):
					made.append(_payment(deal, tender, row, account, share, client_key))
		position.flush()
		position.refresh(deal.name)
		del frappe.local.message_log[messages:]
	deal = locked(name)
	return _result(deal, made, repeated=False)


def _made_before(deal, client_key: str) -> list[str]:
	rows = frappe.get_all(
		"Payment Entry",
		{"dealer_collect_key": client_key, "docstatus": (">", 0)},
		["name", "dealer_deal"],
		order_by="name",
	)
	if any(row.dealer_deal != deal.name for row in rows):
		frappe.throw(_("This request has the key of another one. Reload the page and try again"))
	return [row.name for row in rows]


def _payment(deal, tender: Tender, row: dict, account: str, parts: list[Allocation], client_key: str) -> str:
	payment = shared.new_payment(
		company=deal.company,
		currency=deal.currency,
		payer=deal.customer,
		mode=tender.mode,
		account=account,
		parts=parts,
		reference_no=tender.reference or deal.name,
		reference_date=row.get("reference_date"),
		cost_center=cost_center(deal),
		remarks=remarks_of(deal),
		links={
			"dealer_deal": deal.name,
			"dealer_vehicle": deal.vehicle,
			"dealer_collect_key": client_key,
		},
	)
	return shared.submit(payment, parts, deal.currency)


def remarks_of(deal) -> str:
	return _("Deal {0}, {1}").format(deal.name, cstr(deal.vehicle_title or deal.vehicle))


def _result(deal, payments: list[str], *, repeated: bool) -> dict:
	return {
		"deal": deal.name,
		"stage": deal.stage,
		"payments": payments,
		"outstanding": deal.balance,
		"repeated": repeated,
	}
