"""What our documents know of a disputed payment: read once, for the fields, the check list and the papers alike."""

from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.printing.words import moment, plain
from dealer_pos_crm.domain.dispute_evidence import SHOWN_EVENTS, Proof

DOCTYPE = "Dispute Case"
MOST_EVENTS = 300
MOST_MESSAGES = 100


@dataclass
class Known:
	"""The documents around a disputed payment, read once."""

	case: Any
	card: Any = None
	payment_entry: str = ""
	acceptances: list = field(default_factory=list)
	deposit: Any = None
	deal: Any = None
	order: Any = None
	invoice: str = ""
	inspections: list[str] = field(default_factory=list)
	refunds: list = field(default_factory=list)
	events: list = field(default_factory=list)
	messages: list = field(default_factory=list)
	more_messages: bool = False

	@property
	def handed_over(self) -> bool:
		return bool((self.order and self.order.handed_over_at) or (self.deal and self.deal.delivered_at))

	@property
	def papers(self) -> list:
		"""Papers of the deal that are on file and may be shown: none that is sensitive."""
		if not self.deal:
			return []
		return [
			row
			for row in self.deal.documents
			if row.status == "Received" and row.attachment and not cint(row.sensitive)
		]

	@property
	def sensitive_papers(self) -> list[str]:
		if not self.deal:
			return []
		return [row.sensitive_document for row in self.deal.documents if row.sensitive_document]


def gather(case: Any, *, briefly: bool = False) -> Known:
	"""Read what is known. Whoever calls has the right to the case.

	``briefly``: enough to say what there is; of the timeline nothing, of the messages the last one.
	"""
	known = Known(case)
	if not case.card_payment:
		return known
	card = known.card = frappe.get_doc("Card Payment", case.card_payment)
	known.payment_entry = cstr(card.payment_entry)
	for attribute, doctype, name in (
		("deposit", "Deposit", card.deposit),
		("deal", "Deal Jacket", card.deal),
		("order", "Repair Order", card.repair_order),
	):
		if name and frappe.db.exists(doctype, name):
			setattr(known, attribute, frappe.get_doc(doctype, name))
	known.invoice = _invoice(known)
	if known.order:
		known.inspections = frappe.get_all(
			"Vehicle Inspection",
			{"repair_order": known.order.name, "status": "Done"},
			pluck="name",
			order_by="name",
		)
	known.acceptances = _acceptances(card)
	known.refunds = frappe.get_all(
		"Card Refund",
		{"card_payment": card.name, "status": ("not in", ("Rejected", "Withdrawn", "Failed"))},
		["name", "amount", "currency", "status", "requested_at", "settled_on", "reason"],
		order_by="creation, name",
	)
	if briefly:
		known.messages = _messages(known, 1)
		return known
	known.events = _events(known)
	known.messages = _messages(known, MOST_MESSAGES + 1)
	known.more_messages = len(known.messages) > MOST_MESSAGES
	known.messages = known.messages[-MOST_MESSAGES:]
	return known


def _invoice(known: Known) -> str:
	card = known.card
	if card.for_doctype == "Sales Invoice":
		return cstr(card.for_name)
	if known.deal and known.deal.sales_invoice:
		return known.deal.sales_invoice
	if known.order:
		filters = {
			"dealer_repair_order": known.order.name,
			"customer": known.order.customer,
			"docstatus": 1,
			"is_return": 0,
		}
		return cstr(
			frappe.db.get_value("Sales Invoice", filters, "name", order_by="posting_date desc, name desc")
		)
	return ""


def _acceptances(card: Any) -> list:
	if not card.pay_request:
		return []
	return frappe.get_all(
		"Terms Acceptance",
		{"pay_request": card.pay_request},
		["name", "accepted_at", "version", "address", "device", "amount", "currency", "text"],
		order_by="accepted_at, name",
	)


def subjects(known: Known) -> list[tuple[str, str]]:
	"""The documents that the payment is about, as (doctype, name)."""
	card = known.card
	found = [("Card Payment", card.name)] if card else []
	if card and card.pay_request:
		found.append(("Pay Request", card.pay_request))
	for doc in (known.deposit, known.deal, known.order):
		if doc:
			found.append((doc.doctype, doc.name))
	if known.invoice:
		found.append(("Sales Invoice", known.invoice))
	return found


_EVENT_FIELDS = {
	"Card Payment": "card_payment",
	"Pay Request": "pay_request",
	"Deposit": "deposit",
	"Deal Jacket": "deal",
	"Repair Order": "repair_order",
}


def _events(known: Known) -> list:
	"""What happened around the payment, oldest first; what the house did for itself is not shown."""
	found: dict[str, Any] = {}
	for doctype, name in subjects(known):
		field_name = _EVENT_FIELDS.get(doctype)
		if not field_name:
			continue
		for row in frappe.get_all(
			"Customer Event",
			{field_name: name, "event_type": ("in", sorted(SHOWN_EVENTS))},
			["name", "event_type", "title", "happened_at", "pay_request"],
			order_by="happened_at desc, name desc",
			limit=MOST_EVENTS,
		):
			found[row.name] = row
	rows = sorted(found.values(), key=lambda row: (row.happened_at, cint(row.name)))
	return rows[-MOST_EVENTS:]


def _messages(known: Known, most: int) -> list:
	"""The last messages with the customer about these documents, oldest first."""
	communication = frappe.qb.DocType("Communication")
	pairs = subjects(known)
	if not pairs:
		return []
	wanted = None
	for doctype, name in pairs:
		one = (communication.reference_doctype == doctype) & (communication.reference_name == name)
		wanted = one if wanted is None else wanted | one
	rows = (
		frappe.qb.from_(communication)
		.select(
			communication.name,
			communication.subject,
			communication.content,
			communication.sent_or_received,
			communication.communication_medium,
			communication.communication_date,
			communication.recipients,
			communication.sender,
		)
		.where(wanted)
		.where(communication.communication_type == "Communication")
		.orderby(communication.communication_date, communication.name, order=frappe.qb.desc)
		.limit(most)
		.run(as_dict=True)
	)
	return rows[::-1]


def proofs(known: Known) -> set[Proof]:
	"""What the dealership can show of all that a bank may ask for."""
	case, there = known.case, set()
	tests = {
		Proof.RECEIPT: bool(known.payment_entry or known.deposit),
		Proof.TERMS: bool(known.acceptances),
		Proof.AGREEMENT: bool((known.deposit and known.deposit.authorised_how) or known.papers),
		Proof.APPROVALS: bool(known.order and any(row.answered_by for row in known.order.jobs)),
		Proof.INSPECTION: bool(known.inspections),
		Proof.DELIVERY: known.handed_over,
		Proof.MESSAGES: bool(known.messages),
		Proof.POLICY: bool(_policy(known)),
		Proof.IDENTITY: bool(case.purchase_ip or (known.card and known.card.channel == "In Person")),
		Proof.REBUTTAL: bool(cstr(case.rebuttal).strip()),
		Proof.DESCRIPTION: bool(cstr(case.product_description).strip()),
		Proof.DATE: bool(case.service_date),
		Proof.OTHER_CHARGE: bool(case.other_charge),
	}
	there.update(proof for proof, is_there in tests.items() if is_there)
	return there


def _policy(known: Known) -> str:
	"""The terms on refunds that hold for this payment: those of the deposit, then those of the pay page."""
	parts = [known.deposit.terms if known.deposit else ""]
	parts.append(frappe.db.get_value("Gateway Account", known.case.gateway_account, "terms"))
	return "\n\n".join(dict.fromkeys(plain(part) for part in parts if plain(part)))


policy = _policy


def car(known: Known) -> str:
	name = known.case.vehicle
	if not name:
		return ""
	row = frappe.db.get_value(
		"Dealer Vehicle",
		name,
		["model_year", "make", "model", "trim", "color", "vin", "stock_number", "title"],
		as_dict=True,
	)
	if not row:
		return ""
	words = " ".join(cstr(part) for part in (row.model_year or "", row.make, row.model, row.trim) if part)
	parts = [words or row.title, row.color, _("VIN {0}").format(row.vin) if row.vin else ""]
	return plain(", ".join(part for part in parts if part))


def approvals(known: Known) -> list[str]:
	"""Who agreed to which work, when, how and for how much."""
	if not known.order:
		return []
	lines = []
	for row in known.order.jobs:
		if row.answer != "Approved" or not row.answered_at:
			continue
		amount = rounded(row.amount_shown or row.amount, known.order.currency)
		lines.append(
			_("{0}: {1} approved by {2}, {3}, {4}").format(
				plain(row.title),
				shown(amount),
				plain(row.answered_by) or plain(known.order.customer_name),
				_(row.answered_how) if row.answered_how else _("not recorded how"),
				moment(row.answered_at),
			)
		)
	return lines
