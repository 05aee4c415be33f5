"""The inspection sheet: each point with its result, what was found, and what is recommended."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Mark, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import dealer, moment, plain
from dealer_pos_crm.dealer_service.printing.pieces import car_facts, mileage, name_of, person

# A sign beside each word: nobody has to tell colours apart, and a black printer has none.
_RESULTS = {"Red": "●", "Yellow": "◐", "Green": "○"}


def sheet(doc: Any) -> Paper:
	order = frappe.get_doc("Repair Order", doc.repair_order)
	sections: dict[str, list[Row]] = {}
	for point in doc.points:
		sections.setdefault(plain(point.section) or _("Points"), []).append(_row(point))
	return Paper(
		title=_("Vehicle Inspection"),
		number=doc.name,
		date=moment(doc.inspected_at or doc.modified),
		dealer=dealer(doc.company),
		mark=None if doc.status == "Done" else Mark(_("In work"), _("This inspection is not finished yet.")),
		facts=(
			Fact(_("Customer"), name_of(doc.customer)),
			Fact(_("Repair order"), doc.repair_order),
			*car_facts(doc.vehicle, doc.vehicle_title),
			*mileage(order),
			*((Fact(_("Inspected by"), person(doc.technician)),) if doc.technician else ()),
			Fact(_("Result"), _result(doc)),
		),
		sums=tuple(Sum(title, tuple(rows)) for title, rows in sections.items()),
		terms_title=_("Notes") if doc.notes else "",
		terms=plain(doc.notes),
	)


def _row(point: Any) -> Row:
	notes = [plain(point.note)]
	if cint(point.job_no):
		notes.append(_("recommended as job {0}").format(point.job_no))
	if point.result:
		result = f"{_(point.result)} {_RESULTS[point.result]}"
	else:
		result = _("not checked")
	return Row(
		plain(point.point),
		result,
		" · ".join(note for note in notes if note),
		"strong" if point.result == "Red" else "part",
	)


def _result(doc: Any) -> str:
	return ", ".join(
		(
			_("{0} red: needs attention now").format(cint(doc.red)),
			_("{0} yellow: soon").format(cint(doc.yellow)),
			_("{0} green: fine").format(cint(doc.green)),
		)
	)
