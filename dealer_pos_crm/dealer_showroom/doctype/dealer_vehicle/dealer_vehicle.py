import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.naming import make_autoname
from frappe.utils import cint, get_datetime, get_link_to_form, getdate, nowdate

from dealer_pos_crm.dealer_cashier.deposits import refresh
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.domain import vehicle as rules
from dealer_pos_crm.domain import vin as vins


class DealerVehicle(Document):
	def autoname(self):
		self.vin = vins.normalise(self.vin) or None
		self.check_duplicate_vin()
		self.name = self.vin or make_autoname("CAR-.#####", doc=self)

	def validate(self):
		with explained():
			self.check_vin()
			self.check_readings()
			self.check_owners()
			self.check_status()
		self.keep_hold()
		self.fill_from_vin()
		self.set_title()

	def on_update(self):
		self.end_hold_when_sold()

	def check_vin(self):
		self.vin = vins.normalise(self.vin) or None
		self.vin_note = None
		if not self.vin:
			return
		self.check_duplicate_vin()
		found = vins.check(self.vin, latest_year=getdate().year + 2)
		found.accepted()
		self.vin_note = "\n".join(_(problem.template).format(*problem.values) for problem in found.warnings)
		if self.vin_note and self.has_value_changed("vin"):
			frappe.msgprint(self.vin_note.replace("\n", "<br>"), indicator="orange", alert=True)

	def check_duplicate_vin(self):
		if not self.vin:
			return
		other = frappe.db.get_value(
			"Dealer Vehicle", {"vin": self.vin, "name": ("!=", self.name or "")}, "name"
		)
		if other:
			frappe.throw(
				_("VIN {0} is already on file: {1}. Open that vehicle instead").format(
					frappe.bold(self.vin), get_link_to_form("Dealer Vehicle", other)
				),
				frappe.DuplicateEntryError,
				title=_("Vehicle Exists"),
			)

	def fill_from_vin(self):
		if not self.vin or (self.make and self.model_year):
			return
		found = vins.check(self.vin, latest_year=getdate().year + 2)
		self.make = self.make or found.make
		self.model_year = self.model_year or found.year

	def set_title(self):
		words = [str(self.model_year or ""), self.make, self.model, self.trim]
		tail = f"…{self.vin[-6:]}" if self.vin else (self.stock_number or self.plate or self.name)
		text = " ".join(word for word in words if word)
		self.title = f"{text} {tail}".strip()

	def check_readings(self):
		readings = [
			rules.Reading(getdate(row.read_on or nowdate()), cint(row.mileage), row.explanation or "")
			for row in self.readings
		]
		rules.check_readings(readings, self.title or self.name)
		last = rules.latest(readings)
		self.mileage = last.mileage if last else 0

	def check_owners(self):
		periods = [
			rules.OwnerPeriod(
				row.customer,
				getdate(row.from_date) if row.from_date else None,
				getdate(row.to_date) if row.to_date else None,
				row.how or "",
			)
			for row in self.owners
		]
		rules.check_owners(periods, self.title or self.name)
		self.customer = rules.owner_on(periods, getdate()) if periods else None

	def check_status(self):
		before = self.get_doc_before_save()
		old = rules.Status(before.status) if before else None
		new = rules.Status(self.status)
		standing = holds.active_hold(self.name) if before else None
		hold = (
			rules.Hold(standing.customer, get_datetime(standing.hold_until), standing.deposit)
			if standing
			else None
		)
		rules.check_change(old, new, self.title or self.name, hold=hold)

	def keep_hold(self):
		"""Who holds the vehicle is written by its holds, whatever a form or a file says."""
		before = self.get_doc_before_save()
		for field in ("hold", "held_for", "hold_until", "hold_deposit", "free_status"):
			self.set(field, before.get(field) if before else None)

	def end_hold_when_sold(self):
		if self.status not in ("Sold", "Customer-owned") or not self.has_value_changed("status"):
			return
		standing = holds.active_hold(self.name)
		if not standing:
			return
		holds.release(standing.name, _("The vehicle is {0}").format(_(self.status)))
		if standing.deposit:
			refresh.refresh(standing.deposit)
