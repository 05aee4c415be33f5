"""The gate pass of a test drive: which car may leave, with whom, until when."""

from typing import Any

from frappe import _
from frappe.utils import cint, fmt_money, format_date

from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper
from dealer_pos_crm.dealer_cashier.printing.words import dealer, moment, plain
from dealer_pos_crm.dealer_service.printing.pieces import car_facts, person


def gate_pass(drive: Any) -> Paper:
	"""Only a car that is out has a pass; any other print says that the car stays."""
	out = drive.status == "Out"
	facts = [*car_facts(drive.vehicle), Fact(_("Driver"), plain(drive.person_name))]
	if drive.dealer_plate:
		facts.append(Fact(_("Dealer plate"), plain(drive.dealer_plate)))
	facts.append(Fact(_("Left"), moment(drive.out_at)))
	if drive.due_back_at:
		facts.append(Fact(_("Due back"), moment(drive.due_back_at)))
	if drive.back_at:
		facts.append(Fact(_("Back"), moment(drive.back_at)))
	miles = [
		text.format(fmt_money(cint(value), precision=0))
		for text, value in ((_("out {0}"), drive.mileage_out), (_("in {0}"), drive.mileage_in))
		if cint(value)
	]
	if miles:
		facts.append(Fact(_("Mileage"), ", ".join(miles)))
	if drive.licence_seen:
		place = plain(drive.licence_country) or "-"
		facts.append(
			Fact(
				_("Driving licence"),
				_("seen by {0}, {1}, valid until {2}").format(
					person(drive.licence_checked_by), place, format_date(drive.licence_valid_until)
				),
			)
		)
	if drive.override_by:
		facts.append(Fact(_("Allowed by"), f"{person(drive.override_by)}: {plain(drive.override_reason)}"))
	facts.append(Fact(_("Salesperson"), person(drive.salesperson)))
	facts.append(Fact(_("Accompanied"), _("Yes") if cint(drive.accompanied) else _("No")))
	return Paper(
		title=_("Test Drive Gate Pass"),
		number=drive.name,
		date=moment(drive.out_at),
		dealer=dealer(drive.company),
		mark=None
		if out
		else Mark(_("Not valid"), _("This car is not out on a test drive. It stays on the lot.")),
		facts=tuple(facts),
		terms_title=_("Test drive") if out else "",
		terms=_(
			"The driver holds a valid driving licence, obeys the traffic laws, brings the car back in the"
			" condition in which it left and tells the dealership of any damage at once."
		)
		if out
		else "",
		signatures=(_("Driver"), _("For the dealership")) if out else (),
	)
