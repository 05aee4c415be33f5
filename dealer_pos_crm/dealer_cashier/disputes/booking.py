"""The money of a dispute in the books: Journal Entries that bring the ledger to what the provider says.

Withdrawal: Dr Disputed Payments, Cr Clearing. Return: the other way round. Fee: Dr Fees, Cr Clearing. Loss: Dr
Lost Disputes, Cr Disputed Payments. Each time what is missing is booked, and what is too much is taken back, so
that a fact told twice books nothing. What cannot be booked stays visible, with a task, and is tried again.
"""

from collections import defaultdict
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_to_date, cstr, get_link_to_form, now_datetime, nowdate, strip_html

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown, to_float
from dealer_pos_crm.dealer_setup.acting import on_behalf_of
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import cost_center_of
from dealer_pos_crm.domain.dispute import Part, books, differences
from dealer_pos_crm.domain.gateway import DisputeState
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPE = "Dispute Case"
BOOKED, NOT_BOOKED = "Booked", "Not Booked"
TAKEN_BACK = "Taken Back: "
_AGAIN_IN_MINUTES = 60

# part -> the account that is debited, the account that is credited: fields of Gateway Account.
_SIDES: dict[Part, tuple[str, str]] = {
	Part.WITHDRAWAL: ("dispute_account", "clearing_account"),
	Part.RETURN: ("clearing_account", "dispute_account"),
	Part.FEE: ("fee_account", "clearing_account"),
	Part.LOSS: ("chargeback_account", "dispute_account"),
}
_LINKS: dict[Part, str] = {
	Part.WITHDRAWAL: "withdrawal_entry",
	Part.RETURN: "reinstatement_entry",
	Part.FEE: "fee_entry",
	Part.LOSS: "loss_entry",
}


def book(case: Any, account: Any) -> bool:
	"""Bring the ledger to what the case says, in the caller's transaction, which has locked the case.

	Returns whether the books agree now. What ERPNext refuses is undone as a whole, noted on the case and
	told to the responsible person; it never undoes the case itself.
	"""
	if not frappe.db.exists("Dealer Settings", case.company):
		return False
	messages = len(frappe.local.message_log)
	frappe.db.savepoint("dispute_booking")
	try:
		with explained():
			_check_currency(case)
			made = _post_missing(case, account)
	except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
		raise
	except Exception as error:
		frappe.db.rollback(save_point="dispute_booking")
		del frappe.local.message_log[messages:]
		_not_booked(case, account, error)
		return False
	_booked(case, made)
	return True


def standing_of(case: str, currency: str) -> dict[Part, Money]:
	"""What the submitted entries of a case come to, part by part."""
	found: dict[Part, Money] = defaultdict(lambda: Money.zero(currency))
	for row in _entries(case):
		part, back = _part_of(row.dealer_dispute_part)
		if part:
			amount = rounded(row.total_debit, currency)
			found[part] += -amount if back else amount
	return dict(found)


def entry_changed(journal: Any) -> None:
	"""An entry of a case was cancelled, or amended, by hand: the case says whether the books still agree."""
	name = journal.get("dealer_dispute_case")
	if not name or journal.flags.dealer_dispute:
		return
	case = frappe.get_doc(DOCTYPE, name, for_update=True)
	todo = _missing(case)
	if not todo:
		_booked(case, {})
		return
	note = _("{0} was cancelled by hand. Amend it, or book again.").format(journal.name)
	_note(case, note, None)
	_task(case, frappe.get_cached_doc("Gateway Account", case.gateway_account), note)


def check_entry(journal: Any) -> None:
	"""Entries of a case are made here; an accountant's amendment stays the case's own."""
	name = journal.get("dealer_dispute_case")
	if not name or journal.flags.dealer_dispute:
		return
	origin = journal.amended_from if journal.is_new() else journal.name
	kept = (
		frappe.db.get_value("Journal Entry", origin, ["dealer_dispute_case", "dealer_dispute_part"])
		if origin
		else None
	)
	if kept != (name, journal.dealer_dispute_part):
		frappe.throw(
			_("Entries of {0} are booked by the case itself. Remove the link").format(
				get_link_to_form(DOCTYPE, name)
			)
		)


# --- Posting ------------------------------------------------------------------------------------------


def _check_currency(case: Any) -> None:
	own = company_currency(case.company)
	if case.currency != own:
		raise Refused(
			"currency",
			marked("{0} is in {1}; the books are kept in {2}. Book it by hand, with the bank's rate"),
			case.name,
			case.currency,
			own,
		)


def _missing(case: Any) -> list[tuple[Part, Money]]:
	def money(field: str) -> Money:
		return rounded(case.get(field), case.currency)

	target = books(
		DisputeState(case.state), money("withdrawn_amount"), money("reinstated_amount"), money("fee_amount")
	)
	return differences(target, standing_of(case.name, case.currency))


def _post_missing(case: Any, account: Any) -> dict[str, str]:
	"""Returns what was made: field of the case -> Journal Entry."""
	made = {}
	for part, amount in _missing(case):
		if amount.minor > 0:
			made[_LINKS[part]] = _post(case, part, amount, *_accounts(account, part))
		else:
			debit, credit = _last_accounts(case.name, part) or _accounts(account, part)
			made[_LINKS[part]] = _post(case, part, -amount, credit, debit, back=True)
	return made


def _accounts(account: Any, part: Part) -> tuple[str, str]:
	found = []
	for field in _SIDES[part]:
		if not account.get(field):
			raise Refused(
				"account",
				marked("{0} has no {1}. Choose it there, or let Set Up Card Accounting make it"),
				account.name,
				account.meta.get_label(field),
			)
		found.append(account.get(field))
	return found[0], found[1]


def _last_accounts(case: str, part: Part) -> tuple[str, str] | None:
	"""Where the last entry of a part was booked, which is where it is taken back: (debited, credited)."""
	names = [row.name for row in _entries(case) if row.dealer_dispute_part == part.value]
	if not names:
		return None
	rows = frappe.get_all(
		"Journal Entry Account", {"parent": names[-1]}, ["account", "debit"], order_by="idx"
	)
	debited = next(row.account for row in rows if row.debit)
	return debited, next(row.account for row in rows if not row.debit)


def _entries(case: str) -> list:
	return frappe.db.sql(
		"""select name, dealer_dispute_part, total_debit from `tabJournal Entry`
		where dealer_dispute_case = %s and docstatus = 1 order by creation, name for update""",
		case,
		as_dict=True,
	)


def _part_of(said: str | None) -> tuple[Part | None, bool]:
	text = cstr(said)
	back = text.startswith(TAKEN_BACK)
	text = text.removeprefix(TAKEN_BACK)
	return (Part(text), back) if text in [part.value for part in Part] else (None, back)


def _post(case: Any, part: Part, amount: Money, debit: str, credit: str, *, back: bool = False) -> str:
	center = cost_center_of(case.company, case.department or "Accounting")
	value = to_float(amount)
	journal = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": "Journal Entry",
			"company": case.company,
			"posting_date": nowdate(),
			"cheque_no": case.dispute_id,
			"cheque_date": nowdate(),
			"dealer_dispute_case": case.name,
			"dealer_dispute_part": f"{TAKEN_BACK if back else ''}{part.value}",
			"user_remark": _remark(case, part, amount, back),
			"accounts": [
				{"account": debit, "debit_in_account_currency": value, "cost_center": center},
				{"account": credit, "credit_in_account_currency": value, "cost_center": center},
			],
		}
	)
	journal.flags.ignore_permissions = True  # what the provider took is booked whoever reads the message
	journal.flags.dealer_dispute = True
	with on_behalf_of(case.assigned_to):
		journal.insert()
		journal.submit()
	return journal.name


def _remark(case: Any, part: Part, amount: Money, back: bool) -> str:
	words = {
		Part.WITHDRAWAL: _("Dispute {0}: {1} taken by the bank"),
		Part.RETURN: _("Dispute {0}: {1} given back by the bank"),
		Part.FEE: _("Dispute {0}: fee of {1}"),
		Part.LOSS: _("Dispute {0}: {1} lost"),
	}
	text = words[part].format(case.name, shown(amount))
	return _("{0}, taken back").format(text) if back else text


# --- The case says so ---------------------------------------------------------------------------------


def _booked(case: Any, made: dict[str, str]) -> None:
	was = case.booking == NOT_BOOKED
	anything = made or was or case.booking or case.withdrawn_amount or case.fee_amount
	_set(case, {**made, "booking": BOOKED if anything else "", "booking_note": None, "book_again_at": None})
	if was and case.card_payment:
		_failures().settled((DOCTYPE, case.name))


def _not_booked(case: Any, account: Any, error: Exception) -> None:
	why = strip_html(cstr(error)).strip() or type(error).__name__
	if not isinstance(error, frappe.ValidationError):
		frappe.log_error(
			title=_("Dispute {0} could not be booked").format(case.name)[:140],
			reference_doctype=DOCTYPE,
			reference_name=case.name,
		)
	_note(case, why, add_to_date(now_datetime(), minutes=_AGAIN_IN_MINUTES))
	_task(case, account, why)


def _note(case: Any, note: str, again_at) -> None:
	_set(case, {"booking": NOT_BOOKED, "booking_note": note[:1000], "book_again_at": again_at})


def _task(case: Any, account: Any, why: str) -> None:
	_failures().tell(
		account,
		title=_("Dispute {0} is not in the books").format(case.name),
		text=_("{0} Put it right, then open the case and choose Book Again.").format(why),
		reference=(DOCTYPE, case.name),
	)


def _failures() -> Any:
	from dealer_pos_crm.dealer_cashier.gateway import failures

	return failures


def _set(case: Any, values: dict[str, Any]) -> None:
	changed = {
		field: value for field, value in values.items() if (case.get(field) or None) != (value or None)
	}
	if changed:
		case.db_set(changed)
