"""Payment Entry: every payment of a customer becomes one line of the spine, and deposits stay guarded."""

from collections.abc import Mapping

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier.card_payments import guard as card_guard
from dealer_pos_crm.dealer_cashier.card_refunds import guard as card_refund_guard
from dealer_pos_crm.dealer_cashier.deposits import guard, refresh
from dealer_pos_crm.dealer_cashier.deposits.events import what
from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown
from dealer_pos_crm.dealer_counter.banking import slip as bank_slip
from dealer_pos_crm.dealer_counter.cash_reports import guard as cash_guard
from dealer_pos_crm.dealer_counter.cash_reports import keeping as cash_report
from dealer_pos_crm.dealer_counter.collecting import receipt as counter_receipt
from dealer_pos_crm.dealer_counter.refunds import booking as counter_refunds
from dealer_pos_crm.dealer_counter.shifts import aftermath, stamping
from dealer_pos_crm.dealer_counter.shifts import guard as shift_guard
from dealer_pos_crm.dealer_crm import spine
from dealer_pos_crm.dealer_service.billing import guard as billing_guard
from dealer_pos_crm.dealer_service.billing import position
from dealer_pos_crm.dealer_setup.settings import department_of, is_dealership
from dealer_pos_crm.dealer_showroom.delivery import position as deal_position
from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.listeners.times import happened_at, time_of_change

FIELDS = (
	"name",
	"docstatus",
	"creation",
	"modified",
	"modified_by",
	"owner",
	"posting_date",
	"payment_type",
	"party_type",
	"party",
	"company",
	"cost_center",
	"mode_of_payment",
	"base_paid_amount",
	"dealer_deposit",
	"dealer_vehicle",
	"dealer_deal",
	"dealer_card_payment",
	"dealer_card_refund",
	"dealer_returned_check",
	"dealer_pay_request",
	"remarks",
)


def _ours(doc: Mapping) -> bool:
	return (
		doc.get("party_type") == "Customer"
		and doc.get("payment_type") in ("Receive", "Pay")
		and is_dealership(doc.get("company"))
	)


def before_validate(doc, method=None) -> None:
	"""Before ERPNext writes: whoever waits for an invoice's lock holds none that the other one needs."""
	if doc.docstatus == 1 and _ours(doc):
		stamping.stamp(doc)
		cash_guard.stamp(doc)
		billing_guard.check_payment(doc)


def validate(doc, method=None) -> None:
	if is_dealership(doc.company):
		guard.check_payer(doc)
	if _ours(doc):
		guard.check_pay_out(doc)
		if doc.docstatus == 1:
			cash_guard.check(doc)
	card_guard.check(doc)
	counter_refunds.check_origin(doc)
	if not doc.get("dealer_deposit"):
		return
	guard.check_origin(doc)
	if doc.docstatus == 0 or doc.get("_action") == "submit":
		guard.check_draft_references(doc)


def before_cancel(doc, method=None) -> None:
	card_refund_guard.check_cancel(doc)
	shift_guard.check_cancel(doc)
	bank_slip.check_cancel_of(doc)


def before_update_after_submit(doc, method=None) -> None:
	deal_position.touch_payment(doc)
	if doc.get("dealer_deposit"):
		guard.check_new_references(doc)


def on_submit(doc, method=None) -> None:
	if not _ours(doc):
		return
	refresh.touch(doc.name)
	deal_position.touch_payment(doc)
	spine.record(events_of(doc))
	refresh.settle()
	position.settle()
	deal_position.settle()
	card_guard.submitted(doc)
	cash_report.submitted(doc)


def on_cancel(doc, method=None) -> None:
	if not _ours(doc):
		return
	refresh.touch(doc.name)
	deal_position.touch_payment(doc)
	spine.record(events_of(doc))
	refresh.settle()
	position.settle()
	deal_position.settle()
	card_guard.cancelled(doc)
	cash_report.cancelled(doc)
	counter_receipt.reversed(doc)
	aftermath.cancelled(doc)
	counter_refunds.cancelled(doc)


def events_of(row: Mapping) -> list[Event]:
	"""What a submitted or cancelled Payment Entry says. ``row`` has ``FIELDS``; amounts in company currency."""
	if not _ours(row):
		return []
	deposit = _deposit(row)
	received = row.get("payment_type") == "Receive"
	kind = _kind(received, bool(deposit))
	amount = rounded(row.get("base_paid_amount"), company_currency(row.get("company")))
	key = f"{kind}:{row.get('name')}"
	common = {
		"customer": row.get("party"),
		"company": row.get("company"),
		"department": deposit.department
		if deposit
		else department_of(row.get("company"), row.get("cost_center")),
		"pay_request": row.get("dealer_pay_request") or None,
		"card_payment": row.get("dealer_card_payment") or None,
		"deposit": row.get("dealer_deposit") or None,
		"vehicle": row.get("dealer_vehicle") or None,
		"deal": row.get("dealer_deal") or None,
		"reference_doctype": "Payment Entry",
		"reference_name": row.get("name"),
		"amount": amount,
	}
	mode = cstr(row.get("mode_of_payment"))
	facts = {"mode": mode}
	if deposit:
		facts |= {"kind": deposit.kind, "what": what({**deposit, "vehicle": row.get("dealer_vehicle")})}
	if kind == "deposit.refunded":
		facts["reason"] = _reason(row)
	if not received and row.get("dealer_returned_check"):
		return [_bounced(row, common, mode)]
	if received and row.get("dealer_card_refund"):
		return [_came_back(row, common, mode)]
	first = Event(
		key=key,
		type=kind,
		happened_at=happened_at(row),
		title=_title(kind, shown(amount), mode, facts.get("what")),
		actor=row.get("owner"),
		facts=facts,
		# The parts of a split tender are one matter, and so are the parts of its refund on one day.
		occasion=f"{kind}|{deposit.name}|{row.get('posting_date')}" if deposit else "",
		**common,
	)
	if row.get("docstatus") != 2:
		return [first]
	return [
		first,
		Event(
			key=f"payment.reversed:{row.get('name')}",
			type="payment.reversed",
			happened_at=time_of_change(row),
			title=_("{0} of {1} cancelled").format(_("Payment") if received else _("Refund"), shown(amount)),
			actor=row.get("modified_by"),
			facts=facts,
			reverses=key,
			**common,
		),
	]


def _came_back(row: Mapping, common: dict, mode: str) -> Event:
	"""A refund that did not arrive, brought in again as its own entry stands in a closed period: it is not
	paid anew."""
	paid_out = frappe.db.get_value("Card Refund", row.get("dealer_card_refund"), "payment_entry")
	return Event(
		key=f"payment.reversed:{row.get('name')}",
		type="payment.reversed",
		happened_at=happened_at(row),
		title=_("{0} of {1} did not arrive").format(_("Refund"), shown(common["amount"])),
		actor=row.get("owner"),
		facts={"mode": mode},
		reverses=f"{_kind(False, bool(row.get('dealer_deposit')))}:{paid_out}",
		**common,
	)


def _bounced(row: Mapping, common: dict, mode: str) -> Event:
	"""The bank took the money of a check back: nothing is paid out to the customer."""
	receipt = frappe.db.get_value("Returned Check", row.get("dealer_returned_check"), "payment_entry")
	return Event(
		key=f"payment.reversed:{row.get('name')}",
		type="payment.reversed",
		happened_at=happened_at(row),
		title=_("Check of {0} came back from the bank").format(shown(common["amount"])),
		actor=row.get("owner"),
		facts={"mode": mode},
		reverses=f"{_kind(True, bool(row.get('dealer_deposit')))}:{receipt}",
		**common,
	)


def _kind(received: bool, of_deposit: bool) -> str:
	if of_deposit:
		return "deposit.taken" if received else "deposit.refunded"
	return "payment.received" if received else "refund.paid"


def _title(kind: str, amount: str, mode: str, what_for: str | None) -> str:
	if kind == "deposit.taken":
		return _("Deposit of {0} ({1}) for {2}").format(amount, mode, what_for)
	if kind == "deposit.refunded":
		return _("Deposit refund of {0} ({1}), {2}").format(amount, mode, what_for)
	if kind == "payment.received":
		return _("Payment of {0} ({1})").format(amount, mode)
	return _("Refund of {0} ({1})").format(amount, mode)


def _deposit(row: Mapping):
	name = row.get("dealer_deposit")
	if not name:
		return None
	return frappe.get_cached_value(
		"Deposit", name, ["name", "kind", "department", "vehicle", "held_for"], as_dict=True
	)


def _reason(row: Mapping) -> str:
	"""The reason stands behind the colon of the refund's remarks."""
	action = frappe.flags.dealer_deposit_action
	if action:
		return cstr(action.reason)
	return cstr(row.get("remarks")).partition(": ")[2]
