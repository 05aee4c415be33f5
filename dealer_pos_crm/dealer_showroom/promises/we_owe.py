"""The due bill: what the buyer was promised, item by item, until each is done."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import cint, cstr, getdate, now_datetime

from dealer_pos_crm.dealer_setup.acting import action, once
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.wording import day_text
from dealer_pos_crm.dealer_showroom.deals import deal as deals
from dealer_pos_crm.dealer_showroom.log import LOG
from dealer_pos_crm.domain import we_owe as rules
from dealer_pos_crm.domain.reasons import check_reason
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.we_owe import Item, Status

DOCTYPE = "We Owe"
ITEM_FIELDS = ("what", "who_pays", "cost", "due_on", "note")


def locked(name: str):
	"""The bill as it is now, kept from others until the end of this transaction."""
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def keep(doc) -> None:
	"""Save what a step has changed. The step's own right was checked where it began."""
	doc.flags.of_its_steps = True
	try:
		doc.save(ignore_permissions=True)
	finally:
		doc.flags.of_its_steps = False


@once
def make(deal: str, items: Iterable[dict], *, client_key: str | None = None, open_now: bool = False) -> dict:
	"""A due bill of a deal. ``items``: dicts of ``ITEM_FIELDS``; amounts in major units of the deal's currency."""
	if client_key and (known := frappe.db.get_value(DOCTYPE, {"client_key": client_key}, "name")):
		return result(frappe.get_doc(DOCTYPE, known))
	doc = frappe.new_doc(DOCTYPE)
	doc.update({"deal": deal, "client_key": client_key})
	for item in items:
		doc.append("items", {field: item.get(field) for field in ITEM_FIELDS})
	doc.insert()
	return open_bill(doc.name) if open_now else result(doc)


def begin(doc) -> None:
	"""What a new bill knows from its deal."""
	deal = frappe.db.get_value(
		"Deal Jacket", doc.deal, ["customer", "vehicle", "company", "salesperson", "currency"], as_dict=True
	)
	if not deal:
		raise Refused("no_deal", marked("To which deal does it belong?"))
	doc.update(
		{
			"customer": deal.customer,
			"vehicle": deal.vehicle,
			"company": deal.company,
			"salesperson": doc.salesperson or deal.salesperson,
			"status": Status.DRAFT.value,
			"promised_on": None,
			"cancel_reason": None,
		}
	)
	for row in doc.items:
		row.update({"status": Item.OPEN.value, "done_on": None, "done_by": None, "appointment": None})


@action
def open_bill(name: str, *, signed: bool | None = None) -> dict:
	"""The bill counts from now on: each item is a promise with a day."""
	doc = locked(name)
	if doc.status != Status.DRAFT.value:
		return result(doc)
	with explained():
		today = getdate()
		rules.check_items(
			[(cstr(row.what), getdate(row.due_on) if row.due_on else None) for row in doc.items], today
		)
		_check_not_promised_twice(doc)
		doc.update({"status": Status.OPEN.value, "promised_on": today})
		if signed is not None:
			doc.signed = int(signed)
		keep(doc)
		for row in doc.items:
			promise(doc, row)
	return result(doc)


def _check_not_promised_twice(doc) -> None:
	"""What one open bill of a deal promises, another one does not promise again."""
	standing = {rules_key(row["what"]): row["bill"] for row in open_items(doc.deal)}
	for row in doc.items:
		if other := standing.get(rules_key(row.what)):
			raise Refused(
				"promised", marked("{0} is promised already, in {1}. Take it off this bill"), row.what, other
			)


def rules_key(what: str) -> str:
	return " ".join(cstr(what).lower().split())


def promise(doc, row) -> None:
	"""Tell that an item of an open bill is owed."""
	_step(doc, row, "we_owe.promised", _("We owe: {0}, by {1}").format(row.what, day_text(row.due_on)))


@action
def done(name: str, row: str, *, on: str | None = None, note: str | None = None) -> dict:
	"""An item is done; twice is once."""
	doc = locked(name)
	item = _row(doc, row)
	if item.status == Item.DONE.value:
		return result(doc)
	with explained():
		rules.check_open(doc.name, item.what, Status(doc.status), Item(item.status))
		day = getdate(on)
		if day > getdate():
			raise Refused("future", marked("{0} cannot have been done on a day to come"), item.what)
		item.update({"status": Item.DONE.value, "done_on": day, "done_by": frappe.session.user})
		if cstr(note).strip():
			item.note = cstr(note).strip()[:140]
		_end_of(doc)
		_step(doc, item, "we_owe.done", _("Done as promised: {0}").format(item.what))
	return result(doc)


@action
def reopen(name: str, row: str, reason: str) -> dict:
	"""It was not done after all: the promise stands again."""
	doc = locked(name)
	item = _row(doc, row)
	with explained():
		why = check_reason(reason)
		if item.status == Item.OPEN.value:
			return result(doc)
		if item.status != Item.DONE.value:
			raise Refused("item_over", marked("{0} is {1} already"), item.what, _(item.status))
		item.update({"status": Item.OPEN.value, "done_on": None, "done_by": None})
		_end_of(doc)
		_step(
			doc,
			item,
			"we_owe.promised",
			_("We owe again: {0}").format(item.what),
			reason=why,
			reverses=_standing(doc, item, "we_owe.done"),
		)
	return result(doc)


@action
def cancel_item(name: str, row: str, reason: str) -> dict:
	"""The customer does without, or it was never to be promised."""
	doc = locked(name)
	item = _row(doc, row)
	if item.status == Item.CANCELLED.value:
		return result(doc)
	with explained():
		rules.check_open(doc.name, item.what, Status(doc.status), Item(item.status))
		_cancel(doc, item, check_reason(reason))
		_end_of(doc)
	return result(doc)


def _cancel(doc, item, why: str) -> None:
	item.update({"status": Item.CANCELLED.value, "note": why[:140]})
	_step(
		doc,
		item,
		"we_owe.cancelled",
		_("Not owed any more: {0}").format(item.what),
		reason=why,
		reverses=_standing(doc, item, "we_owe.promised"),
	)


def cancel_for(deal: str, reason: str) -> list[str]:
	"""The deal is unwound: nothing of it is owed any more. Returns the bills. In the caller's transaction."""
	names = frappe.get_all(
		DOCTYPE, {"deal": deal, "status": ("in", ("Draft", "Open"))}, pluck="name", order_by="name"
	)
	for name in names:
		doc = locked(name)
		if doc.status == Status.OPEN.value:
			for item in doc.items:
				if item.status == Item.OPEN.value:
					_cancel(doc, item, reason)
		doc.update({"status": Status.CANCELLED.value, "cancel_reason": cstr(reason)[:140]})
		keep(doc)
	return names


def open_items(deal: str) -> list[dict]:
	"""What a deal's open bills still promise, the earliest first."""
	bill, item = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType("We Owe Item")
	return (
		frappe.qb.from_(item)
		.join(bill)
		.on(bill.name == item.parent)
		.select(
			bill.name.as_("bill"),
			item.name,
			item.what,
			item.due_on,
			item.who_pays,
			item.cost,
			item.appointment,
		)
		.where((bill.deal == deal) & (bill.status == "Open") & (item.status == "Open"))
		.orderby(item.due_on)
		.orderby(item.name)
		.run(as_dict=True)
	)


@action
def book(name: str, row: str, client_key: str, **values) -> dict:
	"""A service appointment for an item: the shop knows what was promised. See ``appointments.book``."""
	from dealer_pos_crm.dealer_service.appointments import book as service

	doc = locked(name)
	item = _row(doc, row)
	with explained():
		rules.check_open(doc.name, item.what, Status(doc.status), Item(item.status))
		if not doc.vehicle:
			raise Refused("no_vehicle", marked("{0} has no vehicle yet; book it when there is one"), doc.deal)
		standing = item.appointment and frappe.db.get_value("Service Appointment", item.appointment, "status")
		if standing in ("Booked", "Confirmed", "Arrived"):
			raise Refused(
				"booked",
				marked("{0} is booked already: {1}. Reschedule it there"),
				item.what,
				item.appointment,
			)
	made = service.book(
		client_key,
		[{"service_name": item.what, "hours": values.get("duration")}],
		**{
			"customer": doc.customer,
			"vehicle": doc.vehicle,
			"company": doc.company,
			"concern": _("We owe: {0} ({1})").format(item.what, doc.name),
			**{
				field: values[field]
				for field in ("starts_at", "duration", "team", "advisor", "notes")
				if values.get(field)
			},
		},
	)
	item.appointment = made["name"]
	keep(doc)
	return {**result(doc), "appointment": made}


def _row(doc, name: str):
	for row in doc.items:
		if row.name == name:
			return row
	frappe.throw(_("{0} has no such item any more. Reload the page").format(doc.name))


def _end_of(doc) -> None:
	doc.status = rules.status_of(Item(row.status) for row in doc.items).value
	keep(doc)


def _step(doc, row, kind: str, title: str, **more) -> str:
	deal = frappe.get_doc("Deal Jacket", doc.deal)
	return deals.step(
		deal,
		kind,
		title=title,
		facts={
			"item": cstr(row.what),
			"due_on": cstr(row.due_on),
			"paid_by": cstr(row.who_pays),
			"bill": doc.name,
		},
		reference=(DOCTYPE, doc.name),
		actor=doc.salesperson or None,
		# One matter, also when it is owed again: the promise that stood is the one that stands.
		occasion=f"we_owe:{row.name}" if kind == "we_owe.promised" else None,
		**more,
	)


def _standing(doc, row, kind: str) -> str | None:
	"""The key of the item's last step of this kind that nothing has undone yet."""
	about = {"reference_doctype": DOCTYPE, "reference_name": doc.name}
	named = f'%"item": {frappe.as_json(cstr(row.what))}%'
	return LOG.standing(kind, {**about, "detail": ("like", named)}, about)


def result(doc) -> dict:
	return {
		"name": doc.name,
		"status": doc.status,
		"open": sum(row.status == Item.OPEN.value for row in doc.items),
		"signed": cint(doc.signed),
		"at": cstr(now_datetime()),
	}
