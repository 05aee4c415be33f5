"""What saving an order changed that the spine should know: jobs recommended, parts on their way."""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import cint, cstr, format_datetime, get_datetime, getdate

from dealer_pos_crm.dealer_service.orders import mileage
from dealer_pos_crm.dealer_service.orders.order import standing_step, step
from dealer_pos_crm.domain import repair_order as rules

# The customer asked for these; the others are our recommendations.
_ASKED_FOR = frozenset({"At Opening", "Appointment"})


def changes(order) -> None:
	before = order.get_doc_before_save()
	if not before:
		return
	_jobs(order, before)
	_parts(order, before)
	if _moment(order.promised_at) != _moment(before.promised_at):
		promised(order)
	if cint(order.mileage_in) != cint(before.mileage_in) and cint(order.mileage_in):
		mileage.write(order, mileage.IN, cint(order.mileage_in), explanation=cstr(order.mileage_explanation))


def _moment(value) -> datetime | None:
	return get_datetime(value) if value else None


def promised(order) -> None:
	"""Tell when the car was promised for; a later promise, or none any more, takes the earlier one's place."""
	if order.promised_at:
		step(
			order,
			"ro.promised",
			facts={"promised_at_text": format_datetime(order.promised_at, "EEE d MMM HH:mm")},
		)
	else:
		step(
			order,
			"ro.promised",
			title=_("Repair order {0} is promised for no time any more").format(order.name),
		)


def recommended(order, row) -> None:
	"""Tell a job that we recommend; one that the customer came for is told when it is answered."""
	if row.origin not in _ASKED_FOR:
		step(order, "job.recommended", job=row)


def _jobs(order, before) -> None:
	known = {row.name for row in before.jobs}
	present = {row.name for row in order.jobs}
	for row in order.jobs:
		if row.name not in known:
			recommended(order, row)
	for row in before.jobs:
		if row.name in present:
			continue
		key = standing_step(order.name, "job.recommended", row.job_no)
		if key:
			step(
				order,
				"job.withdrawn",
				job=row,
				title=_("No longer recommended: {0}").format(row.title),
				reverses=key,
			)


def _parts(order, before) -> None:
	old_rows = {row.name: row for row in before.parts}
	for row in order.parts:
		old = old_rows.get(row.name)
		part_step(order, row, old.state if old else None, old.eta if old else None)


def part_step(order, row, old_state: str | None, old_eta) -> None:
	"""Tell that a part was ordered, is late, or is there; and take back what turned out not to be so."""
	occasion = f"part:{order.name}:{row.row_key}"
	facts = {
		"part": cstr(row.description or row.item),
		"eta": cstr(row.eta or ""),
		"special": "1" if cint(row.special_order) else "",
	}
	job = next((job for job in order.jobs if cint(job.job_no) == cint(row.job_no)), None)

	def tell(kind: str, reverses: str | None = None) -> None:
		# Each kind, and each new date, is an occasion of its own: what arrives answers what was late.
		late = f":{row.eta}" if kind == "part.delayed" else ""
		step(order, kind, job=job, facts=facts, occasion=f"{occasion}:{kind}{late}", reverses=reverses)

	if row.state != old_state:
		if row.state == rules.PartState.ARRIVED.value:
			tell("part.arrived")
		elif row.state == rules.PartState.ORDERED.value:
			tell("part.ordered", _last_key(order, f"{occasion}:part.arrived", "part.arrived"))
	elif row.state == rules.PartState.ORDERED.value and old_eta and getdate(row.eta) > getdate(old_eta):
		facts["was"] = cstr(old_eta)
		tell("part.delayed")


def _last_key(order, occasion: str, kind: str) -> str | None:
	rows = frappe.get_all(
		"Service Log",
		{"repair_order": order.name, "occasion": occasion, "kind": kind},
		pluck="name",
		order_by="name desc",
		limit=1,
	)
	if not rows:
		return None
	key = f"{kind}:{rows[0]}"
	return None if frappe.db.exists("Service Log", {"reverses": key}) else key
