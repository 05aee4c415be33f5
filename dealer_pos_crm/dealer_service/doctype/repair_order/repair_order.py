from frappe.model.document import Document


class RepairOrder(Document):
	pass
