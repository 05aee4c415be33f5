import secrets
from datetime import timedelta

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_datetime, get_link_to_form, now_datetime

from dealer_pos_crm.dealer_cashier.gateway import accounts
from dealer_pos_crm.dealer_setup import card_accounting
from dealer_pos_crm.gateways.stripe.client import mode_of
from dealer_pos_crm.gateways.stripe.sdk import WrongLibrary, api_version

# How long messages signed with the secret before are still believed.
PREVIOUS_SECRET_GOOD = timedelta(hours=24)
# field -> what its account must be
ROOT_TYPES = {
	"clearing_account": ("Asset",),
	"bank_account": ("Asset", "Liability"),
	"fee_account": ("Expense",),
	"dispute_account": ("Asset",),
	"chargeback_account": ("Expense",),
}


class GatewayAccount(Document):
	"""An account at a card provider, for one company. Its keys stay on the server."""

	def before_insert(self) -> None:
		self.webhook_key = secrets.token_urlsafe(24)
		self.webhook_endpoint = self.caught_up_to = self.provider_account = None
		card_accounting.fill(self)

	def validate(self) -> None:
		self.currency = frappe.get_cached_value("Company", self.company, "default_currency")
		self.webhook_address = accounts.address(self.webhook_key)
		self._keep_company()
		self._read_key()
		self._turn_secret()
		self._one_of_company()
		self._check_responsible()
		self._check_accounts()
		self._check_modes()

	def on_update(self) -> None:
		accounts.forget_clients()

	def onload(self) -> None:
		self.set_onload("has_key", bool(self.get_password("secret_key", raise_exception=False)))
		self.set_onload("has_secret", bool(self.get_password("webhook_secret", raise_exception=False)))

	def _keep_company(self) -> None:
		if not self.is_new() and self.has_value_changed("company") and accounts.has_history(self.name):
			frappe.throw(
				_("{0} has taken payments for {1}. Make a new account for {2}").format(
					self.title, self.get_doc_before_save().company, self.company
				)
			)

	def _read_key(self) -> None:
		"""The mode is the key's, not a choice; it does not change under documents of the other one."""
		key = _entered(self.secret_key)
		if not key:
			return
		self.secret_key = key
		mode = mode_of(key)
		if not mode:
			frappe.throw(
				_(
					"That is no secret key. It begins with sk_test_, sk_live_, rk_test_ or rk_live_; the publishable key (pk_) is not used here"
				)
			)
		if self.mode and mode != self.mode and accounts.has_history(self.name):
			frappe.throw(
				_(
					"{0} has documents of {1} mode. Make a new account for {2} mode, so that test money and real money never mix"
				).format(self.title, _(self.mode), _(mode))
			)
		self.mode = mode
		try:
			self.api_version = api_version()
		except WrongLibrary as wrong:
			frappe.throw(_("Stripe's library cannot be used: {0}").format(wrong))

	def _turn_secret(self) -> None:
		"""A new signing secret: messages under way are still signed with the one before."""
		secret = _entered(self.webhook_secret)
		if not secret:
			return
		self.webhook_secret = secret
		if not secret.startswith("whsec_"):
			frappe.throw(_("That is no signing secret. It begins with whsec_"))
		if self.is_new():
			return
		token = frappe.get_doc(self.doctype, self.name).get_password("webhook_secret", raise_exception=False)
		if token and token != secret:
			self.previous_webhook_secret = token
			self.previous_secret_until = now_datetime() + PREVIOUS_SECRET_GOOD

	def _one_of_company(self) -> None:
		if not cint(self.enabled):
			return
		# Two that are saved at once wait for each other here.
		frappe.db.get_value("Company", self.company, "name", for_update=True)
		other = frappe.db.get_value(
			self.doctype, {"company": self.company, "enabled": 1, "name": ("!=", self.name or "")}, "name"
		)
		if other:
			frappe.throw(
				_("{0} takes cards through {1}. Disable that first; a company has one account in use").format(
					frappe.bold(self.company), get_link_to_form(self.doctype, other)
				)
			)

	def _check_responsible(self) -> None:
		user = frappe.db.get_value("User", self.responsible, ["enabled", "user_type"], as_dict=True)
		if not user or not user.enabled or user.user_type != "System User":
			frappe.throw(_("{0} cannot log in to Desk; name somebody who can").format(self.responsible))

	def _check_accounts(self) -> None:
		for field, roots in ROOT_TYPES.items():
			account = self.get(field) and frappe.db.get_value(
				"Account",
				self.get(field),
				["company", "root_type", "is_group", "account_currency", "disabled", "account_type"],
				as_dict=True,
			)
			if not account:
				continue
			why = self._why_not(account, roots)
			if why:
				frappe.throw(
					_("{0}: {1} {2}").format(_(self.meta.get_label(field)), frappe.bold(self.get(field)), why)
				)

	def _why_not(self, account, roots: tuple[str, ...]) -> str:
		if account.company != self.company:
			return _("is an account of {0}").format(account.company)
		if account.is_group or account.disabled:
			return _("is a group or disabled; choose an account that can be booked on")
		if account.root_type not in roots:
			return _("is of type {0}; it has to be {1}").format(
				_(account.root_type), " / ".join(map(_, roots))
			)
		if account.account_type in ("Receivable", "Payable"):
			return _("asks for a customer or supplier in every entry; choose another one")
		if (account.account_currency or self.currency) != self.currency:
			return _("is kept in {0}, the company in {1}").format(account.account_currency, self.currency)
		return ""

	def _check_modes(self) -> None:
		for field in ("online_mode", "terminal_mode"):
			mode = self.get(field)
			if not mode or not self.clearing_account:
				continue
			account = frappe.db.get_value(
				"Mode of Payment Account", {"parent": mode, "company": self.company}, "default_account"
			)
			if account and account != self.clearing_account:
				frappe.throw(
					_(
						"{0} books on {1}, the account's money is on {2}. Choose a mode of payment of its own"
					).format(frappe.bold(mode), account, self.clearing_account)
				)


def _entered(value: str | None) -> str:
	"""What somebody typed into a password field; empty where only its stars came back."""
	value = (value or "").strip()
	return "" if set(value) <= {"*"} else value


def secret_until(account) -> str | None:
	"""Until when the secret before is believed, while it is."""
	until = account.previous_secret_until
	return str(until) if until and get_datetime(until) > now_datetime() else None
