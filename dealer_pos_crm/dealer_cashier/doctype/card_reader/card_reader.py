from frappe.model.document import Document


class CardReader(Document):
	pass
