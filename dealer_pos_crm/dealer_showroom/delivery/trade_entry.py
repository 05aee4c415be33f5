"""Trade-ins in the books: an entry of their own, apart from the invoice; and the cost of a traded-in car sold."""

from collections.abc import Sequence

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier.money import rounded, to_money
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom.delivery.posting import account_of, journal, of_customer
from dealer_pos_crm.dealer_showroom.trade_ins import trade as trade_ins
from dealer_pos_crm.domain.delivery import Side, Trade, split_credit, trade_rows
from dealer_pos_crm.domain.money import Money


def trades_of(deal) -> list[Trade]:
	"""The cars that the approved scenario takes in, as they are booked. One whose worth nobody has said
	counts as worth nothing here; ``problems`` says so."""
	return [
		Trade(
			name=row.trade_in,
			what=row.what,
			cash_value=row.value or Money.zero(deal.currency),
			allowance=row.allowance,
			payoff=row.payoff,
			lender=row.lender or None,
		)
		for row in trade_ins.accepted(deal)
	]


def problems(deal) -> list[str]:
	"""What keeps the deal's trade-ins from being taken in and booked, each with its remedy."""
	return list(trade_ins.missing(deal))


def _is_payable(deal) -> bool:
	account = settings_of(deal.company).payoff_account
	return bool(account) and frappe.get_cached_value("Account", account, "account_type") == "Payable"


def needs(trades: Sequence[Trade]) -> set[str]:
	"""The accounts of Dealer Settings that booking these trades takes."""
	fields = {
		Side.INVENTORY: "trade_inventory_account",
		Side.OVER_ALLOWANCE: "over_allowance_account",
		Side.PAYOFF: "payoff_account",
	}
	return {fields[row.side] for row in trade_rows(trades) if row.side in fields}


def make(deal, invoice, trades: Sequence[Trade], on) -> str | None:
	"""Book the trade-ins; one Journal Entry for all of them. None when nothing is to be booked.

	What the buyer is credited beyond the invoice stays theirs: a row matched with nothing.
	"""
	rows = trade_rows(trades)
	if not rows:
		return None
	open_amount = rounded(
		frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount"), deal.currency
	)
	lines: list[dict] = []
	for row in rows:
		if row.side is Side.INVENTORY:
			lines.append(
				{"account": account_of(deal.company, "trade_inventory_account"), "amount": row.amount}
			)
		elif row.side is Side.OVER_ALLOWANCE:
			lines.append(
				{"account": account_of(deal.company, "over_allowance_account"), "amount": row.amount}
			)
		elif row.side is Side.PAYOFF:
			lines.append(_payoff(deal, row.trade, row.amount))
		elif row.amount.minor > 0:  # more is owed on the car than allowed: the buyer owes it, too
			lines.append(of_customer(invoice.debit_to, deal.customer, row.amount, invoice.name))
		else:
			matched, rest = split_credit(-row.amount, open_amount)
			open_amount = open_amount - matched
			if matched:
				lines.append(of_customer(invoice.debit_to, deal.customer, -matched, invoice.name))
			if rest:
				lines.append({**of_customer(invoice.debit_to, deal.customer, -rest), "is_advance": "Yes"})
	name = journal(
		deal,
		lines,
		_("Trade-in of deal {0}: {1}").format(deal.name, ", ".join(trade.what for trade in trades)),
		on=on,
	)
	for trade in trades:
		frappe.db.set_value("Trade In", trade.name, "entry", name)
	return name


def _payoff(deal, trade: Trade, amount: Money) -> dict:
	row = {"account": account_of(deal.company, "payoff_account"), "amount": amount}
	if trade.lender and _is_payable(deal):
		row |= {"party_type": "Supplier", "party": trade.lender}
	return row


# --- The cost of a car that came in as a trade -------------------------------------------------------------


def cost_of_sold(deal) -> Money | None:
	"""What the sold car stands for in Trade-in Cars; None when it did not come in as a booked trade."""
	trade_in = frappe.db.get_value("Dealer Vehicle", deal.vehicle, "trade_in")
	if not trade_in:
		return None
	entry, worth = frappe.db.get_value("Trade In", trade_in, ["entry", "actual_cash_value"])
	if not entry or frappe.db.get_value("Journal Entry", entry, "docstatus") != 1:
		return None
	return to_money(worth, deal.currency) or None


def make_cost(deal, on) -> str | None:
	"""The car leaves Trade-in Cars at what it came in for. None when it is not there."""
	cost = cost_of_sold(deal)
	if cost is None:
		return None
	return journal(
		deal,
		[
			{"account": cost_account(deal), "amount": cost},
			{"account": account_of(deal.company, "trade_inventory_account"), "amount": -cost},
		],
		_("Cost of {0}, deal {1}").format(cstr(deal.vehicle_title or deal.vehicle), deal.name),
		on=on,
	)


def cost_account(deal) -> str | None:
	return frappe.get_cached_value("Company", deal.company, "default_expense_account")
