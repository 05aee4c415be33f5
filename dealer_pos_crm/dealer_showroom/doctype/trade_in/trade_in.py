from frappe.model.document import Document


class TradeIn(Document):
	pass
