"""Whether the bank's statement confirms a slip: ERPNext clears its entry without telling anybody."""

import frappe
from frappe.utils import getdate

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded
from dealer_pos_crm.dealer_counter.banking import slip
from dealer_pos_crm.dealer_setup.acting import action, each_alone
from dealer_pos_crm.domain.bank_deposit import STANDING, Status
from dealer_pos_crm.domain.money import Money


def cleared_on(doc):
	"""The day on which the statement confirmed the slip's entry; None before."""
	if not doc.journal_entry:
		return None
	day = frappe.db.get_value("Journal Entry", doc.journal_entry, "clearance_date")
	return getdate(day) if day else None


def status_of(doc) -> Status:
	status = Status(doc.status)
	if status not in STANDING:
		return status
	return Status.RECONCILED if cleared_on(doc) else Status.AT_THE_BANK


def on_the_way(company: str) -> Money:
	"""What slips say was brought to the bank and no statement has confirmed."""
	found = frappe.db.sql(
		"""select sum(d.bank_amount) from `tabBank Deposit` d
		join `tabJournal Entry` je on je.name = d.journal_entry
		where d.company = %s and d.status != 'Cancelled' and je.clearance_date is null""",
		company,
	)
	return rounded(found[0][0], company_currency(company))


@action
def read(name: str) -> dict:
	"""Bring a slip in line with ERPNext's bank reconciliation, in both directions."""
	doc = frappe.get_doc(slip.DOCTYPE, name, for_update=True)
	day, status = cleared_on(doc), status_of(doc)
	if (status.value, day) != (doc.status, getdate(doc.reconciled_on) if doc.reconciled_on else None):
		doc.update({"status": status.value, "reconciled_on": day if status is Status.RECONCILED else None})
		doc.flags.of_the_house = True
		doc.save(ignore_permissions=True)
	return slip.state(name)


def run() -> None:
	"""Every hour: slips whose entry was cleared since, or is not cleared any more."""
	names = frappe.db.sql_list(
		"""select d.name from `tabBank Deposit` d join `tabJournal Entry` je on je.name = d.journal_entry
		where (d.status = 'At the Bank' and je.clearance_date is not null)
			or (d.status = 'Reconciled' and (je.clearance_date is null or je.clearance_date != d.reconciled_on))
		order by d.name"""
	)
	each_alone(slip.DOCTYPE, names, read, "Bank deposit {0} could not be read again")
