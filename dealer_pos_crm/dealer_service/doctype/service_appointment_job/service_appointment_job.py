from frappe.model.document import Document


class ServiceAppointmentJob(Document):
	pass
