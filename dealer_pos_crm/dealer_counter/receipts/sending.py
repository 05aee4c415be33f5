"""E-mails the receipt of the counter to the customer: by itself when it was taken, and whenever somebody asks.

Nothing here can undo a payment: the workers are asked after the commit, and what goes wrong then stands on the
receipt for everybody to see.
"""

from functools import partial
from typing import Any

import frappe
from frappe import _
from frappe.translate import print_language
from frappe.utils import cstr, get_link_to_form, now_datetime, strip_html, validate_email_address

from dealer_pos_crm.dealer_counter.receipts import mailing, prints
from dealer_pos_crm.dealer_setup.settings import settings_of

DOCTYPE = "Counter Receipt"
_TEMPLATE = "dealer_pos_crm/templates/emails/counter_receipt.html"


def send_later(name: str) -> None:
	"""Have the receipt e-mailed once its transaction is committed, where the dealership does so. Writes nothing."""
	if settings_of(frappe.db.get_value(DOCTYPE, name, "company")).send_receipt:
		frappe.db.after_commit.add(partial(_ask_the_workers, name))


def _ask_the_workers(name: str) -> None:
	"""Runs after the commit: the money is booked, whatever happens here."""
	try:
		frappe.enqueue(
			"dealer_pos_crm.dealer_counter.receipts.sending.send",
			queue="short",
			job_id=f"dealer_counter_receipt::{name}",
			deduplicate=True,
			name=name,
		)
	except Exception as error:
		_say_it_failed(name, error)


def send(name: str) -> str | None:
	"""The workers' part: e-mail a receipt once, unless it was reversed meanwhile or there is no address. Returns
	the Communication. A failure stands on the receipt."""
	receipt = frappe.get_doc(DOCTYPE, name)
	to = mailing.address_of(receipt.customer)
	if receipt.status != "Taken" or not settings_of(receipt.company).send_receipt or not to:
		return None
	if mailing.sent(name):
		return None
	try:
		return _mail(receipt, to, once=True)
	except Exception as error:
		frappe.db.rollback()
		_say_it_failed(name, error, to)
		return None


def send_now(name: str, to: str | None = None) -> dict:
	"""E-mail the receipt as it stands now, because somebody asks for it; as often as asked.

	``to``: another address than the customer's. Returns the address and the Communication. Raises what keeps it
	from being sent.
	"""
	receipt = frappe.get_doc(DOCTYPE, name)
	if not prints.is_receipt(receipt):
		frappe.throw(_("{0} is not finished; there is no receipt to send").format(name))
	to = cstr(to).strip() or mailing.address_of(receipt.customer)
	if not to:
		frappe.throw(
			_("{0} has no e-mail address. Enter one, or add it to the customer").format(
				get_link_to_form("Customer", receipt.customer)
			)
		)
	validate_email_address(to, throw=True)
	return {"to": to, "communication": _mail(receipt, to)}


def _mail(receipt: Any, to: str, *, once: bool = False) -> str | None:
	from dealer_pos_crm.dealer_counter.printing import dealer_counter_paper

	with print_language(frappe.db.get_value("Customer", receipt.customer, "language")):
		paper = dealer_counter_paper(receipt)
		content = frappe.render_template(_TEMPLATE, {"paper": paper}, is_path=True)
		pdf = mailing.pdf_of(DOCTYPE, receipt.name, prints.FORMATS[DOCTYPE])
		subject = f"{paper.title} {paper.number}, {receipt.company}"
	frappe.db.get_value(DOCTYPE, receipt.name, "name", for_update=True)
	if once and mailing.sent(receipt.name):
		return None
	communication = mailing.post(
		mailing.Letter(
			doctype=DOCTYPE,
			name=receipt.name,
			customer=receipt.customer,
			company=receipt.company,
			to=to,
			subject=subject,
			content=content,
			number=paper.number,
			pdf=pdf,
			key=receipt.name if once else frappe.generate_hash(length=16),
		)
	)
	receipt.db_set({"sent_to": to, "sent_on": now_datetime()}, update_modified=False, notify=True)
	return communication


def _say_it_failed(name: str, error: Exception, to: str | None = None) -> None:
	"""Leave an Error Log for who keeps the system, and a comment for who waits for the receipt; and keep both."""
	frappe.log_error(
		title=_("Receipt {0} could not be e-mailed").format(name),
		reference_doctype=DOCTYPE,
		reference_name=name,
	)
	why = strip_html(cstr(error)).strip() or type(error).__name__
	text = _("The receipt could not be e-mailed to {0}: {1}").format(to or _("the customer"), why)
	frappe.get_doc(DOCTYPE, name).add_comment("Comment", frappe.utils.escape_html(text))
	frappe.db.commit()  # nosemgrep - runs after the payment's commit or in a job that ends here
