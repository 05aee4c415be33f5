from frappe.model.document import Document


class LaborOperationPart(Document):
	pass
