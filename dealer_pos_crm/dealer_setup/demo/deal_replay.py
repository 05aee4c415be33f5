"""Plays the deals of the script through the product's own API: salespeople, managers, F&I, the cashier."""

from collections.abc import Callable

import frappe
from frappe.utils import cint, cstr, flt

from dealer_pos_crm.api import deal as deals
from dealer_pos_crm.api import deal_documents, delivery, title, trade_in, we_owe, worksheet
from dealer_pos_crm.api import deposit as deposits
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.demo import showroom_house
from dealer_pos_crm.dealer_setup.demo.people import acting_as, first
from dealer_pos_crm.dealer_setup.demo.showroom_replay import ShowroomReplay, lost_reason, money
from dealer_pos_crm.dealer_showroom.deals import opening
from dealer_pos_crm.dealer_showroom.documents import checklist
from dealer_pos_crm.domain.compliance import ID_CHECKS
from dealer_pos_crm.rehearsal.summit_motors import showroom_acts as script
from dealer_pos_crm.rehearsal.summit_motors.people import COMPANY

_TITLE = {"sent": "Sent", "returned": "Returned", "issued": "Issued", "closed": "Closed"}


class DealReplay:
	"""Keeps which deal stands for which id of the script."""

	def __init__(self, floor: ShowroomReplay) -> None:
		self.floor = floor
		self.deals: dict[str, str] = {}
		self.deposits: dict[str, str] = {}
		self._types: dict[str, str] = {}
		self.do: dict[type, Callable] = {
			**floor.do,
			script.OpenDeal: self._open,
			script.OfferTrade: self._trade,
			script.WriteUp: self._write_up,
			script.AskApproval: self._ask,
			script.DecideWorksheet: self._decide,
			script.LeaveDeposit: self._deposit,
			script.CheckBuyer: self._check,
			script.HandToFnI: self._hand,
			script.SignContract: self._sign,
			script.Deliver: self._deliver,
			script.UndoDelivery: self._undo_delivery,
			script.SendContract: self._send,
			script.ReturnContract: self._return,
			script.FundDeal: self._fund,
			script.UndoFunding: self._undo_funding,
			script.LoseDeal: self._lose,
			script.ReopenDeal: self._reopen,
			script.GiveDeal: self._give,
			script.UnwindDeal: self._unwind,
			script.PromiseItem: self._promise,
			script.EndPromise: self._end_promise,
			script.MoveTitle: self._title,
		}

	def _doc(self, act):
		return frappe.get_doc("Deal Jacket", self.deals[act.deal_id])

	def _open(self, act: script.OpenDeal) -> None:
		with acting_as(act.by):
			self.deals[act.deal_id] = opening.open_from_lead(
				self.floor.leads[act.lead_id],
				client_key=f"demo-{act.id}",
				vehicle=self.floor.vehicles[act.vehicle_id],
				deal_type=act.deal_type,
			)
		self._types[act.deal_id] = act.deal_type

	# worksheet

	def _trade(self, act: script.OfferTrade) -> None:
		deal, car = self._doc(act), act.car
		with acting_as(deal.salesperson):
			doc = frappe.get_doc(
				{
					"doctype": "Trade In",
					"customer": deal.customer,
					"company": COMPANY,
					"deal": deal.name,
					"vin": car.vin,
					"model_year": car.year,
					"make": car.make,
					"model": car.model,
					"trim": car.trim,
					"color": car.color,
					"mileage": car.mileage,
					"payoff": money(act.payoff),
					"payoff_lender": showroom_house.PAYOFF_BANK if act.payoff else None,
				}
			).insert()
			frappe.db.commit()  # nosemgrep - the salesperson saves, then the manager looks
		with acting_as(act.by):
			trade_in.appraise(doc.name, money(act.allowance), money(act.allowance))

	def _write_up(self, act: script.WriteUp) -> None:
		deal = self._doc(act)
		kind = self._types[act.deal_id]
		trades = frappe.get_all(
			"Trade In", {"deal": deal.name}, ["name as trade_in", "allowance", "payoff"], order_by="name"
		)
		values = {
			"kind": kind,
			"price": money(act.price),
			"lender": act.lender,
			"cash_down": money(act.down),
			"lines": [{"kind": "Fee", "label": "Documentation fee", "amount": money(act.fee), "taxable": 0}],
			"products": [{"product": name, "price": money(price)} for name, price in act.products],
			"trades": trades,
		}
		if kind == "Finance":
			values.update({"term_months": act.term, "apr": flt(act.rate)})
		elif kind == "Lease":
			values.update({"term_months": act.term, "money_factor": 0.0019, "residual_percent": 56})
		with acting_as(act.by):
			made = worksheet.create(deal.name, None, values)
			frappe.db.commit()  # nosemgrep
			worksheet.choose(made)

	def _chosen(self, act) -> str:
		return frappe.db.get_value("Deal Jacket", self.deals[act.deal_id], "chosen_scenario")

	def _ask(self, act: script.AskApproval) -> None:
		with acting_as(act.by):
			worksheet.ask(self._chosen(act))

	def _decide(self, act: script.DecideWorksheet) -> None:
		with acting_as(act.by):
			if act.approve:
				worksheet.approve(self._chosen(act))
			else:
				worksheet.reject(self._chosen(act), act.reason)

	def _deposit(self, act: script.LeaveDeposit) -> None:
		self.deposits[act.deposit_id] = self._take(
			self._doc(act), money(act.amount), act.tender.mode, act.tender.reference, act.by, f"demo-{act.id}"
		)

	def _take(self, deal, amount: float, mode: str, reference: str | None, by: str, key: str) -> str:
		with acting_as(by):
			doc = frappe.get_doc(
				{
					"doctype": "Deposit",
					"company": COMPANY,
					"customer": deal.customer,
					"vehicle": deal.vehicle,
					"deal": deal.name,
					"amount": amount,
					"kind": "Down Payment" if amount > 1500 else "Hold",
					"department": "Sales",
					"refundable": "Yes",
					"channel": "In Person",
					"authorised_how": "Signature",
					"salesperson": deal.salesperson,
				}
			).insert()
			frappe.db.commit()  # nosemgrep - the cashier saves, then takes
			deposits.take(
				doc.name, [{"mode_of_payment": mode, "amount": amount, "reference_no": reference}], key
			)
		return doc.name

	# F&I

	def _check(self, act: script.CheckBuyer) -> None:
		deal = self._doc(act)
		alert = bool(act.cleared)
		if act.kind == "OFAC":
			values = {"result": "Alert" if alert else "Clear", "list_date": cstr(act.at.date())}
			values["method"] = "Treasury search"
		else:
			values = {**dict.fromkeys(ID_CHECKS, 1), "attested": 1}
			if alert:
				values[ID_CHECKS[-1]] = 0
		if alert:
			values["notes"] = (
				"A name on the list resembles it" if act.kind == "OFAC" else "The address is old"
			)
		with acting_as(act.by):
			made = deal_documents.check(deal.name, deal.customer, act.kind, values, f"demo-{act.id}")
			frappe.db.commit()  # nosemgrep
		if alert:
			with acting_as(act.cleared_by):
				deal_documents.clear(made["name"], act.cleared)

	def _hand(self, act: script.HandToFnI) -> None:
		self._papers(act)
		with acting_as(act.by):
			deals.move(self.deals[act.deal_id], "F&I")

	def _papers(self, act) -> None:
		"""Whatever the list asks for: seen where a note is enough, else a file."""
		deal = self._doc(act)
		with acting_as(first(roles.FNI)):
			for row in deal.documents:
				if row.status != "Missing":
					continue
				if checklist.paper_of(row).note_is_enough:
					deal_documents.note(deal.name, row.name, "Seen at the desk")
				else:
					file = frappe.get_doc(
						{
							"doctype": "File",
							"file_name": f"{frappe.scrub(row.document)[:60]}-{deal.name}.txt",
							"content": f"{row.document}, {deal.name}",
							"is_private": 1,
						}
					).insert()
					deal_documents.receive(deal.name, row.name, file.name)
				frappe.db.commit()  # nosemgrep - each paper by itself

	def _sign(self, act: script.SignContract) -> None:
		self._papers(act)
		with acting_as(act.by):
			deals.move(self.deals[act.deal_id], "Contracted")

	def _deliver(self, act: script.Deliver) -> None:
		deal = self._doc(act)
		mileage = max(act.mileage, cint(frappe.db.get_value("Dealer Vehicle", deal.vehicle, "mileage")))
		cash = self._types[act.deal_id] == "Cash"
		open_amount = flt(deal.balance, 2)
		if not cash and open_amount > 0:  # what the customer brings for the delivery
			self._take(
				deal, open_amount, "Credit Card", "A00417", first(roles.CASHIER), f"demo-{act.id}-down"
			)
			frappe.db.commit()  # nosemgrep
		with acting_as(first(roles.SALES_MANAGER) if cash else act.by):
			delivery.deliver(
				deal.name,
				f"demo-{act.id}",
				mileage,
				release_reason="The bank's check is in the cashier's hands" if cash else None,
			)
			frappe.db.commit()  # nosemgrep
		deal.reload()
		if cash and flt(deal.balance) > 0:
			with acting_as(first(roles.FNI)):
				delivery.collect(
					deal.name,
					[
						{
							"mode_of_payment": "Bank Draft",
							"amount": flt(deal.balance, 2),
							"reference_no": act.id,
							"reference_date": cstr(act.at.date()),
						}
					],
					f"demo-{act.id}-paid",
				)

	def _undo_delivery(self, act: script.UndoDelivery) -> None:
		"""Whoever keeps the ledgers cancels; a Dealer Accountant alone has no right to."""
		frappe.get_doc("Sales Invoice", self._doc(act).sales_invoice).cancel()

	# money of the lender

	def _send(self, act: script.SendContract) -> None:
		with acting_as(act.by):
			delivery.send_to_lender(self.deals[act.deal_id], cstr(act.at.date()), cstr(act.due_on))

	def _return(self, act: script.ReturnContract) -> None:
		with acting_as(act.by):
			delivery.returned_by_lender(self.deals[act.deal_id], act.reason)

	def _fund(self, act: script.FundDeal) -> None:
		deal = self._doc(act)
		if flt(deal.funding_outstanding) <= 0:  # paid by the customer
			return
		with acting_as(act.by):
			delivery.fund(
				deal.name,
				flt(deal.funding_outstanding, 2),
				"Wire Transfer",
				f"demo-{act.id}",
				reference_no=act.id,
				reference_date=cstr(act.at.date()),
			)

	def _undo_funding(self, act: script.UndoFunding) -> None:
		deal = self._doc(act)
		name = frappe.db.get_value(
			"Payment Entry",
			{
				"dealer_deal": deal.name,
				"docstatus": 1,
				"party": frappe.db.get_value("Dealer Lender", deal.lender, "customer"),
			},
			"name",
			order_by="creation desc",
		)
		if name:  # as above
			frappe.get_doc("Payment Entry", name).cancel()

	# lost, given, unwound

	def _lose(self, act: script.LoseDeal) -> None:
		answers = []
		if act.deposit_id:
			answers = [
				{"deposit": self.deposits[act.deposit_id], "do": "Refund", "client_key": f"demo-{act.id}"}
			]
		with acting_as(act.by):
			found = deals.lose(self.deals[act.deal_id], lost_reason(act.reason), act.reason, answers)
			frappe.db.commit()  # nosemgrep
		for waiting in found.get("waiting") or ():
			name = frappe.db.get_value(
				"Deposit Action",
				{"deposit": waiting, "status": "Requested"},
				"name",
				order_by="creation desc",
			)
			with acting_as(first(roles.MANAGER)):
				deposits.decide(name, True, None)
				frappe.db.commit()  # nosemgrep
		if not found.get("lost"):
			with acting_as(act.by):
				deals.lose(self.deals[act.deal_id], lost_reason(act.reason), act.reason, [])

	def _reopen(self, act: script.ReopenDeal) -> None:
		with acting_as(act.by):
			deals.reopen(self.deals[act.deal_id], "The customer called after all")

	def _give(self, act: script.GiveDeal) -> None:
		with acting_as(act.by):
			deal = self._doc(act)
			deal.salesperson = act.salesperson
			deal.save()

	def _unwind(self, act: script.UnwindDeal) -> None:
		with acting_as(act.by):
			delivery.unwind(self.deals[act.deal_id], act.reason, f"demo-{act.id}")

	# promises and papers

	def _promise(self, act: script.PromiseItem) -> None:
		with acting_as(act.by):
			we_owe.make(
				self.deals[act.deal_id],
				[{"what": act.item, "who_pays": "Dealership", "due_on": cstr(act.due_on)}],
				f"demo-{act.id}",
				True,
			)

	def _end_promise(self, act: script.EndPromise) -> None:
		deal = self.deals[act.deal_id]
		for name in frappe.get_all("We Owe", {"deal": deal, "status": "Open"}, pluck="name", order_by="name"):
			for row in frappe.get_doc("We Owe", name).items:
				if row.what == act.item and row.status == "Open":
					with acting_as(act.by):
						if act.reason:
							we_owe.cancel_item(name, row.name, act.reason)
						else:
							we_owe.done(name, row.name)

	def _title(self, act: script.MoveTitle) -> None:
		name = frappe.db.get_value(
			"Title Registration",
			{"deal": self.deals[act.deal_id], "kind": "Sold Car", "status": ("!=", "Cancelled")},
			"name",
		)
		if name:
			with acting_as(act.by):
				title.move(name, _TITLE[act.step], reason=act.reason or None)
