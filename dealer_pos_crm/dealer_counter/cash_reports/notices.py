"""Who has to be told in writing, by 31 January, that cash of theirs was reported in the year before.

One letter to each person named in a report that was required: the payer, and whoever they paid for. It says the
sum and whom to call, and nothing else: never that something looked suspicious.
"""

import io
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr, formatdate, getdate, nowdate
from pypdf import PdfReader, PdfWriter

from dealer_pos_crm.dealer_cashier.disputes.rendering import of_paper
from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Paper
from dealer_pos_crm.dealer_cashier.printing.words import dealer
from dealer_pos_crm.dealer_counter.cash_reports import overview, report
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.domain import cash_report as rules
from dealer_pos_crm.domain.cash_report import Status


def of_year(company: str, year: int) -> list[dict]:
	"""The people to be told about a year: name, sum, reports, when they were told. Voluntary reports are left
	out: of those nobody is told."""
	overview.check_entitled()
	names = frappe.get_all(
		report.DOCTYPE,
		{
			"company": company,
			"status": Status.FILED.value,
			"crossed_on": ("between", (f"{year}-01-01", f"{year}-12-31")),
			"notice_due_on": ("is", "set"),
		},
		pluck="name",
		order_by="crossed_on, name",
	)
	people: dict[tuple[str, str, str], dict] = {}
	for name in names:
		doc = frappe.get_doc(report.DOCTYPE, name)
		for person in _people(doc):
			key = (doc.customer, person["role"], person["name"].casefold())  # two people may have one name
			row = people.setdefault(
				key,
				{
					**person,
					"customer": doc.customer,
					"currency": rules.CURRENCY,
					"amount": rounded(0, rules.CURRENCY),
					"reports": [],
					"due_on": str(doc.notice_due_on),
					"sent_on": str(doc.notice_sent_on) if doc.notice_sent_on else None,
				},
			)
			row["amount"] += rounded(doc.cash_amount, rules.CURRENCY)  # as it was filed
			row["reports"].append(doc.name)
			if not doc.notice_sent_on:
				row["sent_on"] = None
	return [
		{**row, "told": shown(row["amount"]), "amount": to_float(row["amount"])} for row in people.values()
	]


def letters(company: str, year: int, reports: list[str] | None = None) -> bytes:
	"""The letters as one PDF, a page each; of these reports alone when they are named."""
	rows = [row for row in of_year(company, year) if not reports or set(reports) & set(row["reports"])]
	if not rows:
		frappe.throw(_("Nobody has to be told about {0}: no required report was filed").format(year))
	out = PdfWriter()
	for row in rows:
		for page in PdfReader(io.BytesIO(_letter(company, year, row))).pages:
			out.add_page(page)
	pages = io.BytesIO()
	out.write(pages)
	return pages.getvalue()


@action
def mark_sent(company: str, reports: list[str], sent_on: str) -> list[str]:
	"""The letters of these reports went out. Returns the reports that were not marked before."""
	overview.check_entitled()
	day = getdate(sent_on)
	if day > getdate(nowdate()):
		frappe.throw(_("{0} has not come yet. Enter the day the letters went out").format(formatdate(day)))
	marked = []
	for name in sorted(set(reports)):
		doc = frappe.get_doc(report.DOCTYPE, name, for_update=True)
		if doc.company != company or doc.status != Status.FILED.value or not doc.notice_due_on:
			frappe.throw(_("{0} needs no notice: it is {1}").format(name, _(doc.status)))
		if doc.notice_sent_on:
			continue
		if day < getdate(doc.filed_on):
			frappe.throw(_("{0} was filed on {1}, after that day").format(name, formatdate(doc.filed_on)))
		doc.notice_sent_on = day
		report.save(doc)
		marked.append(name)
	return marked


def _people(doc: Any) -> list[dict]:
	payer = " ".join(
		filter(None, [cstr(doc.payer_first_name), cstr(doc.payer_middle), cstr(doc.payer_last_name)])
	)
	place = " ".join(filter(None, [cstr(doc.payer_state), cstr(doc.payer_zip)]))
	found = [
		{
			"role": "payer",
			"name": payer.strip() or cstr(doc.customer_name),
			"address": [
				line
				for line in (
					cstr(doc.payer_street),
					", ".join(filter(None, [cstr(doc.payer_city), place])),
					cstr(doc.payer_country),
				)
				if line
			],
		}
	]
	if cint(doc.on_behalf) and doc.behalf_name:
		found.append(
			{"role": "behalf", "name": doc.behalf_name, "address": cstr(doc.behalf_address).splitlines()}
		)
	return found


def _letter(company: str, year: int, row: dict) -> bytes:
	who = dealer(company)
	responsible = frappe.db.get_value(report.DOCTYPE, row["reports"][0], "responsible")
	contact = responsible and frappe.get_cached_value("User", responsible, "full_name")
	to = [row["name"], *row["address"]]
	paper = Paper(
		title=_("Notice of reported cash, {0}").format(year),
		number="",
		date=formatdate(nowdate()),
		dealer=who,
		facts=(
			*(Fact(_("To") if not number else "", line) for number, line in enumerate(to)),
			Fact(_("Contact"), ", ".join(filter(None, [cstr(contact), who.phone]))),
		),
		amount_label=_("Cash received from you, or on your behalf, and reported for {0}").format(year),
		amount=row["told"],
		in_words=_("Federal law (26 U.S.C. 6050I) requires a business to report cash of more than $10,000."),
	)
	said = _(
		"We have furnished this information to the Internal Revenue Service on Form 8300, Report of Cash Payments Over $10,000 Received in a Trade or Business. You do not have to do anything. Please keep this notice with your tax records."
	)
	return of_paper(paper, [{"heading": "", "text": said}])
