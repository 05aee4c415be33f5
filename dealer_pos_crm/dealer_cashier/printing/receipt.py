"""The receipt of a Deposit: what was received, what became of it, what is held now."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from frappe import _
from frappe.utils import cstr, format_date, get_fullname, getdate

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import (
	customer,
	dealer,
	in_words,
	is_held,
	less,
	moment,
	moves_of,
	plain,
	position_of,
	what,
	what_for,
)
from dealer_pos_crm.domain.deposit import HOLDING, MovementType, Position, Status
from dealer_pos_crm.domain.money import total

_MOST_LINES = 8  # of one kind, before they are summed up in one


def receipt(deposit: Any) -> Paper:
	currency = deposit.currency
	moves = moves_of(deposit.name, currency)
	position = position_of(moves, currency)
	status = Status(deposit.status)
	agreed = rounded(deposit.amount, currency)
	paper = Paper(
		title=_("Deposit Receipt"),
		number=deposit.name,
		date=moment(deposit.taken_on or deposit.creation),
		dealer=dealer(deposit.company),
		facts=_facts(deposit, status),
		terms_title=_terms_title(deposit),
		terms=plain(deposit.terms),
		signatures=(_("Customer"), _("For {0}").format(deposit.company)),
		customer=customer(deposit),
		what=what(deposit),
		held=shown(position.held),
		held_until=moment(deposit.hold_until) if status in HOLDING and is_held(deposit) else "",
	)
	if status is Status.DRAFT:
		return replace(
			paper,
			title=_("Deposit"),
			mark=Mark(_("Not yet paid"), _("No money has been received. This is not a receipt.")),
			amount_label=_("Deposit to pay"),
			amount=shown(agreed),
			in_words=in_words(agreed),
		)
	if status is Status.CANCELLED:
		return replace(
			paper,
			mark=Mark(_("Cancelled"), _("The payment was reversed. This receipt is void.")),
			amount_label=_("Amount, cancelled"),
			amount=shown(agreed),
			in_words=in_words(agreed),
			sums=(_where_the_money_is(deposit, moves, position),),
			signatures=(),
		)
	return replace(
		paper,
		amount_label=_("Amount received"),
		amount=shown(position.taken),
		in_words=in_words(position.taken),
		sums=(_where_the_money_is(deposit, moves, position),),
	)


def _facts(deposit: Any, status: Status) -> tuple[Fact, ...]:
	found = [Fact(_("Customer") if status is Status.DRAFT else _("Received from"), customer(deposit))]
	found += what_for(deposit)
	if deposit.vehicle and deposit.hold_until and status in (*HOLDING, Status.DRAFT, Status.APPLIED):
		found.append(Fact(_hold_label(deposit, status), moment(deposit.hold_until)))
	found += _agreed(deposit)
	if deposit.taken_by:
		found.append(Fact(_("Taken by"), plain(get_fullname(deposit.taken_by))))
	return tuple(found)


def _hold_label(deposit: Any, status: Status) -> str:
	if status is Status.DRAFT:
		return _("Hold until")
	return _("Held until") if is_held(deposit) else _("Hold ended")


def _agreed(deposit: Any) -> list[Fact]:
	"""Where it was agreed; and how it was authorised, by whom when it was not the customer."""
	found = [Fact(_("Agreed"), _(deposit.channel))]
	parts = [_(deposit.authorised_how) if deposit.authorised_how else "", plain(deposit.authorised_by)]
	authorised = ", ".join(part for part in parts if part)
	if authorised:
		found.append(Fact(_("Authorised by"), authorised))
	return found


def _terms_title(deposit: Any) -> str:
	if deposit.refundable == "Until":
		return _("Refundable until {0}").format(format_date(deposit.refundable_until))
	return _("Refundable") if deposit.refundable == "Yes" else _("Not refundable")


def _where_the_money_is(deposit: Any, moves: Sequence[dict], position: Position) -> Sum:
	"""From what was received, by what left it, to what is held: each line can be added up by hand."""
	rows = [_tender_row(tender, deposit) for tender in deposit.tenders]
	rows.append(Row(_("Received"), shown(position.taken), kind="total"))
	for kind, words in _leaving().items():
		rows += _less(kind, words, moves, position.taken.currency)
	rows.append(Row(_("Held for you now"), shown(position.held), kind="held"))
	return Sum(_("How it was paid"), tuple(rows))


def _tender_row(tender: Any, deposit: Any) -> Row:
	amount = shown(rounded(tender.amount, deposit.currency))
	notes = [_("Reference {0}").format(plain(tender.reference_no)) if tender.reference_no else ""]
	notes.append(cstr(tender.payment_entry))
	note = " · ".join(part for part in notes if part)
	if tender.cancelled:
		return Row(_(tender.mode_of_payment), _("cancelled"), note, "void")
	return Row(_(tender.mode_of_payment), amount, note)


def _less(kind: MovementType, words: str, moves: Sequence[dict], currency: str) -> list[Row]:
	"""What left the deposit in one way, by document; summed up in one line where it is many."""
	by_document: dict[tuple[str, str], list[dict]] = {}
	for move in moves:
		if move["movement"] == kind.value:
			by_document.setdefault((move["against_doctype"], move["against_name"]), []).append(move)
	lines = []
	for (doctype, name), found in by_document.items():
		amount = total((move["amount"] for move in found), currency)
		if amount:
			lines.append((amount, doctype, name, found[-1]))
	if len(lines) > _MOST_LINES:
		amount = total((line[0] for line in lines), currency)
		return [Row(words, less(amount), _("{0} documents").format(len(lines)), "less")]
	return [
		Row(words, less(amount), _document_note(doctype, name, move), "less")
		for amount, doctype, name, move in lines
	]


def _leaving() -> dict[MovementType, str]:
	"""How money leaves a deposit, in the words of a print."""
	return {
		MovementType.APPLIED: _("Applied to invoice"),
		MovementType.REFUNDED: _("Paid back"),
		MovementType.FORFEITED: _("Kept by the dealer"),
	}


def _document_note(doctype: str, name: str, move: dict) -> str:
	document = name if doctype in ("Sales Invoice", "Payment Entry") else f"{_(doctype)} {name}"
	return " · ".join((document, format_date(getdate(move["moved_at"]))))
