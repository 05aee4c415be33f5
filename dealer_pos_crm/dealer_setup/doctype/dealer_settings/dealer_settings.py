import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_link_to_form

from dealer_pos_crm.dealer_setup import settings
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain.lead_response import Targets

TERMS = {
	"terms_yes": "This deposit is refunded in full on request until the vehicle is delivered.",
	"terms_until": "This deposit is refunded in full on request until the date shown. After it, it may be kept.",
	"terms_no": "This deposit is not refundable. It is credited to the purchase when the vehicle is bought.",
}


# The window that US telemarketing law closes: before 8 and after 21 o'clock (47 CFR 64.1200).
QUIET_HOURS = {"quiet_from": "21:00:00", "quiet_until": "08:00:00"}


class DealerSettings(Document):
	def __setup__(self):
		# Frappe fills empty times of a new document with the time of day.
		self.dont_update_if_missing = list(QUIET_HOURS)

	def before_insert(self):
		self.set_default_quiet_hours()
		self.set_default_terms()
		self.set_default_departments()
		self.set_default_hours()

	def validate(self):
		self.check_accounts()
		self.check_service_items()
		self.check_manufacturers()
		self.check_departments()
		self.check_hours()
		self.check_limits()
		self.check_lead_minutes()

	def on_update(self):
		settings.forget()

	def after_insert(self):
		settings.forget()

	def on_trash(self):
		settings.forget()
		frappe.db.after_commit.add(settings.forget)

	def after_rename(self, old, new, merge=False):
		settings.forget()

	def set_default_quiet_hours(self):
		for field, time in QUIET_HOURS.items():
			if not self.get(field):
				self.set(field, time)

	def set_default_terms(self):
		for field, text in TERMS.items():
			if not self.get(field):
				self.set(field, _(text))

	def set_default_departments(self):
		if self.departments:
			return
		for department in ("Sales", "F&I", "Service", "Parts", "BDC", "Accounting"):
			self.append("departments", {"department": department})

	def set_default_hours(self):
		if self.business_hours:
			return
		for weekday in settings.WEEKDAYS[:6]:
			self.append("business_hours", {"weekday": weekday, "opens": "08:00:00", "closes": "18:00:00"})

	def check_accounts(self):
		self._check_account("deposit_account", "Liability", "Receivable")
		self._check_account("forfeit_income_account", "Income", None)
		self._check_account("internal_income_account", "Income", None)
		self._check_account("internal_expense_account", "Expense", None)
		self._check_account("claim_difference_account", "Expense", None)
		self._check_account("trade_inventory_account", "Asset", None)
		self._check_account("payoff_account", "Liability", None)
		self._check_account("over_allowance_account", "Expense", None)
		self._check_account("funding_difference_account", "Expense", None)
		self._check_account("commission_expense_account", "Expense", None)
		self._check_account("commission_payable_account", "Liability", None)
		self._check_account("over_short_account", "Expense", None)
		self._check_account("bank_deposit_account", "Asset", "Bank")
		self._check_account("undeposited_checks_account", "Asset", None)
		self._check_account("returned_check_fee_account", "Income", None)
		self._check_account("bank_fee_account", "Expense", None)

	def _check_account(self, field: str, root_type: str, account_type: str | None):
		if not self.get(field):
			return
		account = frappe.db.get_value(
			"Account",
			self.get(field),
			["company", "root_type", "account_type", "is_group", "disabled"],
			as_dict=True,
		)
		wanted = account_type or account.account_type
		if (account.company, account.root_type, account.account_type) != (self.company, root_type, wanted):
			frappe.throw(
				_("{0}: {1} must be an account of {2} of kind {3}").format(
					self.meta.get_label(field),
					get_link_to_form("Account", self.get(field)),
					self.company,
					f"{_(root_type)}, {_(account_type)}" if account_type else _(root_type),
				)
			)
		if account.is_group or account.disabled:
			frappe.throw(
				_("{0}: {1} is a group or disabled; choose an account that can be booked on").format(
					self.meta.get_label(field), get_link_to_form("Account", self.get(field))
				)
			)

	def check_service_items(self):
		"""Labor, parts without an item and sublet work are sold without a stock of their own."""
		for field in ("labor_item", "parts_item", "sublet_item"):
			if self.get(field) and frappe.db.get_value("Item", self.get(field), "is_stock_item"):
				frappe.throw(
					_("{0}: {1} is kept in stock; choose an item that is not").format(
						self.meta.get_label(field), get_link_to_form("Item", self.get(field))
					)
				)

	def check_manufacturers(self):
		makes = [(row.make or "").strip().casefold() for row in self.manufacturers]
		double = next((row for row in self.manufacturers if makes.count(makes[row.idx - 1]) > 1), None)
		if double:
			frappe.throw(_("{0} is named twice as a manufacturer; keep one").format(double.make))

	def check_departments(self):
		seen = set()
		for row in self.departments:
			if row.department in seen:
				frappe.throw(_("Row {0}: {1} is there already").format(row.idx, _(row.department)))
			seen.add(row.department)
			if row.cost_center and (
				frappe.db.get_value("Cost Center", row.cost_center, ["company", "is_group"])
				!= (self.company, 0)
			):
				frappe.throw(
					_("Row {0}: {1} is not a cost center of {2} that can be booked on").format(
						row.idx, row.cost_center, self.company
					)
				)

	def check_lead_minutes(self):
		with explained():
			Targets(
				cint(self.lead_target_minutes),
				cint(self.lead_warn_minutes),
				cint(self.lead_escalate_minutes),
				cint(self.lead_morning_minutes),
			)

	def check_hours(self):
		days = [row.weekday for row in self.business_hours]
		double = next((day for day in days if days.count(day) > 1), None)
		if double:
			frappe.throw(_("{0} has two rows of business hours; keep one").format(_(double)))
		with explained():
			for row in self.business_hours:
				settings.BusinessHours({0: (settings.as_time(row.opens), settings.as_time(row.closes))})

	def check_limits(self):
		if self.max_deposit and self.max_deposit < self.min_deposit:
			frappe.throw(_("The largest deposit is less than the smallest; correct one of them"))
