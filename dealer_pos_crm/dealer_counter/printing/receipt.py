"""The receipt of what was collected at the counter: what was paid, how, and what stays open."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, get_fullname

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import (
	car_name,
	customer,
	dealer,
	in_words,
	less,
	moment,
	plain,
)
from dealer_pos_crm.domain.money import Money, total

_NOT_PAID = {"Collecting", "Given Up"}


def receipt(doc: Any) -> Paper:
	amount = rounded(doc.amount, doc.currency)
	tenders = [row for row in doc.tenders if row.state in ("Booked", "Reversed")]
	paper = Paper(
		title=_("Receipt"),
		number=doc.name,
		date=moment(doc.taken_on or doc.creation),
		dealer=dealer(doc.company),
		facts=_facts(doc),
		customer=customer(doc),
		what=", ".join(filter(None, (plain(line.what) for line in doc.lines))) or _("your account"),
	)
	if doc.status in _NOT_PAID:
		return _not_finished(paper, doc, tenders)
	paper = replace(
		paper,
		amount_label=_("Amount received"),
		amount=shown(amount),
		in_words=in_words(amount),
		sums=(_what_was_paid(doc, amount), _how(tenders, doc.currency)),
	)
	return _reversed(paper, doc, amount)


def _facts(doc: Any) -> tuple[Fact, ...]:
	found = [Fact(_("Received from"), customer(doc))]
	found += [Fact(_("Vehicle"), car_name(name)) for name in _each(line.vehicle for line in doc.lines)]
	if doc.taken_by:
		found.append(Fact(_("Taken by"), plain(get_fullname(doc.taken_by))))
	where = " · ".join(part for part in (cstr(doc.pos_profile), cstr(doc.shift)) if part)
	if where:
		found.append(Fact(_("Counter"), plain(where)))
	return tuple(found)


def _each(names: Iterator[str]) -> list[str]:
	return list(dict.fromkeys(name for name in names if name))


def _what_was_paid(doc: Any, amount: Money) -> Sum:
	rows = []
	for line in doc.lines:
		rows.append(
			Row(
				plain(line.what) or _(line.reference_doctype),
				shown(rounded(line.paid_so_far, doc.currency)),
				" · ".join(filter(None, (_document(line), _still_open(line, doc.currency)))),
			)
		)
	credit = rounded(doc.credit_amount, doc.currency)
	if credit:
		rows.append(Row(_("Kept as your credit"), shown(credit)))
	rows.append(Row(_("Paid"), shown(amount), kind="total"))
	return Sum(_("What was paid"), tuple(rows))


def _document(line: Any) -> str:
	"""The number, unless it already stands in the line's words."""
	parts = [cstr(line.repair_order), cstr(line.reference_name)]
	return " · ".join(dict.fromkeys(part for part in parts if part and part not in cstr(line.what)))


def _still_open(line: Any, currency: str) -> str:
	left = rounded(line.open_amount, currency) - rounded(line.paid_so_far, currency)
	return _("Paid in part: {0} still open").format(shown(left)) if left.minor > 0 else ""


def _how(tenders: list[Any], currency: str) -> Sum:
	"""Each way with what was handed over, and the change taken off: the lines add up."""
	rows = []
	for tender in tenders:
		amount, change = rounded(tender.amount, currency), rounded(tender.change, currency)
		rows.append(Row(_label(tender), shown(amount + change), _note(tender)))
		if change:
			rows.append(Row(_("Change"), less(change), kind="less"))
	paid = total((rounded(tender.amount, currency) for tender in tenders), currency)
	rows.append(Row(_("Received"), shown(paid), kind="held"))
	return Sum(_("How it was paid"), tuple(rows))


def _label(tender: Any) -> str:
	if tender.way == "Deposit":
		return _("Deposit")
	if tender.way == "Credit":
		return _("Credit on your account")
	return _(tender.mode_of_payment or tender.way)


def _note(tender: Any) -> str:
	parts = []
	if tender.card_payment:
		brand, last4 = frappe.db.get_value("Card Payment", tender.card_payment, ["brand", "last4"]) or (
			"",
			"",
		)
		parts.append(_("{0} ending {1}").format(cstr(brand).title() or _("Card"), last4) if last4 else "")
		parts.append(tender.card_payment)
	elif tender.reference_no:
		parts.append(_("Number {0}").format(plain(tender.reference_no)))
	parts += [cstr(tender.deposit), cstr(tender.credit_of or tender.get("credit_note"))]
	return " · ".join(part for part in parts if part)


def _not_finished(paper: Paper, doc: Any, tenders: list[Any]) -> Paper:
	mark = Mark(_("Not finished"), _("This is not a receipt."))
	if doc.status == "Given Up":
		mark = Mark(_("Given up"), _("The collection was given up. This is not a receipt."))
	return replace(paper, mark=mark, sums=(_how(tenders, doc.currency),) if tenders else ())


def _reversed(paper: Paper, doc: Any, amount: Money) -> Paper:
	back = rounded(doc.reversed_amount, doc.currency)
	if doc.status == "Reversed":
		return replace(paper, mark=Mark(_("Reversed"), _("The payment was reversed. This receipt is void.")))
	if doc.status != "Part Reversed" or not back:
		return paper
	stands = Sum(
		_("What stands"),
		(
			Row(_("Received"), shown(amount)),
			Row(_("Reversed"), less(back), kind="less"),
			Row(_("Stands"), shown(amount - back), kind="held"),
		),
	)
	mark = Mark(_("Part reversed"), _("{0} of this receipt was reversed.").format(shown(back)))
	return replace(paper, mark=mark, sums=(*paper.sums, stands))
