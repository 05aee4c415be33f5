"""Holding a vehicle for a customer: one at a time, whatever two cashiers do at the same instant."""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import format_datetime, get_datetime, get_link_to_form, now_datetime

from dealer_pos_crm.dealer_crm import spine
from dealer_pos_crm.domain.event import Event

EXTENDED = "Extended"


class VehicleHeld(frappe.ValidationError):
	"""Somebody else holds the vehicle."""


def active_hold(vehicle: str):
	"""The hold that stands on a vehicle now, read past any snapshot; None when it is free."""
	rows = frappe.db.sql(
		"""select name, vehicle, customer, deposit, company, held_from, hold_until, held_by
		from `tabDealer Vehicle Hold` where active_vehicle = %s lock in share mode""",
		vehicle,
		as_dict=True,
	)
	return rows[0] if rows else None


def check_free(vehicle: str, deposit: str | None = None) -> None:
	"""Refuse when the vehicle is held for somebody else, saying for whom and until when."""
	hold = active_hold(vehicle)
	if hold and hold.deposit != deposit:
		_refuse(hold)
	status = frappe.db.get_value("Dealer Vehicle", vehicle, "status")
	if status == "Sold":
		frappe.throw(
			_("{0} is sold and cannot be held. Choose another vehicle").format(
				get_link_to_form("Dealer Vehicle", vehicle)
			),
			VehicleHeld,
		)


def _refuse(hold) -> None:
	title = frappe.db.get_value("Dealer Vehicle", hold.vehicle, "title") or hold.vehicle
	customer = frappe.db.get_value("Customer", hold.customer, "customer_name") or hold.customer
	frappe.throw(
		_(
			"{0} is held for {1} until {2} (deposit {3}). Put the customer on the waiting list, or choose another vehicle"
		).format(
			get_link_to_form("Dealer Vehicle", hold.vehicle, title),
			frappe.bold(customer),
			frappe.bold(format_datetime(hold.hold_until, "short")),
			get_link_to_form("Deposit", hold.deposit) if hold.deposit else "-",
		),
		VehicleHeld,
		title=_("Already Held"),
	)


def hold(vehicle: str, customer: str, deposit: str, company: str, until: datetime | str):
	"""Hold a vehicle for a deposit's customer. The unique key on the active vehicle decides a race."""
	doc = frappe.get_doc(
		{
			"doctype": "Dealer Vehicle Hold",
			"vehicle": vehicle,
			"customer": customer,
			"deposit": deposit,
			"company": company,
			"held_from": now_datetime(),
			"hold_until": get_datetime(until),
			"held_by": frappe.session.user,
			"active_vehicle": vehicle,
		}
	)
	try:
		doc.insert(ignore_permissions=True)
	except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
		frappe.clear_last_message()
		standing = active_hold(vehicle)
		if standing is None:
			raise
		_refuse(standing)
	_show_on_vehicle(doc)
	spine.record(events_of(doc))
	return doc


def extend(deposit: str, until: datetime | str):
	"""Let a deposit's hold run to a later time: a new hold follows the old one without a gap."""
	vehicle, customer, company = frappe.db.get_value("Deposit", deposit, ["vehicle", "customer", "company"])
	standing = active_hold(vehicle)
	if standing and standing.deposit != deposit:
		_refuse(standing)
	if standing:
		_end(standing.name, EXTENDED, superseded=True)
	return hold(vehicle, customer, deposit, company, until)


def release(name: str, reason: str) -> None:
	"""End a hold and set the vehicle free."""
	doc = _end(name, reason, superseded=False)
	vehicle = frappe.get_doc("Dealer Vehicle", doc.vehicle, for_update=True)
	free = vehicle.free_status or "Front-line Ready"
	vehicle.db_set(
		{
			"hold": None,
			"held_for": None,
			"hold_until": None,
			"hold_deposit": None,
			"free_status": None,
			"status": free if vehicle.status == "On Hold" else vehicle.status,
		},
		notify=True,
	)
	spine.record(events_of(doc))


def _end(name: str, reason: str, *, superseded: bool):
	doc = frappe.get_doc("Dealer Vehicle Hold", name, for_update=True)
	doc.db_set(
		{
			"ended_at": now_datetime(),
			"end_reason": reason,
			"ended_by": frappe.session.user,
			"active_vehicle": None,
			"superseded": int(superseded),
			"waiting": frappe.db.count(
				"Dealer Vehicle Waitlist", {"vehicle": doc.vehicle, "status": "Waiting"}
			),
		}
	)
	return doc


def _show_on_vehicle(doc) -> None:
	vehicle = frappe.get_doc("Dealer Vehicle", doc.vehicle, for_update=True)
	values = {
		"hold": doc.name,
		"held_for": doc.customer,
		"hold_until": doc.hold_until,
		"hold_deposit": doc.deposit,
	}
	if vehicle.status != "On Hold":
		values |= {"free_status": vehicle.status, "status": "On Hold"}
	vehicle.db_set(values, notify=True)


def events_of(row) -> list[Event]:
	"""What one hold says to the spine: held, expired, released."""
	title = frappe.get_cached_value("Dealer Vehicle", row.vehicle, "title") or row.vehicle
	department, amount = None, None
	if row.deposit:
		deposit = frappe.db.get_value(
			"Deposit", row.deposit, ["department", "currency", "held_amount"], as_dict=True
		)
		department = deposit.department if deposit else None
	common = {
		"customer": row.customer,
		"company": row.company,
		"department": department,
		"vehicle": row.vehicle,
		"deposit": row.deposit,
		"amount": amount,
		"reference_doctype": "Dealer Vehicle",
		"reference_name": row.vehicle,
	}
	until = get_datetime(row.hold_until)
	facts = {
		"what": title,
		"hold_until": until.isoformat(),
		"hold_until_text": format_datetime(until, "EEE d MMM HH:mm"),
	}
	found = [
		Event(
			key=f"vehicle.held:{row.name}",
			type="vehicle.held",
			happened_at=get_datetime(row.held_from),
			title=_("{0} held until {1}").format(title, facts["hold_until_text"]),
			actor=row.held_by,
			facts=facts,
			**common,
		)
	]
	if row.expired_at:
		found.append(
			Event(
				key=f"deposit.hold_expired:{row.name}",
				type="deposit.hold_expired",
				happened_at=get_datetime(row.expired_at),
				title=_("The hold on {0} ended").format(title),
				facts=facts,
				**common,
			)
		)
	if row.ended_at and not row.superseded:
		found.append(
			Event(
				key=f"vehicle.released:{row.name}",
				type="vehicle.released",
				happened_at=get_datetime(row.ended_at),
				title=_("{0} is free again: {1}").format(title, row.end_reason),
				actor=row.ended_by,
				facts={**facts, "waiting": str(row.waiting or 0), "reason": row.end_reason or ""},
				**common,
			)
		)
	return found


def expire_due() -> None:
	"""End the holds whose time has come. Every five minutes; each hold expires once."""
	from dealer_pos_crm.dealer_cashier.deposits.refresh import refresh
	from dealer_pos_crm.dealer_setup.settings import is_dealership, settings_of

	names = frappe.get_all(
		"Dealer Vehicle Hold",
		filters={
			"ended_at": ("is", "not set"),
			"expired_at": ("is", "not set"),
			"hold_until": ("<=", now_datetime()),
		},
		pluck="name",
		order_by="hold_until",
	)
	for name in names:
		try:
			_expire(name, refresh, is_dealership, settings_of)
		except Exception:
			frappe.db.rollback()
			frappe.log_error(
				title=f"Hold {name} could not expire",
				reference_doctype="Dealer Vehicle Hold",
				reference_name=name,
			)
		else:
			frappe.db.commit()  # nosemgrep - each hold is a piece of work of its own


def _expire(name: str, refresh, is_dealership, settings_of) -> None:
	deposit = frappe.db.get_value("Dealer Vehicle Hold", name, "deposit")
	if deposit:
		frappe.db.get_value("Deposit", deposit, "name", for_update=True)
	doc = frappe.get_doc("Dealer Vehicle Hold", name, for_update=True)
	if doc.ended_at or doc.expired_at or get_datetime(doc.hold_until) > now_datetime():
		return
	if deposit and frappe.db.get_value("Deposit", deposit, "applied_amount"):
		return  # the money went into the sale of this vehicle: it stays with its buyer
	doc.db_set("expired_at", now_datetime())
	spine.record(events_of(doc))
	if not is_dealership(doc.company) or settings_of(doc.company).release_on_expiry:
		release(doc.name, _("The hold ended"))
	if deposit:
		refresh(deposit)
