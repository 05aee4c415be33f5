from frappe.model.document import Document


class GatewayEvent(Document):
	pass
