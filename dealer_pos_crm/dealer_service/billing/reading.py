"""A repair order as billing sees it, and the documents that bill it already. Nothing here writes."""

from collections.abc import Iterable
from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_link_to_form

from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.dealer_service.orders.order import locked, money, number
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain.billing import Line, LineKind, Payers, Work
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.repair_order import Answer, PayType


def works_of(order) -> list[Work]:
	"""The jobs of an order with their lines. Refused when lines and price of a job differ."""
	works = []
	for row in order.jobs:
		work = Work(
			job_no=cint(row.job_no),
			title=cstr(row.title),
			pay_type=PayType(row.pay_type or "Customer"),
			answer=Answer(row.answer or "Pending"),
			done=bool(cint(row.done)),
			lines=tuple(_lines(order, row)),
			bill_to=row.bill_to or None,
			department=row.department or None,
		)
		price, lines = money(order, row.amount), work.amount(order.currency)
		if work.answer is Answer.APPROVED and price != lines:
			raise Refused(
				"lines_differ",
				marked(
					"Job {0} costs {1}, its labor, parts and sublets add up to {2}. Save the order once more"
				),
				work.job_no,
				price,
				lines,
			)
		works.append(work)
	return works


def _lines(order, row) -> Iterable[Line]:
	zero = Money.zero(order.currency)
	job_no = cint(row.job_no)
	labor = money(order, row.labor_amount)
	parts = [part for part in order.parts if cint(part.job_no) == job_no]
	sublets = [sublet for sublet in order.sublets if cint(sublet.job_no) == job_no]
	if labor or not (parts or sublets):
		yield Line(LineKind.LABOR, job_no, cstr(row.title), number(row.hours), money(order, row.rate), labor)
	for part in parts:
		yield Line(
			LineKind.PART,
			job_no,
			cstr(part.description) or cstr(part.item),
			number(part.qty),
			money(order, part.rate),
			money(order, part.amount),
			item=part.item or None,
			warehouse=part.warehouse or None,
		)
	for sublet in sublets:
		price = money(order, sublet.price)
		yield Line(LineKind.SUBLET, job_no, cstr(sublet.description), number(1), price, price or zero)


def payers_of(order) -> Payers:
	return Payers(
		customer=order.customer,
		manufacturer=manufacturer_of(order),
		insurer=order.insurer or None,
		deductible=money(order, order.deductible) if order.deductible else None,
	)


def manufacturer_of(order) -> str | None:
	"""The customer that stands for the make of the order's vehicle; None where nobody is named."""
	make = cstr(frappe.get_cached_value("Dealer Vehicle", order.vehicle, "make")).strip().casefold()
	for row in settings_of(order.company).manufacturers:
		if make and cstr(row.make).strip().casefold() == make:
			return row.customer
	return None


def no_manufacturer_remedy(order) -> str:
	return _("Name the customer that pays for warranty of {0} in {1}").format(
		frappe.bold(frappe.get_cached_value("Dealer Vehicle", order.vehicle, "make") or "-"),
		get_link_to_form("Dealer Settings", order.company),
	)


# --- Documents that stand ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Invoice:
	"""A submitted Sales Invoice of the order. ``amount`` counts its credit notes; ``open`` too."""

	name: str
	payer: str
	pay_type: PayType
	account: str
	whole: Money
	amount: Money
	open: Money
	stands: bool  # not credited in full
	posted: str


@dataclass(frozen=True)
class Deductible:
	"""The Journal Entry that made a deductible the customer's debt."""

	name: str
	invoice: str
	payer: str
	account: str
	amount: Money
	open: Money


@dataclass(frozen=True)
class Documents:
	"""All that stands of an order in ERPNext's books."""

	invoices: tuple[Invoice, ...]
	deductibles: tuple[Deductible, ...]
	internal: tuple[tuple[str, str], ...]
	jobs: frozenset[int]  # on a document that stands
	drafts: tuple[str, ...]
	unmarked: tuple[str, ...]  # invoices that stand and name no jobs: made by hand

	@property
	def any(self) -> bool:
		return bool(self.internal) or any(invoice.stands for invoice in self.invoices)


_LOCK = "lock in share mode"


def locked_with_bills(name: str):
	"""The order and its invoices, kept from others: the invoices first, as ERPNext locks them before the
	order hears of it when it is an accountant who works on them; and one by one by their names, as a lock on
	a range of them would stand in that accountant's way."""
	invoices = frappe.get_all(
		"Sales Invoice", {"dealer_repair_order": name, "docstatus": 1}, pluck="name", order_by="name"
	)
	if not frappe.db.transaction_writes:
		frappe.db.rollback()  # whoever has to wait for a lock reads what the other one committed
	for invoice in invoices:
		frappe.db.get_value("Sales Invoice", invoice, "name", for_update=True)
	return locked(name)


def documents_of(order, *, lock: bool = True) -> Documents:
	"""Read from ERPNext. With ``lock``, as an action needs it, each row stays as it is until the end of the
	transaction, and whoever waited sees what was committed; a screen or a print reads without."""
	locking = _LOCK if lock else ""
	rows = frappe.db.sql(
		f"""select name, customer, docstatus, is_return, return_against, debit_to, dealer_pay_type,
			base_grand_total, base_rounded_total, posting_date
		from `tabSales Invoice` where dealer_repair_order = %s and docstatus < 2
		order by posting_date, creation, name {locking}""",
		order.name,
		as_dict=True,
	)
	billed = [row for row in rows if row.docstatus == 1]
	open_amounts = _open_amounts("Sales Invoice", [row.name for row in billed], order.currency, locking)
	invoices = tuple(_invoices(billed, open_amounts, order.currency))
	deductibles, internal, internal_jobs = _journals(order, locking)
	standing = [invoice.name for invoice in invoices if invoice.stands]
	jobs_of = _jobs_of(standing)
	issues = tuple(
		("Stock Entry", name)
		for name in frappe.get_all(
			"Stock Entry", {"dealer_repair_order": order.name, "docstatus": 1}, pluck="name", order_by="name"
		)
	)
	return Documents(
		invoices=invoices,
		deductibles=deductibles,
		internal=(*internal, *issues),
		jobs=frozenset(number for numbers in jobs_of.values() for number in numbers) | internal_jobs,
		drafts=tuple(row.name for row in rows if row.docstatus == 0 and not cint(row.is_return)),
		unmarked=tuple(name for name in standing if not jobs_of.get(name)),
	)


def _invoices(rows: list, open_amounts: dict[str, Money], currency: str) -> Iterable[Invoice]:
	zero = Money.zero(currency)

	def worth(row) -> Money:
		return rounded(row.base_rounded_total or row.base_grand_total, currency)

	for row in rows:
		if cint(row.is_return) and any(other.name == row.return_against for other in rows):
			continue
		whole = worth(row)
		notes = [note for note in rows if cint(note.is_return) and note.return_against == row.name]
		amount = whole
		left = open_amounts.get(row.name, zero)
		for note in notes:
			amount = amount + worth(note)
			left = left + open_amounts.get(note.name, zero)
		yield Invoice(
			name=row.name,
			payer=row.customer,
			pay_type=PayType(row.dealer_pay_type or "Customer"),
			account=row.debit_to,
			whole=whole,
			amount=amount,
			open=left,
			stands=amount.minor > 0 or (not notes and not cint(row.is_return)),
			posted=cstr(row.posting_date),
		)


def _open_amounts(doctype: str, names: list[str], currency: str, locking: str) -> dict[str, Money]:
	"""What the Payment Ledger says is open on documents, whoever owes it. Negative: the house owes it."""
	if not names:
		return {}
	rows = frappe.db.sql(
		f"""select against_voucher_no, sum(amount) as amount from `tabPayment Ledger Entry`
		where against_voucher_no in %s and against_voucher_type = %s and party_type = 'Customer'
			and delinked = 0
		group by against_voucher_no {locking}""",
		(tuple(names), doctype),
		as_dict=True,
	)
	return {row.against_voucher_no: rounded(row.amount, currency) for row in rows}


def _journals(
	order, locking: str
) -> tuple[tuple[Deductible, ...], tuple[tuple[str, str], ...], frozenset[int]]:
	"""Deductibles, internal entries, and the jobs that the internal ones bill."""
	rows = frappe.db.sql(
		f"""select j.name, a.account, a.party, a.debit, a.credit, a.reference_type, a.reference_name,
			a.dealer_job_no
		from `tabJournal Entry` j join `tabJournal Entry Account` a on a.parent = j.name
		where j.dealer_repair_order = %s and j.docstatus = 1 order by j.name, a.idx {locking}""",
		order.name,
		as_dict=True,
	)
	by_name: dict[str, list] = {}
	for row in rows:
		by_name.setdefault(row.name, []).append(row)
	owed = {
		name: next((row for row in lines if row.party == order.customer and row.debit), None)
		for name, lines in by_name.items()
		if any(row.reference_type == "Sales Invoice" for row in lines)
	}
	owed = {name: row for name, row in owed.items() if row}
	open_amounts = _open_amounts("Journal Entry", list(owed), order.currency, locking)
	deductibles = tuple(
		Deductible(
			name=name,
			invoice=next(line.reference_name for line in by_name[name] if line.reference_type),
			payer=order.customer,
			account=row.account,
			amount=rounded(row.debit, order.currency),
			open=open_amounts.get(name, Money.zero(order.currency)),
		)
		for name, row in owed.items()
	)
	internal = [name for name, lines in by_name.items() if any(cint(line.dealer_job_no) for line in lines)]
	jobs = frozenset(
		cint(line.dealer_job_no) for name in internal for line in by_name[name] if line.dealer_job_no
	)
	return deductibles, tuple(("Journal Entry", name) for name in internal), jobs


def _jobs_of(invoices: list[str]) -> dict[str, list[int]]:
	found: dict[str, list[int]] = {}
	for row in frappe.get_all(
		"Sales Invoice Item",
		{"parent": ("in", invoices or [""]), "dealer_job_no": (">", 0)},
		["parent", "dealer_job_no"],
		order_by="parent, idx",
	):
		found.setdefault(row.parent, []).append(cint(row.dealer_job_no))
	return found


def billed_amounts(order, documents: Documents) -> dict[int, tuple[Money, str]]:
	"""What each job stands on a bill for, and on which document, before taxes and credit notes."""
	found: dict[int, tuple[Money, str]] = {}
	standing = [invoice.name for invoice in documents.invoices if invoice.stands]
	rows = frappe.get_all(
		"Sales Invoice Item",
		{"parent": ("in", standing or [""]), "dealer_job_no": (">", 0)},
		["parent", "dealer_job_no", "amount"],
		order_by="parent, idx",
	)
	journals = [name for doctype, name in documents.internal if doctype == "Journal Entry"]
	rows += frappe.get_all(
		"Journal Entry Account",
		{"parent": ("in", journals or [""]), "dealer_job_no": (">", 0), "debit": (">", 0)},
		["parent", "dealer_job_no", "debit as amount"],
		order_by="parent, idx",
	)
	for row in rows:
		before = found.get(cint(row.dealer_job_no), (Money.zero(order.currency), ""))[0]
		found[cint(row.dealer_job_no)] = (before + rounded(row.amount, order.currency), row.parent)
	return found
