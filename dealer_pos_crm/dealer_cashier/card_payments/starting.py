"""Beginning a card payment: the row, and the call that makes it known at the provider's."""

from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import cstr, now_datetime

from dealer_pos_crm.dealer_cashier.card_payments.subjects import Owed
from dealer_pos_crm.dealer_cashier.gateway import accounts, outbox
from dealer_pos_crm.dealer_cashier.gateway.outbox import Operation
from dealer_pos_crm.dealer_cashier.gateway.times import site_time, utc_time
from dealer_pos_crm.dealer_cashier.money import company_currency, to_float
from dealer_pos_crm.dealer_counter.shifts import stamping
from dealer_pos_crm.domain.card_payment import Status
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.gateways.errors import Rejected

DOCTYPE = "Card Payment"
ONLINE = "Online"
IN_PERSON = "In Person"
SESSION_LIFE = timedelta(hours=1)  # the provider allows 30 minutes to 24 hours

_SESSION = "Checkout Session"
_PAYMENT = "Payment"


def start(
	*,
	account: str,
	channel: str,
	owed: Owed,
	amount: Money,
	pay_request: str | None = None,
	reader: str | None = None,
	capture: str = "automatic",
	client_key: str,
	success_url: str | None = None,
	cancel_url: str | None = None,
):
	"""Write down a card payment that begins now, and the call for it, in the caller's transaction.

	The caller holds the lock of the Pay Request when there is one. ``capture``: automatic, or manual for a
	hold. Online needs both addresses. Returns the Card Payment (Waiting); ``call`` makes the call after. The
	same client key gives the same payment. Raises ``Refused``.
	"""
	known = frappe.db.get_value(DOCTYPE, {"client_key": client_key}, "name", for_update=True)
	if known:
		return frappe.get_doc(DOCTYPE, known, for_update=True)
	owed.check(amount)
	gateway = _account(account, owed.company)
	card = frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"customer": owed.customer,
			"customer_name": frappe.db.get_value("Customer", owed.customer, "customer_name"),
			"payer": owed.customer,
			"what": cstr(owed.what)[:140],
			"amount": to_float(amount),
			"currency": amount.currency,
			"status": Status.WAITING.value,
			"channel": channel,
			"company": owed.company,
			"gateway_account": account,
			"test_mode": int(gateway.mode != "Live"),
			"capture_method": "Manual" if capture == "manual" else "Automatic",
			"for_doctype": owed.doctype or None,
			"for_name": owed.name or None,
			"pay_request": pay_request,
			"card_reader": reader,
			"shift": stamping.current(company=owed.company) if channel == IN_PERSON else None,
			"requested_by": _asked_by(pay_request),
			"department": owed.department,
			"deposit": owed.deposit,
			"deal": owed.deal,
			"repair_order": owed.repair_order,
			"vehicle": owed.vehicle,
			"client_key": client_key,
		}
	)
	card.flags.of_the_house = True
	card.insert(ignore_permissions=True)  # the right to take money was checked where it begins
	values = {
		"minor": amount.minor,
		"currency": amount.currency,
		"what": card.what,
		"capture": capture,
		"live": gateway.mode == "Live",
		"metadata": metadata(card.name),
	}
	if channel == ONLINE:
		values |= {
			"success_url": success_url,
			"cancel_url": cancel_url,
			"expires_at": utc_time(now_datetime() + SESSION_LIFE).isoformat(timespec="seconds"),
		}
	outbox.plan(
		account,
		_SESSION if channel == ONLINE else _PAYMENT,
		about=(DOCTYPE, card.name),
		amount=amount,
		values=values,
	)
	return card


def call(card_name: str) -> dict:
	"""Make the payment known at the provider's: commits, calls, stores. Returns ``{"status", "id", ...}``; of
	an online payment the card's ``session_url`` is where the customer pays. Raises what ``outbox.run`` does."""
	attempt = attempt_of(card_name)
	if not attempt:
		frappe.throw(_("{0} was never begun at the provider's").format(card_name))
	return outbox.run(attempt)


def attempt_of(card_name: str) -> str | None:
	"""The call that began a payment."""
	return frappe.db.get_value(
		outbox.DOCTYPE,
		{"about_doctype": DOCTYPE, "about_name": card_name, "operation": ("in", (_SESSION, _PAYMENT))},
		"name",
		order_by="name desc",
	)


def metadata(card_name: str) -> dict[str, str]:
	"""By what a payment at the provider's is known to be ours; no personal data."""
	return {"site": frappe.local.site, "doctype": DOCTYPE, "name": card_name}


def _account(account: str, company: str):
	row = frappe.db.get_value(
		"Gateway Account", account, ["name", "title", "company", "enabled", "mode", "currency"], as_dict=True
	)
	if not row or not row.enabled:
		raise Refused("account_off", marked("Card payments are switched off; take cash or a check"))
	if row.company != company:
		raise Refused("other_company", marked("{0} takes cards for {1} only"), row.title, row.company)
	currency = company_currency(company)
	if row.currency and row.currency != currency:
		raise Refused(
			"currency",
			marked("{0} is paid out in {1}, the company keeps its books in {2}"),
			row.title,
			row.currency,
			currency,
		)
	if lacking := accounts.lacking(account):
		raise Refused(
			"not_set_up",
			marked("{0} lacks {1}. Open it and choose Set Up Card Accounting"),
			row.title,
			", ".join(lacking),
		)
	return row


def _asked_by(pay_request: str | None) -> str:
	"""Whose matter the payment is: who sent the request, else who stands at the counter."""
	asked = pay_request and frappe.db.get_value("Pay Request", pay_request, "requested_by")
	return asked or frappe.session.user


# --- The calls ---------------------------------------------------------------------------------------


def _amount(values: dict) -> Money:
	return Money(values["minor"], values["currency"])


def _right_mode(live: bool, values: dict) -> None:
	if live != values["live"]:
		raise Rejected(_("The key is for {0}").format(_("live payments") if live else _("tests")), "livemode")


def _create_session(gateway, attempt, values: dict) -> dict:
	fact = gateway.create_session(
		key=attempt.idempotency_key,
		amount=_amount(values),
		what=values["what"],
		success_url=values["success_url"],
		cancel_url=values["cancel_url"],
		expires_at=datetime.fromisoformat(values["expires_at"]),
		metadata=values["metadata"],
		capture=values["capture"],
	)
	_right_mode(fact.live, values)
	return {
		"id": fact.session,
		"url": fact.url,
		"intent": fact.intent,
		"expires_at": fact.expires_at.isoformat() if fact.expires_at else None,
	}


def _session_made(attempt, result: dict) -> None:
	from dealer_pos_crm.dealer_cashier.card_payments import payment

	card = payment.locked(attempt.about_name)
	expires = result.get("expires_at")
	card.db_set(
		{
			"session_id": result["id"],
			"session_url": result["url"],
			"session_expires_at": site_time(datetime.fromisoformat(expires)) if expires else None,
			**payment.intent_fields(card, result.get("intent")),
		},
		notify=True,
	)
	if card.pay_request:
		from dealer_pos_crm.dealer_cashier.pay_requests import sessions

		sessions.opened(card)


def _create_payment(gateway, attempt, values: dict) -> dict:
	fact = gateway.create_payment(
		key=attempt.idempotency_key,
		amount=_amount(values),
		metadata=values["metadata"],
		what=values["what"],
		in_person=True,
		capture=values["capture"],
	)
	_right_mode(fact.live, values)
	return {"id": fact.intent}


def _find_payment(gateway, attempt, values: dict) -> dict | None:
	found = gateway.find_payments(values["metadata"])
	return {"id": found[0].intent} if found else None


def _payment_made(attempt, result: dict) -> None:
	from dealer_pos_crm.dealer_cashier.card_payments import payment

	card = payment.locked(attempt.about_name)
	card.db_set(payment.intent_fields(card, result["id"]), notify=True)


def _not_begun(attempt, error: Exception | None) -> None:
	"""The provider would not even begin: nobody can pay this any more."""
	from dealer_pos_crm.dealer_cashier.card_payments import payment

	card = payment.locked(attempt.about_name)
	if card.status == Status.WAITING.value:
		text = getattr(error, "message", "") or _("The provider refused to begin this payment")
		card.db_set({"status": Status.FAILED.value, "decline_message": text}, notify=True)


# A page that nobody was sent to, and a payment that no card was read for, cost nobody anything.
CHECKOUT_SESSION = Operation(
	call=_create_session, on_done=_session_made, on_refused=_not_begun, harmless=True
)
PAYMENT = Operation(
	call=_create_payment, search=_find_payment, on_done=_payment_made, on_refused=_not_begun, harmless=True
)
