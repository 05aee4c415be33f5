from frappe.model.document import Document


class ReconTemplate(Document):
	pass
