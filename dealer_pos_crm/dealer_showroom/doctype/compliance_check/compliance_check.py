from frappe.model.document import Document


class ComplianceCheck(Document):
	pass
