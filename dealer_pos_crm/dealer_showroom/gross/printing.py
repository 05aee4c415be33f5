"""The deal recap: one page for the house, what a deal earned and who shares in it. Never for a customer."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, format_date

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import dealer, less, plain
from dealer_pos_crm.dealer_service.printing.pieces import car_facts, name_of, person
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_showroom.commission import commission
from dealer_pos_crm.dealer_showroom.gross import reading
from dealer_pos_crm.domain.gross import Gross, Line, Part
from dealer_pos_crm.domain.money import Money, total


def deal_recap(doc: Any) -> Paper:
	"""Front and back gross line by line, and the commissions. ``doc`` is a Deal Gross."""
	found = Gross(tuple(reading.written(doc)), doc.currency)
	deal = frappe.get_doc("Deal Jacket", doc.deal)
	return Paper(
		title=_("Deal Recap"),
		number=doc.deal,
		date=format_date(doc.delivered_on or doc.computed_at),
		dealer=dealer(doc.company),
		mark=_mark(doc),
		facts=tuple(_facts(doc, deal)),
		amount_label=_("Total gross"),
		amount=shown(found.total),
		in_words=_("For the house only. Not for the customer."),
		sums=(
			_part(found, Part.FRONT, _("Front"), _("Front gross")),
			_part(found, Part.BACK, _("Back"), _("Back gross")),
			*_commissions(doc, found),
		),
	)


def _mark(doc: Any) -> Mark | None:
	if doc.state == "Delivered":
		return None
	return {
		"Expected": Mark(_("Expected"), _("Not delivered yet: what the approved worksheet would earn.")),
		"Unwound": Mark(_("Unwound"), _("The deal was unwound. Nothing was earned.")),
	}.get(doc.state)


def _facts(doc: Any, deal: Any) -> list[Fact]:
	people = [person(deal.salesperson)]
	if deal.second_salesperson:
		people.append(
			_("{0} ({1} % of it)").format(person(deal.second_salesperson), f"{float(deal.split or 0):g}")
		)
	facts = [
		Fact(_("Customer"), name_of(doc.customer)),
		*car_facts(doc.vehicle),
		Fact(_("Stock number"), cstr(frappe.db.get_value("Dealer Vehicle", doc.vehicle, "stock_number"))),
		Fact(_("Deal type"), _(deal.deal_type) if deal.deal_type else ""),
		Fact(_("Salesperson"), ", ".join(people)),
		Fact(_("F&I manager"), person(deal.fni_manager)),
		Fact(_("Lender"), plain(deal.lender)),
	]
	return [fact for fact in facts if fact.text]


def _part(found: Gross, part: Part, title: str, result: str) -> Sum:
	rows: list[Row] = []
	for line in found.lines:
		if line.part is part:
			rows += _rows(line)
	return Sum(title, (*rows, Row(result, shown(found.of(part)), kind="total")))


def _rows(line: Line) -> list[Row]:
	"""Income and cost of a line, each where there is one; the source stands with the last."""
	rows = []
	if line.income:
		rows.append(Row(plain(line.what), _signed(line.income)))
	if line.cost or not rows:
		label = _("Cost of {0}").format(plain(line.what)) if line.income else plain(line.what)
		rows.append(Row(label, _signed(-line.cost), kind="less"))
	rows[-1] = Row(rows[-1].label, rows[-1].amount, plain(line.source), rows[-1].kind)
	return rows


def _signed(amount: Money) -> str:
	return less(-amount) if amount.minor < 0 else shown(amount)


def _commissions(doc: Any, found: Gross) -> list[Sum]:
	entries = commission.told_of(doc.deal)
	if not entries:
		return []
	names = names_of(entry["user"] for entry in entries)
	rows = [
		Row(
			_("{0}, {1}").format(
				plain(names.get(entry["user"], entry["user"])), _(entry["role_in_deal"] or "")
			),
			_signed(rounded(entry["amount"], doc.currency)),
			_("{0}, {1}").format(_(entry["kind"]), _(entry["status"])),
		)
		for entry in entries
	]
	paid = total((rounded(entry["amount"], doc.currency) for entry in entries), doc.currency)
	return [
		Sum(
			_("Commissions"),
			(
				*rows,
				Row(_("Commissions together"), shown(paid), kind="total"),
				Row(_("Left for the house"), shown(found.total - paid), kind="total"),
			),
		)
	]
