from frappe.model.document import Document


class DealLostReason(Document):
	pass
