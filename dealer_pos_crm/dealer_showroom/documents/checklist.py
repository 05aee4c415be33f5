"""The papers of a deal: filled in by template, received, noted or waived, and never lost again."""

from collections.abc import Callable

import frappe
from frappe import _
from frappe.utils import cint, cstr, format_date, getdate, now_datetime

from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import ACCOUNTANT, FNI, MANAGER, SALES_MANAGER
from dealer_pos_crm.dealer_showroom.deals.deal import DOCTYPE, keep, locked
from dealer_pos_crm.dealer_showroom.documents import defaults, files
from dealer_pos_crm.domain import documents as rules
from dealer_pos_crm.domain.card_numbers import mask
from dealer_pos_crm.domain.documents import Need, Paper, Status, Wanted
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.test_drive import mask_licence

TEMPLATE = "Deal Document Template"
# Who may open a sensitive paper: what Sensitive Document's own permissions say as well.
SEES_SENSITIVE = frozenset({FNI, SALES_MANAGER, MANAGER, ACCOUNTANT, "System Manager"})
WAIVES = frozenset({SALES_MANAGER, MANAGER, "System Manager"})
# A trade that is part of the deal: its papers are needed.
_TRADES = ("Appraised", "Accepted", "Taken In")
_EMPTY = {
	"status": Status.MISSING.value,
	"attachment": None,
	"note": None,
	"expires_on": None,
	"received_by": None,
	"received_at": None,
	"sensitive_document": None,
}


# --- Which papers ----------------------------------------------------------------------------------------


def settle(deal) -> None:
	"""At every save of a deal: rows come by the checklist alone, and the template follows the deal."""
	before = deal.get_doc_before_save()
	if before and not deal.flags.of_the_deal:
		deal.set("documents", [row.as_dict() for row in before.documents])
	fill(deal)


def fill(deal) -> bool:
	"""Fit the rows of a deal to what it is now; the caller saves. Whether a row came, went or changed.

	Nothing that came in is lost (see ``domain.documents.filled``).
	"""
	rows = list(deal.documents)
	wanted = rules.wanted_of(template_of(deal.company), conditions_of(deal))
	result = rules.filled([paper_of(row) for row in rows], wanted)
	days = {row.key: row.valid_days for row in wanted}
	before = [_shape(row) for row in rows]
	fresh = []
	for at, paper in result:
		row = rows[at] if at is not None else deal.append("documents", {})
		row.update(
			{
				"document": paper.document,
				"required_before": paper.required_before,
				"status": paper.status.value,
				"key": paper.key,
				"why": _(paper.why) if paper.why == rules.NOT_NEEDED_NOW else paper.why,
				"sensitive": int(paper.sensitive),
				"note_is_enough": int(paper.note_is_enough),
				"valid_days": days.get(paper.key, cint(row.valid_days)),
			}
		)
		fresh.append(row)
	deal.documents = fresh
	for number, row in enumerate(fresh, 1):
		row.idx = number
	return before != [_shape(row) for row in fresh]


def _shape(row) -> tuple:
	return (row.name, row.document, cstr(row.required_before), row.status, cint(row.sensitive))


def template_of(company: str) -> list[Wanted]:
	"""The company's own list, else the one for every company. Several lists count together."""
	names = frappe.get_all(
		TEMPLATE, {"enabled": 1, "company": company}, pluck="name", order_by="name"
	) or frappe.get_all(TEMPLATE, {"enabled": 1, "company": ("is", "not set")}, pluck="name", order_by="name")
	return [
		Wanted(
			document=cstr(row.document).strip(),
			required_before=row.required_before or "Contracted",
			when_needed=Need(row.when_needed or "Always"),
			valid_days=cint(row.valid_days),
			note_is_enough=bool(cint(row.note_is_enough)),
			sensitive=bool(cint(row.sensitive)),
		)
		for name in names
		for row in frappe.get_cached_doc(TEMPLATE, name).documents
	]


def conditions_of(deal) -> rules.Deal:
	condition = cstr(deal.condition)
	return rules.Deal(
		deal_type=cstr(deal.deal_type),
		used=None if not condition else condition != "New",
		trade_in=not deal.is_new()
		and bool(frappe.db.exists("Trade In", {"deal": deal.name, "status": ("in", _TRADES)})),
		co_buyer=bool(deal.co_buyer),
		business=frappe.db.get_value("Customer", deal.customer, "customer_type") == "Company",
	)


def refresh(deal_name: str) -> None:
	"""A trade-in came to a deal or left it: its papers follow. In the caller's transaction."""
	if not frappe.db.exists(DOCTYPE, deal_name):
		return
	deal = locked(deal_name)
	if fill(deal):
		keep(deal)


def paper_of(row) -> Paper:
	"""A row as the domain reads it."""
	return Paper(
		document=cstr(row.document),
		required_before=cstr(row.required_before),
		status=Status(row.status or "Missing"),
		key=cstr(row.key),
		expires_on=getdate(row.expires_on) if row.expires_on else None,
		why=cstr(row.why),
		sensitive=bool(cint(row.sensitive)),
		note_is_enough=bool(cint(row.note_is_enough)),
	)


# --- What is missing -------------------------------------------------------------------------------------


def missing(deal, stage: str) -> list[str]:
	"""What keeps a deal from a stage, each in a few words; an expired paper says so."""
	today = getdate()
	return [
		_("{0} (expired on {1})").format(paper.document, format_date(paper.expires_on))
		if rules.is_expired(paper, today)
		else paper.document
		for paper in rules.missing([paper_of(row) for row in deal.documents], stage, today)
	]


# --- What a person does ----------------------------------------------------------------------------------


@action
def receive(
	deal: str, row: str, file: str, *, expires_on: str | None = None, note: str | None = None
) -> dict:
	"""The paper is here. ``file``: name of the uploaded File, which becomes private and the deal's.

	A sensitive one goes where only F&I, managers and accounting can open it.
	"""

	def carry_out(doc, paper) -> None:
		now = now_datetime()
		until = getdate(expires_on) if expires_on else rules.expiry(now.date(), cint(paper.valid_days))
		if until and until < now.date():
			raise Refused(
				"expired",
				marked("{0} has expired on {1}. Ask for a new one"),
				paper.document,
				format_date(until),
			)
		values = {"note": clean(note) or None, "expires_on": until}
		values |= files.take_in(doc, paper, file, values)
		_mark(paper, Status.RECEIVED, **values)

	return _on_row(deal, row, carry_out)


@action
def note(deal: str, row: str, text: str, *, expires_on: str | None = None) -> dict:
	"""A note in place of the paper, where the template allows it."""

	def carry_out(doc, paper) -> None:
		words = clean(rules.check_note(paper_of(paper), text))
		values = {"note": words, "expires_on": getdate(expires_on) if expires_on else None}
		values |= files.take_in(doc, paper, None, values) if cint(paper.sensitive) else {}
		_mark(paper, Status.NOTED, **values)

	return _on_row(deal, row, carry_out)


@action
def waive(deal: str, row: str, reason: str) -> dict:
	"""A manager decides that the deal goes without this paper, with a reason."""

	def carry_out(doc, paper) -> None:
		if not WAIVES & set(frappe.get_roles()):
			raise Refused(
				"needs_manager", marked("{0}: only a sales manager waives a document"), paper.document
			)
		_mark(paper, Status.WAIVED, note=clean(rules.check_words(reason, paper.document)))

	return _on_row(deal, row, carry_out)


@action
def take_back(deal: str, row: str) -> dict:
	"""It was the wrong paper, or the wrong row: it is missing again. The file stays on file."""

	def carry_out(doc, paper) -> None:
		if paper.status == Status.MISSING.value:
			return
		if cint(paper.sensitive) and not sees_sensitive():
			raise Refused("sensitive", marked("{0}: ask F&I or a manager"), paper.document)
		if paper.status == Status.WAIVED.value and not WAIVES & set(frappe.get_roles()):
			raise Refused(
				"needs_manager", marked("{0} was waived by a manager, who takes that back"), paper.document
			)
		files.withdraw(paper)
		paper.update(_EMPTY)

	return _on_row(deal, row, carry_out)


@action
def add(deal: str, document: str, required_before: str, *, sensitive: bool = False) -> dict:
	"""A paper that no template knows, such as a stipulation of the lender."""
	doc = locked(deal)
	with explained():
		text = " ".join(rules.check_words(document, _("Document")).split())
		if required_before and required_before not in rules.STAGES:
			raise Refused("stage", marked("Before which stage? One of: {0}"), ", ".join(rules.STAGES))
		if any(rules.key_of(row.document) == rules.key_of(text) for row in doc.documents):
			raise Refused("twice", marked("{0} is on the checklist of {1} already"), text, doc.name)
		doc.append(
			"documents",
			{
				"document": mask(text)[:140],
				"required_before": required_before,
				"status": Status.MISSING.value,
				"why": _("Added by hand"),
				"sensitive": int(sensitive),
				"note_is_enough": 1,
			},
		)
		keep(doc)
	return view(doc)


def ofac_noted(deal, text: str) -> bool:
	"""The line of the OFAC result is noted, where the list has one that is still missing. The caller saves."""
	for row in deal.documents:
		if row.key == rules.key_of(_(defaults.OFAC)) and row.status == Status.MISSING.value:
			_mark(row, Status.NOTED, note=text)
			return True
	return False


def clean(text: str | None) -> str:
	"""Free text without card and licence numbers."""
	return mask_licence(mask(cstr(text).strip()))[:140]


def _mark(row, status: Status, **values) -> None:
	row.update(
		{
			**_EMPTY,
			"sensitive_document": row.sensitive_document,
			"status": status.value,
			"received_by": frappe.session.user,
			"received_at": now_datetime().replace(microsecond=0),
			**values,
		}
	)


def _on_row(deal: str, row_name: str, carry_out: Callable) -> dict:
	doc = locked(deal)
	row = next((row for row in doc.documents if row.name == row_name), None)
	with explained():
		if row is None:
			raise Refused("no_row", marked("{0} has no such document any more. Reload the page"), doc.name)
		carry_out(doc, row)
		keep(doc)
	return view(doc)


# --- What a screen shows ---------------------------------------------------------------------------------


def sees_sensitive() -> bool:
	return bool(SEES_SENSITIVE & set(frappe.get_roles()))


def view(deal) -> dict:
	"""The checklist by stage, what is missing first; what the reader may not see is left out."""
	today = getdate()
	may_see = sees_sensitive()
	writes = bool(frappe.has_permission(DOCTYPE, "write", deal))
	rows = {row.name: row for row in deal.documents}
	people = names_of(row.received_by for row in deal.documents)
	kept = files.of_rows(deal.documents) if may_see else {}
	grouped: dict[str, list[dict]] = {}
	for row in rows.values():
		paper = paper_of(row)
		hidden = paper.sensitive and not may_see
		held = kept.get(row.sensitive_document) or {}
		grouped.setdefault(paper.required_before, []).append(
			{
				"name": row.name,
				"document": paper.document,
				"status": paper.status.value,
				"there": rules.counts(paper, today),
				"expired": rules.is_expired(paper, today),
				"expires_on": cstr(row.expires_on) or None,
				"why": _(paper.why) if paper.why else "",
				"sensitive": paper.sensitive,
				"hidden": hidden,
				"note_is_enough": paper.note_is_enough,
				"note": None if hidden else (held.get("note") or row.note),
				"file": None if hidden else (held.get("attachment") or row.attachment),
				"by": people.get(row.received_by, row.received_by),
				"at": cstr(row.received_at) or None,
			}
		)
	stages = [
		{
			"stage": stage,
			"missing": sum(not line["there"] for line in grouped[stage]) if stage else 0,
			"rows": sorted(grouped[stage], key=lambda line: line["there"]),
		}
		for stage in (*rules.STAGES, "")
		if stage in grouped
	]
	return {
		"deal": deal.name,
		"stage": deal.stage,
		"stages": stages,
		"missing": sum(group["missing"] for group in stages),
		"total": sum(len(group["rows"]) for group in stages if group["stage"]),
		"may": {
			"write": writes,
			"waive": writes and bool(WAIVES & set(frappe.get_roles())),
			"see_sensitive": may_see,
		},
	}
