from frappe.model.document import Document


class LeadRoutingMember(Document):
	pass
