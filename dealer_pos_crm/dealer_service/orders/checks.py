"""What a repair order may not be, whoever sends it: a form, a file or another program."""

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt, get_datetime, now_datetime

from dealer_pos_crm.domain import repair_order as rules
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

# Written by steps of the lane alone; a form that sends something else is not listened to.
WRITTEN_BY_STEPS = (
	"opened_at", "status_since", "appointment", "client_key", "last_job_no", "save_count", "estimate_number",
	"payment_status", "invoiced_total", "paid_total", "outstanding", "invoiced_at", "handed_over_at",
	"handed_over_by", "released_by", "release_reason", "closed_at", "cancel_reason", "next_service",
	"next_service_on", "next_service_basis",
)  # fmt: skip
# Whose car it is, and which, stays: the history of both hangs on it.
FIXED = ("company", "customer", "vehicle", "naming_series")
ANSWER_FIELDS = (
	"answer", "done", "answered_at", "answered_by", "answered_how", "answered_phone", "amount_shown",
	"deferred_until", "decline_reason", "declined_service", "origin",
)  # fmt: skip
# What may be written into an order that is billed or ended.
_OPEN_TO_THE_END = frozenset(
	{"mileage_out", "mileage_explanation", "contact_phone", "contact_by", "advisor", "tag"}
)
_NUMBERS = frozenset({"Currency", "Float", "Int", "Check", "Percent"})


def same(df, one, other) -> bool:
	"""Whether two values of a field are one to a person: 1 and 1.0, nothing and an empty text."""
	if df.fieldtype in _NUMBERS:
		return flt(one, 9) == flt(other, 9)
	return cstr(one).strip() == cstr(other).strip()


def _changed(row, before, fields) -> list[str]:
	return [
		field
		for field in fields
		if (df := row.meta.get_field(field)) and not same(df, row.get(field), before.get(field))
	]


def who_and_what(order) -> None:
	if not order.customer:
		raise Refused("no_customer", marked("A repair order needs its customer: choose who brought the car"))
	if not order.vehicle:
		raise Refused(
			"no_vehicle", marked("A repair order needs its vehicle: choose it, or enter it with VIN or plate")
		)
	before = order.get_doc_before_save()
	if not before:
		return
	for field in _changed(order, before, FIXED):
		raise Refused(
			"fixed",
			marked("{0} of {1} cannot be changed. Cancel the order with a reason and open a new one"),
			_(order.meta.get_label(field)),
			order.name,
		)


def kept_by_its_steps(order) -> None:
	"""What only steps write, as the database has it; a status by hand is refused."""
	if order.flags.of_the_lane:
		return
	before = order.get_doc_before_save()
	if not before:
		for row in order.jobs:
			row.update(dict.fromkeys(ANSWER_FIELDS, None))
			row.update({"answer": "Pending", "done": 0})
		return
	if order.status != before.status:
		raise Refused(
			"status_by_hand", marked("{0} changes its status by its steps, not by hand"), order.name
		)
	for field in WRITTEN_BY_STEPS:
		order.set(field, before.get(field))
	if rules.Status(before.status) in rules.WORKING:
		return
	fields = [
		df.fieldname
		for df in order.meta.fields
		if not df.read_only and df.fieldname not in _OPEN_TO_THE_END and order.meta.has_field(df.fieldname)
	]
	tables = {df.fieldname for df in order.meta.get_table_fields()} - {"photos"}
	for field in fields:
		if field in tables:
			if _rows(order, field) != _rows(before, field):
				rules.check_working(rules.Status(before.status), order.name)
		elif field != "photos" and _changed(order, before, [field]):
			rules.check_working(rules.Status(before.status), order.name)


def _rows(order, table: str) -> list[tuple]:
	return [
		(
			row.name,
			*(
				flt(row.get(df.fieldname), 9)
				if df.fieldtype in _NUMBERS
				else cstr(row.get(df.fieldname)).strip()
				for df in row.meta.fields
				if not df.read_only and df.fieldtype not in ("Section Break", "Column Break")
			),
		)
		for row in order.get(table)
	]


def rows_belong_to_jobs(order) -> None:
	"""Each part, sublet and picture belongs to a job that is there."""
	numbers = {cint(row.job_no) for row in order.jobs}
	for table in ("parts", "sublets"):
		for row in order.get(table):
			if not cint(row.job_no) and len(numbers) == 1:
				row.job_no = next(iter(numbers))
			if cint(row.job_no) not in numbers:
				raise Refused(
					"no_job",
					marked("{0} row {1}: there is no job {2}. Jobs: {3}"),
					_(order.meta.get_label(table)),
					row.idx,
					cint(row.job_no),
					", ".join(str(number) for number in sorted(numbers)) or "-",
				)
	for row in order.photos:
		if cint(row.job_no) and cint(row.job_no) not in numbers:
			row.job_no = None


def frozen(order) -> None:
	"""Text and price of an answered job stay as the customer was told them, and the answer as it was given."""
	before = order.get_doc_before_save()
	if order.flags.of_the_lane or not before:
		return
	present = {row.name: row for row in order.jobs}
	known = {row.name for row in before.jobs}
	for old in before.jobs:
		row = present.get(old.name)
		if row is None:
			if rules.is_frozen(rules.Answer(old.answer)) or cint(old.done):
				raise Refused(
					"frozen_job",
					marked("Job {0} is {1} and stays on the order"),
					old.job_no,
					_(old.answer),
				)
			continue
		changed = _changed(row, old, ANSWER_FIELDS)
		if changed:
			raise Refused(
				"answer_by_hand",
				marked("Job {0}: {1} is written by recording an answer or finishing the work"),
				old.job_no,
				_(row.meta.get_label(changed[0])),
			)
		if rules.is_frozen(rules.Answer(old.answer)):
			_refuse_frozen(old, _changed(row, old, rules.FROZEN_WHEN_ANSWERED), row.meta)
	for row in order.jobs:
		if row.name not in known:
			row.update(dict.fromkeys((field for field in ANSWER_FIELDS if field != "origin"), None))
			row.update({"answer": "Pending", "done": 0})
	answered = {cint(row.job_no): row for row in before.jobs if rules.is_frozen(rules.Answer(row.answer))}
	for table, fields in (("parts", rules.FROZEN_PART), ("sublets", rules.FROZEN_SUBLET)):
		_frozen_rows(order, before, table, fields, answered)


def _refuse_frozen(job, changed: list[str], meta) -> None:
	if changed:
		_refuse_change(job, meta.get_label(changed[0]))


def _refuse_table(job, order, table: str) -> None:
	_refuse_change(job, order.meta.get_label(table))


def _refuse_change(job, label: str) -> None:
	raise Refused(
		"frozen_job",
		marked("Job {0} is {1}: {2} stays as the customer was told. Revise the price of the job instead"),
		job.job_no,
		_(job.answer),
		_(label),
	)


def _frozen_rows(order, before, table: str, fields, answered: dict) -> None:
	old_rows = {row.name: row for row in before.get(table)}
	kept = set()
	for row in order.get(table):
		old = old_rows.get(row.name)
		kept.add(row.name)
		if old is None:
			if cint(row.job_no) in answered:
				_refuse_table(answered[cint(row.job_no)], order, table)
			continue
		changed = _changed(row, old, fields)
		for number in (cint(old.job_no), cint(row.job_no)):
			if number in answered:
				_refuse_frozen(answered[number], changed, row.meta)
	for name, old in old_rows.items():
		if name not in kept and cint(old.job_no) in answered:
			_refuse_table(answered[cint(old.job_no)], order, table)


def parts(order) -> None:
	"""A part goes from to order to arrived; when it is ordered, somebody knows for when."""
	before = order.get_doc_before_save()
	old_rows = {row.name: row for row in before.parts} if before else {}
	for row in order.parts:
		row.state = row.state or rules.PartState.IN_STOCK.value
		old = old_rows.get(row.name)
		what = cstr(row.description or row.item) or _("Part")
		if not cstr(row.item) and not cstr(row.description).strip():
			raise Refused("part_text", marked("Parts row {0}: choose the item or describe the part"), row.idx)
		if old is not None and old.state != row.state:
			rules.check_part(rules.PartState(old.state), rules.PartState(row.state), what)
		if row.state == rules.PartState.ORDERED.value:
			if not row.eta:
				raise Refused("no_eta", marked("{0} is ordered: set the day it is expected (ETA)"), what)
			row.ordered_at = row.ordered_at or now_datetime()
			row.arrived_at = None
		elif row.state == rules.PartState.ARRIVED.value:
			row.arrived_at = row.arrived_at or now_datetime()
		else:
			row.ordered_at = row.arrived_at = None


def comeback(order) -> None:
	"""A comeback points at an earlier order of the same car."""
	if not order.comeback_of:
		return
	before = order.get_doc_before_save()
	if before and before.comeback_of == order.comeback_of:
		return
	other = frappe.db.get_value(
		"Repair Order", order.comeback_of, ["vehicle", "creation", "name"], as_dict=True
	)
	if order.comeback_of == order.name or not other:
		raise Refused("comeback_self", marked("A comeback points at an earlier repair order"))
	if other.vehicle != order.vehicle:
		raise Refused(
			"comeback_vehicle",
			marked("{0} is about another vehicle; a comeback is of the same one"),
			other.name,
		)
	if before and get_datetime(other.creation) > get_datetime(before.creation):
		raise Refused("comeback_later", marked("{0} was opened after {1}"), other.name, order.name or "-")


def may_be_deleted(order) -> None:
	"""Only what nobody has relied on: open, without an answer, without an invoice."""
	if order.status != rules.Status.OPEN.value:
		frappe.throw(
			_("{0} is {1} and stays on file. Cancel it with a reason instead").format(
				order.name, _(order.status)
			)
		)
	if any(row.answer != "Pending" or cint(row.done) for row in order.jobs) or order.estimate_number:
		frappe.throw(
			_("{0} holds answers of the customer and stays on file. Cancel it with a reason instead").format(
				order.name
			)
		)
	if has_invoice(order.name):
		frappe.throw(_("{0} is invoiced and stays on file").format(order.name))


def has_invoice(order_name: str) -> bool:
	"""Whether an invoice of this order stands."""
	if not frappe.get_meta("Sales Invoice").has_field("dealer_repair_order"):
		return False
	return bool(
		frappe.db.exists("Sales Invoice", {"dealer_repair_order": order_name, "docstatus": ("!=", 2)})
	)
