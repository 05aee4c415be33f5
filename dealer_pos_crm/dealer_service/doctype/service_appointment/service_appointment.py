from frappe.model.document import Document


class ServiceAppointment(Document):
	pass
