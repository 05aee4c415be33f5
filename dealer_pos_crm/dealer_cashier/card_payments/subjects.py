"""What a document asks its customer for, in one shape for every kind of it. Nothing here writes or locks."""

from collections.abc import Callable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier.deposits.events import what as what_deposit
from dealer_pos_crm.dealer_cashier.money import company_currency, rounded
from dealer_pos_crm.dealer_setup.settings import department_of
from dealer_pos_crm.domain.money import Money, positive, total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

ACCOUNTING = "Accounting"


@dataclass(frozen=True)
class Owed:
	"""What may be paid for a document now.

	``amount``: what is open of it. ``payable``: whether money may be asked for; else ``why_not`` says why.
	``any_amount``: other sums than what is open make sense too (a free amount, money down on a deal).
	``whole_only``: nothing but the whole of it.
	"""

	doctype: str
	name: str
	customer: str
	company: str
	currency: str
	amount: Money
	what: str
	department: str = ACCOUNTING
	vehicle: str | None = None
	deal: str | None = None
	repair_order: str | None = None
	deposit: str | None = None
	payable: bool = True
	why_not: str = ""
	any_amount: bool = False
	whole_only: bool = False

	def check(self, amount: Money) -> None:
		"""Refuse an amount that the document does not take."""
		if not self.payable:
			raise Refused("not_payable", marked("{0}"), self.why_not)
		positive(amount)
		if amount.currency != self.currency:
			raise Refused(
				"currency",
				marked("{0} is in {1}; cards are charged in the currency of the company only"),
				self.name or self.what,
				self.currency,
			)
		if self.whole_only and amount != self.amount:
			raise Refused("whole_only", marked("{0} is paid in whole: {1}"), self.name, self.amount)
		if not self.any_amount and amount > self.amount:
			raise Refused(
				"more_than_open", marked("{0} is open on {1}; {2} is more"), self.amount, self.name, amount
			)


def owed(doctype: str, name: str, *, payer: str | None = None) -> Owed:
	"""What a Deposit, Deal Jacket, Repair Order or Sales Invoice asks for now; of a Repair Order one payer's
	part when named. Raises ``DoesNotExistError``."""
	return _READERS[doctype](name, payer)


def free(customer: str, company: str, what: str, department: str = ACCOUNTING) -> Owed:
	"""Money for no document: it will stand as the customer's credit."""
	currency = company_currency(company)
	return Owed(
		"",
		"",
		customer,
		company,
		currency,
		Money.zero(currency),
		cstr(what).strip() or _("Payment"),
		department,
		any_amount=True,
	)


def _of_deposit(name: str, payer: str | None) -> Owed:
	deposit = frappe.get_doc("Deposit", name)
	currency = company_currency(deposit.company)
	draft = deposit.status == "Draft"
	why = "" if draft else _("Deposit {0} is {1} already").format(name, _(deposit.status))
	if draft and deposit.vehicle:
		why = _held_by_another(deposit.vehicle, deposit.customer)
	return Owed(
		"Deposit",
		name,
		deposit.customer,
		deposit.company,
		currency,
		rounded(deposit.amount, currency),
		_("Deposit for {0}").format(what_deposit(deposit.as_dict())),
		deposit.department or ACCOUNTING,
		vehicle=deposit.vehicle or None,
		deal=deposit.deal or None,
		deposit=name,
		payable=not why,
		why_not=why,
		whole_only=True,
	)


def _held_by_another(vehicle: str, customer: str) -> str:
	holder = frappe.db.get_value("Dealer Vehicle Hold", {"active_vehicle": vehicle}, "customer")
	if not holder or holder == customer:
		return ""
	title = frappe.db.get_value("Dealer Vehicle", vehicle, "title") or vehicle
	return _("{0} is held for somebody else at the moment").format(title)


def _of_deal(name: str, payer: str | None) -> Owed:
	from dealer_pos_crm.dealer_showroom.deals.deal import what
	from dealer_pos_crm.dealer_showroom.delivery.position import DELIVERED

	deal = frappe.get_doc("Deal Jacket", name)
	currency = company_currency(deal.company)
	delivered = deal.stage in DELIVERED
	balance = rounded(deal.balance, currency)
	amount = balance if balance.minor > 0 else Money.zero(currency)
	why = ""
	if deal.stage in ("Lost", "Unwound"):
		why = _("Deal {0} is {1}").format(name, _(deal.stage))
	elif delivered and not amount:
		why = _("Nothing is open on {0}").format(name)
	return Owed(
		"Deal Jacket",
		name,
		deal.customer,
		deal.company,
		currency,
		amount,
		what(deal),
		"Sales",
		vehicle=deal.vehicle or None,
		deal=name,
		payable=not why,
		why_not=why,
		any_amount=not delivered,
	)


def _of_order(name: str, payer: str | None) -> Owed:
	from dealer_pos_crm.dealer_service.billing import collecting, reading

	order = frappe.get_doc("Repair Order", name)
	currency = company_currency(order.company)
	payer = payer or order.customer
	documents = reading.documents_of(order, lock=False)
	dues = collecting.dues_of(order, documents, payer)
	why = ""
	if not dues and documents.any:
		why = _("Nothing is open on {0}").format(name)
	elif not dues:
		why = _("{0} is not invoiced yet. Invoice it first, or take a deposit").format(name)
	return Owed(
		"Repair Order",
		name,
		payer,
		order.company,
		currency,
		total((due.amount for due in dues), currency),
		_("Repair order {0}, {1}").format(name, cstr(order.vehicle_title or order.vehicle)),
		"Service",
		vehicle=order.vehicle or None,
		repair_order=name,
		payable=not why,
		why_not=why,
	)


def _of_invoice(name: str, payer: str | None) -> Owed:
	invoice = frappe.db.get_value(
		"Sales Invoice",
		name,
		[
			"customer",
			"company",
			"currency",
			"outstanding_amount",
			"docstatus",
			"is_return",
			"cost_center",
			"dealer_vehicle",
			"dealer_deal",
			"dealer_repair_order",
		],
		as_dict=True,
	)
	if not invoice:
		frappe.throw(_("Sales Invoice {0} does not exist").format(name), frappe.DoesNotExistError)
	currency = company_currency(invoice.company)
	amount = rounded(invoice.outstanding_amount, currency)
	why = ""
	if invoice.docstatus != 1:
		why = _("Sales Invoice {0} is not submitted, or was cancelled").format(name)
	elif invoice.is_return:
		why = _("{0} is a credit note; nothing is paid for it").format(name)
	elif invoice.currency != currency:
		why = _("{0} is in {1}; cards are charged in {2} only").format(name, invoice.currency, currency)
	elif amount.minor <= 0:
		why = _("{0} is paid").format(name)
	return Owed(
		"Sales Invoice",
		name,
		invoice.customer,
		invoice.company,
		currency,
		amount if amount.minor > 0 else Money.zero(currency),
		_("Invoice {0}").format(name),
		_department(invoice),
		vehicle=invoice.dealer_vehicle or None,
		deal=invoice.dealer_deal or None,
		repair_order=invoice.dealer_repair_order or None,
		payable=not why,
		why_not=why,
	)


def _department(invoice) -> str:
	if invoice.dealer_repair_order:
		return "Service"
	if invoice.dealer_deal:
		return "Sales"
	return department_of(invoice.company, invoice.cost_center) or ACCOUNTING


def _of_receipt(name: str, payer: str | None) -> Owed:
	from dealer_pos_crm.dealer_counter.collecting import cards

	return cards.owed(name)


_READERS: dict[str, Callable[[str, str | None], Owed]] = {
	"Deposit": _of_deposit,
	"Deal Jacket": _of_deal,
	"Repair Order": _of_order,
	"Sales Invoice": _of_invoice,
	"Counter Receipt": _of_receipt,
}
