"""The service lane's rules, each against what happens in a lane: walks from the first event to the last."""

from datetime import date, datetime, time, timedelta

import pytest

from dealer_pos_crm.domain.clock import BusinessHours
from dealer_pos_crm.domain.default_rules import DEFAULT_RULES
from dealer_pos_crm.domain.default_service_rules import SERVICE_RULES
from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.domain.follow_up import Channel, FollowUp, Status, follow_up_key
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.spine import open_due, record

from .memory_store import MemoryStore

HOURS = BusinessHours(
	{**dict.fromkeys(range(5), (time(8), time(18))), 5: (time(9), time(14))}, frozenset({date(2026, 3, 5)})
)
MONDAY = datetime(2026, 3, 2, 10)  # Thursday of that week is a holiday
CAR = "2019 Toyota Camry …123456"
COUNTER = iter(range(10**6))


def told(type_, at=MONDAY, **more):
	facts = {"what": CAR, "advisor": "Sam Whitfield", **more.pop("facts", {})}
	values = {
		"key": f"{type_}:{next(COUNTER)}",
		"customer": "Ann",
		"company": "Summit",
		"title": type_,
		"department": "Service",
		"vehicle": "CAR-1",
		"actor": "sam",
		**more,
	}
	return Event(type=type_, happened_at=at, facts=facts, **values)


def booked(starts: datetime, at=MONDAY, appointment="APT-1", **more):
	lead = int((starts - at).total_seconds() // 3600)
	facts = {
		"starts_at": starts.isoformat(),
		"starts_at_text": f"{starts:%a %H:%M}",
		"concern": "Brakes squeal",
		"lead_hours": str(lead),
	}
	return told("appointment.booked", at, appointment=appointment, facts=facts, **more)


def job(type_, at=MONDAY, number=1, order="RO-1", severity="Red", declined="DS-1", reverses=None, **facts):
	answered = type_ in ("job.declined", "job.deferred")
	return told(
		type_,
		at,
		repair_order=order,
		declined_service=declined if answered else None,
		amount=Money.of("412.50", "USD"),
		reverses=reverses,
		facts={
			"job": str(number),
			"service": "Front brake pads and rotors",
			"severity": severity,
			"op_code": "BRKF",
			**facts,
		},
	)


def ro(type_, at=MONDAY, order="RO-1", **more):
	return told(type_, at, repair_order=order, **more)


def lane(*events, rules=DEFAULT_RULES):
	store = MemoryStore(rules, HOURS)
	for event in events:
		record(event, store)
	return store


def of(store, rule) -> FollowUp:
	(found,) = (f for f in store.follow_ups.values() if f.rule == rule)
	return found


def names(store, status=None):
	return sorted(f.rule for f in store.follow_ups.values() if status in (None, f.status))


def open_until(store, moment):
	while open_due(moment, store):
		pass
	return {f.rule: f.status for f in store.follow_ups.values()}


REMINDERS = [
	"Appointment: confirm",
	"Appointment: remind the day before",
	"Appointment: remind two hours before",
]
SAVES = ["No-show: save it the same day", "No-show: write the next day"]
RED = [
	"Declined, red: call after a month",
	"Declined, red: call after a week",
	"Declined, red: call the next day",
]
YELLOW = [
	"Declined, yellow: call after a month",
	"Declined, yellow: call after three months",
	"Declined, yellow: write after ten days",
]
NEXT_MONDAY = datetime(2026, 3, 9, 8)


# --- appointments --------------------------------------------------------------------------------------


def test_an_appointment_is_confirmed_and_reminded_of_twice():
	store = lane(booked(NEXT_MONDAY))
	made = {f.rule: f for f in store.follow_ups.values()}
	assert sorted(made) == REMINDERS
	assert [made[name].opens_at for name in REMINDERS] == [
		NEXT_MONDAY - timedelta(hours=hours) for hours in (72, 24, 2)
	]
	for reminder in made.values():
		assert reminder.opens_at < reminder.due_at < NEXT_MONDAY
		assert reminder.subject == ("appointment", "APT-1")
		assert reminder.document_owner == "sam"
	assert made["Appointment: confirm"].title == f"Confirm the appointment on Mon 08:00, {CAR}"
	assert "Brakes squeal" in made["Appointment: confirm"].talking_points
	assert {rule.channel for rule in SERVICE_RULES if rule.name in REMINDERS} == {Channel.MESSAGE}


@pytest.mark.parametrize(
	("lead", "reminded"),
	[
		(1, []),
		(5, []),
		(6, REMINDERS[2:]),
		(35, REMINDERS[2:]),
		(36, REMINDERS[1:]),
		(95, REMINDERS[1:]),
		(96, REMINDERS),
	],
)
def test_nobody_is_reminded_of_what_was_said_just_now(lead, reminded):
	store = lane(booked(MONDAY + timedelta(hours=lead)))
	assert names(store) == reminded
	assert all(f.opens_at > MONDAY for f in store.follow_ups.values())


def test_a_booking_that_does_not_say_how_far_ahead_it_is_reminds_of_nothing():
	starts = {"starts_at": NEXT_MONDAY.isoformat()}
	assert names(lane(told("appointment.booked", appointment="APT-1", facts=starts))) == []


def test_a_confirmation_ends_the_asking_but_not_the_reminding():
	confirmed = told("appointment.confirmed", MONDAY + timedelta(days=1), appointment="APT-1")
	store = lane(booked(NEXT_MONDAY), confirmed)
	assert names(store, Status.STOPPED) == REMINDERS[:1]
	assert of(store, REMINDERS[0]).stopped_by == confirmed.key


@pytest.mark.parametrize("how", ["kept", "cancelled", "rescheduled", "missed"])
def test_an_appointment_that_is_over_is_not_reminded_of(how):
	over = told(f"appointment.{how}", MONDAY + timedelta(days=2), appointment="APT-1")
	store = lane(booked(NEXT_MONDAY), over)
	assert {of(store, name).status for name in REMINDERS} == {Status.STOPPED}


def test_another_appointment_of_the_same_car_is_reminded_of_all_the_same():
	store = lane(
		booked(NEXT_MONDAY), told("appointment.cancelled", MONDAY + timedelta(hours=1), appointment="APT-2")
	)
	assert {f.status for f in store.follow_ups.values()} == {Status.PLANNED}


def test_a_moved_appointment_is_reminded_of_at_its_new_time_only():
	moved = MONDAY + timedelta(hours=3)
	later = NEXT_MONDAY + timedelta(days=1)
	store = lane(
		booked(NEXT_MONDAY),
		told("appointment.rescheduled", moved, appointment="APT-1"),
		booked(later, moved, "APT-2"),
	)
	standing = [f for f in store.follow_ups.values() if f.status is Status.PLANNED]
	assert {f.subject for f in standing} == {("appointment", "APT-2")}
	assert sorted(f.opens_at for f in standing) == [later - timedelta(hours=h) for h in (72, 24, 2)]


# --- no-shows ----------------------------------------------------------------------------------------------


def missed(at=MONDAY, **more):
	facts = {"starts_at_text": "Mon 09:30", "concern": "Brakes squeal"}
	return told("appointment.missed", at, appointment="APT-1", facts=facts, **more)


def test_a_no_show_is_saved_the_same_day_and_written_to_the_next():
	store = lane(missed())
	assert names(store) == SAVES
	same_day, next_day = (of(store, name) for name in SAVES)
	assert (same_day.opens_at, same_day.due_at) == (MONDAY, datetime(2026, 3, 2, 18))
	assert (next_day.opens_at, next_day.due_at) == (datetime(2026, 3, 3, 8), datetime(2026, 3, 3, 18))
	assert same_day.title == f"Missed Mon 09:30, {CAR}: call and offer a new time"


def test_a_no_show_before_a_holiday_is_written_to_after_it():
	store = lane(missed(datetime(2026, 3, 4, 17)))
	assert of(store, SAVES[1]).opens_at == datetime(2026, 3, 6, 8)


LATER = MONDAY + timedelta(hours=2)


@pytest.mark.parametrize(
	"comes", ["appointment.booked", "appointment.kept", "appointment.rescheduled", "ro.opened"]
)
def test_the_customer_who_comes_after_all_is_left_alone(comes):
	store = lane(missed(), told(comes, LATER, appointment="APT-2"))
	assert {of(store, name).status for name in SAVES} == {Status.STOPPED}


@pytest.mark.parametrize(
	("missing", "coming", "ends"),
	[
		("CAR-1", "CAR-1", True),
		("CAR-1", "CAR-2", False),  # the customer's other car
		(None, "CAR-1", True),  # nobody had said which car
		("CAR-1", None, True),
	],
)
def test_only_the_same_car_saves_a_no_show(missing, coming, ends):
	store = lane(missed(vehicle=missing), told("appointment.booked", LATER, vehicle=coming, appointment="A2"))
	assert (of(store, SAVES[0]).status is Status.STOPPED) is ends


def test_the_cars_next_owner_does_not_save_a_no_show():
	store = lane(missed(), told("appointment.booked", LATER, customer="Bob", appointment="APT-9"))
	assert of(store, SAVES[0]).status is Status.PLANNED


def test_a_no_show_entered_by_mistake_takes_its_promises_back():
	first = missed()
	store = lane(first, told("appointment.kept", LATER, appointment="APT-1", reverses=first.key))
	assert {of(store, name).status for name in SAVES} == {Status.STOPPED}


# --- declined work -----------------------------------------------------------------------------------------


def test_red_work_is_called_about_after_1_7_and_30_days():
	store = lane(job("job.declined"))
	assert names(store) == RED
	opens = {name: of(store, name).opens_at for name in RED}
	assert opens == {
		"Declined, red: call the next day": datetime(2026, 3, 3, 8),
		"Declined, red: call after a week": MONDAY + timedelta(days=7),
		"Declined, red: call after a month": MONDAY + timedelta(days=30),
	}
	first = of(store, "Declined, red: call the next day")
	assert first.subject == ("declined_service", "DS-1")
	assert first.due_at == datetime(2026, 3, 3, 18)
	assert first.title == f"Front brake pads and rotors was declined, red: {CAR}"
	assert "412.50 USD" in first.talking_points
	assert {rule.channel for rule in SERVICE_RULES if rule.name in RED} == {Channel.TASK}


@pytest.mark.parametrize("severity", ["Yellow", "Green", ""])
def test_other_work_is_written_and_called_about_after_10_30_and_90_days(severity):
	store = lane(job("job.declined", severity=severity))
	assert names(store) == YELLOW
	assert sorted(f.opens_at - MONDAY for f in store.follow_ups.values()) == [
		timedelta(days=days) for days in (10, 30, 90)
	]
	channels = {rule.name: rule.channel for rule in SERVICE_RULES}
	assert [channels[name] for name in YELLOW] == [Channel.TASK, Channel.TASK, Channel.MESSAGE]


def test_declined_work_that_lives_nowhere_is_promised_nothing():
	assert names(lane(job("job.declined", declined=None))) == []


@pytest.mark.parametrize("how", ["booked", "recovered", "closed"])
@pytest.mark.parametrize("severity", ["Red", "Yellow"])
def test_declined_work_that_is_settled_is_not_called_about(how, severity):
	settled = told(f"declined_service.{how}", MONDAY + timedelta(days=8), declined_service="DS-1")
	store = lane(job("job.declined", severity=severity))
	open_until(store, MONDAY + timedelta(days=7, hours=12))
	record(settled, store)
	assert {f.status for f in store.follow_ups.values()} == {Status.STOPPED}
	assert open_due(MONDAY + timedelta(days=100), store) == []


def test_other_declined_work_of_the_same_visit_is_still_called_about():
	store = lane(
		job("job.declined"),
		job("job.declined", number=2, declined="DS-2"),
		told("declined_service.recovered", LATER, declined_service="DS-1", repair_order="RO-1"),
	)
	statuses = {(f.subject[1], f.status) for f in store.follow_ups.values()}
	assert statuses == {("DS-1", Status.STOPPED), ("DS-2", Status.PLANNED)}


def test_a_booking_that_is_taken_back_brings_the_calls_back():
	work = told("declined_service.booked", LATER, declined_service="DS-1", appointment="APT-5")
	store = lane(job("job.declined"), work)
	assert names(store, Status.STOPPED) == RED
	record(
		told(
			"declined_service.reopened",
			LATER + timedelta(hours=1),
			declined_service="DS-1",
			reverses=work.key,
		),
		store,
	)
	assert names(store, Status.PLANNED) == RED


def test_work_that_is_declined_again_begins_its_cadence_anew():
	again = MONDAY + timedelta(days=20)
	store = lane(job("job.declined"))
	open_until(store, again)
	record(job("job.declined", again, order="RO-2"), store)
	standing = [f for f in store.follow_ups.values() if f.status is Status.PLANNED]
	assert sorted(f.rule for f in standing) == RED
	assert {f.cause_at for f in standing} == {again}


def test_an_answer_that_is_taken_back_promises_nothing_any_more():
	first = job("job.declined")
	store = lane(first, job("job.withdrawn", LATER, reverses=first.key))
	assert names(store, Status.STOPPED) == RED


def test_one_letter_for_all_the_yellow_work_of_a_visit():
	store = lane(*(job("job.declined", number=n, severity="Yellow", declined=f"DS-{n}") for n in (1, 2, 3)))
	open_until(store, MONDAY + timedelta(days=11))
	letters = [f.status for f in store.follow_ups.values() if f.rule == YELLOW[2]]
	assert sorted(letters) == [Status.OPEN, Status.SUPPRESSED, Status.SUPPRESSED]


def test_every_red_job_of_a_visit_gets_its_call():
	store = lane(*(job("job.declined", number=n, declined=f"DS-{n}") for n in (1, 2, 3)))
	open_until(store, MONDAY + timedelta(days=2))
	assert names(store, Status.OPEN) == ["Declined, red: call the next day"] * 3


def test_no_letter_to_a_customer_who_was_here_yesterday():
	store = lane(job("job.declined", severity="Yellow"))
	store.contacts["Ann"] = MONDAY + timedelta(days=9)
	assert open_until(store, MONDAY + timedelta(days=10))[YELLOW[2]] is Status.SUPPRESSED


def test_deferred_work_is_offered_a_week_before_its_day():
	until = datetime(2026, 5, 4)
	store = lane(job("job.deferred", deferred_until=until.date().isoformat(), severity="Yellow"))
	made = of(store, "Deferred: a week before its day")
	assert made.opens_at == until - timedelta(days=7)
	assert made.opens_at < made.due_at < until
	assert "put off until 2026-05-04" in made.title
	record(told("declined_service.booked", LATER, declined_service="DS-1"), store)
	assert of(store, "Deferred: a week before its day").status is Status.STOPPED


def test_deferred_work_without_a_day_is_not_forgotten():
	store = lane(job("job.deferred"))
	assert names(store) == ["Deferred without a day: call after a month"]


# --- in the lane ---------------------------------------------------------------------------------------------

ASK = "Job: ask for the answer"


def test_a_job_without_an_answer_asks_for_one_within_half_an_hour():
	store = lane(job("job.recommended"))
	made = of(store, ASK)
	assert (made.opens_at, made.due_at) == (MONDAY + timedelta(minutes=15), MONDAY + timedelta(minutes=30))
	assert made.subject == ("repair_order", "RO-1")


def test_half_an_hour_of_opening_time():
	made = of(lane(job("job.recommended", datetime(2026, 3, 2, 17, 50))), ASK)
	assert (made.opens_at, made.due_at) == (datetime(2026, 3, 3, 8, 5), datetime(2026, 3, 3, 8, 20))


@pytest.mark.parametrize("answer", ["approved", "declined", "deferred"])
def test_the_answer_to_the_job_ends_the_asking_and_the_answer_to_another_does_not(answer):
	at = MONDAY + timedelta(minutes=5)
	other = lane(job("job.recommended"), job(f"job.{answer}", at, number=2))
	assert of(other, ASK).status is Status.PLANNED
	same = lane(job("job.recommended"), job(f"job.{answer}", at))
	assert of(same, ASK).status is Status.STOPPED
	elsewhere = lane(job("job.recommended"), job(f"job.{answer}", at, order="RO-2"))
	assert of(elsewhere, ASK).status is Status.PLANNED


@pytest.mark.parametrize("generous", [True, False])
def test_the_order_in_which_answers_are_told_does_not_matter(generous):
	at = MONDAY + timedelta(minutes=5)
	events = [
		job("job.recommended", number=1),
		job("job.recommended", number=2),
		job("job.approved", at, number=2),
	]
	for order in (events, events[::-1], [events[2], events[0], events[1]]):
		store = MemoryStore(DEFAULT_RULES, HOURS, generous=generous)
		for event in order:
			record(event, store)
		states = {f.cause: f.status for f in store.follow_ups.values()}
		assert states == {events[0].key: Status.PLANNED, events[1].key: Status.STOPPED}


@pytest.mark.parametrize("gone", ["ro.invoiced", "ro.closed", "ro.cancelled"])
def test_a_repair_order_that_is_gone_asks_nothing(gone):
	store = lane(job("job.recommended"), ro(gone, LATER))
	assert of(store, ASK).status is Status.STOPPED


def test_an_answer_that_is_taken_back_is_asked_for_again():
	answer = job("job.approved", MONDAY + timedelta(minutes=5))
	store = lane(job("job.recommended"), answer)
	record(job("job.withdrawn", LATER, reverses=answer.key), store)
	assert of(store, ASK).status is Status.PLANNED


PROMISED = "Promised time: call before it breaks"
MISSED = "Promised time: it was missed"


def test_the_customer_is_told_before_the_promise_breaks():
	store = lane(ro("ro.promised", facts={"promised_at": "2026-03-02T16:00:00"}))
	made = of(store, PROMISED)
	assert (made.opens_at, made.due_at) == (datetime(2026, 3, 2, 15, 30), datetime(2026, 3, 2, 16))
	missed = of(store, MISSED)
	assert (missed.opens_at, missed.due_at) == (datetime(2026, 3, 2, 16), datetime(2026, 3, 2, 16, 15))
	record(ro("ro.ready", datetime(2026, 3, 2, 15)), store)
	assert of(store, PROMISED).status is of(store, MISSED).status is Status.STOPPED
	assert names(lane(ro("ro.opened"))) == []


def test_work_taken_up_again_is_promised_as_before():
	store = lane(ro("ro.promised", facts={"promised_at": "2026-03-02T16:00:00"}))
	record(ro("ro.ready", datetime(2026, 3, 2, 14), key="ready"), store)
	record(ro("ro.status_changed", datetime(2026, 3, 2, 15), reverses="ready"), store)
	assert of(store, PROMISED).status is of(store, MISSED).status is Status.PLANNED


def test_a_new_promise_takes_the_place_of_the_old():
	store = lane(ro("ro.promised", key="first", facts={"promised_at": "2026-03-02T16:00:00"}))
	record(
		ro(
			"ro.promised",
			datetime(2026, 3, 2, 15),
			key="second",
			facts={"promised_at": "2026-03-02T18:00:00"},
		),
		store,
	)
	assert store.follow_ups[follow_up_key(MISSED, "first")].status is Status.STOPPED
	standing = store.follow_ups[follow_up_key(MISSED, "second")]
	assert (standing.status, standing.opens_at) == (Status.PLANNED, datetime(2026, 3, 2, 18))


LATE = "Part delayed: tell the customer"


def part(type_, at=MONDAY, name="Mirror, left", order="RO-1", **facts):
	return told(type_, at, repair_order=order, facts={"part": name, "eta": "2026-03-20", **facts})


def test_the_customer_is_told_that_a_part_is_late():
	store = lane(part("part.delayed"))
	made = of(store, LATE)
	assert made.due_at == datetime(2026, 3, 2, 18)
	assert "2026-03-20" in made.talking_points
	record(part("part.arrived", LATER, name="Filter"), store)
	assert of(store, LATE).status is Status.PLANNED
	record(part("part.arrived", LATER + timedelta(minutes=1)), store)
	assert of(store, LATE).status is Status.STOPPED


def test_a_part_that_is_late_again_is_one_promise():
	store = lane(part("part.delayed"), part("part.delayed", LATER))
	assert sorted(f.status for f in store.follow_ups.values()) == [Status.PLANNED, Status.STOPPED]


HERE = "Special order is here: offer a time"


def test_a_special_order_is_offered_a_time_the_same_day():
	store = lane(part("part.arrived", special="1"))
	made = of(store, HERE)
	assert (made.due_at, made.subject) == (datetime(2026, 3, 2, 18), ("vehicle", "CAR-1"))
	assert made.title == f"Mirror, left is here for {CAR}: offer a time"
	assert names(lane(part("part.arrived"))) == []


@pytest.mark.parametrize("coming", ["appointment.booked", "ro.opened"])
def test_a_customer_who_is_coming_needs_no_offer(coming):
	store = lane(part("part.arrived", special="1"), told(coming, LATER))
	assert of(store, HERE).status is Status.STOPPED


# --- afterwards --------------------------------------------------------------------------------------------

THANKS, NEXT = "Closed: thank-you call", "Next service: invite"


def closed(at=MONDAY, **facts):
	return ro(
		"ro.closed",
		at,
		facts={
			"next_service": "60,000 mile service",
			"next_service_on": "2026-09-14",
			"next_service_basis": "980 miles a month",
			**facts,
		},
	)


def test_a_closed_repair_order_is_thanked_for_and_leads_to_the_next():
	store = lane(closed())
	thanks, following = of(store, THANKS), of(store, NEXT)
	assert (thanks.opens_at, thanks.due_at) == (datetime(2026, 3, 3, 8), datetime(2026, 3, 3, 18))
	assert following.opens_at == datetime(2026, 8, 31)
	assert following.title == f"60,000 mile service is due soon: {CAR}"
	assert "980 miles a month" in following.talking_points
	assert names(lane(ro("ro.closed"))) == [THANKS]


@pytest.mark.parametrize("answer", ["appointment.booked", "ro.opened", "vehicle.sold", "vehicle.traded_in"])
def test_nobody_who_has_booked_or_has_no_car_is_invited(answer):
	store = lane(closed(), told(answer, MONDAY + timedelta(days=90)))
	assert of(store, NEXT).status is Status.STOPPED
	elsewhere = lane(closed(), told(answer, MONDAY + timedelta(days=90), vehicle="CAR-2"))
	assert of(elsewhere, NEXT).status is Status.PLANNED


def test_nobody_is_invited_who_had_booked_before_the_visit_ended():
	assert names(lane(closed(appointment_ahead="1"))) == [THANKS]


def test_nobody_who_has_just_been_here_is_invited():
	store = lane(closed(next_service_on="2026-03-10"))
	store.contacts["Ann"] = MONDAY
	assert open_until(store, MONDAY)[NEXT] is Status.SUPPRESSED


def test_a_repair_order_that_is_opened_again_is_not_thanked_for():
	first = closed()
	store = lane(first, ro("ro.reopened", LATER, reverses=first.key))
	assert {of(store, name).status for name in (THANKS, NEXT)} == {Status.STOPPED}


def test_a_comeback_is_not_thanked_for():
	store = lane(closed(), ro("ro.opened", LATER, order="RO-2"))
	assert of(store, THANKS).status is Status.STOPPED


UNPAID = "Invoiced: still unpaid"


def test_an_invoice_is_asked_about_the_next_day():
	invoiced = ro("ro.invoiced", amount=Money.of("880", "USD"))
	store = lane(invoiced)
	assert of(store, UNPAID).opens_at == datetime(2026, 3, 3, 8)
	assert of(store, UNPAID).title == f"{CAR} was invoiced and is not paid: 880.00 USD"
	record(ro("ro.paid", LATER), store)
	assert of(store, UNPAID).status is Status.STOPPED
	assert names(lane(ro("ro.invoiced", amount=Money.zero("USD")))) == []


def test_a_payment_that_bounces_is_asked_about_again():
	paid = ro("ro.paid", LATER)
	store = lane(ro("ro.invoiced", amount=Money.of("880", "USD")), paid)
	record(ro("ro.reopened", LATER + timedelta(hours=1), order="RO-9", reverses=paid.key), store)
	assert of(store, UNPAID).status is Status.PLANNED


WAITING, DENIED = "Claim: no answer after two weeks", "Claim: denied"


def claim(type_, at=MONDAY, name="MC-1", **facts):
	return ro(
		type_,
		at,
		reference_doctype="Manufacturer Claim",
		reference_name=name,
		amount=Money.of("260", "USD"),
		facts=facts,
	)


def test_a_claim_without_an_answer_is_asked_about():
	store = lane(claim("claim.submitted"))
	assert of(store, WAITING).opens_at == MONDAY + timedelta(days=14)
	record(claim("claim.paid", LATER, name="MC-2"), store)
	assert of(store, WAITING).status is Status.PLANNED
	record(claim("claim.paid", LATER + timedelta(days=1)), store)
	assert of(store, WAITING).status is Status.STOPPED


def test_a_denied_claim_is_the_service_managers_at_once():
	store = lane(claim("claim.submitted"), claim("claim.denied", LATER, reason="No photo"))
	assert of(store, WAITING).status is Status.STOPPED
	made = of(store, DENIED)
	assert made.opens_at == LATER and "No photo" in made.talking_points
	rule = next(rule for rule in SERVICE_RULES if rule.name == DENIED)
	assert rule.owner_role == "Dealer Service Manager"
	record(claim("claim.submitted", LATER + timedelta(days=1)), store)
	assert of(store, DENIED).status is Status.STOPPED


# --- a whole story -----------------------------------------------------------------------------------------


def test_a_visit_from_booking_to_recovery():
	"""Booked, confirmed, kept, written up, red work declined, invoiced, paid, closed; booked again and done."""
	store = MemoryStore(DEFAULT_RULES, HOURS)
	visit = NEXT_MONDAY
	opened_by_then = []

	def tell(event):
		while settled := open_due(event.happened_at, store):
			opened_by_then.extend(f.rule for f in settled if f.status is Status.OPEN)
		record(event, store)

	tell(booked(visit))
	tell(told("appointment.confirmed", visit - timedelta(hours=60), appointment="APT-1"))
	tell(told("appointment.kept", visit, appointment="APT-1"))
	tell(
		ro(
			"ro.promised",
			visit + timedelta(minutes=5),
			appointment="APT-1",
			facts={"promised_at": (visit + timedelta(hours=8)).isoformat()},
		)
	)
	tell(job("job.recommended", visit + timedelta(hours=1)))
	tell(job("job.declined", visit + timedelta(hours=1, minutes=20)))
	tell(ro("ro.invoiced", visit + timedelta(hours=5), amount=Money.of("150", "USD")))
	tell(ro("ro.paid", visit + timedelta(hours=6)))
	tell(closed(visit + timedelta(hours=6, minutes=5)))
	tell(booked(visit + timedelta(days=9), visit + timedelta(days=8), "APT-2"))
	tell(
		told(
			"declined_service.booked",
			visit + timedelta(days=8),
			declined_service="DS-1",
			appointment="APT-2",
			repair_order=None,
		)
	)
	assert opened_by_then == [
		"Appointment: confirm",
		"Appointment: remind the day before",
		"Appointment: remind two hours before",
		ASK,
		"Closed: thank-you call",
		"Declined, red: call the next day",
		"Declined, red: call after a week",
	]
	assert names(store, Status.PLANNED) == ["Appointment: remind two hours before"]
	assert of(store, "Declined, red: call after a month").status is Status.STOPPED
	assert of(store, PROMISED).status is of(store, MISSED).status is Status.STOPPED
	assert of(store, UNPAID).status is Status.STOPPED


def test_every_rule_of_the_lane_is_walked_here():
	walked = {
		*REMINDERS,
		*SAVES,
		*RED,
		*YELLOW,
		ASK,
		PROMISED,
		MISSED,
		LATE,
		HERE,
		THANKS,
		NEXT,
		UNPAID,
		WAITING,
		DENIED,
	}
	walked |= {"Deferred: a week before its day", "Deferred without a day: call after a month"}
	assert walked == {rule.name for rule in SERVICE_RULES}
