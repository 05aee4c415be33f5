from frappe.model.document import Document


class DepositTender(Document):
	pass
