from frappe.model.document import Document


class LaborOperationRate(Document):
	pass
