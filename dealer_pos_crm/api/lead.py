"""Leads: their inbox, who they are, what becomes of them; and the doors they come in by."""

import base64
import binascii

import frappe
from frappe import _
from frappe.rate_limiter import rate_limit
from frappe.utils import cint, cstr, validate_email_address

from dealer_pos_crm import compat
from dealer_pos_crm.dealer_crm.leads import (
	converting,
	feeds,
	form,
	intake,
	matching,
	points,
	reading,
	receiving,
)
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain import markup

_AT_ONCE = 20  # rows that a person waits for; the rest is read in the background


class TooLarge(frappe.ValidationError):
	"""More than is read from one message."""

	http_status_code = 413


class NothingSent(frappe.ValidationError):
	"""A request without a message."""

	http_status_code = 400


def _a_minute() -> int:
	return cint(frappe.conf.get("dealer_leads_per_minute")) or 600


def _an_hour() -> int:
	return cint(frappe.conf.get("dealer_forms_per_hour")) or 30


# Doors


@frappe.whitelist(methods=["POST"])
@rate_limit(limit=_a_minute, seconds=60)
def receive_adf(feed: str | None = None, adf: str | None = None) -> dict:
	"""A provider hands in ADF, up to 5 MB: as the body of the request, as the field or the file ``adf``.

	``feed``: the Lead Feed; without it the feed is found by the provider in the message. Answers 202 with the
	rows of the inbox: ``received`` ones are read within seconds, ``duplicate`` ones were here before.
	"""
	frappe.has_permission("Lead Intake", "create", throw=True)
	if feed and not frappe.db.exists("Lead Feed", {"name": feed, "enabled": 1}):
		frappe.throw(_("There is no enabled Lead Feed {0}").format(feed), frappe.DoesNotExistError)
	rows = intake.accept(_body(adf), channel=feeds.HTTP, feed=feed)
	intake.later(row.name for row in rows if row.status == intake.RECEIVED)
	frappe.local.response["http_status_code"] = 202
	return {
		"status": "received" if any(row.status == intake.RECEIVED for row in rows) else "duplicate",
		"intake": [{"id": row.name, "status": row.status.lower()} for row in rows],
	}


def _body(field: str | None) -> bytes | str:
	request = frappe.request
	most = markup.MOST_BYTES
	if cint(request.content_length) > 2 * most:  # percent-encoded, at the worst
		_too_large()
	if field:
		data: bytes | str = field
	elif uploaded := request.files.get("adf"):
		data = uploaded.stream.read(most + 1)
	else:
		data = request.get_data()
	if len(data) > most:
		_too_large()
	if not data.strip():
		frappe.throw(_("Send the ADF as the body of the request"), NothingSent)
	return data


def _too_large() -> None:
	frappe.throw(
		_("A message may have {0} MB").format(markup.MOST_BYTES // 1024 // 1024),
		TooLarge,
	)


@frappe.whitelist(methods=["POST"], allow_guest=True)
@rate_limit(limit=_an_hour, seconds=60 * 60)
def send_form(
	token: str,
	first_name: str = "",
	last_name: str = "",
	email: str = "",
	phone: str = "",
	vehicle: str = "",
	stock_number: str = "",
	comments: str = "",
	trade: str = "",
	consent: str = "",
	website: str = "",
) -> dict:
	"""A visitor of the dealer's site asks for something. ``website`` is the field that people do not see."""
	if not (first_name.strip() or last_name.strip()):
		frappe.throw(_("Tell us your name"))
	if not (email.strip() or phone.strip()):
		frappe.throw(_("Tell us your e-mail address or your phone number, so that we can answer"))
	if email.strip() and not validate_email_address(email.strip()):
		frappe.throw(
			_("{0} is not an e-mail address. Please check it").format(frappe.bold(email.strip()[:140]))
		)
	if phone.strip() and not points.phone_key(phone):
		frappe.throw(_("{0} is not a phone number. Please check it").format(frappe.bold(phone.strip()[:40])))
	with explained():
		form.send(
			token,
			{
				"first_name": first_name,
				"last_name": last_name,
				"email": email,
				"phone": phone,
				"vehicle": vehicle,
				"stock_number": stock_number,
				"comments": comments,
				"trade": trade,
				"consent": consent,
			},
			website,
		)
	return {"sent": True}


@frappe.whitelist(methods=["POST"])
def read_files(files: str | list, company: str | None = None, feed: str | None = None) -> list[dict]:
	"""Files that somebody picked: ``[{"name": …, "content": base64}]``. What each of them gave."""
	frappe.has_permission("Lead Intake", "write", throw=True)
	frappe.has_permission("Lead", "create", throw=True)
	kept = []
	for file in frappe.parse_json(files):
		rows = intake.accept(
			_content(cstr(file.get("content"))),
			channel=feeds.FILE,
			feed=feed or None,
			company=company or None,
			file_url=cstr(file.get("name"))[:140],
		)
		kept += [(cstr(file.get("name")), row) for row in rows]
	new = [row.name for _name, row in kept if row.status == intake.RECEIVED]
	intake.later(new[_AT_ONCE:])
	intake.retry(new[:_AT_ONCE])
	return [{"file": name, **intake.outcome(row.name)} for name, row in kept]


def _content(text: str) -> bytes:
	if len(text) > markup.MOST_BYTES * 4 // 3 + 4:
		_too_large()
	try:
		return base64.b64decode(text, validate=True)
	except (ValueError, binascii.Error):
		frappe.throw(_("The file did not arrive whole. Choose it again"), NothingSent)


# The inbox


def _may_intake(name: str | int, right: str = "write") -> None:
	frappe.has_permission("Lead Intake", right, cint(name), throw=True)


@frappe.whitelist()
def get_reading(name: str | int) -> dict:
	"""A message as somebody reads it."""
	_may_intake(name, "read")
	row = frappe.db.get_value("Lead Intake", cint(name), ["raw", "channel"], as_dict=True)
	return reading.shown(row.raw or "", row.channel)


@frappe.whitelist(methods=["POST"])
def retry(names: str | list) -> list[dict]:
	"""Read these messages again; what came of each. Many are read in the background."""
	frappe.has_permission("Lead Intake", "write", throw=True)
	wanted = [cint(name) for name in frappe.parse_json(names)]
	for name in wanted:
		_may_intake(name)
	told = intake.retry(wanted[:_AT_ONCE])
	intake.later(wanted[_AT_ONCE:])
	return told


@frappe.whitelist(methods=["POST"])
def ignore(name: str | int, note: str) -> None:
	"""Nothing is to come of a message; ``note`` says why."""
	_may_intake(name)
	intake.ignore(cint(name), note)


@frappe.whitelist(methods=["POST"])
def make_by_hand(name: str | int, values: str | dict) -> str:
	"""The lead of a message that could not be read. Returns its name."""
	_may_intake(name)
	frappe.has_permission("Lead", "create", throw=True)
	return intake.make_by_hand(cint(name), frappe.parse_json(values))


@frappe.whitelist()
def get_sources() -> list[str]:
	"""Names of sources that leads have come from."""
	frappe.has_permission("Lead Feed", "read", throw=True)
	doctype, field = compat.lead_source_doctype()
	return frappe.get_all(doctype, pluck=field, order_by=field)


@frappe.whitelist()
def get_form_address(feed: str) -> dict:
	"""Where a feed's form is, and where its messages are handed in."""
	frappe.has_permission("Lead Feed", "read", throw=True)
	frappe.has_permission("Lead Feed", "read", feed, throw=True)
	key = frappe.db.get_value("Lead Feed", feed, "form_key")
	return {
		"form": form.address(key) if key else "",
		"endpoint": frappe.utils.get_url("/api/method/dealer_pos_crm.api.lead.receive_adf"),
	}


# One lead


def _may(lead: str, right: str = "write") -> None:
	frappe.has_permission("Lead", right, lead, throw=True)


@frappe.whitelist()
def get_panel(lead: str) -> dict:
	"""All a lead's form shows besides its fields: who it may be, which cars come near, how it came in."""
	_may(lead, "read")
	doc = frappe.get_doc("Lead", lead)
	sees_customers = frappe.has_permission("Customer", "read")
	sees_cars = frappe.has_permission("Dealer Vehicle", "read")
	asked = doc.dealer_match == matching.TO_CHECK and sees_customers and doc.dealer_state != "Converted"
	vehicle = (sees_cars and doc.dealer_vehicle) and frappe.db.get_value(
		"Dealer Vehicle",
		doc.dealer_vehicle,
		["name", "title", "stock_number", "status", "free_status", "price", "currency", "photo", "mileage", "color"],
		as_dict=True,
	)  # fmt: skip
	return {
		"customer_name": doc.dealer_customer
		and frappe.db.get_value("Customer", doc.dealer_customer, "customer_name"),
		"candidates": matching.candidates(doc) if asked else [],
		"vehicle": vehicle or None,
		"cars": matching.cars_like(doc) if sees_cars and not vehicle else [],
		"deals": frappe.get_list(
			"Deal Jacket", {"lead": lead}, ["name", "stage"], order_by="creation desc", limit=5
		)
		if frappe.has_permission("Deal Jacket", "read")
		else [],
		"messages": frappe.get_all(
			"Lead Intake",
			{"lead": lead},
			["name", "channel", "provider", "received_at", "status"],
			order_by="received_at desc, name desc",
			limit=5,
		)
		if frappe.has_permission("Lead Intake", "read")
		else [],
	}


@frappe.whitelist(methods=["POST"])
def this_is_them(lead: str, customer: str) -> None:
	"""A person has looked: the lead is that customer."""
	_may(lead)
	frappe.has_permission("Customer", "read", customer, throw=True)
	matching.is_customer(lead, customer)


@frappe.whitelist(methods=["POST"])
def somebody_else(lead: str) -> None:
	"""A person has looked: nobody on file is who asks."""
	_may(lead)
	matching.is_nobody(lead)


@frappe.whitelist(methods=["POST"])
def choose_vehicle(lead: str, vehicle: str | None = None) -> None:
	"""The car that the lead is about."""
	_may(lead)
	if vehicle:
		frappe.has_permission("Dealer Vehicle", "read", vehicle, throw=True)
	matching.choose_vehicle(lead, vehicle)


@frappe.whitelist(methods=["POST"])
def convert(lead: str, customer: str | None = None) -> str:
	"""Make the lead a customer: the one named, the matched one, or a new one. Returns the customer."""
	_may(lead)
	frappe.has_permission("Customer", "create", throw=True)
	if customer:
		frappe.has_permission("Customer", "read", customer, throw=True)
	return converting.customer_for(lead, customer=customer or None)


@frappe.whitelist(methods=["POST"])
def lose(lead: str, reason: str, note: str | None = None) -> None:
	"""Nothing comes of the lead."""
	_may(lead)
	receiving.lose(lead, reason, note)


@frappe.whitelist(methods=["POST"])
def reopen(lead: str) -> None:
	"""A lost lead lives again."""
	_may(lead)
	receiving.reopen(lead)
