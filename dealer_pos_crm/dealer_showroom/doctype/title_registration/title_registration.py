from frappe.model.document import Document


class TitleRegistration(Document):
	pass
