"""What may go wrong when a repair order is billed: two at once, stock, closed books, taxes, rights."""

import frappe
import pytest
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from frappe.utils import add_days, flt, nowdate

from dealer_pos_crm.api import service_billing as api
from dealer_pos_crm.dealer_service.billing import position
from dealer_pos_crm.dealer_setup import roles, service_accounting
from tests.site import billing as b
from tests.site import factories as f
from tests.site import lane
from tests.site.racers import Racers


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return b.set_up()


@pytest.fixture(scope="module")
def racers(site, dealership):
	found = Racers(site)
	yield found
	found.close()


@pytest.mark.parametrize("same_key", [True, False])
def test_two_workers_bill_once(racers, same_key):
	order = b.ready([b.work(), b.work("Recall", pay_type="Warranty"), b.work("Detail", pay_type="Internal")])
	key = f.key()
	finishes = racers.run(
		("invoice_order", order.name, key), ("invoice_order", order.name, key if same_key else f.key())
	)
	frappe.db.rollback()

	assert all(finish.won for finish in finishes), [finish.error for finish in finishes]
	assert sorted(finish.result["repeated"] for finish in finishes) == [False, True]
	assert (len(b.documents(order)), len(b.documents(order, "Journal Entry"))) == (2, 1)
	assert b.position(order) == ("Invoiced", "Unpaid", 150, 0, 150)
	assert lane.events(order).count(("ro.invoiced", None)) == 1


def test_two_cashiers_do_not_take_more_than_is_open(racers):
	order = b.ready()
	b.invoice(order)
	finishes = racers.run(
		("collect_order", order.name, 100, f.key()), ("collect_order", order.name, 100, f.key())
	)
	frappe.db.rollback()

	assert sorted(finish.won for finish in finishes) == [False, True]
	assert "too much" in next(finish.error for finish in finishes if not finish.won)
	assert b.position(order) == ("Invoiced", "Partly Paid", 150, 100, 50)


def test_one_click_on_two_workers_takes_the_money_once(racers):
	order, key = b.ready(), f.key()
	b.invoice(order)
	finishes = racers.run(("collect_order", order.name, 60, key), ("collect_order", order.name, 60, key))
	frappe.db.rollback()

	assert all(finish.won for finish in finishes), [finish.error for finish in finishes]
	assert b.position(order) == ("Invoiced", "Partly Paid", 150, 60, 90)


@pytest.mark.parametrize("_round", range(3))
def test_an_accountant_and_the_cashier_at_once(racers, _round):
	order = b.ready()
	b.invoice(order)
	draft = get_payment_entry("Sales Invoice", b.only(order).name)
	draft.update({"reference_no": "1", "reference_date": nowdate()})
	draft.insert()
	frappe.db.commit()
	finishes = racers.run(
		("submit", "Payment Entry", draft.name), ("collect_order", order.name, 150, f.key())
	)
	frappe.db.rollback()

	assert sorted(finish.won for finish in finishes) == [False, True], [f.error for f in finishes]
	loser = next(finish for finish in finishes if not finish.won)
	assert "ValidationError" in loser.kinds, (loser.kinds, loser.error)
	assert b.position(order) == ("Invoiced", "Paid", 150, 150, 0)
	assert b.owes(order.customer) == 0
	assert lane.events(order).count(("ro.paid", None)) == 1


def test_an_invoice_cancelled_while_money_is_taken(racers):
	order = b.ready()
	b.invoice(order)
	invoice = b.only(order).name
	finishes = racers.run(("cancel", "Sales Invoice", invoice), ("collect_order", order.name, 150, f.key()))
	frappe.db.rollback()

	for finish in finishes:
		assert finish.won or "ValidationError" in finish.kinds, (finish.kinds, finish.error)
	cancelled, collected = (finish.won for finish in finishes)
	assert cancelled or collected
	expected = ("Ready", "Not Invoiced", 0, 0, 0) if cancelled else ("Invoiced", "Paid", 150, 150, 0)
	assert b.position(order) == expected
	assert b.owes(order.customer) == (-150 if cancelled and collected else 0)


def test_a_customer_merged_before_the_invoice():
	order = b.ready()
	other = f.make_customer()
	frappe.db.commit()
	frappe.rename_doc("Customer", order.customer, other.name, merge=True)
	frappe.db.commit()
	order.reload()
	b.invoice(order)
	b.collect(order, [("Cash", 150)])

	assert b.only(order).customer == other.name
	assert b.position(order) == ("Invoiced", "Paid", 150, 150, 0)


# --- stock --------------------------------------------------------------------------------------------


@pytest.fixture
def stock():
	"""Invoices take parts from stock; ten brake discs at 30 lie there."""
	warehouse = frappe.db.get_value("Warehouse", {"company": f.COMPANY, "is_group": 0}, "name")
	b.set_up(update_stock=1, parts_warehouse=warehouse)
	item = f.unique("Brake disc")
	frappe.get_doc(
		{
			"doctype": "Item",
			"item_code": item,
			"item_name": item,
			"item_group": frappe.db.get_value("Item Group", {"is_group": 0}, "name"),
			"stock_uom": "Nos",
			"is_stock_item": 1,
		}
	).insert()
	frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"purpose": "Material Receipt",
			"company": f.COMPANY,
			"items": [
				{
					"item_code": item,
					"qty": 10,
					"t_warehouse": warehouse,
					"basic_rate": 30,
					"uom": "Nos",
					"conversion_factor": 1,
				}
			],
		}
	).insert().submit()
	frappe.db.commit()
	yield item, warehouse
	frappe.db.rollback()
	b.set_up(update_stock=0)


def in_stock(item: str) -> float:
	return flt(frappe.db.get_value("Bin", {"item_code": item}, "actual_qty"))


def test_parts_leave_the_stock_with_the_invoice_and_the_issue(stock):
	item, warehouse = stock
	order = b.ready(
		[
			b.work("Brakes", 1, parts=[{"item": item, "qty": 2, "rate": 75, "warehouse": warehouse}]),
			b.work("Recon", 1, pay_type="Internal", parts=[{"item": item, "qty": 1, "rate": 50}]),
		]
	)
	b.invoice(order)

	assert in_stock(item) == 7
	rows = b.gl("Sales Invoice", b.only(order).name)
	assert ("Debtors", "Service", order.customer, 300, 0) in rows
	assert ("Cost of Goods Sold", "Parts", "", 60, 0) in rows
	(journal,) = b.documents(order, "Journal Entry")
	assert b.gl("Journal Entry", journal.name) == [
		("Internal Service Cost", "Service", "", 140, 0),
		("Internal Service Income", "Parts", "", 0, 50),
		("Internal Service Income", "Service", "", 0, 90),
	]
	(issue,) = b.documents(order, "Stock Entry")
	assert ("Cost of Goods Sold", "Parts", "", 30, 0) in b.gl("Stock Entry", issue.name)

	b.only(order).cancel()
	frappe.db.commit()
	assert in_stock(item) == 9
	b.invoice(order)
	assert in_stock(item) == 7
	assert len(b.documents(order, "Stock Entry")) == 1


def test_parts_that_are_not_there_undo_everything(stock):
	item, _warehouse = stock
	order = b.ready(
		[b.work(parts=[{"item": item, "qty": 11, "rate": 75}]), b.work("Recall", pay_type="Warranty")]
	)
	with pytest.raises(frappe.ValidationError, match="needed in"):
		b.invoice(order)
	frappe.db.rollback()

	assert (b.documents(order), in_stock(item)) == ([], 10)
	assert not frappe.db.exists("Manufacturer Claim", {"repair_order": order.name})
	assert b.position(order) == ("Ready", "Not Invoiced", 0, 0, 0)


def test_a_denied_claim_moves_no_parts(stock):
	from dealer_pos_crm.dealer_service.billing import claims

	item, _warehouse = stock
	order = b.ready([b.work("Recall", 1, pay_type="Warranty", parts=[{"item": item, "qty": 3, "rate": 10}])])
	b.invoice(order)
	assert in_stock(item) == 7
	claim = frappe.db.get_value("Manufacturer Claim", {"repair_order": order.name})
	frappe.db.commit()
	claims.submit(claim, "W-1")
	frappe.db.commit()
	claims.deny(claim, "Wear and tear", "Bill Customer")
	frappe.db.commit()

	assert in_stock(item) == 7
	assert b.position(order) == ("Invoiced", "Unpaid", 150, 0, 150)


def test_a_part_whose_item_is_disabled_is_named_with_its_job(stock):
	item, _warehouse = stock
	order = b.ready([b.work(parts=[{"item": item, "qty": 1, "rate": 75}])])
	frappe.db.set_value("Item", item, "disabled", 1)
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="Job 1"):
		b.invoice(order)


# --- books and taxes ----------------------------------------------------------------------------------


def test_closed_books_undo_everything():
	order = b.ready([b.work(), b.work("Detail", pay_type="Internal")])
	frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", add_days(nowdate(), 1))
	frappe.db.set_single_value("Accounts Settings", "frozen_accounts_modifier", "Dealer Technician")
	frappe.db.commit()
	try:
		with f.logged_in(lane.advisor()), pytest.raises(frappe.ValidationError, match="not authorized"):
			b.invoice(order)
		frappe.db.rollback()
	finally:
		frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", None)
		frappe.db.set_single_value("Accounts Settings", "frozen_accounts_modifier", None)
		frappe.db.commit()

	assert (b.documents(order), b.documents(order, "Journal Entry")) == ([], [])
	assert b.position(order) == ("Ready", "Not Invoiced", 0, 0, 0)


def tax_template(included: int = 0) -> str:
	title = f.unique("Service tax")
	return (
		frappe.get_doc(
			{
				"doctype": "Sales Taxes and Charges Template",
				"title": title,
				"company": f.COMPANY,
				"taxes": [
					{
						"charge_type": "On Net Total",
						"account_head": f.tax_account(),
						"description": "Sales tax",
						"rate": 8.25,
						"included_in_print_rate": included,
					}
				],
			}
		)
		.insert()
		.name
	)


def test_tax_is_the_customers_and_not_the_manufacturers():
	order = b.ready([b.work(), b.work("Recall", pay_type="Warranty")])
	b.set_on(order, tax_template=tax_template())
	b.invoice(order)

	own = b.only(order, customer=order.customer)
	assert (flt(own.net_total), flt(own.grand_total)) == (150, 162.38)
	assert ("Sales Tax", "Main", "", 0, 12.38) in b.gl("Sales Invoice", own.name)
	assert flt(b.only(order, customer=b.manufacturer()).grand_total) == 120
	assert b.position(order) == ("Invoiced", "Unpaid", 162.38, 0, 162.38)


def test_a_price_that_holds_the_tax_stays_the_price():
	order = b.ready()
	b.set_on(order, tax_template=tax_template(included=1))
	b.invoice(order)

	assert flt(b.only(order).grand_total) == 150


def test_awkward_quantities_come_to_the_same_cent():
	order = b.ready([b.work("Oil", 1, parts=[{"description": "Oil, quarts", "qty": 4.5, "rate": 8.99}])])
	b.invoice(order)

	assert flt(b.only(order).grand_total) == flt(order.customer_total) == 190.46


def test_an_order_without_anything_to_pay_is_invoiced_all_the_same():
	order = b.ready([b.work("Courtesy check", 0)])
	b.invoice(order)

	assert b.documents(order) == []
	assert b.position(order) == ("Invoiced", "Paid", 0, 0, 0)


# --- rights and set-up --------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [roles.ADVISOR, roles.CASHIER, roles.SERVICE_MANAGER, roles.ACCOUNTANT])
def test_who_bills_needs_no_right_to_write_invoices(role):
	order = b.ready([b.work(), b.work("Recall", pay_type="Warranty"), b.work("Detail", pay_type="Internal")])
	with f.logged_in(f.make_user(role, f"bills.{frappe.scrub(role)}")):
		api.invoice(order.name, f.key())
	frappe.db.commit()

	assert b.position(order)[0] == "Invoiced"


@pytest.mark.parametrize("role", [roles.TECHNICIAN, roles.BDC, roles.SALESPERSON, roles.PARTS])
def test_others_do_not_bill_collect_or_hand_over(role):
	order = b.ready()
	with f.logged_in(f.make_user(role, f"bills.not.{frappe.scrub(role)}")):
		for call in (
			lambda: api.invoice(order.name, f.key()),
			lambda: api.collect(order.name, [{"mode_of_payment": "Cash", "amount": 1}], f.key()),
			lambda: api.hand_car_over(order.name, 30_010),
		):
			with pytest.raises(frappe.PermissionError):
				call()
	assert b.documents(order) == []


def test_the_cashier_collects_and_hands_over():
	order = b.ready()
	b.invoice(order)
	with f.logged_in(f.make_user(roles.CASHIER, "lane.cashier")):
		view = api.get_overview(order.name)
		assert (view["can_collect"], view["outstanding"], view["may_release"]) == (True, 150, False)
		api.collect(order.name, [{"mode_of_payment": "Cash", "amount": 150}], f.key())
		frappe.db.commit()
		api.hand_car_over(order.name, 30_010)
		frappe.db.commit()
		view = api.get_overview(order.name)

	assert b.position(order) == ("Closed", "Paid", 150, 150, 0)
	assert [(p["owner"], p["mode_of_payment"], p["here"]) for p in view["payments"]] == [
		("lane.cashier@summit-motors.example", "Cash", 150)
	]


def test_an_invoice_names_an_order_of_its_own_company_that_lives():
	order = lane.make_order()
	frappe.db.set_value("Repair Order", order.name, "status", "Cancelled")
	with pytest.raises(frappe.ValidationError, match="cancelled"):
		f.make_invoice(order.customer, 10, submit=False, dealer_repair_order=order.name)


def test_setting_up_twice_changes_nothing():
	assert service_accounting.preview(f.COMPANY)["ready"]
	assert service_accounting.set_up(f.COMPANY)["notes"] == ["Already set up"]


def test_setting_up_shows_and_makes_what_is_missing():
	settings = frappe.get_doc("Dealer Settings", f.COMPANY)
	fields = [*service_accounting.ITEMS, *service_accounting.ACCOUNTS]
	settings.update(dict.fromkeys(fields))
	settings.save()
	shown = service_accounting.preview(f.COMPANY)
	assert not shown["ready"]
	service_accounting.set_up(f.COMPANY)
	settings.reload()

	assert all(settings.get(field) for field in fields)
	assert service_accounting.planned_changes(f.COMPANY) == []
	frappe.db.rollback()
	frappe.clear_document_cache("Dealer Settings", f.COMPANY)


def test_the_nightly_check_finds_what_no_event_told():
	order = b.ready()
	b.invoice(order)
	frappe.db.set_value("Repair Order", order.name, {"outstanding": 1, "invoiced_total": 7})
	frappe.db.commit()
	position.check_all_open()

	assert b.position(order) == ("Invoiced", "Unpaid", 150, 0, 150)
