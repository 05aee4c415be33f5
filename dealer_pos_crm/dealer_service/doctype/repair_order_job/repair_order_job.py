from frappe.model.document import Document


class RepairOrderJob(Document):
	pass
