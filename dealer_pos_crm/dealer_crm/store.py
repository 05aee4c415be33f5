"""The spine in Frappe's database: the domain's ``Store`` on Customer Event and Follow Up.

Plain SQL where a row must be written once whatever happens at the same time, and because this runs in
the transaction of every payment: one statement per step.
"""

import json
from collections.abc import Sequence
from datetime import datetime

import frappe
from frappe.utils import get_datetime, now_datetime

from dealer_pos_crm.dealer_crm import rules
from dealer_pos_crm.dealer_crm.owners import owner_of
from dealer_pos_crm.dealer_setup.settings import business_hours
from dealer_pos_crm.domain.clock import BusinessHours
from dealer_pos_crm.domain.event import SUBJECTS, Event
from dealer_pos_crm.domain.follow_up import CONSENT, CONTACTS, FollowUp, Rule, Standing, Status
from dealer_pos_crm.domain.money import Money

_ABOUT = ", ".join(SUBJECTS)
_EVENT_COLUMNS = (
	f"event_key, event_type, happened_at, customer, company, title, department, {_ABOUT},"
	" reference_doctype, reference_name, amount, currency, actor, detail, reverses, occasion"
)
_FOLLOW_UP_COLUMNS = (
	"follow_up_key, rule, occasion, cause, cause_at, customer, company, department, subject_kind,"
	" subject_name, title, talking_points, opens_at, due_at, status, opened_at, ended_at, stopped_by, reason,"
	f" document_owner, {_ABOUT}, priority, channel"
)
_ABOUT_VALUES = ", ".join(f"%({name})s" for name in SUBJECTS)
_ABOUT_AGAIN = ", ".join(f"{name} = %({name})s" for name in SUBJECTS)


def event_of(row: dict) -> Event:
	"""An event as it is recorded. ``row`` has the columns of Customer Event."""
	from dealer_pos_crm.dealer_cashier.money import rounded

	amount = None
	if row["currency"]:
		amount = rounded(row["amount"], row["currency"])
	return Event(
		key=row["event_key"],
		type=row["event_type"],
		happened_at=get_datetime(row["happened_at"]),
		customer=row["customer"] or "",
		company=row["company"],
		title=row["title"] or "",
		amount=amount,
		facts=json.loads(row["detail"]) if row["detail"] else {},
		**{
			name: row[name] or None
			for name in ("department", *SUBJECTS, "reference_doctype", "reference_name", "actor", "reverses")
		},
		occasion=row["occasion"],
	)


def follow_up_of(row: dict) -> FollowUp:
	"""A promise as it stands. ``row`` has the columns of Follow Up."""
	return FollowUp(
		key=row["follow_up_key"],
		rule=row["rule"],
		occasion=row["occasion"],
		cause=row["cause"],
		cause_at=row["cause_at"],
		customer=row["customer"] or "",
		company=row["company"],
		department=row["department"] or None,
		subject=(row["subject_kind"], row["subject_name"]),
		title=row["title"] or "",
		talking_points=row["talking_points"] or "",
		opens_at=row["opens_at"],
		due_at=row["due_at"],
		status=Status(row["status"]),
		opened_at=row["opened_at"],
		ended_at=row["ended_at"],
		stopped_by=row["stopped_by"] or None,
		reason=row["reason"] or "",
		subjects={name: row[name] or None for name in SUBJECTS},
		document_owner=row["document_owner"] or None,
	)


class FrappeStore:
	"""Implements ``domain.spine.Store`` in the current transaction."""

	def add_event(self, event: Event) -> bool:
		amount: Money | None = event.amount
		frappe.db.sql(
			f"""insert into `tabCustomer Event`
				(name, creation, modified, owner, modified_by, {_EVENT_COLUMNS})
			values (nextval(`customer_event_id_seq`), %(now)s, %(now)s, %(user)s, %(user)s,
				%(key)s, %(type)s, %(happened_at)s, %(customer)s, %(company)s, %(title)s, %(department)s,
				{_ABOUT_VALUES}, %(reference_doctype)s, %(reference_name)s, %(amount)s, %(currency)s, %(actor)s,
				%(detail)s, %(reverses)s, %(occasion)s)
			on duplicate key update event_key = event_key""",
			{
				"now": now_datetime(),
				"user": frappe.session.user,
				"key": event.key,
				"type": event.type,
				"happened_at": event.happened_at,
				"customer": event.customer or None,
				"company": event.company,
				"title": event.title[:255],
				"department": event.department,
				**{name: getattr(event, name) for name in SUBJECTS},
				"reference_doctype": event.reference_doctype,
				"reference_name": event.reference_name,
				"amount": 0 if amount is None else amount.decimal,
				"currency": None if amount is None else amount.currency,
				"actor": event.actor,
				"detail": json.dumps(dict(event.facts), sort_keys=True) if event.facts else None,
				"reverses": event.reverses,
				"occasion": event.occasion,
			},
		)
		return _changed_rows() > 0

	def event(self, key: str) -> Event | None:
		rows = _events("event_key = %(key)s", {"key": key})
		return rows[0] if rows else None

	def rules_for(self, event_type: str) -> Sequence[Rule]:
		return [rule for rule in rules.all_rules() if rule.enabled and rule.event_type == event_type]

	def rule(self, name: str) -> Rule | None:
		return next((rule for rule in rules.all_rules() if rule.name == name), None)

	def hours(self, company: str) -> BusinessHours:
		return business_hours(company)

	def stop_types(self) -> frozenset[str]:
		return rules.stop_types()

	def of_occasion(self, occasion: str) -> Sequence[tuple[Event, bool]]:
		rows = frappe.db.sql(
			f"""select {_EVENT_COLUMNS}, exists(
					select 1 from `tabCustomer Event` r where r.reverses = e.event_key) as undone
			from `tabCustomer Event` e where occasion = %s""",
			occasion,
			as_dict=True,
		)
		return [(event_of(row), bool(row["undone"])) for row in rows]

	def stop_candidates(self, follow_up: FollowUp, types: frozenset[str]) -> Sequence[Event]:
		kind, name = follow_up.subject
		if kind not in (*SUBJECTS, "customer"):
			raise ValueError(kind)
		return _events(
			f"`{kind}` = %(name)s and happened_at >= %(since)s and event_type in %(types)s"
			" and not exists(select 1 from `tabCustomer Event` r where r.reverses = e.event_key)",
			{"name": name, "since": follow_up.cause_at, "types": tuple(types)},
		)

	def touched_by(self, event: Event) -> Sequence[FollowUp]:
		names = [getattr(event, kind) for kind in SUBJECTS]
		return _follow_ups(
			"subject_name in %(names)s and (status in ('Planned', 'Open')"
			" or (status = 'Stopped' and ended_at >= %(at)s))",
			{"names": tuple({n for n in (event.customer, *names) if n} or {""}), "at": event.happened_at},
		)

	def reopened_by(self, reversed_event: Event) -> Sequence[FollowUp]:
		return _follow_ups(
			"occasion = %(occasion)s or stopped_by = %(key)s",
			{"occasion": reversed_event.occasion, "key": reversed_event.key},
		)

	def is_reversed(self, key: str) -> bool:
		return bool(frappe.db.get_value("Customer Event", {"reverses": key}, "name"))

	def follow_up(self, key: str) -> FollowUp | None:
		rows = _follow_ups("follow_up_key = %(key)s", {"key": key})
		return rows[0] if rows else None

	def save_follow_up(self, follow_up: FollowUp) -> None:
		rule = self.rule(follow_up.rule)
		values = {
			"now": now_datetime(),
			"user": frappe.session.user,
			"key": follow_up.key,
			"rule": follow_up.rule,
			"occasion": follow_up.occasion,
			"cause": follow_up.cause,
			"cause_at": follow_up.cause_at,
			"customer": follow_up.customer or None,
			"company": follow_up.company,
			"department": follow_up.department,
			"subject_kind": follow_up.subject[0],
			"subject_name": follow_up.subject[1],
			"title": follow_up.title[:255],
			"talking_points": follow_up.talking_points,
			"opens_at": follow_up.opens_at,
			"due_at": follow_up.due_at,
			"status": follow_up.status.value,
			"opened_at": follow_up.opened_at,
			"ended_at": follow_up.ended_at,
			"stopped_by": follow_up.stopped_by,
			"reason": follow_up.reason,
			"document_owner": follow_up.document_owner,
			"priority": rule.priority if rule else "Medium",
			"channel": rule.channel.value if rule else None,
			**{name: follow_up.subjects.get(name) for name in SUBJECTS},
		}
		frappe.db.sql(
			f"""insert into `tabFollow Up`
				(name, creation, modified, owner, modified_by, {_FOLLOW_UP_COLUMNS})
			values (nextval(`follow_up_id_seq`), %(now)s, %(now)s, %(user)s, %(user)s, %(key)s, %(rule)s,
				%(occasion)s, %(cause)s, %(cause_at)s, %(customer)s, %(company)s, %(department)s,
				%(subject_kind)s, %(subject_name)s, %(title)s, %(talking_points)s, %(opens_at)s, %(due_at)s,
				%(status)s, %(opened_at)s, %(ended_at)s, %(stopped_by)s, %(reason)s, %(document_owner)s,
				{_ABOUT_VALUES}, %(priority)s, %(channel)s)
			on duplicate key update modified = %(now)s, modified_by = %(user)s, cause = %(cause)s,
				cause_at = %(cause_at)s, customer = %(customer)s, company = %(company)s,
				department = %(department)s, document_owner = %(document_owner)s, title = %(title)s, talking_points = %(talking_points)s,
				opens_at = %(opens_at)s, due_at = %(due_at)s, status = %(status)s, opened_at = %(opened_at)s,
				ended_at = %(ended_at)s, stopped_by = %(stopped_by)s, reason = %(reason)s,
				subject_kind = %(subject_kind)s, subject_name = %(subject_name)s, {_ABOUT_AGAIN}""",
			values,
		)
		if follow_up.status in (Status.STOPPED, Status.SUPPRESSED):
			_close_task(follow_up)

	def due_to_open(self, now: datetime, limit: int) -> Sequence[FollowUp]:
		return self.planned("true", {}, now, limit)

	def planned(self, where: str, values: dict, now: datetime, limit: int) -> Sequence[FollowUp]:
		"""Planned promises whose time has come and that satisfy ``where``, each in this worker's hand only."""
		return _follow_ups(
			f"status = 'Planned' and opens_at <= %(now)s and {where}",
			{**values, "now": now},
			f"order by opens_at, follow_up_key limit {int(limit)} for update skip locked",
		)

	def standing(self, follow_up: FollowUp, now: datetime) -> Standing:
		rule = self.rule(follow_up.rule)
		opened: list[datetime] = []
		contact = None
		person = follow_up.person
		if person is None:  # a stock car: nobody is asked
			return Standing()
		about = {person[0]: person[1]}
		if rule and rule.cap:
			opened = frappe.get_all(
				"Follow Up",
				filters={
					**about,
					"rule": rule.name,
					"opened_at": ("between", (frappe.utils.add_days(now, -rule.cap_days), now)),
				},
				pluck="opened_at",
				order_by="opened_at",
			)
		if rule and rule.quiet_hours_after_contact:
			contact = frappe.db.get_value(
				"Customer Event",
				{
					**about,
					"event_type": ("in", CONTACTS),
					"happened_at": ("<=", now),
				},
				"happened_at",
				order_by="happened_at desc",
			)
		word = None
		if rule and (rule.needs_consent or rule.unless_opted_out):
			word = frappe.db.get_value(
				"Customer Event",
				{
					**about,
					"event_type": ("in", CONSENT),
					"happened_at": ("<=", now),
				},
				"event_type",
				order_by="happened_at desc, name desc",
			)
		return Standing(
			opened_of_rule=opened,
			last_contact=contact,
			consents=word == "consent.given",
			opted_out=word == "consent.revoked",
		)

	def open(self, follow_up: FollowUp) -> bool:
		owner = owner_of(follow_up, self.rule(follow_up.rule))
		frappe.db.sql(
			"""update `tabFollow Up` set status = 'Open', opened_at = %(at)s, owner_user = %(owner)s,
				reason = null, todo = null, modified = %(now)s where follow_up_key = %(key)s and status = 'Planned'""",
			{"at": follow_up.opened_at, "owner": owner, "now": now_datetime(), "key": follow_up.key},
		)
		if not _changed_rows():
			return False
		from dealer_pos_crm.dealer_crm.follow_ups import give_task

		name = frappe.db.get_value("Follow Up", {"follow_up_key": follow_up.key}, "name")
		give_task(name, owner)
		return True


def _changed_rows() -> int:
	return frappe.db._cursor.rowcount


def _events(where: str, values: dict) -> list[Event]:
	rows = frappe.db.sql(
		f"select {_EVENT_COLUMNS} from `tabCustomer Event` e where {where} order by happened_at, event_key",
		values,
		as_dict=True,
	)
	return [event_of(row) for row in rows]


def _follow_ups(where: str, values: dict, tail: str = "order by name") -> list[FollowUp]:
	rows = frappe.db.sql(
		f"select {_FOLLOW_UP_COLUMNS} from `tabFollow Up` where {where} {tail}",
		values,
		as_dict=True,
	)
	return [follow_up_of(row) for row in rows]


def _close_task(follow_up: FollowUp) -> None:
	from dealer_pos_crm.dealer_crm.follow_ups import close_task

	close_task({"follow_up_key": follow_up.key})
