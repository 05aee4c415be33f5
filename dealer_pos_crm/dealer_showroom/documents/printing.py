"""The document checklist of a deal: what must be in the jacket, what is, and since when."""

from typing import Any

from frappe import _
from frappe.utils import cstr, format_date, getdate

from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import dealer, moment, plain
from dealer_pos_crm.dealer_service.printing.pieces import car_facts, name_of, person
from dealer_pos_crm.dealer_showroom.documents.checklist import paper_of
from dealer_pos_crm.domain import documents as rules


def checklist(deal: Any) -> Paper:
	"""By stage, what is missing first. What is sensitive is named; neither its note nor its file is printed."""
	today = getdate()
	by_stage: dict[str, list] = {}
	for row in deal.documents:
		by_stage.setdefault(cstr(row.required_before), []).append(row)
	sums = []
	for stage in (*rules.STAGES, ""):
		rows = by_stage.get(stage)
		if rows:
			title = _("Before {0}").format(_(stage)) if stage else _("On file, not needed any more")
			rows = sorted(rows, key=lambda row: rules.counts(paper_of(row), today))
			sums.append(Sum(title, tuple(_row(row, today) for row in rows)))
	facts = [
		Fact(_("Customer"), name_of(deal.customer)),
		*([Fact(_("Co-buyer"), name_of(deal.co_buyer))] if deal.co_buyer else []),
		*car_facts(deal.vehicle, deal.vehicle_title),
		Fact(_("Stage"), _(deal.stage)),
		Fact(_("Salesperson"), person(deal.salesperson)),
	]
	return Paper(
		title=_("Document Checklist"),
		number=deal.name,
		date=format_date(today),
		dealer=dealer(deal.company),
		facts=tuple(facts),
		sums=tuple(sums),
		signatures=(_("Checked by"), _("Date")),
	)


def _row(row: Any, today) -> Row:
	paper = paper_of(row)
	there = rules.counts(paper, today)
	box = "☑" if there else "☐"
	if rules.is_expired(paper, today):
		state = _("expired on {0}").format(format_date(paper.expires_on))
	else:
		state = _(paper.status.value)
	notes = []
	if row.received_at:
		notes.append(f"{moment(row.received_at)}, {person(row.received_by)}")
	if row.note and not paper.sensitive:
		notes.append(plain(row.note))
	return Row(f"{box} {plain(paper.document)}", state, " · ".join(notes), "part" if there else "strong")
