from frappe.model.document import Document


class DeclinedServiceAnswer(Document):
	pass
