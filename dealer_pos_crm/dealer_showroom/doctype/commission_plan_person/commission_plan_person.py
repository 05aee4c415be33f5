from frappe.model.document import Document


class CommissionPlanPerson(Document):
	pass
