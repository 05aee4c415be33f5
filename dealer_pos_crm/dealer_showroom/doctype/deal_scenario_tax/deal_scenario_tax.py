from frappe.model.document import Document


class DealScenarioTax(Document):
	pass
