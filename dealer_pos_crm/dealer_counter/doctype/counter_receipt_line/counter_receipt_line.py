from frappe.model.document import Document


class CounterReceiptLine(Document):
	pass
