"""The acts of a deal as lines of the spine, the way the app records them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from ...domain.event import Event
from ...domain.money import Money
from .acts import _Act
from .cars import Vehicle
from .showroom_acts import (
	AskApproval,
	CheckBuyer,
	DecideWorksheet,
	Deliver,
	EndPromise,
	FundDeal,
	GiveDeal,
	HandToFnI,
	LeaveDeposit,
	LoseDeal,
	MoveTitle,
	OfferTrade,
	OpenDeal,
	PromiseItem,
	ReopenDeal,
	ReturnContract,
	SendContract,
	SignContract,
	UndoDelivery,
	UndoFunding,
	UnwindDeal,
	WriteUp,
)
from .showroom_events import NAMES, FloorLedger, Known, clock


@dataclass
class _Deal:
	act: OpenDeal
	lead: Known
	salesperson: str
	stage: str = "New"
	deposit: str | None = None
	held: Money | None = None
	trade: OfferTrade | None = None
	sheet: WriteUp | None = None
	first_service: str = ""
	events: dict[str, str] = field(default_factory=dict)  # the last event of each type


class ShowroomLedger(FloorLedger):
	"""All of the showroom: what happens before a deal, and in it."""

	def __init__(
		self, cars: Mapping[str, Vehicle], owners: Mapping[str, str], converted: frozenset[str]
	) -> None:
		super().__init__(cars, owners, converted)
		self._deals: dict[str, _Deal] = {}
		more: dict[type, Callable[[Any], Iterator[Event]]] = {
			OpenDeal: self._open,
			OfferTrade: self._trade,
			WriteUp: self._write_up,
			AskApproval: self._ask_approval,
			DecideWorksheet: self._decide,
			LeaveDeposit: self._deposit,
			CheckBuyer: self._check,
			HandToFnI: self._hand,
			SignContract: self._sign,
			Deliver: self._deliver,
			UndoDelivery: self._undo_delivery,
			SendContract: self._send,
			ReturnContract: self._return,
			FundDeal: self._fund,
			UndoFunding: self._undo_funding,
			LoseDeal: self._lose_deal,
			ReopenDeal: self._reopen_deal,
			GiveDeal: self._give_deal,
			UnwindDeal: self._unwind,
			PromiseItem: self._promise,
			EndPromise: self._end_promise,
			MoveTitle: self._title,
		}
		self.tell.update(more)

	# deals

	def _of_deal(
		self,
		type_: str,
		act: _Act,
		name: str,
		title: str,
		*,
		at: datetime | None = None,
		vehicle: str | None = None,
		amount: Money | None = None,
		deposit: str | None = None,
		reference: tuple[str, str] | None = None,
		reverses: str | None = None,
		occasion: str = "",
		key: str = "",
		department: str = "Sales",
		moved: tuple[str, str] = ("", ""),
		**facts: str,
	) -> Event:
		deal = self._deals[name]
		facts["from"], facts["to"] = moved
		doctype, document = reference or ("Deal Jacket", name)
		event = self._event(
			type_,
			at or act.at,
			title,
			{
				"what": self._what(deal.act.vehicle_id),
				"salesperson": NAMES[deal.salesperson],
				"sales_owner": deal.salesperson,
				"stage": deal.stage if type_.startswith("deal.") else "",
				"deal_type": deal.act.deal_type if type_.startswith("deal.") else "",
				**facts,
			},
			customer=deal.lead.act.prospect_id,
			vehicle=vehicle or deal.act.vehicle_id,
			lead=deal.act.lead_id,
			deal=name,
			deposit=deposit,
			amount=amount,
			actor=deal.salesperson,
			reference_doctype=doctype,
			reference_name=document,
			reverses=reverses,
			occasion=occasion,
			key=key,
			department=department,
		)
		deal.events[type_] = event.key
		return event

	def _enter(self, act: _Act, name: str, to: str, reverses: str | None = None) -> Event:
		deal = self._deals[name]
		came_from, deal.stage = deal.stage, to
		kind = {"F&I": "deal.ready_for_fni", "Contracted": "deal.contracted"}.get(to, "deal.stage_changed")
		return self._of_deal(kind, act, name, f"Deal {name}: {to}", reverses=reverses, moved=(came_from, to))

	def _open(self, act: OpenDeal) -> Iterator[Event]:
		lead = self._leads[act.lead_id]
		self._deals[act.deal_id] = _Deal(act, lead, lead.salesperson)
		self._of_lead[act.lead_id] = act.deal_id
		yield self._of_lead_event("lead.converted", act, lead, "Lead is a customer now")
		yield self._of_deal("deal.opened", act, act.deal_id, f"Deal opened: {self._what(act.vehicle_id)}")
		yield self._enter(act, act.deal_id, "Visit")

	def _trade(self, act: OfferTrade) -> Iterator[Event]:
		deal = self._deals[act.deal_id]
		deal.trade = act
		self._cars[act.car.id] = act.car
		yield self._of_deal(
			"trade.appraised",
			act,
			act.deal_id,
			f"Trade-in appraised: {act.car.what}",
			reference=("Trade In", act.trade_id),
			what=act.car.what,
		)

	def _write_up(self, act: WriteUp) -> Iterator[Event]:
		deal = self._deals[act.deal_id]
		again = deal.sheet is not None
		deal.sheet = act
		if not again:
			yield self._enter(act, act.deal_id, "Write-up")
			yield self._hold(act, act.deal_id)

	def _hold(self, act: _Act, name: str) -> Event:
		until = datetime.combine(act.at.date() + timedelta(days=7), time(18))
		what = self._what(self._deals[name].act.vehicle_id)
		return self._of_deal(
			"vehicle.held",
			act,
			name,
			f"{what} is held until {clock(until)}",
			hold_until=until.isoformat(),
			hold_until_text=clock(until),
		)

	def _release(self, act: _Act, name: str) -> Event:
		what = self._what(self._deals[name].act.vehicle_id)
		return self._of_deal("vehicle.released", act, name, f"{what} is free again", waiting="0")

	def _ask_approval(self, act: AskApproval) -> Iterator[Event]:
		yield self._of_deal("deal.approval_asked", act, act.deal_id, "Approval asked")

	def _decide(self, act: DecideWorksheet) -> Iterator[Event]:
		if act.approve:
			yield self._of_deal("deal.approved", act, act.deal_id, "Worksheet approved")
		else:
			yield self._of_deal("deal.rejected", act, act.deal_id, "Worksheet turned down", reason=act.reason)

	def _deposit(self, act: LeaveDeposit) -> Iterator[Event]:
		deal = self._deals[act.deal_id]
		deal.deposit, deal.held = act.deposit_id, act.amount
		payment = f"{act.deposit_id}-P1"
		yield self._of_deal(
			"deposit.taken",
			act,
			act.deal_id,
			f"Deposit of {act.amount} for {self._what(deal.act.vehicle_id)}",
			amount=act.amount,
			deposit=act.deposit_id,
			reference=("Payment Entry", payment),
			occasion=f"deposit.taken|{act.deposit_id}",
			key=f"deposit.taken:{payment}",
			kind="Hold",
			mode=act.tender.mode,
		)
		yield self._enter(act, act.deal_id, "Deposit")

	def _check(self, act: CheckBuyer) -> Iterator[Event]:
		reference = ("Compliance Check", act.check_id)
		if not act.cleared:
			yield self._of_deal(
				"compliance.checked",
				act,
				act.deal_id,
				f"{act.kind}: clear",
				reference=reference,
				department="F&I",
			)
			return
		yield self._of_deal(
			"compliance.alerted",
			act,
			act.deal_id,
			f"{act.kind}: alert",
			reference=reference,
			department="F&I",
		)
		yield self._of_deal(
			"compliance.cleared",
			act,
			act.deal_id,
			f"{act.kind}: alert cleared",
			at=act.at + timedelta(minutes=1),
			reference=reference,
			department="F&I",
		)

	def _hand(self, act: HandToFnI) -> Iterator[Event]:
		yield self._enter(act, act.deal_id, "F&I")

	def _sign(self, act: SignContract) -> Iterator[Event]:
		yield self._enter(act, act.deal_id, "Contracted")

	def _deliver(self, act: Deliver) -> Iterator[Event]:
		name, deal = act.deal_id, self._deals[act.deal_id]
		invoice = f"INV-{name}-{self._told['deal.delivered'] + 1}"
		what = self._what(deal.act.vehicle_id)
		yield self._of_deal(
			"invoice.issued",
			act,
			name,
			what,
			amount=act.total,
			reference=("Sales Invoice", invoice),
			key=f"invoice.issued:{invoice}",
		)
		if act.deposit_id:
			yield self._of_deal(
				"deposit.applied",
				act,
				name,
				f"{act.deposit} of the deposit applied to {invoice}",
				amount=act.deposit,
				deposit=act.deposit_id,
				reference=("Sales Invoice", invoice),
				key=f"deposit.applied:{act.id}",
				invoice=invoice,
			)
			deal.deposit = None
		yield self._release(act, name)
		yield self._of_deal("vehicle.sold", act, name, f"{what} sold")
		if deal.trade is not None:
			car = deal.trade.car
			yield self._of_deal(
				"vehicle.traded_in",
				act,
				name,
				f"Traded in: {car.what}",
				vehicle=car.id,
				reference=("Trade In", deal.trade.trade_id),
				what=car.what,
			)
		yield self._first_service(act, name)
		yield self._of_deal(
			"title.opened",
			act,
			name,
			f"Title work opened: {what}",
			reference=("Title Registration", f"TR-{name}"),
			holder="Dealership",
			due_on=act.title_due_on.isoformat(),
			temporary_until=act.temporary_until.isoformat(),
		)
		deal.stage = "Delivered"
		yield self._of_deal(
			"deal.delivered",
			act,
			name,
			f"{what} delivered",
			amount=act.total,
			first_service_on=act.first_service_on.isoformat(),
		)

	def _first_service(self, act: Deliver, name: str) -> Event:
		deal = self._deals[name]
		deal.first_service = f"APT-{name}-{self._told['deal.delivered'] + 1}"
		starts = datetime.combine(act.first_service_on, time(9))
		return self._service_visit(
			"appointment.booked",
			act,
			name,
			f"Appointment booked for {clock(starts)}",
			starts_at=starts.isoformat(),
			starts_at_text=clock(starts),
			concern="First service visit",
			lead_hours=str(int((starts - act.at).total_seconds() // 3600)),
		)

	def _service_visit(
		self, type_: str, act: _Act, name: str, title: str, reason: str = "", **facts: str
	) -> Event:
		deal = self._deals[name]
		return self._event(
			type_,
			act.at,
			title,
			{
				"what": self._what(deal.act.vehicle_id),
				"sales_owner": deal.salesperson,
				"reason": reason,
				**facts,
			},
			customer=deal.lead.act.prospect_id,
			vehicle=deal.act.vehicle_id,
			key=f"{type_}:{deal.first_service}",
			department="Service",
			appointment=deal.first_service,
			actor=act.by,
			reference_doctype="Service Appointment",
			reference_name=deal.first_service,
		)

	def _undo_delivery(self, act: UndoDelivery) -> Iterator[Event]:
		name, deal = act.deal_id, self._deals[act.deal_id]
		invoice = deal.events["invoice.issued"].partition(":")[2]
		yield self._of_deal(
			"invoice.cancelled",
			act,
			name,
			f"Invoice {invoice} cancelled",
			reference=("Sales Invoice", invoice),
			reverses=f"invoice.issued:{invoice}",
			key=f"invoice.cancelled:{invoice}",
		)
		yield from self._give_back(act, name, act.reason)
		deal.stage = "Contracted"
		yield self._of_deal(
			"deal.delivery_undone",
			act,
			name,
			"Delivery taken back",
			reverses=deal.events["deal.delivered"],
			reason=act.reason,
		)
		yield self._hold(act, name)

	def _give_back(self, act: _Act, name: str, reason: str) -> Iterator[Event]:
		"""What a delivery did to deposit, cars and papers is undone."""
		deal = self._deals[name]
		applied = deal.events.pop("deposit.applied", None)
		if applied is not None and deal.held is not None:
			deposit = f"DD-{name}"
			yield self._of_deal(
				"deposit.reinstated",
				act,
				name,
				f"{deal.held} of the deposit is held again",
				amount=deal.held,
				deposit=deposit,
				reverses=applied,
				key=f"deposit.reinstated:{act.id}",
			)
		yield self._of_deal(
			"vehicle.returned",
			act,
			name,
			"Back in stock",
			reverses=deal.events["vehicle.sold"],
			reason=reason,
		)
		if deal.trade is not None:
			yield self._of_deal(
				"vehicle.returned",
				act,
				name,
				"Given back to the customer",
				vehicle=deal.trade.car.id,
				reverses=deal.events["vehicle.traded_in"],
				what=deal.trade.car.what,
			)
		yield self._service_visit("appointment.cancelled", act, name, "First service visit cancelled", reason)
		yield self._of_deal(
			"title.cancelled",
			act,
			name,
			"Title work cancelled",
			reference=("Title Registration", f"TR-{name}"),
			reason=reason,
		)

	def _send(self, act: SendContract) -> Iterator[Event]:
		yield self._of_deal(
			"deal.sent_to_lender",
			act,
			act.deal_id,
			f"Contract sent to {act.lender}",
			department="F&I",
			lender=act.lender,
			funding_due_on=act.due_on.isoformat(),
		)

	def _return(self, act: ReturnContract) -> Iterator[Event]:
		yield self._of_deal(
			"deal.returned_by_lender",
			act,
			act.deal_id,
			f"Contract came back from {act.lender}",
			department="F&I",
			lender=act.lender,
			reason=act.reason,
		)

	def _fund(self, act: FundDeal) -> Iterator[Event]:
		self._deals[act.deal_id].stage = "Funded"
		yield self._of_deal(
			"deal.funded", act, act.deal_id, "Funded", amount=act.amount, department="F&I", lender=act.lender
		)

	def _undo_funding(self, act: UndoFunding) -> Iterator[Event]:
		deal = self._deals[act.deal_id]
		deal.stage = "Delivered"
		yield self._of_deal(
			"deal.funding_reversed",
			act,
			act.deal_id,
			"Funding taken back",
			department="F&I",
			reverses=deal.events["deal.funded"],
			reason=act.reason,
		)

	def _lose_deal(self, act: LoseDeal) -> Iterator[Event]:
		name, deal = act.deal_id, self._deals[act.deal_id]
		if act.deposit_id and deal.held is not None:
			yield self._of_deal(
				"deposit.refunded",
				act,
				name,
				f"Refund of {deal.held}",
				amount=deal.held,
				deposit=act.deposit_id,
				reference=("Payment Entry", act.id),
				key=f"deposit.refunded:{act.id}",
				reason=act.reason,
			)
			deal.deposit = deal.held = None
		yield self._release(act, name)
		came_from, deal.stage = deal.stage, "Lost"
		yield self._of_deal(
			"deal.lost", act, name, f"Deal lost: {act.reason}", moved=(came_from, "Lost"), reason=act.reason
		)

	def _reopen_deal(self, act: ReopenDeal) -> Iterator[Event]:
		name, deal = act.deal_id, self._deals[act.deal_id]
		deal.stage = "Write-up"
		yield self._of_deal(
			"deal.reopened",
			act,
			name,
			"Deal open again",
			reverses=deal.events["deal.lost"],
			moved=("Lost", "Write-up"),
		)
		yield self._hold(act, name)

	def _give_deal(self, act: GiveDeal) -> Iterator[Event]:
		self._deals[act.deal_id].salesperson = act.salesperson
		title = f"Deal is looked after by {NAMES[act.salesperson]}"
		yield self._of_deal("deal.assigned", act, act.deal_id, title)

	def _unwind(self, act: UnwindDeal) -> Iterator[Event]:
		name, deal = act.deal_id, self._deals[act.deal_id]
		invoice = deal.events["invoice.issued"].partition(":")[2]
		yield self._of_deal(
			"invoice.credited",
			act,
			name,
			f"Credit note on {invoice}",
			reference=("Sales Invoice", f"CN-{name}"),
			key=f"invoice.credited:CN-{name}",
			reason=act.reason,
		)
		yield from self._give_back(act, name, act.reason)
		if deal.sheet is not None:
			for product, _price in deal.sheet.products:
				yield self._of_deal(
					"product.cancelled",
					act,
					name,
					f"{product} cancelled",
					department="F&I",
					reason=act.reason,
				)
		yield self._of_deal(
			"deal.unwound",
			act,
			name,
			"Deal unwound",
			reverses=deal.events["deal.delivered"],
			reason=act.reason,
		)

	def _promise(self, act: PromiseItem) -> Iterator[Event]:
		yield self._of_deal(
			"we_owe.promised",
			act,
			act.deal_id,
			f"We owe: {act.item}",
			reference=("We Owe", f"WO-{act.deal_id}"),
			item=act.item,
			due_on=act.due_on.isoformat(),
		)

	def _end_promise(self, act: EndPromise) -> Iterator[Event]:
		kind = "we_owe.cancelled" if act.reason else "we_owe.done"
		yield self._of_deal(
			kind,
			act,
			act.deal_id,
			f"We owe: {act.item}, {'cancelled' if act.reason else 'done'}",
			reference=("We Owe", f"WO-{act.deal_id}"),
			item=act.item,
			reason=act.reason,
		)

	def _title(self, act: MoveTitle) -> Iterator[Event]:
		yield self._of_deal(
			f"title.{act.step}",
			act,
			act.deal_id,
			f"Title {act.step}",
			reference=("Title Registration", f"TR-{act.deal_id}"),
			reason=act.reason,
		)
