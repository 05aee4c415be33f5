"""What the documents know is written down for the person who answers; and what stands there, as the bank gets it.

Nothing a person wrote is overwritten: only empty fields are filled.
"""

from typing import Any

import frappe
from frappe import _
from frappe.contacts.doctype.address.address import get_address_display, get_default_address
from frappe.utils import cstr, format_date, get_datetime, getdate, strip_html

from dealer_pos_crm.dealer_cashier.disputes.evidence import DOCTYPE, Known, approvals, car, gather
from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.printing.words import moment, plain
from dealer_pos_crm.dealer_counter.receipts.mailing import address_of
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.domain.dispute_evidence import Answer, cut

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
