"""Card readers: registered by the code they show, read again, and one payment at a time on each."""

import hashlib
import json

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_link_to_form, now_datetime

from dealer_pos_crm.dealer_cashier.gateway import accounts
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained, throw
from dealer_pos_crm.domain.gateway import ReaderFact
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.terminal import check_reader
from dealer_pos_crm.gateways.errors import GatewayError, Rejected

# The provider's own reader without a body, for a test account.
TEST_CODE = "simulated-wpe"
SIMULATED = "simulated_"  # how the kind of such a device begins
_CHOSEN = "dealer_card_reader"
_FIELDS = [
	"name",
	"title",
	"company",
	"gateway_account",
	"enabled",
	"counter",
	"state",
	"reader_id",
	"device_type",
	"location_id",
	"test_mode",
	"card_payment",
	"action_state",
]


def register(name: str, code: str) -> dict:
	"""Make the reader known at the provider, by the code that it shows. Not money: called directly.

	The same code twice is one registration: the key of the call is made of it.
	"""
	reader = frappe.get_doc("Card Reader", name)
	code = cstr(code).strip()
	if reader.reader_id:
		frappe.throw(_("{0} is registered already. Disable it and make another one").format(reader.title))
	if not code:
		frappe.throw(
			_("Enter the code that the reader shows: on it, choose Settings, then Generate Registration Code")
		)
	client = accounts.client(reader.gateway_account)
	key = f"{frappe.local.site}:{reader.name}:register:{code}"
	location = reader.location_id or _location(reader)
	place = None if location else _place(reader)
	with told(reader.title):
		if not location:
			location = client.create_location(reader.company, place, key=_location_key(reader, place))
		fact = client.register_reader(code, reader.title, location, key=key)
	return _keep_registration(name, fact, location)


@action
def _keep_registration(name: str, fact: ReaderFact, location: str) -> dict:
	other = frappe.db.get_value("Card Reader", {"reader_id": fact.reader, "name": ("!=", name)}, "name")
	if other:
		frappe.throw(
			_("This device is registered as {0} already").format(get_link_to_form("Card Reader", other))
		)
	reader = frappe.get_doc("Card Reader", name, for_update=True)
	reader.db_set(
		{
			"reader_id": fact.reader,
			"location_id": fact.location or location,
			"test_mode": int(not fact.live),
			**_seen(fact),
		},
		notify=True,
	)
	return {"name": name, "state": reader.state}


def _location(reader) -> str | None:
	"""Readers of one account at one company stand at one place."""
	return frappe.db.get_value(
		"Card Reader",
		{
			"company": reader.company,
			"gateway_account": reader.gateway_account,
			"location_id": ("is", "set"),
		},
		"location_id",
	)


def _location_key(reader, place: dict[str, str]) -> str:
	"""The same place is made once, however often the code after it was mistyped."""
	fingerprint = hashlib.sha256(json.dumps(place, sort_keys=True).encode()).hexdigest()[:16]
	return f"{frappe.local.site}:{reader.gateway_account}:location:{fingerprint}"


def _place(reader) -> dict[str, str]:
	"""Where the reader stands: the company's address, which the provider asks for."""
	from frappe.contacts.doctype.address.address import get_default_address

	name = get_default_address("Company", reader.company, "is_primary_address")
	row = (
		frappe.db.get_value(
			"Address", name, ["address_line1", "city", "state", "pincode", "country"], as_dict=True
		)
		if name
		else None
	)
	if not row:
		frappe.throw(
			_("The provider asks where the reader stands. Add an address to {0} first").format(
				get_link_to_form("Company", reader.company)
			)
		)
	country = cstr(frappe.get_cached_value("Country", row.country, "code")).upper()
	place = {
		"line1": row.address_line1,
		"city": row.city,
		"state": row.state,
		"postal_code": row.pincode,
		"country": country,
	}
	return {field: cstr(value).strip() for field, value in place.items() if cstr(value).strip()}


class told:
	"""What the provider answers about a reader, for a screen: which reader, why, and what to do."""

	def __init__(self, title: str) -> None:
		self.title = title

	def __enter__(self) -> None:
		return None

	def __exit__(self, _kind, error, _trace) -> bool:
		if isinstance(error, Rejected):
			throw(
				Refused(
					"reader_refused",
					marked("The provider refused {0}: {1}. Check the code on the reader and try again"),
					self.title,
					error.message,
				)
			)
		if isinstance(error, GatewayError):
			throw(
				Refused(
					"reader_unreachable",
					marked("The card service does not answer about {0}. Nothing was changed; try again"),
					self.title,
				)
			)
		return False


def refresh(name: str) -> dict:
	"""Ask the provider how the reader is. Returns its state and what it does."""
	reader = get(name)
	_check_registered(reader)
	with told(reader.title):
		fact = accounts.client(reader.gateway_account).reader(reader.reader_id)
	see(name, fact)
	return {"state": state_of(fact), "action": fact.action}


@action
def see(name: str, fact: ReaderFact) -> None:
	"""Keep what a reader said, under its lock."""
	frappe.db.get_value("Card Reader", name, "name", for_update=True)
	frappe.db.set_value("Card Reader", name, _seen(fact), update_modified=False)


def state_of(fact: ReaderFact) -> str:
	return "Online" if fact.online else "Offline"


def _seen(fact: ReaderFact) -> dict:
	return {
		"state": state_of(fact),
		"device_type": fact.device_type,
		"serial_number": fact.serial_number,
		"action_state": fact.action or None,
		"seen_at": now_datetime(),
	}


def get(name: str):
	"""The reader's values, unlocked. Raises when there is none."""
	row = frappe.db.get_value("Card Reader", name, _FIELDS, as_dict=True)
	if not row:
		frappe.throw(_("There is no card reader {0}").format(cstr(name)), frappe.DoesNotExistError)
	return row


def _check_registered(reader) -> None:
	if not reader.reader_id:
		frappe.throw(
			_("{0} is not registered yet. Enter its code first: {1}").format(
				reader.title, get_link_to_form("Card Reader", reader.name)
			)
		)


def check(name: str, company: str):
	"""The reader, when it may take a payment of this company; refuses otherwise."""
	reader = get(name)
	_check_registered(reader)
	mode = frappe.db.get_value("Gateway Account", reader.gateway_account, "mode")
	with explained():
		check_reader(
			reader.title,
			enabled=bool(cint(reader.enabled)),
			same_company=reader.company == company,
			test=bool(cint(reader.test_mode)),
			account_test=mode == "Test",
		)
	return reader


def claim(name: str, card_payment: str | None) -> None:
	"""Take the reader for one payment, under the lock of its row. Refuses while it has another.

	In the caller's transaction. ``card_payment`` None: look and keep the lock, the payment is made next.
	"""
	row = frappe.db.get_value("Card Reader", name, ["title", "card_payment"], as_dict=True, for_update=True)
	if row.card_payment and row.card_payment != card_payment:
		raise Refused(
			"reader_taken",
			marked("{0} has card payment {1} at the moment. Wait until it is over, or choose another reader"),
			row.title,
			row.card_payment,
		)
	if card_payment:
		frappe.db.set_value("Card Reader", name, "card_payment", card_payment, update_modified=False)


def release(name: str | None, card_payment: str) -> None:
	"""Let go of a reader, if it is this payment that has it. In the caller's transaction."""
	if not name:
		return
	holder = frappe.db.get_value("Card Reader", name, "card_payment", for_update=True)
	if holder == card_payment:
		frappe.db.set_value("Card Reader", name, "card_payment", None, update_modified=False)


def remember(name: str) -> None:
	"""The next payment of this user starts with this reader."""
	if frappe.defaults.get_user_default(_CHOSEN) != name:
		frappe.defaults.set_user_default(_CHOSEN, name)


def choices(company: str) -> dict:
	"""The readers a payment of the company may go to, and the one that this user most likely means."""
	rows = frappe.get_all(
		"Card Reader",
		filters={
			"company": company,
			"gateway_account": accounts.of_company(company),
			"enabled": 1,
			"reader_id": ("is", "set"),
		},
		fields=["name", "title", "counter", "state", "test_mode", "card_payment"],
		order_by="title, name",
	)
	return {"readers": rows, "usual": _usual([row.name for row in rows], rows)}


def companies_with_readers(companies: list[str]) -> list[str]:
	"""Those of the companies that take cards in person. Elsewhere no screen speaks of it."""
	accounts_in_use = frappe.get_all(
		"Gateway Account", {"company": ("in", companies), "enabled": 1}, pluck="name"
	)
	if not accounts_in_use:
		return []
	return frappe.get_all(
		"Card Reader",
		{
			"company": ("in", companies),
			"gateway_account": ("in", accounts_in_use),
			"enabled": 1,
			"reader_id": ("is", "set"),
		},
		pluck="company",
		distinct=True,
		order_by="company",
	)


def _usual(names: list[str], rows) -> str | None:
	"""The one chosen last; else the one of the counter this user has open; else the only one."""
	last = frappe.defaults.get_user_default(_CHOSEN)
	if last in names:
		return last
	counter = frappe.db.get_value(
		"POS Opening Entry",
		{"user": frappe.session.user, "status": "Open", "docstatus": 1},
		"pos_profile",
		order_by="creation desc",
	)
	here = [row.name for row in rows if counter and row.counter == counter]
	if here:
		return here[0]
	return names[0] if len(names) == 1 else None
