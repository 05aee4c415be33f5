from frappe.model.document import Document


class DealProduct(Document):
	pass
