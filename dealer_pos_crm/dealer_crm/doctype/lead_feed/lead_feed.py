from frappe.model.document import Document


class LeadFeed(Document):
	pass
