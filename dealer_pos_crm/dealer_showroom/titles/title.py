"""Title work: opened when a car is sold or taken in, from papers to plate, and what is late."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import cint, cstr, getdate

from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_setup.wording import day_text
from dealer_pos_crm.dealer_showroom import log
from dealer_pos_crm.dealer_showroom.visits import person
from dealer_pos_crm.domain import title as rules
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.title import Status

DOCTYPE = "Title Registration"
SOLD, TRADE, BOUGHT = "Sold Car", "Trade-in", "Bought Car"
# The step of each status; complete papers are seen in the list and are no news to the customer.
_KINDS = {
	Status.SENT: "title.sent",
	Status.RETURNED: "title.returned",
	Status.ISSUED: "title.issued",
	Status.CLOSED: "title.closed",
	Status.CANCELLED: "title.cancelled",
}
STEP_VALUES = ("holder", "plate", "title_number", "temporary_tag", "temporary_until", "fees", "state")


def locked(name: str):
	"""The title work as it is now, kept from others until the end of this transaction."""
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def keep(doc) -> None:
	"""Save what a step has changed. The step's own right was checked where it began."""
	doc.flags.of_its_steps = True
	try:
		doc.save(ignore_permissions=True)
	finally:
		doc.flags.of_its_steps = False


# --- At delivery and unwind ------------------------------------------------------------------------------


def open_for(deal, *, on: date | None = None) -> list[str]:
	"""Open the title work of a delivered deal: of the sold car, and of each car taken in. Once.

	Returns their names. In the caller's transaction.
	"""
	made = []
	wanted = [(SOLD, deal.vehicle, None)] if deal.vehicle else []
	trades = frappe.get_all(
		"Trade In",
		{"deal": deal.name, "status": "Taken In", "vehicle": ("is", "set")},
		["name", "vehicle"],
		order_by="name",
	)
	wanted += [(TRADE, row.vehicle, row.name) for row in trades]
	for kind, vehicle, trade_in in wanted:
		standing = frappe.db.get_value(
			DOCTYPE,
			{"deal": deal.name, "vehicle": vehicle, "kind": kind, "status": ("!=", Status.CANCELLED.value)},
			"name",
		)
		if standing:
			continue
		doc = frappe.get_doc(
			{
				"doctype": DOCTYPE,
				"kind": kind,
				"deal": deal.name,
				"trade_in": trade_in,
				"vehicle": vehicle,
				"customer": deal.customer,
				"company": deal.company,
				"lienholder": deal.lender if kind == SOLD and deal.deal_type != "Cash" else None,
				"holder": "Dealership" if kind == SOLD else _holder_of(trade_in),
			}
		)
		doc.flags.opened_on = on
		doc.insert(ignore_permissions=True)
		made.append(doc.name)
	return made


def _holder_of(trade_in: str) -> str:
	"""Who has the title of a car that was taken in: its lender while a payoff is owed."""
	found = frappe.db.get_value("Trade In", trade_in, ["title_status", "payoff"], as_dict=True)
	if found.title_status == "With the Lender" or (found.payoff and found.title_status != "In Hand"):
		return "Former Lender"
	return "Dealership" if found.title_status == "In Hand" else "Customer"


def cancel_for(deal: str, reason: str) -> list[str]:
	"""The deal is unwound: its title work ends, unless it was finished. In the caller's transaction."""
	names = frappe.get_all(
		DOCTYPE,
		{"deal": deal, "status": ("not in", [status.value for status in rules.OVER])},
		pluck="name",
		order_by="name",
	)
	for name in names:
		doc = locked(name)
		doc.cancel_reason = cstr(reason)[:140]
		_enter(doc, Status.CANCELLED, getdate(), reason=reason)
	return names


# --- Steps -----------------------------------------------------------------------------------------------


def begin(doc) -> None:
	"""What new title work starts with, from a delivery or from a form."""
	doc.status = Status.OPEN.value
	doc.update({**dict.fromkeys(rules.DATED.values()), "return_reason": None, "cancel_reason": None})
	opened = getdate(doc.flags.opened_on)
	doc.due_on = doc.due_on or rules.due_on(
		opened,
		cint(settings_of(doc.company).title_due_days),
		getdate(doc.temporary_until) if doc.temporary_until else None,
	)


def opened(doc) -> None:
	texts = {
		SOLD: _("Title work begins: {0}"),
		TRADE: _("Title of the trade-in to come: {0}"),
		BOUGHT: _("Title of the bought car to come: {0}"),
	}
	_step(doc, "title.opened", texts[doc.kind].format(person.car_text(doc.vehicle)))


def tag_noted(doc) -> None:
	"""The end of a temporary tag is known, or is another one: told, so that somebody looks after it.

	One matter with the opening, whose own promises stay as they are.
	"""
	about = {"reference_doctype": DOCTYPE, "reference_name": doc.name}
	before = log.LOG.standing("title.opened", {**about, "detail": ("like", '%"tag": "1"%')}, about)
	_step(
		doc,
		"title.opened",
		_("Temporary tag until {0}: {1}").format(day_text(doc.temporary_until), person.car_text(doc.vehicle)),
		reverses=before,
		facts={"tag": "1"},
	)


@action
def move(name: str, to: str, *, on: str | None = None, reason: str | None = None, **values) -> dict:
	"""A step of the title work, on its day. ``values``: see ``STEP_VALUES``. Twice is once.

	A return and a cancellation need their reason.
	"""
	doc = locked(name)
	with explained():
		new = _named(to)
		if Status(doc.status) is new:
			return result(doc)
		day = getdate(on)
		rules.check_step(doc.name, Status(doc.status), new, day, getdate(), _last_day(doc))
		why = cstr(reason).strip()
		if new in (Status.RETURNED, Status.CANCELLED) and len(why) < 3:
			raise Refused("no_reason", marked("Give the reason in a few words"))
		doc.update({field: values[field] for field in STEP_VALUES if values.get(field) not in (None, "")})
		if new is Status.RETURNED:
			doc.return_reason = why[:140]
		if new is Status.CANCELLED:
			doc.cancel_reason = why[:140]
		if not values.get("holder") and new in rules.HOLDER:
			doc.holder = rules.HOLDER[new]
		if new is Status.CLOSED and not values.get("holder"):
			doc.holder = "Lender" if doc.lienholder else "Customer" if doc.kind == SOLD else "Dealership"
		_enter(doc, new, day, reason=why or None)
		if doc.plate and doc.kind == SOLD:
			frappe.db.set_value("Dealer Vehicle", doc.vehicle, "plate", doc.plate)
			frappe.clear_document_cache("Dealer Vehicle", doc.vehicle)
	return result(doc)


def _named(to: str) -> Status:
	try:
		return Status(to)
	except ValueError:
		raise Refused("title_step", marked("{0} is no step of title work"), to) from None


def _last_day(doc) -> date | None:
	days = [getdate(doc.get(field)) for field in rules.DATED.values() if doc.get(field)]
	return max(days, default=None)


def _enter(doc, new: Status, day: date, *, reason: str | None = None) -> None:
	texts = {
		Status.SENT: _("Title papers sent: {0}"),
		Status.RETURNED: _("Title papers came back: {0}"),
		Status.ISSUED: _("Title issued: {0}"),
		Status.CLOSED: _("Title handed over: {0}"),
		Status.CANCELLED: _("Title work ended: {0}"),
	}
	doc.status = new.value
	if new in rules.DATED:
		doc.set(rules.DATED[new], day)
	keep(doc)
	if new in _KINDS:
		_step(
			doc,
			_KINDS[new],
			texts[new].format(person.car_text(doc.vehicle)),
			reason=reason,
			reverses=_standing(doc, "title.opened") if new is Status.CANCELLED else None,
		)


def _step(doc, kind: str, title: str, *, facts: dict | None = None, **more) -> str:
	deal = (
		frappe.db.get_value("Deal Jacket", doc.deal, ["salesperson", "lead"], as_dict=True)
		if doc.deal
		else None
	)
	return log.write(
		kind,
		title=title,
		customer=doc.customer,
		company=doc.company,
		reference=(DOCTYPE, doc.name),
		vehicle=doc.vehicle,
		deal=doc.deal or None,
		lead=deal.lead if deal else None,
		department="Accounting",
		actor=deal.salesperson if deal else None,
		facts={
			"what": person.car_text(doc.vehicle),
			"kind": doc.kind,
			"due_on": cstr(doc.due_on),
			"due_on_text": day_text(doc.due_on) if doc.due_on else None,
			"holder": cstr(doc.holder),
			"temporary_until": cstr(doc.temporary_until or ""),
			"salesperson": person.full_name(deal.salesperson) if deal else None,
			**(facts or {}),
		},
		occasion=f"title:{doc.name}" if kind == "title.opened" else None,
		**more,
	)


def _standing(doc, kind: str) -> str | None:
	return log.LOG.standing(kind, {"reference_doctype": DOCTYPE, "reference_name": doc.name})


def result(doc) -> dict:
	today = getdate()
	due = getdate(doc.due_on) if doc.due_on else None
	status = Status(doc.status)
	return {
		"name": doc.name,
		"status": doc.status,
		"possible": [found.value for found in rules.possible(status)],
		"overdue": rules.is_overdue(status, due, today),
		"tag_ends": rules.tag_ends(
			status, getdate(doc.temporary_until) if doc.temporary_until else None, today
		),
	}
