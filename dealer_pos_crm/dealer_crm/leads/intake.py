"""The inbox of leads: a message is kept first and read afterwards, once, however often it comes.

Whatever brings a message calls ``accept`` and lets its transaction end; what follows happens to the row, in
the background or at once, and can be tried again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import add_to_date, cint, cstr, now_datetime, strip_html

from dealer_pos_crm.dealer_crm.leads import feeds, reading, receiving
from dealer_pos_crm.dealer_crm.leads.lead import DOCTYPE as LEAD
from dealer_pos_crm.dealer_crm.leads.lead import step
from dealer_pos_crm.dealer_setup import inbox
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import is_dealership, settings_of
from dealer_pos_crm.domain import adf, markup
from dealer_pos_crm.domain.card_numbers import mask
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPE = "Lead Intake"
RECEIVED, DONE, DUPLICATE, FAILED, IGNORED = "Received", "Done", "Duplicate", "Failed", "Ignored"
_OPEN = (RECEIVED, FAILED)
_MOST_TRIES = 5
_KEPT_OF_TOO_LARGE = 64 * 1024
_TRANSIENT = (frappe.QueryDeadlockError, frappe.QueryTimeoutError)


@dataclass(frozen=True)
class Accepted:
	"""One row of the inbox. ``lead`` where the message is known already."""

	name: int
	status: str
	lead: str | None = None


# At the door


def accept(
	data: bytes | str,
	*,
	channel: str,
	feed: str | None = None,
	company: str | None = None,
	communication: str | None = None,
	file_url: str | None = None,
	key: str | None = None,
) -> list[Accepted]:
	"""Keep a message, in the caller's transaction: a row for each lead in it, Received or Duplicate.

	``data``: ADF as it arrived, or the JSON of the form. ``key``: for what has an identity of its own.
	Never refuses: a message that cannot be read is kept, and its row will say why.
	"""
	about = {
		"channel": channel,
		"feed": feed,
		"company": company or (frappe.db.get_value(feeds.DOCTYPE, feed, "company") if feed else None),
		"communication": communication,
		"file_url": file_url,
		"received_at": now_datetime(),
	}
	try:
		if channel == feeds.WEB_FORM:
			found = reading.prospects(cstr(data), channel)
		else:
			found = adf.read(data)
	except Refused:
		text = _as_text(data)
		return [
			_keep(
				{**about, "subject": _("Message that could not be read"), "raw": mask(text)},
				key or "raw:" + adf.digest((text,)),
				None,
			)
		]
	return [
		_keep(
			{
				**about,
				"subject": reading.subject_of(prospect),
				"provider": prospect.provider[:140],
				"external_id": mask(prospect.first_id.value) if prospect.first_id else None,
				"raw": mask(prospect.raw),
			},
			key or adf.key_of(prospect),
			prospect,
		)
		for prospect in found
	]


def _as_text(data: bytes | str) -> str:
	if isinstance(data, str):
		return markup.clean(data[: markup.MOST_BYTES])
	if len(data) > markup.MOST_BYTES:
		data = data[:_KEPT_OF_TOO_LARGE]
	return markup.decode(data)


def _keep(values: dict, key: str, prospect: adf.Prospect | None) -> Accepted:
	"""The row of a message; of one that is known already, a row that says so.

	One message for two companies is two leads: the key is the company's.
	"""
	key = f"{key}:{adf.digest((cstr(values['company']),))[:12]}"
	row = _insert({**values, "status": RECEIVED}, key)
	if row:
		return Accepted(row, RECEIVED)
	standing = frappe.db.get_value(
		DOCTYPE,
		{"dedupe_key": key},
		["name", "status", "lead", "raw", "channel"],
		as_dict=True,
		for_update=True,
	)
	if prospect and _another_person(standing, prospect):
		# A provider that gives everybody one id: the person makes the difference.
		key = f"{key[:70]}:{adf.digest((adf.person_key(prospect),))[:40]}"
		row = _insert({**values, "status": RECEIVED}, key)
		if row:
			return Accepted(row, RECEIVED)
		standing = frappe.db.get_value(
			DOCTYPE, {"dedupe_key": key}, ["name", "status", "lead"], as_dict=True, for_update=True
		)
	if standing.status == FAILED:
		# It comes again, perhaps whole this time: the new one is tried, the old one points at it.
		frappe.db.set_value(DOCTYPE, standing.name, "dedupe_key", None)
		row = _insert({**values, "status": RECEIVED}, key)
		frappe.db.set_value(
			DOCTYPE,
			standing.name,
			{"status": DUPLICATE, "same_as": row, "reason": _("The message came again as {0}").format(row)},
		)
		return Accepted(row, RECEIVED)
	told = _("The same message as {0}").format(standing.name)
	row = _insert(
		{**values, "status": DUPLICATE, "same_as": standing.name, "lead": standing.lead, "reason": told}, None
	)
	return Accepted(row, DUPLICATE, standing.lead)


def _insert(values: dict, key: str | None) -> int | None:
	"""The new row's name; None when a row with that key is there."""
	messages = len(frappe.local.message_log)
	frappe.db.savepoint("lead_intake")
	doc = frappe.get_doc({"doctype": DOCTYPE, **values, "dedupe_key": key})
	doc.company = values.get("company") or ""  # not the usual company of whoever brings it
	doc.flags.of_the_house = True
	try:
		doc.insert(ignore_permissions=True, ignore_links=True)
	except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
		frappe.db.rollback(save_point="lead_intake")
		del frappe.local.message_log[messages:]
		return None
	return doc.name


def _another_person(standing, prospect: adf.Prospect) -> bool:
	"""Whether the standing message of that id is about somebody else altogether."""
	try:
		(known, *_more) = reading.prospects(standing.raw or "", standing.channel)
	except Refused:
		return False
	ours, theirs = (
		{*one.customer.emails, *filter(None, (receiving.points.phone_key(p.number) for p in one.customer.phones))}
		for one in (prospect, known)
	)  # fmt: skip
	return bool(ours and theirs) and ours.isdisjoint(theirs)


def later(names: Iterable[int]) -> None:
	"""Read these rows in the background once the caller's transaction has ended well."""
	inbox.later(names, f"{__name__}.work", "lead_intake", "intake")


# Reading a row


def work(intake: int) -> str:
	"""Read a row, as a job of its own. Returns its status."""
	tries = cint(frappe.db.get_value(DOCTYPE, intake, "attempts"))
	frappe.db.set_value(DOCTYPE, intake, "attempts", tries + 1)
	frappe.db.commit()  # nosemgrep - a try that kills its worker must have been counted
	if tries >= _MOST_TRIES:
		return _give_up(intake)
	status = process(intake)
	frappe.db.commit()  # nosemgrep - each message is a piece of work of its own
	return status


def _give_up(intake: int) -> str:
	if frappe.db.get_value(DOCTYPE, intake, "status", for_update=True) == RECEIVED:
		_settle(
			intake,
			FAILED,
			reason=_("Given up after {0} tries that did not come to an end. See the Error Log").format(
				_MOST_TRIES
			),
		)
	frappe.db.commit()  # nosemgrep - see work()
	return FAILED


def process(intake: int) -> str:
	"""Make the lead of a row that is Received or Failed. Returns the row's status; says why when it failed."""
	status = _place(intake)
	if status != RECEIVED:
		return status
	frappe.db.commit()  # nosemgrep - so that the next step reads nothing before it has its locks
	return _make(intake)


@action
def _place(intake: int) -> str:
	"""Find the company that a row is for. Received when it can go on, else the row's status."""
	row = frappe.db.get_value(DOCTYPE, intake, ["status", "company"], as_dict=True, for_update=True)
	if not row or row.status not in _OPEN:
		return cstr(row and row.status)
	if row.company and is_dealership(row.company):
		return RECEIVED
	return _tried(intake, lambda: _find_feed(intake))


@action
def _make(intake: int) -> str:
	row = frappe.db.get_value(DOCTYPE, intake, ["status", "company"], as_dict=True, for_update=True)
	if row.status not in _OPEN:
		return cstr(row.status)
	receiving.hold(row.company)
	return _tried(intake, lambda: _lead_of(intake))


def _tried(intake: int, make: Callable[[], str | None]) -> str:
	"""Do it, and write down on the row what came of it: the lead that was made, or why there is none."""
	messages = len(frappe.local.message_log)
	frappe.db.savepoint("lead_intake_work")
	try:
		lead = make()
	except _TRANSIENT:
		raise
	except Refused as refused:
		reason = _(refused.template).format(*refused.values)
	except frappe.ValidationError as error:
		reason = strip_html(cstr(error))
	except Exception as error:
		frappe.db.rollback(save_point="lead_intake_work")
		log = frappe.log_error(
			title=f"Lead Intake {intake} failed", reference_doctype=DOCTYPE, reference_name=intake
		)
		reason = _("An error of the program, not of the message: {0}. See Error Log {1}").format(
			type(error).__name__, log.name if log else ""
		)
		_settle(intake, FAILED, reason=reason)
		return FAILED
	else:
		if lead is None:
			return RECEIVED
		_settle(intake, DONE, lead=lead)
		return DONE
	frappe.db.rollback(save_point="lead_intake_work")
	del frappe.local.message_log[messages:]
	_settle(intake, FAILED, reason=reason)
	return FAILED


def _find_feed(intake: int) -> None:
	row = frappe.get_doc(DOCTYPE, intake)
	(prospect, *_more) = reading.prospects(row.raw or "", row.channel)
	feed = _feed_of(row, prospect)
	settings_of(feed.company)
	frappe.db.set_value(DOCTYPE, intake, {"feed": feed.name, "company": feed.company})


def _lead_of(intake: int) -> str:
	row = frappe.get_doc(DOCTYPE, intake)
	(prospect, *_more) = reading.prospects(row.raw or "", row.channel)
	feed = _feed_of(row, prospect)
	frappe.db.set_value(
		DOCTYPE,
		intake,
		{"feed": feed.name, "subject": reading.subject_of(prospect)},
		update_modified=False,
	)
	values = reading.values_of(prospect, feed)
	name = receiving.receive({**values, "received_at": row.received_at}, intake=row.name)
	_tell_consent(name, row)
	return name


def _tell_consent(name: str, row) -> None:
	"""Whoever agreed on the form to be contacted has said so: with the text, and the time."""
	text = reading.agreed_to(row.raw or "", row.channel)
	if text:
		step(
			frappe.get_doc(LEAD, name),
			"consent.given",
			title=_("Agreed on the form to be contacted"),
			facts={"how": "Web Form", "agreed_to": text[:500]},
			occasion=f"consent:{DOCTYPE}:{row.name}",
			at=row.received_at,
		)


def _feed_of(row, prospect: adf.Prospect):
	return feeds.find(
		row.channel,
		name=row.feed,
		provider=prospect.provider,
		company=row.company,
		email_account=frappe.db.get_value("Communication", row.communication, "email_account")
		if row.communication and not row.feed
		else None,
	)


def _settle(intake: int, status: str, *, lead: str | None = None, reason: str | None = None) -> None:
	row = frappe.db.get_value(DOCTYPE, intake, ["feed", "received_at", "communication"], as_dict=True)
	frappe.db.set_value(DOCTYPE, intake, {"status": status, "lead": lead, "reason": reason})
	inbox.changed(DOCTYPE, intake)
	if status == DONE:
		frappe.db.set_value(DOCTYPE, {"same_as": intake, "status": DUPLICATE}, "lead", lead)
		feeds.saw(row.feed, "last_received_at", row.received_at)
		_put_mail_on(lead, row.communication)
	elif status == FAILED:
		feeds.saw(row.feed, "last_failed_at", now_datetime())


def _put_mail_on(lead: str | None, communication: str | None) -> None:
	"""The e-mail that brought a lead stands on the lead's form."""
	if not communication or frappe.db.get_value("Communication", communication, "reference_name"):
		return
	frappe.db.set_value(
		"Communication",
		communication,
		{"reference_doctype": LEAD, "reference_name": lead, "status": "Linked"},
	)


# What a person does


@action
def ignore(intake: int, note: str) -> None:
	"""Nothing is to come of this message."""
	with explained():
		row = _open_row(intake)
		if not cstr(note).strip():
			raise Refused("note_missing", marked("Say in a few words why nothing is to come of it"))
		_settle(row.name, IGNORED, reason=mask(cstr(note).strip()))


@action
def make_by_hand(intake: int, values: dict) -> str:
	"""The lead of a message that could not be read, from what a person made of it. Returns the lead."""
	with explained():
		row = _open_row(intake, also=(IGNORED,))
		company = row.company or values.get("company")
		receiving.hold(company)
		feed = frappe.db.get_value(
			feeds.DOCTYPE, row.feed, ["lead_source", "campaign", "lead_type"], as_dict=True
		) or frappe._dict()  # fmt: skip
		lead = receiving.receive(
			{
				**{field: cstr(values.get(field)).strip() for field in receiving.VALUES if values.get(field)},
				"company": company,
				"source": feed.lead_source or row.provider,
				"campaign": feed.campaign,
				"dealer_lead_type": feed.lead_type or "Internet",
				"received_at": row.received_at,
			},
			intake=row.name,
		)
		_settle(row.name, DONE, lead=lead)
		return lead


def _open_row(intake: int, also: tuple[str, ...] = ()):
	row = frappe.db.get_value(
		DOCTYPE,
		intake,
		["name", "status", "company", "feed", "provider", "received_at"],
		as_dict=True,
		for_update=True,
	)
	if row.status not in (*_OPEN, *also):
		raise Refused("intake_status", marked("Message {0} is {1}"), row.name, _(row.status))
	return row


def retry(intakes: Iterable[int]) -> list[dict]:
	"""Read these rows again, each in a transaction of its own. What came of each."""
	told = []
	for intake in intakes:
		frappe.db.commit()  # nosemgrep - one that fails takes no other back
		if frappe.db.get_value(DOCTYPE, intake, "status") == IGNORED:
			frappe.db.set_value(DOCTYPE, intake, "status", FAILED)
			frappe.db.commit()  # nosemgrep - see above
		process(intake)
		told.append(outcome(intake))
	return told


def outcome(intake: int) -> dict:
	row = frappe.db.get_value(
		DOCTYPE, intake, ["name", "subject", "status", "reason", "lead", "same_as"], as_dict=True
	)
	return dict(row)


# The sweep


def sweep() -> None:
	"""What stands as Received although a minute has passed: its job never came, or died. Every minute."""
	for name in inbox.one_by_one(
		DOCTYPE,
		lambda: {"status": RECEIVED, "received_at": ("<", add_to_date(now_datetime(), minutes=-1))},
	):
		try:
			work(name)
		except frappe.ValidationError:
			frappe.db.rollback()  # somebody else has it in hand; the next minute will tell
