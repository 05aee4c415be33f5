from frappe.model.document import Document


class VehicleInspectionPoint(Document):
	pass
