from frappe.model.document import Document


class CommissionEntry(Document):
	pass
