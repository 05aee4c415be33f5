"""A check came back: what it had paid is open again, the bank has its money, the customer is called.

The receipt that took the check is kept as it was. Recorded once: the receipt says which case it has.
"""

import json
from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_link_to_form, getdate, nowdate

from dealer_pos_crm.dealer_cashier import log
from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown, to_float, to_money
from dealer_pos_crm.dealer_counter.banking import returning, undeposited
from dealer_pos_crm.dealer_setup.acting import need_key, once
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import department_of, settings_of
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.domain import returned_check as rules
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.returned_check import Document, Reopened, Status

DOCTYPE = "Returned Check"
SUBJECTS = ("Payment Entry", "POS Invoice")


@once
def record(doctype: str, name: str, values: Mapping[str, Any], client_key: str | None) -> dict:
	"""Record that the check of a Payment Entry or POS Invoice came back; all or nothing.

	``values``: reason, returned_on, note, bank_fee, customer_fee (major units), keep_hold. The same key again gives
	the same case. A check that was booked by several entries comes back with all of them, each its own case.
	"""
	need_key(client_key)
	if doctype not in SUBJECTS:
		frappe.throw(_("{0} is no payment that a check comes with").format(_(doctype)))
	subject = _locked(doctype, name)
	done = frappe.db.get_value(DOCTYPE, {"client_key": client_key}, "name", for_update=True)
	if done:
		return {**state(done, lock=True), "repeated": True}
	messages = len(frappe.local.message_log)
	case = _record(doctype, subject, frappe._dict(values), client_key)
	more = frappe._dict(values, bank_fee=0, customer_fee=0)
	for kind, other in undeposited.with_siblings([(doctype, name)])[1:]:
		_record(kind, _locked(kind, other), more, None)
	del frappe.local.message_log[messages:]  # ERPNext's remarks; the screen says what was done
	return {**state(case.name), "repeated": False}


def _record(doctype: str, subject, values: frappe._dict, client_key: str | None):
	_check_not_yet(doctype, subject.name)
	with explained():
		case, bank = _new(doctype, subject, values)
		case.client_key = client_key
		keep(case)
		_mark(case)
		if doctype == "Payment Entry":
			receipt = frappe.get_doc(doctype, subject.name, for_update=True)
			opened = _take_back(case, receipt, bank, cint(values.get("keep_hold")))
		else:
			case.reversal_entry = returning.owed_on_account(case, bank, _amount(case))
			document = ("Journal Entry", case.reversal_entry)
			opened = [Reopened(document, _amount(case), Money.zero(case.currency))]
		_charge(case, bank)
	_note_opened(case, opened)
	keep(case)
	frappe.db.set_value("Customer", case.customer, "dealer_no_checks", 1)
	tell(
		case,
		"check.returned",
		_("Check {0} of {1} came back: {2}").format(
			case.check_no or "-", shown(_amount(case)), _(case.reason)
		),
	)
	return case


def _note_opened(case, opened: list[Reopened]) -> None:
	case.documents = json.dumps(
		[
			{
				"doctype": one.document[0],
				"name": one.document[1],
				"amount": str(one.amount.decimal),
				"base": str(one.base.decimal),
			}
			for one in opened
		]
	)
	case.reopened = "\n".join(
		f"{_(one.document[0])} {one.document[1]}: {shown(one.amount)}" for one in opened
	)


def find(client_key: str) -> dict | None:
	"""What became of a request whose answer was lost; None when it never arrived."""
	name = frappe.db.get_value(DOCTYPE, {"client_key": client_key}, "name")
	return {**state(name), "repeated": True} if name else None


def standing(doctype: str, name: str, *, lock: bool = False) -> str | None:
	"""The case of a check that came back; None when there is none. ``lock``: read past any snapshot."""
	field = "payment_entry" if doctype == "Payment Entry" else "pos_invoice"
	return frappe.db.get_value(DOCTYPE, {field: name}, "name", for_update=lock)


# What came back


def _locked(doctype: str, name: str) -> frappe._dict:
	"""The payment or sale with its check; what it paid is locked first, then itself."""
	if doctype == "Payment Entry":
		invoices = frappe.get_all(
			"Payment Entry Reference",
			{"parent": name, "reference_doctype": "Sales Invoice"},
			pluck="reference_name",
			distinct=True,
			order_by="reference_name",
		)
		for invoice in invoices:
			frappe.db.get_value("Sales Invoice", invoice, "name", for_update=True)
	found = undeposited.locked([(doctype, name)])
	if not found:
		frappe.throw(
			_("{0} did not come with a check; nothing can come back from the bank").format(
				get_link_to_form(doctype, name)
			)
		)
	return found[0] if len(found) == 1 else _all_of(found)


def _all_of(rows: list) -> frappe._dict:
	"""A sale that was paid by several checks: they are one payment, and come back together."""
	return frappe._dict(rows[0], amount=sum(row.amount for row in rows))


def _check_not_yet(doctype: str, name: str) -> None:
	case = standing(doctype, name, lock=True)
	if case:
		frappe.throw(
			_("The check of {0} came back already: {1}").format(
				get_link_to_form(doctype, name), get_link_to_form(DOCTYPE, case)
			),
			title=_("Already Recorded"),
		)


def _new(doctype: str, subject, values: frappe._dict):
	"""The case, not yet kept, and the bank's account that its money comes out of."""
	link = get_link_to_form(doctype, subject.name)
	if subject.docstatus != 1 or subject.party_type != "Customer":
		frappe.throw(_("{0} is no payment of a customer that stands").format(link))
	company = subject.company
	currency = company_currency(company)
	settings = settings_of(company)
	amount = rounded(subject.amount, currency)
	rules.check_returnable(undeposited.instruments().get(subject.mode, ""), amount, subject.name)
	day = getdate(values.returned_on or nowdate())
	rules.check_dates(day, getdate(subject.taken_on), getdate(nowdate()))
	reason = rules.check_why(cstr(values.reason), values.note)
	bank_fee = to_money(values.bank_fee or 0, currency)
	fee = to_money(values.customer_fee or 0, currency)
	rules.check_fees(bank_fee, fee, rounded(settings.returned_check_fee, currency))
	case = frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"customer": subject.party,
			"customer_name": subject.payer,
			"company": company,
			"payment_entry": subject.name if doctype == "Payment Entry" else None,
			"pos_invoice": subject.name if doctype == "POS Invoice" else None,
			"check_no": subject.check_no,
			"amount": to_float(amount),
			"currency": currency,
			"reason": reason.value,
			"returned_on": day,
			"status": Status.OPEN.value,
			"bank_account": _bank_of(doctype, subject, link),
			"bank_fee": to_float(bank_fee),
			"customer_fee": to_float(fee),
			"bank_deposit": subject.bank_deposit,
			"note": cstr(values.note).strip() or None,
			**_subjects(doctype, subject.name),
		}
	)
	return case, case.bank_account


def _bank_of(doctype: str, subject, link: str) -> str:
	"""Where the check was cashed: the account of its slip, or the bank account it was booked on at once."""
	if subject.bank_deposit:
		return frappe.db.get_value("Bank Deposit", subject.bank_deposit, "bank_account")
	if frappe.get_cached_value("Account", subject.account, "account_type") == "Bank":
		return subject.account
	frappe.throw(
		_(
			"By the books the check of {0} was never at the bank. Put it on a Bank Deposit of the day it was brought there, or cancel the payment"
		).format(link),
		title=_("Not at the Bank"),
	)


def _subjects(doctype: str, name: str) -> dict[str, str | None]:
	if doctype != "Payment Entry":
		return {}
	deposit, deal, vehicle, order = frappe.db.get_value(
		doctype, name, ["dealer_deposit", "dealer_deal", "dealer_vehicle", "dealer_repair_order"]
	)
	return {"deposit": deposit, "deal": deal, "vehicle": vehicle, "repair_order": order}


def _mark(case) -> None:
	"""Payment, slip and receipt say that the check came back. Whoever changes the payment meanwhile is told."""
	if case.payment_entry:
		frappe.db.set_value("Payment Entry", case.payment_entry, "dealer_returned_check", case.name)
	if case.bank_deposit:
		frappe.db.set_value(
			"Bank Deposit Item",
			{"parent": case.bank_deposit, "reference_name": case.payment_entry or case.pos_invoice},
			"state",
			"Returned",
		)


def _take_back(case, receipt, bank: str, keep_hold: int) -> list[Reopened]:
	"""Open again what the receipt paid and take its money back out of the bank. Returns what is open now."""
	currency, amount = case.currency, _amount(case)
	if receipt.paid_from_account_currency != currency or receipt.paid_to_account_currency != currency:
		frappe.throw(
			_("{0} is not in {1}; an accountant has to book its return").format(receipt.name, currency)
		)
	free, owed = rules.parts(amount, returning.paid_back(receipt.name, currency))
	paid = returning.paid_by(receipt.name)
	before = returning.open_now([(row.doctype, row.name) for row in paid], currency)
	with _in_the_name_of(case):
		returning.unmatch(receipt, paid)
		receipt.reload()
		if keep_hold:
			_keep_hold(receipt)
		if free:
			case.reversal = returning.reverse(case, receipt, bank, free, matched=True)
		if owed:
			more = returning.reverse(case, receipt, bank, owed, matched=False)
			case.reversal = case.reversal or more
		returning.flush()
	_tell_receipt(receipt)
	opened = [
		Reopened((row.doctype, row.name), rounded(row.amount, currency), before[(row.doctype, row.name)])
		for row in paid
	]
	used = sum(one.amount.minor for one in opened)
	held = Money(free.minor - used, currency)
	if receipt.dealer_deposit and held.minor > 0:
		document: Document = ("Deposit", receipt.dealer_deposit)
		lacks = returning.open_now([document], currency)[document]
		opened.append(Reopened(document, held, lacks - held))
	return opened


class _in_the_name_of:
	"""What a deposit writes down about it carries the reason, and is read once, when all of it is done."""

	def __init__(self, case) -> None:
		self.case = case

	def __enter__(self) -> None:
		self.before = frappe.flags.dealer_deposit_action
		if self.case.deposit:
			frappe.flags.dealer_deposit_action = frappe._dict(
				deposit=self.case.deposit,
				name=None,
				reason=_("Check {0} came back: {1}").format(self.case.check_no or "-", _(self.case.reason)),
			)

	def __exit__(self, *_error: object) -> None:
		frappe.flags.dealer_deposit_action = self.before


def _keep_hold(receipt) -> None:
	"""A person lets the customer keep the car although the money is gone: the hold stands by itself."""
	if not receipt.dealer_deposit:
		return
	vehicle = frappe.db.get_value("Deposit", receipt.dealer_deposit, "vehicle", for_update=True)
	hold = holds.active_hold(vehicle) if vehicle else None
	if hold and hold.deposit == receipt.dealer_deposit:
		holds.keep_without_deposit(hold.name)


def _tell_receipt(receipt) -> None:
	from dealer_pos_crm.dealer_counter.collecting import receipt as counter_receipt

	counter_receipt.reversed(receipt)


def _charge(case, bank: str) -> None:
	"""What it costs: the bank's own fee, and what the customer is charged."""
	settings = settings_of(case.company)
	bank_fee = rounded(case.bank_fee, case.currency)
	fee = rounded(case.customer_fee, case.currency)
	for amount, field in ((bank_fee, "bank_fee_account"), (fee, "returned_check_fee_account")):
		if amount and not settings.get(field):
			frappe.throw(
				_("Choose {0} in {1} first").format(
					_(settings.meta.get_label(field)), get_link_to_form("Dealer Settings", case.company)
				)
			)
	if bank_fee:
		case.fee_entry = returning.fee_of_the_bank(case, bank, settings.bank_fee_account, bank_fee)
	if fee:
		case.fee_invoice = returning.fee_invoice(case, settings.returned_check_fee_account, fee)


# What others ask


def keep(case) -> None:
	case.flags.of_the_house = True
	case.save(ignore_permissions=True)


def _amount(case) -> Money:
	return rounded(case.amount, case.currency)


def reopened_of(case) -> list[Reopened]:
	"""What was open again when the check came back."""
	return [
		Reopened(
			(row["doctype"], row["name"]),
			Money.of(row["amount"], case.currency),
			Money.of(row["base"], case.currency),
		)
		for row in json.loads(case.documents or "[]")
	]


def left_of(case) -> dict[Document, Money]:
	"""What of it is still open, by document."""
	opened = reopened_of(case)
	return rules.left_of(opened, returning.open_now([one.document for one in opened], case.currency))


def tell(case, kind: str, title: str, reason: str | None = None) -> str:
	"""One step of the case on the customer's timeline. Returns the event's key."""
	owner, center = frappe.db.get_value(
		"Payment Entry" if case.payment_entry else "POS Invoice",
		case.payment_entry or case.pos_invoice,
		["owner", "cost_center"],
	)
	return log.write(
		kind,
		title=title,
		customer=case.customer,
		company=case.company,
		reference=(DOCTYPE, case.name),
		deposit=case.deposit,
		deal=case.deal,
		repair_order=case.repair_order,
		vehicle=case.vehicle,
		department=department_of(case.company, center),
		amount=_amount(case),
		actor=_who_calls(case) or owner,
		facts={
			"what": _("check {0}").format(case.check_no or case.payment_entry or case.pos_invoice),
			"reason": reason or _(case.reason),
			"check_no": case.check_no,
		},
	)


def _who_calls(case) -> str | None:
	"""Whoever looks after the customer: in the lane the advisor, else who sells to them."""
	fields = ["dealer_sales_owner", "dealer_service_owner"]
	sales, service = frappe.db.get_value("Customer", case.customer, fields)
	if case.repair_order:
		return service or sales
	return sales or service


def state(name: str, *, lock: bool = False) -> dict:
	"""A case as the screens see it. Amounts in major units. ``lock``: read past any snapshot."""
	case = frappe.get_doc(DOCTYPE, name, for_update=lock)
	return {
		field: case.get(field)
		for field in (
			"name",
			"status",
			"customer",
			"payment_entry",
			"pos_invoice",
			"amount",
			"currency",
			"reversal",
			"reversal_entry",
			"fee_entry",
			"fee_invoice",
			"reopened",
		)
	}
