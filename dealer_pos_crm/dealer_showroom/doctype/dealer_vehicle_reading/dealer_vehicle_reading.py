from frappe.model.document import Document


class DealerVehicleReading(Document):
	pass
