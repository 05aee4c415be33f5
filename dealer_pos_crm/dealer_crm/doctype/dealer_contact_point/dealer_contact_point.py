from frappe.model.document import Document


class DealerContactPoint(Document):
	"""One e-mail or telephone number of a Contact or a Lead, as a key. Written by ``leads.points`` alone."""
