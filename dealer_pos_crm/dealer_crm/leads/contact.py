"""Real contact with whoever asked: found in e-mails and calls, or logged by the person who made it."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import cstr, get_datetime, now_datetime, parse_addr, split_emails

from dealer_pos_crm.dealer_crm.leads import response
from dealer_pos_crm.dealer_crm.staff import works_here
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.domain import lead_contact as rules
from dealer_pos_crm.domain.lead_response import LOGGED, How

# What our log says, as Frappe's medium of a Communication.
_MEDIA = {
	How.CALL: "Phone",
	How.LEFT_MESSAGE: "Phone",
	How.TEXT: "SMS",
	How.EMAIL: "Email",
	How.IN_PERSON: "Meeting",
}
_HOW = {
	"Email": How.EMAIL,
	"Phone": How.CALL,
	"SMS": How.TEXT,
	"Chat": How.TEXT,
	"Meeting": How.IN_PERSON,
	"Visit": How.VISIT,
}
_NO_PERSONS = ("Administrator", "Guest")
# Mails that go to many at a time, receipts and requests to pay that mail themselves: nobody is answered by them.
_MASS = ("Email Campaign", "Newsletter", "Deposit", "Pay Request")


def of_communication(doc) -> None:
	"""A message was put on file: one that a person wrote answers, one from the customer asks."""
	if doc.communication_type != "Communication" or doc.reference_doctype in _MASS or not companies():
		return
	if doc.sent_or_received == "Received":
		sender = _address(doc.sender)
		if rules.by_machine(sender, cstr(doc.subject)):
			return
		for lead in leads_of(doc.reference_doctype, doc.reference_name, [sender]):
			response.asked_again(lead, _when(doc))
		return
	by = _writer(doc)
	if not by:
		return
	how = doc.flags.dealer_how or _HOW.get(doc.communication_medium)
	if how is None:
		return
	to = [_address(one) for one in split_emails(cstr(doc.recipients))] if how is How.EMAIL else []
	for lead in leads_of(doc.reference_doctype, doc.reference_name, to):
		response.responded(
			lead,
			how=how.value,
			by=by,
			at=_when(doc),
			reference=("Communication", doc.name),
			reached=how is not How.LEFT_MESSAGE,
		)


def of_call(doc) -> None:
	"""A call of ERPNext's telephony is over, as far as the telephone system has told."""
	found = rules.call_counts(cstr(doc.type), cstr(doc.status))
	if not found or not companies():
		return
	meaning, reached = found
	at = get_datetime(doc.start_time or doc.creation)
	for lead in _leads_of_call(doc):
		if meaning == "question":
			response.asked_again(lead, at)
			continue
		by = doc.employee_user_id if works_here(doc.employee_user_id) else None
		response.responded(
			lead,
			how=(How.CALL if reached else How.LEFT_MESSAGE).value,
			by=by or frappe.db.get_value("Lead", lead, "lead_owner") or frappe.session.user,
			at=at,
			reference=("Call Log", doc.name),
			reached=reached,
		)


@action
def log(lead: str, how: str, note: str | None = None, *, client_key: str | None = None) -> dict:
	"""Note that the user was in touch with whoever asked; stops the clock. Once per ``client_key``.

	``how``: see ``lead_response.LOGGED``. Returns whether it answered a wait, and the lead's clock.
	"""
	if how not in {one.value for one in LOGGED}:
		frappe.throw(
			_("{0} is no way to be in touch. Choose one of: {1}").format(
				how, ", ".join(_(one.value) for one in LOGGED)
			)
		)
	row = frappe.db.get_value(
		"Lead", lead, ["company", "dealer_waiting_since", "lead_name"], as_dict=True, for_update=True
	)
	if not row:
		frappe.throw(_("There is no lead {0}").format(frappe.bold(lead)), frappe.DoesNotExistError)
	known = client_key and frappe.db.exists(
		"Communication", {"message_id": client_key, "reference_name": lead}
	)
	if not known:
		way = How(how)
		doc = frappe.get_doc(
			{
				"doctype": "Communication",
				"communication_type": "Communication",
				"communication_medium": _MEDIA[way],
				"sent_or_received": "Sent",
				"subject": _(how),
				"content": frappe.utils.escape_html(note or "").replace("\n", "<br>") or _(how),
				"reference_doctype": "Lead",
				"reference_name": lead,
				"sender": frappe.session.user if "@" in frappe.session.user else None,
				"user": frappe.session.user,
				"message_id": client_key,
				"status": "Linked",
			}
		)
		doc.flags.dealer_how = way
		doc.flags.dealer_by = frappe.session.user
		# Whoever may write the lead may say that they called; a right to write messages is not asked for.
		doc.insert(ignore_permissions=True)
	waits = frappe.db.get_value("Lead", lead, "dealer_waiting_since")
	return {"lead": lead, "answered": bool(row.dealer_waiting_since) and not waits}


def leads_of(doctype: str | None, name: str | None, addresses: Iterable[str] = ()) -> list[str]:
	"""The open leads that a message is about: the one it hangs on, those of its customer, and those of
	whoever has one of these e-mail addresses."""
	found: list[str] = []
	if doctype == "Lead" and name:
		found.append(name)
	mails = sorted({address for address in addresses if address})
	customers = [name] if doctype == "Customer" and name else []
	if mails:
		found += _open_leads({"email_id": ("in", mails)})
		customers += _customers_of(mails)
	if customers:
		found += _open_leads({"dealer_customer": ("in", customers)})
	return list(dict.fromkeys(found))


def _open_leads(filters: dict) -> list[str]:
	return frappe.get_all(
		"Lead",
		{
			**filters,
			"dealer_state": ("in", ("New", "Answered")),
			"dealer_received_at": ("is", "set"),
			"company": ("in", companies()),
		},
		pluck="name",
		order_by="name",
	)


def _customers_of(mails: list[str]) -> list[str]:
	email, link = frappe.qb.DocType("Contact Email"), frappe.qb.DocType("Dynamic Link")
	rows = (
		frappe.qb.from_(email)
		.join(link)
		.on(
			(link.parent == email.parent) & (link.parenttype == "Contact") & (link.link_doctype == "Customer")
		)
		.select(link.link_name)
		.where(email.email_id.isin(mails) & (email.parenttype == "Contact"))
		.distinct()
	).run()
	return [row[0] for row in rows]


def _leads_of_call(doc) -> list[str]:
	"""By what the telephony has linked: leads, contacts of customers and leads, and the customer."""
	named = [(row.link_doctype, row.link_name) for row in doc.links]
	contacts = [name for doctype, name in named if doctype == "Contact"]
	if contacts:
		rows = frappe.get_all(
			"Dynamic Link",
			{
				"parenttype": "Contact",
				"parent": ("in", contacts),
				"link_doctype": ("in", ("Lead", "Customer")),
			},
			["link_doctype", "link_name"],
			order_by="link_name",
		)
		named += [(row.link_doctype, row.link_name) for row in rows]
	if doc.get("customer"):
		named.append(("Customer", doc.customer))
	leads = [name for doctype, name in named if doctype == "Lead"]
	customers = sorted({name for doctype, name in named if doctype == "Customer"})
	if customers:
		leads += _open_leads({"dealer_customer": ("in", customers)})
	return list(dict.fromkeys(leads))


def _address(text: str | None) -> str:
	return cstr(parse_addr(cstr(text))[1]).strip().lower()


def _writer(doc) -> str | None:
	"""The person who wrote a message that was sent; None for a machine's."""
	if doc.flags.dealer_by:
		return doc.flags.dealer_by
	sender = _address(doc.sender)
	user = frappe.db.get_value("User", {"email": sender, "enabled": 1}, "name") if sender else None
	for one in (user, frappe.session.user):
		if one and one not in _NO_PERSONS:
			return one
	# Administrator at a screen is a person; in a job it is the scheduler.
	return frappe.session.user if frappe.session.user == "Administrator" and frappe.request else None


def _when(doc):
	"""When it was sent; never in the future."""
	return min(get_datetime(doc.communication_date or now_datetime()), now_datetime())
