"""The slip that goes to the bank with cash and checks."""

from dataclasses import replace
from typing import Any

import frappe
from frappe import _
from frappe.utils import flt, format_date, get_fullname

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import dealer, in_words, less, moment, plain
from dealer_pos_crm.domain.money import total


def bank_slip(doc: Any) -> Paper:
	amount = rounded(doc.total_amount, doc.currency)
	paper = Paper(
		title=_("Bank Deposit"),
		number=doc.name,
		date=format_date(doc.deposit_date) if doc.deposit_date else moment(doc.creation),
		dealer=dealer(doc.company),
		facts=_facts(doc),
		amount_label=_("Amount deposited"),
		amount=shown(amount),
		in_words=in_words(amount),
		sums=tuple(part for part in (_cash(doc), _checks(doc), _together(doc)) if part),
		signatures=(_("Brought by"), _("Received by the bank")),
	)
	if doc.status == "Draft":
		return replace(paper, mark=Mark(_("Draft"), _("Not brought to the bank yet.")))
	if doc.status == "Cancelled":
		return replace(paper, mark=Mark(_("Cancelled"), plain(doc.cancel_reason)))
	return paper


def _facts(doc: Any) -> tuple[Fact, ...]:
	found = [Fact(_("Account"), plain(doc.bank_account))]
	if doc.slip_no:
		found.append(Fact(_("Slip number"), plain(doc.slip_no)))
	if doc.brought_by:
		found.append(Fact(_("Brought by"), plain(get_fullname(doc.brought_by))))
	return tuple(found)


def _cash(doc: Any) -> Sum | None:
	counted = [row for row in doc.cash if flt(row.pieces)]
	if not counted and not flt(doc.cash_amount):
		return None
	rows = [
		Row(
			f"{row.pieces} × {shown(rounded(row.denomination, doc.currency))}",
			shown(rounded(row.amount, doc.currency)),
		)
		for row in counted
	]
	cash = rounded(doc.cash_amount, doc.currency)
	return Sum(_("Notes and coins"), (*rows, Row(_("Cash"), shown(cash), kind="total")))


def _checks(doc: Any) -> Sum | None:
	checks = [item for item in doc.items if item.kind == "Check"]
	if not checks:
		return None
	rows = []
	for item in checks:
		amount = shown(rounded(item.amount, doc.currency))
		who = frappe.get_cached_value("Customer", item.customer, "customer_name") if item.customer else ""
		notes = [plain(who), format_date(item.check_date) if item.check_date else ""]
		label = (
			_("Number {0}").format(plain(item.check_no))
			if item.check_no
			else _(item.mode_of_payment or "Check")
		)
		rows.append(Row(label, amount, " · ".join(note for note in notes if note)))
	checked = total((rounded(item.amount, doc.currency) for item in checks), doc.currency)
	return Sum(_("Checks"), (*rows, Row(_("{0} checks").format(len(checks)), shown(checked), kind="total")))


def _together(doc: Any) -> Sum:
	cash, checks = rounded(doc.cash_amount, doc.currency), rounded(doc.check_amount, doc.currency)
	rows = [
		Row(_("Cash"), shown(cash)),
		Row(_("Checks"), shown(checks)),
		Row(_("Deposited"), shown(rounded(doc.total_amount, doc.currency)), kind="held"),
	]
	returned = [item for item in doc.items if item.get("state") == "Returned"]
	if returned:
		back = total((rounded(item.amount, doc.currency) for item in returned), doc.currency)
		rows.append(Row(_("Of it returned by the bank"), less(back), kind="void"))
	return Sum(_("Deposited"), tuple(rows))
