"""Numbers of jobs, and what a job takes from its op code."""

import frappe
from frappe.utils import cint, cstr, flt, get_datetime, now_datetime

from dealer_pos_crm.dealer_service.orders import pricing
from dealer_pos_crm.domain import repair_order as rules
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


def number_jobs(order) -> None:
	"""A job keeps its number for good, and no number is given twice, also not after a job was removed."""
	before = order.get_doc_before_save()
	known = {row.name: cint(row.job_no) for row in before.jobs} if before else {}
	last = max([cint(before.last_job_no) if before else 0, *known.values()])
	taken = set(known.values())
	for row in order.jobs:
		if row.name in known:
			row.job_no = known[row.name]
	for row in order.jobs:
		if row.name in known:
			continue
		wanted = cint(row.job_no)
		if wanted <= last or wanted in taken:
			if wanted and _has_rows(order, wanted) and wanted not in taken:
				raise Refused(
					"job_number", marked("Job number {0} was used before; choose {1}"), wanted, last + 1
				)
			wanted = max(last, *taken, 0) + 1
		row.job_no = wanted
		taken.add(wanted)
	order.last_job_no = max([last, *taken])


def _has_rows(order, job_no: int) -> bool:
	return any(cint(row.job_no) == job_no for row in (*order.parts, *order.sublets))


def fill_rows(order) -> None:
	"""What a new row does not say: title, hours and rate from its op code, texts and prices of its parts."""
	before = order.get_doc_before_save()
	known = {row.name for row in before.get_all_children()} if before else set()
	for row in order.jobs:
		row.pay_type = row.pay_type or rules.PayType.CUSTOMER.value
		if row.name not in known:
			_fill_job(order, row, is_opening=before is None)
	new_parts = [row for row in order.parts if row.name not in known]
	rates = pricing.selling_rates(
		(row.item for row in new_parts if row.item and not flt(row.rate) and not row.flags.priced),
		order.currency,
	)
	for row in order.parts:
		row.row_key = row.row_key or frappe.generate_hash(length=10)
		if row.item and not cstr(row.description).strip():
			row.description = frappe.get_cached_value("Item", row.item, "item_name") or row.item
	for row in new_parts:
		row.qty = row.qty or 1
		if row.item in rates:
			row.rate = rates[row.item]


def _fill_job(order, row, is_opening: bool) -> None:
	if row.labor_operation:
		operation = frappe.get_cached_doc("Labor Operation", row.labor_operation)
		if not operation.enabled:
			raise Refused(
				"operation_disabled", marked("Op code {0} is disabled; choose another"), operation.name
			)
		row.title = cstr(row.title).strip() or operation.service_name
		hours, rate = pricing.labor_of(row.labor_operation, row.pay_type, order.company)
		if not row.flags.priced:
			if not flt(row.hours) and not flt(row.rate):
				row.hours = hours
			row.rate = flt(row.rate) or rate
		row.flagged_hours = flt(row.flagged_hours) or hours
	elif flt(row.hours) and not flt(row.rate) and not row.flags.priced:
		row.rate = pricing.house_rate(order.company, row.pay_type)
	row.flagged_hours = flt(row.flagged_hours) or flt(row.hours)
	if not order.flags.of_the_lane or not row.origin:
		at_counter = is_opening or not rules.is_add_on(get_datetime(order.opened_at), now_datetime())
		row.origin = "At Opening" if at_counter else "Found"
