"""Collecting at the counter: what a person takes for several documents at once, under one receipt number.

One client key is one receipt, whoever asks again. Without a card all of it is booked at once or nothing. With
cards the receipt begins as Collecting: a card is charged first and booked at once against what the receipt chose
for it; the rest is booked by ``finish``. What was begun can be finished, paid in another way, or given up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, now_datetime

from dealer_pos_crm.dealer_cashier.deposits.taking import check_customer
from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, to_float, to_money
from dealer_pos_crm.dealer_counter import requests
from dealer_pos_crm.dealer_counter.cash_reports import guard as cash_guard
from dealer_pos_crm.dealer_counter.collecting import booking, cards, dues, overview, reach, writing
from dealer_pos_crm.dealer_counter.collecting import tenders as reading
from dealer_pos_crm.dealer_counter.shifts import stamping
from dealer_pos_crm.dealer_setup.acting import action, need_key, once
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain import collection as rules
from dealer_pos_crm.domain.collection import Line, Status, Way
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.reasons import check_reason
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPE = "Counter Receipt"
COLLECTING = Status.COLLECTING.value


class OtherRequest(frappe.ValidationError):
	"""The client key belongs to another request."""


@dataclass(frozen=True)
class Request:
	"""What is to be collected. ``lines`` reads under the locks of ``about`` what is paid; ``same`` is what two
	requests with one key must have in common."""

	customer: str
	company: str
	tenders: Sequence[dict]
	client_key: str
	lines: Callable[[], list[Line]]
	about: reach.About
	same: str
	keep_rest: bool = False


def collect(
	customer: str,
	company: str,
	lines: Sequence[dict],
	tenders: Sequence[dict],
	client_key: str,
	*,
	keep_rest: bool = False,
) -> dict:
	"""Take money of a customer for documents. ``lines``: [{doctype, name, amount}]; ``tenders``: see
	``tenders.read``; amounts in major units of the company's currency. More than the lines is taken only with
	``keep_rest``, and becomes the customer's credit.

	Returns ``overview.state``. With a card among the tenders it is put on its reader, and the state is Collecting.
	"""
	settings_of(company)
	begun = take(request_of(customer, company, lines, tenders, client_key, keep_rest=keep_rest))
	if begun["status"] == COLLECTING:
		return go_on(begun["receipt"], repeated=begun["repeated"])
	return {**overview.state(begun["receipt"]), "repeated": begun["repeated"]}


def request_of(
	customer: str,
	company: str,
	lines: Sequence[dict],
	tenders: Sequence[dict],
	client_key: str,
	*,
	keep_rest: bool,
) -> Request:
	currency = company_currency(company)
	with explained():
		wanted = reading.wanted_lines(lines, currency)
	documents = [document for document, _amount in wanted]

	def lines_now() -> list[Line]:
		payables = dues.payable_of(customer, company, only=documents, lock=True)
		return rules.lines_of(wanted, payables)

	return Request(
		customer,
		company,
		tenders,
		client_key,
		lines_now,
		about_of(customer, company, documents, tenders),
		reading.request_hash(customer, company, lines, tenders, bool(keep_rest)),
		bool(keep_rest),
	)


def about_of(
	customer: str, company: str, documents: Sequence[tuple[str, str]], rows: Sequence[dict]
) -> reach.About:
	"""What a request's lines and tenders name."""
	credits = [row for row in rows if row.get("way") == Way.CREDIT.value]
	any_credit = any(not row.get("credit_of") for row in credits)
	return reach.About(
		documents=documents,
		deposits=[cstr(row.get("deposit")) for row in rows if row.get("deposit")],
		credits=[cstr(row.get("credit_of")) for row in credits if row.get("credit_of")],
		all_credits_of=(customer, company) if any_credit else None,
	)


@once
def take(request: Request) -> dict:
	"""The receipt of a request, made now or before: ``{"receipt", "status", "repeated"}``. In a transaction that
	begins here, or as a part of the caller's action. Cards are not put on a reader yet."""
	need_key(request.client_key)
	known = _known(request)
	if known:
		return known
	shift = _lock(request.company, [request.about])
	known = _known(request)  # the same request of another window, while this one waited for it
	if known:
		return known
	requests.claim(request.client_key)
	with explained():
		check_customer(request.customer)
		lines = request.lines()
		receipt = writing.new(
			request.customer, request.company, lines, shift, request.client_key, request.same
		)
		writing.add_tenders(receipt, request.tenders, lines, [*range(1, len(lines) + 1)], request.keep_rest)
		cash_guard.check_receipt(receipt)
		writing.insert(receipt)
		_book_without_card(receipt)
	return {"receipt": receipt.name, "status": receipt.status, "repeated": False}


def _lock(company: str, abouts: Sequence[reach.About], receipt: str | None = None) -> str | None:
	"""Everything in everybody's order: shift, receipt, documents. Returns the shift of whoever stands here.

	All that is found without a lock is found before, in a transaction of its own: the first such reading of a
	transaction fixes what all later ones see, and whoever had to wait must see what the other one committed.
	"""
	shift = stamping.current(company=company)
	found = [reach.of(about) for about in abouts]
	if not frappe.db.transaction_writes:
		frappe.db.rollback()
	if shift:
		stamping.check_open(stamping.locked(shift))
	if receipt:
		frappe.db.get_value(DOCTYPE, receipt, "name", for_update=True)
	for one in found:
		reach.lock(one)
	return shift


def _known(request: Request) -> dict | None:
	row = frappe.db.get_value(
		DOCTYPE, {"client_key": request.client_key}, ["name", "status", "request_hash"], as_dict=True
	)
	if not row:
		return None
	if row.request_hash != request.same:
		frappe.throw(
			_("This request has the key of another one ({0}). Reload the page and try again").format(
				row.name
			),
			OtherRequest,
		)
	return {"receipt": row.name, "status": row.status, "repeated": True}


def _book_without_card(receipt: Any) -> None:
	if not any(row.way == Way.CARD.value and row.state == booking.WAITING for row in receipt.tenders):
		booking.book_waiting(receipt)


# --- With cards ---------------------------------------------------------------------------------------


def go_on(name: str, *, repeated: bool = False) -> dict:
	"""Put the next card of a receipt on its reader, as far as the line allows. Commits. Returns the state; why
	a card could not be put there is its ``card_problem``."""
	frappe.db.commit()  # nosemgrep - the receipt stands before the provider is asked for money
	problem = cards.begin(name)
	return {**overview.state(name), "card_problem": problem, "repeated": repeated}


def finish(name: str) -> dict:
	"""Book the rest of a receipt whose cards were charged; while one is not, its state says so."""
	cards.look(name)
	if cards.next_row(frappe.get_doc(DOCTYPE, name)):
		return go_on(name)
	_finish(name)
	return overview.state(name)


@action
def _finish(name: str) -> None:
	receipt, repeated = _alone_with(name)
	if repeated or cards.next_row(receipt):
		return
	with explained():
		_check_still_open(receipt)
		booking.book_waiting(receipt)


def _alone_with(name: str, more: reach.About | None = None) -> tuple[Any, bool]:
	"""The receipt and all it touches, locked; and whether it is over already."""
	kept = frappe.get_doc(DOCTYPE, name)
	_lock(kept.company, [cards.about(kept), *([more] if more else [])], name)
	receipt = frappe.get_doc(DOCTYPE, name)
	receipt.flags.of_the_counter = True
	return receipt, receipt.status != COLLECTING


def _check_still_open(receipt: Any) -> None:
	"""What still waits must still be open. Raises ``Refused``."""
	wanted: dict[tuple[str, str], Any] = {}
	for row in receipt.tenders:
		if row.state == booking.WAITING:
			for line, amount in booking.parts_of(receipt, row):
				document = (line.reference_doctype, line.reference_name)
				wanted[document] = wanted[document] + amount if document in wanted else amount
	payables = dues.payable_of(receipt.customer, receipt.company, only=list(wanted), lock=True)
	rules.lines_of(list(wanted.items()), payables)


def replace(name: str, tenders: Sequence[dict], *, keep_rest: bool = False) -> dict:
	"""Pay what is not booked yet in another way, after a card was declined or the customer thinks again. A card
	that is on a reader is taken off it first; one that was charged meanwhile is booked, and the rest is less."""
	cards.end(name)
	_replace(name, tenders, keep_rest)
	if frappe.db.get_value(DOCTYPE, name, "status") == COLLECTING:
		return go_on(name)
	return overview.state(name)


@action
def _replace(name: str, rows: Sequence[dict], keep_rest: bool) -> None:
	customer, company = frappe.db.get_value(DOCTYPE, name, ["customer", "company"])
	receipt, over = _alone_with(name, about_of(customer, company, [], rows))
	if over:
		return
	with explained():
		cards.check_over(receipt)
		rest = [
			(line, rounded(line.amount, receipt.currency) - rounded(line.paid_so_far, receipt.currency))
			for line in receipt.lines
		]
		rest = [(line, amount) for line, amount in rest if amount.minor > 0]
		wanted = [((line.reference_doctype, line.reference_name), amount) for line, amount in rest]
		payables = dues.payable_of(
			customer, company, only=[document for document, _amount in wanted], lock=True
		)
		lines = rules.lines_of(wanted, payables)
		for row in receipt.tenders:
			if row.state == booking.WAITING:
				row.state = booking.FAILED
		writing.add_tenders(receipt, rows, lines, [line.idx for line, _amount in rest], keep_rest)
		receipt.save(ignore_permissions=True)
		_book_without_card(receipt)


def give_up(name: str, reason: str | None) -> dict:
	"""Take no more money for this receipt. What a card paid stays booked, and the receipt stands for that."""
	with explained():
		reason = check_reason(reason)
	cards.end(name)
	_give_up(name, reason)
	return overview.state(name)


@action
def _give_up(name: str, reason: str) -> None:
	receipt, over = _alone_with(name)
	if over:
		return
	with explained():
		cards.check_over(receipt)
	left = [row for row in receipt.tenders if row.state == booking.WAITING]
	for row in left:
		row.db_set("state", booking.FAILED, update_modified=False)
	receipt.db_set(
		"note",
		_("Given up by {0} on {1}: {2}").format(
			frappe.session.user, frappe.format(now_datetime(), "Datetime"), reason
		),
	)
	booking.settle(receipt)


def payments_of(name: str) -> list[str]:
	"""The Payment Entries that were made under a receipt, in their order; cancelled ones among them."""
	return frappe.get_all(
		"Payment Entry",
		{"dealer_counter_receipt": name, "docstatus": (">", 0)},
		pluck="name",
		order_by="creation, name",
	)


# --- Afterwards ---------------------------------------------------------------------------------------


def state(name: str) -> dict:
	"""All that a screen shows of a receipt. Reads no provider; ``look`` does."""
	return overview.state(name)


def look(name: str) -> dict:
	"""Read the cards of an unfinished receipt at the provider, and say how it stands."""
	cards.look(name)
	return overview.state(name)


def find(client_key: str) -> dict | None:
	"""The receipt that was begun with this key, wherever it stands; None when there is none."""
	name = frappe.db.get_value(DOCTYPE, {"client_key": client_key}, "name")
	return {**overview.state(name), "repeated": True} if name else None


def unfinished(
	*,
	user: str | None = None,
	customer: str | None = None,
	shift: str | None = None,
	company: str | None = None,
) -> list[dict]:
	"""Receipts that were begun and are not over, the oldest first."""
	filters = {
		"status": COLLECTING,
		"taken_by": user,
		"customer": customer,
		"shift": shift,
		"company": company,
	}
	return frappe.get_all(
		DOCTYPE,
		{field: value for field, value in filters.items() if value},
		["name", "customer", "customer_name", "amount", "currency", "creation as at", "taken_by", "shift"],
		order_by="creation, name",
	)


def reversed(payment: Any) -> None:
	"""A payment of a receipt was cancelled, or its check came back: the receipt says so. No statement where
	there is no receipt."""
	name = payment.get("dealer_counter_receipt")
	if not name:
		return
	receipt = frappe.get_doc(DOCTYPE, name, for_update=True)
	cancelled = dict(
		frappe.get_all(
			"Payment Entry",
			{"dealer_counter_receipt": name, "payment_type": "Receive"},
			["name", "paid_amount"],
			or_filters={"docstatus": 2, "dealer_returned_check": ("is", "set")},
			as_list=True,
			order_by="name",
		)
	)
	cancelled[payment.name] = payment.paid_amount
	for row in receipt.tenders:
		entries = cstr(row.payment_entries).split()
		if row.state == booking.BOOKED and entries and all(entry in cancelled for entry in entries):
			row.db_set("state", booking.REVERSED, update_modified=False)
	gone = total((rounded(amount, receipt.currency) for amount in cancelled.values()), receipt.currency)
	values: dict[str, object] = {"reversed_amount": to_float(gone)}
	if receipt.status not in (COLLECTING, Status.GIVEN_UP.value):
		booked = rounded(receipt.amount, receipt.currency)
		values["status"] = rules.status_after(booked, gone).value
	receipt.db_set(values, notify=True)


def sum_of(rows: Sequence[dict], currency: str) -> Money:
	"""What tenders add up to whose amounts are all said. Raises ``Refused``."""
	if not rows:
		raise Refused("no_tender", marked("Say how it is paid: add a mode of payment"))
	return total((to_money(row.get("amount"), currency) for row in rows), currency)
