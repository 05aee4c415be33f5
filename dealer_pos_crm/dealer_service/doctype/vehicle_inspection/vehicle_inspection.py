import frappe
from frappe import _
from frappe.model.document import Document

from dealer_pos_crm.dealer_service.inspections import sheet
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain import inspection as rules


class VehicleInspection(Document):
	def before_insert(self):
		self.fill_from_order()
		self.fill_points()

	def validate(self):
		self.check_hands()
		self.check_photos()
		with explained():
			found = rules.counts(sheet.points_of(self))
		self.update({"red": found.red, "yellow": found.yellow, "green": found.green})

	def on_trash(self):
		if self.status == "Done":
			frappe.throw(_("{0} is finished and stays on file").format(self.name))

	def fill_from_order(self):
		order = frappe.db.get_value(
			"Repair Order",
			self.repair_order,
			["vehicle", "vehicle_title", "customer", "company"],
			as_dict=True,
		)
		self.update({**order, "status": "In Work", "inspected_at": None})

	def fill_points(self):
		template = frappe.get_cached_doc("Inspection Template", self.template)
		if not template.enabled:
			frappe.throw(_("{0} is switched off; choose another template").format(self.template))
		self.points = []
		for point in template.points:
			self.append(
				"points",
				{"section": point.section, "point": point.point, "labor_operation": point.labor_operation},
			)

	def check_hands(self):
		"""Points, results and the end of a sheet have steps of their own; a form may change its texts."""
		if self.is_new() or self.flags.of_the_sheet:
			return
		before = self.get_doc_before_save()
		self.update(
			{
				field: before.get(field)
				for field in (
					"status",
					"inspected_at",
					"repair_order",
					"template",
					"vehicle",
					"customer",
					"company",
				)
			}
		)
		if before.status == "Done":
			frappe.throw(_("{0} is finished; open it again first").format(self.name))
		self.points = before.points

	def check_photos(self):
		"""A photo is a file of this site, not an address elsewhere."""
		for row in self.points:
			if row.photo and not row.photo.startswith(("/files/", "/private/files/")):
				frappe.throw(_("{0}: upload the photo").format(row.point))
