"""What can be decided at the counter, and by which door: the one that the manager's own screen uses.

A door checks the manager's rights itself. What is asked is read from the document's own fields.
"""

from collections.abc import Callable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import cstr, get_link_to_form


@dataclass(frozen=True)
class Decider:
	"""How one doctype is decided. ``door`` is a dotted path to f(name, yes, note) -> dict.

	``waits``: field and value of what waits for a decision; the other names are fields, as most requests have them.
	"""

	door: str
	trace: tuple[str, ...]
	waits: tuple[str, str] = ("status", "Requested")
	asked_by: str = "requested_by"
	asked_at: str = "requested_at"
	amount: str = "amount"
	reason: tuple[str, ...] = ("reason",)
	why: str = "approval_reason"
	may_reject: bool = True


_HERE = "dealer_pos_crm.dealer_counter.approvals.deciders."

DECIDERS: dict[str, Decider] = {
	"Deposit Action": Decider(
		door=f"{_HERE}deposit_action",
		trace=("deposit", "from_vehicle", "deal", "mode_of_payment"),
	),
	"Card Refund": Decider(
		door=f"{_HERE}card_refund",
		trace=("card_payment", "credit_note"),
	),
	"Counter Refund": Decider(
		door=f"{_HERE}counter_refund",
		trace=("source_name", "repair_order", "deal", "vehicle", "ways", "mode_of_payment"),
	),
	"Shift Count": Decider(
		door=f"{_HERE}shift_count",
		waits=("status", "Counted"),
		asked_by="counted_by",
		asked_at="counted_on",
		amount="difference",
		reason=("reason", "note"),
		why="",
		trace=("shift", "pos_profile", "cashier"),
		may_reject=False,
	),
}


def of(doctype: str) -> Decider:
	"""The decider of a doctype; refused for what cannot be decided at the counter."""
	decider = DECIDERS.get(cstr(doctype))
	if not decider:
		frappe.throw(
			_("A {0} is not decided at the counter").format(_(cstr(doctype))), frappe.PermissionError
		)
	return decider


def door_of(decider: Decider) -> Callable[[str, bool, str | None], dict]:
	return frappe.get_attr(decider.door)


# The doors: the functions that the screens call, so that each checks the manager's own rights.


def deposit_action(name: str, yes: bool, note: str | None) -> dict:
	from dealer_pos_crm.api import deposit

	return deposit.decide(name, yes, note)


def card_refund(name: str, yes: bool, note: str | None) -> dict:
	from dealer_pos_crm.api import card_refund as api

	return api.approve(name, note) if yes else api.reject(name, cstr(note))


def counter_refund(name: str, yes: bool, note: str | None) -> dict:
	from dealer_pos_crm.api import counter_refund as api

	return api.decide(name, yes, note)


def shift_count(name: str, yes: bool, note: str | None) -> dict:
	from dealer_pos_crm.api import shift

	return shift.approve(name, note)


# What the manager is shown


def facts(doctype: str, name: str) -> dict:
	"""What is asked for, why, by whom and where it comes from. Amounts in major units."""
	decider = of(doctype)
	doc = frappe.get_doc(doctype, name)
	field, value = decider.waits
	customer = doc.get("customer")
	return {
		"doctype": doctype,
		"name": doc.name,
		"title": _what(doc),
		"waits": doc.get(field) == value,
		"status": doc.get(field),
		"amount": doc.get(decider.amount),
		"currency": doc.get("currency"),
		"company": doc.get("company"),
		"customer": customer,
		"customer_name": frappe.get_cached_value("Customer", customer, "customer_name") if customer else None,
		"reason": " · ".join(_(cstr(doc.get(one))) for one in decider.reason if doc.get(one)),
		"why": doc.get(decider.why) if decider.why else None,
		"asked_by": doc.get(decider.asked_by),
		"asked_at": doc.get(decider.asked_at),
		"trace": [row for row in (_line(doc, one) for one in decider.trace) if row],
		"may_reject": decider.may_reject,
	}


def _what(doc) -> str:
	if doc.doctype == "Deposit Action":
		return _("{0} of a deposit").format(_(doc.action))
	if doc.doctype == "Counter Refund":
		return _("Goods Come Back") if doc.kind == "Return" else _("Refund of a {0}").format(_(doc.kind))
	return _(doc.doctype)


def _line(doc, field: str) -> dict | None:
	"""One line of the trace: what it is and, where it is a document, a link to it."""
	value, df = doc.get(field), doc.meta.get_field(field)
	if not value or not df or (field == "mode_of_payment" and doc.get("ways")):
		return None
	if df.fieldtype == "Link":
		doctype = df.options
	elif df.fieldtype == "Dynamic Link":
		doctype = doc.get(df.options)
	else:
		return {"label": _(df.label), "text": _(cstr(value)), "link": None}
	label = _(doctype) if df.fieldtype == "Dynamic Link" else _(df.label)
	return {
		"label": label,
		"text": _title(doctype, value),
		"link": get_link_to_form(doctype, value, _title(doctype, value)),
	}


def _title(doctype: str, name: str) -> str:
	if doctype == "Dealer Vehicle":
		return cstr(frappe.get_cached_value(doctype, name, "title") or name)
	if doctype == "User":
		return cstr(frappe.get_cached_value(doctype, name, "full_name") or name)
	return cstr(name)
