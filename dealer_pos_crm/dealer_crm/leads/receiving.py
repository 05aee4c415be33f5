"""A request comes in: a new lead, or once more from somebody whose lead stands already."""

from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import cint, cstr, format_datetime, get_datetime, now_datetime

from dealer_pos_crm import compat
from dealer_pos_crm.dealer_crm.leads import matching, points, portraits
from dealer_pos_crm.dealer_crm.leads.lead import DOCTYPE, facts_of, keep, locked, standing_step, step
from dealer_pos_crm.dealer_crm.owners import works_here
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import is_dealership, settings_of
from dealer_pos_crm.domain.card_numbers import mask
from dealer_pos_crm.domain.lead_match import Verdict, compare, email_key
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

__all__ = ["VALUES", "begin", "facts_of", "lose", "receive", "reopen"]

# What a request may say. Source and campaign are names; compat knows the fields of this version.
VALUES = (
	"first_name", "middle_name", "last_name", "lead_name", "company_name", "email_id", "mobile_no", "phone",
	"dealer_lead_type", "dealer_vehicle", "dealer_wanted", "dealer_wanted_condition", "dealer_wanted_make",
	"dealer_wants_to", "dealer_timeframe", "dealer_trade", "dealer_comments", "dealer_source_key",
	"dealer_referred_by", "lead_owner",
)  # fmt: skip
ADDRESS = ("address_line1", "address_line2", "city", "state", "pincode", "country")
_LATEST = ("dealer_wanted", "dealer_wanted_condition", "dealer_wanted_make", "dealer_wants_to",
	"dealer_timeframe", "dealer_vehicle", "dealer_trade")  # fmt: skip
_TEXTS = ("dealer_comments", "dealer_trade", "dealer_wanted", "dealer_timeframe")


def receive(values: dict, *, intake: str | int | None = None) -> str:
	"""The lead of a request, in the caller's transaction: a new one, or for the same person within the
	settings' days the standing one. Later the standing lead is reopened where ERPNext allows no second.

	``values``: company, what is in ``VALUES`` and ``ADDRESS``, source, campaign, received_at.
	Raises ``Refused`` when nobody could be reached, and for a person whose lead is another company's.
	"""
	company = values.get("company")
	settings_of(company)
	hold(company)
	values = {key: mask(value) if key in _TEXTS and value else value for key, value in values.items()}
	if not any(values.get(field) for field in ("email_id", "mobile_no", "phone")):
		raise Refused(
			"no_way_to_reach",
			marked("There is no e-mail and no phone number in it, so nobody could answer"),
		)
	standing, fresh = _standing(company, values)
	if standing:
		return _again(standing, values, fresh=fresh, intake=intake)
	return _new(company, values)


def hold(company: str) -> None:
	"""One request after the other: two of one person at the same instant are one lead.

	Whoever calls this before anything is read sees, once it is their turn, what the other one has committed.
	"""
	frappe.db.get_value("Dealer Settings", company, "name", for_update=True)


# The person's standing lead


def _standing(company: str, values: dict) -> tuple[str | None, bool]:
	"""The lead that this person has already, and whether it is recent. None: there is none to go on with."""
	since = now_datetime() - timedelta(days=cint(settings_of(company).duplicate_lead_days))
	email = email_key(values.get("email_id"))
	if email:
		table = frappe.qb.DocType(DOCTYPE)
		# A locking read: what the other one has just committed counts.
		rows = (
			frappe.qb.from_(table)
			.select(
				table.name, table.company, table.creation, table.dealer_received_at,
				table.dealer_last_contact_at,
			)
			.where(table.email_id == email)
			.orderby(table.creation, order=frappe.qb.desc)
			.for_update()
			.run(as_dict=True)
		)  # fmt: skip
		own = [row for row in rows if row.company in (company, None, "")]
		if rows and not own and not _duplicates_allowed():
			raise Refused(
				"lead_of_another_company",
				marked(
					"{0} has a lead with this e-mail in {1}. ERPNext keeps one lead per e-mail; allow more in"
					" CRM Settings, then retry"
				),
				rows[0].name,
				rows[0].company,
			)
		if own:
			return own[0].name, _last_heard(own[0]) >= since
	return _by_phone(company, values, since), True


def _duplicates_allowed() -> bool:
	return bool(
		frappe.db.get_single_value("CRM Settings", "allow_lead_duplication_based_on_emails", cache=True)
	)


def _last_heard(row) -> datetime:
	return max(
		get_datetime(at) for at in (row.dealer_received_at, row.dealer_last_contact_at, row.creation) if at
	)


def _by_phone(company: str, values: dict, since: datetime) -> str | None:
	"""The recent lead of the same name with the same number: a family shares one, so the name decides."""
	keys = [points.phone_key(values.get(field)) for field in ("mobile_no", "phone")]
	keys = [key for key in keys if key]
	if not keys:
		return None
	table = frappe.qb.DocType(points.DOCTYPE)
	rows = (
		frappe.qb.from_(table)
		.select(table.party_name)
		.where((table.value.isin(keys)) & (table.party_doctype == DOCTYPE))
		.for_update()
		.run()
	)
	if not rows:
		return None
	asks = matching.party_of_lead(_draft(company, values))
	found = []
	for name in sorted({row[0] for row in rows}):
		lead = locked(name)
		if lead.company != company or _last_heard(lead) < since:
			continue
		known = matching.party_of_lead(lead)
		as_on_file = type(known)(
			name=known.company_name or known.name,
			is_company=bool(known.company_name),
			emails=known.emails,
			phones=known.phones,
		)
		if compare(asks, as_on_file).verdict is Verdict.CERTAIN and not _other_mail(asks, known):
			found.append((_last_heard(lead), name))
	return max(found)[1] if found else None


def _other_mail(asks, known) -> bool:
	"""Two e-mails under one name and number are two leads in ERPNext; a person may merge them."""
	return bool(asks.emails and known.emails and set(asks.emails).isdisjoint(known.emails))


def _again(name: str, values: dict, *, fresh: bool, intake: str | int | None) -> str:
	"""The person asks again: told on the standing lead, which is opened again when it was over."""
	lead = locked(name)
	at = get_datetime(values.get("received_at") or now_datetime())
	news = {field: values[field] for field in _LATEST if values.get(field)}
	if "dealer_wanted" in news and "dealer_vehicle" not in news:
		news["dealer_vehicle"] = None  # another car than the one asked for before
	for field in ("mobile_no", "phone"):
		if values.get(field) and not lead.get(field):
			news[field] = values[field]
	if values.get("dealer_comments"):
		news["dealer_comments"] = _and_now(lead.get("dealer_comments"), values["dealer_comments"], at)
	if not lead.company:
		news["company"] = values["company"]
	if not lead.get("dealer_received_at"):
		# A lead from before the app, or of no company: it becomes the dealership's.
		lead.db_set(news, notify=True)
		lead.reload()
		begin(lead)
		return lead.name
	keep(lead, **news)
	points.keep(DOCTYPE, lead.name, points.of_lead(lead))
	if lead.dealer_state == "Lost" or not fresh:
		_open_again(lead, at)
	matching.match(lead)
	if not works_here(lead.lead_owner):
		_routing().assign(lead)
	_response().asked_again(lead.name, at, tell=False)
	lead.reload()
	step(lead, "lead.asked", at=at, occasion=f"lead.asked:{intake}" if intake else None)
	return lead.name


def _and_now(before: str | None, said: str, at: datetime) -> str:
	if not before or said.strip() in before:
		return before or said
	return f"{format_datetime(at)}:\n{said.strip()}\n\n{before}"


# A new lead


def _draft(company: str, values: dict):
	lead = frappe.new_doc(DOCTYPE)
	lead.update({field: values[field] for field in VALUES if values.get(field)})
	lead.company = company
	lead.email_id = email_key(values.get("email_id"))
	if not lead.lead_name:
		lead.lead_name = " ".join(
			filter(None, (lead.first_name, lead.get("middle_name"), lead.last_name))
		) or (lead.company_name or lead.email_id.partition("@")[0] or lead.mobile_no or lead.phone)
	return lead


def _new(company: str, values: dict) -> str:
	lead = _draft(company, values)
	lead.lead_owner = values.get("lead_owner") or ""  # not whoever runs the job: routing decides
	lead.dealer_received_at = values.get("received_at") or now_datetime()
	lead.set(compat.lead_source_field(), _named(compat.lead_source_doctype(), values.get("source")))
	lead.set(compat.lead_campaign_field(), _named(compat.campaign_doctype(), values.get("campaign")))
	for field in ("city", "state"):
		if lead.meta.has_field(field):
			lead.set(field, values.get(field))
	if values.get("country") and frappe.db.exists("Country", values["country"]):
		lead.country = values["country"]
	lead.flags.dealer_address = {field: values.get(field) for field in ADDRESS}
	with portraits.left_out():
		lead.insert(ignore_permissions=True)
	return lead.name


def _named(doctype: tuple[str, str], name: str | None) -> str | None:
	"""The document of that name; made when there is none, so that a new provider's leads are not refused."""
	wanted = cstr(name).strip()[:140]
	if not wanted:
		return None
	kind, field = doctype
	if found := frappe.db.get_value(kind, {field: wanted}, "name"):
		return found
	doc = frappe.get_doc({"doctype": kind, field: wanted})
	if field == "name":
		doc.name = wanted
	doc.insert(ignore_permissions=True)
	return doc.name


def begin(lead) -> None:
	"""What follows from a lead in a dealership, by whatever way it came in: once."""
	if not is_dealership(lead.company) or standing_step(lead.name, "lead.received"):
		return
	at = get_datetime(lead.get("dealer_received_at") or now_datetime())
	keep(lead, dealer_received_at=at, dealer_state=lead.get("dealer_state") or "New")
	points.keep(DOCTYPE, lead.name, points.of_lead(lead))
	_put_address(lead)
	matching.match(lead)
	_routing().assign(lead)
	_response().start_clock(lead, at)
	step(lead, "lead.received", at=at)
	if not lead.flags.dealer_received:
		_response().met(lead, at)


def _put_address(lead) -> None:
	address = lead.flags.get("dealer_address") or {}
	if not (address.get("address_line1") and address.get("city")):
		return
	country = address.get("country")
	if not country or not frappe.db.exists("Country", country):
		country = frappe.get_cached_value("Company", lead.company, "country")
	frappe.get_doc(
		{
			"doctype": "Address",
			"address_title": lead.lead_name,
			"address_type": "Personal",
			**address,
			"country": country,
			"links": [{"link_doctype": DOCTYPE, "link_name": lead.name}],
		}
	).insert(ignore_permissions=True)


# The end, and a new beginning


@action
def lose(name: str, reason: str, note: str | None = None) -> None:
	"""Nothing comes of it. ``reason``: a Deal Lost Reason; ``note`` where the reason wants one."""
	with explained():
		lead = locked(name)
		if lead.dealer_state == "Lost":
			raise Refused("lead_lost", marked("{0} is lost already"), lead.name)
		if lead.dealer_state == "Converted":
			raise Refused(
				"lead_converted",
				marked("{0} is a customer already: {1}. Lose the deal instead"),
				lead.name,
				lead.dealer_customer or "-",
			)
		row = frappe.db.get_value("Deal Lost Reason", reason, ["needs_note", "enabled"], as_dict=True)
		if not row or not row.enabled:
			raise Refused("no_reason", marked("{0} is no reason in use. Choose another"), reason)
		if row.needs_note and not cstr(note).strip():
			raise Refused("note_missing", marked("{0}: say in a few words what happened"), _(reason))
		keep(lead, dealer_state="Lost", dealer_lost_reason=reason)
		_response().stop(lead)
		told = ": ".join(filter(None, (_(reason), mask(cstr(note).strip()))))
		step(lead, "lead.lost", title=_("Lead lost: {0}").format(_(reason)), reason=told)


@action
def reopen(name: str) -> None:
	"""A lost lead lives again."""
	with explained():
		lead = locked(name)
		if lead.dealer_state != "Lost":
			raise Refused("lead_open", marked("{0} is not lost, there is nothing to open again"), lead.name)
		at = now_datetime()
		_open_again(lead, at)
		if not works_here(lead.lead_owner):
			_routing().assign(lead)
		if not lead.dealer_first_response_at:
			_response().start_clock(lead, at)


def _open_again(lead, at: datetime) -> None:
	was_lost = lead.dealer_state == "Lost"
	state = "Answered" if lead.dealer_first_response_at and was_lost else "New"
	keep(lead, dealer_state=state, dealer_lost_reason=None)
	step(
		lead,
		"lead.reopened",
		at=at,
		reverses=standing_step(lead.name, "lead.lost") if was_lost else None,
	)


def _routing():
	from dealer_pos_crm.dealer_crm.leads import routing

	return routing


def _response():
	from dealer_pos_crm.dealer_crm.leads import response

	return response
