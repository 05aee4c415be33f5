from frappe.model.document import Document


class GatewayAccount(Document):
	pass
