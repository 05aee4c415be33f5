"""The door for everything a person does with a deposit.

Each action is one Deposit Action row: who asked, why, who decided, what was made. Its client key makes a
double click, a reload or a replay one action. What needs a second person waits here as Requested.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, getdate, now_datetime

from dealer_pos_crm.dealer_cashier import receipts
from dealer_pos_crm.dealer_cashier.card_refunds import deposits as cards
from dealer_pos_crm.dealer_cashier.deposits import events, ledger, moving, refresh, settling, taking
from dealer_pos_crm.dealer_cashier.money import to_float, to_money
from dealer_pos_crm.dealer_crm import spine
from dealer_pos_crm.dealer_setup.deciding import at_the_counter_of, decided
from dealer_pos_crm.dealer_setup.notices import notify, users_with
from dealer_pos_crm.dealer_setup.refusals import busy, explained
from dealer_pos_crm.dealer_setup.roles import APPROVING, SETTLING
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.dealer_showroom.deals import deposits as deals
from dealer_pos_crm.domain.deposit import (
	Action,
	Asker,
	Refundable,
	Status,
	Terms,
	check_action,
	check_approver,
	check_reason,
	needs_approval,
)
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused

_NEED_REASON = frozenset({Action.REFUND, Action.FORFEIT, Action.MOVE, Action.CANCEL, Action.EXTEND})
_MOVE_MONEY = frozenset({Action.APPLY, Action.REFUND, Action.FORFEIT})
_ATTEMPTS = 3


@dataclass(frozen=True)
class Doer:
	"""How an action is carried out, and what must hold before somebody is asked to approve it."""

	check: Callable[[Any, Any, ledger.Ledger], None]
	do: Callable[[Any, Any, ledger.Ledger], list[tuple[str, str]]]


_DOERS: dict[Action, Doer] = {
	Action.APPLY: Doer(settling.check_apply, settling.apply),
	Action.REFUND: Doer(settling.check_refund, settling.refund),
	Action.FORFEIT: Doer(settling.check_forfeit, settling.forfeit),
	Action.MOVE: Doer(moving.check_move, moving.move),
	Action.EXTEND: Doer(moving.check_extend, moving.extend),
	Action.CANCEL: Doer(settling.check_cancel, settling.cancel),
}


def asker(user: str | None = None) -> Asker:
	"""What the user may decide about deposits."""
	user = user or frappe.session.user
	roles = set(frappe.get_roles(user))
	return Asker(user=user, may_settle=bool(roles & SETTLING), may_approve=bool(roles & APPROVING))


def _patiently(action: Callable[..., dict]) -> Callable[..., dict]:
	"""Begin again when the database undoes the action for another one's sake; say so when that goes on."""

	@wraps(action)
	def repeated(*args, **kwargs) -> dict:
		messages = len(frappe.local.message_log)
		for _attempt in range(_ATTEMPTS):
			try:
				return action(*args, **kwargs)
			except frappe.QueryDeadlockError:
				frappe.db.rollback()
				del frappe.local.message_log[messages:]
			except frappe.QueryTimeoutError:
				break
		busy()

	return repeated


@_patiently
def take(name: str, tenders: list[dict], client_key: str | None) -> dict:
	"""Take the money of a draft deposit: one Payment Entry per tender, the hold, the spine, all or nothing."""
	return take_on(_alone_with(name), tenders, client_key)


def take_on(deposit, tenders: list[dict], client_key: str | None) -> dict:
	"""The same as a part of a greater action, whose transaction holds the lock on the deposit."""
	done = _already_done(client_key, deposit.name, Action.TAKE)
	if done:
		return done
	with explained():
		check_action(Action.TAKE, Status(deposit.status), deposit.name)
		deals.link(deposit)
		action = _new_action(deposit, Action.TAKE, client_key, amount=_amount(deposit, deposit.amount))
		action.to_vehicle = deposit.vehicle
		action.to_held_for = deposit.held_for
		made = _carried_out(deposit, action, lambda: taking.take(deposit, tenders))
	spine.open_due_now(deposit.name)
	return _result(action, made)


@_patiently
def act(name: str, kind: str, values: dict | None, client_key: str | None) -> dict:
	"""Apply, refund, forfeit, move, extend or cancel; or ask for it, when a second person must decide.

	``values``: amount (major units), reason, and what the action needs: sales_invoice, mode_of_payment,
	reference_no, to_vehicle, to_held_for, hold_until. Returns ``{"status": "Done" | "Requested", ...}``.
	"""
	values = dict(values or {})
	_kind(kind)
	return act_on(_alone_with(name, values.get("sales_invoice")), kind, values, client_key)


def act_on(deposit, kind: str, values: dict, client_key: str | None) -> dict:
	"""The same as a part of a greater action, whose transaction holds the lock on the deposit."""
	action_kind = _kind(kind)
	values = dict(values)
	done = _already_done(client_key, deposit.name, action_kind)
	if done:
		return done
	with explained():
		facts = ledger.read(deposit.name, deposit.currency)
		check_action(action_kind, Status(deposit.status), deposit.name)
		if action_kind in _NEED_REASON:
			values["reason"] = check_reason(values.get("reason"), action_kind)
		amount = _amount(deposit, values.get("amount")) if action_kind in _MOVE_MONEY else facts.position.held
		action = _new_action(deposit, action_kind, client_key, amount=amount, values=values)
		_DOERS[action_kind].check(deposit, action, facts)
		why = needs_approval(
			action_kind, amount, limit_left(deposit), asker(), against_terms=against_terms(deposit)
		)
		if not why and action_kind is Action.REFUND:
			why = settling.why_approval(deposit, action, facts, asker())
		if why:
			return _ask(deposit, action, why)
		made = _carried_out(deposit, action, lambda: _DOERS[action_kind].do(deposit, action, facts))
	return _result(action, made)


def carry_out(deposit, kind: Action, client_key: str, amount: Money, values: dict) -> dict:
	"""Do a thing with a deposit as a part of something larger that was decided already: the delivery of its
	car. In the caller's transaction, which has locked the deposit and what it touches.
	"""
	done = _already_done(client_key, deposit.name, kind)
	if done:
		return done
	facts = ledger.read(deposit.name, deposit.currency)
	check_action(kind, Status(deposit.status), deposit.name)
	action = _new_action(deposit, kind, client_key, amount=amount, values=values)
	_DOERS[kind].check(deposit, action, facts)
	made = _carried_out(deposit, action, lambda: _DOERS[kind].do(deposit, action, facts))
	return _result(action, made)


@_patiently
def decide(action_name: str, approve: bool, note: str | None = None) -> dict:
	"""Approve or reject what somebody asked for. Approving carries it out at once, in this transaction."""
	asked = frappe.get_doc("Deposit Action", action_name)
	deposit = _alone_with(asked.deposit, asked.sales_invoice)
	action = frappe.get_doc("Deposit Action", action_name, for_update=True)
	if action.status != "Requested":
		if approve and action.status == "Done" and action.decided_by == frappe.session.user:
			return _result(action, None)
		frappe.throw(
			_("{0} is already {1} ({2})").format(action.name, _(action.status), action.decided_by or "-")
		)
	with explained():
		check_approver(action.requested_by, asker())
		if not approve:
			reason = check_reason(note, Action(action.action))
			action.update({"status": "Rejected", "decision_note": reason, **decided(action.requested_by)})
			_keep(action)
			_tell_requester(action)
			return _result(action, None)
		kind = Action(action.action)
		facts = ledger.read(deposit.name, deposit.currency)
		check_action(kind, Status(deposit.status), deposit.name)
		_DOERS[kind].check(deposit, action, facts)
		action.decision_note = note
		with at_the_counter_of(action.requested_by):  # out of the drawer of whoever asked
			made = _carried_out(deposit, action, lambda: _DOERS[kind].do(deposit, action, facts))
	_tell_requester(action)
	return _result(action, made)


def withdraw(action_name: str) -> dict:
	"""Take one's own request back."""
	action = frappe.get_doc("Deposit Action", action_name, for_update=True)
	if action.status != "Requested" or action.requested_by != frappe.session.user:
		frappe.throw(_("Only {0} can withdraw this, and only while it waits").format(action.requested_by))
	action.update({"status": "Withdrawn", **decided(action.requested_by)})
	_keep(action)
	return _result(action, None)


def _alone_with(name: str | None, invoice: str | None = None):
	"""The deposit, with its row locked in a transaction that begins here.

	The locks come before any other read, so that whoever had to wait reads what the other one committed;
	and in the order in which ERPNext takes them, when it is an accountant who works on the same documents.
	"""
	frappe.db.rollback()
	payments = frappe.get_all(
		"Payment Entry", {"dealer_deposit": name, "docstatus": 1}, pluck="name", order_by="name"
	)
	paid_by_card = cards.to_lock(name)
	frappe.db.rollback()
	cards.lock(paid_by_card)
	if invoice:
		frappe.db.get_value("Sales Invoice", invoice, "name", for_update=True)
	for payment in payments:
		frappe.db.get_value("Payment Entry", payment, "name", for_update=True)
	return locked(name)


def locked(name: str):
	"""The deposit with its row locked, then its deal, then its vehicle: everybody keeps to this order."""
	deposit = frappe.get_doc("Deposit", name, for_update=True)
	deals.lock_of(deposit)
	holds.lock(deposit.vehicle)
	return deposit


def _kind(name: str) -> Action:
	"""The action of that name; taking has a door of its own."""
	try:
		kind = Action(name)
	except ValueError:
		kind = Action.TAKE
	if kind is Action.TAKE:
		possible = ", ".join(_(action.value) for action in _DOERS)
		frappe.throw(_("{0} is not an action of a deposit. Choose one of: {1}").format(cstr(name), possible))
	return kind


def _already_done(client_key: str | None, deposit: str, kind: Action) -> dict | None:
	if not client_key:
		frappe.throw(_("The request has no key of its own; reload the page and try again"))
	name = frappe.db.get_value("Deposit Action", {"client_key": client_key}, "name")
	if not name:
		return None
	action = frappe.get_doc("Deposit Action", name)
	if (action.deposit, action.action) != (deposit, kind.value):
		frappe.throw(
			_(
				"This request has the key of another one ({0} of deposit {1}). Reload the page and try again"
			).format(_(action.action), action.deposit)
		)
	return {**_result(action, None), "repeated": True}


def _amount(deposit, value: object) -> Money:
	return to_money(value, deposit.currency)


def limit_left(deposit) -> Money:
	"""What one person may still refund of a deposit: several small refunds do not pass the limit together."""
	limit = to_money(settings_of(deposit.company).refund_limit, deposit.currency)
	refunded = to_money(deposit.refunded_amount, deposit.currency)
	return limit - refunded if refunded < limit else Money.zero(deposit.currency)


def against_terms(deposit) -> bool:
	"""Whether a refund today is more than the customer was promised."""
	until = getdate(deposit.refundable_until) if deposit.refundable_until else None
	return not Terms(Refundable(deposit.refundable), until).refund_is_due(getdate())


def _new_action(deposit, kind: Action, client_key: str | None, amount: Money, values: dict | None = None):
	values = values or {}
	return frappe.get_doc(
		{
			"doctype": "Deposit Action",
			"deposit": deposit.name,
			"action": kind.value,
			"status": "Requested",
			"company": deposit.company,
			"customer": deposit.customer,
			"amount": to_float(amount),
			"currency": deposit.currency,
			"client_key": client_key,
			"requested_by": frappe.session.user,
			"requested_at": now_datetime(),
			"from_vehicle": deposit.vehicle,
			"deal": deposit.deal,
			**{
				field: values.get(field)
				for field in (
					"reason",
					"sales_invoice",
					"mode_of_payment",
					"reference_no",
					"to_vehicle",
					"to_held_for",
					"hold_until",
				)
			},
		}
	)


def _keep(action) -> None:
	"""Write the row. Nobody else may: it says who asked and who decided."""
	action.flags.of_the_deposit = True
	try:
		action.save(ignore_permissions=True)
	except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
		frappe.throw(_("This request has the key of another one. Reload the page and try again"))


def _carried_out(deposit, action, do: Callable[[], list[tuple[str, str]]]) -> list[tuple[str, str]]:
	"""Do it, write down what was made, and bring the deposit in line; in one transaction."""
	action.update({"status": "Done", **decided(action.requested_by)})
	if not action.name:
		_keep(action)
	frappe.flags.dealer_deposit_action = action
	messages = len(frappe.local.message_log)
	try:
		made = do()
		refresh.flush()
		refresh.refresh(deposit.name)
	finally:
		frappe.flags.dealer_deposit_action = None
	del frappe.local.message_log[messages:]  # ERPNext's remarks on its own accounts are not for the counter
	action.documents = "\n".join(f"{doctype} {name}" for doctype, name in made)
	_keep(action)
	spine.record(events.of_action(action))
	receipts.send_later(action)
	return made


def _ask(deposit, action, why: str) -> dict:
	same = frappe.db.get_value(
		"Deposit Action",
		{"deposit": deposit.name, "action": action.action, "status": "Requested"},
		["name", "requested_by"],
		as_dict=True,
	)
	if same:
		raise Refused(
			"already_requested",
			_("{0} already asked for this ({1}); it waits for a manager"),
			same.requested_by,
			same.name,
		)
	action.approval_reason = _(why)
	_keep(action)
	_tell_approvers(deposit, action)
	return _result(action, None)


def _tell_approvers(deposit, action) -> None:
	notify(
		users_with(APPROVING, but=action.requested_by),
		_("{0} asks for: {1} of deposit {2}").format(action.requested_by, _(action.action), deposit.name),
		action,
	)


def _tell_requester(action) -> None:
	if action.requested_by != frappe.session.user:
		notify(
			[action.requested_by],
			_("{0} of deposit {1}: {2}").format(_(action.action), action.deposit, _(action.status)),
			action,
		)


def _result(action, made: list[tuple[str, str]] | None) -> dict:
	documents = [line.rsplit(" ", 1) for line in (action.documents or "").splitlines()]
	return {
		"action": action.name,
		"status": action.status,
		"approval_reason": action.approval_reason,
		"deposit": action.deposit,
		"amount": action.amount,
		"currency": action.currency,
		"deposit_status": frappe.db.get_value("Deposit", action.deposit, "status"),
		"documents": [{"doctype": doctype, "name": name} for doctype, name in documents],
		"card_refunds": cards.of_action(action.name) if action.action == Action.REFUND.value else [],
		"repeated": False,
	}
