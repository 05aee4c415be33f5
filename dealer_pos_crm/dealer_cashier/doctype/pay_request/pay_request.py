import frappe
from frappe import _
from frappe.model.document import Document

# What people may still change by hand, on a draft.
_BY_HAND = frozenset(
	{"message", "email", "phone", "channel", "what", "expires_at", "min_part", "allow_partial"}
)
_LAYOUT = frozenset({"Section Break", "Column Break", "Tab Break", "HTML"})


class PayRequest(Document):
	def validate(self):
		self.check_by_hand()

	def on_trash(self):
		if self.status != "Draft" or self.sent_on:
			frappe.throw(
				_("{0} was sent and stays on file. Cancel it instead").format(self.name),
				title=_("Not possible"),
			)

	def check_by_hand(self):
		"""A request is made, sent and ended by its actions; a form changes the message of a draft, no more."""
		if self.flags.of_the_house:
			return
		before = self.get_doc_before_save()
		if not before:
			frappe.throw(
				_(
					"Ask for money from the document it is for: Send Pay Request. There the amount comes from the books"
				)
			)
		for field in self.meta.fields:
			if field.fieldtype in _LAYOUT or (before.status == "Draft" and field.fieldname in _BY_HAND):
				continue
			if self.has_value_changed(field.fieldname) and (
				self.get(field.fieldname) or before.get(field.fieldname)
			):
				frappe.throw(
					_(
						"{0} cannot be changed by hand. Send the request again, or cancel it and make a new one"
					).format(_(field.label))
				)
