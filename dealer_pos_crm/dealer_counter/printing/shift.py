"""The report of a shift: what each mode of payment should hold, what was counted, and the difference.

The report of a shift that is still open (X) reads the books as they are now; the one of a shift that was counted
(Z) what was written down then.
"""

from dataclasses import replace
from typing import Any

import frappe
from frappe import _
from frappe.utils import flt, get_fullname

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import dealer, moment, plain
from dealer_pos_crm.dealer_counter import rights
from dealer_pos_crm.dealer_counter.printing.amounts import signed, size
from dealer_pos_crm.domain.money import Money, total

_AMOUNTS = (
	"opening_amount",
	"sales_amount",
	"payments_amount",
	"refunds_amount",
	"expected_amount",
	"counted_amount",
)


def shift_report(doc: Any) -> Paper:
	"""The Z report, of a Shift Count."""
	currency = doc.currency
	difference = rounded(doc.difference, currency)
	used = [row for row in doc.modes if any(flt(row.get(part)) for part in _AMOUNTS)]
	sums = [_counted(row, currency) for row in used]
	sums += _untouched([row.mode_of_payment for row in doc.modes if row not in used], currency)
	if doc.cash:
		sums.append(_notes_and_coins(doc))
	sums.append(_all_together(doc))
	paper = Paper(
		title=_("Shift Report"),
		number=doc.name,
		date=moment(doc.counted_on or doc.creation),
		dealer=dealer(doc.company),
		facts=(*_facts(doc.shift, doc.cashier, doc.pos_profile, doc.opened_on), *_agreed(doc)),
		amount_label=_over_or_short(difference),
		amount=signed(difference),
		sums=tuple(sums),
		signatures=(_("Cashier"), _("Manager")),
	)
	if doc.status != "Closed":
		return replace(
			paper, mark=Mark(_("Not closed yet"), _("The shift is {0}.").format(_(doc.status).lower()))
		)
	return paper


def shift_so_far(opening: Any) -> Paper:
	"""The X report, of an open shift. Where cashiers count blindly, it tells them no expected amounts."""
	from dealer_pos_crm.dealer_counter.shifts import expected

	currency = company_currency(opening.company)
	paper = Paper(
		title=_("Shift So Far"),
		number=opening.name,
		date=moment(opening.period_start_date),
		dealer=dealer(opening.company),
		facts=_facts(opening.name, opening.user, opening.pos_profile, opening.period_start_date),
	)
	blind = frappe.get_cached_value("POS Profile", opening.pos_profile, "dealer_blind_count")
	if blind and not rights.sees_all_shifts(frappe.session.user):
		text = _("The expected amounts are shown after the count.")
		return replace(paper, mark=Mark(_("Counted blindly"), text))
	modes = expected.expected(opening.name)
	held = total((mode.expected for mode in modes), currency)
	used = [mode for mode in modes if mode.opening or mode.sales or mode.payments or mode.refunds]
	return replace(
		paper,
		amount_label=_("Expected now"),
		amount=signed(held),
		sums=(
			*(
				Sum(
					_(mode.mode),
					_moved(mode.opening, mode.sales, mode.payments, mode.refunds, mode.expected),
				)
				for mode in modes
				if mode in used
			),
			*_untouched([mode.mode for mode in modes if mode not in used], currency),
		),
	)


def _facts(shift: str, cashier: str, profile: str, opened: Any) -> tuple[Fact, ...]:
	return (
		Fact(_("Cashier"), plain(get_fullname(cashier))),
		Fact(_("Counter"), plain(profile)),
		Fact(_("Shift"), shift),
		Fact(_("Opened"), moment(opened) if opened else ""),
	)


def _agreed(doc: Any) -> list[Fact]:
	found = []
	if doc.counted_by and doc.counted_by != doc.cashier:
		found.append(Fact(_("Counted by"), plain(get_fullname(doc.counted_by))))
	if doc.closing_entry:
		found.append(Fact(_("Closing"), doc.closing_entry))
	reason = ": ".join(part for part in (_(doc.reason) if doc.reason else "", plain(doc.note)) if part)
	if reason:
		found.append(Fact(_("Reason"), reason))
	if doc.approved_by:
		found.append(Fact(_("Approved by"), plain(get_fullname(doc.approved_by))))
	if doc.journal_entry:
		found.append(Fact(_("Booked with"), doc.journal_entry))
	return found


def _counted(row: Any, currency: str) -> Sum:
	"""One mode: what came and went adds up to what is expected; counted less expected is the difference."""
	money = {
		part: rounded(row.get(f"{part}_amount"), currency)
		for part in ("opening", "sales", "payments", "refunds", "expected", "counted")
	}
	rows = _moved(money["opening"], money["sales"], money["payments"], money["refunds"], money["expected"])
	slips = _("{0} slips").format(row.get("slips")) if row.get("slips") else ""
	difference = rounded(row.difference, currency)
	return Sum(
		_(row.mode_of_payment),
		(
			*rows,
			Row(_("Counted"), signed(money["counted"]), slips, kind="strong"),
			Row(_over_or_short(difference), signed(difference), kind="held"),
		),
	)


def _moved(opening: Money, sales: Money, payments: Money, refunds: Money, expected: Money) -> tuple[Row, ...]:
	"""Lines of zero say nothing and are left out."""
	parts = [(_("Opening"), opening), (_("Sales"), sales), (_("Payments taken"), payments)]
	rows = [Row(label, signed(amount)) for label, amount in parts if amount]
	if refunds:
		rows.append(Row(_("Refunds paid"), signed(-size(refunds)), kind="less"))
	return (*rows, Row(_("Expected"), signed(expected), kind="total"))


def _untouched(modes: list[str], currency: str) -> list[Sum]:
	"""Modes that nobody used share a line."""
	if not modes:
		return []
	names = ", ".join(_(mode) for mode in modes)
	return [Sum(_("Not used"), (Row(names, shown(Money.zero(currency))),))]


def _notes_and_coins(doc: Any) -> Sum:
	counted = [row for row in doc.cash if flt(row.pieces)]
	rows = [
		Row(
			f"{row.pieces} × {shown(rounded(row.denomination, doc.currency))}",
			shown(rounded(row.amount, doc.currency)),
		)
		for row in counted
	]
	cash = total((rounded(row.amount, doc.currency) for row in counted), doc.currency)
	return Sum(_("Notes and coins"), (*rows, Row(_("In the drawer"), shown(cash), kind="total")))


def _all_together(doc: Any) -> Sum:
	def of(part: str) -> Money:
		return total((rounded(row.get(part), doc.currency) for row in doc.modes), doc.currency)

	difference = rounded(doc.difference, doc.currency)
	return Sum(
		_("All modes"),
		(
			Row(_("Counted"), signed(of("counted_amount"))),
			Row(_("Expected"), signed(-of("expected_amount")), kind="less"),
			Row(_over_or_short(difference), signed(difference), kind="held"),
		),
	)


def _over_or_short(difference: Money) -> str:
	if not difference:
		return _("Difference")
	return _("Over") if difference.minor > 0 else _("Short")
