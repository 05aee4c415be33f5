from frappe import _
from frappe.model.document import Document

from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom.worksheet import writing
from dealer_pos_crm.dealer_showroom.worksheet.totals import FROZEN
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


class DealScenario(Document):
	def validate(self):
		with explained():
			writing.guard(self)
			if self.status in FROZEN:
				return  # as it was when approval was asked
			writing.check_deal(self)
			writing.fill(self)
			writing.compute(self)

	def on_trash(self):
		with explained():
			if self.status not in ("Draft", "Rejected"):
				raise Refused("frozen", marked("{0} is {1} and stays on file"), self.label, _(self.status))
