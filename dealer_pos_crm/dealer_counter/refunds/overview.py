"""What the screens show of money that may go back: all that a customer has with us, and one refund."""

import frappe
from frappe import _
from frappe.utils import cstr, getdate

from dealer_pos_crm.dealer_cashier.card_refunds import deposits as cards
from dealer_pos_crm.dealer_cashier.card_refunds import overview as card_overview
from dealer_pos_crm.dealer_cashier.card_refunds import telling as card_words
from dealer_pos_crm.dealer_cashier.deposits.actions import asker
from dealer_pos_crm.dealer_cashier.deposits.events import what
from dealer_pos_crm.dealer_cashier.deposits.overview import payment_modes
from dealer_pos_crm.dealer_cashier.money import company_currency, to_float
from dealer_pos_crm.dealer_counter.refunds import refund, sources
from dealer_pos_crm.dealer_counter.refunds.booking import DOCTYPE
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.domain import counter_refund as rules
from dealer_pos_crm.domain.counter_refund import Kind, Status
from dealer_pos_crm.domain.deposit import HOLDING
from dealer_pos_crm.domain.money import Money

CARDS = 20


def of_customer(customer: str, company: str) -> dict:
	"""All that may go back to a customer, each with its trace and the door it goes through."""
	return {
		"customer": customer,
		"customer_name": frappe.get_cached_value("Customer", customer, "customer_name"),
		"company": company,
		"currency": company_currency(company),
		"deposits": _deposits(customer, company),
		"cards": _cards(customer, company),
		"credits": [_credit(found) for found in sources.of_customer(customer, company)],
		"modes": _modes(company),
		"waiting": _waiting(customer, company),
	}


def _deposits(customer: str, company: str) -> list[dict]:
	rows = frappe.get_list(
		"Deposit",
		{"customer": customer, "company": company, "status": ("in", [status.value for status in HOLDING])},
		["name", "vehicle", "held_for", "held_amount", "currency", "taken_on", "status"],
		order_by="taken_on, name",
		limit=50,
	)
	return [{**row, "what": what(row)} for row in rows]


def _cards(customer: str, company: str) -> list[dict]:
	"""Card payments that something can go back to. Money that a deposit holds goes back with the deposit."""
	names = frappe.get_list(
		"Card Payment",
		{"customer": customer, "company": company, "status": "Captured"},
		pluck="name",
		order_by="creation desc",
		limit=CARDS,
	)
	found = [card_overview.options(name) for name in names]
	return [row for row in found if row["most"] > 0 and not row["why_not"]]


def _credit(found: sources.Found) -> dict:
	who, source = asker(), found.source
	limit = rules.limit_left(refund.limit_of(found), source.given)
	clears_on = source.clears_on(getdate())
	free = source.there - source.of_cards

	def why(amount: Money) -> str | None:
		text = refund.why_approval(found, amount, who)
		return _(text) if text else None

	return {
		"kind": found.kind.value,
		"doctype": found.document[0],
		"name": found.row.name,
		"what": sources.label(found),
		"on": found.row.posting_date,
		"amount": to_float(source.there),
		"currency": source.there.currency,
		"of_cards": to_float(source.of_cards),
		"cards": [
			card_words.card_of(frappe.get_doc("Card Payment", name)) or _("a card") for name in found.cards
		],
		"modes": list(found.modes),
		"clears_on": clears_on,
		"limit": to_float(limit),
		"without_card": to_float(free),
		"approval": why(_least(limit, free)) if _least(limit, free).minor > 0 else None,
		"approval_above": why(Money(limit.minor + 1, limit.currency)),
		"approval_card": None if who.may_approve else why(source.there),
		"links": [
			{"doctype": doctype, "name": found.row.get(field)}
			for doctype, field in (
				("Repair Order", "repair_order"),
				("Deal Jacket", "deal"),
				("Dealer Vehicle", "vehicle"),
			)
			if found.row.get(field)
		],
	}


def _least(one: Money, other: Money) -> Money:
	return one if one <= other else other


def _modes(company: str) -> list[dict]:
	"""What can be handed over: no card, and nothing whose money lies at a provider."""
	rows = []
	for mode in payment_modes(company):
		if cards.is_gateway_mode(mode.name, company):
			continue
		instrument = cstr(frappe.get_cached_value("Mode of Payment", mode.name, "dealer_instrument"))
		rows.append({"name": mode.name, "type": mode.type, "numbered": instrument not in ("", "Currency")})
	return sorted(rows, key=lambda row: (row["type"] != "Cash", row["name"]))


def _waiting(customer: str, company: str) -> list[dict]:
	"""What was asked for and waits for a manager, through whichever door."""
	found = []
	filters = {"customer": customer, "company": company, "status": Status.REQUESTED.value}
	for doctype, about in (
		("Counter Refund", "source_name"),
		("Deposit Action", "deposit"),
		("Card Refund", "card_payment"),
	):
		for row in frappe.get_list(
			doctype,
			filters,
			["name", "amount", "currency", "reason", "requested_by", "requested_at", f"{about} as about"],
			order_by="creation",
			limit=20,
		):
			found.append({"doctype": doctype, **row})
	people = names_of({row["requested_by"] for row in found})
	return [{**row, "by": people.get(row["requested_by"], row["requested_by"])} for row in found]


def of(name: str) -> dict:
	"""One refund: what it means, and who may do what with it."""
	row = frappe.get_doc(DOCTYPE, name)
	who = asker()
	waits = row.status == Status.REQUESTED.value
	return {
		"meaning": _meaning(row),
		"what": _what(row),
		"may_decide": waits and who.may_approve and row.requested_by != who.user,
		"is_mine": waits and row.requested_by == who.user,
		"may_put_before": waits,
		"people": names_of({row.requested_by, row.decided_by}),
	}


def _what(row) -> str:
	if row.kind == Kind.RETURN.value:
		return _("Goods back of {0}").format(row.source_name)
	if row.kind == Kind.CREDIT.value:
		return _("Credit of payment {0}").format(row.source_name)
	return _("Credit note {0}").format(row.source_name)


def _meaning(row) -> dict:
	"""``tone``: orange, green, red, gray."""
	of_return = row.kind == Kind.RETURN.value
	text, tone = {
		Status.REQUESTED: (
			_("Waits for another person's approval. Nothing is paid and nothing is booked."),
			"orange",
		),
		Status.DONE: (
			_("Agreed to. The money goes out with the return {0}.").format(cstr(row.return_invoice))
			if of_return
			else _("Paid out and booked."),
			"green",
		),
		Status.REJECTED: (_("Turned down: {0}").format(cstr(row.decision_note)), "red"),
		Status.WITHDRAWN: (_("Taken back by who asked for it."), "gray"),
		Status.CANCELLED: (_("Cancelled: no money went out, or it came back."), "gray"),
	}[Status(row.status)]
	return {"text": text, "tone": tone}
