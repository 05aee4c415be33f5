from frappe.model.document import Document


class ShiftCountLine(Document):
	pass
