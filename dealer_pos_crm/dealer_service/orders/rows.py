"""The rows of a repair order: they change with their order, never by themselves."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_link_to_form


class OrderRow(Document):
	"""A child row that is only touched when it is another than before.

	Frappe would look up every link and write every row at each save; an order of thirty jobs is saved
	often, and a part whose item is gone must not keep the lane from recording an answer.
	"""

	def validate(self):
		self._only_with_the_order()

	def on_trash(self):
		self._only_with_the_order()

	def _only_with_the_order(self):
		frappe.throw(
			_("Rows of {0} are changed in the repair order itself").format(
				get_link_to_form(self.parenttype or "Repair Order", self.parent) if self.parent else "-"
			)
		)

	def before(self):
		"""The row as the database has it; None for a new one."""
		order = self.parent_doc
		known = getattr(order, "_doc_before_save", None) if order else None
		if not known or not self.name:
			return None
		rows = known.__dict__.setdefault("_rows_by_name", {})
		if not rows:
			rows.update({row.name: row for row in known.get_all_children()})
		return rows.get(self.name)

	def get_invalid_links(self, is_submittable=False):
		before = self.before()
		if before is not None and all(
			self.get(df.fieldname) == before.get(df.fieldname) for df in self.meta.get_link_fields()
		):
			return [], []
		return super().get_invalid_links(is_submittable=is_submittable)

	def db_update(self):
		before = self.before()
		if before is not None and not self.is_new() and not self._differs(before):
			return
		super().db_update()

	def _differs(self, before) -> bool:
		return any(
			field not in _STAMPS and not _same(value, before.get(field))
			for field, value in self.get_valid_dict(convert_dates_to_str=False, ignore_virtual=True).items()
		)


_STAMPS = frozenset({"modified", "modified_by", "creation", "owner"})


def _same(one, other) -> bool:
	if one == other or (one in (None, "") and other in (None, "")):
		return True
	if isinstance(one, str) or isinstance(other, str):
		return str(one) == str(other)
	return False
