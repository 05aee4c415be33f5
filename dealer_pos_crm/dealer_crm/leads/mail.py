"""Leads that come by e-mail: what arrives in a feed's mailbox is handed to the inbox, in the background.

Fetching mail never waits for us and never fails because of us; a message whose job was lost is found again.
"""

import frappe
from frappe import _
from frappe.query_builder.functions import Coalesce
from frappe.utils import add_to_date, cstr, now_datetime

from dealer_pos_crm import compat
from dealer_pos_crm.dealer_crm.leads import feeds, intake
from dealer_pos_crm.dealer_setup import inbox
from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.domain import adf, markup
from dealer_pos_crm.domain.card_numbers import mask

_READ = (".xml", ".adf", ".txt")
_LOST_AFTER, _LOOKED_BACK = 2, 48 * 60  # minutes
_MOST_KEPT = 20_000  # characters of a message that is no lead


def arrived(communication) -> None:
	"""A received e-mail in a feed's mailbox is read in the background, once it is kept."""
	if communication.sent_or_received != "Received" or communication.communication_medium != "Email":
		return
	if not communication.email_account or not companies():
		return
	try:
		if communication.email_account not in feeds.of_mailboxes():
			return
		name = communication.name
		frappe.db.after_commit.add(lambda: _later(name))
	except Exception:
		# Mail is fetched whatever becomes of the lead; the sweep comes back to it.
		frappe.logger("dealer_pos_crm").exception("a lead by e-mail waits for the sweep")


def _later(name: str) -> None:
	inbox.enqueue("dealer_pos_crm.dealer_crm.leads.mail.take", f"lead_mail:{name}", communication=name)


def take(communication: str) -> list[str]:
	"""Put the leads of an e-mail into the inbox and read them. Returns what became of each."""
	frappe.db.rollback()
	# Two workers with one message: the second waits here and finds its rows.
	frappe.db.get_value("Communication", communication, "name", for_update=True)
	if frappe.db.exists(intake.DOCTYPE, {"communication": communication}):
		return []
	mail = frappe.get_doc("Communication", communication)
	feed = _feed_of(mail)
	rows = [
		row
		for data, file_url in _parts(mail)
		for row in intake.accept(
			data, channel=feeds.EMAIL, feed=feed, communication=mail.name, file_url=file_url
		)
	]
	if not rows:
		_put_aside(mail, feed)
	frappe.db.commit()  # nosemgrep - the inbox is kept before anything is done with it
	return [intake.work(row.name) for row in rows if row.status == intake.RECEIVED]


def _feed_of(mail) -> str | None:
	"""The mailbox's feed, where it has one; with several the provider in the message decides later."""
	names = frappe.get_all(
		feeds.DOCTYPE,
		{"enabled": 1, "channel": feeds.EMAIL, "email_account": mail.email_account, "provider": ("is", "not set")},
		pluck="name",
		order_by="name",
	)  # fmt: skip
	others = frappe.db.exists(
		feeds.DOCTYPE,
		{
			"enabled": 1,
			"channel": feeds.EMAIL,
			"email_account": mail.email_account,
			"provider": ("is", "set"),
		},
	)
	return names[0] if len(names) == 1 and not others else None


def _parts(mail) -> list[tuple[bytes | str, str | None]]:
	"""The attachments that hold ADF; without one the body. Of a message that has both, the file is whole."""
	found: list[tuple[bytes | str, str | None]] = []
	for row in frappe.get_all(
		"File",
		{"attached_to_doctype": "Communication", "attached_to_name": mail.name},
		["name", "file_name", "file_url"],
		order_by="creation, name",
	):
		if not cstr(row.file_name).lower().endswith(_READ):
			continue
		data = compat.file_bytes(frappe.get_doc("File", row.name))
		if cstr(row.file_name).lower().endswith(".adf") or _is_adf(data):
			found.append((data, row.file_url))
	if found:
		return found
	# Frappe strips unknown elements from the content; the text part stays as it came.
	for text in (mail.text_content, mail.content):
		if text and adf.looks_like_adf(text):
			return [(text, None)]
	return []


def _is_adf(data: bytes) -> bool:
	return len(data) <= markup.MOST_BYTES and adf.looks_like_adf(markup.decode(data))


def _put_aside(mail, feed: str | None) -> None:
	"""An e-mail without a lead is kept in sight: a newsletter, or somebody who wrote by hand."""
	row = frappe.get_doc(
		{
			"doctype": intake.DOCTYPE,
			"status": intake.IGNORED,
			"channel": feeds.EMAIL,
			"feed": feed,
			"company": frappe.db.get_value(feeds.DOCTYPE, feed, "company") if feed else "",
			"communication": mail.name,
			"subject": mask(cstr(mail.subject))[:140],
			"raw": mask(cstr(mail.text_content or mail.content))[:_MOST_KEPT],
			"reason": _(
				"There is no ADF in this e-mail. If somebody asks for something, make the lead by hand"
			),
			"received_at": now_datetime(),
			"dedupe_key": f"mail:{mail.name}",
		}
	)
	row.flags.of_the_house = True
	row.insert(ignore_permissions=True)


def sweep() -> None:
	"""E-mails in a feed's mailbox that nothing came of, although minutes have passed. Every five minutes."""
	boxes = feeds.of_mailboxes() if companies() else set()
	if not boxes:
		return
	now = now_datetime()
	mail, row = frappe.qb.DocType("Communication"), frappe.qb.DocType(intake.DOCTYPE)
	names = (
		frappe.qb.from_(mail)
		.left_join(row)
		.on(row.communication == mail.name)
		.select(mail.name)
		.where(
			mail.email_account.isin(sorted(boxes))
			& (mail.sent_or_received == "Received")
			& (mail.creation > add_to_date(now, minutes=-_LOOKED_BACK))
			& (mail.creation < add_to_date(now, minutes=-_LOST_AFTER))
			& (Coalesce(row.name, 0) == 0)
		)
		.orderby(mail.creation)
		.limit(50)
		.run()
	)
	for (name,) in names:
		take(name)
