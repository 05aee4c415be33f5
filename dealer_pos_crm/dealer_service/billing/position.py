"""Brings a Repair Order in line with ERPNext's books, once per transaction, whoever changed the books.

Listeners mark invoices and journals as touched; before the commit the orders behind them are read again:
what was billed at the counter, what is open of it, whether a bill was taken back.
"""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_cashier.money import shown, to_float
from dealer_pos_crm.dealer_service.billing import reading
from dealer_pos_crm.dealer_service.orders.order import locked, standing_step, step
from dealer_pos_crm.dealer_setup import nightly
from dealer_pos_crm.dealer_setup.touched import Touched
from dealer_pos_crm.domain.billing import Bill, PaymentStatus, Position, bills, payment_status
from dealer_pos_crm.domain.money import total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.repair_order import WORKING, PayType, Status

_ACTING = "dealer_billing_action"
_DOCTYPES = ("Sales Invoice", "Journal Entry")
_ORDER = "Repair Order"


# --- Marks of what changed --------------------------------------------------------------------------


def touch(doctype: str, name: str | None) -> None:
	"""Note that the ledger of a document changed; costs no query. Only bills of an order matter."""
	if name and doctype in (*_DOCTYPES, _ORDER):
		_touched.add([(doctype, name)])


def touch_document(doc) -> None:
	"""A document whose order is known: the order is touched, and nobody has to look it up."""
	_touched.items().discard((doc.doctype, doc.name))
	touch(_ORDER, doc.get("dealer_repair_order"))


def settle() -> None:
	"""At the end of a document's submit or cancel; an action of an order does so itself, when all is done."""
	if not (frappe.flags.get(_ACTING) or frappe.flags.dealer_deposit_action):
		_touched.settle()


def flush() -> None:
	"""Refresh the orders behind the touched documents. Runs before the commit; may be called earlier."""
	_touched.flush()


def _refresh_behind(documents: Iterable[tuple[str, str]]) -> None:
	for order in _orders_of(documents):
		refresh(order)


_touched = Touched("dealer_touched_bills", _refresh_behind)


def _orders_of(documents: Iterable[tuple[str, str]]) -> list[str]:
	orders = {name for doctype, name in documents if doctype == _ORDER}
	queries, values = [], {}
	for doctype, table, key in (
		("Sales Invoice", "tabSales Invoice", "invoices"),
		("Journal Entry", "tabJournal Entry", "journals"),
	):
		names = tuple(name for kind, name in documents if kind == doctype)
		if names:
			values[key] = names
			queries.append(
				f"select dealer_repair_order from `{table}` where name in %({key})s and dealer_repair_order != ''"
			)
	if queries:
		orders |= {row[0] for row in frappe.db.sql(" union ".join(queries), values)}
	return sorted(orders)


class acting:
	"""While an action of an order makes its documents: the order is read again once, when all is done."""

	def __enter__(self) -> None:
		self.before = frappe.flags.get(_ACTING)
		frappe.flags[_ACTING] = True

	def __exit__(self, *_error: object) -> None:
		frappe.flags[_ACTING] = self.before


# --- What the books say -----------------------------------------------------------------------------


def at_the_counter(order, documents: reading.Documents) -> Position:
	"""What the order's customer, and others it is billed to, owe before the car leaves. An insurer and a
	manufacturer pay later; the deductible of an insurer's bill is owed at the counter."""
	mine = [
		(invoice.amount, invoice.open) for invoice in documents.invoices if is_counter_share(order, invoice)
	] + [(deductible.amount, deductible.open) for deductible in documents.deductibles]
	return Position(
		invoiced=total((amount for amount, _open in mine), order.currency),
		outstanding=total((open_amount for _amount, open_amount in mine), order.currency),
	)


def is_counter_share(order, invoice: reading.Invoice) -> bool:
	return invoice.pay_type is PayType.CUSTOMER and (not order.insurer or invoice.payer != order.insurer)


def unbilled(order, documents: reading.Documents) -> list[Bill]:
	"""The bills that no standing document makes. Raises ``Refused`` where they cannot be told."""
	by_hand = {
		(invoice.pay_type, invoice.payer)
		for invoice in documents.invoices
		if invoice.name in documents.unmarked
	}
	return [
		bill
		for bill in bills(reading.works_of(order), reading.payers_of(order), order.currency, documents.jobs)
		if (bill.pay_type, bill.payer) not in by_hand
	]


def refresh(name: str, *, invoiced_by: str | None = None) -> PaymentStatus:
	"""Read the books for one order and write down what changed since the last time.

	``invoiced_by`` is the occasion of the action that has just billed it.
	"""
	order = locked(name)
	documents = _without_idle_deductibles(order, reading.documents_of(order))
	position = at_the_counter(order, documents)
	rest = _rest(order, documents)
	_follow_status(order, documents, rest, invoiced_by)
	status = payment_status(position, billed=documents.any or _nothing_to_bill(order, rest))
	_write(
		order,
		{
			"payment_status": status.value,
			"invoiced_total": to_float(position.invoiced),
			"paid_total": to_float(position.paid),
			"outstanding": to_float(position.outstanding),
		},
	)
	_tell_paid(order, status, position)
	_follow_claims(order, documents)
	return status


def _rest(order, documents: reading.Documents) -> list[Bill] | None:
	"""What is not billed; None where the order is not ready to say."""
	try:
		return unbilled(order, documents)
	except Refused:
		return None


def _nothing_to_bill(order, rest: list[Bill] | None) -> bool:
	return rest == [] and Status(order.status) in (Status.INVOICED, Status.CLOSED)


def _without_idle_deductibles(order, documents: reading.Documents) -> reading.Documents:
	"""A deductible of an invoice that was credited in full is owed no more."""
	standing = {invoice.name for invoice in documents.invoices if invoice.stands}
	idle = [row.name for row in documents.deductibles if row.invoice not in standing]
	for name in idle:
		cancel_journal(name)
	return reading.documents_of(order) if idle else documents


def cancel_journal(name: str) -> None:
	journal = frappe.get_doc("Journal Entry", name)
	if journal.docstatus == 1:
		journal.flags.ignore_permissions = True  # it stands and falls with the invoice
		with acting():
			journal.cancel()


def _write(order, values: dict) -> None:
	changed = {field: value for field, value in values.items() if order.get(field) != value}
	if changed:
		order.db_set(changed, notify=True)


def _follow_status(
	order, documents: reading.Documents, rest: list[Bill] | None, invoiced_by: str | None
) -> None:
	status = Status(order.status)
	taken_back = bool(rest) or (rest is None and not documents.any)
	if status in (Status.INVOICED, Status.CLOSED) and taken_back:
		_reopen(order, status, documents)
	elif rest == [] and ((invoiced_by and status in WORKING) or (status is Status.READY and documents.any)):
		_become_invoiced(order, status, documents, invoiced_by)


def _become_invoiced(order, status: Status, documents: reading.Documents, invoiced_by: str | None) -> None:
	now = now_datetime().replace(microsecond=0)
	_write(order, {"status": Status.INVOICED.value, "status_since": now, "invoiced_at": now})
	position = at_the_counter(order, documents)
	step(
		order,
		"ro.invoiced",
		amount=position.invoiced,
		facts={"from": status.value, "to": Status.INVOICED.value},
		occasion=invoiced_by,
	)


def _reopen(order, status: Status, documents: reading.Documents) -> None:
	"""A bill was cancelled, or credited in full: its work is not billed any more."""
	_write(
		order,
		{
			"status": Status.READY.value,
			"status_since": now_datetime().replace(microsecond=0),
			"invoiced_at": None,
			"closed_at": None,
			**dict.fromkeys(("next_service", "next_service_on", "next_service_basis")),
		},
	)
	invoiced = standing_step(order.name, "ro.invoiced")
	closed = standing_step(order.name, "ro.closed") if status is Status.CLOSED else None
	step(
		order,
		"ro.reopened",
		reason=_("Its invoice was cancelled or credited"),
		facts={"from": status.value, "to": Status.READY.value},
		reverses=closed or invoiced,
	)
	if closed and invoiced:  # each step is undone by one of its own
		step(
			order,
			"ro.status_changed",
			facts={"from": Status.INVOICED.value, "to": Status.READY.value},
			reverses=invoiced,
		)


def _tell_paid(order, status: PaymentStatus, position: Position) -> None:
	"""Say once that it is paid; and that it is not any more."""
	paid = status is PaymentStatus.PAID and position.invoiced.minor > 0
	told = standing_step(order.name, "ro.paid")
	if paid and not told:
		step(order, "ro.paid", amount=position.paid)
	elif told and not paid:
		step(
			order,
			"ro.status_changed",
			title=_("Repair order {0} not paid any more: {1} open").format(
				order.name, shown(position.outstanding)
			),
			amount=position.outstanding,
			facts={"from": PaymentStatus.PAID.value, "to": status.value},
			reverses=told,
		)


def _follow_claims(order, documents: reading.Documents) -> None:
	from dealer_pos_crm.dealer_service.billing import claims

	claims.follow(order, documents)


def check_all_open() -> None:
	"""Read every invoiced order that is not paid again, once a day."""
	names = frappe.get_all(
		_ORDER,
		{"status": ("in", [Status.INVOICED.value, Status.CLOSED.value]), "payment_status": ("!=", "Paid")},
		pluck="name",
		order_by="name",
	)
	nightly.read_again(_ORDER, names, refresh, ["invoiced_total", "paid_total", "outstanding", "status"])
