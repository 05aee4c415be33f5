from frappe.model.document import Document


class DealGross(Document):
	pass
