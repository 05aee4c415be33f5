"""The follow-up rules that a new site starts with. A manager edits them; these are only a beginning.

Numbers follow the trade's practice: a deposit gets its next step the same day, a hold warns a day before
it ends, a refund's reason is looked at within two working days.
"""

from .default_counter_rules import COUNTER_RULES
from .default_payment_rules import PAYMENT_RULES
from .default_service_rules import SERVICE_RULES
from .default_showroom_rules import SHOWROOM_RULES
from .follow_up import Clock, Condition, Owner, Rule, Span, Unit

SETTLED = frozenset({"deposit.applied", "deposit.refunded", "deposit.forfeited", "deposit.cancelled"})

DEPOSIT_RULES: tuple[Rule, ...] = (
	Rule(
		name="Deposit: agree the next step",
		event_type="deposit.taken",
		title="Agree the next step for {what}",
		talking_points=(
			"A deposit ({kind}) was taken for {what}. Thank the customer, confirm what happens next and "
			"by when, and book it."
		),
		due=Span(0, Unit.DAYS),
		due_clock=Clock.BUSINESS,
		owner=Owner.SALES,
		priority="High",
		stops=SETTLED,
	),
	Rule(
		name="Hold: ends in a day",
		event_type="vehicle.held",
		title="The hold on {what} ends {hold_until_text}",
		talking_points="Ask whether the customer is ready: sell, extend the hold, or give the money back.",
		anchor="hold_until",
		wait=Span(-1, Unit.DAYS),
		due=Span(1, Unit.DAYS),
		owner=Owner.SALES,
		priority="High",
		stops=SETTLED | {"vehicle.held", "vehicle.released", "vehicle.sold", "deposit.moved"},
	),
	Rule(
		name="Hold: has ended",
		event_type="deposit.hold_expired",
		title="The hold on {what} has ended, the deposit is still here",
		talking_points=(
			"The hold is over and the money is still here. Settle it today: extend the hold, apply the money, "
			"move it, or refund it as the terms say."
		),
		due=Span(0, Unit.DAYS),
		due_clock=Clock.BUSINESS,
		owner=Owner.SALES,
		priority="High",
		stops=SETTLED | {"vehicle.held", "deposit.moved"},
	),
	Rule(
		name="Refund: look at the reason",
		event_type="deposit.refunded",
		title="Refund for {what}: review the reason",
		talking_points="Reason given: {reason}. Is there something to mend, or a customer to win back?",
		due=Span(2, Unit.DAYS),
		due_clock=Clock.BUSINESS,
		owner=Owner.ROUND_ROBIN,
		owner_role="Dealer Manager",
		priority="Medium",
	),
	Rule(
		name="Vehicle free: call the waiting list",
		event_type="vehicle.released",
		title="{what} is free again: call {waiting} on the waiting list",
		talking_points="Call in the order of the list. The first who leaves a deposit gets the car.",
		about="vehicle",
		conditions=(Condition("waiting", ">", "0"),),
		due=Span(0, Unit.DAYS),
		due_clock=Clock.BUSINESS,
		owner=Owner.SALES,
		priority="High",
		stops=frozenset({"vehicle.held", "vehicle.sold"}),
	),
)

DEFAULT_RULES: tuple[Rule, ...] = (
	*DEPOSIT_RULES,
	*SERVICE_RULES,
	*SHOWROOM_RULES,
	*PAYMENT_RULES,
	*COUNTER_RULES,
)
