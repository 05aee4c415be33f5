"""The one way for what the provider says of a payment to enter: webhook, catch-up, sweep, page and counter.

A fact is stored under the payment's lock and committed; then its money is booked, in transactions of its own.
A process that dies in between leaves a captured payment that is not booked, and the sweep goes on with it.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.card_payments import telling
from dealer_pos_crm.dealer_cashier.gateway.times import site_time
from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_setup.acting import action, on_its_own
from dealer_pos_crm.dealer_setup.refusals import TryAgain
from dealer_pos_crm.domain import card_payment as rules
from dealer_pos_crm.domain.card_payment import Booking, Expected, Known, Status
from dealer_pos_crm.domain.gateway import CardFacts, PaymentFact, SessionFact
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused

DOCTYPE = "Card Payment"


class UnknownPayment(frappe.ValidationError):
	"""The provider has a payment of this site that the site has no row for."""


def observe(account: Any, fact: PaymentFact) -> str | None:
	"""Let a fact enter, and book what was captured. Commits: nothing else may be half done by the caller.

	Returns the Card Payment; None for a payment that is not this site's. What does not fit what was asked
	for is kept on the payment and told to a person, and not booked. Raises ``UnknownPayment``.
	"""
	with on_its_own():
		name = _whose(account, fact)
		if not name:
			return None
		fits = enter(name, account, fact)
		frappe.db.commit()  # nosemgrep - the money is known of from here on, whatever becomes of its booking
		if fits and wants_booking(name):
			book(name)
	return name


def observe_session(account: Any, fact: SessionFact) -> str | None:
	"""The provider's page for a payment, on which nobody has paid yet. Closed, nobody will. Commits."""
	with on_its_own():
		name = frappe.db.get_value(
			DOCTYPE, {"gateway_account": account.name, "session_id": fact.session}, "name"
		)
		if name:
			_enter_session(name, fact)
			frappe.db.commit()  # nosemgrep - as above
	return name


def book(name: str) -> None:
	"""Book a captured payment; while others hold the documents, the sweep does it in a moment."""
	from dealer_pos_crm.dealer_cashier.card_payments import booking

	try:
		booking.book(name)
	except TryAgain:
		frappe.clear_last_message()


@action
def _enter_session(name: str, fact: SessionFact) -> None:
	card = locked(name)
	if fact.open or fact.complete or fact.intent or card.status != Status.WAITING.value:
		card.db_set("seen_at", now_datetime(), update_modified=False)
		return
	card.db_set(
		{"status": Status.EXPIRED.value, "provider_status": "expired", "seen_at": now_datetime()}, notify=True
	)
	follow(card)


def find(account: str, intent: str) -> str | None:
	"""The Card Payment of a payment at the provider."""
	return frappe.db.get_value(DOCTYPE, {"intent_key": intent_key(account, intent)}, "name")


def by_charge(account: str, charge: str) -> str | None:
	"""The Card Payment of a charge at the provider."""
	if not charge:
		return None
	return frappe.db.get_value(DOCTYPE, {"gateway_account": account, "charge_id": charge}, "name")


def intent_key(account: str, intent: str) -> str:
	return f"{account}:{intent}"


def intent_fields(card: Any, intent: str | None) -> dict[str, str]:
	"""What to write when the payment's id at the provider becomes known; nothing when it is known."""
	if not intent or card.intent_id:
		return {}
	return {"intent_id": intent, "intent_key": intent_key(card.gateway_account, intent)}


def locked(name: str) -> Any:
	"""The Card Payment, its row locked; the Pay Request behind it first, as everybody does."""
	request = frappe.db.get_value(DOCTYPE, name, "pay_request")
	if request:
		frappe.db.get_value("Pay Request", request, "name", for_update=True)
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def set_sums(name: str) -> None:
	"""Write what was given back and what is disputed, from the Card Refunds and Dispute Cases. The caller
	holds the payment's lock."""
	currency = frappe.db.get_value(DOCTYPE, name, "currency", for_update=True)
	rows = frappe.db.sql(
		"""select status, sum(amount) as amount from `tabCard Refund` where card_payment = %s
		group by status lock in share mode""",
		name,
		as_dict=True,
	)
	sums = {row.status: rounded(row.amount, currency) for row in rows}
	zero = Money.zero(currency)
	pending = zero
	for status in ("Sending", "Pending", "Needs Action"):
		pending = pending + sums.get(status, zero)
	disputed = frappe.db.sql(
		"""select sum(withdrawn_amount - reinstated_amount) from `tabDispute Case`
		where card_payment = %s lock in share mode""",
		name,
	)[0][0]
	frappe.db.set_value(
		DOCTYPE,
		name,
		{
			"refunded_amount": to_float(sums.get("Refunded", zero)),
			"refund_pending": to_float(pending),
			"disputed_amount": to_float(rounded(disputed, currency)),
		},
		update_modified=False,
	)


def known_of(card: Any) -> Known:
	"""What we hold of a payment, as the rules read it."""
	brand = (card.brand, card.last4, card.wallet, card.method)
	month, _slash, year = cstr(card.expires).partition("/")
	return Known(
		status=Status(card.status),
		authorised=rounded(card.authorised_amount, card.currency),
		captured=rounded(card.captured_amount, card.currency),
		intent=cstr(card.intent_id),
		charge=cstr(card.charge_id),
		fee=rounded(card.fee_amount, card.currency) if card.fee_amount else None,
		capture_before=get_datetime(card.capture_before) if card.capture_before else None,
		captured_at=get_datetime(card.captured_on) if card.captured_on else None,
		decline_code=cstr(card.decline_code),
		decline_message=cstr(card.decline_message),
		provider_status=cstr(card.provider_status),
		receipt_url=cstr(card.receipt_url),
		card=CardFacts(
			cstr(brand[0]),
			cstr(brand[1]),
			int(month) if month.isdigit() else 0,
			int(year) if year.isdigit() else 0,
			cstr(brand[2]),
			cstr(brand[3]),
		),
	)


def expected_of(card: Any) -> Expected:
	return Expected(rounded(card.amount, card.currency), not card.test_mode, card.capture_method == "Manual")


def wants_booking(name: str) -> bool:
	"""Whether the books may take a payment now without a person."""
	card = frappe.get_doc(DOCTYPE, name)
	if Booking(card.booking or "") not in (Booking.NONE, Booking.NOT_BOOKED):
		return False
	return rules.bookable(expected_of(card), known_of(card))


@action
def enter(name: str, account: Any, fact: PaymentFact) -> bool:
	"""Store a fact under the payment's lock. False when it does not fit what was asked for."""
	card = locked(name)
	fact = _in_our_time(fact)
	before = known_of(card)
	try:
		rules.check(expected_of(card), before, fact)
	except Refused as refused:
		_keep_mismatch(card, refused, fact)
		return False
	after = rules.merge(before, fact)
	values = _fields(card, after)
	changed = {
		field: value for field, value in values.items() if (card.get(field) or None) != (value or None)
	}
	if not changed:
		card.db_set("seen_at", now_datetime(), update_modified=False)
		return True
	card.db_set({**changed, "seen_at": now_datetime()}, notify=True)
	telling.changed(card, before, after)
	follow(card)
	return True


def follow(card: Any) -> None:
	"""Tell the Pay Request behind a payment that something about it has changed."""
	if card.pay_request:
		from dealer_pos_crm.dealer_cashier.pay_requests import following

		following.card_payment_changed(card)


def _whose(account: Any, fact: PaymentFact) -> str | None:
	name = find(account.name, fact.intent)
	if name:
		return name
	about = fact.metadata
	if (about.get("site"), about.get("doctype")) != (frappe.local.site, DOCTYPE):
		return None
	name = about.get("name") or ""
	of_account = frappe.db.get_value(DOCTYPE, name, "gateway_account")
	if of_account and of_account != account.name:
		# Another Gateway Account's, with the same account at the provider; it hears of it as well.
		return None
	if not of_account:
		raise UnknownPayment(
			_(
				"The provider has payment {0} for {1}, which is not here. Was the site restored from a backup?"
			).format(fact.intent, about.get("name") or "-")
		)
	return name


def _in_our_time(fact: PaymentFact) -> PaymentFact:
	return replace(
		fact,
		capture_before=_seconds(site_time(fact.capture_before)),
		captured_at=_seconds(site_time(fact.captured_at)),
	)


def _seconds(at: datetime | None) -> datetime | None:
	return at.replace(microsecond=0) if at else None


def _fields(card: Any, known: Known) -> dict[str, object]:
	booking = card.booking
	if known.status is Status.CAPTURED and not booking:
		booking = Booking.NOT_BOOKED.value
	month, year = known.card.exp_month, known.card.exp_year
	return {
		"status": known.status.value,
		"booking": booking,
		"authorised_amount": to_float(known.authorised),
		"captured_amount": to_float(known.captured),
		"charge_id": known.charge,
		"fee_amount": to_float(known.fee) if known.fee is not None else None,
		"capture_before": known.capture_before,
		"captured_on": known.captured_at
		or (now_datetime().replace(microsecond=0) if known.status is Status.CAPTURED else None),
		"decline_code": known.decline_code,
		"decline_message": known.decline_message,
		"provider_status": known.provider_status,
		"receipt_url": known.receipt_url,
		"brand": known.card.brand,
		"last4": known.card.last4,
		"wallet": known.card.wallet,
		"method": known.card.method,
		"expires": f"{month:02d}/{year}" if month and year else "",
		**intent_fields(card, known.intent),
	}


def _keep_mismatch(card: Any, refused: Refused, fact: PaymentFact) -> None:
	"""What does not fit is kept where it is seen; of a wrong amount in the right currency also the amount."""
	note = _(refused.template).format(*refused.values)
	values: dict[str, object] = {"booking_note": note, "seen_at": now_datetime()}
	if refused.code == "amount" and rules.status_of(fact) is Status.CAPTURED and not card.payment_entry:
		values |= {
			"status": Status.CAPTURED.value,
			"booking": Booking.NOT_BOOKED.value,
			"captured_amount": to_float(fact.captured),
			"charge_id": fact.charge,
			"captured_on": fact.captured_at or now_datetime(),
			"provider_status": fact.provider_status,
			**intent_fields(card, fact.intent),
		}
	card.db_set(values, notify=True)
	telling.stuck(card, note)
