"""What appointments of lane and showroom have in common: they are booked as they are, and changed by their steps."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime

from dealer_pos_crm.dealer_setup.wording import clock_text
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

BOOKED = "Booked"
_STEP_FIELDS = (
	"status",
	"rescheduled_from",
	"rescheduled_to",
	"booked_by",
	"confirmed_at",
	"confirmed_how",
	"missed_at",
	"cancelled_at",
	"cancel_reason",
	"client_key",
)


class Appointment(Document):
	"""The controllers of both set ``own_steps`` (further fields that only its steps write)."""

	own_steps: tuple[str, ...] = ()

	def on_trash(self):
		frappe.throw(_("{0} stays on file. Cancel it instead, with a reason").format(self.name))

	def begin(self):
		"""Whatever a form or a file says: an appointment begins as Booked, by whoever books it."""
		kept = {
			"client_key": self.client_key if self.flags.told_by_caller else None,
			"rescheduled_from": self.flags.rescheduled_from,
		}
		self.update(dict.fromkeys((*_STEP_FIELDS, *self.own_steps)))
		self.update(kept)
		self.status = BOOKED
		self.booked_by = frappe.session.user

	def keep_steps(self):
		before = self.get_doc_before_save()
		if before:
			fields = (*_STEP_FIELDS, *self.own_steps)
			self.update({field: before.get(field) for field in fields if field != "status"})

	def check_frozen(self):
		"""What was booked stays as it was booked; its steps, and a new appointment, change the rest."""
		before = self.get_doc_before_save()
		if not before:
			return
		if self.status != before.status:
			raise Refused(
				"status", marked("{0} becomes {1} by its buttons, not by hand"), self.name, self.status
			)
		if get_datetime(self.starts_at) != get_datetime(before.starts_at):
			raise Refused(
				"frozen_time",
				marked(
					"{0} is booked for {1}. Use Reschedule: the old time stays on file, and reminders follow"
				),
				self.name,
				clock_text(before.starts_at),
			)
		self.check_fields(before)

	def check_fields(self, before):
		"""Refuse a change of what stays as it was booked, beside state and time."""
		raise NotImplementedError

	def refuse_change(self, field: str):
		raise Refused(
			"frozen",
			marked("{0} of {1} cannot be changed. Cancel it and book another appointment"),
			self.meta.get_label(field),
			self.name,
		)

	def remarks(self) -> Iterable[str]:
		"""What whoever books it on a form should know."""
		raise NotImplementedError

	def tell_remarks(self):
		"""From a form: what one should know. A screen of ours shows it itself."""
		if self.flags.told_by_caller or frappe.flags.in_import:
			return
		for text in self.remarks():
			frappe.msgprint(text, indicator="orange", alert=True)
