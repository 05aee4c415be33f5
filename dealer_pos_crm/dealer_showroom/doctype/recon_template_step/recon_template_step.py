from frappe.model.document import Document


class ReconTemplateStep(Document):
	pass
