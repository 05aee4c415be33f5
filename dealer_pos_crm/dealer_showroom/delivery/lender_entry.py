"""The part of the price that a lender pays: moved from the buyer's account to the lender's.

A lease is booked the same way. The buyer signs with the dealership, the contract is assigned, and the lessor
owes its net capitalised cost; the first payment, where it is collected for the lessor, is not the
dealership's money and is not booked with the car.
"""

import frappe
from frappe import _
from frappe.utils import get_link_to_form

from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.dealer_showroom.delivery.posting import journal, of_customer, receivable_of
from dealer_pos_crm.domain.delivery import split_credit
from dealer_pos_crm.domain.money import Money


def customer_of(lender: str | None) -> str | None:
	"""The customer that stands for a lender in the books."""
	return frappe.db.get_value("Dealer Lender", lender, "customer") if lender else None


def problems(deal, scenario, financed: Money) -> list[str]:
	"""What keeps the contract from being booked, each with its remedy."""
	lender = lender_of(deal, scenario)
	if not financed:
		return []
	if financed.minor < 0:
		return [_("The worksheet finances {0}. Correct it and have it approved again").format(financed)]
	if not lender:
		return [_("{0} is financed and nobody finances it. Choose the Lender on the deal").format(deal.name)]
	link = get_link_to_form("Dealer Lender", lender)
	customer, enabled = frappe.db.get_value("Dealer Lender", lender, ["customer", "enabled"])
	if not enabled:
		return [_("Lender {0} is not used any more. Choose another one, or enable it").format(link)]
	if not customer:
		return [
			_("Lender {0} has no customer that owes the contract money. Set Customer on the lender").format(
				link
			)
		]
	if customer == deal.customer:
		return [_("Lender {0} stands for the buyer. Choose another customer for the lender").format(link)]
	if frappe.db.get_value("Customer", customer, "disabled"):
		return [
			_("Customer {0} of lender {1} is disabled. Enable it").format(
				get_link_to_form("Customer", customer), link
			)
		]
	return []


def lender_of(deal, scenario) -> str | None:
	return deal.lender or scenario.lender or None


def make(deal, invoice, lender: str, financed: Money, on) -> str:
	"""Move the financed amount to the lender: the buyer's invoice is open for the rest only."""
	customer = customer_of(lender)
	open_amount = rounded(
		frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount"), deal.currency
	)
	matched, rest = split_credit(financed, open_amount)
	rows = [of_customer(receivable_of(deal, customer), customer, financed)]
	if matched:
		rows.append(of_customer(invoice.debit_to, deal.customer, -matched, invoice.name))
	if rest:
		rows.append({**of_customer(invoice.debit_to, deal.customer, -rest), "is_advance": "Yes"})
	return journal(deal, rows, _("Deal {0}: contract in transit to {1}").format(deal.name, lender), on=on)
