from frappe.model.document import Document


class ShowroomAppointment(Document):
	pass
