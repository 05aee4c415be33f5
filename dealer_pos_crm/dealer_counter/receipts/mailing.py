"""One e-mail with a receipt enclosed: a message on the customer's timeline, its PDF, and its place in the queue."""

from dataclasses import dataclass
from email.utils import formataddr

import frappe
from frappe import _
from frappe.contacts.doctype.contact.contact import get_default_contact
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.utils.pdf import get_pdf

from dealer_pos_crm.dealer_cashier.printing.self_contained import self_contained
from dealer_pos_crm.dealer_counter.receipts import prints


@dataclass(frozen=True)
class Letter:
	"""What is sent, about which document, to whom. ``key``: the same letter is in the mail once."""

	doctype: str
	name: str
	customer: str
	company: str
	to: str
	subject: str
	content: str
	number: str
	pdf: bytes
	key: str


def address_of(customer: str) -> str | None:
	"""The customer's own e-mail address, else the one of the primary contact."""
	email, contact = frappe.db.get_value("Customer", customer, ["email_id", "customer_primary_contact"])
	if email:
		return email
	contact = contact or get_default_contact("Customer", customer)
	return frappe.db.get_value("Contact", contact, "email_id") if contact else None


def pdf_of(doctype: str, name: str, print_format: str) -> bytes:
	"""The print as a PDF, without asking the site's own web server for styles and pictures. Writes an access log
	and commits: to be called before anything is locked."""
	with prints.by_mail():
		return get_pdf(self_contained(frappe.get_print(doctype, name, print_format)))


def message_id(key: str) -> str:
	"""The e-mail's own id. For an action always the same, so that neither we nor a mailbox keep it twice."""
	return f"dealer-receipt-{key}@{frappe.local.site}"


def sent(key: str) -> bool:
	return bool(frappe.db.exists("Communication", {"message_id": message_id(key)}))


def post(letter: Letter) -> str:
	"""Write the Communication and queue its e-mail. Nothing is sent from here: the e-mail queue does. Returns the
	Communication; raises when there is no outgoing account, or the customer has unsubscribed."""
	account = EmailAccount.find_outgoing(match_by_doctype=letter.doctype, _raise_error=True)
	communication = frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Sent",
			"subject": letter.subject,
			"content": letter.content,
			"sender": account.email_id,
			"sender_full_name": letter.company,
			"recipients": letter.to,
			"reference_doctype": letter.doctype,
			"reference_name": letter.name,
			"message_id": message_id(letter.key),
			"has_attachment": 1,
			"timeline_links": [{"link_doctype": "Customer", "link_name": letter.customer}],
		}
	)
	communication.flags.skip_add_signature = True
	communication.insert(ignore_permissions=True)  # whoever may mail a receipt need not write Communications
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"{letter.number}.pdf",
			"attached_to_doctype": "Communication",
			"attached_to_name": communication.name,
			"is_private": 1,
			"content": letter.pdf,
		}
	).insert(ignore_permissions=True)
	queued = frappe.sendmail(
		recipients=[letter.to],
		sender=formataddr((letter.company, account.email_id)),
		subject=letter.subject,
		message=letter.content,
		reference_doctype=letter.doctype,
		reference_name=letter.name,
		communication=communication.name,
		message_id=communication.message_id,
		attachments=[{"fid": file.name}],
		expose_recipients="header",
		add_unsubscribe_link=0,
	)
	if not queued:
		frappe.throw(_("{0} has unsubscribed from e-mails").format(letter.to))
	return communication.name
