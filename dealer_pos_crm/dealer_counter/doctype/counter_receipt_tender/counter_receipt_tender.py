from frappe.model.document import Document


class CounterReceiptTender(Document):
	pass
