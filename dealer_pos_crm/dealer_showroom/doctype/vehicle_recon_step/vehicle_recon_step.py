from frappe.model.document import Document


class VehicleReconStep(Document):
	pass
