"""Contract money: sent to the lender, returned by it, paid in full or short. What is open is the ledger's."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_link_to_form, getdate, nowdate

from dealer_pos_crm.dealer_cashier.deposits.taking import money_account
from dealer_pos_crm.dealer_cashier.money import shown, to_float, to_money
from dealer_pos_crm.dealer_setup.acting import need_key
from dealer_pos_crm.dealer_setup.card_numbers import masked
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import MANAGER, SALES_MANAGER
from dealer_pos_crm.dealer_showroom.deals.deal import action, locked, standing_step, step
from dealer_pos_crm.dealer_showroom.delivery import lender_entry, position, reading, settling
from dealer_pos_crm.dealer_showroom.delivery.posting import (
	account_of,
	cost_center,
	journal,
	of_customer,
	receivable_of,
)
from dealer_pos_crm.domain import funding as rules
from dealer_pos_crm.domain.ageing import days_between
from dealer_pos_crm.domain.delivery import check_reason
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

# Who decides that a difference is lost.
DECIDING = frozenset({MANAGER, SALES_MANAGER, "System Manager"})


def may_decide() -> bool:
	return bool(set(frappe.get_roles()) & DECIDING)


def _alone_with(name: str):
	settling.lock_invoices(name)
	settling.lock(name)
	return locked(name)


def _in_transit(deal) -> rules.Transit:
	if deal.stage not in position.DELIVERED:
		raise Refused(
			"not_delivered", marked("{0} is not delivered; a contract is funded after that"), deal.name
		)
	transit = reading.books_of(deal).transit
	rules.check_in_transit(transit, deal.name)
	return transit


@action
def send(
	name: str, *, on: str | None = None, due_on: str | None = None, reference: str | None = None
) -> dict:
	"""The contract was sent to the lender. ``on``: the day (today); ``due_on``: when the money is expected
	(by the lender's usual days). Sent again after it was returned, the clock begins anew."""
	deal = _alone_with(name)
	with explained():
		transit = _in_transit(deal)
		day = getdate(on or nowdate())
		rules.check_sent_on(day, getdate(deal.delivered_at), getdate())
		usual = cint(frappe.get_cached_value("Dealer Lender", deal.lender, "funding_days"))
		expected = getdate(due_on) if due_on else rules.due_on(day, usual)
		if expected < day:
			raise Refused(
				"due_before_sent", marked("The money cannot be due on {0}, before {1}"), expected, day
			)
		values = {
			"sent_to_lender_on": day,
			"funding_due_on": expected,
			"lender_reference": cstr(reference).strip() or deal.lender_reference,
			"stipulations": None,
			"funding_status": rules.Status.SENT.value,
		}
		same = (getdate(deal.sent_to_lender_on) if deal.sent_to_lender_on else None, deal.funding_status)
		if same == (day, rules.Status.SENT.value) and getdate(deal.funding_due_on) == expected:
			return result(deal, repeated=True)
		deal.db_set(values, notify=True)
		step(
			deal,
			"deal.sent_to_lender",
			amount=transit.open,
			facts={"lender": deal.lender, "funding_due_on": expected.isoformat()},
			reverses=standing_step(deal, "deal.returned_by_lender"),
		)
		position.refresh(deal.name)
	deal.reload()
	return result(deal)


@action
def returned(name: str, reason: str) -> dict:
	"""The lender sent the contract back: what it wants before it pays (stipulations)."""
	deal = _alone_with(name)
	with explained():
		transit = _in_transit(deal)
		text = masked(check_reason(reason), _("Stipulations"))
		if deal.funding_status == rules.Status.RETURNED.value and cstr(deal.stipulations) == text:
			return result(deal, repeated=True)
		deal.db_set({"funding_status": rules.Status.RETURNED.value, "stipulations": text}, notify=True)
		step(
			deal,
			"deal.returned_by_lender",
			amount=transit.open,
			reason=text,
			facts={"lender": deal.lender},
			reverses=standing_step(deal, "deal.sent_to_lender"),
		)
		position.refresh(deal.name)
	deal.reload()
	return result(deal)


@action
def funded(
	name: str,
	amount: object,
	*,
	mode_of_payment: str,
	client_key: str,
	reference_no: str | None = None,
	reference_date: str | None = None,
	difference_reason: str | None = None,
) -> dict:
	"""The lender paid. Less than is open stays open, unless a manager books the difference with a reason;
	more than is open needs one. Returns the deal's funding; ``payment`` is the Payment Entry."""
	need_key(client_key)
	deal = _alone_with(name)
	made = frappe.db.get_value(
		"Payment Entry", {"dealer_collect_key": client_key, "docstatus": 1}, ["name", "dealer_deal"]
	)
	if made:
		if made[1] != deal.name:
			frappe.throw(_("This request has the key of another one. Reload the page and try again"))
		return {**result(deal, repeated=True), "payment": made[0]}
	with explained():
		transit = _in_transit(deal)
		paid = to_money(amount, deal.currency)
		books_it = bool(cstr(difference_reason).strip())
		difference = rules.check_amount(paid, transit, book_difference=books_it)
		reason = _checked_difference(deal, difference, difference_reason) if books_it and difference else None
		messages = len(frappe.local.message_log)
		with position.acting():
			payment = _payment(
				deal,
				paid,
				difference if reason else Money.zero(deal.currency),
				reason,
				mode_of_payment,
				client_key,
				reference_no,
				reference_date,
			)
		position.flush()
		position.refresh(deal.name)
		del frappe.local.message_log[messages:]
	deal.reload()
	return {**result(deal), "payment": payment}


@action
def book_difference(name: str, reason: str) -> dict:
	"""What the lender still owes will not come: a manager books it as a loss."""
	deal = _alone_with(name)
	with explained():
		transit = _in_transit(deal)
		if transit.settled.minor <= 0:
			raise Refused(
				"nothing_paid",
				marked("The lender has paid nothing for {0} yet. Unwind the deal if it never will"),
				deal.name,
			)
		text = _checked_difference(deal, transit.open, reason)
		customer = lender_entry.customer_of(deal.lender)
		with position.acting():
			journal(
				deal,
				[
					{
						"account": account_of(deal.company, "funding_difference_account"),
						"amount": transit.open,
					},
					{
						**of_customer(receivable_of(deal, customer), customer, -transit.open),
						"reference_type": "Journal Entry",
						"reference_name": deal.lender_entry,
					},
				],
				_("Deal {0}: funded short by {1}: {2}").format(deal.name, deal.lender, text),
			)
		position.flush()
		position.refresh(deal.name)
	deal.reload()
	return result(deal)


def _checked_difference(deal, difference: Money, reason: str | None) -> str:
	text = check_reason(reason)
	if not may_decide():
		raise Refused(
			"may_not_book",
			marked("{0} differs from what {1} owes. Only a sales manager books a difference; leave it open"),
			difference,
			deal.lender,
		)
	account_of(deal.company, "funding_difference_account")
	return text


def _payment(
	deal, paid: Money, difference: Money, reason: str | None, mode, client_key, reference_no, reference_date
) -> str:
	"""The lender's money against its contract; a difference stands in the same payment, so that cancelling
	it takes both back."""
	customer = lender_entry.customer_of(deal.lender)
	settled = paid + difference
	payment = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Receive",
			"company": deal.company,
			"posting_date": nowdate(),
			"mode_of_payment": mode,
			"party_type": "Customer",
			"party": customer,
			"paid_from": receivable_of(deal, customer),
			"paid_to": money_account(mode, deal.company, deal.currency),
			"paid_amount": to_float(paid),
			"received_amount": to_float(paid),
			"source_exchange_rate": 1,
			"target_exchange_rate": 1,
			"reference_no": cstr(reference_no).strip() or deal.lender_reference or deal.name,
			"reference_date": reference_date or nowdate(),
			"cost_center": cost_center(deal),
			"dealer_deal": deal.name,
			"dealer_vehicle": deal.vehicle,
			"dealer_collect_key": client_key,
			"remarks": _("Deal {0}: contract money of {1}").format(deal.name, deal.lender)
			+ (f": {reason}" if reason else ""),
			"custom_remarks": 1,
			"references": [
				{
					"reference_doctype": "Journal Entry",
					"reference_name": deal.lender_entry,
					"allocated_amount": to_float(settled),
				}
			],
		}
	)
	if difference:
		payment.append(
			"deductions",
			{
				"account": account_of(deal.company, "funding_difference_account"),
				"cost_center": cost_center(deal),
				"amount": to_float(difference),
				"description": reason,
			},
		)
	payment.insert()
	payment.submit()
	rest = to_money(round(payment.unallocated_amount, 6), deal.currency)
	if rest:
		raise Refused(
			"not_allocated",
			marked(
				"{0} could not be matched with the contract of {1}. Nothing was booked; ask an accountant"
			),
			rest,
			deal.name,
		)
	return payment.name


def result(deal, *, repeated: bool = False) -> dict:
	return {
		"deal": deal.name,
		"stage": deal.stage,
		"funding_status": deal.funding_status,
		"funding_outstanding": deal.funding_outstanding,
		"funded_amount": deal.funded_amount,
		"repeated": repeated,
	}


def in_transit(
	company: str, lender: str | None = None, *, also_funded: bool = False
) -> Iterable[frappe._dict]:
	"""Contracts that a lender has still to pay for, by the ledger, oldest delivery first; also those to be
	paid back after an unwind. The user's rights on deals count."""
	filters: dict[str, object] = {"company": company, "lender_entry": ("is", "set")}
	if lender:
		filters["lender"] = lender
	deals = frappe.get_list(
		"Deal Jacket",
		filters,
		[
			"name", "customer", "customer_name", "vehicle", "vehicle_title", "lender", "lender_entry", "stage",
			"delivered_at", "sent_to_lender_on", "funding_due_on", "funding_status", "stipulations",
			"lender_reference", "salesperson", "fni_manager", "currency", "financed_amount", "unwound_at",
		],
		order_by="delivered_at, name",
		limit_page_length=0,
	)  # fmt: skip
	open_amounts = _open_by_deal([deal.name for deal in deals])
	for deal in deals:
		deal.financed, deal.open = open_amounts.get(deal.name, (0.0, 0.0))
		if to_money(round(deal.open, 6), deal.currency) or also_funded:
			deal.days = days_between(getdate(deal.delivered_at), getdate())
			deal.bucket = rules.AGEING.label_of(deal.days)
			yield deal


def _open_by_deal(names: list[str]) -> dict[str, tuple[float, float]]:
	"""(moved to the lender, still open) by deal, from the Payment Ledger."""
	if not names:
		return {}
	rows = frappe.db.sql(
		"""select j.dealer_deal as deal, sum(if(l.voucher_no = l.against_voucher_no, l.amount, 0)) as financed,
			sum(l.amount) as open
		from `tabPayment Ledger Entry` l
		join `tabJournal Entry` j on j.name = l.against_voucher_no
		join `tabDeal Jacket` d on d.name = j.dealer_deal
		where l.against_voucher_type = 'Journal Entry' and l.party_type = 'Customer' and l.delinked = 0
			and j.docstatus = 1 and l.party != d.customer and d.name in %s
		group by j.dealer_deal""",
		(tuple(names),),
		as_dict=True,
	)
	return {row.deal: (row.financed, row.open) for row in rows}


def lender_payments(deal) -> list[str]:
	"""The payments of the lender that stand, as links."""
	customer = lender_entry.customer_of(deal.lender)
	names = frappe.get_all(
		"Payment Entry",
		{"dealer_deal": deal.name, "docstatus": 1, "party": customer, "payment_type": "Receive"},
		pluck="name",
		order_by="posting_date, name",
	)
	return [get_link_to_form("Payment Entry", name) for name in names]


def open_text(deal, transit: rules.Transit) -> str:
	return _("{0} open on {1}").format(shown(transit.open), deal.lender)


def owed_back(deal) -> float:
	"""What a lender has paid for a deal that was unwound since, and has to get back (major units)."""
	if not deal.lender_entry:
		return 0.0
	transit = reading.books_of(deal, lock=False).transit
	return to_float(-transit.open) if transit.open.minor < 0 else 0.0
