from frappe.model.document import Document


class CardRefund(Document):
	pass
