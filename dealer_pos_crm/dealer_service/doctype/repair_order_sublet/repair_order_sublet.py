from frappe.model.document import Document


class RepairOrderSublet(Document):
	pass
