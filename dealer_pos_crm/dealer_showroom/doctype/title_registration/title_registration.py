import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, getdate

from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom.titles import title
from dealer_pos_crm.domain import title as rules
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

_OF_ITS_STEPS = ("status", *rules.DATED.values(), "return_reason", "cancel_reason")
_FROZEN = ("deal", "vehicle", "company", "kind", "trade_in")


class TitleRegistration(Document):
	def validate(self):
		settings_of(self.company)
		with explained():
			if self.is_new():
				title.begin(self)
			else:
				self.keep_steps()

	def after_insert(self):
		title.opened(self)

	def on_update(self):
		before = self.get_doc_before_save()
		if not before or not self.temporary_until or rules.Status(self.status) not in rules.WORK:
			return
		if cstr(self.temporary_until) != cstr(before.temporary_until):
			title.tag_noted(self)

	def on_trash(self):
		frappe.throw(_("{0} stays on file. Cancel it instead, with a reason").format(self.name))

	def keep_steps(self):
		before = self.get_doc_before_save()
		if not before:
			return
		if not self.flags.of_its_steps:
			self.update({field: before.get(field) for field in _OF_ITS_STEPS})
		for field in _FROZEN:
			if cstr(self.get(field)) != cstr(before.get(field)):
				raise Refused(
					"frozen",
					marked("{0} of {1} cannot be changed. Cancel it and open another one"),
					self.meta.get_label(field),
					self.name,
				)
		if cstr(self.temporary_until) != cstr(before.temporary_until) and self.temporary_until:
			self.pull_due_date()

	def pull_due_date(self):
		"""A temporary tag that ends earlier makes the work due earlier; it never moves it back."""
		due = rules.due_on(
			getdate(self.creation),
			cint(settings_of(self.company).title_due_days),
			getdate(self.temporary_until),
		)
		if not self.due_on or due < getdate(self.due_on):
			self.due_on = due
