from frappe.model.document import Document


class CounterRequest(Document):
	pass
