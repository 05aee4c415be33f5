from frappe.model.document import Document


class RecallLookup(Document):
	pass
