"""Refunds that somebody made at the provider's own site: found, booked as well as they can be, and told.

The money is gone whatever our rules would have said, so nothing here refuses; what cannot be placed is booked
on the customer's account, and a person looks at it.
"""

import frappe
from frappe import _
from frappe.utils import cstr, now_datetime

from dealer_pos_crm.dealer_cashier import refunding
from dealer_pos_crm.dealer_cashier.card_refunds import booking, following, sources, telling
from dealer_pos_crm.dealer_cashier.card_refunds.sources import Place
from dealer_pos_crm.dealer_cashier.money import to_money
from dealer_pos_crm.dealer_setup.acting import on_behalf_of
from dealer_pos_crm.dealer_setup.notices import notify
from dealer_pos_crm.domain.card_refund import COUNTS, Source, Status, pick, status_of
from dealer_pos_crm.domain.gateway import RefundFact
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused


def take_in(account, card, fact: RefundFact):
	"""The row of a refund that is not ours, booked where its money was. Under the lock of the card payment."""
	status = status_of(fact.state)
	refund = booking.new_row(
		card,
		fact.amount,
		_("Refunded at the provider's own site"),
		outside=1,
		status=status.value,
		requested_by=account.responsible or frappe.session.user,
		refund_id=fact.refund,
		refund_key=following.key_of(account, fact.refund),
		provider_status=fact.provider_status,
		arn=fact.reference,
		failure=following.reason_of(fact) if status is Status.FAILED else None,
		settled_on=now_datetime() if status in (Status.REFUNDED, Status.FAILED) else None,
		seen_at=now_datetime(),
	)
	booking.keep(refund)
	if status in COUNTS:
		book(account, card, refund)
	return refund


def book(account, card, refund) -> bool:
	"""Book a refund that was made outside; tell the responsible person what they should know of it. Whether
	it is in the books now."""
	amount = to_money(refund.amount, refund.currency)
	problem, source = None, Source.NONE
	if refund.currency != frappe.get_cached_value("Company", card.company, "default_currency"):
		problem = _("it is in {0}").format(refund.currency)
	else:
		messages = len(frappe.local.message_log)
		frappe.db.savepoint("dealer_refund_outside")
		try:
			with on_behalf_of(account.responsible):
				source = _booked(card, refund, amount)
		except (frappe.ValidationError, frappe.PermissionError, Refused) as error:
			frappe.db.rollback(save_point="dealer_refund_outside")
			refund.payment_entry = None
			problem = frappe.utils.strip_html(cstr(error)) or type(error).__name__
		finally:
			del frappe.local.message_log[messages:]
	booking.keep(refund)
	_tell(account, card, refund, source, problem)
	return problem is None


def _booked(card, refund, amount: Money) -> Source:
	books = sources.of(card)
	receipts = {row.name: row for row in sources.receipts_of(card.name)}
	if not receipts:
		frappe.throw(_("{0} itself is not in the books").format(card.name))
	held = books.of(Source.DEPOSIT)
	free = books.of(Source.CREDIT)
	zero = Money.zero(refund.currency)
	source, document = pick(
		amount,
		max((place.amount for place in held), key=lambda money: money.minor, default=zero),
		max((place.amount for place in free), key=lambda money: money.minor, default=zero),
		[(place.document, place.amount) for place in books.of(Source.CREDIT_NOTE)],
	)
	place = _place(books.places, source, document, amount)
	receipt = receipts[place.receipt] if place else next(iter(receipts.values()))
	if source is Source.DEPOSIT:
		_from_deposit(card, refund, place, amount)
		return source
	payment = booking.pay_entry(card, refund, place, receipt)
	payment.flags.ignore_permissions = True  # the money is gone; it only has to be written down
	booking.enter(card, refund, payment, place)
	return source


def _place(places: tuple[Place, ...], source: Source, document: str, amount: Money) -> Place | None:
	return next(
		(
			place
			for place in places
			if place.source is source and place.amount >= amount and document in ("", place.document)
		),
		None,
	)


def _from_deposit(card, refund, place: Place, amount: Money) -> None:
	from dealer_pos_crm.dealer_cashier.card_refunds import deposits

	deposits.book_outside(card, refund, place, amount)


def _tell(account, card, refund, source: Source, problem: str | None) -> None:
	amount = refunding.amount_of(refund)
	if problem:
		text = _("{0} of {1} was refunded at the provider's own site and is not in the books: {2}")
		text = text.format(amount, card.name, problem)
	elif source is Source.NONE:
		text = _(
			"{0} of {1} was refunded at the provider's own site. Nothing of it was free, so the customer owes it:"
			" make a credit note for what it had paid, or ask for the money again"
		).format(amount, card.name)
	else:
		text = _(
			"{0} of {1} was refunded at the provider's own site. It is booked; look whether that is right"
		)
		text = text.format(amount, card.name)
	if problem or source is Source.NONE:
		telling.task(account.name, refund, _("A refund made outside: {0}").format(amount), text)
	else:
		notify([account.responsible], text, refund)
