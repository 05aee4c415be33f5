from frappe.model.document import Document


class DealerDepartment(Document):
	pass
