"""What a message says, in the words of a lead; and as somebody reads it who has to decide about it."""

import json
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import cstr, format_datetime, get_system_timezone, validate_email_address

from dealer_pos_crm.dealer_crm.leads import matching, points
from dealer_pos_crm.domain import adf, phone
from dealer_pos_crm.domain.card_numbers import mask
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

WANTS_TO = {
	"buy": "Buy",
	"lease": "Lease",
	"sell": "Sell",
	"trade-in": "Trade In",
	"test-drive": "Test Drive",
}
# What the form on the dealer's site asks.
FORM_FIELDS = (
	"first_name", "last_name", "email", "phone", "vehicle", "stock_number", "comments", "trade", "consent",
	"consent_text",
)  # fmt: skip


def prospects(raw: str, channel: str) -> tuple[adf.Prospect, ...]:
	"""The leads of a kept message. Raises ``Refused``."""
	if channel == "Web Form":
		return (_of_form(raw),)
	return tuple(adf.masked(prospect) for prospect in adf.read(raw))


def agreed_to(raw: str, channel: str) -> str:
	"""The text that somebody agreed to on the form, as it stood there; empty when they did not."""
	if channel != "Web Form":
		return ""
	said = json.loads(raw)
	return cstr(said.get("consent_text")) if said.get("consent") else ""


def _of_form(raw: str) -> adf.Prospect:
	try:
		said = {key: cstr(value).strip() for key, value in json.loads(raw).items()}
	except (ValueError, AttributeError):
		raise Refused("no_form", marked("What the form sent could not be read")) from None
	comments = said.get("comments", "")
	if said.get("consent") and said.get("consent_text"):
		comments = "\n\n".join(
			filter(None, (comments, _("Agreed on the form: {0}").format(said["consent_text"])))
		)
	wanted = said.get("vehicle", "")
	year = next((word for word in wanted.split() if len(word) == 4 and word.isdigit()), "")
	make, _gap, model = wanted.replace(year, "", 1).strip().partition(" ")
	cars = [
		adf.Vehicle(
			year=int(year or 0), make=make[:140], model=model[:140], stock=said.get("stock_number", "")[:140]
		)
	]
	if said.get("trade"):
		cars.append(adf.Vehicle(interest="trade-in", comments=mask(said["trade"])))
	email = said.get("email", "").lower()
	return adf.masked(
		adf.Prospect(
			customer=adf.Contact(
				first=said.get("first_name", "")[:140],
				last=said.get("last_name", "")[:140],
				emails=(email,) if email else (),
				phones=(adf.Phone(said["phone"][:40], "cellphone"),) if said.get("phone") else (),
			),
			vehicles=tuple(car for car in cars if not car.empty),
			comments=comments,
			raw=raw,
		)
	)


def values_of(prospect: adf.Prospect, feed) -> dict:
	"""A lead's fields (see ``receiving.VALUES``) of what was read."""
	who, wanted, given = prospect.customer, prospect.wanted, prospect.given
	unread: list[str] = []
	numbers = _numbers(who, unread)
	emails = [email for email in who.emails if validate_email_address(email)]
	about = wanted or (given[0] if given else None)
	return {
		"company": feed.company,
		"first_name": who.first,
		"middle_name": who.middle,
		"last_name": who.last,
		"company_name": who.company,
		"email_id": emails[0] if emails else "",
		**numbers,
		"source": feed.get("lead_source") or prospect.provider,
		"campaign": feed.get("campaign") or prospect.service,
		"dealer_lead_type": feed.get("lead_type") or "Internet",
		"dealer_vehicle": matching.vehicle_named(feed.company, wanted.vin, wanted.stock) if wanted else None,
		"dealer_wanted": (wanted.words or wanted.stock or wanted.vin)[:140] if wanted else "",
		"dealer_wanted_make": wanted.make if wanted else "",
		"dealer_wanted_condition": wanted.status if wanted else "",
		"dealer_wants_to": WANTS_TO.get(about.interest, "") if about else "",
		"dealer_timeframe": prospect.timeframe,
		"dealer_trade": "\n".join(map(_trade_words, given)) or adf.trade_in_words(prospect.comments),
		"dealer_comments": _comments(prospect, [*emails[1:], *unread]),
		"dealer_source_key": _source_key(prospect),
		"address_line1": ", ".join(filter(None, (who.street, who.apartment))),
		"city": who.city,
		"state": who.region,
		"pincode": who.postal_code,
		"country": _country(who.country),
	}


def _numbers(who: adf.Contact, unread: list[str]) -> dict[str, str]:
	found: dict[str, str] = {}
	for one in who.phones:
		if one.kind in ("fax", "pager"):
			continue
		field = "mobile_no" if one.kind == "cellphone" else "phone"
		if points.phone_key(one.number) and not found.get(field):
			found[field] = phone.shown(one.number, points.country())
		elif points.phone_key(one.number) != points.phone_key(found.get(field)) or not found.get(field):
			unread.append(one.number)
	return found


def _trade_words(car: adf.Vehicle) -> str:
	return ", ".join(filter(None, (car.words, car.odometer, car.condition, car.color, car.vin, car.comments)))


def _comments(prospect: adf.Prospect, more: list[str]) -> str:
	said = [prospect.comments]
	wanted = prospect.wanted
	if wanted and wanted.comments != prospect.comments:
		said.append(wanted.comments)
	others = [car for car in prospect.vehicles if car is not wanted and car not in prospect.given]
	if others:
		said.append(_("Also asked for: {0}").format(", ".join(car.words for car in others)))
	if more:
		said.append(_("Also in the message: {0}").format(", ".join(more)))
	return "\n\n".join(filter(None, said))


def _source_key(prospect: adf.Prospect) -> str:
	one = prospect.first_id
	return ": ".join(filter(None, (one.source or prospect.provider, one.value)))[:140] if one else ""


def _country(said: str) -> str:
	if len(said) == 2:
		return cstr(frappe.db.get_value("Country", {"code": said.lower()}, "name"))
	return said


def asked_at(prospect: adf.Prospect) -> datetime | None:
	"""When they asked, by the site's clock."""
	at = prospect.requested_at
	if at is None or at.tzinfo is None:
		return at
	from zoneinfo import ZoneInfo

	return at.astimezone(ZoneInfo(get_system_timezone())).replace(tzinfo=None)


def subject_of(prospect: adf.Prospect) -> str:
	"""One line for the list: who and what."""
	who = prospect.customer.name or next(iter(prospect.customer.emails), "") or _("Somebody")
	cars = [car.words or car.stock for car in (prospect.wanted, *prospect.given) if car]
	return mask(": ".join(filter(None, (who, next(filter(None, cars), "")))))[:140]


def shown(raw: str, channel: str) -> dict:
	"""A message as the form shows it: rows of label and text, and what could not be read."""
	try:
		found = prospects(raw, channel)
	except Refused as refused:
		return {"rows": [], "notes": [_(refused.template).format(*refused.values)], "values": {}}
	prospect = found[0]
	who = prospect.customer
	rows = [
		(_("Name"), who.name),
		(_("E-mail"), ", ".join(who.emails)),
		(_("Phone"), ", ".join(_phone_words(one) for one in who.phones)),
		(_("Address"), ", ".join(filter(None, (who.street, who.apartment, who.city, who.region, who.postal_code)))),
		(_("Wants"), _car_words(prospect.wanted)),
		(_("Trade-in"), "; ".join(map(_trade_words, prospect.given))),
		(_("When"), prospect.timeframe),
		(_("Wrote"), prospect.comments),
		(_("Asked at"), format_datetime(asked_at(prospect)) if asked_at(prospect) else prospect.requested_text),
		(_("Provider"), ", ".join(filter(None, (prospect.provider, prospect.service)))),
		(_("For"), prospect.vendor),
		(_("Ids"), ", ".join(": ".join(filter(None, (one.source, one.value))) for one in prospect.ids)),
	]  # fmt: skip
	values = values_of(prospect, frappe._dict(company=None))
	return {
		"rows": [{"label": label, "text": text} for label, text in rows if text],
		"notes": [_(note) for note in prospect.notes],
		"values": {
			key: values[key]
			for key in (
				"first_name", "last_name", "company_name", "email_id", "mobile_no", "phone", "dealer_wanted",
				"dealer_trade", "dealer_comments",
			)
			if values.get(key)
		},
	}  # fmt: skip


def _phone_words(one: adf.Phone) -> str:
	number = phone.shown(one.number, points.country())
	kinds = {"cellphone": _("mobile"), "fax": _("fax"), "pager": _("pager")}
	more = ", ".join(filter(None, (kinds.get(one.kind), one.time if one.time != "nopreference" else "")))
	return f"{number} ({more})" if more else number


def _car_words(car: adf.Vehicle | None) -> str:
	if car is None:
		return ""
	interest = _(WANTS_TO[car.interest])
	words = ", ".join(filter(None, (car.words, _(car.status), car.vin, car.stock, car.color, car.price)))
	return f"{interest}: {words}" if words else interest
