"""A technician's inspection sheet: started from a template, one tap a point, recommended in one click."""

import frappe
from frappe import _
from frappe.utils import cint, cstr, now_datetime

from dealer_pos_crm.dealer_service import log
from dealer_pos_crm.dealer_service.orders import jobs as order_jobs
from dealer_pos_crm.dealer_service.orders import order as orders
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain import inspection as rules
from dealer_pos_crm.domain.declined import Work, is_same
from dealer_pos_crm.domain.inspection import Status
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPE = "Vehicle Inspection"
_OVER = ("Invoiced", "Closed", "Cancelled")


def points_of(sheet) -> list[rules.Point]:
	return [
		rules.Point(row.point, rules.colour_of(row.result), cint(row.job_no), cstr(row.section))
		for row in sheet.points
	]


@action
def start(order_name: str, template: str | None = None) -> str:
	"""The order's sheet that is in work, or a new one. Returns its name; a second tap finds the first."""
	order = orders.locked(order_name)
	if order.status in _OVER:
		frappe.throw(_("{0} is {1}; it is inspected no more").format(order.name, _(order.status)))
	present = frappe.db.get_value(
		DOCTYPE, {"repair_order": order.name, "status": Status.IN_WORK.value}, "name", order_by="name"
	)
	if present:
		return present
	sheet = frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"repair_order": order.name,
			"template": template or template_for(order.company),
			"technician": frappe.session.user,
		}
	)
	return sheet.insert().name


def template_for(company: str) -> str:
	"""The house's usual template, else the default one, else the first that is switched on."""
	usual = settings_of(company).inspection_template
	if usual and frappe.db.get_value("Inspection Template", usual, "enabled"):
		return usual
	found = frappe.get_all(
		"Inspection Template",
		filters={"enabled": 1},
		pluck="name",
		order_by="is_default desc, creation, name",
		limit=1,
	)
	if not found:
		frappe.throw(_("There is no inspection template. A service manager adds one: Inspection Template"))
	return found[0]


def locked(name: str):
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def _row(sheet, row: str):
	for point in sheet.points:
		if point.name == row:
			return point
	raise Refused("no_point", marked("{0} has no such point any more; reload the page"), sheet.name)


def _in_work(name: str):
	sheet = locked(name)
	rules.check_changeable(Status(sheet.status), sheet.name)
	_forget_gone(sheet)
	return sheet


def _forget_gone(sheet) -> None:
	"""A job that was taken off the order can be recommended again."""
	standing = frappe.get_all(
		"Repair Order Job",
		filters={"parent": sheet.repair_order, "parenttype": "Repair Order"},
		pluck="job_no",
		order_by="idx",
	)
	for row in sheet.points:
		if cint(row.job_no) and cint(row.job_no) not in standing:
			row.job_no = 0


def _keep(sheet) -> dict:
	sheet.flags.of_the_sheet = True
	sheet.save()
	return shown(sheet)


@action
def rate(name: str, rows: list[str], result: str | None) -> dict:
	"""Give points a colour, or take it away. Returns the sheet as shown."""
	with explained():
		sheet = _in_work(name)
		colour = rules.colour_of(result)
		for row_name in rows:
			row = _row(sheet, row_name)
			rules.check_rate(_point(row), colour)
			row.result = colour.value if colour else None
		sheet.technician = sheet.technician or frappe.session.user
		return _keep(sheet)


def _point(row) -> rules.Point:
	return rules.Point(row.point, rules.colour_of(row.result), cint(row.job_no), cstr(row.section))


@action
def others_green(name: str, section: str | None = None) -> dict:
	"""All points without a result are green; of one part of the car when named."""
	with explained():
		sheet = _in_work(name)
		for row in sheet.points:
			if not row.result and (section is None or cstr(row.section) == section):
				row.result = rules.Colour.GREEN.value
		return _keep(sheet)


@action
def remark(name: str, row: str, note: str | None = None, photo: str | None = None) -> dict:
	"""Write a note on a point or put a photo on it; None leaves what is there."""
	with explained():
		sheet = _in_work(name)
		point = _row(sheet, row)
		if note is not None:
			point.note = note
		if photo is not None:
			point.photo = photo or None
		return _keep(sheet)


@action
def recommend(name: str, row: str, labor_operation: str | None = None) -> dict:
	"""Put a red or yellow point on the repair order as a Pending job, once. Returns the sheet as shown.

	Work that the order already has is not added again: the point joins that job. A finished sheet
	can still be recommended from.
	"""
	order = orders.locked(frappe.db.get_value(DOCTYPE, name, "repair_order"))
	sheet = locked(name)
	_forget_gone(sheet)
	with explained():
		point = _row(sheet, row)
		if not cint(point.job_no):
			severity = rules.check_recommend(_point(point))
			operation = labor_operation or point.labor_operation or None
			point.labor_operation = operation
			point.job_no = _job_for(order, point, operation, severity)
			return _keep(sheet)
	return shown(sheet)


def _job_for(order, point, operation: str | None, severity: rules.Colour) -> int:
	work = Work(point.point, operation)
	present = next(
		(job for job in order.jobs if is_same(work, Work(cstr(job.title), job.labor_operation))), None
	)
	if present:
		return cint(present.job_no)
	job = order_jobs.add_job(
		order,
		title=None if operation else point.point,
		labor_operation=operation,
		concern=_("Inspection: {0}").format(
			f"{point.point}, {point.note}" if cstr(point.note).strip() else point.point
		),
		severity=severity.value,
		origin="Inspection",
		hours=None if operation else 0,
	)
	orders.keep(order)
	return cint(job.job_no)


@action
def finish(name: str) -> dict:
	"""The whole car was looked at: the sheet is closed and told. Finishing twice changes nothing."""
	sheet = locked(name)
	if sheet.status == Status.DONE.value:
		return shown(sheet)
	with explained():
		found = rules.check_finish(points_of(sheet), sheet.name)
		order = frappe.get_doc("Repair Order", sheet.repair_order)
		sheet.update({"status": Status.DONE.value, "inspected_at": now_datetime()})
		sheet.technician = sheet.technician or frappe.session.user
		result = _keep(sheet)
		log.write(
			"inspection.done",
			title=_("Inspected: {0} red, {1} yellow, {2} green").format(found.red, found.yellow, found.green),
			customer=order.customer,
			company=order.company,
			reference=(DOCTYPE, sheet.name),
			vehicle=order.vehicle,
			repair_order=order.name,
			actor=order.advisor,
			facts={
				**orders.facts_of(order),
				"red": found.red,
				"yellow": found.yellow,
				"green": found.green,
				"not_recommended": len(rules.not_recommended(points_of(sheet))) or "",
			},
		)
		return result


@action
def reopen(name: str, reason: str) -> dict:
	"""Work on a finished sheet again; what was told is taken back."""
	sheet = locked(name)
	if sheet.status != Status.DONE.value:
		return shown(sheet)
	if len(cstr(reason).strip()) < 3:
		frappe.throw(_("Say in a few words why {0} is opened again").format(sheet.name))
	order = frappe.get_doc("Repair Order", sheet.repair_order)
	sheet.update({"status": Status.IN_WORK.value, "inspected_at": None})
	result = _keep(sheet)
	log.write(
		"inspection.reopened",
		title=_("Inspection {0} opened again").format(sheet.name),
		customer=order.customer,
		company=order.company,
		reference=(DOCTYPE, sheet.name),
		vehicle=order.vehicle,
		repair_order=order.name,
		actor=order.advisor,
		reason=cstr(reason).strip(),
		facts=orders.facts_of(order),
		reverses=_told(sheet.name),
	)
	return result


def _told(name: str) -> str | None:
	"""The key of the step that told the sheet finished."""
	found = frappe.db.get_value(
		"Service Log",
		{"kind": "inspection.done", "reference_doctype": DOCTYPE, "reference_name": name},
		"name",
		order_by="name desc",
	)
	return f"inspection.done:{found}" if found else None


def shown(sheet) -> dict:
	"""The sheet as the tablet draws it: points in order, counts, jobs with their answers."""
	found = rules.counts(points_of(sheet))
	order = (
		frappe.db.get_value(
			"Repair Order", sheet.repair_order, ["status", "customer_name", "tag", "mileage_in"], as_dict=True
		)
		or frappe._dict()
	)
	answers = {
		cint(job.job_no): job
		for job in frappe.get_all(
			"Repair Order Job",
			filters={"parent": sheet.repair_order, "parenttype": "Repair Order"},
			fields=["job_no", "title", "answer", "amount", "currency"],
			order_by="idx",
		)
	}
	return {
		"name": sheet.name,
		"modified": cstr(sheet.modified),
		"status": sheet.status,
		"repair_order": sheet.repair_order,
		"order_status": order.status,
		"customer_name": order.customer_name,
		"tag": order.tag,
		"vehicle_title": sheet.vehicle_title,
		"technician": sheet.technician,
		"inspected_at": cstr(sheet.inspected_at or "") or None,
		"counts": {"red": found.red, "yellow": found.yellow, "green": found.green, "left": found.left},
		"can_recommend": order.status not in _OVER,
		"points": [
			{
				"row": row.name,
				"section": cstr(row.section),
				"point": row.point,
				"result": row.result or None,
				"note": row.note,
				"photo": row.photo,
				"labor_operation": row.labor_operation,
				"job_no": cint(row.job_no) or None,
				"job": answers.get(cint(row.job_no)) if cint(row.job_no) else None,
			}
			for row in sheet.points
		],
	}
