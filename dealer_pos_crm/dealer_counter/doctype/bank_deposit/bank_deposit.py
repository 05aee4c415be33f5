from frappe.model.document import Document


class BankDeposit(Document):
	pass
