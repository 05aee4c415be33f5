"""What somebody looks after is handed over to others: when they leave, or for as long as they are gone.

Each document is handed over whole or not at all, and is asked for again before: begun twice, or again after
an interruption, it goes on with what is left.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import cstr, get_fullname

from dealer_pos_crm.dealer_crm import follow_ups
from dealer_pos_crm.dealer_crm.leads import routing
from dealer_pos_crm.dealer_crm.staff import works_here
from dealer_pos_crm.dealer_setup import changes
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import MANAGERS, ROLES
from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.domain import deal as deal_rules
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.routing import share

IN_REQUEST = 60  # documents that one request hands over; more are a job's
BATCH = 50
PROGRESS = "dealer_hand_over"
_ATTEMPTS = 3


@dataclass(frozen=True)
class Kind:
	"""One kind of thing that has an owner. ``fields``: where the owner stands; ``customer``: whose it is."""

	doctype: str
	label: str
	fields: tuple[str, ...]
	filters: Callable[[], dict]
	customer: str | None = "customer"
	hand: Callable[[str, str, str, str], bool] | None = None


def _none() -> dict:
	return {}


# In this order: what belongs to a customer goes to whoever has got the customer.
KINDS: dict[str, Kind] = {}


def _kinds() -> dict[str, Kind]:
	if not KINDS:
		ours = {"company": ("in", companies())}
		stages = [stage.value for stage in deal_rules.WORKING]
		KINDS.update(
			{
				"customers_sales": Kind(
					"Customer", marked("Customers they sell to"), ("dealer_sales_owner",), _none, "name"
				),
				"customers_service": Kind(
					"Customer", marked("Customers they serve"), ("dealer_service_owner",), _none, "name"
				),
				"customers_bdc": Kind(
					"Customer", marked("Customers of the BDC"), ("dealer_bdc_owner",), _none, "name"
				),
				"leads": Kind(
					"Lead",
					marked("Open leads"),
					("lead_owner",),
					lambda: {
						"dealer_state": ("in", routing.OPEN_STATES),
						"dealer_received_at": ("is", "set"),
					},
					"dealer_customer",
					_hand_lead,
				),
				"deals": Kind(
					"Deal Jacket",
					marked("Open deals"),
					("salesperson", "second_salesperson", "fni_manager"),
					lambda: {"stage": ("in", stages)},
					hand=_hand_deal,
				),
				"appointments": Kind(
					"Showroom Appointment",
					marked("Showroom appointments ahead"),
					("salesperson",),
					lambda: {"status": ("in", ("Booked", "Confirmed"))},
				),
				"drives": Kind(
					"Test Drive",
					marked("Test drives that are out"),
					("salesperson",),
					lambda: {"status": "Out"},
				),
				"service_appointments": Kind(
					"Service Appointment",
					marked("Service appointments ahead"),
					("advisor",),
					lambda: {"status": ("in", ("Booked", "Confirmed", "Arrived"))},
				),
				"repair_orders": Kind(
					"Repair Order",
					marked("Open repair orders"),
					("advisor",),
					lambda: {"status": ("not in", ("Closed", "Cancelled"))},
				),
				"promises": Kind(
					"Follow Up",
					marked("Open follow-ups"),
					("owner_user",),
					lambda: {"status": "Open", **ours},
					hand=_hand_promise,
				),
			}
		)
	return KINDS


def check_right() -> None:
	"""Raise ``PermissionError`` for whoever is no manager."""
	frappe.only_for([*MANAGERS, "System Manager"])


def owned_by(user: str) -> dict[str, int]:
	"""How many of each kind somebody looks after."""
	return {name: len(_rows(kind, user)) for name, kind in _kinds().items()}


def overview(user: str) -> dict:
	"""For the dialog: what there is, and who could take it."""
	_check_user(user)
	counts = owned_by(user)
	takers = _takers(user)
	return {
		"user": user,
		"name": get_fullname(user),
		"enabled": works_here(user),
		"kinds": [
			{"name": name, "label": _(kind.label), "count": counts[name]} for name, kind in _kinds().items()
		],
		"total": sum(counts.values()),
		"takers": [{"value": name, "label": label} for name, label in takers.items()],
		"running": bool(frappe.cache.get_value(_mark(user))),
	}


def start(
	user: str, to: Sequence[str], what: Sequence[str], reason: str, *, client_key: str | None = None
) -> dict:
	"""Hand over now what a request can do, else in a job that tells its progress.

	Returns ``queued`` and, when it is done, what ``hand_over`` returns.
	"""
	_check(user, to, what, reason)
	counts = owned_by(user)
	total = sum(counts[name] for name in what)
	if total <= IN_REQUEST:
		return {"queued": False, "total": total, **hand_over(user, to=to, what=what, reason=reason)}
	frappe.enqueue(
		"dealer_pos_crm.dealer_crm.reassign.work",
		queue="long",
		timeout=3600,
		job_id=_mark(user),
		deduplicate=True,
		enqueue_after_commit=True,
		user=user,
		to=list(to),
		what=list(what),
		reason=reason,
		told=frappe.session.user,
	)
	return {"queued": True, "total": total, "done": {}, "left": []}


def work(user: str, to: list[str], what: list[str], reason: str, told: str) -> dict:
	"""The job: batch by batch, each a transaction of its own, until nothing is left."""
	frappe.cache.set_value(_mark(user), 1, expires_in_sec=3600)
	total = sum(owned_by(user)[name] for name in what)
	done: dict[str, int] = {}
	left: list[dict] = []
	try:
		for name in _in_order(what):
			seen: set[str] = set()
			while True:
				frappe.db.commit()  # nosemgrep - each batch is a piece of work of its own
				batch = [row for row in _rows(_kinds()[name], user) if row not in seen][:BATCH]
				if not batch:
					break
				seen.update(batch)
				found = _hand_batch(name, user, to, reason, batch)
				done[name] = done.get(name, 0) + found["done"]
				left += found["left"]
				frappe.publish_realtime(
					PROGRESS,
					{"user": user, "done": sum(done.values()) + len(left), "total": total},
					user=told,
					after_commit=True,
				)
		_remember(user, to, done, reason)
		frappe.publish_realtime(
			PROGRESS,
			{"user": user, "done": total, "total": total, "finished": True, "left": len(left)},
			user=told,
			after_commit=True,
		)
	finally:
		frappe.cache.delete_value(_mark(user))
	return {"done": done, "left": left}


@action
def hand_over(user: str, *, to: Sequence[str], what: Sequence[str], reason: str) -> dict:
	"""Hand over all of these kinds, in one transaction. Several takers share it; one customer's things stay
	together. Returns ``done`` by kind and what was ``left``, each with why."""
	_check(user, to, what, reason)
	done: dict[str, int] = {}
	left: list[dict] = []
	for name in _in_order(what):
		found = _hand(name, user, to, reason, _rows(_kinds()[name], user))
		if found["done"]:
			done[name] = found["done"]
		left += found["left"]
	_remember(user, to, done, reason)
	return {"done": done, "left": left}


# One after the other


def _hand_batch(name: str, user: str, to: Sequence[str], reason: str, rows: list[str]) -> dict:
	"""A batch of the job; begun again when the database undid it for another's sake."""
	for _attempt in range(_ATTEMPTS - 1):
		try:
			return _hand(name, user, to, reason, rows)
		except frappe.QueryDeadlockError:
			frappe.db.rollback()
	return _hand(name, user, to, reason, rows)


def _hand(name: str, user: str, to: Sequence[str], reason: str, rows: list[str]) -> dict:
	kind = _kinds()[name]
	with explained():
		given = share(rows, list(to), _belongs(kind, name, rows))
	done, left = 0, []
	for row, taker in given.items():
		frappe.db.savepoint("hand_over")
		messages = len(frappe.local.message_log)
		try:
			if (kind.hand or _hand_plain(kind))(row, user, taker, reason):
				done += 1
		except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			raise
		except frappe.ValidationError as refusal:
			# One document that cannot be changed does not keep the others; it is named.
			frappe.db.rollback(save_point="hand_over")
			del frappe.local.message_log[messages:]
			left.append({"doctype": kind.doctype, "name": row, "why": cstr(refusal)})
	return {"done": done, "left": left}


def _belongs(kind: Kind, name: str, rows: list[str]) -> dict[str, str]:
	"""Who has the customer that each of these belongs to."""
	if not kind.customer or name.startswith("customers_") or not rows:
		return {}
	owner = "dealer_service_owner" if kind.fields == ("advisor",) else "dealer_sales_owner"
	document, customer = frappe.qb.DocType(kind.doctype), frappe.qb.DocType("Customer")
	found = (
		frappe.qb.from_(document)
		.join(customer)
		.on(customer.name == document[kind.customer])
		.select(document.name, customer[owner])
		.where(document.name.isin(rows))
	).run()
	return {cstr(row): user for row, user in found if user}


def _hand_plain(kind: Kind) -> Callable[[str, str, str, str], bool]:
	"""A document whose owner is a field and nothing more."""

	def hand(name: str, user: str, taker: str, reason: str) -> bool:
		(field,) = kind.fields
		if frappe.db.get_value(kind.doctype, name, field, for_update=True) != user:
			return False
		frappe.db.set_value(kind.doctype, name, field, taker)
		changes.note(kind.doctype, name, field, user, taker)
		return True

	return hand


def _hand_lead(name: str, user: str, taker: str, reason: str) -> bool:
	if frappe.db.get_value("Lead", name, "lead_owner", for_update=True) != user:
		return False
	routing.give(name, taker, reason)
	return True


def _hand_deal(name: str, user: str, taker: str, reason: str) -> bool:
	from dealer_pos_crm.dealer_showroom.deals.deal import keep, locked

	deal = locked(name)
	if user not in (deal.salesperson, deal.second_salesperson, deal.fni_manager):
		return False
	for field in ("salesperson", "second_salesperson", "fni_manager"):
		if deal.get(field) == user:
			deal.set(field, taker)
	if deal.second_salesperson and deal.second_salesperson == deal.salesperson:
		deal.second_salesperson = None  # nobody shares a deal with themselves
	deal.flags.reason = reason
	keep(deal)
	return True


def _hand_promise(name: str, user: str, taker: str, reason: str) -> bool:
	row = frappe.db.get_value("Follow Up", name, ["owner_user", "status"], as_dict=True, for_update=True)
	if row.owner_user != user or row.status != "Open":
		return False
	follow_ups.reassign(name, taker)
	return True


# Reading and checking


def _rows(kind: Kind, user: str) -> list[str]:
	found: dict[str, None] = {}
	for field in kind.fields:
		names = frappe.get_all(kind.doctype, {**kind.filters(), field: user}, pluck="name", order_by="name")
		found.update(dict.fromkeys(cstr(name) for name in names))
	return list(found)


def _in_order(what: Sequence[str]) -> list[str]:
	return [name for name in _kinds() if name in what]


def _check_user(user: str) -> None:
	if not frappe.db.exists("User", user):
		frappe.throw(_("There is no user {0}").format(frappe.bold(user)), frappe.DoesNotExistError)


def _check(user: str, to: Sequence[str], what: Sequence[str], reason: str) -> None:
	_check_user(user)
	if not to:
		frappe.throw(_("Say who takes it over"))
	if user in to:
		frappe.throw(_("{0} cannot hand over to themselves; choose somebody else").format(get_fullname(user)))
	gone = [one for one in to if not works_here(one)]
	if gone:
		frappe.throw(_("{0} is disabled or no user; choose somebody else").format(", ".join(gone)))
	unknown = [name for name in what if name not in _kinds()]
	if unknown or not what:
		frappe.throw(_("Say what is handed over: {0}").format(", ".join(_kinds())))
	if len(cstr(reason).strip()) < 3:
		frappe.throw(_("Say in a few words why"))


def _takers(user: str) -> dict[str, str]:
	"""Everybody enabled who works in the dealership, by name."""
	one, role = frappe.qb.DocType("User"), frappe.qb.DocType("Has Role")
	rows = (
		frappe.qb.from_(one)
		.join(role)
		.on((role.parent == one.name) & (role.parenttype == "User"))
		.select(one.name)
		.distinct()
		.where((one.enabled == 1) & role.role.isin(ROLES) & one.name.notin(("Administrator", "Guest", user)))
	).run()
	found = names_of(row[0] for row in rows)
	return dict(sorted(found.items(), key=lambda pair: (pair[1].casefold(), pair[0])))


def _mark(user: str) -> str:
	return f"dealer_hand_over:{user}"


def _remember(user: str, to: Sequence[str], done: dict[str, int], reason: str) -> None:
	"""Who handed over what, to whom and why, on the user's own page."""
	if not any(done.values()):
		return
	kinds = _kinds()
	told = ", ".join(f"{_(kinds[name].label)}: {count}" for name, count in done.items() if count)
	frappe.get_doc("User", user).add_comment(
		"Info",
		frappe.utils.escape_html(
			_("Handed over to {0} ({1}). {2}").format(
				", ".join(names_of(to).values()), told, cstr(reason).strip()
			)
		),
	)
