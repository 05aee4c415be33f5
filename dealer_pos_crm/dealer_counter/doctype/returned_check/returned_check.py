from frappe.model.document import Document


class ReturnedCheck(Document):
	pass
