from frappe.model.document import Document


class ShowroomVisit(Document):
	pass
