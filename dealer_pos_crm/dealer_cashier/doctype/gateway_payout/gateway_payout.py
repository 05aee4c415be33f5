from frappe.model.document import Document


class GatewayPayout(Document):
	pass
