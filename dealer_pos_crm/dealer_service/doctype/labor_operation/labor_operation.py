from frappe.model.document import Document


class LaborOperation(Document):
	pass
