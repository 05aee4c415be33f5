from frappe.model.document import Document


class VehicleRecon(Document):
	pass
