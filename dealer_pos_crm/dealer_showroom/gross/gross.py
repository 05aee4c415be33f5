"""The gross of a deal, written down: expected, delivered, and zero when the deal is unwound.

Who calls has locked the deal. Read by sales managers, the dealer manager and accountants alone.
"""

import frappe
from frappe import _
from frappe.utils import getdate, now_datetime

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, to_float
from dealer_pos_crm.dealer_showroom.gross import reading
from dealer_pos_crm.domain import gross as rules

DOCTYPE = "Deal Gross"
State = rules.State


def compute(deal, state: str, *, reason: str | None = None) -> str:
	"""Write the gross of a deal (document of a Deal Jacket) as Expected, Delivered or Unwound.

	Once its commissions are posted, or the month of its delivery is closed, the lines stay and a change
	comes as a line of its own, named by ``reason``. Returns the name of the Deal Gross.
	"""
	wanted = State(state)
	doc = _locked(deal)
	before = reading.written(doc)
	standing = State(doc.state) if doc.state else None
	if wanted is State.UNWOUND:
		if standing is State.UNWOUND:
			return doc.name
		found = rules.undone(
			before,
			doc.currency,
			_("Unwound"),
			reason or deal.get("unwind_reason") or _("The deal was unwound"),
		)
	else:
		found = reading.of_deal(deal, delivered=wanted is State.DELIVERED)
		if wanted is State.DELIVERED and standing is State.DELIVERED and is_frozen(deal):
			doc.frozen = 1
			found = rules.frozen(
				before, found, reason or _("Cost that came later"), _("Known on {0}").format(getdate())
			)
		else:
			doc.frozen = 0
	_fill(doc, deal, wanted, found)
	_save(doc)
	return doc.name


def _locked(deal):
	name = frappe.db.get_value(DOCTYPE, {"deal": deal.name}, "name", for_update=True)
	if name:
		return frappe.get_doc(DOCTYPE, name, for_update=True)
	doc = frappe.new_doc(DOCTYPE)
	doc.update({"deal": deal.name, "company": deal.company, "currency": company_currency(deal.company)})
	return doc


def _fill(doc, deal, state: rules.State, found: rules.Gross) -> None:
	delivered = deal.get("delivered_at")
	doc.update(
		{
			"customer": deal.customer,
			"vehicle": deal.vehicle,
			"company": deal.company,
			"salesperson": deal.salesperson,
			"state": state.value,
			"front_gross": to_float(found.front),
			"back_gross": to_float(found.back),
			"total_gross": to_float(found.total),
			"holdback": to_float(reading.pack_in(found.lines, found.currency)),
			"computed_at": now_datetime().replace(microsecond=0),
		}
	)
	if state is State.DELIVERED:
		doc.delivered_on = doc.delivered_on or (getdate(delivered) if delivered else getdate())
	elif state is State.EXPECTED:
		doc.delivered_on = None
	doc.set("lines", [])
	for line in found.lines:
		doc.append(
			"lines",
			{
				"part": line.part.value,
				"kind": line.kind.value,
				"what": line.what[:140],
				"income": to_float(line.income),
				"cost": to_float(line.cost),
				"source": line.source[:140],
				"currency": found.currency,
			},
		)


def _save(doc) -> None:
	doc.flags.of_the_gross = True
	doc.save(ignore_permissions=True)


def is_frozen(deal) -> bool:
	"""Whether the deal's gross has been reckoned with already: commissions posted, or its month closed."""
	if frappe.db.exists("Commission Entry", {"deal": deal.name, "status": ("in", ("Posted", "Paid"))}):
		return True
	day = frappe.db.get_value(DOCTYPE, {"deal": deal.name}, "delivered_on")
	return bool(day) and _is_closed(deal.company, day)


def _is_closed(company: str, day) -> bool:
	"""ERPNext lets no journal be booked on that day any more."""
	period = frappe.qb.DocType("Accounting Period")
	closed = frappe.qb.DocType("Closed Document")
	rows = (
		frappe.qb.from_(period)
		.join(closed)
		.on(closed.parent == period.name)
		.select(period.name)
		.where(
			(period.company == company)
			& (period.start_date <= day)
			& (period.end_date >= day)
			& (closed.document_type == "Journal Entry")
			& (closed.closed == 1)
		)
		.limit(1)
	).run()
	return bool(rows)


def late_cost(deal_name: str, *, reason: str | None = None) -> None:
	"""A cost of a deal has changed (recon, a promise, a product): its gross follows, and its commissions.

	Nothing happens for a deal without a gross, or one that was unwound.
	"""
	deal = frappe.get_doc("Deal Jacket", deal_name, for_update=True)
	state = frappe.db.get_value(DOCTYPE, {"deal": deal_name}, "state")
	if state not in (State.EXPECTED.value, State.DELIVERED.value):
		return
	compute(deal, state, reason=reason)
	if state == State.DELIVERED.value:
		from dealer_pos_crm.dealer_showroom.commission import commission

		commission.adjust(deal, reason or _("A cost came later"))


def figures(deal_name: str) -> tuple | None:
	"""Front gross, back gross and state of a deal as they are written down; ``None`` without a Deal Gross."""
	row = frappe.db.get_value(
		DOCTYPE, {"deal": deal_name}, ["front_gross", "back_gross", "currency", "state"], as_dict=True
	)
	if not row:
		return None
	return rounded(row.front_gross, row.currency), rounded(row.back_gross, row.currency), row.state
