import frappe
from frappe import _
from frappe.model.document import Document


class InspectionTemplate(Document):
	def validate(self):
		self.check_points()

	def on_update(self):
		self.be_the_only_default()

	def check_points(self):
		if self.enabled and not self.points:
			frappe.throw(_("{0}: add the points to look at").format(self.template_name))
		seen: set[tuple[str, str]] = set()
		for row in self.points:
			row.section, row.point = (row.section or "").strip(), (row.point or "").strip()
			key = (row.section.casefold(), row.point.casefold())
			if key in seen:
				frappe.throw(_("Row {0}: {1} is on the sheet already").format(row.idx, row.point))
			seen.add(key)

	def be_the_only_default(self):
		if not self.is_default:
			return
		for name in frappe.get_all(
			"Inspection Template", {"is_default": 1, "name": ("!=", self.name)}, pluck="name", order_by="name"
		):
			frappe.db.set_value("Inspection Template", name, "is_default", 0)
			frappe.clear_document_cache("Inspection Template", name)
