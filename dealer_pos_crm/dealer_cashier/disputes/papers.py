"""The papers of an evidence pack, in its order: our prints, pages made for the bank, files that were handed in.

Each says how its PDF is made; what is made of it, and what could not be, is for ``pack`` to collect.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, get_datetime, strip_html

from dealer_pos_crm.dealer_cashier.disputes import evidence, rendering
from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import dealer, moment, plain
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.domain.dispute_evidence import Section, reason_of

_LONGEST_MESSAGE = 6_000


@dataclass(frozen=True)
class Piece:
	"""One paper of the pack. ``make`` returns a PDF, or raises with the reason why there is none."""

	section: Section
	title: str
	make: Callable[[], bytes]


def titles() -> dict[Section, str]:
	return {
		Section.COVER: _("Summary"),
		Section.RECEIPT: _("Receipt and payment"),
		Section.TERMS: _("Accepted terms"),
		Section.AGREEMENT: _("Agreement and signed papers"),
		Section.SERVICE: _("Work and approvals"),
		Section.DELIVERY: _("Hand-over"),
		Section.TIMELINE: _("What happened, in order"),
		Section.MESSAGES: _("Messages with the customer"),
		Section.POLICY: _("Refund policy"),
		Section.SENSITIVE: _("Further papers"),
	}


def pieces(known: evidence.Known, *, with_sensitive: bool) -> Iterator[Piece]:
	"""All papers but the cover, in order."""
	yield from _receipt(known)
	for number, row in enumerate(known.acceptances, 1):
		title = (
			_("Accepted terms") if len(known.acceptances) == 1 else _("Accepted terms ({0})").format(number)
		)
		yield Piece(Section.TERMS, title, partial(_terms, known, row))
	yield from _agreement(known)
	yield from _service(known)
	yield from _delivery(known)
	if known.events:
		yield Piece(Section.TIMELINE, _("Timeline"), partial(_timeline, known))
	if known.messages:
		yield Piece(Section.MESSAGES, _("Messages"), partial(_messages, known))
	if evidence.policy(known):
		yield Piece(Section.POLICY, _("Refund policy"), partial(_policy, known))
	if with_sensitive:
		yield from _sensitive(known)


def _print(doctype: str, name: str, print_format: str | None, title: str, section: Section) -> Piece:
	return Piece(section, title, partial(rendering.of_print, doctype, name, print_format))


def _receipt(known: evidence.Known) -> Iterator[Piece]:
	if known.card:
		yield Piece(Section.RECEIPT, _("Record of the payment"), partial(_payment, known))
	if known.deposit:
		title = _("Receipt of deposit {0}").format(known.deposit.name)
		yield _print("Deposit", known.deposit.name, "Deposit Receipt", title, Section.RECEIPT)
	if known.invoice:
		print_format = "Service Invoice" if known.order else None
		title = _("Invoice {0}").format(known.invoice)
		yield _print("Sales Invoice", known.invoice, print_format, title, Section.RECEIPT)


def _agreement(known: evidence.Known) -> Iterator[Piece]:
	if known.deposit:
		title = _("Deposit agreement {0}").format(known.deposit.name)
		yield _print("Deposit", known.deposit.name, "Deposit Agreement", title, Section.AGREEMENT)
	if known.deal:
		title = _("Buyer's order of {0}").format(known.deal.name)
		yield _print("Deal Jacket", known.deal.name, "Buyers Order", title, Section.AGREEMENT)
	for row in known.papers:
		title = plain(row.document)
		yield Piece(
			Section.AGREEMENT,
			title,
			partial(rendering.of_file, row.attachment, ("Deal Jacket", known.deal.name)),
		)


def _service(known: evidence.Known) -> Iterator[Piece]:
	if not known.order:
		return
	name = known.order.name
	if evidence.approvals(known):
		yield Piece(Section.SERVICE, _("Approvals of the work"), partial(_approvals, known))
	yield _print(
		"Repair Order", name, "Repair Order Copy", _("Repair order {0}").format(name), Section.SERVICE
	)
	for inspection in known.inspections:
		title = _("Inspection {0}").format(inspection)
		yield _print("Vehicle Inspection", inspection, "Inspection Sheet", title, Section.SERVICE)


def _delivery(known: evidence.Known) -> Iterator[Piece]:
	if known.order and known.order.handed_over_at:
		title = _("Gate pass of {0}").format(known.order.name)
		yield _print("Repair Order", known.order.name, "Gate Pass", title, Section.DELIVERY)
	if known.deal and known.deal.delivered_at:
		yield Piece(Section.DELIVERY, _("Delivery of the car"), partial(_delivered, known))
		title = _("Checklist of {0}").format(known.deal.name)
		yield _print("Deal Jacket", known.deal.name, "Deal Document Checklist", title, Section.DELIVERY)


def _sensitive(known: evidence.Known) -> Iterator[Piece]:
	"""Only what the reader may see: ``get_list`` asks for the right."""
	if not known.sensitive_papers:
		return
	for row in frappe.get_list(
		"Sensitive Document",
		{"name": ("in", known.sensitive_papers), "withdrawn": 0, "attachment": ("is", "set")},
		["name", "document", "attachment"],
		order_by="document, name",
		limit_page_length=0,
	):
		make = partial(rendering.of_file, row.attachment, ("Sensitive Document", row.name))
		yield Piece(Section.SENSITIVE, plain(row.document), make)


# --- Pages made for the bank --------------------------------------------------------------------------


def _page(known: evidence.Known, title: str, number: str, date: str, **said: Any) -> Paper:
	return Paper(title=title, number=number, date=date, dealer=dealer(known.case.company), **said)


def cover(known: evidence.Known, index: list[tuple[str, str, int, int]]) -> bytes:
	"""The summary with what is claimed, what is answered, and the index: (section, title, first page, pages)."""
	case, card = known.case, known.card
	reason = reason_of(cstr(case.reason_code))
	facts = [
		Fact(_("Claim"), _(reason.claim)),
		Fact(_("Disputed amount"), shown(rounded(case.amount, case.currency))),
		Fact(_("Dispute"), cstr(case.dispute_id)),
		Fact(_("Charge"), cstr(case.charge_id)),
		Fact(_("Customer"), plain(case.customer_name_evidence) or plain(case.customer_name)),
	]
	if card:
		facts += _card_facts(card)
	facts += [
		Fact(_("Sold"), plain(case.product_description)),
		Fact(_("Date"), frappe.utils.format_date(case.service_date) if case.service_date else ""),
	]
	by_section: dict[str, list[Row]] = {}
	for section, title, first, pages in index:
		span = str(first) if pages == 1 else f"{first}\u2013{first + pages - 1}"
		by_section.setdefault(section, []).append(Row(title, span))
	paper = _page(
		known,
		_("Answer to a Disputed Payment"),
		case.name,
		moment(frappe.utils.now_datetime()),
		facts=tuple(fact for fact in facts if fact.text),
	)
	told = _page(
		known, "", "", "", sums=tuple(Sum(section, tuple(rows)) for section, rows in by_section.items())
	)
	lines = [
		{"heading": _("Why the claim is wrong"), "text": plain(case.rebuttal)},
		{"heading": _("How the terms were shown"), "text": plain(case.refund_policy_disclosure)},
		{"heading": _("Further facts"), "text": plain(case.further_facts)},
	]
	return rendering.of_paper(paper, [line for line in lines if line["text"]], index=told)


def _card_facts(card: Any) -> list[Fact]:
	brand = " ".join(
		part
		for part in (cstr(card.brand).title(), f"\u2022\u2022\u2022\u2022 {card.last4}" if card.last4 else "")
		if part
	)
	return [
		Fact(
			_("Paid with"),
			", ".join(part for part in (brand, cstr(card.wallet).replace("_", " ").title()) if part),
		),
		Fact(_("Paid"), moment(card.captured_on) if card.captured_on else ""),
		Fact(
			_("How"),
			_("Online, on our pay page") if card.channel == "Online" else _("In person, at our card reader"),
		),
	]


def _payment(known: evidence.Known) -> bytes:
	card = known.card
	captured = rounded(card.captured_amount or card.amount, card.currency)
	rows = [Row(_("Paid by card"), shown(captured), cstr(card.payment_entry))]
	for refund in known.refunds:
		amount = rounded(refund.amount, refund.currency)
		when = refund.settled_on or refund.requested_at
		note = " \u00b7 ".join(part for part in (_(refund.status), moment(when) if when else "") if part)
		rows.append(Row(_("Given back to the card"), f"\u2212 {shown(amount)}", note, "less"))
	facts = [
		Fact(_("For"), plain(card.what)),
		Fact(_("Customer"), plain(known.case.customer_name)),
		*_card_facts(card),
		Fact(_("Payment at the provider"), cstr(card.intent_id)),
		Fact(_("Charge at the provider"), cstr(card.charge_id)),
		Fact(_("In our books"), cstr(card.payment_entry)),
		Fact(_("Taken by"), _person(card.requested_by) if card.channel == "In Person" else ""),
	]
	paper = _page(
		known,
		_("Record of the Payment"),
		card.name,
		moment(card.captured_on or card.creation),
		facts=tuple(fact for fact in facts if fact.text),
		amount_label=_("Amount paid"),
		amount=shown(captured),
		sums=(Sum(_("The payment"), tuple(rows)),),
	)
	return rendering.of_paper(paper)


def _terms(known: evidence.Known, row: Any) -> bytes:
	facts = (
		Fact(_("Accepted"), moment(row.accepted_at)),
		Fact(_("By"), plain(known.case.customer_name)),
		Fact(_("How"), _("Box ticked beside the full text, before the card was asked for")),
		Fact(_("Version"), cstr(row.version)),
		Fact(_("Network address"), cstr(row.address)),
		Fact(_("Device"), plain(row.device)),
		Fact(_("Amount"), shown(rounded(row.amount, row.currency)) if row.currency else ""),
	)
	paper = _page(
		known,
		_("Accepted Terms"),
		cstr(known.card.pay_request),
		moment(row.accepted_at),
		facts=tuple(fact for fact in facts if fact.text),
		terms_title=_("as they were shown and accepted"),
		terms=plain(strip_html(cstr(row.text))),
	)
	return rendering.of_paper(paper)


def _approvals(known: evidence.Known) -> bytes:
	order = known.order
	lines = []
	for row in order.jobs:
		if row.answer not in ("Approved", "Declined", "Deferred") or not row.answered_at:
			continue
		who = plain(row.answered_by) or plain(order.customer_name)
		how = [_(row.answered_how) if row.answered_how else "", cstr(row.answered_phone)]
		told = [plain(row.concern), plain(row.cause), plain(row.correction)]
		lines.append(
			{
				"heading": f"{row.job_no}. {plain(row.title)}: {_(row.answer)}, {shown(rounded(row.amount_shown or row.amount, order.currency))}",
				"text": "\n".join(part for part in told if part),
				"note": " \u00b7 ".join([who, *[part for part in how if part], moment(row.answered_at)]),
			}
		)
	facts = (Fact(_("Car"), evidence.car(known)), Fact(_("Customer"), plain(order.customer_name)))
	paper = _page(
		known, _("Approvals of the Work"), order.name, moment(order.opened_at or order.creation), facts=facts
	)
	return rendering.of_paper(paper, lines)


def _delivered(known: evidence.Known) -> bytes:
	deal = known.deal
	facts = (
		Fact(_("Car"), evidence.car(known)),
		Fact(_("Customer"), plain(deal.customer_name)),
		Fact(_("Delivered"), moment(deal.delivered_at)),
		Fact(_("By"), _person(deal.delivered_by)),
		Fact(_("Mileage"), frappe.utils.fmt_money(deal.mileage_out, precision=0) if deal.mileage_out else ""),
		Fact(
			_("Contract signed"), frappe.utils.format_date(deal.contracted_on) if deal.contracted_on else ""
		),
	)
	paper = _page(
		known,
		_("Delivery of the Car"),
		deal.name,
		moment(deal.delivered_at),
		facts=tuple(fact for fact in facts if fact.text),
	)
	return rendering.of_paper(paper)


def _timeline(known: evidence.Known) -> bytes:
	lines = [{"heading": moment(row.happened_at), "text": plain(row.title)} for row in known.events]
	note = (
		_("The last {0} entries of our record.").format(evidence.MOST_EVENTS)
		if len(known.events) == evidence.MOST_EVENTS
		else _("From our record, which is written as things happen and is not changed afterwards.")
	)
	paper = _page(known, _("What Happened, in Order"), known.case.name, "", facts=(Fact(_("Source"), note),))
	return rendering.of_paper(paper, lines, dated=True)


def _messages(known: evidence.Known) -> bytes:
	lines = []
	for row in known.messages:
		text = plain(strip_html(cstr(row.content).replace("<br>", "\n").replace("</p>", "</p>\n")))
		if len(text) > _LONGEST_MESSAGE:
			text = text[:_LONGEST_MESSAGE] + "\n" + _("(the rest of this message is left out)")
		sent = row.sent_or_received == "Sent"
		way = (
			_("Sent to {0}").format(row.recipients or "-")
			if sent
			else _("Received from {0}").format(row.sender or "-")
		)
		at = moment(get_datetime(row.communication_date)) if row.communication_date else ""
		lines.append(
			{
				"heading": " \u00b7 ".join(
					part for part in (at, _(row.communication_medium or "E-mail"), plain(row.subject)) if part
				),
				"text": text,
				"note": way,
			}
		)
	facts = [Fact(_("Customer"), plain(known.case.customer_name))]
	if known.more_messages:
		facts.append(
			Fact(_("Earlier"), _("Only the last {0} messages are shown").format(evidence.MOST_MESSAGES))
		)
	paper = _page(known, _("Messages with the Customer"), known.case.name, "", facts=tuple(facts))
	return rendering.of_paper(paper, lines)


def _policy(known: evidence.Known) -> bytes:
	paper = _page(
		known,
		_("Refund Policy"),
		known.case.name,
		"",
		facts=(Fact(_("Shown"), plain(known.case.refund_policy_disclosure)),)
		if known.case.refund_policy_disclosure
		else (),
		terms_title=_("on refunds and cancellation"),
		terms=evidence.policy(known),
	)
	return rendering.of_paper(paper)


def _person(user: str | None) -> str:
	return names_of({user}).get(user, user) if user else ""
