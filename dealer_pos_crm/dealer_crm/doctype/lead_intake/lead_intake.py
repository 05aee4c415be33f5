from frappe.model.document import Document


class LeadIntake(Document):
	pass
