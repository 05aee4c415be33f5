from frappe.model.document import Document


class ShiftCount(Document):
	pass
