from frappe.model.document import Document


class DeclinedService(Document):
	pass
