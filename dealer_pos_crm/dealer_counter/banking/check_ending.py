"""How the matter of a returned check ends: made good, by itself or by a person's word, or written off."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import get_link_to_form, nowdate

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_counter.banking import returned_checks as cases
from dealer_pos_crm.dealer_counter.banking import returning
from dealer_pos_crm.dealer_setup.acting import action, each_alone
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import MANAGERS
from dealer_pos_crm.domain import returned_check as rules
from dealer_pos_crm.domain.reasons import check_reason
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.returned_check import Status, Step


@action
def look(name: str) -> dict:
	"""Close a case when everything the check had paid is paid again; leave it otherwise."""
	case = _locked(name)
	if case.status == Status.OPEN.value:
		opened = cases.reopened_of(case)
		now = returning.open_now([one.document for one in opened], case.currency)
		if rules.is_made_good(opened, now):
			_made_good(case, None)
	return cases.state(name)


@action
def made_good(name: str, note: str | None) -> dict:
	"""A person says that it is settled: another way, or because nothing of it is owed any more."""
	case = _locked(name)
	with explained():
		rules.check_step(Step.MADE_GOOD, Status(case.status), case.name)
		text = check_reason(note, marked("Say in a few words how it was made good"))
	_made_good(case, text)
	return cases.state(name)


def _made_good(case, note: str | None) -> None:
	_end(case, Status.MADE_GOOD, note)
	case.made_good_on = nowdate()
	cases.keep(case)
	cases.tell(
		case,
		"check.made_good",
		_("Check {0} of {1} made good").format(case.check_no or "-", _amount_of(case)),
		reason=note or _("Paid again"),
	)


@action
def write_off(name: str, account: str | None, reason: str | None) -> dict:
	"""Give up what is still open of it: one Journal Entry to ``account`` (the company's own where none is named)
	that pays each document. Its fee stays owed, unless it is credited by its own invoice."""
	case = _locked(name)
	with explained():
		rules.check_step(Step.WRITE_OFF, Status(case.status), case.name)
		text = check_reason(reason, marked("Say why it is written off"))
		left = {
			document: amount for document, amount in cases.left_of(case).items() if document[0] != "Deposit"
		}
		rest = rules.check_write_off(left, case.currency, case.name)
	account = _expense(case.company, account)
	lines: list[tuple[str, Any, dict]] = [(account, rest, {})]
	for (doctype, document), amount in left.items():
		if amount:
			lines.append(
				(_account_of(doctype, document, case.customer), -amount, _against(case, doctype, document))
			)
	case.write_off_entry = returning.journal(
		case,
		lines,
		nowdate(),
		_("Check {0} of {1} written off: {2}").format(case.check_no or "-", case.customer_name, text),
		kind="Journal Entry",
	)
	_end(case, Status.WRITTEN_OFF, text)
	cases.keep(case)
	cases.tell(
		case,
		"check.written_off",
		_("{0} of check {1} written off").format(shown(rest), case.check_no or "-"),
		reason=text,
	)
	return cases.state(name)


def _expense(company: str, account: str | None) -> str:
	account = account or frappe.get_cached_value("Company", company, "write_off_account")
	found = account and frappe.db.get_value(
		"Account", account, ["company", "root_type", "is_group", "disabled"], as_dict=True
	)
	if (
		not found
		or (found.company, found.root_type) != (company, "Expense")
		or found.is_group
		or found.disabled
	):
		frappe.throw(_("Choose the expense account that the loss is booked on"))
	return account


def _account_of(doctype: str, name: str, customer: str) -> str:
	if doctype == "Sales Invoice":
		return frappe.db.get_value(doctype, name, "debit_to")
	return frappe.db.get_value(
		"Journal Entry Account",
		{"parent": name, "party_type": "Customer", "party": customer, "debit": (">", 0)},
		"account",
		order_by="idx",
	)


def _against(case, doctype: str, name: str) -> dict:
	return {
		"party_type": "Customer",
		"party": _payer_of(case, doctype, name),
		"reference_type": doctype,
		"reference_name": name,
	}


def _payer_of(case, doctype: str, name: str) -> str:
	return frappe.db.get_value(doctype, name, "customer") if doctype == "Sales Invoice" else case.customer


def _end(case, status: Status, note: str | None) -> None:
	case.update({"status": status.value, "decided_by": frappe.session.user, "decision_note": note})


def run() -> None:
	"""Every hour: open cases whose documents are paid again."""
	names = frappe.get_all(cases.DOCTYPE, {"status": Status.OPEN.value}, pluck="name", order_by="name")
	each_alone(cases.DOCTYPE, names, look, "Returned check {0} could not be looked at")


def allow_checks(customer: str, note: str | None) -> None:
	"""Take checks of this customer again: a manager's decision, with a reason."""
	if not set(frappe.get_roles()) & {*MANAGERS, "System Manager"}:
		frappe.throw(
			_("A manager decides whether checks of {0} are taken again").format(
				get_link_to_form("Customer", customer)
			),
			frappe.PermissionError,
		)
	with explained():
		text = check_reason(note, marked("Say why checks are taken again"))
	doc = frappe.get_doc("Customer", customer, for_update=True)
	if doc.dealer_no_checks:
		doc.db_set("dealer_no_checks", 0, notify=True)
		doc.add_comment("Comment", _("Checks are taken again: {0}").format(text))


def _locked(name: str):
	if not frappe.db.exists(cases.DOCTYPE, name):
		frappe.throw(
			_("Returned Check {0} does not exist").format(frappe.bold(name)), frappe.DoesNotExistError
		)
	return frappe.get_doc(cases.DOCTYPE, name, for_update=True)


def _amount_of(case) -> str:
	return shown(rounded(case.amount, case.currency))
