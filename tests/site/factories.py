"""The one place that makes test data on a site: a dealership, its people, customers, cars and deposits.

Everything is named apart per test, because tests commit as the product does.
"""

import itertools
import random
import uuid
from contextlib import contextmanager

import frappe
from frappe.utils import add_days, add_to_date, flt, now_datetime, nowdate

from dealer_pos_crm.dealer_cashier.deposits import actions
from dealer_pos_crm.dealer_counter.cash_reports import report as cash_report
from dealer_pos_crm.dealer_setup import accounting, roles
from dealer_pos_crm.domain.vin import make_vin

COMPANY = "Summit Motors"
ABBR = "SM"
_serial = itertools.count(1)


def unique(prefix: str) -> str:
	return f"{prefix} {uuid.uuid4().hex[:8]}"


def key() -> str:
	return uuid.uuid4().hex


def make_dealership() -> str:
	"""Dealer Settings with deposit accounting, once per site."""
	if not frappe.db.exists("Dealer Settings", COMPANY):
		frappe.get_doc({"doctype": "Dealer Settings", "company": COMPANY}).insert()
	accounting.set_up(COMPANY)
	settings = frappe.get_doc("Dealer Settings", COMPANY)
	manager = make_user(roles.SALES_MANAGER, "sales.manager")
	for row in settings.departments:
		row.manager = manager
		row.cost_center = row.cost_center or make_cost_center(row.department)
	settings.business_hours = []
	settings.send_receipt = 0
	settings.save()
	for mode, account in (("Cash", "Cash"), ("Card", "Bank"), ("Check", "Bank")):
		make_mode(mode, account)
	frappe.db.commit()
	return COMPANY


def make_cost_center(department: str) -> str:
	name = f"{department} - SM"
	if not frappe.db.exists("Cost Center", name):
		frappe.get_doc(
			{
				"doctype": "Cost Center",
				"cost_center_name": department,
				"company": COMPANY,
				"parent_cost_center": f"{COMPANY} - SM",
			}
		).insert()
	return name


def make_mode(mode: str, account_type: str) -> str:
	"""A mode of payment with a company account of its own kind."""
	if not frappe.db.exists("Mode of Payment", mode):
		frappe.get_doc(
			{
				"doctype": "Mode of Payment",
				"mode_of_payment": mode,
				"type": "Cash" if mode == "Cash" else "Bank",
			}
		).insert()
	account = frappe.db.get_value(
		"Account", {"company": COMPANY, "account_type": account_type, "is_group": 0}, "name"
	)
	if not account:
		parent = frappe.db.get_value(
			"Account",
			{"company": COMPANY, "is_group": 1, "account_type": account_type}
			if account_type == "Cash"
			else {"company": COMPANY, "is_group": 1, "account_name": "Bank Accounts"},
			"name",
		)
		account = (
			frappe.get_doc(
				{
					"doctype": "Account",
					"company": COMPANY,
					"account_name": f"Checking ({account_type})",
					"parent_account": parent,
					"account_type": account_type,
				}
			)
			.insert()
			.name
		)
	doc = frappe.get_doc("Mode of Payment", mode)
	if not any(row.company == COMPANY and row.default_account for row in doc.accounts):
		doc.accounts = [row for row in doc.accounts if row.company != COMPANY]
		doc.append("accounts", {"company": COMPANY, "default_account": account})
		doc.save()
	return mode


def make_user(role: str | tuple[str, ...], local: str | None = None) -> str:
	"""An enabled desk user with just these roles. Password: "pw-dealer-1"."""
	names = (role,) if isinstance(role, str) else role
	email = f"{local or names[0].split()[-1].lower() + str(next(_serial)) + key()[:6]}@summit-motors.example"
	if not frappe.db.exists("User", email):
		user = frappe.get_doc(
			{
				"doctype": "User",
				"email": email,
				"first_name": email.split("@")[0],
				"send_welcome_email": 0,
				"user_type": "System User",
				"new_password": "pw-Dealer-2026!",
			}
		)
		user.flags.no_welcome_mail = True
		frappe.local.conf["throttle_user_limit"] = 10_000  # sixty an hour are few for tests
		user.insert()
		user.add_roles(*names)
	return email


def make_people() -> dict[str, str]:
	"""One user of each role alone, a second manager, a system manager, and somebody with no role of ours."""
	found = {role: make_user(role, f"only.{frappe.scrub(role)}") for role in roles.ROLES}
	found["Second Manager"] = make_user(roles.MANAGER, "only.second.manager")
	found["Nobody"] = make_user("Desk User", "only.nobody")
	found["System Manager"] = make_user("System Manager", "only.system.manager")
	frappe.db.commit()
	return found


@contextmanager
def logged_in(user: str):
	before = frappe.session.user
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(before)


def make_customer(name: str | None = None, **values):
	doc = frappe.get_doc(
		{
			"doctype": "Customer",
			"customer_name": name or unique("Ann Buyer"),
			"customer_type": "Individual",
			"customer_group": frappe.db.get_value("Customer Group", {"is_group": 0}, "name"),
			"territory": frappe.db.get_value("Territory", {"is_group": 0}, "name"),
			**values,
		}
	)
	return doc.insert()


def make_vehicle(**values):
	serial = f"{uuid.uuid4().int % 1_000_000:06d}"
	model, line = ("".join(random.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=length)) for length in (2, 2))
	return frappe.get_doc(
		{
			"doctype": "Dealer Vehicle",
			"vin": make_vin(f"4T1{model}F{line}CU{serial}"),
			"company": COMPANY,
			"model_year": 2019,
			"make": "Toyota",
			"model": "Camry",
			"status": "Front-line Ready",
			"stock_number": f"S{serial}",
			**values,
		}
	).insert()


def make_deposit(customer=None, vehicle=None, amount: float = 500, **values):
	"""A draft deposit. ``vehicle=False`` makes one without a vehicle."""
	if vehicle is None:
		vehicle = make_vehicle()
	doc = {
		"doctype": "Deposit",
		"company": COMPANY,
		"customer": (customer or make_customer()).name,
		"amount": amount,
		"kind": "Hold",
		"department": "Sales",
		"refundable": "Yes",
	}
	if vehicle:
		doc |= {"vehicle": vehicle.name, "hold_until": add_days(now_datetime(), 7)}
	else:
		doc |= {"held_for": "Roof rack for a 2019 Camry", "kind": "Part"}
	doc.update(values)
	return frappe.get_doc(doc).insert()


def take(deposit, tenders: list[tuple[str, float]] | None = None, client_key: str | None = None) -> dict:
	rows = [
		{"mode_of_payment": mode, "amount": amount} for mode, amount in tenders or [("Cash", deposit.amount)]
	]
	if sum(amount for mode, amount in tenders or [("Cash", deposit.amount)] if mode == "Cash") > MUCH_CASH:
		know_payer(deposit.customer)
	result = actions.take(deposit.name, rows, client_key or key())
	frappe.db.commit()
	deposit.reload()
	return result


# From here a test of something else records who pays first, as the counter has to (Form 8300).
MUCH_CASH = 2500
PAYER = {
	"payer_first_name": "Ann",
	"payer_last_name": "Buyer",
	"payer_tin": "123-45-6789",
	"payer_born_on": "1980-02-29",
	"payer_occupation": "plumber",
	"payer_street": "12 Main St",
	"payer_city": "Plano",
	"payer_state": "TX",
	"payer_zip": "75023",
	"id_document": "Driver license",
	"id_issued_by": "Texas",
	"id_number": "TX-88123",
}


def know_payer(customer: str) -> None:
	"""Record who pays, so that more than $10,000 in cash may be taken. Commits."""
	if cash_report.known_of(customer, COMPANY):
		return
	doc = cash_report.prepared(customer, COMPANY)
	doc.update(PAYER)
	cash_report.insert(doc)
	frappe.db.commit()


def take_new(customer=None, vehicle=None, amount: float = 500, tenders=None, **values):
	"""A deposit whose money is taken."""
	deposit = make_deposit(customer, vehicle, amount, **values)
	frappe.db.commit()
	take(deposit, tenders)
	return deposit


def act(deposit, action: str, client_key: str | None = None, **values) -> dict:
	frappe.db.commit()  # an action begins a transaction of its own
	result = actions.act(deposit.name, action, frappe._dict(values), client_key or key())
	frappe.db.commit()
	deposit.reload()
	return result


def let_hold_end(deposit) -> None:
	"""As if the time of its hold had passed a minute ago; nobody has looked yet."""
	ago = add_to_date(now_datetime().replace(microsecond=0), minutes=-1)
	frappe.db.set_value("Deposit", deposit.name, "hold_until", ago, update_modified=False)
	frappe.db.set_value("Dealer Vehicle Hold", {"deposit": deposit.name}, "hold_until", ago)
	frappe.clear_document_cache("Deposit", deposit.name)
	frappe.db.commit()
	deposit.reload()


def make_invoice(customer, amount: float, vehicle=None, submit: bool = True, **values):
	invoice = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"company": COMPANY,
			"customer": customer if isinstance(customer, str) else customer.name,
			"posting_date": nowdate(),
			"due_date": nowdate(),
			"dealer_vehicle": vehicle.name if vehicle else None,
			"disable_rounded_total": 1,
			"items": [
				{
					"item_name": "Vehicle sale",
					"description": "Vehicle sale",
					"qty": 1,
					"uom": "Nos",
					"conversion_factor": 1,
					"rate": amount,
					"income_account": income_account(),
				}
			],
			**values,
		}
	)
	invoice.insert()
	if submit:
		invoice.submit()
	return invoice


def income_account() -> str:
	return frappe.db.get_value(
		"Account", {"company": COMPANY, "account_name": "Sales", "is_group": 0}, "name"
	) or frappe.db.get_value("Account", {"company": COMPANY, "root_type": "Income", "is_group": 0}, "name")


def balance(account_name: str, party: str | None = None) -> float:
	"""Debit minus credit of an account, for one party when named."""
	account = account_name if account_name.endswith(" - SM") else _account(account_name)
	condition = "and party = %(party)s" if party else ""
	rows = frappe.db.sql(
		f"""select sum(debit) - sum(credit) from `tabGL Entry`
		where account = %(account)s and is_cancelled = 0 {condition}""",
		{"account": account, "party": party},
	)
	return flt(rows[0][0], 2)


def _account(name: str) -> str:
	return frappe.db.get_value("Account", {"company": COMPANY, "account_name": name}, "name")


def deposits_account() -> str:
	return frappe.db.get_value("Dealer Settings", COMPANY, "deposit_account")


def debtors_account() -> str:
	return frappe.get_cached_value("Company", COMPANY, "default_receivable_account")


def event_types(**filters) -> list[str]:
	return frappe.get_all("Customer Event", filters, pluck="event_type", order_by="name")


def cash_account() -> str:
	return frappe.db.get_value(
		"Mode of Payment Account", {"parent": "Cash", "company": COMPANY}, "default_account"
	)


def tax_account() -> str:
	name = f"Sales Tax - {ABBR}"
	if not frappe.db.exists("Account", name):
		frappe.get_doc(
			{
				"doctype": "Account",
				"company": COMPANY,
				"account_name": "Sales Tax",
				"parent_account": frappe.db.get_value("Account", deposits_account(), "parent_account"),
				"account_type": "Tax",
			}
		).insert()
	return name


def make_item(name: str = "Floor mats") -> str:
	"""A thing that is sold and not kept in stock."""
	if not frappe.db.exists("Item", name):
		frappe.get_doc(
			{
				"doctype": "Item",
				"item_code": name,
				"item_name": name,
				"item_group": frappe.db.get_value("Item Group", {"is_group": 0}, "name"),
				"stock_uom": "Nos",
				"is_stock_item": 0,
			}
		).insert()
	return name


def make_pos_profile() -> str:
	name = "Counter"
	if not frappe.db.exists("POS Profile", name):
		frappe.get_doc(
			{
				"doctype": "POS Profile",
				"name": name,
				"company": COMPANY,
				"currency": "USD",
				"warehouse": frappe.db.get_value("Warehouse", {"company": COMPANY, "is_group": 0}, "name"),
				"write_off_account": _account("Write Off"),
				"write_off_cost_center": frappe.get_cached_value("Company", COMPANY, "cost_center"),
				"income_account": income_account(),
				"selling_price_list": "Standard Selling",
				"payments": [{"mode_of_payment": "Cash", "default": 1}],
			}
		).insert()
	return name


def open_shift():
	opening = frappe.get_doc(
		{
			"doctype": "POS Opening Entry",
			"company": COMPANY,
			"pos_profile": make_pos_profile(),
			"user": frappe.session.user,
			"period_start_date": now_datetime(),
			"balance_details": [{"mode_of_payment": "Cash", "opening_amount": 0}],
		}
	)
	opening.insert()
	opening.submit()
	return opening


def sell_at_pos(customer, amount: float):
	"""A sale at the POS screen, and the closing of its shift. Returns both documents."""
	from erpnext.accounts.doctype.pos_closing_entry.pos_closing_entry import (
		make_closing_entry_from_opening,
	)

	opening = open_shift()
	sale = frappe.get_doc(
		{
			"doctype": "POS Invoice",
			"company": COMPANY,
			"customer": customer.name,
			"pos_profile": opening.pos_profile,
			"is_pos": 1,
			"currency": "USD",
			"conversion_rate": 1,
			"disable_rounded_total": 1,
			"items": [
				{"item_code": make_item(), "qty": 1, "rate": amount, "income_account": income_account()}
			],
			"payments": [{"mode_of_payment": "Cash", "amount": amount, "account": cash_account()}],
		}
	)
	sale.insert()
	sale.submit()
	frappe.db.commit()
	closing = make_closing_entry_from_opening(opening)
	for row in closing.payment_reconciliation:
		row.closing_amount = row.expected_amount
	closing.insert()
	closing.submit()
	frappe.db.commit()
	closing.reload()
	return sale, closing
