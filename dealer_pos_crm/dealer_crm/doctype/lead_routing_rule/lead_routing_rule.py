import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_fullname

from dealer_pos_crm.dealer_crm.leads import routing
from dealer_pos_crm.dealer_crm.staff import works_here
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain import routing as rules


class LeadRoutingRule(Document):
	def validate(self):
		settings_of(self.company)
		self.clear_what_does_not_apply()
		self.keep_the_turns()
		self.check_people()
		with explained():
			rules.check(routing.to_rule(self, self.members))

	def clear_what_does_not_apply(self):
		if self.assign != rules.Assign.ONE_PERSON.value:
			self.user = None
		if self.assign != rules.Assign.ROUND_ROBIN.value:
			self.members = []

	def keep_the_turns(self):
		"""A form that was opened a while ago does not set the round back."""
		if self.is_new():
			return
		turns = dict(
			frappe.get_all(
				"Lead Routing Member", {"parent": self.name}, ["user", "last_given_at"], as_list=True
			)
		)
		for row in self.members:
			row.last_given_at = turns.get(row.user)

	def check_people(self):
		users = [self.user] if self.user else [row.user for row in self.members if row.enabled]
		gone = [user for user in users if not works_here(user)]
		if gone and self.enabled:
			frappe.throw(
				_("{0} is disabled and would get no lead. Take them out, or switch the rule off").format(
					", ".join(get_fullname(user) for user in gone)
				)
			)
