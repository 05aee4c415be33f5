"""The due bill: what the dealership still owes the buyer, for both to sign."""

from typing import Any

from frappe import _
from frappe.utils import cstr, format_date

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import dealer, plain
from dealer_pos_crm.dealer_service.printing.pieces import car_facts, name_of, person


def due_bill(bill: Any) -> Paper:
	"""Items with their day; what the customer pays himself shows its price, what the dealership pays does not."""
	facts = [
		Fact(_("Customer"), name_of(bill.customer)),
		*car_facts(bill.vehicle),
		Fact(_("Deal"), bill.deal),
		Fact(_("Salesperson"), person(bill.salesperson)),
	]
	mark = {
		"Draft": Mark(_("Draft"), _("Nothing of this is promised yet.")),
		"Cancelled": Mark(_("Cancelled"), _("Nothing of this is owed any more.")),
	}.get(bill.status)
	rows = tuple(_row(bill, item) for item in bill.items)
	return Paper(
		title=_("We Owe"),
		number=bill.name,
		date=format_date(bill.promised_on or bill.creation),
		dealer=dealer(bill.company),
		mark=mark,
		facts=tuple(facts),
		sums=(Sum(_("What we owe you"), rows),),
		terms_title=_("Due bill"),
		terms=_(
			"This is the complete list of what the dealership owes the buyer after the sale. Nothing else was"
			" promised, in writing or by word. Please make an appointment for the work."
		),
		signatures=(_("Customer"), _("For the dealership")),
		customer=name_of(bill.customer),
	)


def _row(bill: Any, item: Any) -> Row:
	notes = [
		_("done {0}").format(format_date(item.done_on))
		if item.status == "Done"
		else _("not owed any more")
		if item.status == "Cancelled"
		else _("paid by {0}").format(_(cstr(item.who_pays) or "Dealership")),
	]
	if item.who_pays == "Customer" and item.cost:
		notes.append(shown(rounded(item.cost, company_currency(bill.company))))
	by = _("by {0}").format(format_date(item.due_on)) if item.due_on else ""
	return Row(plain(item.what), by, " · ".join(notes), "void" if item.status == "Cancelled" else "part")
