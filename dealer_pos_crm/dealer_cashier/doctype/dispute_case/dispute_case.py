import frappe
from frappe import _
from frappe.model.document import Document

from dealer_pos_crm.dealer_setup import by_hand

# What the person who answers writes; all else is the provider's word, or follows from it.
BY_HAND = frozenset(
	{
		"assigned_to",
		"rebuttal",
		"product_description",
		"refund_policy_disclosure",
		"refund_refusal",
		"other_charge",
		"further_facts",
		"service_date",
		"delivered_on",
		"customer_name_evidence",
		"customer_email",
		"billing_address",
		"purchase_ip",
		"access_log",
	}
)


class DisputeCase(Document):
	def validate(self):
		self.check_by_hand()
		self.check_other_charge()

	def on_trash(self):
		frappe.throw(_("{0} stays on file, as the bank's record does").format(self.name))

	def check_by_hand(self):
		if self.flags.of_the_provider:
			return
		before = self.get_doc_before_save()
		if not before:
			frappe.throw(_("Dispute cases are opened by the provider's message"))
		by_hand.check_fields(
			self, BY_HAND, _("{0} is written by the provider's messages and the buttons above")
		)

	def check_other_charge(self):
		if self.other_charge and self.other_charge == self.card_payment:
			frappe.throw(_("The other payment is another one than {0}").format(self.card_payment))
