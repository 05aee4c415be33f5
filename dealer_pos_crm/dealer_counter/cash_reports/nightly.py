"""Each night all cash of twelve months is counted anew: what no payment told by itself is found here.

Two counters at the same instant, a decision about another payment, imported history, a window that moved on.
"""

import hashlib

from frappe import _

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_counter.cash_reports import counting, keeping, report
from dealer_pos_crm.dealer_setup.acting import action, each_alone
from dealer_pos_crm.dealer_setup.notices import notify, users_with
from dealer_pos_crm.dealer_setup.roles import ACCOUNTANT, MANAGER
from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.domain import cash_pattern
from dealer_pos_crm.domain import cash_report as rules
from dealer_pos_crm.domain.cash_pattern import Suspicion
from dealer_pos_crm.domain.cash_report import Count, Status

_KEPT = 12  # how many of what was told of a payer is remembered


def run() -> None:
	for company in companies():
		if counting.applies(company):
			count(company)


def count(company: str) -> None:
	"""Count a company's cash. Each payer is a transaction of its own."""
	facts = counting.read_all(company)
	warn = counting.warn_from(company)
	payers = {
		each.payer
		for found in facts.counts()
		if (found.crossed_on or found.amount >= warn or _open_reports(facts, found))
		and not _stands(facts, found)
		for each in found.paid
	}
	each_alone(
		"Customer",
		sorted(payers),
		lambda payer: _recount(payer, company),
		_("Cash of {0} could not be counted"),
	)
	related = {frozenset({facts.rows[one].payer, facts.rows[other].payer}) for one, other in facts.related}
	for suspicion in cash_pattern.patterns(facts.paid, just_under=warn, related_payers=related):
		if set(suspicion.ids) <= facts.settled:
			continue
		each_alone(
			"Customer",
			[facts.rows[suspicion.ids[-1]].payer],
			lambda payer, found=suspicion: _suspect(payer, company, found),
			_("Cash of {0} could not be looked at"),
		)


def _open_reports(facts: counting.Facts, found: Count) -> set[str]:
	rows = [facts.rows[each.id] for each in found.paid]
	return {row.report for row in rows if row.report and row.report_status in report.OPEN}


def _stands(facts: counting.Facts, found: Count) -> bool:
	"""Whether one report says all of it already."""
	names = {facts.rows[each.id].report for each in found.paid}
	if len(names) != 1 or None in names:
		return False
	row = facts.reports[names.pop()]
	told = rounded(row.amount, rules.CURRENCY) == found.amount
	return told and (not found.crossed_on or row.status == Status.TO_FILE.value)


@action
def _recount(customer: str, company: str) -> None:
	facts = counting.read(customer, company)
	for found in facts.counts():
		if any(each.payer == customer for each in found.paid):
			keeping.keep(facts, found)


@action
def _suspect(customer: str, company: str, found: Suspicion) -> None:
	"""Tell managers and accountants once of payments that look split; nobody else, and never the payer."""
	key = _key(found)
	doc = report.prepared(customer, company)
	told = (doc.pattern_key or "").split(",")
	if key in told:
		return
	title = _("{0}: {1}").format(_(found.pattern.value), shown(found.amount))
	doc.update({"pattern": title, "pattern_key": ",".join([*filter(None, told), key][-_KEPT:])})
	doc = report.insert(doc)
	report.write(doc, "cash_report.pattern", title)
	notify([doc.responsible, *users_with({ACCOUNTANT, MANAGER})], title, doc)


def _key(found: Suspicion) -> str:
	said = f"{found.pattern.value}|{'|'.join(found.ids)}"
	return hashlib.sha256(said.encode()).hexdigest()[:10]
