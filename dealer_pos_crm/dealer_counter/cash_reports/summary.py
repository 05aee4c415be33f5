"""A filled summary to file from: the form's parts and boxes in their order, with what is missing said.

For accountants and managers alone: it shows the numbers of people and documents. Each time is noted in the
Access Log. It is not the form itself, which goes in by BSA E-Filing or on the IRS's paper.
"""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt, formatdate, getdate, now_datetime

from dealer_pos_crm.dealer_cashier.disputes.rendering import of_html
from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.printing.words import dealer, moment
from dealer_pos_crm.dealer_counter.cash_reports import overview, report
from dealer_pos_crm.domain import cash_form as form
from dealer_pos_crm.domain import cash_report as rules
from dealer_pos_crm.domain.cash_report import Instrument
from dealer_pos_crm.domain.money import Money

TEMPLATE = "dealer_pos_crm/templates/print/cash_report.html"
_KINDS = {
	"Personal Property Purchased": "33a",
	"Personal Services Provided": "33c",
	"Business Services Provided": "33d",
	"Exchange of Cash": "33g",
	"Debt Obligations Paid": "33f",
	"Other": "33j",
}


def parts_of(name: str) -> list[dict]:
	"""The parts of the form: title, rows of (box, label, value, missing)."""
	overview.check_entitled()
	doc = frappe.get_doc(report.DOCTYPE, name)
	lacks = set(doc.lacks())
	return [
		_top(doc),
		_payer(doc, lacks),
		_behalf(doc, lacks),
		_transaction(doc),
		_business(doc),
		_comments(doc),
	]


def html(name: str) -> str:
	parts = parts_of(name)
	doc = frappe.get_doc(report.DOCTYPE, name)
	return frappe.render_template(
		TEMPLATE,
		{
			"title": _("Summary for {0}").format(rules.EDITION),
			"report": doc.name,
			"status": _(doc.status),
			"due": _("File by {0}").format(formatdate(doc.due_on)) if doc.due_on else "",
			"parts": parts,
			"note": _(
				"Box numbers follow {0}. This is a summary to file from, not the form; check it against the papers. Confidential: contains taxpayer numbers"
			).format(rules.EDITION),
			"closing": _("Printed {0} by {1}").format(moment(now_datetime()), frappe.session.user),
			"lang": frappe.local.lang,
		},
		is_path=True,
	)


def pdf(name: str) -> bytes:
	from frappe.core.doctype.access_log.access_log import make_access_log

	page = html(name)
	make_access_log(doctype=report.DOCTYPE, document=name, file_type="PDF", method="Print")
	return of_html(page)


def _row(box: str, label: str, value: Any, missing: bool = False) -> dict:
	return {"box": box, "label": label, "value": cstr(value), "missing": missing}


def _tick(yes: Any) -> str:
	return "☒" if yes else "☐"


def _part(title: str, rows: list[dict], note: str = "") -> dict:
	return {"title": title, "rows": rows, "note": note}


def _top(doc: Any) -> dict:
	return _part(
		"",
		[
			_row("1a", _("Amends prior report"), _tick(False)),
			_row("1b", _("Suspicious transaction"), _tick(cint(doc.suspicious))),
		],
	)


def _payer(doc: Any, lacks: set[str]) -> dict:
	"""Part I: whoever stood at the counter. A company they paid for stands in Part II."""

	def told(box: str, label: str, field: str) -> dict:
		return _row(box, label, _value(doc, field), field in lacks)

	others = {row.paid_by for row in doc.payments if row.paid_by and not cint(row.reversed)} - {doc.customer}
	rows = [
		_row("2", _("More than one individual involved"), _tick(others)),
		told("3", _("Last name"), "payer_last_name"),
		told("4", _("First name"), "payer_first_name"),
		_row("5", _("M.I."), doc.payer_middle),
		told("6", _("Taxpayer identification number"), "payer_tin"),
		told("7", _("Address"), "payer_street"),
		told("8", _("Date of birth"), "payer_born_on"),
		told("9", _("City"), "payer_city"),
		told("10", _("State"), "payer_state"),
		told("11", _("ZIP code"), "payer_zip"),
		_row("12", _("Country (if not U.S.)"), doc.payer_country),
		told("13", _("Occupation, profession, or business"), "payer_occupation"),
		told("14a", _("Identifying document"), "id_document"),
		told("14b", _("Issued by"), "id_issued_by"),
		told("14c", _("Number"), "id_number"),
	]
	names = [frappe.get_cached_value("Customer", name, "customer_name") or name for name in sorted(others)]
	note = _("Also paid by {0}: page 2 of the form").format(", ".join(names)) if names else ""
	return _part(_("Part I  Individual from whom the cash was received"), rows, note)


def _behalf(doc: Any, lacks: set[str]) -> dict:
	title = _("Part II  Person on whose behalf this transaction was conducted")
	if not cint(doc.on_behalf):
		return _part(title, [], _("Not applicable: the payer acted for themselves"))
	return _part(
		title,
		[
			_row("16", _("Last name or organization's name"), doc.behalf_name, "behalf_name" in lacks),
			_row("19", _("Taxpayer identification number"), _value(doc, "behalf_tin"), "behalf_tin" in lacks),
			_row("21", _("Address"), doc.behalf_address, "behalf_address" in lacks),
			_row(
				"22",
				_("Occupation, profession, or business"),
				doc.behalf_occupation,
				"behalf_occupation" in lacks,
			),
		],
	)


def _transaction(doc: Any) -> dict:
	stand = [row for row in doc.payments if not cint(row.reversed)]
	amount = report.standing(doc)
	sums = form.sums_by_instrument(
		(Instrument(row.instrument), rounded(row.amount, rules.CURRENCY)) for row in stand if row.instrument
	)
	foreign = rounded(sum(flt(row.foreign_amount) for row in stand), rules.CURRENCY)
	hundreds = rounded(sum(flt(row.hundreds) for row in stand), rules.CURRENCY)
	price = rounded(doc.total_price, rules.CURRENCY)
	last = doc.crossed_on or max((row.paid_on for row in stand), default=None)

	def checks(kind: Instrument) -> str:
		return "; ".join(
			" ".join(filter(None, [cstr(row.issuer), cstr(row.number)])) or _("issuer and number missing")
			for row in stand
			if row.instrument == kind.value
		)

	def line(box: str, label: str, kind: Instrument) -> dict:
		there = sums[box]
		text = shown(there) if there else ""
		if there:
			text = f"{text}   {checks(kind)}"
		return _row(box, label, text, bool(there) and _("issuer and number missing") in text)

	return _part(
		_("Part III  Description of transaction and method of payment"),
		[
			_row("28", _("Date cash received"), formatdate(last) if last else "", not last),
			_row("29", _("Total cash received"), shown(amount)),
			_row("30", _("Received in more than one payment"), _tick(len(stand) > 1)),
			_row(
				"31",
				_("Total price if different from item 29"),
				shown(price) if price and price != amount else "",
			),
			_row("32a", _("U.S. currency"), _money_or_nothing(sums["32a"] - foreign)),
			_row("", _("of it in $100 bills or higher"), _money_or_nothing(hundreds)),
			_row("32b", _("Foreign currency"), _money_or_nothing(foreign)),
			line("32c", _("Cashier's checks"), Instrument.CASHIERS_CHECK),
			line("32d", _("Money orders"), Instrument.MONEY_ORDER),
			line("32e", _("Bank drafts"), Instrument.BANK_DRAFT),
			line("32f", _("Traveler's checks"), Instrument.TRAVELERS_CHECK),
			_row(_KINDS.get(doc.transaction_kind, "33"), _("Type of transaction"), _(doc.transaction_kind)),
			_row("34", _("Specific description of property or service"), doc.what, not doc.what),
		],
	)


def _money_or_nothing(amount: Money) -> str:
	return shown(amount) if amount else ""


def _business(doc: Any) -> dict:
	company = frappe.get_cached_doc("Company", doc.company)
	who = dealer(doc.company)
	contact = doc.responsible and frappe.get_cached_value("User", doc.responsible, "full_name")
	return _part(
		_("Part IV  Business that received cash"),
		[
			_row("35", _("Name of business"), doc.company),
			_row("36", _("Employer identification number"), company.tax_id, not company.tax_id),
			_row("37-40", _("Address"), ", ".join(who.address), not who.address),
			_row("41", _("Nature of your business"), _("Motor vehicle dealer")),
			_row("44", _("Contact person"), contact),
			_row("45", _("Contact telephone number"), who.phone, not who.phone),
		],
		_("Items 42 and 43 are signed by an authorized official"),
	)


def _comments(doc: Any) -> dict:
	said = []
	if cint(doc.payer_tin_refused) or cint(doc.behalf_tin_refused):
		said.append(_("The payer was asked for a taxpayer identification number and refused to give it."))
	if cint(doc.suspicious) and doc.suspicious_because:
		said.append(doc.suspicious_because)
	if doc.decision_reason:
		said.append(doc.decision_reason)
	if doc.due_on and getdate(doc.filed_on or now_datetime()) > getdate(doc.due_on):
		said.append("LATE")
	return _part(_("Comments"), [_row("", _("Comments"), "\n".join(said) or "–")])


def _value(doc: Any, field: str) -> str:
	if field in ("payer_tin", "behalf_tin") and cint(doc.get(f"{field}_refused")):
		return _("refused, see comments")
	if field in report.SECRET:
		number = doc.get_password(field, raise_exception=False) if doc.get(field) else ""
		return cstr(number)
	value = doc.get(field)
	return formatdate(value) if value and field == "payer_born_on" else cstr(value)
