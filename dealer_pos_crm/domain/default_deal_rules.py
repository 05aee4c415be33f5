"""The follow-up rules of a deal, its delivery and funding, its promises and papers, and of stock cars.

Numbers follow the trade's practice: a buyer is called one, seven and thirty days after the delivery;
what waits for a manager or for F&I waits an hour; who did not buy is called again after a month.
"""

from typing import Any

from .default_terms import BACK, FNI, MANAGER, MOVED, NEXT_DAY, TODAY, days, hours, morning
from .follow_up import Channel, Clock, Condition, Owner, Rule

# The sale did not happen after all.
UNDONE = frozenset({"deal.delivery_undone", "deal.unwound"})
TITLE_DONE = frozenset({"title.issued", "title.closed", "title.cancelled"})

_DEALS = (
	Rule(
		name="Deal: nothing happened for three days",
		event_type="deal.opened",
		title="Nothing has happened in the deal since it was opened: {what}",
		talking_points=(
			"What is the next step, and who takes it? Call the customer and agree a day, or close the deal as lost."
		),
		about="deal",
		wait=days(3),
		wait_clock=Clock.BUSINESS,
		owner=Owner.SALES,
		stops=MOVED,
		**TODAY,
	),
	Rule(
		name="Deal: stuck for five days",
		event_type="deal.stage_changed",
		title="Five days at {to}, stuck: {what}",
		talking_points=(
			"What keeps it: the car, the price, the trade-in, the bank, a paper? Call the customer today, and tell "
			"your manager what you need."
		),
		about="deal",
		conditions=(Condition("to", "in", "New, Contacted, Appointment, Visit, Write-up, Deposit"),),
		wait=days(5),
		wait_clock=Clock.BUSINESS,
		owner=Owner.SALES,
		stops=MOVED,
		**TODAY,
	),
	Rule(
		name="Worksheet: approve it",
		event_type="deal.approval_asked",
		title="A worksheet waits for your approval: {what}",
		talking_points=(
			"Look at price, trade-in and products before the customer gets impatient. Approve it, or turn it down and "
			"say what would be right. Who wrote it may not approve it."
		),
		about="deal",
		due=hours(1),
		due_clock=Clock.BUSINESS,
		priority="High",
		stops=frozenset(
			{
				"deal.approval_asked",
				"deal.approved",
				"deal.rejected",
				"deal.contracted",
				"deal.lost",
			}
		),
		**MANAGER,
	),
	Rule(
		name="Worksheet turned down: change it",
		event_type="deal.rejected",
		title="The worksheet was turned down ({reason}): {what}",
		talking_points=(
			"Change what the manager named, tell the customer what is possible, and ask for approval again."
		),
		about="deal",
		conditions=(Condition("withdrawn", "is not set"),),
		due=hours(1),
		due_clock=Clock.BUSINESS,
		owner=Owner.SALES,
		priority="High",
		stops=frozenset({"deal.approval_asked", "deal.approved", "deal.contracted", "deal.lost"}),
	),
	Rule(
		name="F&I: take the deal over",
		event_type="deal.ready_for_fni",
		title="Ready for F&I: {what}",
		talking_points=(
			"Take the customer over from {salesperson} and introduce yourself. Check the papers, show the products, "
			"agree the terms, prepare the contract."
		),
		about="deal",
		due=hours(1),
		due_clock=Clock.BUSINESS,
		priority="High",
		stops=frozenset({"deal.contracted", "deal.stage_changed", "deal.lost"}),
		**FNI,
	),
	Rule(
		name="Contracted: prepare the delivery",
		event_type="deal.contracted",
		title="Prepare the delivery: {what}",
		talking_points=(
			"Agree the day and hour. Is the car washed and fuelled, are both keys, plates, papers and everything that "
			"was promised there? Who explains the car, who introduces the service department?"
		),
		about="deal",
		due=days(1),
		due_clock=Clock.BUSINESS,
		owner=Owner.SALES,
		stops=frozenset({"deal.delivered", "deal.stage_changed", "deal.lost", *UNDONE}),
	),
	Rule(
		name="Compliance: an alert",
		event_type="compliance.alerted",
		title="A compliance check gave an alert: {what}",
		talking_points=(
			"The car is not delivered before this is cleared. Compare name, date of birth and address with the list or "
			"the papers, and write down what you compared. A true match is reported; ask before you say anything."
		),
		about="deal",
		stops_share="reference_name",
		due=hours(1),
		due_clock=Clock.BUSINESS,
		priority="High",
		stops=frozenset({"compliance.cleared"}),
		**MANAGER,
	),
)


def _after_delivery(day: int, name: str, title: str, talking_points: str, **values: Any) -> Rule:
	"""A call to the buyer, so many days after the delivery."""
	return Rule(
		name=name,
		event_type="deal.delivered",
		title=title,
		talking_points=talking_points,
		about="deal",
		owner=Owner.SALES,
		stops=UNDONE,
		unless_opted_out=True,
		**({"wait": days(day), "due": days(1), "due_clock": Clock.BUSINESS, **values}),
	)


_DELIVERED = (
	_after_delivery(
		1,
		"Delivered: call the next day",
		"Delivered yesterday: thank the customer, {what}",
		(
			"Congratulations again on your {what}. Is there anything about the car you have not found yet? Phone "
			"paired, keys, papers? I am the one to call, for anything."
		),
		**NEXT_DAY,
	),
	_after_delivery(
		7,
		"Delivered: call after a week",
		"A week with the {what}: is everything right?",
		(
			"A week now. What do you like, what bothers you? Is anything that we promised still open? May I ask you to "
			"tell others what you think of us?"
		),
	),
	_after_delivery(
		30,
		"Delivered: call after a month",
		"A month with the {what}: ask for whom you can do something next",
		(
			"A month now, I hope it gives you pleasure. Have the plates and the first payment come as they should? Who "
			"in your family or at work is looking for a car?"
		),
		cap=1,
	),
	Rule(
		name="First service visit: look forward to it",
		event_type="deal.delivered",
		title="First service visit on {first_service_on}: {what}",
		talking_points=(
			"Hello, this is {company}. The first service visit of your {what} is coming up on {first_service_on}. Does "
			"that day still suit you? Your advisor will show you the workshop and answer what has come up."
		),
		about="vehicle",
		anchor="first_service_on",
		wait=morning(-14),
		due=days(5),
		due_clock=Clock.BUSINESS,
		owner=Owner.SERVICE,
		channel=Channel.MESSAGE,
		stops=frozenset(
			{
				"appointment.confirmed",
				"appointment.rescheduled",
				"appointment.kept",
				"ro.opened",
				"vehicle.traded_in",
				"vehicle.returned",
				*UNDONE,
			}
		),
		unless_opted_out=True,
	),
)

# A contract that the lender has paid, or that need not be paid.
_FUNDED = frozenset({"deal.funded", "deal.sent_to_lender", "deal.returned_by_lender", *UNDONE})

_FUNDING = (
	Rule(
		name="Delivered: send the contract to the lender",
		event_type="deal.delivered",
		title="Delivered and not sent to the lender: {what}",
		talking_points=(
			"Every day costs interest. Is the contract signed on every page, are proof of income, insurance and the "
			"lender's conditions there? Send it today."
		),
		about="deal",
		conditions=(Condition("deal_type", "in", "Finance, Lease"),),
		stops=_FUNDED,
		**NEXT_DAY,
		**FNI,
	),
	Rule(
		name="Funding: it is due",
		event_type="deal.sent_to_lender",
		title="{lender} was to pay by {funding_due_on}: {what}",
		talking_points=(
			"Ask the lender where the contract stands: is a paper missing, a signature, an answer from the employer? "
			"Write down whom you spoke with and by when they pay."
		),
		about="deal",
		anchor="funding_due_on",
		wait=morning(0),
		priority="High",
		stops=_FUNDED,
		**TODAY,
		**FNI,
	),
	Rule(
		name="Funding: three days late",
		event_type="deal.sent_to_lender",
		title="{lender} is three days late: {what}",
		talking_points=(
			"Money for a car that is gone has not come. What does F&I say, what does the lender say? Decide with the "
			"sales manager: other papers, another lender, or the car back."
		),
		about="deal",
		anchor="funding_due_on",
		wait=morning(3),
		owner=Owner.ROUND_ROBIN,
		owner_role="Dealer Accountant",
		priority="High",
		stops=_FUNDED,
		**TODAY,
	),
	Rule(
		name="Contract returned by the lender",
		event_type="deal.returned_by_lender",
		title="{lender} sent the contract back ({reason}): {what}",
		talking_points=(
			"Get what is missing today, from the customer if need be, and send it again. If they will not pay, look for "
			"another lender before you speak with the customer."
		),
		about="deal",
		due=hours(4),
		due_clock=Clock.BUSINESS,
		priority="High",
		stops=frozenset({"deal.sent_to_lender", "deal.funded", *UNDONE}),
		**FNI,
	),
)

_LOST = (
	Rule(
		name="Deal lost: look at the reason",
		event_type="deal.lost",
		title="A deal was lost ({reason}): {what}",
		talking_points=(
			"Is the reason the real one? Call the customer yourself: what did we miss? Then decide whether it is worth "
			"another offer."
		),
		about="deal",
		due=days(1),
		due_clock=Clock.BUSINESS,
		stops=frozenset({"deal.reopened"}),
		**MANAGER,
	),
	Rule(
		name="Deal lost: win back after a month",
		event_type="deal.lost",
		title="Lost a month ago ({reason}): call once more, {what}",
		talking_points=(
			"Hello, this is {salesperson} at {company}. A month ago we did not come together. Did you find a car? If "
			"you did, are you happy with it? If not, let me show you what has come in since."
		),
		about="customer",
		wait=days(30),
		due=days(3),
		due_clock=Clock.BUSINESS,
		owner=Owner.SALES,
		priority="Low",
		stops=BACK - {"lead.lost", "deal.lost"}
		| {"deal.reopened", "deal.delivered", "lead.received", "lead.asked"},
		cap=1,
		cap_days=30,
		quiet_hours_after_contact=168,
		unless_opted_out=True,
	),
)

_KEPT = frozenset({"we_owe.done", "we_owe.cancelled", *UNDONE})

_PROMISES = (
	Rule(
		name="We owe: keep it by its day",
		event_type="we_owe.promised",
		title="Promised until {due_on}: {item}, {what}",
		talking_points=(
			"Is the part here, does the workshop have a time, does the customer know it? Call before the day, not "
			"after it."
		),
		about="deal",
		stops_share="item",
		anchor="due_on",
		wait=morning(-1),
		due=hours(33),
		stops=_KEPT,
	),
	Rule(
		name="We owe: it was missed",
		event_type="we_owe.promised",
		title="Promised until {due_on} and not done: {item}, {what}",
		talking_points=(
			"The customer has our signature for it. Find out what it waits for, and call the customer with a day that "
			"will be kept."
		),
		about="deal",
		stops_share="item",
		anchor="due_on",
		wait=morning(1),
		priority="High",
		stops=_KEPT,
		**TODAY,
		**MANAGER,
	),
	Rule(
		name="Title: its day comes near",
		event_type="title.opened",
		title="Title and plates are due on {due_on}: {what}",
		talking_points=(
			"Who has the papers: {holder}? What is missing: the former lender's release, a signature, the fee? Send "
			"them so that they are back in time."
		),
		stops_share="reference_name",
		about="vehicle",
		anchor="due_on",
		wait=morning(-7),
		due=days(2),
		due_clock=Clock.BUSINESS,
		stops=TITLE_DONE | {"title.sent"},
		**FNI,
	),
	Rule(
		name="Title: it is overdue",
		event_type="title.opened",
		title="Title and plates were due on {due_on}: {what}",
		talking_points=(
			"A customer without a title complains, and rightly. Ask the registration office or the former lender today, "
			"and tell the customer where it stands."
		),
		stops_share="reference_name",
		about="vehicle",
		anchor="due_on",
		wait=morning(1),
		priority="High",
		stops=TITLE_DONE,
		**TODAY,
		**MANAGER,
	),
	Rule(
		name="Temporary tag: it runs out",
		event_type="title.opened",
		title="The temporary tag runs out on {temporary_until}: {what}",
		talking_points=(
			"Will the plates be there in time? If not, apply for another tag now and have the customer come for it."
		),
		stops_share="reference_name",
		about="vehicle",
		anchor="temporary_until",
		wait=morning(-7),
		due=days(3),
		due_clock=Clock.BUSINESS,
		priority="High",
		stops=TITLE_DONE,
		**FNI,
	),
	Rule(
		name="Title papers came back",
		event_type="title.returned",
		title="The papers came back ({reason}): {what}",
		talking_points="Put right what the office named and send them again, today if it is only a signature.",
		stops_share="reference_name",
		about="vehicle",
		due=days(1),
		due_clock=Clock.BUSINESS,
		priority="High",
		stops=TITLE_DONE | {"title.sent"},
		**FNI,
	),
)

# The car leaves the yard, or a recon goes on.
_RECON_OVER = frozenset(
	{"vehicle.recon_step_done", "vehicle.frontline_ready", "vehicle.sold", "vehicle.returned"}
)


def _late_step(event_type: str, anchor: str, step: str, name: str) -> Rule:
	return Rule(
		name=name,
		event_type=event_type,
		title=f"Recon is late, {{{step}}}: {{what}}",
		talking_points=(
			"Every day on the yard costs money. What does this step wait for: a part, a lift, an approval? Who does it, "
			"and by when? Move it or give it to somebody else."
		),
		about="vehicle",
		anchor=anchor,
		stops=_RECON_OVER,
		**TODAY,
		**MANAGER,
	)


_STOCK = (
	_late_step("vehicle.recon_started", "due_at", "step", "Recon: the first step is late"),
	_late_step("vehicle.recon_step_done", "next_due_at", "next_step", "Recon: a step is late"),
	Rule(
		name="Front-line ready: show it",
		event_type="vehicle.frontline_ready",
		title="Ready for the front line: {what}",
		talking_points=(
			"Photos, price, description: put it on the web site today. Who was waiting for a car like this? Look "
			"through the leads and the lost deals of the last weeks and call."
		),
		about="vehicle",
		due=days(1),
		due_clock=Clock.BUSINESS,
		stops=frozenset({"vehicle.held", "vehicle.sold", "vehicle.recon_started"}),
		**MANAGER,
	),
)

DEAL_RULES: tuple[Rule, ...] = (*_DEALS, *_DELIVERED, *_FUNDING, *_LOST, *_PROMISES, *_STOCK)
