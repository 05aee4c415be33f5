"""A payout in the ledger: one Journal Entry from the clearing account to the bank, with what it cost."""

import frappe
from frappe import _
from frappe.utils import get_link_to_form, getdate, nowdate

from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.dealer_cashier.payouts import payout as rows_of
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.settings import cost_center_of
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.payout import Part, State, clearing_credit

_ACCOUNTS = ("clearing_account", "bank_account", "fee_account")


@action
def book(name: str) -> dict:
	"""Book a reconciled payout. Booking it again finds it booked. Returns the payout and its entry."""
	payout = rows_of.locked(name)
	if payout.status == rows_of.BOOKED:
		return _result(payout, repeated=True)
	_check(payout)
	account = frappe.get_doc("Gateway Account", payout.gateway_account)
	fees, settled = _parts(payout)
	net = rows_of.amount_of(payout)
	lines = [
		(account.bank_account, net, None),
		*((account.fee_account, part.amount, part.department) for part in fees),
		*((part.account, -part.amount, part.department) for part in settled),
		(account.clearing_account, -clearing_credit(net, fees, settled), None),
	]
	entry = _entry(payout, lines, _("Payout {0} of {1}").format(payout.payout_id, account.title))
	payout.update(
		{
			"journal_entry": entry.name,
			"status": rows_of.BOOKED,
			"booked_on": frappe.utils.now_datetime(),
		}
	)
	payout.save(ignore_permissions=True)
	_settle_task(payout)
	return _result(payout, repeated=False)


def _check(payout) -> None:
	link = rows_of.link_to(payout.name)
	if payout.status == rows_of.WAITING:
		frappe.throw(_("{0} is not read yet. Choose Read Again").format(link))
	if payout.problem:
		frappe.throw(_("{0} is not booked: {1}").format(link, payout.problem))
	if payout.status == rows_of.EXCEPTIONS:
		frappe.throw(
			_("{0} has {1} open exceptions. Mend or settle each row first").format(
				link, rows_of.open_exceptions(payout.name)
			)
		)
	if payout.status != rows_of.RECONCILED:
		frappe.throw(_("{0} is {1} and is not booked").format(link, _(payout.status)))
	account = frappe.get_doc("Gateway Account", payout.gateway_account)
	missing = [_(account.meta.get_label(field)) for field in _ACCOUNTS if not account.get(field)]
	if missing:
		frappe.throw(
			_("Choose {0} in {1} first").format(
				", ".join(missing), get_link_to_form("Gateway Account", account.name)
			)
		)


def _parts(payout) -> tuple[list[Part], list[Part]]:
	"""Fees by department, and rows that a person put on an account, from the kept rows."""
	zero = Money.zero(payout.currency)
	fees: dict[str, Money] = {}
	settled = []
	for line in rows_of.lines_of(payout):
		fee = rounded(line.fee_here, payout.currency)
		department = line.department or ""
		fees[department] = fees.get(department, zero) + fee
		if line.state == State.SETTLED.value and line.account:
			settled.append(Part(department, rounded(line.amount, payout.currency), line.account))
	return [Part(key, amount) for key, amount in sorted(fees.items()) if amount], settled


def _entry(payout, lines: list[tuple[str, Money, str | None]], remark: str):
	"""A submitted Journal Entry. Debits are positive, credits negative; rows of nothing are left out."""
	entry = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": "Bank Entry",
			"company": payout.company,
			"posting_date": payout.arrival_date or nowdate(),
			"cheque_no": payout.payout_id,
			"cheque_date": payout.arrival_date or nowdate(),
			"user_remark": remark,
			"dealer_gateway_payout": payout.name,
			"accounts": [
				{
					"account": account,
					"debit_in_account_currency": to_float(amount) if amount.minor > 0 else 0,
					"credit_in_account_currency": to_float(-amount) if amount.minor < 0 else 0,
					"cost_center": cost_center_of(payout.company, department),
				}
				for account, amount, department in lines
				if amount
			],
		}
	)
	entry.flags.ignore_permissions = True  # the right to book payouts was checked
	entry.insert()
	entry.submit()
	return entry


def take_back(payout) -> None:
	"""In the caller's transaction: a booked payout came back from the bank. Its costs remain; the money
	stands on the clearing account again. Saved by the caller."""
	if not payout.journal_entry or payout.reversal_entry:
		return
	if frappe.db.get_value("Journal Entry", payout.journal_entry, "docstatus") != 1:
		return
	account = frappe.get_doc("Gateway Account", payout.gateway_account)
	net = rows_of.amount_of(payout)
	before, payout.arrival_date = payout.arrival_date, getdate()
	try:
		entry = _entry(
			payout,
			[(account.clearing_account, net, None), (account.bank_account, -net, None)],
			_("Payout {0} came back: {1}").format(payout.payout_id, payout.failure or "-"),
		)
	finally:
		payout.arrival_date = before
	payout.reversal_entry = entry.name


def entry_cancelled(entry) -> None:
	"""An accountant cancelled the entry of a payout: it may be booked again."""
	name = entry.get("dealer_gateway_payout")
	if not name or not frappe.db.exists(rows_of.DOCTYPE, name):
		return
	payout = rows_of.locked(name)
	if payout.journal_entry == entry.name and payout.status == rows_of.BOOKED:
		payout.update({"journal_entry": None, "booked_on": None, "status": rows_of.RECONCILED})
	elif payout.reversal_entry == entry.name:
		payout.reversal_entry = None
	else:
		return
	payout.save(ignore_permissions=True)


def _settle_task(payout) -> None:
	from dealer_pos_crm.dealer_cashier.gateway import failures

	failures.settled((rows_of.DOCTYPE, payout.name))


def _result(payout, *, repeated: bool) -> dict:
	return {
		"payout": payout.name,
		"status": payout.status,
		"journal_entry": payout.journal_entry,
		"amount": shown(rows_of.amount_of(payout)),
		"repeated": repeated,
	}
