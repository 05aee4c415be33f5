"""Holding a vehicle for a customer: one at a time, whatever two cashiers do at the same instant."""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import format_datetime, get_datetime, get_link_to_form, now_datetime

from dealer_pos_crm.dealer_crm import spine
from dealer_pos_crm.dealer_setup.card_numbers import masked
from dealer_pos_crm.domain.deal import WORKING, Stage
from dealer_pos_crm.domain.deposit import HOLDING
from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.domain.vehicle import HOLDABLE, Status

EXTENDED = "Extended"
# A deal at one of these keeps its vehicle, whatever the time.
_SIGNED = (Stage.CONTRACTED.value, Stage.DELIVERED.value, Stage.FUNDED.value)


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
		"""select name, vehicle, customer, deposit, deal, company, held_from, hold_until, held_by
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
	frappe.throw(held_text(hold), VehicleHeld, title=_("Already Held"))


def held_text(hold) -> str:
	"""Who holds a vehicle, until when and by what, and what can be done."""
	title = frappe.db.get_value("Dealer Vehicle", hold.vehicle, "title") or hold.vehicle
	customer = frappe.db.get_value("Customer", hold.customer, "customer_name") or hold.customer
	text = (
		_(
			"{0} is held for {1} until {2} (deal {3}). Put the customer on the waiting list, or choose another vehicle"
		)
		if hold.deal and not hold.deposit
		else _(
			"{0} is held for {1} until {2} (deposit {3}). Put the customer on the waiting list, or choose another vehicle"
		)
	)
	return text.format(
		get_link_to_form("Dealer Vehicle", hold.vehicle, title),
		frappe.bold(customer),
		frappe.bold(format_datetime(hold.hold_until)),
		_by(hold),
	)


def _by(hold) -> str:
	if hold.deposit:
		return get_link_to_form("Deposit", hold.deposit)
	return get_link_to_form("Deal Jacket", hold.deal) if hold.deal else "-"


def hold(
	vehicle: str,
	customer: str,
	deposit: str | None,
	company: str,
	until: datetime | str,
	deal: str | None = None,
):
	"""Hold a vehicle for a deposit's customer, a deal's, or both. The unique key on the active vehicle
	decides a race."""
	lock(vehicle)
	if deposit and not deal:
		deal = frappe.db.get_value("Deposit", deposit, "deal")
	doc = frappe.get_doc(
		{
			"doctype": "Dealer Vehicle Hold",
			"vehicle": vehicle,
			"customer": customer,
			"deposit": deposit,
			"deal": deal,
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

	Of two deposits of one customer the one that holds longer keeps the vehicle for both; where their deal
	holds it as well, both do, as long as the longer one.
	"""
	vehicle, customer, company = frappe.db.get_value("Deposit", deposit, ["vehicle", "customer", "company"])
	lock(vehicle)
	standing = active_hold(vehicle)
	if standing and standing.customer != customer:
		_refuse(standing)
	if (
		standing
		and standing.deposit
		and standing.deposit != deposit
		and standing.hold_until >= get_datetime(until)
	):
		return standing
	claim = _claim_of_deal(vehicle, customer)
	until = max(get_datetime(until), claim.hold_until) if claim else until
	if standing:
		_end(standing.name, EXTENDED, superseded=True)
	return hold(vehicle, customer, deposit, company, until, claim.name if claim else None)


def hold_for_deal(vehicle: str, customer: str, deal: str, company: str, until: datetime | str):
	"""Hold a vehicle for a deal, beside a deposit of the same customer when there is one."""
	lock(vehicle)
	standing = active_hold(vehicle)
	if standing and standing.customer != customer:
		_refuse(standing)
	if standing is None:
		check_free(vehicle, customer)
		return hold(vehicle, customer, None, company, until, deal)
	of_deposit = _claim_of_deposit(vehicle, customer)
	until = max(get_datetime(until), of_deposit.hold_until) if of_deposit else get_datetime(until)
	if standing.deal == deal and standing.hold_until == until:
		return standing
	_end(standing.name, EXTENDED, superseded=True)
	return hold(vehicle, customer, standing.deposit, company, until, deal)


def keep_without_deposit(name: str):
	"""The hold stands by itself, for as long as it would have: a person lets the customer keep the vehicle
	although their deposit is gone."""
	vehicle = frappe.db.get_value("Dealer Vehicle Hold", name, "vehicle")
	lock(vehicle)
	doc = _end(name, EXTENDED, superseded=True)
	return hold(vehicle, doc.customer, None, doc.company, doc.hold_until, doc.deal)


def release_deal(vehicle: str, customer: str, deal: str, reason: str) -> None:
	"""A deal lets its vehicle go: it is free, unless a deposit of the same customer holds it on its own.

	The deal's own claim (its ``hold_until``) must be gone already.
	"""
	lock(vehicle)
	standing = active_hold(vehicle)
	if not standing or standing.customer != customer or standing.deal != deal:
		return
	rest = _claim_of_deposit(vehicle, customer) or _claim_now(standing.deposit)
	if not rest:
		if standing.deposit and _holds_on_its_own(standing.deposit):
			return
		release(standing.name, reason)
		pass_on(vehicle, customer)
		return
	if standing.deposit == rest.name and standing.hold_until == rest.hold_until:
		return
	_end(standing.name, EXTENDED, superseded=True)
	hold(vehicle, customer, rest.name, rest.company, rest.hold_until)


def _claim_now(deposit: str | None):
	"""The deposit of a standing hold, read past the snapshot: it may have been taken while its deal waited."""
	if not deposit:
		return None
	row = frappe.db.get_value(
		"Deposit", deposit, ["name", "company", "hold_until", "status"], as_dict=True, for_update=True
	)
	holding = row and row.status in {status.value for status in HOLDING}
	return row if holding and row.hold_until and row.hold_until > now_datetime() else None


def _holds_on_its_own(deposit: str) -> bool:
	"""Money that went into the sale of the vehicle keeps it, whatever the time."""
	return bool(frappe.db.get_value("Deposit", deposit, "applied_amount"))


def pass_on(vehicle: str, customer: str) -> None:
	"""A hold was released: another deposit of the same customer, or their deal, may hold the vehicle still."""
	deposit, deal = _claim_of_deposit(vehicle, customer), _claim_of_deal(vehicle, customer)
	first = deposit or deal
	if not first or active_hold(vehicle) is not None or not_in_stock(vehicle) is not None:
		return
	until = max(claim.hold_until for claim in (deposit, deal) if claim)
	hold(
		vehicle,
		customer,
		deposit.name if deposit else None,
		first.company,
		until,
		deal.name if deal else None,
	)


def _claim_of_deposit(vehicle: str, customer: str):
	"""The customer's deposit that keeps the vehicle the longest; None when none does."""
	rows = frappe.db.sql(
		"""select name, company, hold_until from `tabDeposit`
		where vehicle = %s and customer = %s and status in %s and hold_until > %s
		order by hold_until desc, name limit 1""",
		(vehicle, customer, tuple(status.value for status in HOLDING), now_datetime()),
		as_dict=True,
	)
	return rows[0] if rows else None


def _claim_of_deal(vehicle: str, customer: str):
	"""The customer's deal that keeps the vehicle now; None when none does."""
	rows = frappe.db.sql(
		"""select name, company, hold_until from `tabDeal Jacket`
		where vehicle = %s and customer = %s and stage in %s and hold_until > %s
		order by hold_until desc, name limit 1""",
		(vehicle, customer, tuple(stage.value for stage in WORKING), now_datetime()),
		as_dict=True,
	)
	return rows[0] if rows else None


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
			"hold_deal": None,
			"free_status": None,
			"status": free if vehicle.status == "On Hold" else vehicle.status,
		},
		notify=True,
	)
	spine.record(events_of(doc))


def end_by_sale(name: str, reason: str) -> None:
	"""The vehicle goes to whom it was held for: the hold is over and the vehicle was never free again."""
	doc = _end(name, reason, superseded=True)
	vehicle = frappe.get_doc("Dealer Vehicle", doc.vehicle, for_update=True)
	vehicle.db_set(
		{
			field: None
			for field in ("hold", "held_for", "hold_until", "hold_deposit", "hold_deal", "free_status")
		},
		notify=True,
	)


def sale_undone(vehicle: str, deal: str) -> None:
	"""The sale that ended a hold was taken back: the vehicle is told free, as nobody holds it any more."""
	name = frappe.db.get_value(
		"Dealer Vehicle Hold",
		{"vehicle": vehicle, "deal": deal, "superseded": 1, "ended_at": ("is", "set")},
		"name",
		order_by="ended_at desc, creation desc",
	)
	if not name or active_hold(vehicle):
		return
	spine.record(events_of(_end(name, _("The sale was taken back"), superseded=False)))


def _end(name: str, reason: str, *, superseded: bool):
	doc = frappe.get_doc("Dealer Vehicle Hold", name, for_update=True)
	doc.db_set(
		{
			"ended_at": now_datetime(),
			"end_reason": masked(reason, _("Reason")),
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
		"hold_deal": doc.deal,
	}
	if vehicle.status != "On Hold":
		values |= {"free_status": vehicle.status, "status": "On Hold"}
	vehicle.db_set(values, notify=True)


def events_of(row) -> list[Event]:
	"""What one hold says to the spine: held, expired, released."""
	title = frappe.get_cached_value("Dealer Vehicle", row.vehicle, "title") or row.vehicle
	department = (
		frappe.get_cached_value("Deposit", row.deposit, "department")
		if row.deposit
		else ("Sales" if row.deal else None)
	)
	common = {
		"customer": row.customer,
		"company": row.company,
		"department": department,
		"vehicle": row.vehicle,
		"deposit": row.deposit,
		"deal": row.deal,
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
	if row.expired_at and row.deposit:
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
	it for its buyer, and so does a signed contract."""
	return frappe.db.sql(
		"""select h.name, h.vehicle, h.deposit from `tabDealer Vehicle Hold` h
		left join `tabDeposit` d on d.name = h.deposit
		left join `tabDeal Jacket` j on j.name = h.deal and j.vehicle = h.vehicle
		where h.ended_at is null and h.expired_at is null and h.hold_until <= %s
			and ifnull(d.applied_amount, 0) = 0 and ifnull(j.stage, '') not in %s
		order by h.hold_until, h.name""",
		(now_datetime(), _SIGNED),
	)


def _expire(name: str, vehicle: str, deposit: str | None, refresh, is_dealership, settings_of) -> None:
	applied = frappe.db.get_value("Deposit", deposit, "applied_amount", for_update=True) if deposit else 0
	deal = frappe.db.get_value("Dealer Vehicle Hold", name, "deal")
	stage = frappe.db.get_value("Deal Jacket", deal, "stage", for_update=True) if deal else None
	lock(vehicle)
	doc = frappe.get_doc("Dealer Vehicle Hold", name, for_update=True)
	if (
		applied
		or stage in _SIGNED
		or doc.ended_at
		or doc.expired_at
		or get_datetime(doc.hold_until) > now_datetime()
	):
		return
	doc.db_set("expired_at", now_datetime())
	spine.record(events_of(doc))
	if not is_dealership(doc.company) or settings_of(doc.company).release_on_expiry:
		release(doc.name, _("The hold ended"))
		pass_on(doc.vehicle, doc.customer)
	if deposit:
		refresh(deposit)
