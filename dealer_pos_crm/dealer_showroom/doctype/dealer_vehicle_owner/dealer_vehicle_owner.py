from frappe.model.document import Document


class DealerVehicleOwner(Document):
	pass
