"""E-mails the receipt of a deposit, and the slip of its refund, to the customer.

Nothing here can undo a payment: the workers are asked after the commit, and what goes wrong then stands on the
deposit for everybody to see. One action is mailed once: its e-mail has a Message-ID of its own.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import frappe
from frappe import _
from frappe.translate import print_language
from frappe.utils import cstr, get_link_to_form, strip_html, validate_email_address

from dealer_pos_crm.dealer_cashier.printing import dealer_receipt
from dealer_pos_crm.dealer_cashier.printing.paper import Paper
from dealer_pos_crm.dealer_counter.receipts import mailing
from dealer_pos_crm.dealer_counter.receipts.mailing import address_of
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain.deposit import Action, MovementType, Status

RECEIPT_FORMAT = "Deposit Receipt"
REFUND_FORMAT = "Deposit Refund Slip"


@dataclass(frozen=True)
class Enclosure:
	"""What is printed and enclosed: a document in a print format, and the text that goes with it."""

	doctype: str
	name: str
	print_format: str
	template: str


def send_later(action: Any) -> None:
	"""Have the receipt of a finished Deposit Action e-mailed once its transaction is committed. Writes nothing."""
	if action.action not in (Action.TAKE.value, Action.REFUND.value) or action.status != "Done":
		return
	if settings_of(action.company).send_receipt:
		frappe.db.after_commit.add(partial(_ask_the_workers, action.name, action.deposit))


def _ask_the_workers(action_name: str, deposit: str) -> None:
	"""Runs after the commit: the money is booked, whatever happens here."""
	try:
		frappe.enqueue(
			"dealer_pos_crm.dealer_cashier.receipts.send",
			queue="short",
			job_id=f"dealer_receipt::{action_name}",
			deduplicate=True,
			action_name=action_name,
		)
	except Exception as error:
		_say_it_failed(deposit, error)


def send(action_name: str) -> str | None:
	"""The workers' part: e-mail what a Deposit Action took or paid back, unless it was mailed or has no address.

	Reads everything again. Returns the name of the Communication. A failure stands on the deposit.
	"""
	action = frappe.db.get_value(
		"Deposit Action", action_name, ["name", "action", "status", "deposit", "company"], as_dict=True
	)
	if not action or not settings_of(action.company).send_receipt or mailing.sent(action_name):
		return None
	if frappe.db.exists("Card Refund", {"deposit_action": action_name, "status": "Sending"}):
		return None  # the card provider's answer is mailed with it: it asks again then
	deposit = frappe.get_doc("Deposit", action.deposit)
	enclosure = _enclosure(action, deposit)
	to = address_of(deposit.customer)
	if not enclosure or not to:
		return None
	try:
		return _mail(deposit, enclosure, to, action_name)
	except Exception as error:
		frappe.db.rollback()
		_say_it_failed(deposit.name, error, to)
		return None


def send_now(deposit_name: str, to: str | None = None) -> dict:
	"""E-mail the receipt as it stands now, because somebody asks for it; as often as asked.

	``to``: another address than the customer's. Returns the address and the Communication. Raises what keeps it
	from being sent.
	"""
	deposit = frappe.get_doc("Deposit", deposit_name)
	if deposit.status == Status.DRAFT.value:
		frappe.throw(_("{0} is not paid yet; there is no receipt to send").format(deposit.name))
	to = cstr(to).strip() or address_of(deposit.customer)
	if not to:
		frappe.throw(
			_("{0} has no e-mail address. Enter one, or add it to the customer").format(
				get_link_to_form("Customer", deposit.customer)
			)
		)
	validate_email_address(to, throw=True)
	return {"to": to, "communication": _mail(deposit, _receipt_of(deposit), to)}


def _enclosure(action: Any, deposit: Any) -> Enclosure | None:
	"""What is to be sent for an action, as things stand; None when it was undone in the meantime."""
	if action.status != "Done":
		return None
	if action.action == Action.TAKE.value:
		return _receipt_of(deposit) if deposit.status != Status.CANCELLED.value else None
	payments = frappe.get_all(
		"Deposit Movement",
		filters={"action": action.name, "movement": MovementType.REFUNDED.value, "amount": (">", 0)},
		pluck="against_name",
		order_by="name",
	)
	failed = set(
		frappe.get_all(
			"Card Refund",
			{"payment_entry": ("in", payments or [""]), "status": "Failed"},
			pluck="payment_entry",
			order_by="name",
		)
	)
	standing = [
		name
		for name in payments
		if name not in failed and frappe.db.get_value("Payment Entry", name, "docstatus") == 1
	]
	return Enclosure("Payment Entry", standing[0], REFUND_FORMAT, "deposit_refund") if standing else None


def _receipt_of(deposit: Any) -> Enclosure:
	print_format = settings_of(deposit.company).receipt_format or RECEIPT_FORMAT
	return Enclosure("Deposit", deposit.name, print_format, "deposit_receipt")


def _mail(deposit: Any, enclosure: Enclosure, to: str, action_name: str | None = None) -> str | None:
	"""Render, write the Communication and queue its e-mail. Nothing is sent from here: the e-mail queue does."""
	with print_language(frappe.db.get_value("Customer", deposit.customer, "language")):
		paper = dealer_receipt(frappe.get_doc(enclosure.doctype, enclosure.name))
		subject = f"{paper.title} {paper.number}, {deposit.company}"
		content = _text(enclosure, deposit, paper)
		pdf = mailing.pdf_of(enclosure.doctype, enclosure.name, enclosure.print_format)
	if action_name:
		frappe.db.get_value("Deposit Action", action_name, "name", for_update=True)
		if mailing.sent(action_name):
			return None
	return mailing.post(
		mailing.Letter(
			doctype="Deposit",
			name=deposit.name,
			customer=deposit.customer,
			company=deposit.company,
			to=to,
			subject=subject,
			content=content,
			number=paper.number,
			pdf=pdf,
			key=action_name or frappe.generate_hash(length=16),
		)
	)


def _text(enclosure: Enclosure, deposit: Any, paper: Paper) -> str:
	return frappe.render_template(
		f"dealer_pos_crm/templates/emails/{enclosure.template}.html",
		{"paper": paper, "deposit": deposit.name},
		is_path=True,
	)


def _say_it_failed(deposit: str, error: Exception, to: str | None = None) -> None:
	"""Leave an Error Log for who keeps the system, and a comment for who waits for the receipt; and keep both."""
	frappe.log_error(
		title=_("Receipt of {0} could not be e-mailed").format(deposit),
		reference_doctype="Deposit",
		reference_name=deposit,
	)
	why = strip_html(cstr(error)).strip() or type(error).__name__
	text = _("The receipt could not be e-mailed to {0}: {1}").format(to or _("the customer"), why)
	frappe.get_doc("Deposit", deposit).add_comment("Comment", frappe.utils.escape_html(text))
	frappe.db.commit()  # nosemgrep - runs after the payment's commit or in a job that ends here
