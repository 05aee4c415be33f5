from frappe.model.document import Document


class StaffCalendar(Document):
	pass
