"""A row that our books cannot explain, explained by a person."""

import frappe
from frappe import _
from frappe.utils import cstr, get_link_to_form

from dealer_pos_crm.dealer_cashier.payouts import matching
from dealer_pos_crm.dealer_cashier.payouts import payout as rows_of
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.card_numbers import mask_fields
from dealer_pos_crm.domain.payout import State


@action
def settle(line: str, note: str, account: str | None = None) -> dict:
	"""Say what a row is. ``account``: where it is booked with the payout; without one it stays on the
	clearing account until its own voucher is there."""
	payout, row = _with_payout(line)
	if row.state == State.MATCHED.value:
		frappe.throw(_("Row {0} is matched already; nothing is to be settled").format(row.transaction_id))
	if not cstr(note).strip():
		frappe.throw(_("Say what row {0} is, so that the next one understands it").format(row.transaction_id))
	if account:
		_check_account(account, payout)
	row.update(
		{
			"state": State.SETTLED.value,
			"note": note.strip(),
			"account": account,
			"settled_by": frappe.session.user,
		}
	)
	mask_fields(row, ("note",))
	_keep(row)
	matching.settle_status(payout)
	return {"payout": payout.name, "status": payout.status, "exceptions": payout.exception_count}


@action
def open_again(line: str) -> dict:
	"""Take a settlement back, before the payout is booked."""
	payout, row = _with_payout(line)
	if row.state != State.SETTLED.value:
		frappe.throw(_("Row {0} is not settled").format(row.transaction_id))
	row.update({"state": State.EXCEPTION.value, "account": None, "settled_by": None})
	_keep(row)
	matching.settle_status(payout)
	return matching.match_again(payout.name)


def _with_payout(line: str):
	name = frappe.db.get_value(rows_of.LINE, line, "payout")
	if not name:
		frappe.throw(_("There is no payout row {0}").format(frappe.bold(line)))
	payout = rows_of.locked(name)
	if payout.status not in (rows_of.EXCEPTIONS, rows_of.RECONCILED):
		frappe.throw(
			_("{0} is {1}; its rows are not changed any more").format(rows_of.link_to(name), _(payout.status))
		)
	return payout, frappe.get_doc(rows_of.LINE, line)


def _keep(row) -> None:
	row.flags.of_the_house = True
	row.save(ignore_permissions=True)


def _check_account(account: str, payout) -> None:
	found = frappe.db.get_value(
		"Account", account, ["company", "is_group", "account_currency", "account_type"], as_dict=True
	)
	link = get_link_to_form("Account", account)
	if not found or found.company != payout.company or found.is_group:
		frappe.throw(_("{0} is not an account of {1} that can be booked on").format(link, payout.company))
	if found.account_currency and found.account_currency != payout.currency:
		frappe.throw(
			_("{0} is kept in {1}, the payout in {2}").format(link, found.account_currency, payout.currency)
		)
	if found.account_type in ("Receivable", "Payable", "Stock"):
		frappe.throw(
			_("{0} needs a party or goods; book that by hand and settle without an account").format(link)
		)
