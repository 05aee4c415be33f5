"""Holding a vehicle for a customer: one at a time, whatever two cashiers do at the same instant."""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import format_datetime, get_datetime, get_link_to_form, now_datetime

from dealer_pos_crm.dealer_crm import spine
from dealer_pos_crm.domain.deposit import HOLDING
from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.domain.vehicle import HOLDABLE, Status

EXTENDED = "Extended"


class VehicleHeld(frappe.ValidationError):
	"""Somebody else holds the vehicle."""


def lock(vehicle: str | None) -> None:
	"""Keep others from the vehicle until the end of this transaction.

	Always after the deposit and before the hold, so that two who want the same never wait for each other.
	"""
	if vehicle:
		frappe.db.get_value("Dealer Vehicle", vehicle, "name", for_update=True)


def active_hold(vehicle: str):
	"""The hold that stands on a vehicle now, read past any snapshot; None when it is free."""
	rows = frappe.db.sql(
		"""select name, vehicle, customer, deposit, company, held_from, hold_until, held_by
		from `tabDealer Vehicle Hold` where active_vehicle = %s lock in share mode""",
		vehicle,
		as_dict=True,
	)
	return rows[0] if rows else None


def check_not_anothers(vehicle: str, customer: str) -> None:
	"""Refuse when another customer holds the vehicle, saying who and until when."""
	lock(vehicle)
	hold = active_hold(vehicle)
	if hold and hold.customer != customer:
		_refuse(hold)


def check_free(vehicle: str, customer: str) -> None:
	"""Refuse when another customer holds the vehicle, or when it is not in stock."""
	check_not_anothers(vehicle, customer)
	status = not_in_stock(vehicle)
	if status:
		frappe.throw(
			_("{0} is {1} and cannot be held. Choose a vehicle in stock").format(
				get_link_to_form("Dealer Vehicle", vehicle), _(status)
			),
			VehicleHeld,
		)


def not_in_stock(vehicle: str) -> str | None:
	"""The status of a vehicle that nobody can hold (sold, a customer's own); None for one in stock."""
	status = frappe.db.get_value("Dealer Vehicle", vehicle, "status", for_update=True)
	return None if Status(status) in HOLDABLE else status


def _refuse(hold) -> None:
	title = frappe.db.get_value("Dealer Vehicle", hold.vehicle, "title") or hold.vehicle
	customer = frappe.db.get_value("Customer", hold.customer, "customer_name") or hold.customer
	frappe.throw(
		_(
			"{0} is held for {1} until {2} (deposit {3}). Put the customer on the waiting list, or choose another vehicle"
		).format(
			get_link_to_form("Dealer Vehicle", hold.vehicle, title),
			frappe.bold(customer),
			frappe.bold(format_datetime(hold.hold_until)),
			get_link_to_form("Deposit", hold.deposit) if hold.deposit else "-",
		),
		VehicleHeld,
		title=_("Already Held"),
	)


def hold(vehicle: str, customer: str, deposit: str, company: str, until: datetime | str):
	"""Hold a vehicle for a deposit's customer. The unique key on the active vehicle decides a race."""
	lock(vehicle)
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
	doc.flags.of_the_showroom = True
	try:
		doc.insert(ignore_permissions=True)
	except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
		frappe.clear_last_message()
		standing = active_hold(vehicle)
		if standing is None:
			raise
		_refuse(standing)
	_show_on_vehicle(doc)
	frappe.db.set_value(
		"Dealer Vehicle Waitlist",
		{"vehicle": vehicle, "customer": customer, "status": ("in", ("Waiting", "Called"))},
		"status",
		"Got the Vehicle",
	)
	spine.record(events_of(doc))
	return doc


def extend(deposit: str, until: datetime | str):
	"""Let a deposit's hold run to a later time: a new hold follows the old one without a gap.

	Of two deposits of one customer the one that holds longer keeps the vehicle for both.
	"""
	vehicle, customer, company = frappe.db.get_value("Deposit", deposit, ["vehicle", "customer", "company"])
	lock(vehicle)
	standing = active_hold(vehicle)
	if standing and standing.customer != customer:
		_refuse(standing)
	if standing and standing.deposit != deposit and standing.hold_until >= get_datetime(until):
		return standing
	if standing:
		_end(standing.name, EXTENDED, superseded=True)
	return hold(vehicle, customer, deposit, company, until)


def pass_on(vehicle: str, customer: str) -> None:
	"""A hold was released: another deposit of the same customer may hold the vehicle still."""
	rows = frappe.db.sql(
		"""select name, company, hold_until from `tabDeposit`
		where vehicle = %s and customer = %s and status in %s and hold_until > %s
		order by hold_until desc, name limit 1""",
		(vehicle, customer, tuple(status.value for status in HOLDING), now_datetime()),
		as_dict=True,
	)
	if rows and active_hold(vehicle) is None and not_in_stock(vehicle) is None:
		hold(vehicle, customer, rows[0].name, rows[0].company, rows[0].hold_until)


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
	department = frappe.get_cached_value("Deposit", row.deposit, "department") if row.deposit else None
	common = {
		"customer": row.customer,
		"company": row.company,
		"department": department,
		"vehicle": row.vehicle,
		"deposit": row.deposit,
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

	for name, vehicle, deposit in _due():
		try:
			_expire(name, vehicle, deposit, refresh, is_dealership, settings_of)
		except Exception:
			frappe.db.rollback()
			frappe.log_error(
				title=f"Hold {name} could not expire",
				reference_doctype="Dealer Vehicle Hold",
				reference_name=name,
			)
		else:
			frappe.db.commit()  # nosemgrep - each hold is a piece of work of its own


def _due() -> list[tuple[str, str, str | None]]:
	"""Holds whose time has come: name, vehicle, deposit. Money that went into the sale of the vehicle keeps
	it for its buyer."""
	return frappe.db.sql(
		"""select h.name, h.vehicle, h.deposit from `tabDealer Vehicle Hold` h
		left join `tabDeposit` d on d.name = h.deposit
		where h.ended_at is null and h.expired_at is null and h.hold_until <= %s
			and ifnull(d.applied_amount, 0) = 0
		order by h.hold_until, h.name""",
		now_datetime(),
	)


def _expire(name: str, vehicle: str, deposit: str | None, refresh, is_dealership, settings_of) -> None:
	applied = frappe.db.get_value("Deposit", deposit, "applied_amount", for_update=True) if deposit else 0
	lock(vehicle)
	doc = frappe.get_doc("Dealer Vehicle Hold", name, for_update=True)
	if applied or doc.ended_at or doc.expired_at or get_datetime(doc.hold_until) > now_datetime():
		return
	doc.db_set("expired_at", now_datetime())
	spine.record(events_of(doc))
	if not is_dealership(doc.company) or settings_of(doc.company).release_on_expiry:
		release(doc.name, _("The hold ended"))
	if deposit:
		refresh(deposit)
