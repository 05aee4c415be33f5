from frappe.model.document import Document


class FollowUpRuleStop(Document):
	pass
