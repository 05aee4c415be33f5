import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, get_link_to_form


class DealerLender(Document):
	def validate(self):
		self.check_days()
		self.check_customer()
		self.check_contracts()

	def check_days(self):
		if cint(self.funding_days) < 0:
			frappe.throw(_("Usual days to pay cannot be less than zero"))
		if not 0 <= flt(self.reserve_share) <= 100:
			frappe.throw(_("The share of the reserve is between 0 and 100 percent"))

	def check_customer(self):
		"""The customer that owes the contract money is the lender's own."""
		if not self.customer:
			return
		other = frappe.db.get_value(
			"Dealer Lender", {"customer": self.customer, "name": ("!=", self.name or "")}, "name"
		)
		if other:
			frappe.throw(
				_("{0} stands for {1} already. Choose a customer of its own for each lender").format(
					get_link_to_form("Customer", self.customer), get_link_to_form("Dealer Lender", other)
				)
			)
		if frappe.db.get_value("Customer", self.customer, "disabled"):
			frappe.throw(
				_("{0} is disabled. Enable it, or choose another customer").format(
					get_link_to_form("Customer", self.customer)
				)
			)

	def check_contracts(self):
		"""Contracts in transit stand on the customer they were booked on."""
		if self.is_new() or not self.has_value_changed("customer"):
			return
		deal = frappe.db.get_value(
			"Deal Jacket",
			{"lender": self.name, "stage": "Delivered", "funding_outstanding": (">", 0)},
			"name",
		)
		if deal:
			frappe.throw(
				_(
					"{0} still owes the contract of {1} on its customer. Change the customer when that is paid"
				).format(self.name, get_link_to_form("Deal Jacket", deal))
			)
