import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom.commission import plans
from dealer_pos_crm.domain import commission as rules


class CommissionPlan(Document):
	def validate(self):
		with explained():
			rules.check(plans.rule_plan(self))
		self.check_period()
		self.check_accounts()
		self.check_people()

	def check_period(self):
		if self.valid_from and self.valid_until and getdate(self.valid_until) < getdate(self.valid_from):
			frappe.throw(
				_("The plan ends ({0}) before it begins ({1})").format(self.valid_until, self.valid_from)
			)

	def check_accounts(self):
		for field, root_type in (("expense_account", "Expense"), ("payable_account", "Liability")):
			if not self.get(field):
				continue
			found = frappe.db.get_value("Account", self.get(field), ["company", "root_type", "is_group"])
			if found != (self.company, root_type, 0):
				frappe.throw(
					_("{0}: {1} must be an account of {2} of kind {3}").format(
						self.meta.get_label(field), self.get(field), self.company, _(root_type)
					)
				)

	def check_people(self):
		people = [row.user for row in self.people]
		double = next((user for user in people if people.count(user) > 1), None)
		if double:
			frappe.throw(_("{0} is named twice; keep one").format(double))
