"""E-mails the receipt of a deposit, and the slip of its refund, to the customer.

Nothing here can undo a payment: the workers are asked after the commit, and what goes wrong then stands on the
deposit for everybody to see. One action is mailed once: its e-mail has a Message-ID of its own.
"""

from dataclasses import dataclass
from email.utils import formataddr
from functools import partial
from typing import Any

import frappe
from frappe import _
from frappe.contacts.doctype.contact.contact import get_default_contact
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.translate import print_language
from frappe.utils import cstr, get_link_to_form, strip_html, validate_email_address
from frappe.utils.pdf import get_pdf

from dealer_pos_crm.dealer_cashier.printing import dealer_receipt
from dealer_pos_crm.dealer_cashier.printing.paper import Paper
from dealer_pos_crm.dealer_cashier.printing.self_contained import self_contained
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
	if not action or not settings_of(action.company).send_receipt or _sent(action_name):
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


def address_of(customer: str) -> str | None:
	"""The customer's own e-mail address, else the one of the primary contact."""
	email, contact = frappe.db.get_value("Customer", customer, ["email_id", "customer_primary_contact"])
	if email:
		return email
	contact = contact or get_default_contact("Customer", customer)
	return frappe.db.get_value("Contact", contact, "email_id") if contact else None


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
		pdf = _pdf(enclosure)  # writes an access log and commits: before anything is locked
	if action_name:
		frappe.db.get_value("Deposit Action", action_name, "name", for_update=True)
		if _sent(action_name):
			return None
	account = EmailAccount.find_outgoing(match_by_doctype="Deposit", _raise_error=True)
	communication = frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Sent",
			"subject": subject,
			"content": content,
			"sender": account.email_id,
			"sender_full_name": deposit.company,
			"recipients": to,
			"reference_doctype": "Deposit",
			"reference_name": deposit.name,
			"message_id": _message_id(action_name or frappe.generate_hash(length=16)),
			"has_attachment": 1,
			"timeline_links": [{"link_doctype": "Customer", "link_name": deposit.customer}],
		}
	)
	communication.flags.skip_add_signature = True
	communication.insert(ignore_permissions=True)  # whoever may mail a deposit need not write Communications
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"{paper.number}.pdf",
			"attached_to_doctype": "Communication",
			"attached_to_name": communication.name,
			"is_private": 1,
			"content": pdf,
		}
	).insert(ignore_permissions=True)
	queued = frappe.sendmail(
		recipients=[to],
		sender=formataddr((deposit.company, account.email_id)),
		subject=subject,
		message=content,
		reference_doctype="Deposit",
		reference_name=deposit.name,
		communication=communication.name,
		message_id=communication.message_id,
		attachments=[{"fid": file.name}],
		expose_recipients="header",
		add_unsubscribe_link=0,
	)
	if not queued:
		frappe.throw(_("{0} has unsubscribed from e-mails").format(to))
	return communication.name


def _message_id(key: str) -> str:
	"""The e-mail's own id. For an action always the same, so that neither we nor a mailbox keep it twice."""
	return f"dealer-receipt-{key}@{frappe.local.site}"


def _sent(action_name: str) -> bool:
	return bool(frappe.db.exists("Communication", {"message_id": _message_id(action_name)}))


def _text(enclosure: Enclosure, deposit: Any, paper: Paper) -> str:
	return frappe.render_template(
		f"dealer_pos_crm/templates/emails/{enclosure.template}.html",
		{"paper": paper, "deposit": deposit.name},
		is_path=True,
	)


def _pdf(enclosure: Enclosure) -> bytes:
	"""The print as a PDF, without asking the site's own web server for styles and pictures."""
	return get_pdf(
		self_contained(frappe.get_print(enclosure.doctype, enclosure.name, enclosure.print_format))
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
