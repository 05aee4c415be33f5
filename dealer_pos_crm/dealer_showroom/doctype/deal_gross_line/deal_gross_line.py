from frappe.model.document import Document


class DealGrossLine(Document):
	pass
