"""Plays the showroom of the script through the product's own API, as the people who would click it."""

from collections.abc import Callable, Mapping
from html import escape

import frappe
from frappe.utils import add_days, cstr, flt

from dealer_pos_crm.api import lead as leads
from dealer_pos_crm.api import lead_desk, recon, stock, visit
from dealer_pos_crm.dealer_crm.leads import intake
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.demo import showroom_house
from dealer_pos_crm.dealer_setup.demo.people import acting_as, first
from dealer_pos_crm.dealer_showroom.visits import appointments
from dealer_pos_crm.rehearsal.summit_motors import showroom_acts as script
from dealer_pos_crm.rehearsal.summit_motors.cars import Vehicle
from dealer_pos_crm.rehearsal.summit_motors.people import COMPANY, Customer

_HOW = {"Call": "Call", "E-mail": "E-mail", "Text": "Text", "Visit": "In Person"}


class ShowroomReplay:
	"""Keeps which document of the showroom stands for which id of the script: cars, leads and visits."""

	def __init__(
		self, people: Mapping[str, Customer], cars: Mapping[str, Vehicle], vehicles: dict[str, str]
	) -> None:
		self.people = people
		self.cars = cars
		self.vehicles = vehicles
		self.leads: dict[str, str] = {}
		self.appointments: dict[str, str] = {}
		self.visits: dict[str, str] = {}
		self.drives: dict[str, str] = {}
		self._asked: dict[str, script.ReceiveLead] = {}
		self._steps: dict[str, int] = {}  # vehicle -> steps of the script that are left
		self.do: dict[type, Callable] = {
			script.StockCar: self._stock,
			script.FinishStep: self._step,
			script.RepriceCar: self._reprice,
			script.ReceiveLead: self._receive,
			script.AnswerLead: self._answer,
			script.AskAgain: self._ask_again,
			script.GiveLead: self._give,
			script.LoseLead: self._lose,
			script.ReopenLead: self._reopen,
			script.BookVisit: self._book,
			script.ConfirmVisit: self._confirm,
			script.CancelVisit: self._cancel,
			script.MoveVisit: self._move,
			script.MissVisit: self._miss,
			script.StartVisit: self._come,
			script.TakeDrive: self._drive,
			script.ReturnDrive: self._back,
			script.EndVisit: self._leave,
		}

	# cars

	def _stock(self, act: script.StockCar) -> None:
		car = self.cars[act.vehicle_id]
		new = car.id.startswith("N")
		with acting_as(act.by):
			doc = frappe.get_doc(
				{
					"doctype": "Dealer Vehicle",
					"vin": car.vin,
					"company": COMPANY,
					"status": "In Recon",
					"stock_number": car.id,
					"model_year": car.year,
					"make": car.make,
					"model": car.model,
					"trim": car.trim,
					"color": car.color,
					"condition": "New" if new else "Used",
					"acquired_from": "Factory" if new else "Auction",
					"acquired_on": act.at.date(),
					"acquisition_cost": float(act.cost.decimal),
					"price": float(car.price.decimal) if car.price else 0,
					"readings": [{"read_on": act.at.date(), "mileage": car.mileage, "source": "Intake"}],
				}
			).insert()
		self.vehicles[act.vehicle_id] = doc.name
		self._steps[act.vehicle_id] = len(act.steps)

	def _step(self, act: script.FinishStep) -> None:
		"""The script's last step ends the recon, whatever the house's list still has."""
		vehicle = self.vehicles[act.vehicle_id]
		self._steps[act.vehicle_id] -= 1
		name = frappe.db.get_value("Vehicle Recon", {"vehicle": vehicle, "status": "Open"}, "name")
		left = [
			row.key
			for row in frappe.get_doc("Vehicle Recon", name).steps
			if row.status not in ("Done", "Skipped")
		]
		if self._steps[act.vehicle_id]:
			left = left[:1] if len(left) > self._steps[act.vehicle_id] else []
		with acting_as(first(roles.MANAGER)):
			for number, key in enumerate(left):
				recon.finish_step(name, key, float(act.cost.decimal) if number == 0 else 0)
				frappe.db.commit()  # nosemgrep - each step is a click of its own

	def _reprice(self, act: script.RepriceCar) -> None:
		with acting_as(act.by):
			stock.reprice(self.vehicles[act.vehicle_id], float(act.price.decimal), "Market")

	# leads

	def _receive(self, act: script.ReceiveLead) -> None:
		self._asked[act.lead_id] = act
		if act.adf:
			self.leads[act.lead_id] = self._by_adf(act, act.comments, act.id)
		else:
			self.leads[act.lead_id] = self._by_hand(act)
		name = self.leads[act.lead_id]
		if frappe.db.get_value("Lead", name, "lead_owner") != act.salesperson:
			with acting_as(first(roles.SALES_MANAGER)):
				lead_desk.give(name, act.salesperson)

	def _by_adf(self, act: script.ReceiveLead, comments: str, number: str) -> str:
		"""As the portal sends it, and as the worker reads it."""
		person = self.people[act.prospect_id]
		given, _space, family = person.name.partition(" ")
		car = self.cars.get(act.vehicle_id or "")
		year, make, model = act.wanted.split(" ", 2)
		vin = f"<vin>{car.vin}</vin><stock>{car.id}</stock>" if car else ""
		said = {name: escape(text) for name, text in (("comments", comments), ("source", act.source))}
		(row,) = intake.accept(
			f"""<?xml version="1.0" encoding="UTF-8"?><?adf version="1.0"?>
			<adf><prospect status="new"><id sequence="1" source="{said["source"]}">{number}</id>
			<requestdate>{act.at.isoformat()}</requestdate>
			<vehicle interest="buy" status="used"><year>{year}</year><make>{make}</make>
			<model>{model}</model>{vin}</vehicle>
			<customer><contact><name part="first">{given}</name><name part="last">{family}</name>
			<email>{person.email}</email><phone type="cellphone">{person.phone}</phone></contact>
			<comments>{said["comments"]}</comments></customer>
			<vendor><vendorname>{COMPANY}</vendorname></vendor>
			<provider><name part="full">{said["source"]}</name></provider></prospect></adf>""",
			channel="HTTP",
			feed=frappe.db.get_value("Lead Feed", {"title": showroom_house.FEED}, "name"),
			company=COMPANY,
		)
		frappe.db.commit()  # nosemgrep - kept before it is read
		status = intake.work(row.name)
		frappe.db.commit()  # nosemgrep - read
		lead = frappe.db.get_value("Lead Intake", row.name, "lead")
		if not lead:
			frappe.throw(f"{act.id}: {status}, {frappe.db.get_value('Lead Intake', row.name, 'reason')}")
		return lead

	def _by_hand(self, act: script.ReceiveLead) -> str:
		person = self.people[act.prospect_id]
		given, _space, family = person.name.partition(" ")
		with acting_as(act.by or first(roles.BDC)):
			doc = frappe.get_doc(
				{
					"doctype": "Lead",
					"first_name": given,
					"last_name": family,
					"company": COMPANY,
					"email_id": person.email,
					"mobile_no": person.phone,
					"lead_owner": act.salesperson,
					"dealer_lead_type": act.lead_type,
					"dealer_vehicle": self.vehicles[act.vehicle_id] if act.vehicle_id else None,
					"dealer_wanted": act.wanted,
					"dealer_comments": act.comments,
				}
			)
			if doc.meta.has_field("source") and frappe.db.exists("Lead Source", act.source):
				doc.source = act.source
			return doc.insert().name

	def _answer(self, act: script.AnswerLead) -> None:
		with acting_as(act.by):
			lead_desk.log_contact(self.leads[act.lead_id], _HOW[act.how], None, f"demo-{act.id}")

	def _ask_again(self, act: script.AskAgain) -> None:
		self._by_adf(self._asked[act.lead_id], act.comments, act.id)

	def _give(self, act: script.GiveLead) -> None:
		with acting_as(act.by):
			lead_desk.give(self.leads[act.lead_id], act.salesperson, act.reason)

	def _lose(self, act: script.LoseLead) -> None:
		with acting_as(act.by):
			leads.lose(self.leads[act.lead_id], lost_reason(act.reason), act.reason)

	def _reopen(self, act: script.ReopenLead) -> None:
		with acting_as(act.by):
			leads.reopen(self.leads[act.lead_id])

	# appointments and visits

	def _book(self, act: script.BookVisit) -> None:
		with acting_as(act.by):
			made = visit.book(
				{
					"lead": self.leads[act.lead_id],
					"company": COMPANY,
					"vehicle": self.vehicles[act.vehicle_id] if act.vehicle_id else None,
					"what": None if act.vehicle_id else self._asked[act.lead_id].wanted,
					"salesperson": act.salesperson,
					"starts_at": cstr(act.starts_at),
					"purpose": act.purpose,
					"channel": "Phone",
				},
				f"demo-{act.id}",
			)
		self.appointments[act.appointment_id] = made["name"]

	def _confirm(self, act: script.ConfirmVisit) -> None:
		with acting_as(act.by):
			visit.confirm(self.appointments[act.appointment_id], act.how)

	def _cancel(self, act: script.CancelVisit) -> None:
		with acting_as(act.by):
			visit.cancel(self.appointments[act.appointment_id], act.reason)

	def _move(self, act: script.MoveVisit) -> None:
		with acting_as(act.by):
			made = visit.reschedule(
				self.appointments[act.appointment_id], {"starts_at": cstr(act.starts_at)}, f"demo-{act.id}"
			)
		self.appointments[act.new_id] = made["name"]

	def _miss(self, act: script.MissVisit) -> None:
		appointments.mark_missed()

	def _come(self, act: script.StartVisit) -> None:
		with acting_as(act.by):
			made = visit.start(
				COMPANY,
				f"demo-{act.id}",
				lead=self.leads[act.lead_id],
				appointment=self.appointments[act.appointment_id] if act.appointment_id else None,
				vehicle=self.vehicles[act.vehicle_id] if act.vehicle_id else None,
				what=None if act.vehicle_id else self._asked[act.lead_id].wanted,
				salesperson=act.by,
			)
		self.visits[act.visit_id] = made["name"]

	def _drive(self, act: script.TakeDrive) -> None:
		with acting_as(act.by):
			made = visit.take_drive(
				{
					"company": COMPANY,
					"visit": self.visits[act.visit_id],
					"vehicle": self.vehicles[act.vehicle_id],
					"salesperson": act.by,
					"licence_seen": 1,
					"licence_valid_until": cstr(add_days(act.at.date(), 700)),
					"licence_country": "CO",
					"mileage_out": act.mileage,
				},
				f"demo-{act.id}",
			)
		self.drives[act.drive_id] = made["name"]

	def _back(self, act: script.ReturnDrive) -> None:
		with acting_as(act.by):
			visit.bring_back(self.drives[act.drive_id], act.mileage)

	def _leave(self, act: script.EndVisit) -> None:
		next_step = "Call tomorrow" if act.outcome in ("Will Be Back", "Thinking", "Write-up") else None
		with acting_as(act.by):
			visit.end(self.visits[act.visit_id], act.outcome, next_step)


def lost_reason(wanted: str) -> str:
	"""The house's reason that is called so, else its last one, which asks for a note."""
	reasons = frappe.get_all(
		"Deal Lost Reason", {"enabled": 1}, pluck="name", order_by="needs_note, creation"
	)
	return next((name for name in reasons if name.lower() == wanted.lower()), reasons[-1])


def money(amount) -> float:
	return flt(float(amount.decimal), 2)
