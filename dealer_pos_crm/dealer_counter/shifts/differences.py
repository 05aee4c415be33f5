"""Over and short in the ledger: one Journal Entry for each closed shift, made once."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import get_link_to_form, nowdate

from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_counter.shifts import count as counts
from dealer_pos_crm.dealer_counter.shifts import telling
from dealer_pos_crm.dealer_setup.acting import action, on_its_own
from dealer_pos_crm.dealer_setup.settings import cost_center_of, settings_of
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.shift import Status

DEPARTMENT = "Accounting"


def missing_account(company: str) -> str:
	"""Why over and short could not be booked, with the remedy; empty when they can."""
	if settings_of(company).over_short_account:
		return ""
	return _(
		"There is no account for what is over or short. Set the Cash Over and Short Account in the Dealer Settings of {0}, or let the accountant set up the counter there"
	).format(get_link_to_form("Dealer Settings", company))


def check_ready(count: Any) -> None:
	"""Before a shift with a difference is closed: the account is there."""
	if not bookable(count):
		return
	missing = missing_account(count.company)
	if missing:
		frappe.throw(missing, title=_("No Account for Over and Short"))


def bookable(count: Any) -> list[tuple[str, Money]]:
	"""What the ledger is told: (account of the mode, difference). What a card reader took is the provider's to
	say: a miscounted slip moves no money, and is left out."""
	clearing = set(
		frappe.get_all("Gateway Account", {"company": count.company}, pluck="clearing_account") or []
	)
	found: dict[str, Money] = {}
	for row in count.modes:
		amount = rounded(row.difference, count.currency)
		if not amount:
			continue
		account = frappe.db.get_value(
			"Mode of Payment Account",
			{"parent": row.mode_of_payment, "company": count.company},
			"default_account",
		)
		if not account:
			frappe.throw(
				_("{0} has no account in {1}").format(
					get_link_to_form("Mode of Payment", row.mode_of_payment), count.company
				)
			)
		if account not in clearing:
			found[account] = found.get(account, Money.zero(count.currency)) + amount
	return [(account, amount) for account, amount in found.items() if amount]


def book_now(name: str) -> None:
	"""Book, and keep what went wrong: the closing stands, a person is told, and it is tried again. Commits."""
	messages = len(frappe.local.message_log)
	try:
		with on_its_own():
			book(name)
	except Exception as error:
		frappe.db.rollback()
		del frappe.local.message_log[messages:]
		frappe.log_error(
			title=_("Over and short of {0} not booked").format(name),
			reference_doctype=counts.DOCTYPE,
			reference_name=name,
		)
		_not_booked(name, frappe.utils.strip_html(str(error))[:500])
	frappe.db.commit()  # nosemgrep - the closing has committed; what follows it stands by itself


@action
def book(name: str) -> str | None:
	"""The Journal Entry of a closed shift's difference; again it finds what is there. Returns its name."""
	count = counts.locked(name)
	if count.status != Status.CLOSED.value:
		frappe.throw(_("{0} is not closed yet").format(name))
	if count.journal_entry:
		return count.journal_entry
	standing = frappe.db.get_value(
		"Journal Entry", {"dealer_shift_count": name, "docstatus": ("<", 2)}, "name"
	)
	lines = bookable(count)
	if standing or lines:
		check_ready(count)
		count.journal_entry = standing or _entry(count, lines)
	count.booking = counts.BOOKED if count.journal_entry else counts.NOT_NEEDED
	count.booking_problem = None
	counts.keep(count)
	telling.settled((counts.DOCTYPE, name))
	return count.journal_entry


def _entry(count: Any, lines: list[tuple[str, Money]]) -> str:
	"""Over is income and short is cost of the account for both; the modes' accounts come to what was counted."""
	difference = total((amount for _account, amount in lines), count.currency)
	center = frappe.get_cached_value("POS Profile", count.pos_profile, "cost_center") or cost_center_of(
		count.company, DEPARTMENT
	)
	rows = [*lines, (settings_of(count.company).over_short_account, -difference)]
	entry = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": "Journal Entry",
			"company": count.company,
			"posting_date": frappe.db.get_value("POS Closing Entry", count.closing_entry, "posting_date")
			or nowdate(),
			"user_remark": _("{0}: {1} of {2} at {3}. {4}").format(
				count.name,
				counts.in_words(difference),
				count.cashier,
				count.pos_profile,
				": ".join(part for part in (_(count.reason or ""), count.note) if part),
			),
			"dealer_shift_count": count.name,
			"accounts": [
				{
					"account": account,
					"debit_in_account_currency": to_float(amount) if amount.minor > 0 else 0,
					"credit_in_account_currency": to_float(-amount) if amount.minor < 0 else 0,
					"cost_center": center,
				}
				for account, amount in rows
				if amount
			],
		}
	)
	entry.flags.ignore_permissions = True  # it follows from a closing that who may close has done
	entry.insert()
	entry.submit()
	return entry.name


@action
def _not_booked(name: str, problem: str) -> None:
	count = counts.locked(name)
	if count.journal_entry:
		return
	count.booking = counts.PROBLEM
	count.booking_problem = problem
	counts.keep(count)
	telling.tell(
		count.company,
		(counts.DOCTYPE, name),
		_("Over and short of {0} is not booked: {1}").format(name, problem),
	)


def entry_cancelled(entry: Any) -> None:
	"""An accountant took the entry back: it is not made anew by itself."""
	name = entry.get("dealer_shift_count")
	if not name or not frappe.db.exists(counts.DOCTYPE, name):
		return
	count = frappe.get_doc(counts.DOCTYPE, name, for_update=True)
	if count.journal_entry != entry.name:
		return
	count.journal_entry = None
	count.booking = counts.CANCELLED
	count.booking_problem = _("{0} was cancelled by {1}").format(entry.name, frappe.session.user)
	counts.keep(count)


def take_back(count: Any) -> None:
	"""The closing was cancelled, the shift is open again: its difference is counted anew. In the caller's
	transaction; saved by the caller."""
	if not count.journal_entry:
		return
	entry = frappe.get_doc("Journal Entry", count.journal_entry)
	count.journal_entry = None
	counts.keep(count)
	if entry.docstatus == 1:
		entry.flags.ignore_permissions = True  # who may cancel the closing undoes what followed from it
		entry.cancel()
	count.reload()
