"""The door for money that goes back over the counter: out of a credit note, a credit, or with a return.

Who asks, why, who decides and what was made stand on the Counter Refund. Its client key makes a double click one
refund. What needs a second person waits as Requested: nothing is booked, and nothing is reserved.
"""

import frappe
from frappe import _
from frappe.utils import cstr, getdate, now_datetime

from dealer_pos_crm.dealer_cashier import refunding
from dealer_pos_crm.dealer_cashier.card_refunds import deposits as cards
from dealer_pos_crm.dealer_cashier.deposits.actions import asker
from dealer_pos_crm.dealer_cashier.money import company_currency, to_float, to_money
from dealer_pos_crm.dealer_counter import requests
from dealer_pos_crm.dealer_counter.cash_reports.counting import instrument_of
from dealer_pos_crm.dealer_counter.refunds import booking, sources, telling
from dealer_pos_crm.dealer_counter.refunds.booking import DOCTYPE
from dealer_pos_crm.dealer_counter.refunds.sources import Found
from dealer_pos_crm.dealer_counter.shifts import stamping
from dealer_pos_crm.dealer_setup.acting import action, need_key, once
from dealer_pos_crm.dealer_setup.deciding import at_the_counter_of, counter_user, decided
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import department_of, settings_of
from dealer_pos_crm.domain import counter_refund as rules
from dealer_pos_crm.domain.collection import CURRENCY
from dealer_pos_crm.domain.counter_refund import Kind, Status
from dealer_pos_crm.domain.deposit import Asker, check_approver
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


@once
def ask(
	kind: str,
	name: str,
	amount: object,
	mode: str,
	reason: str,
	client_key: str,
	reference_no: str | None = None,
) -> dict:
	"""Pay some of a source out, or ask for it when a second person must decide.

	``kind``: Credit Note or Credit; ``name``: the invoice or payment; ``amount``: major units. Returns
	``{"refund", "status", ...}``: Requested, or Done when it is paid and booked.
	"""
	need_key(client_key)
	what = _kind(kind)
	sources.lock(what, name, counter_user())
	done = find(client_key)
	if done:
		return _repeated(done, (sources.DOCTYPES[what], name))
	requests.claim(client_key)
	with explained():
		text = rules.check_reason(reason)
		found = sources.read(what, name)
		shift = shift_of(counter_user(), found.row.company)
		money = to_money(amount, company_currency(found.row.company))
		booking.check(found, money, mode, reference_no)
		row = new_row(found, money, text, client_key, shift)
		row.update({"mode_of_payment": mode, "reference_no": cstr(reference_no).strip() or None})
		why = why_approval(found, money, asker())
		if why:
			ask_for(row, why)
		else:
			_carry_out(row, found)
	return result(row)


@action
def decide(name: str, yes: bool, note: str | None = None) -> dict:
	"""Approve what somebody else asked for, which carries it out at once, or turn it down."""
	row = _locked_request(name)
	if Status(row.status) is Status.DONE and yes and row.decided_by == frappe.session.user:
		return {**result(row), "repeated": True}
	with explained():
		rules.check_requested(Status(row.status), row.name)
		check_approver(row.requested_by, asker())
		if not yes:
			why = rules.check_reason(note)
			row.update({"status": Status.REJECTED.value, "decision_note": why, **decided(row.requested_by)})
			booking.keep(row)
			telling.rejected(row, why)
		elif Kind(row.kind) is Kind.RETURN:
			from dealer_pos_crm.dealer_counter.refunds import returns

			row.decision_note = note
			returns.approve(row)
		else:
			row.decision_note = note
			found = sources.read(Kind(row.kind), row.source_name)
			booking.check(found, _amount(row), row.mode_of_payment, row.reference_no)
			_carry_out(row, found)
	refunding.decided(row)
	return result(row)


@action
def withdraw(name: str) -> dict:
	"""Take one's own request back."""
	row = _locked_request(name)
	with explained():
		rules.check_requested(Status(row.status), row.name)
		refunding.check_own(row)
	row.update({"status": Status.WITHDRAWN.value, **decided(row.requested_by)})
	booking.keep(row)
	telling.rejected(row, _("withdrawn by who asked for it"), withdrawn=True)
	return result(row)


def find(client_key: str) -> frappe._dict | None:
	"""What an action with this key made; None when it never arrived. Reads past any snapshot."""
	rows = frappe.db.sql(
		"select name, source_doctype, source_name from `tabCounter Refund` where client_key = %s"
		" lock in share mode",
		client_key,
		as_dict=True,
	)
	return rows[0] if rows else None


def why_approval(
	found: Found, amount: Money, who: Asker, *, over_the_counter: Money | None = None
) -> str | None:
	"""Why a second person must approve, untranslated; None when nobody must."""
	return rules.needs_approval(
		amount,
		found.source,
		limit_of(found),
		who,
		getdate(),
		over_the_counter=over_the_counter,
	)


def limit_of(found: Found) -> Money:
	"""What one person may give back of this source in all; of a card's money no more than of the card."""
	currency = company_currency(found.row.company)
	limit = to_money(settings_of(found.row.company).refund_limit, currency)
	of_cards = [
		cards.limit_left(frappe.get_doc("Card Payment", name)) + found.source.given for name in found.cards
	]
	return min([limit, *of_cards], key=lambda one: one.minor)


def shift_of(user: str, company: str) -> frappe._dict:
	"""The open shift at the counter where a user stands; empty where there is none."""
	name = stamping.current(user, company)
	profile = frappe.db.get_value(stamping.DOCTYPE, name, "pos_profile") if name else None
	return frappe._dict(shift=name, pos_profile=profile)


def new_row(found: Found, amount: Money, reason: str, client_key: str, shift: frappe._dict):
	"""A Counter Refund of a source, not yet inserted."""
	row = found.row
	return frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"customer": row.customer,
			"customer_name": frappe.get_cached_value("Customer", row.customer, "customer_name"),
			"company": row.company,
			"kind": found.kind.value,
			"source_doctype": found.document[0],
			"source_name": row.name,
			"amount": to_float(amount),
			"currency": amount.currency,
			"reason": reason,
			"status": Status.REQUESTED.value,
			"requested_by": frappe.session.user,
			"requested_at": now_datetime(),
			"client_key": client_key,
			"vehicle": row.get("vehicle"),
			"deal": row.get("deal"),
			"repair_order": row.get("repair_order"),
			"department": department_of(row.company, row.cost_center),
			**shift,
		}
	)


def ask_for(row, why: str) -> None:
	"""Keep a request and tell who decides it. The same one twice is one person's mistake or another's haste."""
	same = frappe.db.sql(
		"""select name, requested_by from `tabCounter Refund`
		where source_doctype = %s and source_name = %s and status = 'Requested' and amount = %s
			and ifnull(return_invoice, '') = %s limit 1 lock in share mode""",
		(row.source_doctype, row.source_name, row.amount, cstr(row.return_invoice)),
		as_dict=True,
	)
	if same:
		raise Refused(
			"already_requested",
			marked("{0} already asked for this ({1}); it waits for a manager"),
			same[0].requested_by,
			same[0].name,
		)
	row.approval_reason = _(why)
	booking.keep(row)
	telling.requested(row)


def _carry_out(row, found: Found) -> None:
	"""Out of the drawer at which it was asked for, whoever decides."""
	row.update({"status": Status.DONE.value, **decided(row.requested_by)})
	asked_at = row.pos_profile
	with at_the_counter_of(row.requested_by):
		row.update(shift_of(counter_user(), row.company))
		if asked_at and not row.shift and instrument_of(row.mode_of_payment) == CURRENCY:
			raise Refused(
				"no_shift",
				marked(
					"{0} asked for this at {1} and has no open shift now: cash comes out of a drawer that is counted. Approve it when the shift is open, or turn it down and have it asked for in another way"
				),
				row.requested_by,
				asked_at,
			)
		if not row.name:
			booking.keep(row)
		booking.book(row, found)
	booking.keep(row)


def result(row) -> dict:
	return {
		"refund": row.name,
		"kind": row.kind,
		"status": row.status,
		"approval_reason": row.approval_reason,
		"customer": row.customer,
		"source_doctype": row.source_doctype,
		"source_name": row.source_name,
		"return_invoice": row.return_invoice,
		"payment_entry": row.payment_entry,
		"amount": row.amount,
		"currency": row.currency,
		"mode_of_payment": row.mode_of_payment,
		"repeated": False,
	}


def state(client_key: str) -> dict | None:
	"""What became of an action whose answer was lost."""
	done = find(client_key)
	return {**result(frappe.get_doc(DOCTYPE, done.name)), "repeated": True} if done else None


def _repeated(done: frappe._dict, document: tuple[str, str]) -> dict:
	if (done.source_doctype, done.source_name) != document:
		frappe.throw(_("This request has the key of another one. Reload the page and try again"))
	return {**result(frappe.get_doc(DOCTYPE, done.name)), "repeated": True}


def _kind(kind: str) -> Kind:
	if kind not in (Kind.CREDIT_NOTE.value, Kind.CREDIT.value):
		frappe.throw(_("{0} is not paid out here").format(_(cstr(kind))))
	return Kind(kind)


def _amount(row) -> Money:
	return to_money(row.amount, row.currency)


def _locked_request(name: str):
	"""The request with its source locked first, as whoever asks does."""
	found = frappe.db.get_value(
		DOCTYPE, name, ["kind", "source_name", "return_invoice", "requested_by"], as_dict=True
	)
	if not found:
		frappe.throw(
			_("Counter Refund {0} does not exist").format(frappe.bold(name)), frappe.DoesNotExistError
		)
	with at_the_counter_of(found.requested_by):
		user = counter_user()
	if Kind(found.kind) is Kind.RETURN:
		from dealer_pos_crm.dealer_counter.refunds import returns

		returns.lock(found.source_name, found.return_invoice, user)
	else:
		sources.lock(Kind(found.kind), found.source_name, user)
	return frappe.get_doc(DOCTYPE, name, for_update=True)
