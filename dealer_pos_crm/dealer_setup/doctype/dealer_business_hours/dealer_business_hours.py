from frappe.model.document import Document


class DealerBusinessHours(Document):
	pass
