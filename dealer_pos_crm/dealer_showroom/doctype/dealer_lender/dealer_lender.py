from frappe.model.document import Document


class DealerLender(Document):
	pass
