from frappe import _
from frappe.model.document import Document

from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom.deals import changes, checks, holding, opening
from dealer_pos_crm.dealer_showroom.documents import checklist


class DealJacket(Document):
	def before_insert(self):
		with explained():
			opening.begin(self)

	def validate(self):
		with explained():
			checks.kept_by_its_steps(self)
			checks.who_and_what(self)
			checks.people(self)
			checks.frozen(self)
			checks.customer_and_vehicle(self)
			checks.fill(self)
			checklist.settle(self)

	def after_insert(self):
		with explained():
			opening.opened(self)

	def on_update(self):
		with explained():
			changes.tell(self)

	def on_trash(self):
		checks.may_be_deleted(self)
		holding.release_for(self, _("The deal was deleted"))
		opening.undone(self)
