from frappe.model.document import Document


class ManufacturerClaim(Document):
	pass
