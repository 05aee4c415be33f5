"""What our documents know of a disputed payment, and what of it is written down for the person who answers.

Nothing a person wrote is overwritten: only empty fields are filled. What is gathered here is read by the fields,
by the check list and by the papers of the pack alike.
"""

from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe import _
from frappe.contacts.doctype.address.address import get_address_display, get_default_address
from frappe.utils import cint, cstr, format_date, get_datetime, getdate, strip_html

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.printing.words import moment, plain
from dealer_pos_crm.dealer_cashier.receipts import address_of
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.domain.dispute_evidence import SHOWN_EVENTS, Answer, Proof, cut

DOCTYPE = "Dispute Case"
MOST_EVENTS = 300
MOST_MESSAGES = 100
# fields of the case that are filled from our documents
FILLED = (
	"product_description",
	"service_date",
	"delivered_on",
	"customer_name_evidence",
	"customer_email",
	"billing_address",
	"purchase_ip",
	"refund_policy_disclosure",
	"access_log",
	"further_facts",
)


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


# --- Written down -------------------------------------------------------------------------------------


def prepare(name: str) -> None:
	"""In a job, when a case is new: fill in what the documents know already."""
	fill_in(name)


@action
def fill_in(name: str) -> list[str]:
	"""Fill the empty fields of an answer from our documents. Returns the fields that were filled."""
	case = frappe.get_doc(DOCTYPE, name, for_update=True)
	found = values_of(gather(case))
	filled = [fieldname for fieldname in FILLED if found.get(fieldname) and not case.get(fieldname)]
	if filled:
		for fieldname in filled:
			case.set(fieldname, found[fieldname])
		case.flags.ignore_permissions = True  # the right was checked where a person asked; else nobody did
		case.flags.of_the_provider = True
		case.save()
	return filled


def values_of(known: Known) -> dict[str, Any]:
	"""What the documents say, by field of the case."""
	if not known.card:
		return {}
	customer = known.case.customer
	return {
		"product_description": _sold(known),
		"service_date": _date(known),
		"delivered_on": _delivered(known),
		"customer_name_evidence": plain(frappe.db.get_value("Customer", customer, "customer_name"))
		if customer
		else "",
		"customer_email": address_of(customer) if customer else "",
		"billing_address": _address(customer) if customer else "",
		"purchase_ip": next((row.address for row in reversed(known.acceptances) if row.address), ""),
		"refund_policy_disclosure": _terms_shown(known),
		"access_log": _page_log(known),
		"further_facts": "\n\n".join(
			part for part in (_approvals(known), _hand_over(known), _refunded(known)) if part
		),
	}


def answer_of(case: Any) -> Answer:
	"""What stands on the case, as the domain wants it."""
	other = case.other_charge and frappe.db.get_value("Card Payment", case.other_charge, "charge_id")
	return Answer(
		rebuttal=plain(case.rebuttal),
		product_description=plain(case.product_description),
		customer_name=plain(case.customer_name_evidence),
		customer_email=cstr(case.customer_email),
		purchase_ip=cstr(case.purchase_ip),
		billing_address=plain(case.billing_address),
		service_date=format_date(case.service_date) if case.service_date else "",
		delivered_on=format_date(case.delivered_on) if case.delivered_on else "",
		terms_shown=plain(case.refund_policy_disclosure),
		refund_refusal=plain(case.refund_refusal),
		other_charge=cstr(other),
		access_log=plain(case.access_log),
		further_facts=plain(case.further_facts),
	)


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


def _sold(known: Known) -> str:
	card, it = known.card, car(known)
	lines = []
	if known.order:
		lines.append(
			_("Repair order {0} of {1}.").format(known.order.name, it or known.order.vehicle_title or "-")
		)
		done = [plain(row.title) for row in known.order.jobs if row.answer == "Approved" or row.done]
		if done:
			lines.append(_("Work: {0}.").format("; ".join(done)))
	elif known.deal:
		lines.append(
			_("Purchase of a vehicle, {0}: {1}.").format(
				known.deal.name, it or known.deal.vehicle_title or "-"
			)
		)
	if known.deposit:
		lines.append(
			_("Deposit {0} of {1} for {2}.").format(
				known.deposit.name,
				shown(rounded(known.deposit.amount, known.deposit.currency)),
				it or plain(known.deposit.held_for) or "-",
			)
		)
	if not lines:
		lines.append(plain(card.what) or card.name)
	if known.invoice:
		lines.append(_("Invoice {0}.").format(known.invoice))
	return "\n".join(lines)


def _date(known: Known):
	if known.order:
		return getdate(known.order.closed_at or known.order.invoiced_at or known.order.opened_at)
	if known.deal and known.deal.delivered_at:
		return getdate(known.deal.delivered_at)
	at = known.card.captured_on or known.card.creation
	return getdate(at)


def _delivered(known: Known):
	if known.order and known.order.handed_over_at:
		return getdate(known.order.handed_over_at)
	if known.deal and known.deal.delivered_at:
		return getdate(known.deal.delivered_at)
	return None


def _address(customer: str) -> str:
	name = get_default_address("Customer", customer)
	if not name:
		return ""
	values = frappe.get_cached_doc("Address", name).as_dict()
	values.update({"phone": None, "fax": None, "email_id": None})
	lines = strip_html(cstr(get_address_display(values)).replace("<br>", "\n")).splitlines()
	return "\n".join(line.strip() for line in lines if line.strip())


def _terms_shown(known: Known) -> str:
	lines = []
	for row in known.acceptances:
		lines.append(
			_(
				"On {0} the customer accepted the terms (version {1}) on our pay page, by ticking the box beside the full text, before the page took the card. Address on the network: {2}."
			).format(moment(row.accepted_at), row.version or "-", row.address or "-")
		)
	deposit = known.deposit
	if deposit and deposit.authorised_how:
		lines.append(
			_("The terms stand on deposit agreement {0}. Authorised by {1}: {2}.").format(
				deposit.name,
				plain(deposit.authorised_by) or plain(deposit.customer_name),
				_(deposit.authorised_how),
			)
		)
	return "\n".join(lines)


def _page_log(known: Known) -> str:
	rows = [row for row in known.events if row.pay_request]
	text = "\n".join(f"{moment(row.happened_at)}  {plain(row.title)}" for row in rows)
	return cut(text, _("Further lines are in the evidence pack"))


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


def _approvals(known: Known) -> str:
	lines = approvals(known)
	return "\n".join([_("Approvals of the work:"), *lines]) if lines else ""


def _hand_over(known: Known) -> str:
	if known.order and known.order.handed_over_at:
		return _("The car was handed over on {0} by {1}.").format(
			moment(known.order.handed_over_at), _person(known.order.handed_over_by)
		)
	if known.deal and known.deal.delivered_at:
		return _("The car was delivered on {0} by {1}.").format(
			moment(known.deal.delivered_at), _person(known.deal.delivered_by)
		)
	return ""


def _refunded(known: Known) -> str:
	lines = [
		_("{0} given back to the same card: {1}, {2}").format(
			shown(rounded(row.amount, row.currency)),
			_(row.status),
			format_date(get_datetime(row.settled_on or row.requested_at))
			if row.settled_on or row.requested_at
			else "-",
		)
		for row in known.refunds
	]
	return "\n".join(lines)


def _person(user: str | None) -> str:
	return names_of({user}).get(user, user) if user else "-"
