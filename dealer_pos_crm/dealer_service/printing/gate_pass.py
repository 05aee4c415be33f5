"""The gate pass: which car may leave, who let it go, and whether it was paid."""

from typing import Any

from frappe import _

from dealer_pos_crm.dealer_cashier.money import shown
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper
from dealer_pos_crm.dealer_cashier.printing.words import dealer, moment, plain
from dealer_pos_crm.dealer_service.printing.pieces import car_facts, mileage, money, name_of, person


def gate_pass(order: Any) -> Paper:
	"""Only a car that was handed over has a pass; any other print says that the car stays."""
	gone = bool(order.handed_over_at) and order.status == "Closed"
	facts = [*car_facts(order.vehicle, order.vehicle_title), Fact(_("Customer"), name_of(order.customer))]
	facts += mileage(order)
	if order.tag:
		facts.append(Fact(_("Tag"), plain(order.tag)))
	facts.append(Fact(_("Repair order"), order.name))
	if gone:
		facts.append(Fact(_("Handed over"), moment(order.handed_over_at)))
		facts.append(Fact(_("By"), person(order.handed_over_by)))
		facts.append(Fact(_("Payment"), _payment(order)))
	return Paper(
		title=_("Gate Pass"),
		number=order.name,
		date=moment(order.handed_over_at or order.modified),
		dealer=dealer(order.company),
		mark=None
		if gone
		else Mark(_("Not released"), _("This car has not been handed over. It stays on the lot.")),
		facts=tuple(facts),
		signatures=(_("Received by the customer"),) if gone else (),
	)


def _payment(order: Any) -> str:
	if order.released_by:
		return _("Released unpaid by {0}: {1}").format(person(order.released_by), plain(order.release_reason))
	paid = money(order, order.paid_total)
	return _("Paid, {0}").format(shown(paid)) if paid else _("Nothing to pay")
