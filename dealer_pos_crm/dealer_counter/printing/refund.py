"""The slip of a refund at the counter: what was paid back, for what, why, and who agreed."""

from dataclasses import replace
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, get_fullname

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import customer, dealer, in_words, moment, plain


def refund_slip(doc: Any) -> Paper:
	amount = rounded(doc.amount, doc.currency)
	paper = Paper(
		title=_("Refund"),
		number=doc.name,
		date=moment(doc.decided_at or doc.requested_at or doc.creation),
		dealer=dealer(doc.company),
		facts=_facts(doc),
		customer=customer(doc),
		what=_source(doc),
	)
	if doc.status != "Done":
		return replace(paper, mark=_why_not(doc), amount_label=_("Amount asked for"), amount=shown(amount))
	return replace(
		paper,
		amount_label=_("Amount paid back"),
		amount=shown(amount),
		in_words=in_words(amount),
		sums=(_how(doc),),
		signatures=(_("Received by the customer"), _("For {0}").format(doc.company)),
	)


def _facts(doc: Any) -> tuple[Fact, ...]:
	found = [Fact(_("Paid back to"), customer(doc)), Fact(_("For"), _source(doc))]
	found.append(Fact(_("Reason"), plain(doc.reason)))
	if doc.requested_by:
		found.append(Fact(_("Refunded by"), plain(get_fullname(doc.requested_by))))
	if doc.decided_by and doc.decided_by != doc.requested_by:
		found.append(Fact(_("Approved by"), plain(get_fullname(doc.decided_by))))
	if doc.pos_profile:
		found.append(Fact(_("Counter"), plain(" · ".join(filter(None, (doc.pos_profile, doc.shift))))))
	return tuple(fact for fact in found if fact.text)


def _source(doc: Any) -> str:
	return f"{_(doc.source_doctype)} {doc.source_name}"


def _how(doc: Any) -> Sum:
	"""By the modes of the return, where goods came back; else the one payment."""
	amount = rounded(doc.amount, doc.currency)
	rows = _of_return(doc) or [
		Row(
			_(doc.mode_of_payment or "Cash"),
			shown(amount),
			" · ".join(
				filter(
					None,
					(
						_("Number {0}").format(plain(doc.reference_no)) if doc.reference_no else "",
						cstr(doc.payment_entry),
					),
				)
			),
		)
	]
	return Sum(_("How it was paid back"), (*rows, Row(_("Paid back"), shown(amount), kind="held")))


def _of_return(doc: Any) -> list[Row]:
	if not doc.return_invoice:
		return []
	tenders = frappe.get_all(
		"Sales Invoice Payment",
		{"parent": doc.return_invoice, "parenttype": "POS Invoice", "amount": ("!=", 0)},
		["mode_of_payment", "amount"],
		order_by="idx",
	)
	return [
		Row(_(row.mode_of_payment), shown(rounded(abs(row.amount), doc.currency)), doc.return_invoice)
		for row in tenders
	]


def _why_not(doc: Any) -> Mark:
	texts = {
		"Requested": (_("Not approved yet"), _("Nothing was paid out. This is not a refund slip.")),
		"Rejected": (_("Rejected"), _("Nothing was paid out.")),
		"Withdrawn": (_("Withdrawn"), _("Nothing was paid out.")),
		"Cancelled": (_("Cancelled"), _("The refund was reversed. This slip is void.")),
	}
	return Mark(*texts.get(doc.status, (_(doc.status), _("This is not a refund slip."))))
