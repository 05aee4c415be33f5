from frappe.model.document import Document


class CashCountLine(Document):
	pass
