import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt


class ServiceTeam(Document):
	def validate(self):
		self.check_capacity()
		self.check_members()

	def check_capacity(self):
		if not 0 < flt(self.capacity_hours) <= 1000:
			frappe.throw(_("{0}: give the hours of work that the team does a day").format(self.team_name))

	def check_members(self):
		seen = set()
		for row in self.members:
			if row.technician in seen:
				frappe.throw(_("{0} is in the team twice; take out row {1}").format(row.technician, row.idx))
			seen.add(row.technician)
