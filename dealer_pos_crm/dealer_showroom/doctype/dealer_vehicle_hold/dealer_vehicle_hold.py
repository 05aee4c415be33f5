from frappe.model.document import Document


class DealerVehicleHold(Document):
	pass
