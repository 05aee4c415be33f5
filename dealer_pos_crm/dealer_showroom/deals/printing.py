"""What the deposit agreement says: who, which car, how much, until when it is held, and on what terms."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import format_date, getdate

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import (
	customer,
	dealer,
	in_words,
	moment,
	plain,
	what,
	what_for,
)
from dealer_pos_crm.domain.deposit import Status


def deposit_agreement(deposit: Any) -> Paper:
	"""The paper that the customer signs when they leave a deposit. Amounts in the company's currency."""
	agreed = rounded(deposit.amount, deposit.currency)
	draft = deposit.status == Status.DRAFT.value
	buyers = [_("Customer")]
	co_buyer = frappe.db.get_value("Deal Jacket", deposit.deal, "co_buyer") if deposit.deal else None
	if co_buyer:
		buyers.append(_("Co-buyer"))
	return Paper(
		title=_("Deposit Agreement"),
		number=deposit.name,
		date=format_date(getdate(deposit.taken_on or deposit.creation)),
		dealer=dealer(deposit.company),
		facts=_facts(deposit, co_buyer),
		amount_label=_("Deposit"),
		amount=shown(agreed),
		in_words=in_words(agreed),
		sums=_paid(deposit),
		terms_title=_refundable(deposit),
		terms=_terms(deposit),
		signatures=(*buyers, _("For {0}").format(deposit.company)),
		mark=Mark(_("Not yet paid"), _("It holds from the moment the deposit is paid.")) if draft else None,
		customer=customer(deposit),
		what=what(deposit),
	)


def _facts(deposit: Any, co_buyer: str | None) -> tuple[Fact, ...]:
	found = [Fact(_("Customer"), customer(deposit))]
	if co_buyer:
		found.append(
			Fact(_("Co-buyer"), plain(frappe.db.get_value("Customer", co_buyer, "customer_name") or co_buyer))
		)
	found += what_for(deposit)
	if deposit.deal:
		found.append(Fact(_("Deal"), deposit.deal))
	if deposit.vehicle and deposit.hold_until:
		found.append(Fact(_("Held for the customer until"), moment(deposit.hold_until)))
	return tuple(found)


def _paid(deposit: Any) -> tuple[Sum, ...]:
	rows = [
		Row(_(tender.mode_of_payment), shown(rounded(tender.amount, deposit.currency)))
		for tender in deposit.tenders
		if not tender.cancelled
	]
	if not rows:
		return ()
	paid = rounded(deposit.taken_amount, deposit.currency)
	return (Sum(_("Received"), (*rows, Row(_("Total"), shown(paid), kind="total"))),)


def _refundable(deposit: Any) -> str:
	if deposit.refundable == "Until":
		return _("Refundable until {0}").format(format_date(deposit.refundable_until))
	return _("Refundable") if deposit.refundable == "Yes" else _("Not refundable")


def _terms(deposit: Any) -> str:
	"""The company's own terms, and what any deposit means, in plain words."""
	lines = [plain(deposit.terms)]
	if deposit.vehicle:
		lines.append(
			_(
				"The dealer keeps the vehicle named above for the customer and sells it to nobody else until then."
			)
			if deposit.hold_until
			else _("The deposit does not keep the vehicle for the customer.")
		)
	lines.append(_("The deposit counts in full towards the price when the customer buys."))
	return "\n".join(line for line in lines if line)
