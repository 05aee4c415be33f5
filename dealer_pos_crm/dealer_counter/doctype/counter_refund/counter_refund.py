from frappe.model.document import Document


class CounterRefund(Document):
	pass
