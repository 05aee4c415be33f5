import frappe
from frappe import _
from frappe.model.document import Document

from dealer_pos_crm.dealer_crm import rules
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain.event import EVENT_TYPES


class FollowUpRule(Document):
	def validate(self):
		self.check_types()
		with explained():
			rules.to_rule(self)

	def on_update(self):
		self.forget_rules()

	def after_rename(self, old, new, merge=False):
		self.forget_rules()

	def on_trash(self):
		self.forget_rules()

	def forget_rules(self):
		rules.forget()
		frappe.db.after_commit.add(rules.forget)

	def check_types(self):
		for label, kind in [
			(self.meta.get_label("event_type"), self.event_type),
			*((_("Stop in row {0}").format(row.idx), row.event_type) for row in self.stops),
		]:
			if kind not in EVENT_TYPES:
				frappe.throw(
					_("{0}: {1} is not something that happens. Choose from the list").format(
						label, frappe.bold(kind)
					)
				)
