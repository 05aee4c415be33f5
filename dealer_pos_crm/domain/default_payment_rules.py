"""The follow-up rules of money from afar that a new site starts with.

Numbers follow the trade's practice: a link that nobody has opened for a working day is called about, and so is one
that was opened and not paid; a failed payment, money that nobody can place and a failed refund are looked at
at once; a dispute is answered before the provider's day, for it cannot be answered after it (a defence needs
what the customer was shown and agreed to: Visa's condition 13.7).
"""

from typing import Any

from .default_terms import NEXT_DAY, TODAY, days, hours, minutes
from .follow_up import Clock, Condition, Owner, Rule

ACCOUNTANT: dict[str, Any] = {
	"department": "Accounting",
	"owner": Owner.ROUND_ROBIN,
	"owner_role": "Dealer Accountant",
}
PAID = frozenset({"pay_request.paid", "pay_request.part_paid"})
ENDED = frozenset({"authorisation.placed", "pay_request.expired", "pay_request.cancelled"})
# The money has gone back, or is about to. A payment cancelled in the books is still at the gateway.
GOES_BACK = frozenset({"refund.requested", "refund.paid", "deposit.refunded"})


def _within(length: int, **more: Any) -> dict[str, Any]:
	"""Due within hours of opening time, before anything else."""
	return {"due": hours(length), "due_clock": Clock.BUSINESS, "priority": "High", **more}


_REQUESTS = (
	Rule(
		name="Pay request: not opened for a day",
		event_type="pay_request.sent",
		title="The pay request has not been opened: {amount} for {what}",
		talking_points=(
			"Did the message arrive? Check the address or the number, send it again while you speak, or take "
			"the money another way."
		),
		about="pay_request",
		stops=PAID | ENDED | {"pay_request.sent", "pay_request.opened", "pay_request.failed"},
		**NEXT_DAY,
	),
	Rule(
		name="Pay request: opened, not paid",
		event_type="pay_request.opened",
		title="The pay request was opened and not paid: {amount} for {what}",
		talking_points=(
			"They have looked at it. Ask what keeps them: the amount, the terms, the card? Offer another way "
			"to pay."
		),
		about="pay_request",
		stops=PAID | ENDED | {"pay_request.sent", "pay_request.opened", "pay_request.failed"},
		**NEXT_DAY,
	),
	Rule(
		name="Pay request: the rest is not paid",
		event_type="pay_request.part_paid",
		title="A part is paid, the rest is not: {what}",
		talking_points="Thank them for the part that came, and agree a day for the rest.",
		about="pay_request",
		wait=days(2),
		wait_clock=Clock.BUSINESS,
		stops=PAID | ENDED,
		**TODAY,
	),
	Rule(
		name="Pay request: payment failed",
		event_type="pay_request.failed",
		title="A payment failed: {amount} for {what}",
		talking_points=(
			"The bank said no ({reason}). Call before they give up: another card, a smaller part, or cash and "
			"cheque at the counter. The link works again as it is."
		),
		about="pay_request",
		stops=PAID | ENDED | {"pay_request.sent", "pay_request.failed"},
		**_within(1),
	),
	Rule(
		name="Pay request: ran out unpaid",
		event_type="pay_request.expired",
		title="The pay request ran out unpaid: {amount} for {what}",
		talking_points=(
			"Is the matter still alive? Send it again with a new day, or settle what it was for: the hold, "
			"the visit, the deal."
		),
		about="pay_request",
		stops=PAID | {"pay_request.sent", "pay_request.cancelled", "payment.late"},
		**TODAY,
	),
)

_PAYMENTS = (
	Rule(
		name="Card payment: failed at the counter",
		event_type="payment.failed",
		title="A card was declined and nothing was paid since: {amount} for {what}",
		talking_points=(
			"The bank said no ({reason}). Ask for another card or another way to pay, before the car or the "
			"key leaves."
		),
		conditions=(Condition("pay_request", "is not set"),),  # else the pay request says it
		about="customer",
		wait=minutes(10),  # the next card is usually at hand
		stops=frozenset({"payment.failed", "payment.received", "deposit.taken"}),
		**_within(1),
	),
	Rule(
		name="Card payment: came, but could not be used",
		event_type="payment.unapplied",
		title="{amount} came by card and could not be used: {what}",
		talking_points=(
			"The money is here ({reason}). Apply it to what the customer owes, or give it back to the same "
			"card; then tell the customer which."
		),
		about="card_payment",
		stops=GOES_BACK,
		**_within(4, **ACCOUNTANT),
	),
	Rule(
		name="Card payment: too late or twice",
		event_type="payment.late",
		title="{amount} came after the end, or twice: {what}",
		talking_points=(
			"It came too late or twice ({reason}). Keep it only if the customer wants that; else give it back "
			"to the same card today, before they ask their bank."
		),
		about="card_payment",
		stops=GOES_BACK,
		**_within(4, **ACCOUNTANT),
	),
	Rule(
		name="Card payment: the gateway gave no answer",
		event_type="gateway.failed",
		title="Nobody knows yet what became of it: {what} {amount}",
		talking_points=(
			"Do not charge again before it is known ({reason}). Look at the card money that waits, and at the "
			"gateway's own page."
		),
		about="card_payment",
		department="Accounting",
		wait=hours(1),  # the responsible person has a task at once; this is for what stays undecided
		wait_clock=Clock.BUSINESS,
		stops=GOES_BACK | {"deposit.taken", "payment.failed", "payment.received", "refund.failed"},
		**_within(2),
	),
)

_HOLDS = (
	Rule(
		name="Hold on a card: about to end",
		event_type="authorisation.ending",
		title="The hold of {amount} on a card is about to end: {what}",
		talking_points="Take what is owed from it, or let it go. After that the money is no longer held.",
		about="card_payment",
		anchor="until",
		wait=hours(-48),
		due=hours(47),  # an hour before it is too late
		priority="High",
		stops=frozenset({"authorisation.captured", "authorisation.released", "authorisation.expired"}),
	),
	Rule(
		name="Hold on a card: has ended",
		event_type="authorisation.expired",
		title="The hold of {amount} on a card has ended, nothing was taken: {what}",
		talking_points="Is anything owed? Then ask for the card again, or send a pay request.",
		about="customer",
		stops=frozenset({"authorisation.placed", "payment.received", "deposit.taken"}),
		**TODAY,
	),
)

_REFUNDS = (
	Rule(
		name="Refund: approve it",
		event_type="refund.requested",
		title="A refund of {amount} waits for your approval: {what}",
		talking_points=(
			"Look at the reason given ({reason}) and at what the terms say. Approve it, or turn it down and "
			"say why; who asked may not approve."
		),
		about="card_payment",
		owner=Owner.ROUND_ROBIN,
		owner_role="Dealer Manager",
		stops=frozenset({"refund.rejected", "refund.paid", "refund.failed", "deposit.refunded"}),
		**_within(4),
	),
	Rule(
		name="Refund: failed",
		event_type="refund.failed",
		title="A refund of {amount} did not reach the customer: {what}",
		talking_points=(
			"The money is back with us and still theirs ({reason}). Agree another way with the customer: a "
			"transfer or a cheque."
		),
		about="card_payment",
		stops=frozenset({"refund.requested", "refund.paid", "deposit.refunded"}),
		**_within(2, **ACCOUNTANT),
	),
)

_ANSWERED = frozenset({"dispute.evidence_sent", "dispute.won", "dispute.lost", "dispute.closed"})
_DISPUTE: dict[str, Any] = {
	"event_type": "dispute.opened",
	"about": "card_payment",
	# An inquiry that becomes a dispute is one promise: the later day takes the place of the first.
	"stops": _ANSWERED | {"dispute.opened"},
	"stops_share": "reference_name",  # one payment may be disputed twice
	"priority": "High",
	**ACCOUNTANT,
}
_DISPUTES = (
	Rule(
		name="Dispute: answer it",
		title="A customer disputes {amount}: {what}",
		talking_points=(
			"Their reason: {reason}\nGather receipt, accepted terms, approvals and messages, look through "
			"them and send them before the day given; afterwards it is lost. Do not refund what is disputed: "
			"that pays twice."
		),
		anchor="due_at",
		wait=days(-60),  # at once, for no provider gives longer; due on the provider's day
		due=days(60),
		**_DISPUTE,
	),
	Rule(
		name="Dispute: nothing to answer",
		title="A customer disputes {amount}, and there is no day to answer by: {what}",
		talking_points=(
			"Their reason: {reason}\nRead what the provider says; call the customer, who may withdraw it. Do "
			"not refund what is disputed: that pays twice."
		),
		conditions=(Condition("due_at", "is not set"),),
		**_DISPUTE,
		**TODAY,
	),
)

PAYMENT_RULES: tuple[Rule, ...] = (*_REQUESTS, *_PAYMENTS, *_HOLDS, *_REFUNDS, *_DISPUTES)
