from frappe.model.document import Document


class FnIProduct(Document):
	pass
