"""Goods that come back at the point of sale: the return pays money out, so it is asked for and decided like a refund.

An approval is good for one draft as it stands: its sale, customer, amount and ways of paying back. Whoever may
give back alone says the reason, and that is the approval.
"""

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt, get_link_to_form, getdate

from dealer_pos_crm.dealer_cashier import refunding
from dealer_pos_crm.dealer_cashier.deposits.actions import asker
from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.dealer_counter.refunds import booking, refund, sources, telling
from dealer_pos_crm.dealer_counter.refunds.booking import DOCTYPE
from dealer_pos_crm.dealer_counter.refunds.sources import Found
from dealer_pos_crm.dealer_counter.shifts import stamping
from dealer_pos_crm.dealer_setup.acting import need_key, once
from dealer_pos_crm.dealer_setup.deciding import at_the_counter_of, counter_user, decided
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain import counter_refund as rules
from dealer_pos_crm.domain.counter_refund import Kind, Source, Status
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


class ReturnNotApproved(frappe.ValidationError):
	"""The return pays money out that nobody agreed to, or not like this."""


@dataclass(frozen=True)
class Back:
	"""What a return pays back, all positive: in all, of it to cards, and said in words."""

	amount: Money
	to_cards: Money
	ways: str


# What the screen asks


def state(name: str) -> dict:
	"""Whether a draft may be submitted as it stands; else why not, and what waits."""
	sale = frappe.get_doc("POS Invoice", name)
	if not is_ours(sale):
		return {"needed": False}
	with explained():
		back = _back(sale)
		found = _found(sale)
		_check_paid_back(found, back)
		why = _why(found, back)
	rows = frappe.get_all(
		DOCTYPE,
		{"return_invoice": name, "status": ("in", (Status.REQUESTED.value, Status.DONE.value))},
		["name", "status", "amount", "ways", "customer", "source_name", "requested_by", "reason"],
		order_by="creation desc",
	)
	fitting = [row for row in rows if _fits(row, sale, back)]
	approved = next((row for row in fitting if row.status == Status.DONE.value), None)
	waiting = next((row for row in fitting if row.status == Status.REQUESTED.value), None)
	return {
		"needed": not approved,
		"refund": (approved or waiting or {}).get("name"),
		"waits": bool(waiting and not approved),
		"why": _(why) if why else None,
		"customer": sale.customer,
		"customer_name": sale.customer_name,
		"return_against": sale.return_against,
		"sold_on": frappe.db.get_value("POS Invoice", sale.return_against, "posting_date"),
		"amount": to_float(back.amount),
		"currency": back.amount.currency,
		"ways": back.ways,
		"changed": bool(rows and not fitting),
	}


@once
def ask(name: str, reason: str, client_key: str) -> dict:
	"""Ask for a return's money to be paid back; Done at once for whoever may give it back alone."""
	need_key(client_key)
	against = frappe.db.get_value("POS Invoice", name, "return_against")
	lock(against, name, counter_user())
	done = refund.find(client_key)
	with explained():
		text = rules.check_reason(reason)
		sale = frappe.get_doc("POS Invoice", name)
		_check_draft(sale)
		back = _back(sale)
		found = _found(sale)
		if done:
			return refund._repeated(done, found.document)
		_check_paid_back(found, back)
		shift = refund.shift_of(counter_user(), sale.company)
		row = refund.new_row(found, back.amount, text, client_key, shift)
		row.update(
			{"return_invoice": sale.name, "ways": back.ways, "mode_of_payment": _only_mode(sale) or None}
		)
		_supersede(row)
		why = _why(found, back)
		if why:
			refund.ask_for(row, why)
		else:
			row.update({"status": Status.DONE.value, **decided(row.requested_by)})
			booking.keep(row)
	return refund.result(row)


def approve(row) -> None:
	"""Agree to a return as it was asked for. It is submitted at the counter afterwards."""
	sale = frappe.get_doc("POS Invoice", row.return_invoice)
	_check_draft(sale)
	back = _back(sale)
	if not _fits(row, sale, back):
		raise Refused(
			"changed",
			marked("{0} was changed since it was asked for ({1}): it is {2} now. Ask again at the counter"),
			sale.name,
			refunding.amount_of(row),
			back.amount,
		)
	_check_paid_back(_found(sale), back)
	with at_the_counter_of(row.requested_by):
		row.update(refund.shift_of(counter_user(), row.company))
	row.update({"status": Status.DONE.value, **decided(row.requested_by)})
	booking.keep(row)


def lock(against: str | None, name: str | None, user: str) -> None:
	"""The shift, then the sale that goods come back of, then the draft of its return; as ``sources.lock``."""
	company = frappe.db.get_value("POS Invoice", against, "company") if against else None
	stamping.current(user, company)
	frappe.db.rollback()
	stamping.current(user, company)
	for one in (against, name):
		if one:
			frappe.db.get_value("POS Invoice", one, "name", for_update=True)


# What ERPNext tells


def is_ours(sale) -> bool:
	"""Whether this is a return at a counter of ours; every other sale stays ERPNext's own."""
	return bool(cint(sale.get("is_return"))) and stamping.is_counter(sale.pos_profile, sale.company)


def check(sale) -> None:
	"""Before a return is submitted: it was approved for this draft, as it stands. Nothing is read for a sale."""
	if not is_ours(sale):
		return
	with explained():
		if not sale.return_against:
			raise Refused(
				"no_trace",
				marked("Say which sale the goods come back of: open it in the order list and choose Return"),
			)
		# Two returns of one sale at two counters: the second sees what the first paid back.
		frappe.db.get_value("POS Invoice", sale.return_against, "name", for_update=True)
		back = _back(sale)
		_check_paid_back(_found(sale, locking=True), back)
	rows = frappe.db.sql(
		"""select name, status, amount, ways, customer, source_name from `tabCounter Refund`
		where return_invoice = %s and status = 'Done' order by creation lock in share mode""",
		sale.name,
		as_dict=True,
	)
	if not any(_fits(row, sale, back) for row in rows):
		frappe.throw(
			_(
				"{0} pays {1} back to {2} and nobody agreed to that yet. Say the reason at the counter, and have a manager approve it"
			).format(sale.name, shown(back.amount), frappe.bold(sale.customer_name or sale.customer)),
			ReturnNotApproved,
			title=_("Return Needs Approval"),
		)


def ended(sale) -> None:
	"""A draft was deleted or a return cancelled: its approvals are over, and its name may come again."""
	if not cint(sale.get("is_return")):
		return
	for name in frappe.get_all(DOCTYPE, {"return_invoice": sale.name}, pluck="name", order_by="name"):
		row = frappe.get_doc(DOCTYPE, name, for_update=True)
		if row.status == Status.REQUESTED.value:
			row.status = Status.WITHDRAWN.value
		elif row.status == Status.DONE.value:
			row.status = Status.CANCELLED.value
		if sale.docstatus == 0:
			row.return_invoice = None
			row.decision_note = cstr(row.decision_note) or _("The return {0} was deleted").format(sale.name)
		booking.keep(row)


# What a return pays back


def _back(sale) -> Back:
	currency = sale.currency
	rows = [(row.mode_of_payment, -rounded(row.amount, currency)) for row in sale.payments if flt(row.amount)]
	if not rows:
		raise Refused("no_payment", marked("Choose how {0} is paid back"), sale.name)
	return Back(
		amount=total((amount for _mode, amount in rows), currency),
		to_cards=total((amount for mode, amount in rows if _is_card(mode)), currency),
		ways=", ".join(f"{mode} {amount}" for mode, amount in sorted(rows)),
	)


def _found(sale, *, locking: bool = False) -> Found:
	"""The sale as a source: what it brought in less what went back of it before."""
	currency = sale.currency
	own = frappe.get_doc("POS Invoice", sale.return_against)
	if own.docstatus != 1 or own.customer != sale.customer or own.company != sale.company:
		raise Refused(
			"other_sale",
			marked("{0} is no sale to {1}. Open the sale and choose Return"),
			own.name,
			sale.customer,
		)
	change = rounded(own.change_amount, currency)
	paid = total((rounded(row.amount, currency) for row in own.payments), currency) - change
	by_card = total(
		(rounded(row.amount, currency) for row in own.payments if _is_card(row.mode_of_payment)), currency
	)
	before, before_to_cards = _before(own.name, sale.name, currency, locking)
	of_cards = by_card - before_to_cards
	modes = tuple(sorted({row.mode_of_payment for row in own.payments if flt(row.amount)}))
	return Found(
		kind=Kind.RETURN,
		row=frappe._dict(
			name=own.name,
			customer=own.customer,
			company=own.company,
			currency=currency,
			posting_date=own.posting_date,
			cost_center=own.cost_center,
			return_against=None,
			vehicle=next((row.dealer_vehicle for row in own.items if row.get("dealer_vehicle")), None),
			paid=paid,
			before=before,
		),
		source=Source(
			there=paid - before,
			of_cards=of_cards if of_cards.minor > 0 else Money.zero(currency),
			given=sources.given("POS Invoice", own.name, currency),
			check_on=getdate(own.posting_date) if any(sources.is_check(mode) for mode in modes) else None,
		),
		cards=(),
		modes=modes,
	)


def _before(name: str, but: str, currency: str, locking: bool) -> tuple[Money, Money]:
	"""What the submitted returns of a sale paid back, in all and to cards; past any snapshot when ``locking``."""
	query = """select p.mode_of_payment, p.amount from `tabSales Invoice Payment` p
		join `tabPOS Invoice` i on i.name = p.parent and p.parenttype = 'POS Invoice'
		where i.return_against = %s and i.name != %s and i.is_return = 1 and i.docstatus = 1 and p.amount != 0"""
	rows = frappe.db.sql(query + " lock in share mode" if locking else query, (name, but), as_dict=True)
	return (
		total((-rounded(row.amount, currency) for row in rows), currency),
		total((-rounded(row.amount, currency) for row in rows if _is_card(row.mode_of_payment)), currency),
	)


def _is_card(mode: str | None) -> bool:
	"""Whether a mode is a card or the like: nothing is handed over, so nothing can be handed back."""
	if not mode:
		return False
	kind, instrument = frappe.get_cached_value("Mode of Payment", mode, ["type", "dealer_instrument"])
	return kind != "Cash" and not instrument


def _check_paid_back(found: Found, back: Back) -> None:
	rules.check_paid_back(back.amount, found.row.paid, found.row.before, found.row.name)


def _why(found: Found, back: Back) -> str | None:
	return refund.why_approval(found, back.amount, asker(), over_the_counter=back.amount - back.to_cards)


def _fits(row, sale, back: Back) -> bool:
	"""Whether a request or approval is for this draft as it stands."""
	return (
		rounded(row.amount, back.amount.currency) == back.amount
		and row.customer == sale.customer
		and row.source_name == sale.return_against
		and cstr(row.ways) == back.ways
	)


def _check_draft(sale) -> None:
	if sale.docstatus != 0 or not cint(sale.is_return) or not sale.return_against:
		raise Refused(
			"no_draft",
			marked("{0} is no return that waits to be paid back"),
			get_link_to_form("POS Invoice", sale.name),
		)


def _supersede(row) -> None:
	"""The draft was changed and is asked for anew: what was asked before it is nobody's to decide any more."""
	rows = frappe.get_all(
		DOCTYPE,
		{"return_invoice": row.return_invoice, "status": Status.REQUESTED.value},
		["name", "amount", "ways"],
		order_by="name",
	)
	for old in rows:
		if (flt(old.amount), cstr(old.ways)) == (flt(row.amount), cstr(row.ways)):
			continue
		found = frappe.get_doc(DOCTYPE, old.name, for_update=True)
		found.status = Status.WITHDRAWN.value
		booking.keep(found)
		telling.rejected(found, _("asked for anew with another amount"), withdrawn=True)


def _only_mode(sale) -> str | None:
	modes = {row.mode_of_payment for row in sale.payments if flt(row.amount)}
	return modes.pop() if len(modes) == 1 else None
