"""What a person decides about a Cash Report: filed, not required, voluntary; which payments belong together."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr, formatdate, getdate, now_datetime, nowdate

from dealer_pos_crm.dealer_counter.cash_reports import counting, keeping, report
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain import cash_form as form
from dealer_pos_crm.domain import cash_report as rules
from dealer_pos_crm.domain.cash_report import Status

HOW = ("BSA E-Filing", "Paper")


@action
def file(name: str, filed_on: str, how: str, confirmation_no: str | None, comment: str | None = None) -> dict:
	"""The report was filed with the IRS. ``comment``: why something is missing in it, as box "Comments" says."""
	doc = _locked(name)
	if how not in HOW:
		frappe.throw(_("Say how it was filed: {0}").format(", ".join(_(way) for way in HOW)))
	if how == HOW[0] and not cstr(confirmation_no).strip():
		frappe.throw(_("The e-filing system gives a BSA identifier. Enter it as confirmation number"))
	meta = frappe.get_meta(report.DOCTYPE)
	lacks = [] if cstr(comment).strip() else [_(meta.get_label(field)) for field in doc.lacks()]
	with explained():
		form.check_file(
			name, Status(doc.status), report.standing(doc), voluntary=bool(cint(doc.voluntary)), lacks=lacks
		)
		day = getdate(filed_on)
		form.check_filed_on(day, getdate(doc.crossed_on) if doc.crossed_on else None, getdate(nowdate()))
	required = rules.is_over(report.standing(doc))
	doc.update(
		{
			"status": Status.FILED.value,
			"filed_on": day,
			"filed_by": frappe.session.user,
			"filed_how": how,
			"confirmation_no": cstr(confirmation_no).strip(),
			"keep_until": rules.keep_until(day),
			"decision_reason": cstr(comment).strip() or None,
			# Of a voluntary report the payer is told nothing.
			"notice_due_on": rules.notice_due_on(getdate(doc.crossed_on))
			if required and doc.crossed_on
			else None,
		}
	)
	report.save(doc)
	if required:
		report.write(doc, "cash_report.filed", _("Cash report filed on {0}").format(formatdate(day)))
	return {"status": doc.status}


@action
def not_required(name: str, reason: str) -> dict:
	"""No report is required. The reason stays on file as long as a report would."""
	doc = _locked(name)
	with explained():
		form.check_not_required(name, Status(doc.status), reason)
	was_due = doc.status == Status.TO_FILE.value
	doc.update(
		{
			"status": Status.NOT_REQUIRED.value,
			"decided_by": frappe.session.user,
			"decision_reason": reason.strip(),
			"keep_until": rules.keep_until(getdate(nowdate())),
			"notice_due_on": None,
		}
	)
	report.save(doc)
	if was_due and not cint(doc.voluntary):
		report.write(doc, "cash_report.not_required", _("No cash report required"), reason=reason.strip())
	return {"status": doc.status}


@action
def reopen(name: str, reason: str) -> dict:
	"""A decision that no report is required was wrong. What was filed stays filed."""
	doc = _locked(name)
	if doc.status != Status.NOT_REQUIRED.value:
		frappe.throw(
			_("{0} is {1}. Only what was found not to be required can be opened again").format(
				name, _(doc.status)
			)
		)
	if len(reason.strip()) < 3:
		frappe.throw(_("Say why in a few words"))
	doc.update(
		{"status": Status.WATCHING.value, "decided_by": None, "decision_reason": None, "keep_until": None}
	)
	report.save(doc)
	doc.add_comment("Info", _("Opened again: {0}").format(frappe.utils.escape_html(reason.strip())))
	recount(doc.customer, doc.company)
	doc.reload()
	return {"status": doc.status}


@action
def relate(name: str, doctype: str, document: str, related: bool, reason: str) -> dict:
	"""Say whether another payment belongs to the report's. The reason is kept; a later decision replaces it."""
	doc = _locked(name)
	if doc.status not in report.OPEN:
		frappe.throw(_("{0} is decided: {1}. It stays as it is").format(name, _(doc.status)))
	if len(reason.strip()) < 3:
		frappe.throw(_("Say why in a few words"))
	first = next((row for row in doc.payments if not cint(row.reversed)), None)
	if not first:
		frappe.throw(_("{0} holds no payment yet").format(name))
	facts = counting.read(doc.customer, doc.company, doc.deal)
	other = _payer_of(doctype, document, doc.company)
	if (doctype, document) in {(row.reference_doctype, row.reference_name) for row in doc.payments}:
		frappe.throw(_("{0} is counted in {1} already").format(document, name))
	pair = sorted([(first.reference_doctype, first.reference_name), (doctype, document)])
	key = "|".join((doc.company, *pair[0], *pair[1]))
	relation = frappe.db.get_value(counting.RELATION, {"pair_key": key}, "name", for_update=True)
	row = frappe.get_doc(counting.RELATION, relation) if relation else frappe.new_doc(counting.RELATION)
	row.update(
		{
			"customer": doc.customer,
			"other_customer": other,
			"company": doc.company,
			"decision": "Related" if related else "Not Related",
			"first_doctype": first.reference_doctype,
			"first_name": first.reference_name,
			"second_doctype": doctype,
			"second_name": document,
			"reason": reason.strip(),
			"decided_by": frappe.session.user,
			"decided_on": now_datetime(),
			"pair_key": key,
		}
	)
	row.flags.of_the_counter = True
	row.save(ignore_permissions=True)
	recount(doc.customer, doc.company, doc.deal)
	doc.reload()
	return {"status": doc.status, "amount": doc.cash_amount, "counted": len(facts.paid)}


@action
def volunteer(customer: str, company: str, reason: str) -> dict:
	"""A report of one's own accord, because the payments look suspicious. Nobody but managers and accountants
	learns of it, and the payer is told nothing."""
	if len(reason.strip()) < 3:
		frappe.throw(_("Say what looks suspicious"))
	facts = counting.read(customer, company)
	mine = [count for count in facts.counts() if any(each.payer == customer for each in count.paid)]
	if not mine:
		frappe.throw(
			_("{0} has paid no cash in the last twelve months that stands in no report").format(customer)
		)
	highest = max(mine, key=lambda count: count.amount)
	names = {facts.rows[each.id].get("report") for each in highest.paid} - {None}
	doc = (
		frappe.get_doc(report.DOCTYPE, sorted(names)[0], for_update=True)
		if names
		else report.prepared(customer, company)
	)
	if doc.status not in report.OPEN:
		frappe.throw(_("{0} is decided: {1}. It stays as it is").format(doc.name, _(doc.status)))
	keeping.take_in(doc, facts, highest)
	if not highest.crossed_on:
		doc.update({"status": Status.TO_FILE.value, "voluntary": 1})
	doc.update({"suspicious": 1, "suspicious_because": reason.strip()})
	doc = report.insert(doc)
	keeping.mark_payments(doc)
	return {"report": doc.name, "status": doc.status}


def recount(customer: str, company: str, deal: str | None = None) -> None:
	"""Bring the reports of a payer to what the ledger says now."""
	facts = counting.read(customer, company, deal)
	for count in facts.counts():
		keeping.keep(facts, count)


def _locked(name: str) -> Any:
	return frappe.get_doc(report.DOCTYPE, name, for_update=True)


def _payer_of(doctype: str, document: str, company: str) -> str:
	field = {"Payment Entry": "party", "POS Invoice": "customer", "Sales Invoice": "customer"}.get(doctype)
	found = (
		frappe.db.get_value(doctype, {"name": document, "company": company, "docstatus": 1}, field)
		if field
		else None
	)
	if not found:
		frappe.throw(_("{0} {1} is no payment that stands").format(_(doctype), document))
	return found
