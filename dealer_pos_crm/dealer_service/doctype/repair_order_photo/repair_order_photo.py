from frappe.model.document import Document


class RepairOrderPhoto(Document):
	pass
