from frappe.model.document import Document


class DealDocument(Document):
	pass
