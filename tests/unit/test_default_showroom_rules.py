"""The showroom's rules, each against what happens on the floor: walks from the first event to the last."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from dealer_pos_crm.domain.clock import BusinessHours
from dealer_pos_crm.domain.default_rules import DEFAULT_RULES
from dealer_pos_crm.domain.default_service_rules import SERVICE_RULES
from dealer_pos_crm.domain.default_showroom_rules import SHOWROOM_RULES
from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.domain.follow_up import FollowUp, Owner, Status
from dealer_pos_crm.domain.spine import open_due, record

from .memory_store import MemoryStore

HOURS = BusinessHours(
	{**dict.fromkeys(range(5), (time(8), time(18))), 5: (time(9), time(14))}, frozenset({date(2026, 3, 5)})
)
MONDAY = datetime(2026, 3, 2, 10)  # Thursday of that week is a holiday
LATER = MONDAY + timedelta(hours=2)
CAR = "2021 Toyota Camry …123456"
COUNTER = iter(range(10**6))
RULES = {rule.name: rule for rule in SHOWROOM_RULES}


def told(type_, at=MONDAY, **more):
	facts = {"what": CAR, "salesperson": "Robin Diaz", **more.pop("facts", {})}
	values = {
		"key": f"{type_}:S{next(COUNTER)}",
		"customer": "Ann",
		"company": "Summit",
		"title": type_,
		"department": "Sales",
		"actor": "robin",
		**more,
	}
	return Event(type=type_, happened_at=at, facts=facts, **values)


def lead(type_, at=MONDAY, name="L-1", **more):
	return told(type_, at, **{"customer": "", "lead": name, **more})


def deal(type_, at=MONDAY, name="D-1", **more):
	return told(type_, at, deal=name, vehicle=more.pop("vehicle", "CAR-1"), **more)


def floor(*events, rules=DEFAULT_RULES):
	store = MemoryStore(rules, HOURS)
	for event in events:
		record(event, store)
	return store


def of(store, rule) -> FollowUp:
	assert rule in RULES
	(found,) = (f for f in store.follow_ups.values() if f.rule == rule)
	return found


def names(store, status=None):
	return sorted(f.rule for f in store.follow_ups.values() if status in (None, f.status))


def standing(store):
	return names(store, Status.PLANNED)


def open_until(store, moment):
	while open_due(moment, store):
		pass
	return {f.rule: f.status for f in store.follow_ups.values()}


# --- leads ---------------------------------------------------------------------------------------------

UNANSWERED = ["Lead: answer it", "Lead: unanswered after 15 minutes", "Lead: unanswered after an hour"]


def received(at=MONDAY, **more):
	return lead("lead.received", at, facts={"lead_type": "Internet"}, **more)


def test_a_lead_is_answered_in_five_minutes_warned_about_and_escalated():
	store = floor(received())
	assert names(store) == UNANSWERED
	opens = [of(store, name).opens_at - MONDAY for name in UNANSWERED]
	assert opens == [timedelta(minutes=minutes) for minutes in (0, 15, 60)]
	first = of(store, UNANSWERED[0])
	assert first.due_at == MONDAY + timedelta(minutes=5)
	assert first.subject == ("lead", "L-1")
	assert first.person == ("lead", "L-1")
	assert first.title == f"New lead, Internet: {CAR}"
	assert RULES[UNANSWERED[2]].owner_role == "Dealer Sales Manager"
	assert RULES[UNANSWERED[0]].owner is Owner.SALES


def test_a_lead_of_the_night_is_answered_at_the_beginning_of_the_day():
	store = floor(received(datetime(2026, 3, 4, 22)))  # the next day is a holiday
	assert of(store, UNANSWERED[0]).due_at == datetime(2026, 3, 6, 8, 5)
	assert [of(store, name).opens_at for name in UNANSWERED[1:]] == [
		datetime(2026, 3, 6, 8, 15),
		datetime(2026, 3, 6, 9),
	]


@pytest.mark.parametrize(
	"answer", ["lead.responded", "lead.lost", "lead.converted", "visit.made", "deal.opened"]
)
def test_any_answer_ends_the_asking(answer):
	store = floor(received(), lead(answer, LATER))
	assert {of(store, name).status for name in UNANSWERED} == {Status.STOPPED}


def test_the_answer_to_another_lead_is_no_answer():
	store = floor(received(), lead("lead.responded", LATER, name="L-2"))
	assert standing(store) == UNANSWERED


def test_a_lead_that_was_lost_by_mistake_is_to_be_answered_again():
	lost = lead("lead.lost", LATER)
	store = floor(received(), lost, lead("lead.reopened", LATER + timedelta(hours=1), reverses=lost.key))
	assert standing(store) == UNANSWERED


def test_whoever_asks_again_is_answered_again():
	store = floor(received(), lead("lead.responded", LATER))
	record(lead("lead.asked", LATER + timedelta(hours=3)), store)
	assert standing(store) == ["Lead: asked again"]
	record(lead("lead.responded", LATER + timedelta(hours=3, minutes=5)), store)
	assert standing(store) == []


def test_a_lost_lead_is_tried_again_after_a_month_unless_they_said_no():
	name = "Lead lost: try again after a month"
	store = floor(lead("lead.lost", facts={"reason": "Not ready yet"}))
	assert of(store, name).opens_at == MONDAY + timedelta(days=30)
	record(lead("consent.revoked", LATER), store)
	open_until(store, MONDAY + timedelta(days=31))
	assert of(store, name).status is Status.SUPPRESSED
	again = floor(lead("lead.lost"), lead("lead.asked", LATER))
	assert of(again, name).status is Status.STOPPED


# --- appointments --------------------------------------------------------------------------------------

TUESDAY_NEXT = datetime(2026, 3, 10, 15)
REMINDERS = ["Showroom appointment: confirm the day before", "Showroom appointment: remind two hours before"]
SAVES = ["Showroom no-show: save it the same day", "Showroom no-show: write the next day"]


def booked(starts=TUESDAY_NEXT, at=MONDAY, appointment="SA-1", **more):
	facts = {
		"starts_at": starts.isoformat(),
		"starts_at_text": f"{starts:%a %H:%M}",
		"lead_hours": str(int((starts - at).total_seconds() // 3600)),
		"concern": "Test drive",
	}
	return lead("appointment.booked", at, appointment=appointment, facts=facts, **more)


def missed(at=TUESDAY_NEXT + timedelta(minutes=45), **more):
	facts = {"starts_at": TUESDAY_NEXT.isoformat(), "starts_at_text": "Tue 15:00"}
	return lead("appointment.missed", at, appointment="SA-1", facts=facts, **more)


def test_an_appointment_is_confirmed_the_day_before_and_reminded_of():
	store = floor(booked())
	assert names(store) == REMINDERS
	assert [of(store, name).opens_at for name in REMINDERS] == [
		TUESDAY_NEXT - timedelta(hours=24),
		TUESDAY_NEXT - timedelta(hours=2),
	]
	assert all(f.due_at < TUESDAY_NEXT for f in store.follow_ups.values())
	assert all("Robin Diaz" in f.talking_points for f in store.follow_ups.values())


def test_one_of_today_is_reminded_of_once_one_of_this_hour_not_at_all():
	assert names(floor(booked(MONDAY + timedelta(hours=7)))) == REMINDERS[1:]
	assert names(floor(booked(MONDAY + timedelta(hours=2)))) == []


@pytest.mark.parametrize("how", ["kept", "cancelled", "rescheduled", "missed"])
def test_an_appointment_that_is_over_is_not_reminded_of(how):
	over = told(f"appointment.{how}", LATER, appointment="SA-1")
	assert {f.status for f in floor(booked(), over).follow_ups.values() if f.rule in REMINDERS} == {
		Status.STOPPED
	}


def test_the_lane_s_rules_leave_the_showroom_alone_and_the_other_way_round():
	assert names(floor(booked(), rules=SERVICE_RULES)) == []
	assert names(floor(missed(), rules=SERVICE_RULES)) == []
	lane = replace(booked(), department="Service")
	assert names(floor(lane, rules=SHOWROOM_RULES)) == []
	assert names(floor(replace(missed(), department="Service"), rules=SHOWROOM_RULES)) == []


def test_a_no_show_is_called_the_same_day_and_written_to_the_next():
	store = floor(missed())
	assert names(store) == SAVES
	same_day, next_day = (of(store, name) for name in SAVES)
	assert same_day.opens_at == TUESDAY_NEXT + timedelta(minutes=45)
	assert same_day.due_at == datetime(2026, 3, 10, 18)
	assert (next_day.opens_at, next_day.due_at) == (datetime(2026, 3, 11, 8), datetime(2026, 3, 11, 18))
	assert same_day.subject == ("lead", "L-1")
	early = floor(missed(TUESDAY_NEXT + timedelta(minutes=5)))
	assert of(early, SAVES[0]).opens_at == TUESDAY_NEXT + timedelta(minutes=30)


@pytest.mark.parametrize("comes", ["appointment.booked", "visit.made", "deal.opened", "lead.lost"])
def test_whoever_comes_after_all_is_left_alone(comes):
	at = TUESDAY_NEXT + timedelta(hours=1)
	assert not set(SAVES) & set(standing(floor(missed(), lead(comes, at, appointment=None))))


def test_a_visit_to_the_workshop_does_not_save_a_no_show():
	ann = missed(customer="Ann")
	at = TUESDAY_NEXT + timedelta(hours=1)
	store = floor(ann, told("appointment.booked", at, department="Service", appointment="A-9"))
	assert standing(store) == SAVES
	record(told("appointment.booked", at + timedelta(hours=1), appointment="SA-2"), store)
	assert standing(store) == []


# --- visits and test drives ------------------------------------------------------------------------------

BE_BACK, DROVE = "Be-back: call the next day", "Test drive: ask the same day"


def test_who_leaves_without_a_deal_is_called_the_next_day():
	store = floor(told("visit.ended", facts={"outcome": "Thinking"}))
	promise = of(store, BE_BACK)
	assert (promise.opens_at, promise.due_at) == (datetime(2026, 3, 3, 8), datetime(2026, 3, 3, 18))
	assert promise.subject == ("customer", "Ann")
	assert "Thinking" in promise.title


@pytest.mark.parametrize(
	("more", "asked"),
	[({"deal": "D-1"}, False), ({"facts": {"outcome": "Lost"}}, False), ({}, True)],
)
def test_not_who_has_a_deal_or_said_no(more, asked):
	assert (BE_BACK in names(floor(told("visit.ended", **more)))) is asked


@pytest.mark.parametrize("comes", ["visit.made", "deal.opened", "appointment.booked", "deposit.taken"])
def test_not_who_is_back(comes):
	store = floor(told("visit.ended"), told(comes, LATER))
	assert of(store, BE_BACK).status is Status.STOPPED


def test_who_drove_is_asked_the_same_day_and_whose_drive_fell_through_is_not():
	store = floor(told("test_drive.returned", vehicle="CAR-1"))
	promise = of(store, DROVE)
	assert (promise.opens_at, promise.due_at) == (MONDAY + timedelta(minutes=30), datetime(2026, 3, 2, 18))
	record(deal("deal.opened", LATER), store)
	assert of(store, DROVE).status is Status.STOPPED
	assert DROVE not in names(floor(told("test_drive.returned", facts={"reason": "Battery was flat"})))


# --- deals -----------------------------------------------------------------------------------------------

STUCK, IDLE = "Deal: stuck for five days", "Deal: nothing happened for three days"


def moved(to, at=MONDAY, **more):
	return deal("deal.stage_changed", at, facts={"to": to, "from": "New"}, **more)


def test_a_deal_in_which_nothing_happens_is_asked_about():
	store = floor(deal("deal.opened"))
	assert of(store, IDLE).opens_at == datetime(2026, 3, 6, 8)  # Thursday is a holiday
	record(moved("Visit", LATER), store)
	assert of(store, IDLE).status is Status.STOPPED
	assert of(store, STUCK).opens_at == datetime(2026, 3, 9, 8)  # Saturday is a business day
	assert of(store, STUCK).title == f"Five days at Visit, stuck: {CAR}"


def test_each_stage_asks_anew_and_only_for_its_own_deal():
	store = floor(moved("Visit"), moved("Write-up", LATER), moved("Visit", LATER, name="D-2"))
	found = {(f.subject[1], f.cause_at): f.status for f in store.follow_ups.values() if f.rule == STUCK}
	assert found == {
		("D-1", MONDAY): Status.STOPPED,
		("D-1", LATER): Status.PLANNED,
		("D-2", LATER): Status.PLANNED,
	}


@pytest.mark.parametrize("to", ["Contracted", "Delivered", "Funded", "Lost"])
def test_a_deal_that_is_made_or_lost_is_not_stuck(to):
	assert STUCK not in names(floor(moved(to)))


@pytest.mark.parametrize("ends", ["deal.ready_for_fni", "deal.contracted", "deal.delivered", "deal.lost"])
def test_a_deal_that_goes_on_is_not_stuck(ends):
	assert of(floor(moved("Write-up"), deal(ends, LATER)), STUCK).status is Status.STOPPED


def test_a_worksheet_waits_an_hour_for_a_manager():
	name = "Worksheet: approve it"
	store = floor(deal("deal.approval_asked"))
	assert of(store, name).due_at == MONDAY + timedelta(hours=1)
	assert RULES[name].owner_role == "Dealer Sales Manager"
	record(deal("deal.rejected", LATER, facts={"reason": "Trade too high"}), store)
	assert of(store, name).status is Status.STOPPED
	change = of(store, "Worksheet turned down: change it")
	assert "Trade too high" in change.title
	record(deal("deal.approval_asked", LATER + timedelta(hours=1)), store)
	assert standing(store) == [name]
	record(deal("deal.approved", LATER + timedelta(hours=2)), store)
	assert standing(store) == []


def test_a_question_that_was_taken_back_is_nobodys_task():
	asked = deal("deal.approval_asked")
	taken = deal("deal.rejected", LATER, reverses=asked.key, facts={"withdrawn": "yes"})
	assert standing(floor(asked, taken)) == []


def test_fni_takes_over_and_the_contract_leads_to_the_delivery():
	take, prepare = "F&I: take the deal over", "Contracted: prepare the delivery"
	store = floor(deal("deal.ready_for_fni"))
	assert of(store, take).due_at == MONDAY + timedelta(hours=1)
	assert RULES[take].owner_role == "Dealer FnI"
	record(deal("deal.contracted", LATER), store)
	assert standing(store) == [prepare]
	record(deal("deal.delivered", LATER + timedelta(days=1)), store)
	assert of(store, prepare).status is Status.STOPPED


def test_an_alert_is_cleared_by_a_manager_and_by_nothing_else():
	name = "Compliance: an alert"
	store = floor(deal("compliance.alerted", reference_doctype="Compliance Check", reference_name="CHK-1"))
	record(deal("deal.contracted", LATER), store)
	record(deal("compliance.cleared", LATER, reference_name="CHK-2"), store)
	assert of(store, name).status is Status.PLANNED
	record(deal("compliance.cleared", LATER, reference_name="CHK-1"), store)
	assert of(store, name).status is Status.STOPPED


# --- delivered and funded ----------------------------------------------------------------------------------

CALLS = ["Delivered: call after a month", "Delivered: call after a week", "Delivered: call the next day"]
SERVICE, SEND = "First service visit: look forward to it", "Delivered: send the contract to the lender"


def delivered(at=MONDAY, deal_type="Finance", **facts):
	return deal(
		"deal.delivered", at, facts={"deal_type": deal_type, "first_service_on": "2026-08-31", **facts}
	)


def test_a_buyer_is_called_after_1_7_and_30_days_and_before_the_first_service():
	store = floor(delivered())
	assert names(store) == sorted([*CALLS, SERVICE, SEND])
	assert [of(store, name).opens_at for name in CALLS] == [
		MONDAY + timedelta(days=30),
		MONDAY + timedelta(days=7),
		datetime(2026, 3, 3, 8),
	]
	service = of(store, SERVICE)
	assert service.opens_at == datetime(2026, 8, 17, 9)
	assert service.subject == ("vehicle", "CAR-1")
	assert RULES[SERVICE].owner is Owner.SERVICE


def test_a_cash_deal_has_no_contract_to_send():
	assert SEND not in names(floor(delivered(deal_type="Cash")))


def test_a_first_service_without_a_day_is_not_looked_forward_to():
	assert SERVICE not in names(floor(delivered(first_service_on="")))


@pytest.mark.parametrize("undone", ["deal.unwound", "deal.delivery_undone"])
def test_nobody_is_called_about_a_sale_that_did_not_happen(undone):
	store = floor(delivered(), deal(undone, LATER))
	assert standing(store) == []


def test_a_buyer_who_does_not_want_to_be_called_is_not():
	store = floor(delivered(), told("consent.revoked", LATER))
	found = open_until(store, MONDAY + timedelta(days=200))
	assert {found[name] for name in [*CALLS, SERVICE]} == {Status.SUPPRESSED}
	assert found[SEND] is Status.OPEN  # the lender is asked all the same


DUE, LATE = "Funding: it is due", "Funding: three days late"


def sent(at=MONDAY):
	return deal("deal.sent_to_lender", at, facts={"lender": "First Bank", "funding_due_on": "2026-03-12"})


def test_money_that_does_not_come_is_asked_for():
	store = floor(delivered(deal_type="Lease"), sent(LATER))
	assert of(store, SEND).status is Status.STOPPED
	due, late = of(store, DUE), of(store, LATE)
	assert (due.opens_at, due.due_at) == (datetime(2026, 3, 12, 9), datetime(2026, 3, 12, 18))
	assert late.opens_at == datetime(2026, 3, 15, 9)
	assert "First Bank" in due.title
	assert RULES[LATE].owner_role == "Dealer Accountant"
	record(deal("deal.funded", LATER + timedelta(days=2)), store)
	assert {of(store, name).status for name in (DUE, LATE)} == {Status.STOPPED}


def test_a_contract_that_came_back_is_put_right_and_sent_again():
	back = "Contract returned by the lender"
	store = floor(
		sent(),
		deal("deal.returned_by_lender", LATER, facts={"reason": "No insurance", "lender": "First Bank"}),
	)
	assert standing(store) == [back]
	assert "No insurance" in of(store, back).title
	record(sent(LATER + timedelta(hours=3)), store)
	assert standing(store) == sorted([DUE, LATE])


# --- lost ------------------------------------------------------------------------------------------------

REVIEW, WIN_BACK = "Deal lost: look at the reason", "Deal lost: win back after a month"


def test_a_lost_deal_is_looked_at_and_won_back():
	lost = deal("deal.lost", facts={"reason": "Price"})
	store = floor(lost)
	assert names(store) == [REVIEW, WIN_BACK]
	assert of(store, WIN_BACK).opens_at == MONDAY + timedelta(days=30)
	record(deal("deal.reopened", LATER, reverses=lost.key), store)
	assert standing(store) == []


def test_who_comes_back_by_themselves_is_not_won_back():
	store = floor(deal("deal.lost"), lead("lead.received", LATER, name="L-9", customer="Ann"))
	assert of(store, WIN_BACK).status is Status.STOPPED
	assert of(store, REVIEW).status is Status.PLANNED


def test_nobody_is_won_back_twice_in_a_month():
	store = floor(deal("deal.lost"), deal("deal.lost", MONDAY + timedelta(hours=1), name="D-2"))
	open_until(store, MONDAY + timedelta(days=40))
	assert sorted(f.status.value for f in store.follow_ups.values() if f.rule == WIN_BACK) == [
		"Open",
		"Suppressed",
	]


# --- promises, papers, stock -------------------------------------------------------------------------------

KEEP, MISSED = "We owe: keep it by its day", "We owe: it was missed"


def owed(item, day="2026-03-11"):
	return deal("we_owe.promised", facts={"item": item, "due_on": day})


def test_what_we_owe_is_asked_for_before_its_day_and_after_it():
	store = floor(owed("Second key"), owed("Floor mats"))
	assert names(store) == sorted([KEEP, KEEP, MISSED, MISSED])
	keep = next(f for f in store.follow_ups.values() if f.rule == KEEP)
	assert (keep.opens_at, keep.due_at) == (datetime(2026, 3, 10, 9), datetime(2026, 3, 11, 18))
	record(deal("we_owe.done", LATER, facts={"item": "Second key"}), store)
	assert standing(store) == sorted([KEEP, MISSED])
	assert all("Floor mats" in f.title for f in store.follow_ups.values() if f.status is Status.PLANNED)
	record(deal("deal.unwound", LATER), store)
	assert standing(store) == []


TITLE = ["Temporary tag: it runs out", "Title: it is overdue", "Title: its day comes near"]


def title(type_, at=MONDAY, name="TR-1", **facts):
	return deal(type_, at, reference_doctype="Title Registration", reference_name=name, facts=facts)


def test_papers_are_asked_for_until_they_are_there():
	store = floor(title("title.opened", due_on="2026-04-01", temporary_until="2026-04-15", holder="Bank"))
	assert names(store) == TITLE
	assert [of(store, name).opens_at for name in TITLE] == [
		datetime(2026, 4, 8, 9),
		datetime(2026, 4, 2, 9),
		datetime(2026, 3, 25, 9),
	]
	record(title("title.sent", LATER), store)
	assert standing(store) == TITLE[:2]
	record(title("title.returned", LATER + timedelta(days=1), reason="No signature"), store)
	assert standing(store) == sorted(["Title papers came back", *TITLE[:2]])
	record(title("title.issued", LATER, name="TR-2"), store)  # those of the trade-in
	assert standing(store) == sorted(["Title papers came back", *TITLE[:2]])
	record(title("title.issued", LATER + timedelta(days=2)), store)
	assert standing(store) == []


def recon(type_, at=MONDAY, **facts):
	return told(type_, at, customer="", vehicle="CAR-7", facts=facts)


def test_a_late_step_of_a_recon_is_asked_about_and_the_next_one_has_its_own_day():
	first, next_one = "Recon: the first step is late", "Recon: a step is late"
	store = floor(recon("vehicle.recon_started", step="Inspection", due_at="2026-03-03T10:00"))
	assert of(store, first).opens_at == datetime(2026, 3, 3, 10)
	assert "Inspection" in of(store, first).title
	assert of(store, first).person is None
	record(
		recon(
			"vehicle.recon_step_done",
			LATER,
			step="Inspection",
			next_step="Detail",
			next_due_at="2026-03-04T10:00",
		),
		store,
	)
	assert standing(store) == [next_one]
	assert "Detail" in of(store, next_one).title
	record(recon("vehicle.frontline_ready", LATER + timedelta(hours=1)), store)
	assert standing(store) == ["Front-line ready: show it"]
	record(recon("vehicle.sold", LATER + timedelta(hours=2)), store)
	assert standing(store) == []


def test_the_last_step_has_no_next_one():
	assert names(floor(recon("vehicle.recon_step_done", step="Photos"))) == []


def test_a_stock_car_of_nobody_opens_its_promise():
	store = floor(recon("vehicle.frontline_ready"))
	assert open_until(store, LATER) == {"Front-line ready: show it": Status.OPEN}


# --- all of them -------------------------------------------------------------------------------------------


def test_names_are_unique_and_texts_are_for_people():
	assert len({rule.name for rule in DEFAULT_RULES}) == len(DEFAULT_RULES)
	for rule in SHOWROOM_RULES:
		assert len(rule.talking_points) > 60
		assert len(rule.title.format_map({"what": CAR, **dict.fromkeys(FACTS, "x" * 20)})) <= 140
		assert rule.event_type not in rule.stops or rule.name in AGAIN


FACTS = (
	"lead_type", "reason", "starts_at_text", "outcome", "to", "first_service_on", "lender", "funding_due_on",
	"due_on", "item", "temporary_until", "step", "next_step",
)  # fmt: skip
AGAIN = {STUCK, "Worksheet: approve it", DUE, LATE, "Recon: a step is late"}
