from frappe.model.document import Document


class BankDepositItem(Document):
	pass
