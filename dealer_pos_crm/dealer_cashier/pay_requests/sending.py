"""The message that carries the link: by e-mail through Frappe's queue, by text message in a job, or by hand.

The link is a key. It stands in the message itself and not in what is kept on the customer's timeline.
"""

from email.utils import formataddr
from typing import Any

import frappe
from babel.dates import format_date, format_time
from frappe import _
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.translate import print_language
from frappe.utils import cstr, get_datetime, get_url, strip_html, validate_email_address

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.pay_requests import link
from dealer_pos_crm.dealer_crm.messages import consent, sender
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

EMAIL, TEXT, LINK = "E-mail", "Text Message", "Link Only"
CHANNELS = (EMAIL, TEXT, LINK)
_TEMPLATE = "dealer_pos_crm/templates/emails/pay_request.html"


def ways(request) -> list[dict]:
	"""Each way to send it, and why one is closed."""
	rows = []
	for channel in CHANNELS:
		try:
			_check(request, channel)
		except Refused as refused:
			why = _(refused.template).format(*refused.values)
			rows.append({"channel": channel, "open": False, "code": refused.code, "why": why})
		else:
			rows.append({"channel": channel, "open": True, "code": "", "why": ""})
	return rows


def check(request) -> None:
	"""Whether the message can go out the way it was asked for. Raises ``Refused`` with the remedy."""
	_check(request, request.channel)
	if request.channel == EMAIL:
		if not validate_email_address(cstr(request.email)):
			raise Refused("wrong_email", marked("{0} is not an e-mail address"), request.email)


def _check(request, channel: str) -> None:
	if channel not in CHANNELS:
		raise Refused("no_channel", marked("{0} is no way to send a link"), channel)
	# What a typed address does not mend is said first.
	if channel == EMAIL:
		if not _account(request):
			raise Refused(
				"no_outgoing",
				marked("This site cannot send e-mail: set up an outgoing Email Account, or choose Link Only"),
			)
		if not cstr(request.email).strip():
			raise Refused(
				"no_email", marked("The customer has no e-mail address. Enter one, or choose Link Only")
			)
	if channel == TEXT:
		_check_text(request)


def _check_text(request) -> None:
	if not sender.is_ready():
		raise Refused(
			"no_sender",
			marked("This site cannot send text messages: fill in SMS Settings, or send the link by e-mail"),
		)
	word = consent.standing(request.customer)
	if not word.given:
		raise Refused(
			"no_consent",
			marked("The customer does not want text messages. Send the link by e-mail, or hand it over")
			if word.given is False
			else marked(
				"The customer has not agreed to text messages. Ask and note the consent, or send the link by e-mail"
			),
		)
	if not cstr(request.phone).strip():
		raise Refused("no_phone", marked("The customer has no mobile number. Enter one, or choose E-mail"))


def _account(request):
	chosen = frappe.get_cached_value("Gateway Account", request.gateway_account, "send_from")
	if chosen:
		return frappe.get_cached_doc("Email Account", chosen)
	return EmailAccount.find_outgoing(match_by_doctype="Pay Request")


def send(request) -> None:
	"""Send the message of a request in the caller's transaction: the e-mail is queued with it, a text message
	goes out in a job after the commit."""
	if request.channel == EMAIL:
		_mail(request)
	elif request.channel == TEXT:
		name, times = request.name, request.sent_count
		frappe.db.after_commit.add(lambda: _text_later(name, times))


def preview(request) -> dict:
	"""The message as the customer will read it, with a place for the link."""
	with _language(request):
		return {
			"subject": _subject(request),
			"html": _content(request, get_url(f"/{link.PAGE}/…")),
			"text": _text(request, get_url(f"/{link.PAGE}/…")),
		}


def _language(request):
	return print_language(frappe.db.get_value("Customer", request.customer, "language"))


def moment(at) -> str:
	"""A time as customers read it, to the minute; empty for none."""
	if not at:
		return ""
	locale = (frappe.local.lang or "en").replace("-", "_")
	at = get_datetime(at)
	return f"{format_date(at, 'medium', locale=locale)}, {format_time(at, 'short', locale=locale)}"


def _subject(request) -> str:
	return _("{0}: {1} for {2}").format(_dealer(request), _asked(request), request.what)


def _dealer(request) -> str:
	return frappe.get_cached_value("Company", request.company, "company_name")


def _asked(request) -> str:
	left = rounded(request.amount, request.currency) - rounded(request.paid_amount, request.currency)
	return shown(left)


def _content(request, address: str | None) -> str:
	return frappe.render_template(
		_TEMPLATE,
		{
			"request": request,
			"dealer": _dealer(request),
			"customer": frappe.db.get_value("Customer", request.customer, "customer_name"),
			"amount": _asked(request),
			"until": moment(request.expires_at),
			"address": address,
			"message": cstr(request.message),
			"phone": frappe.get_cached_value("Company", request.company, "phone_no"),
		},
		is_path=True,
	)


def _text(request, address: str) -> str:
	parts = [
		cstr(request.message).strip() or None,
		(
			_("{0}: please have {1} held on your card for {2}")
			if request.hold_for
			else _("{0}: please pay {1} for {2}")
		).format(_dealer(request), _asked(request), request.what),
		address,
	]
	return "\n".join(part for part in parts if part)


def _mail(request) -> None:
	account = _account(request)
	with _language(request):
		subject, content = _subject(request), _content(request, link.address_of(request))
		kept = _content(request, None)
	communication = _kept(
		request,
		medium="Email",
		subject=subject,
		content=kept,
		sender=account.email_id,
		recipients=request.email,
		message_id=f"dealer-pay-{request.name}-{request.sent_count}@{frappe.local.site}",
	)
	queued = frappe.sendmail(
		recipients=[request.email],
		sender=formataddr((_dealer(request), account.email_id)),
		subject=subject,
		message=content,
		reference_doctype=request.doctype,
		reference_name=request.name,
		communication=communication.name,
		message_id=communication.message_id,
		expose_recipients="header",
		add_unsubscribe_link=0,
	)
	if not queued:
		raise Refused(
			"unsubscribed",
			marked(
				"{0} does not take e-mails from here any more. Hand the link over, or use another address"
			),
			request.email,
		)


def _kept(request, *, medium: str, subject: str, content: str, **values: Any):
	"""The message on the timeline of the request, of its document and of the customer; without the link."""
	others = [("Customer", request.customer)]
	if request.for_doctype:
		others.append((request.for_doctype, request.for_name))
	communication = frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": medium,
			"sent_or_received": "Sent",
			"subject": subject[:140],
			"content": content,
			"sender_full_name": _dealer(request),
			"reference_doctype": request.doctype,
			"reference_name": request.name,
			"timeline_links": [{"link_doctype": doctype, "link_name": name} for doctype, name in others],
			**values,
		}
	)
	communication.flags.skip_add_signature = True
	return communication.insert(ignore_permissions=True)  # whoever may ask for money need not write these


def _text_later(name: str, times: int) -> None:
	"""Runs after the commit: the request stands, whatever happens here."""
	try:
		frappe.enqueue(
			"dealer_pos_crm.dealer_cashier.pay_requests.sending.send_text",
			queue="short",
			job_id=f"dealer_pay_text::{name}::{times}",
			deduplicate=True,
			name=name,
			times=times,
		)
	except Exception as error:
		_say_it_failed(name, error)


def send_text(name: str, times: int) -> None:
	"""The job's part: one text message for one sending. A failure stands on the request for all to see."""
	request = frappe.get_doc("Pay Request", name)
	key = f"dealer-pay-text-{name}-{times}@{frappe.local.site}"
	if request.sent_count != times or frappe.db.exists("Communication", {"message_id": key}):
		return
	try:
		check(request)
		with _language(request):
			text = _text(request, link.address_of(request))
			kept = _text(request, _("(the link)"))
		_kept(
			request,
			medium="SMS",
			subject=_("Text message to {0}").format(request.phone),
			content=frappe.utils.escape_html(kept).replace("\n", "<br>"),
			phone_no=request.phone,
			message_id=key,
		)
		sender.send(request.phone, text, ("Pay Request", name))
	except Refused as refused:
		frappe.db.rollback()
		_say_it_failed(name, frappe.ValidationError(_(refused.template).format(*refused.values)))
	except Exception as error:
		frappe.db.rollback()
		_say_it_failed(name, error)


def _say_it_failed(name: str, error: Exception) -> None:
	"""On the request, where whoever asked for the money looks, and in the error log."""
	frappe.log_error(
		title=_("Pay request {0} could not be sent").format(name),
		message=frappe.get_traceback(),  # without the values: the link and the number are among them
		reference_doctype="Pay Request",
		reference_name=name,
	)
	why = strip_html(cstr(error)).strip() or type(error).__name__
	text = _("The message could not be sent: {0}. Send it again, or hand the link over").format(why[:300])
	frappe.db.set_value("Pay Request", name, "failure", text)
	frappe.publish_realtime("doc_update", {"doctype": "Pay Request", "name": name}, after_commit=True)
	frappe.db.commit()  # nosemgrep - runs after the request's commit or in a job that ends here
