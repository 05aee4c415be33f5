from frappe.model.document import Document


class DealDocumentTemplateRow(Document):
	pass
