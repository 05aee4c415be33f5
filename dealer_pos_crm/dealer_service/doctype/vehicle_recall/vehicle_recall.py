import frappe
from frappe import _
from frappe.model.document import Document

from dealer_pos_crm.dealer_service.recalls import table


class VehicleRecall(Document):
	def validate(self):
		self.campaign = (self.campaign or "").strip().upper()
		self.recall_key = table.key_of(self.vehicle, self.campaign)
		self.source = self.source or _("Entered by hand")
		self.check_status()
		self.check_once()

	def check_status(self):
		"""Its status says who settled it and why; that has a step of its own."""
		if self.flags.settled:
			return
		if self.is_new():
			self.status = "Open"
		elif self.has_value_changed("status"):
			frappe.throw(_("Mark {0} done or not applicable with its buttons").format(self.campaign))

	def check_once(self):
		other = frappe.db.get_value(
			"Vehicle Recall", {"recall_key": self.recall_key, "name": ("!=", self.name or "")}, "name"
		)
		if other:
			frappe.throw(
				_("Campaign {0} is on file for this vehicle already: {1}").format(self.campaign, other),
				frappe.DuplicateEntryError,
			)
