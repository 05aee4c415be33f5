from frappe.model.document import Document


class CommissionPlanLine(Document):
	pass
