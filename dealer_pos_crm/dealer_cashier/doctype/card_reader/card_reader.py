import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, cstr, get_link_to_form

# Told by the provider; nobody types them.
_OF_THE_PROVIDER = ("reader_id", "location_id", "state", "device_type", "serial_number", "test_mode")


class CardReader(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		action_state: DF.Data | None
		card_payment: DF.Link | None
		company: DF.Link
		counter: DF.Link | None
		device_type: DF.Data | None
		enabled: DF.Check
		gateway_account: DF.Link
		location_id: DF.Data | None
		reader_id: DF.Data | None
		seen_at: DF.Datetime | None
		serial_number: DF.Data | None
		state: DF.Literal["", "Online", "Offline"]
		test_mode: DF.Check
		title: DF.Data
	# end: auto-generated types

	def validate(self):
		self.keep_what_the_provider_said()
		self.check_account()
		self.check_counter()
		self.check_not_in_use()

	def on_trash(self):
		if self.card_payment:
			self.refuse_while_in_use()
		if self.reader_id and frappe.db.exists("Card Payment", {"card_reader": self.name}):
			frappe.throw(_("{0} has taken payments. Disable it instead").format(self.title))

	def keep_what_the_provider_said(self):
		before = self.get_doc_before_save()
		for field in (*_OF_THE_PROVIDER, "card_payment", "action_state", "seen_at"):
			self.set(field, before.get(field) if before else None)
		if before and self.reader_id and before.gateway_account != self.gateway_account:
			frappe.throw(
				_("{0} is registered with its account. Make another reader for the other one").format(
					self.title
				)
			)

	def check_account(self):
		company = frappe.db.get_value("Gateway Account", self.gateway_account, "company")
		if company != self.company:
			frappe.throw(
				_("{0} is the account of {1}, not of {2}").format(
					get_link_to_form("Gateway Account", self.gateway_account), cstr(company), self.company
				)
			)

	def check_counter(self):
		company = frappe.db.get_value("POS Profile", self.counter, "company") if self.counter else None
		if self.counter and company != self.company:
			frappe.throw(_("The counter {0} is one of {1}").format(self.counter, cstr(company)))

	def check_not_in_use(self):
		if self.card_payment and not cint(self.enabled):
			self.refuse_while_in_use()

	def refuse_while_in_use(self):
		frappe.throw(
			_("{0} has card payment {1} at the moment. Finish or cancel that first").format(
				self.title, get_link_to_form("Card Payment", self.card_payment)
			)
		)
