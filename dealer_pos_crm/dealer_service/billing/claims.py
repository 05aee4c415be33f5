"""Warranty claims: from the manufacturer's invoice to its money, or to what was lost of it."""

from collections.abc import Callable, Iterable

import frappe
from frappe import _
from frappe.utils import cint, getdate

from dealer_pos_crm.dealer_cashier.deposits.taking import money_account
from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float, to_money
from dealer_pos_crm.dealer_service import log
from dealer_pos_crm.dealer_service.billing import making, missing, position, reading
from dealer_pos_crm.dealer_service.orders.order import facts_of
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import cost_center_of, settings_of
from dealer_pos_crm.domain import claim as rules
from dealer_pos_crm.domain.billing import Bill
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.repair_order import PayType

DOCTYPE = "Manufacturer Claim"


# --- The claim and its invoice ------------------------------------------------------------------------


def open_claim(order, bill: Bill, invoice: str) -> str:
	"""The claim of a warranty invoice, to be submitted. One whose invoice was taken back gets the new one."""
	whole = frappe.db.get_value("Sales Invoice", invoice, "base_grand_total")
	claim = _idle_claim(order, bill.payer) or frappe.new_doc(DOCTYPE)
	claim.update(
		{
			"repair_order": order.name,
			"vehicle": order.vehicle,
			"company": order.company,
			"manufacturer": bill.payer,
			"sales_invoice": invoice,
			"currency": order.currency,
			"claimed_amount": whole,
			"paid_amount": 0,
			"difference": 0,
			"difference_entry": None,
			"status": rules.Status.TO_SUBMIT.value,
			"submitted_on": None,
			"answered_on": None,
			"denial_reason": None,
		}
	)
	_keep(claim)
	return claim.name


def _idle_claim(order, manufacturer: str):
	standing = {invoice.name for invoice in reading.documents_of(order).invoices if invoice.stands}
	for name, invoice, status in frappe.get_all(
		DOCTYPE,
		{"repair_order": order.name, "manufacturer": manufacturer},
		["name", "sales_invoice", "status"],
		order_by="name",
		as_list=True,
	):
		if invoice not in standing and status != rules.Status.DENIED.value:
			return frappe.get_doc(DOCTYPE, name, for_update=True)
	return None


def _keep(claim) -> None:
	claim.flags.of_the_claim = True
	claim.save(ignore_permissions=True)


def position_of(claim, documents: reading.Documents) -> rules.Position:
	"""What the books say of the claim's invoice: claimed, paid, booked as a loss."""
	invoice = next((row for row in documents.invoices if row.name == claim.sales_invoice), None)
	zero = Money.zero(claim.currency)
	if invoice is None:
		return rules.Position(rounded(claim.claimed_amount, claim.currency), zero, zero)
	lost = _booked_as_lost(claim)
	return rules.Position(invoice.amount, invoice.amount - invoice.open - lost, lost)


def _booked_as_lost(claim) -> Money:
	"""What journals of ours took off the invoice, to the account for differences."""
	account = settings_of(claim.company).claim_difference_account
	rows = frappe.db.sql(
		"""select sum(a.credit) from `tabJournal Entry Account` a
		join `tabJournal Entry` j on j.name = a.parent
		where a.reference_type = 'Sales Invoice' and a.reference_name = %s and j.docstatus = 1
			and exists (select 1 from `tabJournal Entry Account` o where o.parent = j.name and o.account = %s)""",
		(claim.sales_invoice, account or ""),
	)
	return rounded(rows[0][0], claim.currency)


def follow(order, documents: reading.Documents) -> None:
	"""Bring the claims of an order in line with the books, whoever booked the manufacturer's money."""
	names = frappe.get_all(DOCTYPE, {"repair_order": order.name}, pluck="name", order_by="name")
	for name in names:
		claim = frappe.get_doc(DOCTYPE, name, for_update=True)
		where = position_of(claim, documents)
		denied = claim.status == rules.Status.DENIED.value
		status = rules.status_of(where, submitted=bool(claim.submitted_on), denied=denied)
		before = claim.status
		values = {
			"paid_amount": to_float(where.paid) if where.paid.minor > 0 else 0.0,
			"difference": to_float(where.difference),
			"status": status.value,
		}
		if status in (rules.Status.PAID, rules.Status.PARTLY_PAID) and not claim.answered_on:
			values["answered_on"] = getdate()
		changed = {field: value for field, value in values.items() if claim.get(field) != value}
		if changed:
			claim.db_set(changed, notify=True)
		_tell_paid(order, claim, before, status, where)


def _tell_paid(order, claim, before: str, status: rules.Status, where: rules.Position) -> None:
	"""Nothing waits any more, and money came: say it once. Say it, too, when the money went back."""
	settled = status is rules.Status.PAID or (status is rules.Status.PARTLY_PAID and where.open.minor <= 0)
	told = _standing(order.name, claim.name, "claim.paid")
	if settled and not told:
		text = (
			_("Warranty claim paid: {0}").format(shown(where.paid))
			if not where.difference
			else _("Warranty claim paid short: {0} of {1}").format(shown(where.paid), shown(where.claimed))
		)
		_step(order, claim, "claim.paid", text, where.paid)
	elif told and not settled:
		_step(
			order,
			claim,
			"claim.submitted",
			_("Payment of a warranty claim taken back: {0} open").format(shown(where.open)),
			where.open,
			reverses=told,
		)


def _standing(order: str, claim: str, kind: str) -> str | None:
	rows = frappe.get_all(
		"Service Log",
		{"repair_order": order, "kind": kind, "reference_doctype": DOCTYPE, "reference_name": claim},
		pluck="name",
		order_by="name desc",
	)
	keys = [f"{kind}:{name}" for name in rows]
	undone = set(
		frappe.get_all(
			"Service Log",
			{"repair_order": order, "reverses": ("in", keys or [""])},
			pluck="reverses",
			order_by="name",
		)
	)
	return next((key for key in keys if key not in undone), None)


def _step(order, claim, kind: str, title: str, amount: Money, *, reason=None, reverses=None) -> str:
	return log.write(
		kind,
		title=title,
		customer=order.customer,
		company=order.company,
		reference=(DOCTYPE, claim.name),
		vehicle=order.vehicle,
		repair_order=order.name,
		amount=amount,
		actor=order.advisor,
		reason=reason,
		facts=facts_of(order),
		reverses=reverses,
	)


# --- What people do with a claim ----------------------------------------------------------------------


def _alone_with(name: str):
	"""The claim and its order, both locked, the order first as everywhere."""
	order = reading.locked_with_bills(frappe.db.get_value(DOCTYPE, name, "repair_order"))
	return order, frappe.get_doc(DOCTYPE, name, for_update=True)


@action
def submit(name: str, claim_number: str, submitted_on: str | None = None) -> dict:
	"""It was sent to the manufacturer, under this number."""
	order, claim = _alone_with(name)
	with explained():
		on = getdate(submitted_on) if submitted_on else getdate()
		first = claim.status == rules.Status.TO_SUBMIT.value
		number = rules.check_submit(rules.Status(claim.status), claim_number or "", on, getdate(), claim.name)
		where = position_of(claim, reading.documents_of(order))
		_check_invoiced(claim, order)
		claim.update({"claim_number": number, "submitted_on": on, "status": rules.Status.SUBMITTED.value})
		_keep(claim)
		if first:
			_step(
				order,
				claim,
				"claim.submitted",
				_("Warranty claim submitted: {0}").format(shown(where.claimed)),
				where.claimed,
			)
	return _result(claim)


def _check_invoiced(claim, order) -> None:
	standing = {row.name for row in reading.documents_of(order).invoices if row.stands}
	if claim.sales_invoice not in standing:
		raise Refused(
			"claim_without_invoice",
			marked("The invoice of {0} was cancelled or credited. Invoice {1} again first"),
			claim.name,
			order.name,
		)


@action
def pay(
	name: str,
	amount: object,
	mode_of_payment: str,
	client_key: str,
	reference_no: str | None = None,
	reference_date: str | None = None,
	book_difference: bool = False,
) -> dict:
	"""The manufacturer paid. ``book_difference``: it is all there will be, the rest is booked as a loss."""
	from dealer_pos_crm.dealer_service.billing.invoicing import check_key

	check_key(client_key)
	order, claim = _alone_with(name)
	if frappe.db.exists(
		"Payment Entry",
		{"dealer_collect_key": client_key, "dealer_repair_order": order.name, "docstatus": 1},
	):
		return {**_result(claim), "repeated": True}
	with explained():
		_check_invoiced(claim, order)
		where = position_of(claim, reading.documents_of(order))
		paid = to_money(amount, claim.currency)
		rules.check_pay(rules.Status(claim.status), paid, where.open, claim.name)
		if book_difference and where.open != paid:
			_check_difference_account(claim)

		def book() -> None:
			_payment(order, claim, paid, mode_of_payment, client_key, reference_no, reference_date)
			if book_difference and where.open != paid:
				_write_off(order, claim, where.open - paid, _("Paid short"))

		claim.db_set("answered_on", getdate())
		_booked(order, book)
	claim.reload()
	return _result(claim)


@action
def settle(name: str, reason: str | None = None) -> dict:
	"""The rest of a claim that was paid short will not come: book it as a loss."""
	order, claim = _alone_with(name)
	with explained():
		where = position_of(claim, reading.documents_of(order))
		rules.check_settle(rules.Status(claim.status), where.open, claim.name)
		_check_difference_account(claim)
		_booked(order, lambda: _write_off(order, claim, where.open, reason or _("Paid short")))
	claim.reload()
	return _result(claim)


@action
def deny(name: str, reason: str, then: str) -> dict:
	"""The manufacturer pays nothing. ``then``: Write Off, Bill Customer or Bill Internal.

	Billed to somebody else, the manufacturer's invoice is credited and the same work invoiced again; the
	parts have left the stock and stay out of it.
	"""
	order, claim = _alone_with(name)
	with explained():
		after = _then(then)
		documents = reading.documents_of(order)
		where = position_of(claim, documents)
		text = rules.check_deny(rules.Status(claim.status), where, reason, claim.name)
		_check_invoiced(claim, order)
		invoice = next(row for row in documents.invoices if row.name == claim.sales_invoice)
		if after is rules.Then.WRITE_OFF:
			_check_difference_account(claim)

			def book() -> None:
				_write_off(order, claim, where.open, text)
		else:
			bill = _bill_of(order, invoice, after)
			missing.check(order, [bill])

			def book() -> None:
				making.credit_note(invoice, _("Warranty claim denied: {0}").format(text))
				making.make(order, bill, move_stock=False)

		claim.update(
			{
				"status": rules.Status.DENIED.value,
				"denial_reason": text[:140],
				"answered_on": getdate(),
			}
		)
		_keep(claim)
		_booked(order, book)
		_step(
			order,
			claim,
			"claim.denied",
			_("Warranty claim denied: {0}, {1}").format(shown(where.claimed), _(after.value)),
			where.claimed,
			reason=text,
		)
	claim.reload()
	return _result(claim)


def _then(value: str) -> rules.Then:
	try:
		return rules.Then(value)
	except ValueError:
		raise Refused(
			"claim_then",
			marked("What becomes of the denied claim? Choose one of: {0}"),
			", ".join(then.value for then in rules.Then),
		) from None


def _bill_of(order, invoice: reading.Invoice, after: rules.Then) -> Bill:
	"""The denied work once more, for somebody else, at the prices the manufacturer was asked for."""
	numbers = set(
		frappe.get_all("Sales Invoice Item", {"parent": invoice.name}, pluck="dealer_job_no", order_by="idx")
	)
	works = [work for work in reading.works_of(order) if work.job_no in numbers]
	lines = tuple(line for work in works for line in work.lines)
	bill = (
		Bill(PayType.CUSTOMER, order.customer, lines)
		if after is rules.Then.BILL_CUSTOMER
		else Bill(PayType.INTERNAL, "Service", lines)
	)
	if not lines:
		raise Refused(
			"claim_without_jobs",
			marked("{0} names no jobs of {1}; bill them by hand and write the claim off"),
			invoice.name,
			order.name,
		)
	return bill


def _booked(order, book: Callable[[], None]) -> None:
	messages = len(frappe.local.message_log)
	with position.acting():
		book()
	position.flush()
	position.refresh(order.name)
	del frappe.local.message_log[messages:]


def _payment(order, claim, amount: Money, mode, client_key, reference_no, reference_date) -> str:
	account = frappe.db.get_value("Sales Invoice", claim.sales_invoice, "debit_to")
	payment = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Receive",
			"company": claim.company,
			"posting_date": getdate(),
			"mode_of_payment": mode,
			"party_type": "Customer",
			"party": claim.manufacturer,
			"paid_from": account,
			"paid_to": money_account(mode, claim.company, claim.currency),
			"paid_amount": to_float(amount),
			"received_amount": to_float(amount),
			"source_exchange_rate": 1,
			"target_exchange_rate": 1,
			"reference_no": (reference_no or "").strip() or claim.claim_number or claim.name,
			"reference_date": reference_date or getdate(),
			"cost_center": cost_center_of(claim.company, "Service"),
			"dealer_repair_order": order.name,
			"dealer_collect_key": client_key,
			"remarks": _("Warranty claim {0}, repair order {1}").format(
				claim.claim_number or claim.name, order.name
			),
			"custom_remarks": 1,
			"references": [
				{
					"reference_doctype": "Sales Invoice",
					"reference_name": claim.sales_invoice,
					"allocated_amount": to_float(amount),
				}
			],
		}
	)
	payment.insert()
	payment.submit()
	return payment.name


def _check_difference_account(claim) -> None:
	settings = settings_of(claim.company)
	if settings.claim_difference_account:
		return
	frappe.throw(
		_("Choose {0} in {1} first").format(
			frappe.bold(_(settings.meta.get_label("claim_difference_account"))),
			frappe.utils.get_link_to_form("Dealer Settings", claim.company),
		),
		missing.ServiceAccountingMissing,
		title=_("Service Accounting"),
	)


def _write_off(order, claim, amount: Money, reason: str) -> None:
	account = frappe.db.get_value("Sales Invoice", claim.sales_invoice, "debit_to")
	name = making.journal(
		order,
		[
			{"account": settings_of(claim.company).claim_difference_account, "debit": amount},
			{
				"account": account,
				"party_type": "Customer",
				"party": claim.manufacturer,
				"credit": amount,
				"reference_type": "Sales Invoice",
				"reference_name": claim.sales_invoice,
			},
		],
		_("Warranty claim {0}, repair order {1}: {2}").format(
			claim.claim_number or claim.name, order.name, reason
		),
	)
	claim.db_set("difference_entry", name)


def _result(claim) -> dict:
	return {
		"claim": claim.name,
		"status": claim.status,
		"paid_amount": claim.paid_amount,
		"difference": claim.difference,
		"repeated": False,
	}


def listed(company: str, statuses: Iterable[str]) -> list[frappe._dict]:
	"""Claims of these statuses that the user may see, oldest first, with their age in days and what is open.

	The age counts from the submission, before it from the invoice.
	"""
	rows = frappe.get_list(
		DOCTYPE,
		{"status": ("in", list(statuses)), "company": company},
		[
			"name",
			"repair_order",
			"vehicle",
			"manufacturer",
			"claim_number",
			"status",
			"creation",
			"submitted_on",
			"answered_on",
			"claimed_amount",
			"paid_amount",
			"difference",
			"currency",
			"sales_invoice",
			"denial_reason",
		],
		order_by="creation, name",
		limit_page_length=0,
	)
	for row in rows:
		row.age = cint((getdate() - getdate(row.submitted_on or row.creation)).days)
		row.open_amount = rounded(row.claimed_amount - row.paid_amount - row.difference, row.currency)
	return rows


def open_claims(company: str) -> list[frappe._dict]:
	"""Claims that wait for the dealer or for the manufacturer's money."""
	return [
		row for row in listed(company, [status.value for status in rules.WAITING]) if row.open_amount.minor
	]
