from frappe.model.document import Document


class DealScenarioLine(Document):
	pass
