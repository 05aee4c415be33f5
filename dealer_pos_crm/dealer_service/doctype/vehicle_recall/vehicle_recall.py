from frappe.model.document import Document


class VehicleRecall(Document):
	pass
