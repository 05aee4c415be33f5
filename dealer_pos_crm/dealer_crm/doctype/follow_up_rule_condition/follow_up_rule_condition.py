from frappe.model.document import Document


class FollowUpRuleCondition(Document):
	pass
