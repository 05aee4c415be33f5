"""A deal's money as ERPNext's ledger has it, written down once per transaction, whoever changed the books.

Listeners mark invoices, journals and payments as touched; before the commit the deals behind them are read
again. Before delivery the amounts are the worksheet's, and what the customer has paid or deposited so far.
"""

from collections.abc import Iterable

import frappe
from frappe.utils import nowdate

from dealer_pos_crm.dealer_cashier.money import to_float
from dealer_pos_crm.dealer_setup import nightly
from dealer_pos_crm.dealer_setup.touched import Touched
from dealer_pos_crm.dealer_showroom.deals import stages
from dealer_pos_crm.dealer_showroom.deals.deal import DOCTYPE, locked, standing_step, step
from dealer_pos_crm.dealer_showroom.delivery import reading
from dealer_pos_crm.dealer_showroom.delivery.reading import Books
from dealer_pos_crm.domain import funding as rules
from dealer_pos_crm.domain.deal import Stage
from dealer_pos_crm.domain.delivery import Settlement
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused

_ACTING = "dealer_delivery_action"
_TABLES = {
	"Sales Invoice": "select dealer_deal as deal from `tabSales Invoice` where name in %({key})s",
	"Journal Entry": "select dealer_deal as deal from `tabJournal Entry` where name in %({key})s",
	"Payment Entry": """select ifnull(nullif(p.dealer_deal, ''), d.deal) as deal from `tabPayment Entry` p
		left join `tabDeposit` d on d.name = p.dealer_deposit where p.name in %({key})s""",
}
DELIVERED = frozenset({Stage.DELIVERED.value, Stage.FUNDED.value})


# --- Marks of what changed --------------------------------------------------------------------------


def touch(doctype: str, name: str | None) -> None:
	"""Note that the ledger of a document changed; costs no query. Only documents of a deal matter."""
	if name and (doctype in _TABLES or doctype == DOCTYPE):
		_touched.add([(doctype, name)])


def touch_document(doc) -> None:
	"""A document whose deal is known: the deal is touched, and nobody has to look it up."""
	if doc.doctype in ("Sales Invoice", "Journal Entry"):
		_touched.items().discard((doc.doctype, doc.name))
	touch(DOCTYPE, doc.get("dealer_deal"))


def touch_payment(doc) -> None:
	"""A payment of a deal, or of a deposit for one; any other one is no deal's."""
	if doc.get("dealer_deal"):
		touch(DOCTYPE, doc.dealer_deal)
	elif doc.get("dealer_deposit"):
		touch(doc.doctype, doc.name)


def settle() -> None:
	"""At the end of a document's submit or cancel; an action of a deal does so itself, when all is done."""
	if not (frappe.flags.get(_ACTING) or frappe.flags.dealer_deposit_action):
		_touched.settle()


def flush() -> None:
	"""Refresh the deals behind the touched documents. Runs before the commit; may be called earlier."""
	_touched.flush()


def _refresh_behind(documents: Iterable[tuple[str, str]]) -> None:
	for deal in _deals_of(documents):
		refresh(deal)


_touched = Touched("dealer_touched_deals", _refresh_behind)


def _deals_of(documents: Iterable[tuple[str, str]]) -> list[str]:
	documents = list(documents)
	deals = {name for doctype, name in documents if doctype == DOCTYPE}
	queries, values = [], {}
	for number, (doctype, query) in enumerate(_TABLES.items()):
		names = tuple(name for kind, name in documents if kind == doctype)
		if names:
			values[f"n{number}"] = names
			queries.append(query.replace("{key}", f"n{number}"))
	if queries:
		deals |= {row[0] for row in frappe.db.sql(" union ".join(queries), values) if row[0]}
	return sorted(deals)


class acting:
	"""While an action of a deal makes its documents: the deal is read again once, when all is done."""

	def __enter__(self) -> None:
		self.before = frappe.flags.get(_ACTING)
		frappe.flags[_ACTING] = True

	def __exit__(self, *_error: object) -> None:
		frappe.flags[_ACTING] = self.before


def is_acting() -> bool:
	return bool(frappe.flags.get(_ACTING))


# --- What the books say -----------------------------------------------------------------------------


def expected(deal) -> Settlement | None:
	"""How an undelivered deal will be paid, by its approved scenario or else the chosen one, and by the
	money that is there; None while there is no worksheet that can be read."""
	from dealer_pos_crm.dealer_showroom.worksheet import scenarios
	from dealer_pos_crm.dealer_showroom.worksheet.totals import totals

	scenario = scenarios.approved(deal) or scenarios.chosen(deal)
	if scenario is None:
		return None
	try:
		found = totals(scenario)
	except Refused:
		return None
	return Settlement(
		total=found.total,
		equity=found.equity,
		financed=found.financed,
		deposits=reading.held_of(deal),
		paid=reading.books_of(deal, lock=False).unmatched,
	)


def refresh(name: str) -> None:
	"""Read the books for one deal and write down what changed since the last time."""
	deal = locked(name)
	if not deal.currency:
		return
	books = reading.books_of(deal)
	if not books.invoices:
		_write(deal, _before_delivery(deal, books))
		return
	_write(deal, _after_delivery(deal, books))
	if deal.stage in DELIVERED:
		_follow_funding(deal, books)


def _before_delivery(deal, books: Books) -> dict[str, object]:
	sheet = expected(deal)
	held = reading.held_of(deal)
	zero = Money.zero(deal.currency)
	return {
		"total_due": to_float(sheet.total if sheet else zero),
		"trade_equity": to_float(sheet.equity if sheet else zero),
		"financed_amount": to_float(sheet.financed if sheet else zero),
		"deposits_held": to_float(held),
		"paid_amount": to_float(books.unmatched),
		"balance": to_float(sheet.balance if sheet else zero),
		"funding_status": "",
		"funded_amount": 0.0,
		"funding_outstanding": 0.0,
		"funded_on": None,
	}


def _after_delivery(deal, books: Books) -> dict[str, object]:
	standing = deal.stage in DELIVERED
	status = (
		rules.status_of(
			books.transit,
			sent=bool(deal.sent_to_lender_on),
			returned=deal.funding_status == rules.Status.RETURNED.value,
		)
		if standing
		else rules.Status.NONE
	)
	funded = status is rules.Status.FUNDED
	return {
		"total_due": to_float(books.invoiced),
		"trade_equity": to_float(books.equity),
		"financed_amount": to_float(books.financed),
		"deposits_held": to_float(reading.held_of(deal)),
		"paid_amount": to_float(books.paid),
		"balance": to_float(books.balance),
		"funding_status": status.value,
		"funded_amount": to_float(books.lender_paid),
		"funding_outstanding": to_float(books.transit.open),
		"funded_on": (deal.funded_on or nowdate()) if funded else None,
	}


def _write(deal, values: dict[str, object]) -> None:
	changed = {
		field: value for field, value in values.items() if (deal.get(field) or None) != (value or None)
	}
	if changed:
		deal.db_set(changed, notify=True)


# --- Funded, and not any more ------------------------------------------------------------------------


def _follow_funding(deal, books: Books) -> None:
	"""Say once that all the money is in, and that it is not any more; the stage follows.

	A contract is funded when nothing of it is open on the lender. A cash deal is when nothing is open on
	the buyer. The stage is Funded when both are settled.
	"""
	by_lender = books.transit.financed.minor > 0
	settled = books.balance.minor <= 0
	funded = books.transit.open.minor <= 0 if by_lender else settled
	told = standing_step(deal, "deal.funded")
	if funded and not told:
		step(
			deal,
			"deal.funded",
			amount=books.lender_paid if by_lender else books.paid,
			facts={"lender": deal.lender if by_lender else None},
			reverses=None,
		)
	elif told and not funded:
		step(
			deal,
			"deal.funding_reversed",
			amount=books.transit.open if by_lender else books.balance,
			facts={"lender": deal.lender if by_lender else None},
			reverses=told,
		)
	stage = Stage(deal.stage)
	if funded and settled and stage is Stage.DELIVERED:
		stages.enter(deal, Stage.FUNDED, tell=False)
	elif not (funded and settled) and stage is Stage.FUNDED:
		stages.enter(deal, Stage.DELIVERED, tell=False)


# --- Once a day --------------------------------------------------------------------------------------


def check_all_open() -> None:
	"""Read every delivered deal whose money is not all in again, once a day."""
	names = frappe.get_all(DOCTYPE, {"stage": Stage.DELIVERED.value}, pluck="name", order_by="name")
	figures = ["total_due", "paid_amount", "balance", "funded_amount", "funding_outstanding", "stage"]
	nightly.read_again(DOCTYPE, names, refresh, figures)
