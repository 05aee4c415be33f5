"""How each kind of document takes the money of a card: the deposit, the deal, the repair order, the invoice.

Each way runs under the locks of ``booking`` and makes exactly one Payment Entry, or refuses.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier import collecting
from dealer_pos_crm.dealer_cashier.deposits import actions as deposits
from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.dealer_setup.settings import cost_center_of, settings_of
from dealer_pos_crm.domain.billing import Due, spread
from dealer_pos_crm.domain.deposit import Tender
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


@dataclass(frozen=True)
class Taken:
	"""What a way made: its Payment Entry, and what of the money found no use there."""

	entry: str
	left: Money
	note: str = ""
	links: Mapping[str, str] = field(default_factory=dict)


Way = Callable[[Any, Money, dict], Taken]


def of(card) -> Way | None:
	"""The way of the document that a payment is for; None for a free amount."""
	return _WAYS.get(card.for_doctype or "")


def invoices_of(doctype: str | None, name: str | None) -> list[str]:
	"""The invoices that a document's money may go into, by their names."""
	if doctype == "Counter Receipt":
		from dealer_pos_crm.dealer_counter.collecting import cards

		return cards.invoices_of(name) if name else []
	if doctype == "Sales Invoice":
		return [name] if name else []
	field_name = {"Repair Order": "dealer_repair_order", "Deal Jacket": "dealer_deal"}.get(doctype or "")
	if not field_name or not name:
		return []
	return frappe.get_all("Sales Invoice", {field_name: name, "docstatus": 1}, pluck="name", order_by="name")


def _deposit(card, amount: Money, tender: dict) -> Taken:
	return _take(card, deposits.locked(card.for_name), amount, tender)


def _take(card, deposit, amount: Money, tender: dict) -> Taken:
	agreed = rounded(deposit.amount, card.currency)
	if deposit.status == "Draft" and agreed != amount:
		raise Refused(
			"amount_changed", marked("Deposit {0} is for {1} now; {2} was paid"), deposit.name, agreed, amount
		)
	if deposit.customer != (card.payer or card.customer) or deposit.company != card.company:
		raise Refused("other_customer", marked("Deposit {0} is of {1} now"), deposit.name, deposit.customer)
	deposits.take_on(deposit, [tender], _key(card))
	entry = frappe.db.get_value(
		"Payment Entry", {"dealer_card_payment": card.name, "docstatus": 1, "payment_type": "Receive"}, "name"
	)
	return Taken(entry, Money.zero(card.currency), links={"deposit": deposit.name})


def _key(card) -> str:
	"""One per booking: what an accountant cancelled is booked anew under another one."""
	before = frappe.db.count("Payment Entry", {"dealer_card_payment": card.name})
	return f"card|{card.name}|{before + 1}"


def _deal(card, amount: Money, tender: dict) -> Taken:
	from dealer_pos_crm.dealer_showroom.deals.deal import locked
	from dealer_pos_crm.dealer_showroom.delivery import collecting as deal_collecting
	from dealer_pos_crm.dealer_showroom.delivery import position, reading, settling
	from dealer_pos_crm.dealer_showroom.delivery.posting import cost_center

	settling.lock(card.for_name)
	deal = locked(card.for_name)
	if deal.customer != (card.payer or card.customer):
		raise Refused("other_customer", marked("Deal {0} is of {1} now"), deal.name, deal.customer)
	books = reading.books_of(deal)
	if not books.invoices:
		return _take(card, _new_deposit(card, deal, amount), amount, tender)
	dues = deal_collecting.dues_of(deal, books)
	accounts = {(row.doctype, row.name): row.account for row in books.dues}
	with position.acting():
		taken = _against(
			card,
			amount,
			tender,
			dues,
			accounts,
			cost_center(deal),
			deal_collecting.remarks_of(deal),
			{"dealer_deal": deal.name, "dealer_vehicle": deal.vehicle},
		)
	position.flush()
	position.refresh(deal.name)
	return taken


def _new_deposit(card, deal, amount: Money):
	"""Before delivery, money for a deal is a deposit for it, on the company's own terms."""
	settings = settings_of(card.company)
	refundable = settings.default_refundable if settings.default_refundable in ("Yes", "No") else "Yes"
	deposit = frappe.get_doc(
		{
			"doctype": "Deposit",
			"customer": deal.customer,
			"company": deal.company,
			"deal": deal.name,
			"vehicle": deal.vehicle or None,
			"held_for": None if deal.vehicle else cstr(deal.wanted) or _("Deal {0}").format(deal.name),
			"amount": to_float(amount),
			"kind": "Down Payment",
			"department": "Sales",
			"salesperson": deal.salesperson,
			"refundable": refundable,
			"channel": "Remote" if card.channel == "Online" else "In Person",
			"authorised_how": "Online" if card.channel == "Online" else "Signature",
		}
	)
	deposit.set_terms()
	if not cstr(deposit.terms).strip():
		deposit.terms = _("Paid by card for deal {0}").format(deal.name)
	deposit.insert(ignore_permissions=True)  # follows from a payment that was asked for by who may
	return deposits.locked(deposit.name)


def _order(card, amount: Money, tender: dict) -> Taken:
	from dealer_pos_crm.dealer_service.billing import collecting as order_collecting
	from dealer_pos_crm.dealer_service.billing import position, reading

	order = reading.locked_with_bills(card.for_name)
	documents = reading.documents_of(order)
	dues = order_collecting.dues_of(order, documents, card.payer or card.customer)
	with position.acting():
		taken = _against(
			card,
			amount,
			tender,
			dues,
			order_collecting.accounts_of(documents),
			cost_center_of(order.company, "Service"),
			order_collecting.remarks_of(order),
			{"dealer_repair_order": order.name, "dealer_vehicle": order.vehicle},
		)
	position.flush()
	position.refresh(order.name)
	return taken


def _invoice(card, amount: Money, tender: dict) -> Taken:
	invoice = frappe.db.get_value(
		"Sales Invoice",
		card.for_name,
		[
			"name",
			"docstatus",
			"is_return",
			"customer",
			"company",
			"debit_to",
			"outstanding_amount",
			"cost_center",
			"dealer_repair_order",
			"dealer_deal",
			"dealer_vehicle",
		],
		as_dict=True,
		for_update=True,
	)
	if not invoice or invoice.docstatus != 1 or invoice.is_return:
		raise Refused("invoice_gone", marked("Invoice {0} was cancelled"), card.for_name)
	open_amount = rounded(invoice.outstanding_amount, card.currency)
	document = ("Sales Invoice", invoice.name)
	dues = [Due(invoice.customer, document, open_amount)] if open_amount.minor > 0 else []
	return _against(
		card,
		amount,
		tender,
		[due for due in dues if due.payer == (card.payer or card.customer)],
		{document: invoice.debit_to},
		invoice.cost_center or cost_center_of(card.company, card.department),
		_("Invoice {0}").format(invoice.name),
		{
			"dealer_repair_order": invoice.dealer_repair_order or None,
			"dealer_deal": invoice.dealer_deal or None,
			"dealer_vehicle": invoice.dealer_vehicle or None,
		},
	)


def _against(
	card,
	amount: Money,
	tender: dict,
	dues: list[Due],
	accounts: Mapping[tuple[str, str], str],
	cost_center: str | None,
	remarks: str,
	links: Mapping[str, object],
) -> Taken:
	"""One Payment Entry against what is open, the oldest first; what is too much stays a credit. A charge has
	one Payment Entry, which books on one receivable account: dues on others wait for the next payment."""
	from dealer_pos_crm.dealer_cashier.card_payments import booking

	if not dues:
		raise Refused("nothing_open", marked("Nothing is open on {0} any more"), card.for_name)
	account = accounts[dues[0].document]
	dues = [due for due in dues if accounts[due.document] == account]
	open_amount = total((due.amount for due in dues), card.currency)
	used = min(amount, open_amount, key=lambda one: one.minor)
	left = amount - used
	(parts,) = spread([Tender(tender["mode_of_payment"], used, tender["reference_no"])], dues)
	entry = collecting.new_payment(
		company=card.company,
		currency=card.currency,
		payer=card.payer or card.customer,
		mode=tender["mode_of_payment"],
		account=account,
		parts=parts,
		amount=amount,
		reference_no=tender["reference_no"],
		cost_center=cost_center,
		remarks=remarks,
		links={**booking.links_of(card), **links},
	)
	booking.mark(entry)
	collecting.submit(entry, parts, card.currency)
	note = ""
	if left.minor > 0:
		note = _("{0} was open on {1}; {2} stands on account").format(
			shown(open_amount), card.for_name, shown(left)
		)
	return Taken(entry.name, left, note)


def _receipt(card, amount: Money, tender: dict) -> Taken:
	from dealer_pos_crm.dealer_counter.collecting import cards

	return cards.book(card, amount, tender)


_WAYS: dict[str, Way] = {
	"Deposit": _deposit,
	"Deal Jacket": _deal,
	"Repair Order": _order,
	"Sales Invoice": _invoice,
	"Counter Receipt": _receipt,
}
