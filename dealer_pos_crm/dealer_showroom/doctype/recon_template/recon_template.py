import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, flt


class ReconTemplate(Document):
	def validate(self):
		names = [cstr(row.step).strip().casefold() for row in self.steps]
		for row, name in zip(self.steps, names, strict=True):
			if names.count(name) > 1:
				frappe.throw(_("Row {0}: the step {1} is there twice").format(row.idx, row.step))
			if flt(row.target_days) < 0:
				frappe.throw(_("Row {0}: a target below zero is not possible").format(row.idx))
