"""The follow-up rules of the showroom that a new site starts with.

Numbers follow the trade's practice: a lead is answered within 5 minutes of opening hours, warned about
after 15 and escalated after 60; a showroom appointment is reminded of a day and two hours before, a
no-show is called the same day and written to the next; who leaves without a deal is called the next day.
A rule whose channel is a drafted message has the message as its talking points.
"""

from typing import Any

from .default_deal_rules import DEAL_RULES
from .default_terms import BACK, MANAGER, MOVED, NEXT_DAY, TODAY, days, hours, minutes
from .follow_up import Channel, Clock, Condition, Owner, Rule

# Somebody spoke with whoever asked, or nobody need any more.
ANSWERED = frozenset({"lead.responded", "lead.lost", "lead.converted", "visit.made", "deal.opened"})
# A showroom appointment that is no longer to come.
OVER = frozenset(
	{
		"appointment.kept",
		"appointment.cancelled",
		"appointment.rescheduled",
		"appointment.missed",
		"visit.made",
	}
)
_IN_SALES = Condition("department", "=", "Sales")


def _unanswered(after: int, within: int, **values: Any) -> Rule:
	"""A rule about a lead that waits for its answer; both in minutes of opening hours."""
	return Rule(
		about="lead",
		wait=minutes(after),
		wait_clock=Clock.BUSINESS,
		due=minutes(within),
		due_clock=Clock.BUSINESS,
		priority="High",
		stops=ANSWERED,
		**values,
	)


_LEADS = (
	_unanswered(
		0,
		5,
		name="Lead: answer it",
		event_type="lead.received",
		title="New lead, {lead_type}: {what}",
		talking_points=(
			"Thank you for asking about the {what}; this is {salesperson} at {company}. Is that the car you have in "
			"mind, or what matters most to you? When could you come by to see and drive it: today, or tomorrow?"
		),
		owner=Owner.SALES,
	),
	_unanswered(
		15,
		15,
		name="Lead: unanswered after 15 minutes",
		event_type="lead.received",
		title="Nobody has answered the lead yet, {lead_type}: {what}",
		talking_points=(
			"Call now, then write what you could not say. If you cannot, give the lead to somebody who is free."
		),
		owner=Owner.SALES,
	),
	_unanswered(
		60,
		30,
		name="Lead: unanswered after an hour",
		event_type="lead.received",
		title="No answer for an hour, {lead_type}: {what}",
		talking_points=(
			"An hour is too long. Answer it yourself, or give it to somebody who is here, and find out what happened."
		),
		**MANAGER,
	),
	_unanswered(
		0,
		30,
		name="Lead: asked again",
		event_type="lead.asked",
		title="Asked again: {what}",
		talking_points=(
			"They have written or called once more. Read what was said before you answer, and offer a time to come."
		),
		owner=Owner.SALES,
	),
	Rule(
		name="Lead lost: try again after a month",
		event_type="lead.lost",
		title="Lost a month ago ({reason}): is there still a wish? {what}",
		talking_points=(
			"Hello, this is {salesperson} at {company}. A month ago you asked us about a car. Have you found what you "
			"wanted? If not, I have something that may suit you better."
		),
		about="customer",
		wait=days(30),
		due=days(3),
		due_clock=Clock.BUSINESS,
		owner=Owner.SALES,
		priority="Low",
		stops=BACK - {"lead.lost", "deal.lost"} | {"lead.received", "lead.asked", "lead.reopened"},
		cap=1,
		cap_days=30,
		quiet_hours_after_contact=168,
		unless_opted_out=True,
	),
)

_APPOINTMENTS = (
	Rule(
		name="Showroom appointment: confirm the day before",
		event_type="appointment.booked",
		title="Confirm the visit on {starts_at_text}: {what}",
		talking_points=(
			"Hello, this is {salesperson} at {company}. I look forward to seeing you on {starts_at_text}; the {what} "
			"will be ready in front of the door. Please bring your driving licence, and your car if you trade it in."
		),
		about="appointment",
		conditions=(_IN_SALES, Condition("lead_hours", ">=", "36")),
		anchor="starts_at",
		wait=hours(-24),
		due=hours(20),
		owner=Owner.SALES,
		channel=Channel.MESSAGE,
		stops=OVER | {"appointment.confirmed"},
	),
	Rule(
		name="Showroom appointment: remind two hours before",
		event_type="appointment.booked",
		title="Last reminder for {starts_at_text}: {what}",
		talking_points=(
			"Hello, this is {salesperson} at {company}. The {what} is washed and waits for you, {starts_at_text}. "
			"Running late? Just answer this message."
		),
		about="appointment",
		conditions=(_IN_SALES, Condition("lead_hours", ">=", "6")),
		anchor="starts_at",
		wait=hours(-2),
		due=minutes(90),
		owner=Owner.SALES,
		priority="Low",
		channel=Channel.MESSAGE,
		stops=OVER,
	),
	Rule(
		name="Showroom no-show: save it the same day",
		event_type="appointment.missed",
		title="Did not come, {starts_at_text}: call and offer a new time, {what}",
		talking_points=(
			"We missed you at {starts_at_text}. Is everything all right? The {what} is still here; shall I keep it for "
			"you this evening or tomorrow, or bring it to you?"
		),
		about="customer",
		conditions=(_IN_SALES,),
		stops_share="department",
		anchor="starts_at",
		wait=minutes(30),
		owner=Owner.SALES,
		priority="High",
		stops=BACK,
		**TODAY,
	),
	Rule(
		name="Showroom no-show: write the next day",
		event_type="appointment.missed",
		title="Did not come, {starts_at_text}: write and offer a new time, {what}",
		talking_points=(
			"Hello, this is {salesperson} at {company}. We missed you on {starts_at_text}. Things come up: answer with "
			"a day that suits you and the {what} will be ready."
		),
		about="customer",
		conditions=(_IN_SALES,),
		stops_share="department",
		owner=Owner.SALES,
		channel=Channel.MESSAGE,
		stops=BACK,
		**NEXT_DAY,
	),
)

_VISITS = (
	Rule(
		name="Be-back: call the next day",
		event_type="visit.ended",
		title="Left without a deal ({outcome}): call, {what}",
		talking_points=(
			"Thank you for coming yesterday. What did you think of the {what}? What would have to be different for you "
			"to say yes: the car, the price, the payment, your trade-in? When may I show you that?"
		),
		about="customer",
		conditions=(Condition("deal", "is not set"), Condition("outcome", "!=", "Lost")),
		stops_share="department",
		owner=Owner.SALES,
		stops=BACK,
		**NEXT_DAY,
	),
	Rule(
		name="Test drive: ask the same day",
		event_type="test_drive.returned",
		title="Drove the {what}: ask for the next step",
		talking_points=(
			"How did it drive? What did you like, what is missing? Is it the car for you? Then let us sit down and "
			"write it up; otherwise name one thing I can do."
		),
		about="customer",
		conditions=(Condition("reason", "is not set"),),  # with a reason: the drive did not take place
		stops_share="department",
		wait=minutes(30),
		wait_clock=Clock.BUSINESS,
		owner=Owner.SALES,
		stops=BACK | MOVED,
		**TODAY,
	),
)

SHOWROOM_RULES: tuple[Rule, ...] = (*_LEADS, *_APPOINTMENTS, *_VISITS, *DEAL_RULES)
