"""What the form of a bank deposit shows: the checks with their payers, and what can be done now."""

from typing import Any

import frappe

from dealer_pos_crm.dealer_counter.banking import reconciling, slip
from dealer_pos_crm.domain.bank_deposit import Status


def of(name: str) -> dict[str, Any]:
	doc = frappe.get_doc(slip.DOCTYPE, name)
	status = reconciling.status_of(doc)
	may = frappe.has_permission(slip.DOCTYPE, "write", doc)
	open_now = may and status is Status.AT_THE_BANK
	returned = {
		row.payment_entry: row.name
		for row in frappe.get_all(
			"Returned Check",
			{"bank_deposit": name, "status": ("!=", "Cancelled")},
			["name", "payment_entry"],
			order_by="name",
		)
	}
	shown = slip.for_print(name)
	for check in shown["checks"]:
		check["returned_check"] = returned.get(check["document"])
	return {
		**shown,
		"status": status.value,
		"read_again": status.value != doc.status,
		"cleared_on": reconciling.cleared_on(doc),
		"difference": doc.bank_amount - doc.total_amount if doc.bank_amount else 0,
		"difference_reason": doc.difference_reason,
		"cancel_reason": doc.cancel_reason,
		"cancelled_by": frappe.utils.get_fullname(doc.cancelled_by) if doc.cancelled_by else "",
		"entry": doc.journal_entry,
		"may_correct": open_now,
		"may_cancel": open_now and not returned,
		"may_return": may and status is not Status.CANCELLED,
	}
