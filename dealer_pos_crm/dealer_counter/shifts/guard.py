"""What keeps a sale inside its shift, and what may not lie about when a shift is closed."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import get_link_to_form

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown
from dealer_pos_crm.dealer_counter.shifts import stamping
from dealer_pos_crm.dealer_setup.deciding import counter_user


class OutsideTheShift(frappe.ValidationError):
	"""A sale that no closing of its cashier would count."""


class MoneyInFlight(frappe.ValidationError):
	"""Money of the shift is neither taken nor given up yet."""


def check_sale(sale: Any) -> None:
	"""Before a POS Invoice is submitted at our counter: it goes into the open shift of whoever rang it up, and
	its shift is locked until it stands. One statement."""
	if not stamping.is_counter(sale.pos_profile, sale.company) or sale.get("is_consolidated"):
		return
	currency = company_currency(sale.company)
	if sale.currency and sale.currency != currency:
		frappe.throw(
			_("This counter takes {0} only; the sale is in {1}. Sell in {0}, or make an invoice").format(
				currency, sale.currency
			),
			OutsideTheShift,
			title=_("Another Currency"),
		)
	owner = sale.owner or counter_user()
	found = stamping.shifts_of(owner, sale.company, sale.pos_profile)
	if owner != counter_user():
		frappe.throw(
			_(
				"{0} began this sale, and it would count in the drawer of {0}. Whoever takes the money rings it up: make the sale anew"
			).format(frappe.bold(owner)),
			OutsideTheShift,
			title=_("Another Cashier's Sale"),
		)
	if not found:
		frappe.throw(
			_("{0} has no open shift at {1}; no closing would count this sale. Open a shift first").format(
				frappe.bold(owner), frappe.bold(sale.pos_profile)
			),
			OutsideTheShift,
			title=_("No Open Shift"),
		)
	stamping.check_open(found[0])
	sale.dealer_shift = found[0].name


def check_cancel(doc: Any) -> None:
	"""A payment or sale of a shift that is being closed at this moment is not taken out of it."""
	if not doc.get("dealer_shift"):
		return
	found = stamping.locked(doc.dealer_shift)
	if found and found.status == "Open":
		stamping.check_open(found)


def in_flight(shift: str) -> list[dict]:
	"""Money of the shift that is on its way: ``[{doctype, name, title, amount, currency, status, why}]``."""
	return [*_receipts(shift), *_cards(shift)]


def _receipts(shift: str) -> list[dict]:
	rows = frappe.get_all(
		"Counter Receipt",
		{"shift": shift, "status": "Collecting"},
		["name", "customer", "customer_name", "amount", "currency", "status"],
		order_by="creation",
	)
	return [
		_row("Counter Receipt", row, row.customer_name or row.customer, _("Finish it or give it up"))
		for row in rows
	]


def _cards(shift: str) -> list[dict]:
	"""Cards that may still be charged, or were and are not in the books. A hold on a card is meant to last."""
	rows = frappe.db.sql(
		"""select name, customer, customer_name, amount, currency, status
		from `tabCard Payment` where shift = %s and channel = 'In Person' and (
			status in ('Waiting', 'Processing')
			or (status = 'Authorised' and for_doctype = 'Counter Receipt')
			or (status = 'Failed' and ifnull(intent_id, '') != '')
			or (status = 'Captured' and ifnull(booking, '') in ('', 'Not Booked')))
		order by creation, name""",
		(shift,),
		as_dict=True,
	)
	return [
		_row(
			"Card Payment",
			row,
			row.customer_name or row.customer,
			_("Charged and not in the books yet: book it")
			if row.status == "Captured"
			else _("Finish it at the reader or cancel it"),
		)
		for row in rows
	]


def _row(doctype: str, row: Any, who: str, why: str) -> dict:
	return {
		"doctype": doctype,
		"name": row.name,
		"title": who,
		"amount": row.amount,
		"currency": row.currency,
		"status": row.status,
		"why": why,
	}


def check_nothing_in_flight(shift: str) -> None:
	"""Refuse a closing while money is on its way, naming each with a link. Raises ``MoneyInFlight``."""
	rows = in_flight(shift)
	if not rows:
		return
	lines = "".join(
		"<li>{0}, {1}, {2}: {3}</li>".format(
			get_link_to_form(row["doctype"], row["name"]),
			frappe.utils.escape_html(row["title"] or ""),
			shown(rounded(row["amount"], row["currency"])),
			row["why"],
		)
		for row in rows
	)
	frappe.throw(
		_("Money of this shift is still on its way. Settle each of these, then close:") + f"<ul>{lines}</ul>",
		MoneyInFlight,
		title=_("Not Finished"),
	)
