from frappe.model.document import Document


class CashReport(Document):
	pass
