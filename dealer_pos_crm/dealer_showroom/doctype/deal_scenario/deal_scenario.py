from frappe.model.document import Document


class DealScenario(Document):
	pass
