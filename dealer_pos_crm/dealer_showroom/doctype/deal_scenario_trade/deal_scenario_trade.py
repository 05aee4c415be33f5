from frappe.model.document import Document


class DealScenarioTrade(Document):
	pass
