from frappe.model.document import Document


class ServiceTeamMember(Document):
	pass
