import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt


class LaborOperation(Document):
	def validate(self):
		self.check_rates()
		self.check_parts()
		self.check_interval()

	def check_rates(self):
		"""Hours and a rate at most once per pay type; neither below zero."""
		if flt(self.hours) < 0 or any(flt(row.hours) < 0 or flt(row.rate) < 0 for row in self.rates):
			frappe.throw(_("{0}: hours and rates are not less than zero").format(self.op_code))
		seen = set()
		for row in self.rates:
			if row.pay_type in seen:
				frappe.throw(_("Row {0}: {1} is there already").format(row.idx, _(row.pay_type)))
			seen.add(row.pay_type)

	def check_parts(self):
		for row in self.parts:
			if flt(row.qty) <= 0:
				frappe.throw(_("Row {0}: the quantity of {1} is above zero").format(row.idx, row.item))

	def check_interval(self):
		"""What repeats says when, by time, by distance, or by both."""
		if not self.is_maintenance:
			self.interval_months = self.interval_miles = 0
		elif cint(self.interval_months) <= 0 and cint(self.interval_miles) <= 0:
			frappe.throw(_("{0} repeats: set every how many months or miles it is due").format(self.op_code))
