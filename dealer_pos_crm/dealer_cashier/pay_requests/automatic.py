"""An invoiced repair order asks for its money by itself, once, after nobody has touched it for a while.

Off until a company's Gateway Account says otherwise. What is to be sent stands there as a draft: people see it,
send it at once, or take it back; then no other one is made for that order.
"""

import frappe
from frappe import _
from frappe.utils import add_to_date, cint, now_datetime

from dealer_pos_crm.dealer_cashier.pay_requests import request, standing
from dealer_pos_crm.dealer_setup.acting import action, each_alone, on_behalf_of
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from dealer_pos_crm.domain.pay_request import Status

ORDER = "Repair Order"
_CLIENT_KEY = "automatic:{0}"


def planned(for_doctype: str, for_name: str) -> list[dict]:
	"""What is going to be sent for a document by itself."""
	return frappe.get_all(
		request.DOCTYPE,
		{"for_doctype": for_doctype, "for_name": for_name, "status": "Draft", "automatic": 1},
		["name", "status", "amount", "currency", "automatic_at", "channel"],
		order_by="name",
	)


def order_touched(order) -> None:
	"""A repair order was saved: what waits for it waits anew. One query, and only where it is switched on."""
	if order.status != "Invoiced" or not _account(order.company):
		return
	frappe.db.set_value(
		request.DOCTYPE,
		{"for_name": order.name, "for_doctype": ORDER, "status": "Draft", "automatic": 1},
		"automatic_at",
		_due_at(_account(order.company)),
		update_modified=False,
	)


def _account(company: str):
	rows = frappe.get_all(
		"Gateway Account",
		{"company": company, "enabled": 1, "automatic_requests": 1},
		["name", "automatic_delay"],
		order_by="mode, name",
		limit=1,
	)
	return rows[0] if rows else None


def _due_at(account):
	delay = cint(account.automatic_delay) or 60
	return add_to_date(now_datetime().replace(microsecond=0), minutes=delay)


def sweep() -> None:
	"""Plan what is new, send what is due. Run by the scheduler; costs one query where nobody uses it."""
	companies = set(
		frappe.get_all(
			"Gateway Account", {"enabled": 1, "automatic_requests": 1}, pluck="company", order_by="company"
		)
	)
	if not companies:
		return
	each_alone(ORDER, _new_orders(companies), plan, _("No pay request was planned for {0}"))
	due = frappe.get_all(
		request.DOCTYPE,
		{"status": "Draft", "automatic": 1, "automatic_at": ("<=", now_datetime())},
		pluck="name",
		order_by="automatic_at",
		limit=100,
	)
	each_alone(request.DOCTYPE, due, send, _("Pay request {0} was not sent by itself"))


def _new_orders(companies: set[str]) -> list[str]:
	"""Orders invoiced lately that owe something and were never asked for by anybody."""
	order = frappe.qb.DocType(ORDER)
	asked = frappe.qb.DocType(request.DOCTYPE)
	return (
		frappe.qb.from_(order)
		.left_join(asked)
		.on((asked.for_name == order.name) & (asked.for_doctype == ORDER))
		.select(order.name)
		.where(order.company.isin(sorted(companies)))
		.where(order.status == "Invoiced")
		.where(order.modified >= add_to_date(now_datetime(), days=-2))
		.where(asked.name.isnull())
		.orderby(order.name)
		.limit(200)
		.run(pluck=True)
	)


def plan(order_name: str) -> str | None:
	"""Put the draft there that is sent later. None when nothing is owed, or nobody could be reached."""
	order = frappe.db.get_value(ORDER, order_name, ["name", "company", "customer", "advisor"], as_dict=True)
	account = _account(order.company)
	owed = account and standing.owed_of(
		frappe._dict(for_doctype=ORDER, for_name=order_name, customer=order.customer)
	)
	if not owed or not owed.payable:
		return None
	with on_behalf_of(order.advisor):
		made = request.create(
			{
				"for_doctype": ORDER,
				"for_name": order_name,
				"customer": order.customer,
				"automatic": 1,
				"automatic_at": _due_at(account),
				"requested_by": order.advisor,
			},
			_CLIENT_KEY.format(order_name),
			send=False,
		)
	return made["name"]


@action
def send(name: str) -> None:
	"""Send what is due, if it still makes sense: not paid meanwhile, and somebody can be reached."""
	doc = request.locked(name)
	if doc.status != Status.DRAFT.value or not doc.automatic_at or doc.automatic_at > now_datetime():
		return
	due = standing.due_of(doc)
	if not due.now:
		request.end(doc, Status.CANCELLED, reason=request.PAID_OTHERWISE)
		return
	if doc.channel == "Link Only":
		request.end(doc, Status.CANCELLED, reason=_("The customer has no e-mail address"))
		return
	with on_behalf_of(doc.requested_by):
		try:
			frappe.db.savepoint("automatic_request")
			request.send(name)
		except DealerRefusal as refusal:
			frappe.db.rollback(save_point="automatic_request")
			frappe.clear_last_message()
			doc.reload()
			doc.failure = frappe.utils.strip_html(str(refusal))
			doc.automatic_at = None
			request.keep(doc)
