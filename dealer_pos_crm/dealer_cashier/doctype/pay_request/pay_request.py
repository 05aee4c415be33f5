from frappe.model.document import Document


class PayRequest(Document):
	pass
