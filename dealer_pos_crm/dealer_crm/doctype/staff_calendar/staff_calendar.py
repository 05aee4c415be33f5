import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_fullname

from dealer_pos_crm.dealer_crm import absences, staff
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain import absence as rules


class StaffCalendar(Document):
	def validate(self):
		with explained():
			calendar = staff.to_calendar(self)
			rules.check(calendar.absences)
			if calendar.week:
				rules.BusinessHours(calendar.week)
		self.check_weekdays()
		self.check_cover()

	def on_update(self):
		staff.forget()
		absences.begin(self.user)

	def on_trash(self):
		staff.forget()

	def after_rename(self, old, new, merge=False):
		staff.forget()

	def check_weekdays(self):
		days = [row.weekday for row in self.hours]
		twice = next((day for day in days if days.count(day) > 1), None)
		if twice:
			frappe.throw(_("{0} has its working hours twice; keep one row").format(_(twice)))

	def check_cover(self):
		if not self.cover:
			return
		if self.cover == self.user:
			frappe.throw(
				_("{0} cannot stand in for themselves; choose somebody else").format(get_fullname(self.user))
			)
		if not staff.works_here(self.cover):
			frappe.throw(_("{0} is disabled; choose somebody else as cover").format(get_fullname(self.cover)))
