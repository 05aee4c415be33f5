from frappe.model.document import Document


class VehicleInspection(Document):
	pass
