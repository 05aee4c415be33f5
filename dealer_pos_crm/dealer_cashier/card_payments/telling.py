"""What happens to a card payment, told to the spine and to the person who looks after it."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier import log
from dealer_pos_crm.dealer_cashier.gateway import failures
from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.domain.card_payment import Known, Status
from dealer_pos_crm.domain.money import Money

DOCTYPE = "Card Payment"

_OF_A_HOLD = {
	Status.AUTHORISED: "authorisation.placed",
	Status.CAPTURED: "authorisation.captured",
	Status.CANCELLED: "authorisation.released",
	Status.EXPIRED: "authorisation.expired",
}


def changed(card: Any, before: Known, after: Known) -> None:
	"""A fact has moved the payment on. ``card`` has the new values."""
	if after.status is before.status:
		if after.status is not Status.FAILED or after.decline_code == before.decline_code:
			return
	if after.status is Status.FAILED:
		_declined(card, after)
	elif card.capture_method == "Manual" and (before.authorised or after.authorised):
		_hold(card, after)


def _declined(card: Any, after: Known) -> None:
	write(
		card,
		"payment.failed",
		_("Card payment of {0} declined").format(shown(rounded(card.amount, card.currency))),
		amount=rounded(card.amount, card.currency),
		reason=after.decline_message or after.decline_code,
		occasion=f"payment.failed|{card.name}|{after.decline_code}",
	)


def _hold(card: Any, after: Known) -> None:
	kind = _OF_A_HOLD.get(after.status)
	if not kind:
		return
	amount = after.captured if after.status is Status.CAPTURED else after.authorised
	words = {
		"authorisation.placed": _("{0} held on the card"),
		"authorisation.captured": _("{0} of the hold taken"),
		"authorisation.released": _("Hold of {0} released"),
		"authorisation.expired": _("Hold of {0} ran out"),
	}
	until = after.capture_before.isoformat() if after.capture_before else None
	write(card, kind, words[kind].format(shown(amount)), amount=amount, facts={"expires_at": until})


def unapplied(card: Any, reason: str) -> None:
	"""The money stands as the customer's credit: somebody decides what it is for, or gives it back. Once; and
	not when its pay request has told already that it came too late or twice."""
	told = {
		"kind": ("in", ("payment.unapplied", "payment.late")),
		"reference_doctype": DOCTYPE,
		"reference_name": card.name,
	}
	if frappe.db.exists("Cashier Log", told):
		return
	amount = rounded(card.captured_amount, card.currency)
	write(
		card,
		"payment.unapplied",
		_("Card payment of {0} stands on account").format(shown(amount)),
		amount=amount,
		reason=reason,
	)


def stuck(card: Any, reason: str) -> None:
	"""The money is not in the books: the person named in the account has a task until it is."""
	failures.tell(
		card.gateway_account,
		title=_("Card payment {0} is not in the books").format(card.name),
		text=reason,
		reference=(DOCTYPE, card.name),
	)


def in_the_books(card: Any) -> None:
	failures.settled((DOCTYPE, card.name))


def write(
	card: Any,
	kind: str,
	title: str,
	*,
	amount: Money | None = None,
	reason: str | None = None,
	facts: dict | None = None,
	occasion: str | None = None,
) -> str:
	"""One step of a card payment, about everything that it is for."""
	return log.write(
		kind,
		title=title,
		customer=card.customer,
		company=card.company,
		reference=(DOCTYPE, card.name),
		card_payment=card.name,
		pay_request=card.pay_request or None,
		deposit=card.deposit or None,
		deal=card.deal or None,
		repair_order=card.repair_order or None,
		vehicle=card.vehicle or None,
		department=card.department or None,
		amount=amount,
		actor=person_of(card),
		reason=cstr(reason)[:500] or None,
		facts={"what": card.what, "how": card.channel, "mode": _mode(card), **(facts or {})},
		occasion=occasion,
	)


def _mode(card: Any) -> str:
	return "Test" if card.test_mode else "Live"


def person_of(card: Any) -> str:
	"""Whose matter a payment is: who asked for it, else who is responsible for the account."""
	asked = card.requested_by
	if asked and asked not in ("Guest", "Administrator") and frappe.db.get_value("User", asked, "enabled"):
		return asked
	return frappe.db.get_value("Gateway Account", card.gateway_account, "responsible") or "Administrator"
