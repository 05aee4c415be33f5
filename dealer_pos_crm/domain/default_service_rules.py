"""The follow-up rules of the service lane that a new site starts with.

Numbers follow the trade's practice: confirm three days before, remind a day and two hours before; a
no-show is saved the same day and written to the next; red declined work is called about after 1, 7 and
30 days, yellow after 10, 30 and 90; the thank-you call comes the next business day, before the maker's
survey. A rule whose channel is a drafted message has the message as its talking points.
"""

from typing import Any

from .default_terms import days, hours, minutes
from .follow_up import Channel, Clock, Condition, Owner, Rule

# An appointment that is no longer to come. Its car may be written up without anybody saying that it came.
OVER = frozenset(
	{
		"appointment.kept",
		"appointment.cancelled",
		"appointment.rescheduled",
		"appointment.missed",
		"ro.opened",
	}
)
# The customer comes after all.
COMING = frozenset({"appointment.booked", "appointment.rescheduled", "appointment.kept", "ro.opened"})
# Declined work that is taken care of, or that begins its cadence anew because it was declined again.
SETTLED_WORK = frozenset(
	{
		"declined_service.booked",
		"declined_service.recovered",
		"declined_service.closed",
		"job.declined",
		"job.deferred",
	}
)
# The repair order leaves the lane.
GONE = frozenset({"ro.invoiced", "ro.closed", "ro.cancelled"})

_LIVES_ON = Condition("declined_service", "is set")
_RED = (_LIVES_ON, Condition("severity", "=", "Red"))
_YELLOW = (_LIVES_ON, Condition("severity", "!=", "Red"))


# An appointment in the lane; the showroom has rules of its own for its appointments.
IN_SERVICE = Condition("department", "=", "Service")


def _lead(hours: int) -> tuple[Condition, ...]:
	"""Only an appointment booked that long before it: nobody is reminded of what was said just now."""
	return (Condition("lead_hours", ">=", str(hours)), IN_SERVICE)


_APPOINTMENTS = (
	Rule(
		name="Appointment: confirm",
		event_type="appointment.booked",
		title="Confirm the appointment on {starts_at_text}, {what}",
		talking_points=(
			"Hello, this is {advisor} at {company}. We expect you on {starts_at_text}: {concern}. Does that still "
			"suit you? Please tell us if you would like another time, or a ride while we have your car."
		),
		about="appointment",
		conditions=_lead(96),
		anchor="starts_at",
		wait=hours(-72),
		due=hours(48),
		channel=Channel.MESSAGE,
		stops=OVER | {"appointment.confirmed"},
	),
	Rule(
		name="Appointment: remind the day before",
		event_type="appointment.booked",
		title="Remind of the appointment on {starts_at_text}, {what}",
		talking_points=(
			"Hello, this is {advisor} at {company}. We look forward to seeing you on {starts_at_text}. Please "
			"bring your key and your wheel lock, and tell us now if anything has changed."
		),
		about="appointment",
		conditions=_lead(36),
		anchor="starts_at",
		wait=hours(-24),
		due=hours(20),
		channel=Channel.MESSAGE,
		stops=OVER,
	),
	Rule(
		name="Appointment: remind two hours before",
		event_type="appointment.booked",
		title="Last reminder for {starts_at_text}, {what}",
		talking_points=(
			"Hello, this is {advisor} at {company}. We are ready for you today, {starts_at_text}. Running late? "
			"Just answer this message."
		),
		about="appointment",
		conditions=_lead(6),
		anchor="starts_at",
		wait=hours(-2),
		due=minutes(90),
		priority="Low",
		channel=Channel.MESSAGE,
		stops=OVER,
	),
	Rule(
		name="No-show: save it the same day",
		event_type="appointment.missed",
		title="Missed {starts_at_text}, {what}: call and offer a new time",
		talking_points=(
			"We missed you at {starts_at_text}. Is everything all right? I can offer you another time this week; "
			"would a pick-up or a loaner help? What you wanted looked at: {concern}."
		),
		about="customer",
		conditions=(IN_SERVICE,),
		stops_share="vehicle",
		due=days(0),
		due_clock=Clock.BUSINESS,
		owner=Owner.SERVICE,
		priority="High",
		stops=COMING,
	),
	Rule(
		name="No-show: write the next day",
		event_type="appointment.missed",
		title="Missed {starts_at_text}, {what}: write and offer a new time",
		talking_points=(
			"Hello, this is {advisor} at {company}. We missed you on {starts_at_text}. Things come up: answer with "
			"a day that suits you and we will keep a time free for you."
		),
		about="customer",
		conditions=(IN_SERVICE,),
		stops_share="vehicle",
		wait=days(1),
		wait_clock=Clock.BUSINESS,
		due=days(0),
		due_clock=Clock.BUSINESS,
		owner=Owner.SERVICE,
		channel=Channel.MESSAGE,
		stops=COMING,
	),
)

_RED_FIRST = (
	"When you were here we found: {service}, marked red, {amount}. I would not want you to drive with it. May I "
	"explain what can happen if it waits? What keeps you from having it done: the price, the time, the car "
	"itself? I can hold a time for you this week."
)
_RED_AGAIN = (
	"{service} on your {what} is still open and it is a safety matter; the price we gave you was {amount}. Has "
	"it been done elsewhere, or has the car gone? Otherwise let us find a day, with a ride home if that helps."
)
_YELLOW_CALL = (
	"At your visit we noted {service} for your {what}, {amount}. It was not urgent then. Shall we do it at your "
	"next visit, or look at it again at no charge? If it is done, I will take it off our list."
)

_SPARING = {"cap": 1, "cap_days": 1, "quiet_hours_after_contact": 72}  # what can wait does not press


def _undone(**values: Any) -> Rule:
	"""A rule about one piece of work that was not done: what all of them have in common, and its own."""
	return Rule(
		about="declined_service",
		due_clock=Clock.BUSINESS,
		owner=Owner.SERVICE,
		stops=SETTLED_WORK,
		unless_opted_out=True,
		**values,
	)


_DECLINED = (
	_undone(
		name="Declined, red: call the next day",
		event_type="job.declined",
		title="{service} was declined, red: {what}",
		talking_points=_RED_FIRST,
		conditions=_RED,
		wait=days(1),
		wait_clock=Clock.BUSINESS,
		due=days(0),
		priority="High",
	),
	_undone(
		name="Declined, red: call after a week",
		event_type="job.declined",
		title="{service} is still open after a week, red: {what}",
		talking_points=_RED_AGAIN,
		conditions=_RED,
		wait=days(7),
		due=days(1),
		priority="High",
	),
	_undone(
		name="Declined, red: call after a month",
		event_type="job.declined",
		title="{service} is still open after a month, red: {what}",
		talking_points=_RED_AGAIN,
		conditions=_RED,
		wait=days(30),
		due=days(2),
		priority="High",
	),
	_undone(
		name="Declined, yellow: write after ten days",
		event_type="job.declined",
		title="{service} was declined ten days ago: {what}",
		talking_points=(
			"Hello, this is {advisor} at {company}. At your last visit we noted for your {what}: {service}, {amount}. "
			"It will be due before long; answer with a day that suits you and we will have everything ready."
		),
		conditions=_YELLOW,
		wait=days(10),
		due=days(2),
		channel=Channel.MESSAGE,
		**_SPARING,
	),
	_undone(
		name="Declined, yellow: call after a month",
		event_type="job.declined",
		title="{service} is still open after a month: {what}",
		talking_points=_YELLOW_CALL,
		conditions=_YELLOW,
		wait=days(30),
		due=days(3),
		**_SPARING,
	),
	_undone(
		name="Declined, yellow: call after three months",
		event_type="job.declined",
		title="{service} is still open after three months: {what}",
		talking_points=_YELLOW_CALL,
		conditions=_YELLOW,
		wait=days(90),
		due=days(3),
		priority="Low",
		**_SPARING,
	),
	_undone(
		name="Deferred: a week before its day",
		event_type="job.deferred",
		title="{service} was put off until {deferred_until}: {what}",
		talking_points=(
			"Hello, this is {advisor} at {company}. You asked us to come back to {service} for your {what} around "
			"{deferred_until}; it was {amount}. Which day suits you?"
		),
		conditions=(_LIVES_ON,),
		anchor="deferred_until",
		wait=days(-7),
		due=days(3),
		channel=Channel.MESSAGE,
	),
	_undone(
		name="Deferred without a day: call after a month",
		event_type="job.deferred",
		title="{service} was put off, no day was said: {what}",
		talking_points=_YELLOW_CALL,
		conditions=(_LIVES_ON, Condition("deferred_until", "is not set")),
		wait=days(30),
		due=days(3),
		quiet_hours_after_contact=72,
	),
)

_IN_THE_LANE = (
	Rule(
		name="Job: ask for the answer",
		event_type="job.recommended",
		title="{service} waits for an answer: {what}",
		talking_points=(
			"We have found something on your {what}: {service}. It comes to {amount}, and we can do it while the car "
			"is here. Shall we go ahead? Write down who answered, how, and the amount you named."
		),
		about="repair_order",
		stops_share="job",
		wait=minutes(15),
		wait_clock=Clock.BUSINESS,
		due=minutes(15),
		due_clock=Clock.BUSINESS,
		priority="High",
		stops=GONE | {"job.approved", "job.declined", "job.deferred"},
	),
	Rule(
		name="Promised time: call before it breaks",
		event_type="ro.promised",
		title="{what} is promised for {promised_at_text} and not ready: tell the customer where it stands",
		talking_points=(
			"Your {what} is nearly ready, you can come at the time we said. Or: we need a little longer, because ...; "
			"it will be ready at .... Shall I bring you home, or do you need the car tonight?"
		),
		about="repair_order",
		anchor="promised_at",
		wait=minutes(-30),
		due=minutes(30),
		priority="High",
		stops=GONE | {"ro.ready", "ro.promised"},
	),
	Rule(
		name="Promised time: it was missed",
		event_type="ro.promised",
		title="{what} was promised for {promised_at_text} and is not ready",
		talking_points=(
			"I said your {what} would be ready, and it is not; I am sorry. It will be ready at ..., and I will call you "
			"myself. May I bring you home, or get you a car until then? Then set the new time on the order."
		),
		about="repair_order",
		anchor="promised_at",
		due=minutes(15),
		owner=Owner.SERVICE,
		priority="High",
		stops=GONE | {"ro.ready", "ro.promised"},
	),
	Rule(
		name="Part delayed: tell the customer",
		event_type="part.delayed",
		title="{part} is late for {what}: tell the customer",
		talking_points=(
			"Hello, this is {advisor} at {company}. The part for your {what} ({part}) comes later than we thought; we "
			"now expect it {eta}. We are sorry. Would you like your car back until then, or a loaner?"
		),
		about="repair_order",
		stops_share="part",
		due=days(0),
		due_clock=Clock.BUSINESS,
		priority="High",
		channel=Channel.MESSAGE,
		stops=GONE | {"part.arrived", "part.delayed"},
	),
	Rule(
		name="Special order is here: offer a time",
		event_type="part.arrived",
		title="{part} is here for {what}: offer a time",
		talking_points=(
			"Hello, this is {advisor} at {company}. The part that you ordered for your {what} is here: {part}. When "
			"may we fit it? Tomorrow morning or late in the afternoon usually works well."
		),
		about="vehicle",
		conditions=(Condition("special", "=", "1"),),
		due=days(0),
		due_clock=Clock.BUSINESS,
		priority="High",
		channel=Channel.MESSAGE,
		stops=frozenset(
			{
				"appointment.booked",
				"ro.opened",
				"ro.closed",
				"ro.cancelled",
				"vehicle.sold",
				"vehicle.traded_in",
			}
		),
	),
)

_AFTERWARDS = (
	Rule(
		name="Closed: thank-you call",
		event_type="ro.closed",
		title="Thank the customer for the visit: {what}",
		talking_points=(
			"Thank you for bringing us your {what}. Is everything as you expected? Was the car ready in time and clean, "
			"was the bill clear? If anything is not right, I want to hear it first and put it right."
		),
		about="vehicle",
		wait=days(1),
		wait_clock=Clock.BUSINESS,
		due=days(0),
		due_clock=Clock.BUSINESS,
		stops=frozenset({"ro.reopened", "ro.opened"}),
		unless_opted_out=True,
	),
	Rule(
		name="Next service: invite",
		event_type="ro.closed",
		title="{next_service} is due soon: {what}",
		talking_points=(
			"Hello, this is {advisor} at {company}. Your {what} will be due for {next_service} around "
			"{next_service_on} ({next_service_basis}). Which day suits you?"
		),
		about="vehicle",
		conditions=(Condition("appointment_ahead", "is not set"),),
		anchor="next_service_on",
		wait=days(-14),
		due=days(5),
		due_clock=Clock.BUSINESS,
		owner=Owner.SERVICE,
		channel=Channel.MESSAGE,
		stops=frozenset(
			{
				"appointment.booked",
				"ro.opened",
				"ro.reopened",
				"ro.closed",
				"vehicle.sold",
				"vehicle.traded_in",
			}
		),
		quiet_hours_after_contact=168,
		unless_opted_out=True,
	),
	Rule(
		name="Invoiced: still unpaid",
		event_type="ro.invoiced",
		title="{what} was invoiced and is not paid: {amount}",
		talking_points=(
			"We have {amount} open for the work on your {what}. How would you like to pay: at the counter, or by a "
			"payment link? If the car has left on a manager's word, say so here."
		),
		about="repair_order",
		conditions=(Condition("amount", ">", "0"),),
		wait=days(1),
		wait_clock=Clock.BUSINESS,
		due=days(0),
		due_clock=Clock.BUSINESS,
		stops=frozenset({"ro.paid", "ro.reopened", "ro.cancelled"}),
	),
	Rule(
		name="Claim: no answer after two weeks",
		event_type="claim.submitted",
		title="No answer to the warranty claim of {amount}: {what}",
		talking_points=(
			"Ask the manufacturer where the claim stands, and write down whom you spoke with. Is a photo, an odometer "
			"reading, or the cause and correction of a job missing?"
		),
		about="repair_order",
		stops_share="reference_name",
		wait=days(14),
		due=days(2),
		due_clock=Clock.BUSINESS,
		owner=Owner.ROUND_ROBIN,
		owner_role="Dealer Accountant",
		stops=frozenset({"claim.paid", "claim.denied", "claim.submitted", "ro.cancelled"}),
	),
	Rule(
		name="Claim: denied",
		event_type="claim.denied",
		title="The warranty claim of {amount} was denied: {what}",
		talking_points=(
			"Reason given: {reason}. Decide today: submit it again with what was missing, or book the difference. Was "
			"it the story (cause and correction), the labor time, or a missed approval?"
		),
		about="repair_order",
		stops_share="reference_name",
		due=days(1),
		due_clock=Clock.BUSINESS,
		owner=Owner.ROUND_ROBIN,
		owner_role="Dealer Service Manager",
		priority="High",
		stops=frozenset({"claim.paid", "claim.submitted", "ro.cancelled"}),
	),
)

SERVICE_RULES: tuple[Rule, ...] = (*_APPOINTMENTS, *_DECLINED, *_IN_THE_LANE, *_AFTERWARDS)
