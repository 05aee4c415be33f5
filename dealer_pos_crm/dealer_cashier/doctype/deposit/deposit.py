import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, cstr, get_datetime, getdate, now_datetime

from dealer_pos_crm.dealer_cashier.money import to_money
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import is_dealership, settings_of
from dealer_pos_crm.dealer_showroom.deals import deposits as deals
from dealer_pos_crm.domain.deposit import FROZEN_WHEN_TAKEN, Refundable, Terms
from dealer_pos_crm.domain.money import positive
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

# What the ledger says, written by the app alone.
_COMPUTED = (
	"taken_amount",
	"applied_amount",
	"refunded_amount",
	"forfeited_amount",
	"held_amount",
	"taken_on",
	"taken_by",
)
_TENDER = ("payment_entry", "mode_of_payment", "amount", "left_amount", "cancelled")

_TERMS_FIELD = {"Yes": "terms_yes", "Until": "terms_until", "No": "terms_no"}


class Deposit(Document):
	def validate(self):
		self.set_currency()
		if self.status == "Draft":
			self.set_terms()
			self.set_salesperson()
			self.set_nothing_taken()
		with explained():
			self.check_amount()
			self.check_deal()
			self.check_what_for()
			self.check_terms()
			self.check_hold_until()
			self.check_frozen()

	def on_trash(self):
		if self.status != "Draft":
			frappe.throw(
				_("{0} is {1} and stays on file. Only a draft can be deleted").format(
					self.name, _(self.status)
				)
			)

	def set_currency(self):
		self.currency = frappe.get_cached_value("Company", self.company, "default_currency")

	def set_terms(self):
		"""The text that the company shows for these terms, unless somebody wrote another."""
		if not is_dealership(self.company) or self.refundable not in _TERMS_FIELD:
			return
		settings = settings_of(self.company)
		standard = {cstr(settings.get(field)).strip() for field in _TERMS_FIELD.values()}
		if cstr(self.terms).strip() in {"", *standard}:
			self.terms = settings.get(_TERMS_FIELD[self.refundable])

	def set_salesperson(self):
		if not self.salesperson:
			self.salesperson = (
				frappe.db.get_value("Customer", self.customer, "dealer_sales_owner") or frappe.session.user
			)

	def set_nothing_taken(self):
		"""Whatever a form or a file says: a draft holds no money."""
		self.tenders = []
		self.update(dict.fromkeys(_COMPUTED))
		self.update({field: 0 for field in _COMPUTED if field.endswith("_amount")})

	def check_amount(self):
		positive(to_money(self.amount, self.currency))

	def check_deal(self):
		"""A deposit for a deal is for its customer and its vehicle."""
		if self.status != "Draft" or not self.deal:
			return
		if not self.vehicle and self.kind != "Part":
			self.vehicle = frappe.db.get_value("Deal Jacket", self.deal, "vehicle")
		deals.check(self)

	def check_what_for(self):
		if not self.vehicle and not cstr(self.held_for).strip():
			raise Refused(
				"what_for", marked("Choose the vehicle, or write in Held For what the money is for")
			)
		if self.vehicle:
			self.held_for = None

	def check_terms(self):
		until = getdate(self.refundable_until) if self.refundable_until else None
		Terms(Refundable(self.refundable), until).check()
		if self.refundable != "Until":
			self.refundable_until = None

	def check_hold_until(self):
		if not self.vehicle:
			self.hold_until = None
		elif self.status == "Draft" and self.kind == "Hold" and not self.hold_until:
			self.hold_until = default_hold_until(self.company)
		elif self.status == "Draft" and self.hold_until and get_datetime(self.hold_until) <= now_datetime():
			raise Refused("hold_past", marked("Hold Until is in the past; choose a later time"))

	def check_frozen(self):
		"""What was agreed stays as it was agreed; the actions change what may change."""
		before = self.get_doc_before_save()
		if not before or before.status == "Draft":
			if self.status != "Draft":
				raise Refused(
					"status", marked("A deposit becomes {0} by its actions, not by hand"), self.status
				)
			return
		for field in ("status", "hold_until", "deal", *_COMPUTED, *FROZEN_WHEN_TAKEN):
			if (self.get(field) or before.get(field)) and self.has_value_changed(field):
				raise Refused(
					"frozen",
					marked("{0} cannot be changed once the money is taken. Use the actions of the deposit"),
					self.meta.get_label(field),
				)
		if _tender_rows(self) != _tender_rows(before):
			raise Refused(
				"frozen",
				marked("{0} cannot be changed once the money is taken. Use the actions of the deposit"),
				self.meta.get_label("tenders"),
			)


def _tender_rows(deposit) -> list[tuple]:
	return [tuple(cstr(row.get(field)) for field in _TENDER) for row in deposit.tenders]


def default_hold_until(company: str):
	"""When a hold ends that begins now: the company's number of days later. Refused when it keeps none."""
	days = settings_of(company).hold_days
	if not days:
		raise Refused("no_hold_until", marked("Until when is the vehicle held? Set Hold Until"))
	return add_days(now_datetime().replace(second=0, microsecond=0), days)
