"""Where an order stands in the lane, and what keeps it from going on."""

from decimal import Decimal

from frappe import _
from frappe.utils import cint, cstr, now_datetime

from dealer_pos_crm.dealer_service.orders.order import (
	keep,
	locked,
	rule_jobs,
	standing_step,
	step,
)
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain import repair_order as rules
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.repair_order import Status

Reason = tuple[str, str]  # code, text in the user's language


@action
def change(order_name: str, to: str, *, reason: str | None = None) -> str:
	"""Move an order within the lane, by hand. Ready is refused while approved work is undone or a clock runs.

	Invoiced, Closed and Cancelled are steps of their own. The same status again changes nothing. Returns it.
	"""
	order = locked(order_name)
	with explained():
		old, new = Status(order.status), _status(to)
		if old is new:
			return order.status
		rules.check_change(old, new, order.name)
		if new not in rules.by_hand(old):
			raise Refused(
				"own_step",
				marked("{0} becomes {1} by billing, handing over, cancelling or reopening it"),
				order.name,
				_(new.value),
			)
		if new is Status.READY:
			refuse_for(order, "READY", blockers_of_work(order))
		set_status(order, new, reason=reason)
	return order.status


def _status(value: str) -> Status:
	try:
		return Status(value)
	except ValueError:
		raise Refused(
			"no_status",
			marked("{0} is no status of a repair order. Choose one of: {1}"),
			value,
			", ".join(status.value for status in Status),
		) from None


def set_status(order, to: Status | str, *, reason: str | None = None, tell: bool = True, **values) -> None:
	"""Give an order in hand another status, with ``values`` for its fields, and keep it.

	``tell``: write ro.ready or ro.status_changed; a caller whose own step says it says it itself. Work taken
	up again undoes that it was ready.
	"""
	old, new = Status(order.status), Status(to)
	rules.check_change(old, new, order.name)
	order.update({"status": new.value, "status_since": now_datetime().replace(microsecond=0), **values})
	keep(order)
	if tell:
		step(
			order,
			"ro.ready" if new is Status.READY else "ro.status_changed",
			facts={"from": old.value, "to": new.value},
			reason=cstr(reason).strip() or None,
			reverses=standing_step(order.name, "ro.ready") if old is Status.READY else None,
		)


# --- What keeps an order from going on ----------------------------------------------------------------


def _clocks(order) -> list[str]:
	"""Names of the people who are clocked on."""
	from dealer_pos_crm.dealer_service import clocks

	users = [row.technician for row in clocks.open_clocks(order.name)]
	names = names_of(users)
	return [names.get(user, user) for user in users]


def _said(blockers: list[rules.Blocker]) -> list[Reason]:
	return [(code, _(text).format(*values)) for code, text, values in blockers]


def blockers_of_work(order) -> list[Reason]:
	"""What is not finished in the shop: (code, text)."""
	return _said(rules.blockers_of_work(rule_jobs(order), _clocks(order)))


def blockers_to_invoice(order) -> list[Reason]:
	"""Why the order cannot be billed now: (code, text); empty when it can."""
	tolerance = tolerance_of(order.company)
	return _said(rules.blockers_to_invoice(rule_jobs(order), _clocks(order), tolerance))


def tolerance_of(company: str) -> Decimal:
	"""Percent by which work may cost more than the customer authorised before asking again."""
	return Decimal(cstr(settings_of(company).authorisation_tolerance or 0))


def blockers_to_hand_over(order, mileage_out: int | None = None) -> list[Reason]:
	"""Why the car cannot leave the shop now. What is not paid is billing's to say, and asked there."""
	return _said(
		rules.blockers_to_hand_over(
			rule_jobs(order),
			mileage_in=cint(order.mileage_in),
			mileage_out=cint(mileage_out if mileage_out is not None else order.mileage_out),
			clocks=_clocks(order),
			explanation=cstr(order.mileage_explanation),
		)
	)


def blockers_to_close(order) -> list[Reason]:
	"""Why the order cannot be closed now: (code, text); empty when it can. A bill is closed by handing over."""
	found = _said(
		rules.blockers_to_close(
			rule_jobs(order),
			invoiced=order.status == Status.INVOICED.value,
			mileage_in=cint(order.mileage_in),
			mileage_out=cint(order.mileage_out),
			clocks=_clocks(order),
			explanation=cstr(order.mileage_explanation),
		)
	)
	if order.status == Status.INVOICED.value and not order.handed_over_at:
		found.append(("not_handed_over", _("The car is not handed over")))
	return found


def refuse_for(order, doing: str, blockers: list[Reason]) -> None:
	"""Refuse with everything that stands in the way, so that it is cleared in one go."""
	if not blockers:
		return
	text = {
		"READY": marked("{0} is not ready: {1}"),
		"INVOICE": marked("{0} cannot be invoiced yet: {1}"),
		"HAND OVER": marked("{0} cannot be handed over yet: {1}"),
		"CLOSE": marked("{0} cannot be closed yet: {1}"),
	}[doing]
	raise Refused(blockers[0][0], text, order.name, "; ".join(words for _code, words in blockers))
