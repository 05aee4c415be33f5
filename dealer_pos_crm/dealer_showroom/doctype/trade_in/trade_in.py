from frappe import _
from frappe.model.document import Document

from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom.trade_ins import appraising
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


class TradeIn(Document):
	def validate(self):
		with explained():
			appraising.guard(self)
			appraising.fill(self)

	def on_trash(self):
		with explained():
			if self.status not in ("To Appraise", "Declined"):
				raise Refused("stays", marked("{0} is {1} and stays on file"), self.name, _(self.status))
