from frappe.model.document import Document


class ReceiptPrint(Document):
	pass
