"""What a history says of the service lane, counted by hand."""

from datetime import timedelta

from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.rehearsal import schema
from dealer_pos_crm.rehearsal.lane_figures import lanes
from dealer_pos_crm.rehearsal.rules import RuleBook
from dealer_pos_crm.rehearsal.store import SqliteStore

from .rehearsal_helpers import MONDAY, event, usd


def told(*events):
	connection = schema.connect(":memory:")
	store = SqliteStore(connection, RuleBook())
	for number, one in enumerate(events):
		assert store.add_event(one), number
	return connection


def job(type_, number, price, *, severity="Red", by="sam@x.example", hours=0, key="", **fields):
	return event(
		type_,
		key or f"{type_}:{number}:{hours}",
		at=MONDAY + timedelta(hours=hours),
		declined_service=f"DS-{number}",
		amount=usd(price),
		actor=by,
		facts={"severity": severity} if severity else {},
		**fields,
	)


def test_without_a_lane_there_is_nothing_to_say():
	assert lanes(told(event("deposit.taken", deposit="D", amount=usd("5")))) == []


def test_who_came_and_who_did_not():
	kept = [event("appointment.kept", f"k{n}") for n in range(5)]
	missed = [event("appointment.missed", f"m{n}") for n in range(2)]
	late = event("appointment.kept", "late", reverses="m1")  # came after all
	(lane,) = lanes(told(*kept, *missed, late, event("appointment.cancelled", "c")))
	assert (lane.kept, lane.missed, lane.due, lane.cancelled, lane.moved) == (6, 1, 7, 1, 0)
	assert round(lane.no_show_rate, 1) == 14.3
	assert lane.all.declined == 0 and lane.all.rate is None


def test_what_was_declined_and_what_came_back():
	(lane,) = lanes(
		told(
			job("job.declined", 1, "400"),
			job("job.declined", 2, "150", severity="Yellow", by="elena@x.example"),
			job("job.deferred", 3, "90", severity=""),
			job("job.declined", 4, "1000", key="mistake"),
			event("job.withdrawn", "w", reverses="mistake"),
			job("job.declined", 1, "420", hours=5),  # again, at another price
			job("declined_service.recovered", 1, "415", hours=9),
			job("declined_service.recovered", 3, "90", hours=9, key="back"),
			event("declined_service.reopened", "r", reverses="back"),
			job("declined_service.recovered", 99, "70"),  # declined before the history begins
		)
	)
	assert lane.no_show_rate is None
	everything = lane.all
	assert (everything.declined, everything.price) == (3, usd("660"))
	assert (everything.recovered, everything.brought) == (1, usd("415"))
	assert [(work.name, work.declined, work.price.decimal) for work in lane.by_severity] == [
		("Red", 1, 420),
		("Yellow", 1, 150),
		("", 1, 90),
	]
	assert [(work.name, work.price.decimal, work.recovered) for work in lane.by_advisor] == [
		("sam@x.example", 510, 1),
		("elena@x.example", 150, 0),
	]


def test_currencies_are_kept_apart():
	euros = event("job.declined", "e", amount=Money.of("70", "EUR"))
	first, second = lanes(told(job("job.declined", 1, "400"), euros, event("appointment.missed", "m")))
	assert (first.currency, second.currency) == ("USD", "EUR")
	assert (first.missed, second.missed) == (1, 0)
	assert second.all.price == Money.of("70", "EUR")
