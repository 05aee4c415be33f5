from frappe.model.document import Document


class DealerManufacturer(Document):
	pass
