"""ADF, the auto trade's format for leads ("Auto-lead Data Format" 1.0), as it is met in the field.

The specification's own example does not validate, and few messages do; what can be read is read. Nothing in
here opens a file, an address or an entity: see ``markup``.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

from . import markup, phone
from .card_numbers import mask
from .markup import Element
from .refusal import Refused
from .refusal import _ as marked

MOST_PROSPECTS = 200
_DATA = 140  # characters of a field on one line
_PROSE = 20_000

_SECTIONS = frozenset("adf prospect".split())
_LEAVES = frozenset(
	"id requestdate year make model vin stock trim doors bodystyle transmission odometer condition "
	"interiorcolor exteriorcolor preference imagetag price pricecomments optionname manufacturercode weighting "
	"method amount balance comments name email phone street apartment city regioncode postalcode country "
	"description earliestdate latestdate vendorname url service".split()
)
_NAMES = (
	_SECTIONS
	| _LEAVES
	| frozenset(
		"vehicle customer contact address vendor provider timeframe finance option colorcombination".split()
	)
)
_BEGINNING = re.compile(r"<\s*(?:[A-Za-z_][\w.-]*:)?(?:adf|prospect)(?=[\s>/])", re.IGNORECASE)
_EMAIL = re.compile(r"[A-Za-z0-9._%+'&-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_NO_ID = frozenset(("", "0", "-", "none", "null", "n/a", "na", "unknown", "undefined", "test"))
_TRADE = re.compile(r"^.*\btrade(?:[ -]?in)?\b\W*(.*)$", re.IGNORECASE | re.MULTILINE)
_NO_TRADE = re.compile(r"\b(no|without|none)\b", re.IGNORECASE)
_ISO = re.compile(
	r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?)?"
	r"\s*(Z|[+-]\s*\d{1,2}:?\d{0,2})?",
	re.IGNORECASE,
)
_AMERICAN = re.compile(
	r"(\d{1,2})/(\d{1,2})/(\d{4})(?:[,\s]+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([AP]\.?M\.?)?)?", re.IGNORECASE
)
_SUFFIX = frozenset("jr jr. sr sr. ii iii iv".split())


@dataclass(frozen=True, slots=True)
class Id:
	"""What a system on the message's way calls it."""

	value: str
	source: str = ""
	sequence: str = ""


@dataclass(frozen=True, slots=True)
class Vehicle:
	"""A car that is wanted or given in. ``interest``: buy, lease, sell, trade-in, test-drive."""

	interest: str = "buy"
	status: str = ""
	year: int = 0
	make: str = ""
	model: str = ""
	trim: str = ""
	vin: str = ""
	stock: str = ""
	odometer: str = ""
	condition: str = ""
	color: str = ""
	price: str = ""
	comments: str = ""

	@property
	def words(self) -> str:
		"""Year, make, model and trim in one line."""
		return " ".join(filter(None, (str(self.year or ""), self.make, self.model, self.trim)))

	@property
	def empty(self) -> bool:
		return not (self.words or self.vin or self.stock or self.comments)


@dataclass(frozen=True, slots=True)
class Phone:
	"""A number as it was typed; ``kind``: voice, cellphone, fax, pager; ``time``: when to call."""

	number: str
	kind: str = "voice"
	time: str = ""
	preferred: bool = False


@dataclass(frozen=True, slots=True)
class Contact:
	"""How to reach whoever asks. ``company`` for a business."""

	first: str = ""
	middle: str = ""
	last: str = ""
	company: str = ""
	emails: tuple[str, ...] = ()
	phones: tuple[Phone, ...] = ()
	street: str = ""
	apartment: str = ""
	city: str = ""
	region: str = ""
	postal_code: str = ""
	country: str = ""

	@property
	def name(self) -> str:
		return " ".join(filter(None, (self.first, self.middle, self.last))) or self.company


@dataclass(frozen=True, slots=True)
class Prospect:
	"""One lead of a message. ``requested_at`` is naive where the message names no zone, else aware.

	``complete`` is false where the text ended too early. ``notes`` say what could not be read. ``raw`` is the
	prospect's own text.
	"""

	ids: tuple[Id, ...] = ()
	resend: bool = False
	requested_at: datetime | None = None
	requested_text: str = ""
	vehicles: tuple[Vehicle, ...] = ()
	customer: Contact = field(default_factory=Contact)
	timeframe: str = ""
	comments: str = ""
	vendor: str = ""
	provider: str = ""
	service: str = ""
	complete: bool = True
	notes: tuple[str, ...] = ()
	raw: str = ""

	@property
	def wanted(self) -> Vehicle | None:
		"""The car that this is about: the first to be bought, leased or driven."""
		return next((car for car in self.vehicles if car.interest not in ("trade-in", "sell")), None)

	@property
	def given(self) -> tuple[Vehicle, ...]:
		"""Cars to be traded in or sold to the house."""
		return tuple(car for car in self.vehicles if car.interest in ("trade-in", "sell"))

	@property
	def first_id(self) -> Id | None:
		"""The id of the first system on the message's way that gave one."""
		useful = [one for one in self.ids if one.value.strip().lower() not in _NO_ID]
		return min(useful, key=lambda one: _number(one.sequence) or 99) if useful else None


def read(data: bytes | str) -> tuple[Prospect, ...]:
	"""Every lead of a message: bytes as they arrived, or text. Never empty.

	Raises ``Refused`` and nothing else: not ADF, too large, too deep, or with nobody and nothing in it.
	"""
	text = markup.decode(data) if isinstance(data, bytes) else markup.clean(data)
	if len(text) > markup.MOST_BYTES:
		raise Refused(
			"too_large",
			marked("The message has {0} MB; more than {1} MB are not read"),
			f"{len(text) / 1024 / 1024:.1f}",
			markup.MOST_BYTES // 1024 // 1024,
		)
	if not text.strip():
		raise Refused("empty", marked("The message is empty"))
	body = markup.unwrapped(text, _BEGINNING)
	if body is None:
		raise Refused(
			"no_adf", marked("There is no ADF in this message: neither an <adf> nor a <prospect> element")
		)
	root = markup.read(body, _NAMES, _LEAVES, _SECTIONS)
	whole = [element for element in root.walk() if element.name == "prospect"]
	about_all = _outside(root)
	if not whole and about_all.children:
		about_all.name, about_all.end, about_all.closed = "prospect", len(body), _closed(root)
		whole, about_all = [about_all], Element("adf")
	if len(whole) > MOST_PROSPECTS:
		raise Refused(
			"too_many_prospects",
			marked("The message has {0} leads; at most {1} are read from one"),
			len(whole),
			MOST_PROSPECTS,
		)
	if _closed(root):
		for element in whole:
			element.closed = True
	found = [_prospect(element, about_all, body, alone=len(whole) == 1) for element in whole]
	found = [prospect for prospect in found if _says_something(prospect)]
	if not found:
		raise Refused(
			"nothing_in_it",
			marked("The ADF has no name, no way to reach anybody and no vehicle; it may be cut off"),
		)
	return tuple(found)


def looks_like_adf(text: str) -> bool:
	"""Whether there is a beginning of ADF in it, also escaped in an e-mail."""
	return markup.unwrapped(text[: markup.MOST_BYTES], _BEGINNING) is not None


def key_of(prospect: Prospect) -> str:
	"""What makes two messages one: the source's id; without one a digest of what matters, with its day.

	The same in every encoding and by every channel.
	"""
	one = prospect.first_id
	if one:
		source = _folded(one.source or prospect.provider or prospect.vendor)
		return "id:" + digest((source, _folded(one.value)))
	when = prospect.requested_at.isoformat() if prospect.requested_at else _folded(prospect.requested_text)
	cars = [
		"|".join(map(_folded, (car.interest, car.words, car.vin, car.stock, car.comments)))
		for car in prospect.vehicles
	]
	return "as:" + digest((person_key(prospect), _folded(prospect.comments), when, *cars))


def person_key(prospect: Prospect) -> str:
	"""Who asks, as one text: to tell two people apart whom a provider gave one id."""
	who = prospect.customer
	emails = sorted(email.lower() for email in who.emails)
	phones = sorted({phone.key(one.number) or _folded(one.number) for one in who.phones})
	return "|".join((_folded(who.name), *emails, *phones))


def masked(prospect: Prospect) -> Prospect:
	"""Without card numbers, wherever somebody has put one."""

	def car(one: Vehicle) -> Vehicle:
		return replace(one, comments=mask(one.comments), price=mask(one.price), stock=mask(one.stock))

	return replace(
		prospect,
		ids=tuple(replace(one, value=mask(one.value)) for one in prospect.ids),
		vehicles=tuple(car(one) for one in prospect.vehicles),
		comments=mask(prospect.comments),
		timeframe=mask(prospect.timeframe),
		raw=mask(prospect.raw),
	)


# Elements to values


def _outside(root: Element) -> Element:
	"""What stands beside the prospects and is meant for all of them."""
	found = Element("adf")
	todo = list(root.children)
	for element in todo:
		if element.name == "adf":
			todo.extend(element.children)
		elif element.name in ("vendor", "provider", "customer", "vehicle", "requestdate", "id", "comments"):
			found.children.append(element)
	return found


def _closed(root: Element) -> bool:
	around = [element for element in root.children if element.name == "adf"]
	return bool(around) and all(element.closed for element in around)


def _prospect(element: Element, about_all: Element, body: str, *, alone: bool) -> Prospect:
	notes: list[str] = []

	def part(name: str) -> Element:
		return element.first(name) or about_all.first(name) or Element(name)

	customer, vendor, provider = part("customer"), part("vendor"), part("provider")
	contact = customer.first("contact") or element.first("contact") or customer
	vehicles = element.all("vehicle") or about_all.all("vehicle")
	requested = _data(element.said("requestdate") or about_all.said("requestdate"))
	at = _moment(requested)
	if requested and at is None:
		notes.append(marked("The date of the request could not be read"))
	comments = _prose(
		[*customer.all("comments"), *contact.all("comments"), *element.all("comments")]
		or about_all.all("comments")
	)
	cars = tuple(car for car in (_vehicle(one, index) for index, one in enumerate(vehicles)) if not car.empty)
	who = _contact(contact, notes)
	if not element.closed:
		notes.append(marked("The message ends in the middle; what is there was read"))
	raw = (
		body
		if alone
		else "<adf>"
		+ body[element.start : element.end]
		+ "".join(body[one.start : one.end] for one in about_all.children)
		+ "</adf>"
	)
	return Prospect(
		ids=tuple(_id(one) for one in (element.all("id") or about_all.all("id"))),
		resend=element.attributes.get("status", "").lower() == "resend",
		requested_at=at,
		requested_text=requested,
		vehicles=cars,
		customer=who,
		timeframe=_timeframe(customer.first("timeframe")),
		comments=comments,
		vendor=_data(vendor.said("vendorname") or _named(vendor)),
		provider=_data(_named(provider) or provider.text),
		service=_data(provider.said("service")),
		complete=element.closed,
		notes=tuple(notes),
		raw=raw,
	)


def _says_something(prospect: Prospect) -> bool:
	who = prospect.customer
	return bool(who.name or who.emails or who.phones or prospect.vehicles or prospect.comments)


def _id(element: Element) -> Id:
	return Id(
		_data(element.text),
		_data(element.attributes.get("source", "")),
		element.attributes.get("sequence", ""),
	)


def _named(element: Element) -> str:
	contact = element.first("contact") or Element("contact")
	return element.said("name") or contact.said("name")


def _vehicle(element: Element, index: int) -> Vehicle:
	interest = element.attributes.get("interest", "").lower().replace("_", "-").replace(" ", "-")
	if interest in ("tradein", "trade"):
		interest = "trade-in"
	colors = [
		_data(one.said("exteriorcolor"))
		for one in element.all("colorcombination")
		if one.said("exteriorcolor")
	]
	odometer = element.first("odometer")
	units = (odometer.attributes.get("units", "") if odometer else "") or "mi"
	miles = _data(odometer.text) if odometer else ""
	return Vehicle(
		interest=interest if interest in ("buy", "lease", "sell", "trade-in", "test-drive") else "buy",
		status={"new": "New", "used": "Used"}.get(element.attributes.get("status", "").lower(), ""),
		year=_year(element.said("year")),
		make=_data(element.said("make")),
		model=_data(element.said("model")),
		trim=_data(element.said("trim")),
		vin=re.sub(r"[^A-Za-z0-9]", "", element.said("vin"))[:17].upper(),
		stock=_data(element.said("stock")),
		odometer=f"{miles} {units}" if miles and miles.strip("0") else "",
		condition=_data(element.said("condition")),
		color=", ".join(colors)[:_DATA],
		price=_data(element.said("price")),
		comments=_prose(element.all("comments")),
	)


def _contact(element: Element, notes: list[str]) -> Contact:
	first = middle = last = full = company = ""
	for name in element.all("name"):
		said = _data(name.text)
		part = name.attributes.get("part", "").lower()
		if not said:
			continue
		if name.attributes.get("type", "").lower() == "business":
			company = company or said
		elif part == "first":
			first = first or said
		elif part == "middle":
			middle = middle or said
		elif part in ("last", "surname"):
			last = last or said
		else:
			full = full or said
	if full and not (first and last):
		first, middle, last = _split(full) if not (first or last) else (first, middle, last)
	emails: list[str] = []
	for one in sorted(element.all("email"), key=_unpreferred):
		found = _EMAIL.search(one.text[:400])
		if found and len(found.group()) <= _DATA:
			emails.append(found.group().lower().strip("'"))
		elif one.text:
			notes.append(marked("The e-mail address could not be read"))
	phones = [
		Phone(
			_data(one.text)[:40],
			one.attributes.get("type", "voice").lower() or "voice",
			one.attributes.get("time", "").lower(),
			one.attributes.get("preferredcontact", "") == "1",
		)
		for one in sorted(element.all("phone"), key=_unpreferred)
		if re.search(r"\d", one.text)
	]
	address = element.first("address") or Element("address")
	streets = [_data(one.text) for one in address.all("street") if one.text]
	return Contact(
		first=first,
		middle=middle,
		last=last,
		company=company,
		emails=tuple(dict.fromkeys(emails)),
		phones=tuple(dict.fromkeys(phones)),
		street=", ".join(streets)[:_DATA],
		apartment=_data(address.said("apartment")),
		city=_data(address.said("city")),
		region=_data(address.said("regioncode")),
		postal_code=_data(address.said("postalcode")),
		country=_data(address.said("country")),
	)


def _unpreferred(element: Element) -> bool:
	return element.attributes.get("preferredcontact", "") != "1"


def _split(full: str) -> tuple[str, str, str]:
	"""First, middle and last of a name in one piece: "Ann B. Buyer", "Buyer, Ann"."""
	if "," in full:
		last, _comma, rest = (piece.strip() for piece in full.partition(","))
		if rest and rest.lower() not in _SUFFIX:
			words = rest.split()
			return words[0], " ".join(words[1:]), last
		full = f"{last} {rest}".strip()
	words = full.split()
	tail: list[str] = []
	while len(words) > 2 and words[-1].lower() in _SUFFIX:
		tail.insert(0, words.pop())
	if len(words) < 2:
		return full, "", ""
	return words[0], " ".join(words[1:-1]), " ".join((words[-1], *tail))


def _timeframe(element: Element | None) -> str:
	if element is None:
		return ""
	dates = " - ".join(filter(None, (element.said("earliestdate"), element.said("latestdate"))))
	return _data(", ".join(filter(None, (element.said("description") or element.text, dates))))


def trade_in_words(text: str) -> str:
	"""What somebody wrote about a car to be traded in, out of their comments; "" when nothing."""
	for found in _TRADE.finditer(text):
		line = found.group().strip()
		if not _NO_TRADE.search(line) and len(found.group(1).split()) > 1:
			return line[:_DATA]
	return ""


# Texts


def _data(text: str) -> str:
	return " ".join(text.split())[:_DATA].strip()


def _prose(elements: Iterable[Element]) -> str:
	said = (element.lines for element in elements)
	return "\n\n".join(dict.fromkeys(filter(None, said)))[:_PROSE]


def _folded(text: str) -> str:
	return " ".join(text.casefold().split())


def digest(parts: Iterable[str]) -> str:
	return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


def _number(text: str) -> int:
	digits = text.strip()
	return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 6 else 0


def _year(text: str) -> int:
	found = re.search(r"(?<!\d)(19|20)\d{2}(?!\d)", text, re.ASCII)
	return int(found.group()) if found else 0


def _moment(text: str) -> datetime | None:
	"""A date as providers write them, also with half a zone ("-08:0"). None: it is none."""
	found = _ISO.search(text)
	if found:
		year, month, day, hour, minute, second, zone = found.groups()
		return _made((year, month, day, hour, minute, second), zone)
	found = _AMERICAN.search(text)
	if not found:
		return None
	month, day, year, hour, minute, second, half = found.groups()
	if half and hour:
		hours = int(hour) % 12 + (12 if half.upper().startswith("P") else 0)
		hour = str(hours)
	return _made((year, month, day, hour, minute, second), None)


def _made(numbers: tuple[str | None, ...], zone: str | None) -> datetime | None:
	year, month, day, hour, minute, second = (int(one or 0) for one in numbers)
	try:
		at = datetime(year, month, day, hour, minute, second, tzinfo=_zone(zone))
	except ValueError:
		return None
	return at if 2000 <= at.year < 2100 else None


def _zone(text: str | None) -> timezone | None:
	if not text:
		return None
	if text.upper() == "Z":
		return timezone.utc
	sign = -1 if text[0] == "-" else 1
	hours, _colon, minutes = text[1:].strip().partition(":")
	if not _colon and len(hours) > 2:
		hours, minutes = hours[:-2], hours[-2:]
	away = timedelta(hours=int(hours or 0), minutes=int(minutes.ljust(2, "0") if minutes else 0))
	return timezone(sign * away) if away < timedelta(hours=15) else None
