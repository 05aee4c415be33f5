from frappe.model.document import Document


class DealerVehiclePhoto(Document):
	pass
