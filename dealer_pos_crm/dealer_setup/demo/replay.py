"""Plays the script of Summit Motors through the product's own actions, as the people who would click them."""

import random
from collections.abc import Callable
from datetime import datetime

import frappe
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

from dealer_pos_crm.api import deposit as api
from dealer_pos_crm.dealer_crm import follow_ups
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.demo.deal_replay import DealReplay
from dealer_pos_crm.dealer_setup.demo.lane_replay import LaneReplay
from dealer_pos_crm.dealer_setup.demo.people import acting_as, first
from dealer_pos_crm.dealer_setup.demo.showroom_replay import ShowroomReplay
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.rehearsal.summit_motors import acts as script
from dealer_pos_crm.rehearsal.summit_motors.house import House
from dealer_pos_crm.rehearsal.summit_motors.lane_acts import AnyAct
from dealer_pos_crm.rehearsal.summit_motors.people import COMPANY, STAFF

_ANSWERS = ("Reached", "Left Message", "Booked", "Reached", "No Longer Wanted")


class Replay:
	"""Keeps which document stands for which id of the script."""

	def __init__(
		self,
		customers: dict[str, str],
		vehicles: dict[str, str],
		set_clock: Callable[[datetime], None] = lambda moment: None,
		place: House | None = None,
	) -> None:
		self.customers = customers
		self.vehicles = vehicles
		self.deposits: dict[str, str] = {}
		self.invoices: dict[str, str] = {}
		self._sales: dict[str, str] = {}  # invoices over a car, until it is handed over
		self._rng = random.Random(7)
		self._do: dict[type, Callable] = {
			script.TakeDeposit: self._take,
			script.JoinWaitingList: self._wait,
			script.ExtendHold: self._extend,
			script.ExpireHold: self._expire,
			script.ApplyDeposit: self._apply,
			script.RefundDeposit: self._refund,
			script.ForfeitDeposit: self._forfeit,
			script.MoveDeposit: self._move,
			script.CancelDeposit: self._cancel,
			script.IssueInvoice: self._invoice,
			script.PayInvoice: self._pay,
			script.CreditInvoice: self._credit,
			**LaneReplay(customers, vehicles, set_clock).do,
			**DealReplay(ShowroomReplay(_by_id(place, "prospects"), _by_id(place, "arrivals"), vehicles)).do,
		}

	def play(self, act: AnyAct) -> None:
		self._do[type(act)](act)
		frappe.db.commit()  # nosemgrep - each act is a transaction, as at the counter
		frappe.local.message_log = []

	def evening(self, now: datetime) -> None:
		"""What the clock and the staff do at the end of a day: promises open, most are kept."""
		follow_ups.open_due()
		rows = frappe.get_all(
			"Follow Up", {"status": "Open"}, ["name", "owner_user", "due_at"], order_by="due_at"
		)
		for row in rows:
			if row.owner_user and self._rng.random() < (0.75 if row.due_at <= now else 0.35):
				with acting_as(row.owner_user):
					follow_ups.finish(row.name, self._rng.choice(_ANSWERS))
		frappe.db.commit()  # nosemgrep

	def _take(self, act: script.TakeDeposit) -> None:
		with acting_as(act.by):
			doc = frappe.get_doc(
				{
					"doctype": "Deposit",
					"company": COMPANY,
					"customer": self.customers[act.customer_id],
					"vehicle": self.vehicles[act.vehicle_id] if act.vehicle_id else None,
					"held_for": act.held_for,
					"amount": float(act.amount.decimal),
					"kind": act.kind.value,
					"department": act.department,
					"refundable": act.refundable.value,
					"refundable_until": act.refundable_until,
					"hold_until": act.hold_until,
					"channel": act.channel,
					"authorised_how": act.authorised_how,
					"salesperson": act.salesperson,
				}
			)
			doc.insert()
			frappe.db.commit()  # nosemgrep - the cashier saves, then takes
			api.take(
				doc.name,
				[
					{
						"mode_of_payment": tender.mode,
						"amount": float(tender.amount.decimal),
						"reference_no": tender.reference,
					}
					for tender in act.tenders
				],
				f"demo-{act.id}",
			)
		self.deposits[act.deposit_id] = doc.name
		if act.from_waiting_list and act.vehicle_id:
			frappe.db.set_value(
				"Dealer Vehicle Waitlist",
				{"vehicle": self.vehicles[act.vehicle_id], "customer": self.customers[act.customer_id]},
				"status",
				"Got the Vehicle",
			)

	def _wait(self, act: script.JoinWaitingList) -> None:
		with acting_as(act.by):
			api.join_waiting_list(self.vehicles[act.vehicle_id], self.customers[act.customer_id])

	def _act(self, act, action: str, approver: str | None = None, **values) -> None:
		with acting_as(act.by):
			result = api.act(self.deposits[act.deposit_id], action, values, f"demo-{act.id}")
			frappe.db.commit()  # nosemgrep
		if result["status"] == "Requested":
			with acting_as(approver or first(roles.SALES_MANAGER, roles.MANAGER, but=act.by)):
				api.decide(result["action"], True, None)

	def _extend(self, act: script.ExtendHold) -> None:
		self._act(act, "Extend Hold", hold_until=act.hold_until, reason=act.reason)

	def _expire(self, act: script.ExpireHold) -> None:
		holds.expire_due()

	def _apply(self, act: script.ApplyDeposit) -> None:
		self._act(act, "Apply", amount=float(act.amount.decimal), sales_invoice=self.invoices[act.invoice_id])

	def _refund(self, act: script.RefundDeposit) -> None:
		self._act(act, "Refund", act.approved_by, amount=float(act.amount.decimal), reason=act.reason)

	def _forfeit(self, act: script.ForfeitDeposit) -> None:
		self._act(act, "Forfeit", amount=float(act.amount.decimal), reason=act.reason)

	def _move(self, act: script.MoveDeposit) -> None:
		self._act(
			act,
			"Move",
			to_vehicle=self.vehicles[act.to_vehicle_id],
			hold_until=act.hold_until,
			reason=act.reason,
		)

	def _cancel(self, act: script.CancelDeposit) -> None:
		self._act(act, "Cancel", reason=act.reason)

	def _invoice(self, act: script.IssueInvoice) -> None:
		with acting_as(first(roles.ACCOUNTANT)):
			doc = frappe.get_doc(
				{
					"doctype": "Sales Invoice",
					"company": COMPANY,
					"customer": self.customers[act.customer_id],
					"posting_date": act.at.date(),
					"posting_time": act.at.time(),
					"set_posting_time": 1,
					"due_date": act.at.date(),
					"dealer_vehicle": self.vehicles[act.vehicle_id] if act.vehicle_id else None,
					"cost_center": _cost_center(act.department),
					"disable_rounded_total": 1,
					"items": [
						{
							"item_code": line.item,
							"description": line.description,
							"qty": 1,
							"rate": float(line.amount.decimal),
							"cost_center": _cost_center(script.ITEMS[line.item]),
						}
						for line in act.lines
					],
				}
			)
			doc.insert()
			doc.submit()
		self.invoices[act.invoice_id] = doc.name
		if act.vehicle_id and any(line.item == "Vehicle" for line in act.lines):
			self._sales[doc.name] = self.vehicles[act.vehicle_id]

	def _pay(self, act: script.PayInvoice) -> None:
		with acting_as(act.by if _may_pay(act.by) else first(roles.CASHIER)):
			doc = get_payment_entry("Sales Invoice", self.invoices[act.invoice_id])
			amount = float(act.amount.decimal)
			doc.update(
				{
					"mode_of_payment": act.mode,
					"paid_to": _account_of(act.mode),
					"paid_amount": amount,
					"received_amount": amount,
					"reference_no": act.reference or act.id,
					"reference_date": act.at.date(),
				}
			)
			doc.references[0].allocated_amount = min(amount, doc.references[0].outstanding_amount)
			doc.setup_party_account_field()
			doc.set_missing_values()
			doc.insert()
			doc.submit()

	def _credit(self, act: script.CreditInvoice) -> None:
		from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

		with acting_as(first(roles.ACCOUNTANT)):
			doc = make_sales_return(self.invoices[act.invoice_id])
			doc.update({"disable_rounded_total": 1, "remarks": act.reason, "update_outstanding_for_self": 0})
			kept = doc.items[0]
			doc.items = [kept]
			kept.update({"qty": -1, "rate": float(act.amount.decimal)})
			doc.insert()
			doc.submit()


def _by_id(place: House | None, what: str) -> dict:
	return {one.id: one for one in getattr(place, what)} if place else {}


def _may_pay(user: str) -> bool:
	return any(person.email == user and person.role in (roles.CASHIER, roles.FNI) for person in STAFF)


def _cost_center(department: str) -> str:
	return f"{department} - {frappe.get_cached_value('Company', COMPANY, 'abbr')}"


def _account_of(mode: str) -> str:
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import get_bank_cash_account

	return get_bank_cash_account(mode, COMPANY)["account"]
