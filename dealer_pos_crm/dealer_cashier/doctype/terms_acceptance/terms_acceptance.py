from frappe.model.document import Document


class TermsAcceptance(Document):
	pass
