from frappe.model.document import Document


class DealScenarioProduct(Document):
	pass
