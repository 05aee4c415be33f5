"""The pieces both prints are made of: who, what for, how much, when."""

import base64
import html
import mimetypes
import re
from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.contacts.doctype.address.address import get_address_display, get_default_address
from frappe.utils import (
	cint,
	cstr,
	format_date,
	format_time,
	get_datetime,
	money_in_words,
	now_datetime,
	strip_html,
)

from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.dealer_cashier.printing.paper import Dealer, Fact
from dealer_pos_crm.domain.deposit import Movement, MovementType, Position, fold
from dealer_pos_crm.domain.money import Money

_LARGEST_PICTURE = 1024 * 1024  # bytes; it travels inside each print
_MINUS = "\u2212"


def is_held(deposit: Any) -> bool:
	return bool(deposit.vehicle and deposit.hold_until) and get_datetime(deposit.hold_until) > now_datetime()


def customer(deposit: Any) -> str:
	return plain(frappe.get_cached_value("Customer", deposit.customer, "customer_name") or deposit.customer)


def what(deposit: Any) -> str:
	"""The vehicle as the customer knows it, or what was written instead."""
	return car_name(deposit.vehicle) if deposit.vehicle else plain(deposit.held_for)


def car_name(vehicle: str) -> str:
	"""A vehicle as its owner would call it: year, make, model, color."""
	car = _car(vehicle)
	name = " ".join(cstr(part) for part in (car.model_year or "", car.make, car.model, car.trim) if part)
	return plain(", ".join(part for part in (name or car.title, car.color) if part))


def what_for(deposit: Any) -> list[Fact]:
	"""What the money is for, and how the papers of the car know it."""
	found = [Fact(_("For"), what(deposit))]
	if not deposit.vehicle:
		return found
	car = _car(deposit.vehicle)
	if car.vin:
		found.append(Fact(_("VIN"), plain(car.vin)))
	if car.stock_number:
		found.append(Fact(_("Stock number"), plain(car.stock_number)))
	return found


def _car(name: str) -> Any:
	fields = ["model_year", "make", "model", "trim", "color", "vin", "stock_number", "title"]
	return frappe.get_cached_value("Dealer Vehicle", name, fields, as_dict=True)


def moves_of(deposit: str, currency: str) -> list[dict]:
	"""The history of a deposit's money, oldest first; each ``amount`` signed, as Money."""
	rows = frappe.get_all(
		"Deposit Movement",
		filters={"deposit": deposit},
		fields=["name", "movement", "amount", "moved_at", "against_doctype", "against_name", "action"],
		order_by="name",
	)
	return [{**row, "name": cint(row.name), "amount": rounded(row.amount, currency)} for row in rows]


def position_of(moves: Iterable[dict], currency: str) -> Position:
	return fold(
		(Movement(str(move["name"]), MovementType(move["movement"]), move["amount"]) for move in moves),
		currency,
	)


def dealer(company: str) -> Dealer:
	"""Name, address and ways to reach the company, for prints without a Letter Head."""
	known = frappe.get_cached_value(
		"Company", company, ["company_logo", "phone_no", "email", "website", "tax_id"], as_dict=True
	)
	phone = plain(known.phone_no)
	reach = [phone, plain(known.email), plain(known.website)]
	if known.tax_id:
		reach.append(_("Tax ID {0}").format(plain(known.tax_id)))
	return Dealer(
		company,
		address=tuple(_address_lines(company)),
		phone=phone,
		reach=tuple(part for part in reach if part),
		logo=picture(known.company_logo),
	)


def _address_lines(company: str) -> list[str]:
	"""As the site's address template writes it, without the ways to reach somebody that stand in it."""
	name = get_default_address("Company", company)
	if not name:
		return []
	address = frappe.get_cached_doc("Address", name).as_dict()
	address.update({"phone": None, "fax": None, "email_id": None})
	lines = re.split(r"<br\s*/?>|\n", cstr(get_address_display(address)))
	return [text for text in (plain(strip_html(line)) for line in lines) if text]


def picture(url: str | None) -> str:
	"""A picture from the site's own files as a data URI: rendering fetches nothing for it. Empty when it is none."""
	name = url and frappe.db.get_value("File", {"file_url": url}, "name")
	kind = mimetypes.guess_type(cstr(url))[0] or ""
	if not name or not kind.startswith("image/"):
		return ""
	try:
		content = frappe.get_doc("File", name).get_content()
	except OSError:
		return ""  # the file is gone from the disk: a print without its picture is still a receipt
	data = content.encode() if isinstance(content, str) else content
	if len(data) > _LARGEST_PICTURE:
		return ""
	return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def in_words(amount: Money) -> str:
	return money_in_words(to_float(amount), amount.currency)


def moment(value: Any) -> str:
	"""Date and time to the minute, the date in the site's own format."""
	at = get_datetime(value)
	return f"{format_date(at.date())} {format_time(at.time(), 'HH:mm')}"


def plain(value: Any) -> str:
	"""Text as a person typed it: what Frappe stored escaped is escaped again by the template, once."""
	return html.unescape(cstr(value)).strip()


def less(amount: Money) -> str:
	"""An amount that is taken away."""
	return f"{_MINUS} {shown(amount)}"
