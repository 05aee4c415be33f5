from frappe.model.document import Document


class WeOweItem(Document):
	pass
