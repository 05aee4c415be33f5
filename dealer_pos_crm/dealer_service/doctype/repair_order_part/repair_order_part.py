from frappe.model.document import Document


class RepairOrderPart(Document):
	pass
