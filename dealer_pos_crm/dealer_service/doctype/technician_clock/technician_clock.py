from frappe.model.document import Document


class TechnicianClock(Document):
	pass
