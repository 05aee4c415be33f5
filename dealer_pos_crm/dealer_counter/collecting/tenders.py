"""What the screen says of lines and tenders, read into the terms of the rules."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import frappe
from frappe import _
from frappe.utils import cstr, getdate

from dealer_pos_crm.dealer_cashier.money import to_money
from dealer_pos_crm.dealer_counter.collecting import dues
from dealer_pos_crm.dealer_setup.roles import MANAGERS
from dealer_pos_crm.domain import collection as rules
from dealer_pos_crm.domain.collection import CURRENCY, Document, Line, Payable, Tender, Way
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

PAYABLE_DOCTYPES = ("Sales Invoice", "Journal Entry")


@dataclass(frozen=True)
class Row:
	"""A tender as the rules see it, and what its Payment Entry, deposit or credit needs besides."""

	tender: Tender
	reference_date: str | None = None
	face_value: Money | None = None
	reader: str | None = None
	deposit: str | None = None
	credit: Document | None = None


def request_hash(*parts: object) -> str:
	"""By what a request that comes again is known to be the same."""
	text = json.dumps(parts, sort_keys=True, default=cstr)
	return hashlib.sha256(text.encode()).hexdigest()[:40]


def wanted_lines(rows: Sequence[dict], currency: str) -> list[tuple[Document, Money]]:
	"""``rows``: [{doctype, name, amount}], amounts in major units."""
	found = []
	for row in rows:
		doctype, name = cstr(row.get("doctype")), cstr(row.get("name"))
		if doctype not in PAYABLE_DOCTYPES:
			frappe.throw(_("{0} {1} is not paid by itself; choose its invoice").format(_(doctype), name))
		found.append(((doctype, name), to_money(row.get("amount"), currency)))
	return found


def read(
	rows: Sequence[dict], customer: str, company: str, currency: str, payables: Sequence[Payable]
) -> list[Row]:
	"""``rows``: [{way, mode_of_payment, amount, given, reference_no, reference_date, face_value, reader, deposit,
	credit_of}]. Amounts in major units; of cash either ``amount`` or ``given`` may be missing. A credit without
	``credit_of`` is drawn from all there are, the oldest first. Raises ``Refused``."""
	found: list[Row] = []
	for row in rows:
		found.extend(_read(frappe._dict(row), customer, company, currency, payables))
	_check_once([row.deposit for row in found] + [row.credit and row.credit[1] for row in found])
	who = {
		"no_checks": bool(frappe.db.get_value("Customer", customer, "dealer_no_checks")),
		"may_take_any_check": bool(set(frappe.get_roles()) & set(MANAGERS)),
		"customer": cstr(frappe.db.get_value("Customer", customer, "customer_name")) or customer,
	}
	for one in found:
		rules.check_tender(one.tender, **who)
	return found


def _check_once(sources: Sequence[str | None]) -> None:
	"""The money of a deposit or a credit is counted once."""
	named = [source for source in sources if source]
	for source in named:
		if named.count(source) > 1:
			raise Refused("twice", marked("{0} is on this receipt twice; keep one of the two"), source)


def _read(
	row: frappe._dict, customer: str, company: str, currency: str, payables: Sequence[Payable]
) -> list[Row]:
	try:
		way = Way(row.way or "Mode")
	except ValueError:
		frappe.throw(_("{0} is not a way of paying").format(cstr(row.way)))
	reader = {Way.MODE: _mode, Way.CARD: _card, Way.DEPOSIT: _deposit, Way.CREDIT: _credit}[way]
	return reader(row, customer, company, currency, payables)


def _mode(row, customer: str, company: str, currency: str, payables) -> list[Row]:
	mode = cstr(row.mode_of_payment)
	known = (
		frappe.get_cached_value("Mode of Payment", mode, ["enabled", "dealer_instrument"]) if mode else None
	)
	if not known or not known[0]:
		frappe.throw(_("Choose how it is paid: {0} is no mode of payment in use").format(mode or "-"))
	instrument = cstr(known[1]) or (CURRENCY if _is_cash(mode) else "")
	amount, given = _money(row.amount, currency), _money(row.given, currency)
	tender = Tender(
		Way.MODE,
		amount,
		mode=mode,
		instrument=instrument,
		given=given,
		reference=cstr(row.reference_no).strip()[:140],
	)
	face = _money(row.face_value, currency)
	if face is None and instrument in rules.WITH_NUMBER:
		face = amount
	return [Row(tender, cstr(getdate(row.reference_date)) if row.reference_date else None, face_value=face)]


def _is_cash(mode: str) -> bool:
	return frappe.get_cached_value("Mode of Payment", mode, "type") == "Cash"


def _card(row, customer: str, company: str, currency: str, payables) -> list[Row]:
	if not row.reader:
		raise Refused("no_reader", marked("Choose the card reader"))
	tender = Tender(Way.CARD, to_money(row.amount, currency), mode=_("Card"), one_account=True)
	return [Row(tender, reader=cstr(row.reader))]


def _deposit(row, customer: str, company: str, currency: str, payables) -> list[Row]:
	name = cstr(row.deposit)
	held = next(iter(dues.deposits_of(customer, company, only=[name], lock=True)), None)
	if held is None:
		raise Refused("no_deposit", marked("Deposit {0} holds no money of this customer"), name or "-")
	amount = to_money(row.amount, currency)
	if amount > held.amount:
		raise Refused(
			"more_than_held", marked("Deposit {0} holds {1}; {2} is more"), name, held.amount, amount
		)
	may_pay = rules.deposit_may_pay(held, payables)
	if not may_pay:
		raise Refused(
			"other_purpose",
			marked("Deposit {0} is held for something else ({1}). Move it on the Deposit first"),
			name,
			held.what,
		)
	return [Row(Tender(Way.DEPOSIT, amount, reference=name, may_pay=may_pay), deposit=name)]


def _credit(row, customer: str, company: str, currency: str, payables) -> list[Row]:
	amount = to_money(row.amount, currency)
	credits = dues.credits_of(customer, company, lock=True)
	if row.credit_of:
		credits = [credit for credit in credits if credit.document[1] == row.credit_of]
	usable = [(credit, rules.credit_may_pay(credit, payables)) for credit in credits]
	usable = [(credit, may_pay) for credit, may_pay in usable if may_pay]
	may = {credit.document: may_pay for credit, may_pay in usable}
	found = []
	for credit, part in rules.draw(amount, [credit for credit, _may in usable]):
		tender = Tender(Way.CREDIT, part, reference=credit.document[1], may_pay=may[credit.document])
		found.append(Row(tender, credit=credit.document))
	return found


def _money(value: object, currency: str) -> Money | None:
	return None if value in (None, "") else to_money(value, currency)


def shares_of(
	lines: Sequence[Line], rows: Sequence[Row], *, keep_rest: bool, currency: str
) -> list[tuple[Row, rules.Share]]:
	"""The rows with their amounts, and which part of each pays which line."""
	wanted = rules.covered(lines, currency)
	tenders = rules.complete([row.tender for row in rows], wanted, keep_rest=keep_rest)
	shares = rules.allocate(lines, tenders, keep_rest=keep_rest, currency=currency)
	return [
		(replace(row, tender=tender), share) for row, tender, share in zip(rows, tenders, shares, strict=True)
	]
