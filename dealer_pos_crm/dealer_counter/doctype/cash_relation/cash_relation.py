from frappe.model.document import Document


class CashRelation(Document):
	pass
