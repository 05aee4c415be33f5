from frappe.model.document import Document


class ShowroomVisitVehicle(Document):
	pass
