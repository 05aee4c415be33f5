from frappe.model.document import Document

from dealer_pos_crm.dealer_crm.leads import feeds


class LeadFeed(Document):
	def validate(self):
		feeds.check(self)
