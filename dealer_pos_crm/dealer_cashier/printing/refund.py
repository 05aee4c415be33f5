"""The slip of a refund: all payments made back in it, for which payments, and what is still held.

Of a deposit, by any mode of payment; of any other card payment, back to its card.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, format_date, get_fullname, getdate

from dealer_pos_crm.dealer_cashier.card_refunds.telling import card_of
from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import (
	customer,
	dealer,
	in_words,
	less,
	moment,
	moves_of,
	plain,
	position_of,
	what,
	what_for,
)
from dealer_pos_crm.domain.deposit import MovementType
from dealer_pos_crm.domain.money import Money, total


def refund_slip(payment: Any) -> Paper:
	paper = Paper(
		title=_("Deposit Refund"),
		number=payment.name,
		date=format_date(payment.posting_date),
		dealer=dealer(payment.company),
	)
	if payment.payment_type != "Pay" or not (
		payment.get("dealer_deposit") or payment.get("dealer_card_refund")
	):
		text = _("{0} is not the refund of a deposit. Choose another print format.").format(payment.name)
		return replace(paper, mark=Mark(_("Not a refund of a deposit"), text))
	if not payment.get("dealer_deposit"):
		return _of_card(paper, payment)
	deposit = frappe.get_doc("Deposit", payment.dealer_deposit)
	moves = moves_of(deposit.name, deposit.currency)
	refund = _moves_of_the_refund(payment, moves)
	parts = _parts(payment, [move["against_name"] for move in refund], deposit.currency)
	back = total((part.amount for part in parts if part.standing), deposit.currency)
	earlier = [move for move in moves if not refund or move["name"] < refund[0]["name"]]
	before = position_of(earlier, deposit.currency).held
	paper = replace(
		paper,
		date=moment(refund[0]["moved_at"]) if refund else paper.date,
		facts=(*_facts(payment, deposit, refund[0]["action"] if refund else None), *_arrives(parts)),
		amount_label=_("Amount paid back"),
		amount=shown(back),
		in_words=in_words(back),
		sums=(_paid_back(parts, back), _still_held(before, back)),
		signatures=(_("Received by the customer"), _("For {0}").format(payment.company)),
		customer=customer(deposit),
		what=what(deposit),
		held=shown(before - back),
	)
	return _marked(paper, payment, parts)


def _of_card(paper: Paper, payment: Any) -> Paper:
	"""The refund of a card payment that is no deposit's: one entry, one card."""
	refund = frappe.get_doc("Card Refund", payment.dealer_card_refund)
	card = frappe.get_doc("Card Payment", refund.card_payment)
	parts = _parts(payment, [], refund.currency)
	back = total((part.amount for part in parts if part.standing), refund.currency)
	facts = [
		Fact(_("Paid back to"), customer(frappe._dict(customer=refund.customer))),
		Fact(_("For"), plain(card.what)),
		Fact(_("Paid on"), format_date(getdate(card.captured_on or card.creation))),
		Fact(_("Reason"), plain(refund.reason)),
		Fact(_("Refunded by"), plain(get_fullname(refund.requested_by))),
	]
	if refund.decided_by and refund.decided_by != refund.requested_by:
		facts.append(Fact(_("Approved by"), plain(get_fullname(refund.decided_by))))
	paper = replace(
		paper,
		title=_("Refund"),
		date=moment(refund.decided_at or payment.creation),
		facts=(*facts, *_arrives(parts)),
		amount_label=_("Amount paid back"),
		amount=shown(back),
		in_words=in_words(back),
		sums=(_paid_back(parts, back),),
		signatures=(_("Received by the customer"), _("For {0}").format(payment.company)),
		customer=customer(frappe._dict(customer=refund.customer)),
		what=plain(card.what),
	)
	return _marked(paper, payment, parts)


def _arrives(parts: Sequence["_Part"]) -> list[Fact]:
	"""When money is on its way to a card: nobody should call before that."""
	if not any(part.card and part.standing for part in parts):
		return []
	return [Fact(_("Arrives"), _("On the card's statement within 5 to 10 business days"))]


def _moves_of_the_refund(payment: Any, moves: Sequence[dict]) -> list[dict]:
	"""What this payment gave back, with all that the same action gave back; oldest first."""
	refunds = [
		move for move in moves if move["movement"] == MovementType.REFUNDED.value and move["amount"].minor > 0
	]
	own = [move for move in refunds if move["against_name"] == payment.name]
	action = own[0]["action"] if own else None
	return [move for move in refunds if move["action"] == action] if action else own


def _paid_back(parts: Sequence["_Part"], back: Money) -> Sum:
	rows = [part.row() for part in parts]
	return Sum(_("How it was paid back"), (*rows, Row(_("Paid back"), shown(back), kind="total")))


def _still_held(before: Money, back: Money) -> Sum:
	return Sum(
		_("The deposit"),
		(
			Row(_("Held before"), shown(before)),
			Row(_("Paid back"), less(back), kind="less"),
			Row(_("Still held for you"), shown(before - back), kind="held"),
		),
	)


def _marked(paper: Paper, payment: Any, parts: Sequence["_Part"]) -> Paper:
	if payment.docstatus == 0:
		amount = rounded(payment.paid_amount, payment.paid_from_account_currency)
		return replace(
			paper,
			mark=Mark(_("Not yet paid"), _("No money has been paid back. This is not a receipt.")),
			amount_label=_("Amount to pay back"),
			amount=shown(amount),
			in_words=in_words(amount),
			sums=(),
		)
	if payment.docstatus == 2 or not any(part.standing for part in parts):
		return replace(
			paper,
			mark=Mark(_("Cancelled"), _("{0} was reversed. This slip is void.").format(payment.name)),
			sums=(Sum(_("How it was paid back"), tuple(part.row() for part in parts)),),
			signatures=(),
		)
	return paper


@dataclass(frozen=True)
class _Part:
	"""One payment of a refund: what of it, back for which payment of the deposit."""

	payment: str
	mode: str
	amount: Money
	standing: bool
	reference: str
	original: str
	original_mode: str
	card: str = ""

	def row(self) -> Row:
		back_for = _("back for {0}").format(self.original) if self.original else ""
		if back_for and self.original_mode != self.mode:
			back_for += f" ({_(self.original_mode)})"
		reference = _("Reference {0}").format(self.reference) if self.reference else ""
		to = _("Returned to {0}").format(self.card) if self.card and self.standing else ""
		note = " · ".join(part for part in (to, self.payment, reference, back_for) if part)
		if not self.standing:
			return Row(_(self.mode), _("did not arrive") if self.card else _("cancelled"), note, "void")
		return Row(_(self.mode), shown(self.amount), note)


def _parts(payment: Any, names: Sequence[str], currency: str) -> list[_Part]:
	"""All payments of the same refund, the one at hand among them."""
	wanted = sorted({payment.name, *names})
	rows = frappe.get_all(
		"Payment Entry",
		filters={"name": ("in", wanted)},
		fields=[
			"name",
			"docstatus",
			"mode_of_payment",
			"paid_amount",
			"reference_no",
			"dealer_refund_of",
			"dealer_card_refund",
		],
		order_by="creation, name",
	)
	refunds = _card_refunds([row.dealer_card_refund for row in rows if row.dealer_card_refund])
	originals = sorted({row.dealer_refund_of for row in rows if row.dealer_refund_of})
	modes = dict(
		frappe.get_all(
			"Payment Entry",
			filters={"name": ("in", originals or [""])},
			fields=["name", "mode_of_payment"],
			order_by="name",
			as_list=True,
		)
	)
	return [
		_Part(
			payment=row.name,
			mode=cstr(row.mode_of_payment),
			amount=rounded(row.paid_amount, currency),
			standing=row.docstatus == 1 and not refunds.get(row.dealer_card_refund, {}).get("failed"),
			# The deposit's own number stands in for a reference where the bank gave none.
			reference=refunds[row.dealer_card_refund]["reference"]
			if row.dealer_card_refund in refunds
			else ""
			if row.reference_no == payment.get("dealer_deposit")
			else plain(row.reference_no),
			original=cstr(row.dealer_refund_of),
			original_mode=cstr(modes.get(row.dealer_refund_of)),
			card=refunds.get(row.dealer_card_refund, {}).get("card", ""),
		)
		for row in rows
	]


def _card_refunds(names: Sequence[str]) -> dict[str, dict]:
	"""Where the money of card refunds goes, what their bank knows them by, and whether they failed."""
	rows = frappe.get_all(
		"Card Refund",
		{"name": ("in", list(names) or [""])},
		["name", "status", "arn", "card_payment"],
		order_by="name",
	)
	return {
		row.name: {
			"card": card_of(frappe.get_doc("Card Payment", row.card_payment)) or _("the card"),
			"reference": plain(row.arn) or row.name,
			"failed": row.status == "Failed",
		}
		for row in rows
	}


def _facts(payment: Any, deposit: Any, action: str | None) -> tuple[Fact, ...]:
	found = [Fact(_("Paid back to"), customer(deposit)), Fact(_("Deposit"), deposit.name)]
	if deposit.taken_on:
		found.append(Fact(_("Received on"), format_date(getdate(deposit.taken_on))))
	found += what_for(deposit)
	decision = _decision(action)
	reason = plain(decision.reason) if decision else cstr(payment.remarks)
	if reason:
		found.append(Fact(_("Reason"), reason))
	paid_by = decision.requested_by if decision else payment.owner
	found.append(Fact(_("Refunded by"), plain(get_fullname(paid_by))))
	if decision and decision.decided_by and decision.decided_by != decision.requested_by:
		found.append(Fact(_("Approved by"), plain(get_fullname(decision.decided_by))))
	return tuple(found)


def _decision(action: str | None) -> Any:
	if not action:
		return None
	return frappe.db.get_value(
		"Deposit Action", action, ["reason", "requested_by", "decided_by"], as_dict=True
	)
