from frappe.model.document import Document


class WeOwe(Document):
	pass
