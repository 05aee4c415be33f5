from frappe.model.document import Document


class ApproverPIN(Document):
	pass
