from frappe.model.document import Document


class DisputeCase(Document):
	pass
