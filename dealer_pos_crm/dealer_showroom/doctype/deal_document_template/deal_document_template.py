from frappe.model.document import Document


class DealDocumentTemplate(Document):
	pass
