from frappe.model.document import Document


class CashReportPayment(Document):
	pass
