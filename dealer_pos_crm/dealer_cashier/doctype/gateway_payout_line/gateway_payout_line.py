from frappe.model.document import Document


class GatewayPayoutLine(Document):
	pass
