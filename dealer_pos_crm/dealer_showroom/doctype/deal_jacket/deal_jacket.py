from frappe.model.document import Document


class DealJacket(Document):
	pass
