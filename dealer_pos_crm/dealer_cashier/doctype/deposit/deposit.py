import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cstr, get_datetime, getdate, now_datetime

from dealer_pos_crm.dealer_cashier.money import to_money
from dealer_pos_crm.dealer_setup.card_numbers import mask_fields
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import is_dealership, settings_of
from dealer_pos_crm.domain.deposit import FROZEN_WHEN_TAKEN, Refundable, Terms
from dealer_pos_crm.domain.money import positive
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

_TERMS_FIELD = {"Yes": "terms_yes", "Until": "terms_until", "No": "terms_no"}


class Deposit(Document):
	def validate(self):
		self.set_currency()
		if self.status == "Draft":
			self.set_terms()
			self.set_salesperson()
		with explained():
			self.check_amount()
			self.check_what_for()
			self.check_terms()
			self.check_hold_until()
			self.check_frozen()
		mask_fields(self, ("notes", "held_for", "authorised_by", "terms"))

	def on_trash(self):
		if self.status != "Draft":
			frappe.throw(
				_("{0} is {1} and stays on file. Only a draft can be deleted").format(
					self.name, _(self.status)
				)
			)

	def set_currency(self):
		self.currency = frappe.get_cached_value("Company", self.company, "default_currency")

	def set_terms(self):
		"""The text that the company shows for these terms, unless somebody wrote another."""
		if not is_dealership(self.company) or cstr(self.terms).strip():
			return
		self.terms = settings_of(self.company).get(_TERMS_FIELD[self.refundable])

	def set_salesperson(self):
		if not self.salesperson:
			self.salesperson = (
				frappe.db.get_value("Customer", self.customer, "dealer_sales_owner") or frappe.session.user
			)

	def check_amount(self):
		positive(to_money(self.amount, self.currency))

	def check_what_for(self):
		if not self.vehicle and not cstr(self.held_for).strip():
			raise Refused(
				"what_for", marked("Choose the vehicle, or write in Held For what the money is for")
			)
		if self.vehicle:
			self.held_for = None

	def check_terms(self):
		until = getdate(self.refundable_until) if self.refundable_until else None
		Terms(Refundable(self.refundable), until).check()
		if self.refundable != "Until":
			self.refundable_until = None

	def check_hold_until(self):
		if not self.vehicle:
			self.hold_until = None
		elif self.status == "Draft" and self.hold_until and get_datetime(self.hold_until) <= now_datetime():
			raise Refused("hold_past", marked("Hold Until is in the past; choose a later time"))

	def check_frozen(self):
		"""What was agreed stays as it was agreed; the actions change what may change."""
		before = self.get_doc_before_save()
		if not before or before.status == "Draft":
			if self.status != "Draft":
				raise Refused(
					"status", marked("A deposit becomes {0} by its actions, not by hand"), self.status
				)
			return
		for field in ("status", "hold_until", "held_amount", *FROZEN_WHEN_TAKEN):
			if self.has_value_changed(field):
				raise Refused(
					"frozen",
					marked("{0} cannot be changed once the money is taken. Use the actions of the deposit"),
					self.meta.get_label(field),
				)
		if len(self.tenders) != len(before.tenders):
			raise Refused(
				"frozen",
				marked("{0} cannot be changed once the money is taken. Use the actions of the deposit"),
				self.meta.get_label("tenders"),
			)


def default_hold_until(company: str):
	"""When a hold ends that begins now: the company's number of days later."""
	return add_days(now_datetime().replace(second=0, microsecond=0), settings_of(company).hold_days or 0)
