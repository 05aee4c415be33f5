from frappe.model.document import Document


class TestDrive(Document):
	pass
