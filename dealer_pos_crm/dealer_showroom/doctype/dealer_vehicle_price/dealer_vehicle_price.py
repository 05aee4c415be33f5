from frappe.model.document import Document


class DealerVehiclePrice(Document):
	pass
