from frappe.model.document import Document


class CounterReceipt(Document):
	pass
