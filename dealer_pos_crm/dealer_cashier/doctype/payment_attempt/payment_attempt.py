from frappe.model.document import Document


class PaymentAttempt(Document):
	pass
