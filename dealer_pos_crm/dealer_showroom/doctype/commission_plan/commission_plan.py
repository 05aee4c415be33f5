from frappe.model.document import Document


class CommissionPlan(Document):
	pass
