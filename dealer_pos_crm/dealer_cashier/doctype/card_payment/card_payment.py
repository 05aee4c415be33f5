from frappe.model.document import Document


class CardPayment(Document):
	pass
