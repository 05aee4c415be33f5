"""What keeps a car from being delivered: all of it at once, each with its remedy."""

import frappe
from frappe import _
from frappe.utils import formatdate, get_link_to_form, getdate, nowdate

from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom.deals.deal import DOCTYPE
from dealer_pos_crm.dealer_showroom.delivery import invoice, lender_entry, reading, trade_entry, vehicle
from dealer_pos_crm.domain.deal import Stage
from dealer_pos_crm.domain.delivery import equity_of
from dealer_pos_crm.domain.refusal import Refused

_VOUCHERS = ("Sales Invoice", "Journal Entry")


def blockers(deal, mileage: int | None = None, on=None) -> list[str]:
	"""Texts with links, the most fundamental first; empty when nothing but money is in the way."""
	from dealer_pos_crm.dealer_showroom.documents import checklist, compliance
	from dealer_pos_crm.dealer_showroom.worksheet import scenarios

	found = []
	if deal.stage != Stage.CONTRACTED.value:
		found.append(
			_("{0} is at {1}. A deal is delivered when it is under contract: move it to {2} first").format(
				get_link_to_form(DOCTYPE, deal.name), frappe.bold(_(deal.stage)), _(Stage.CONTRACTED.value)
			)
		)
	scenario = scenarios.approved(deal)
	if scenario is None:
		found.append(_("No scenario of the worksheet is approved. Have the chosen one approved"))
	found += [_("Missing paper: {0}").format(text) for text in checklist.missing(deal, Stage.DELIVERED.value)]
	found += compliance.missing(deal)
	found += vehicle.problems(deal, mileage)
	found += _customer(deal)
	if scenario is not None:
		found += _booking(deal, scenario)
	found += closed_period(deal.company, getdate(on or nowdate()))
	return list(dict.fromkeys(found))


def _customer(deal) -> list[str]:
	disabled, frozen = frappe.db.get_value("Customer", deal.customer, ["disabled", "is_frozen"])
	if not (disabled or frozen):
		return []
	return [
		_("{0} is {1}. Enable the customer first").format(
			get_link_to_form("Customer", deal.customer), _("disabled") if disabled else _("frozen")
		)
	]


def _booking(deal, scenario) -> list[str]:
	from dealer_pos_crm.dealer_showroom.worksheet import invoice_lines
	from dealer_pos_crm.dealer_showroom.worksheet.totals import totals

	found = list(invoice_lines.missing_items(scenario))
	try:
		sheet = totals(scenario)
	except Refused as refused:
		return [*found, _(refused.template).format(*refused.values)]
	trades = trade_entry.trades_of(deal)
	found += trade_entry.problems(deal)
	if equity_of(trades, deal.currency) != sheet.equity:
		found.append(_("The trade-ins of the worksheet have changed. Have the scenario approved again"))
	try:
		fields = trade_entry.needs(trades)
	except Refused as refused:
		return [*found, _(refused.template).format(*refused.values)]
	found += lender_entry.problems(deal, scenario, sheet.financed)
	if deal.vehicle:
		if trade_entry.cost_of_sold(deal) is not None:
			fields.add("trade_inventory_account")
			if not trade_entry.cost_account(deal):
				found.append(
					_("{0} has no Default Cost of Goods Sold Account; a traded-in car needs it").format(
						get_link_to_form("Company", deal.company)
					)
				)
		problem = invoice.stock_problem(deal)
		if problem:
			found.append(problem)
	found += _accounts(deal.company, fields)
	found += _deposits(deal)
	drafts = reading.books_of(deal, lock=False).drafts
	if drafts:
		found.append(
			_("A draft invoice of this deal exists: {0}. Delete it, or take the deal off it").format(
				", ".join(get_link_to_form("Sales Invoice", name) for name in drafts)
			)
		)
	return found


def _accounts(company: str, fields: set[str]) -> list[str]:
	settings = settings_of(company)
	wanted = sorted(_(settings.meta.get_label(field)) for field in fields if not settings.get(field))
	if not wanted:
		return []
	return [
		_("Choose in {0}: {1}. The button Set up showroom accounting makes them").format(
			get_link_to_form("Dealer Settings", company), ", ".join(frappe.bold(label) for label in wanted)
		)
	]


def _deposits(deal) -> list[str]:
	return [
		_("Deposit {0} of this deal belongs to another customer. Move or refund it first").format(
			get_link_to_form("Deposit", row.name)
		)
		for row in reading.deposits_of(deal)
		if row.customer != deal.customer
	]


def closed_period(company: str, on) -> list[str]:
	"""A day on which the books are closed, told before anything is tried; the ledger refuses it as well."""
	period = frappe.db.sql(
		"""select p.name, d.document_type from `tabAccounting Period` p
		join `tabClosed Document` d on d.parent = p.name
		where p.company = %s and %s between p.start_date and p.end_date and d.closed = 1
			and d.document_type in %s order by d.document_type limit 1""",
		(company, on, _VOUCHERS),
		as_dict=True,
	)
	if period:
		return [
			_(
				"The books are closed on {0} ({1}). Ask an accountant to open the period, or deliver after it"
			).format(formatdate(on), get_link_to_form("Accounting Period", period[0].name))
		]
	frozen = frappe.db.get_single_value("Accounts Settings", "acc_frozen_upto")
	role = frappe.db.get_single_value("Accounts Settings", "frozen_accounts_modifier")
	if frozen and getdate(on) <= getdate(frozen) and not (role and role in frappe.get_roles()):
		return [
			_(
				"The books are frozen up to {0}. Ask an accountant to move that date, or deliver after it"
			).format(formatdate(frozen))
		]
	closed = frappe.db.get_value(
		"Period Closing Voucher",
		{"company": company, "docstatus": 1, "period_end_date": (">=", on)},
		"name",
		order_by="period_end_date desc",
	)
	if closed:
		return [
			_("The books are closed on {0} by {1}. Ask an accountant, or deliver after it").format(
				formatdate(on), get_link_to_form("Period Closing Voucher", closed)
			)
		]
	return []
