"""What a customer's form shows: bounded, in one query, paged without gap or repeat, and with the ledger's money."""

from datetime import datetime

import frappe
import pytest

from dealer_pos_crm.api.customer import get_events, get_overview
from dealer_pos_crm.dealer_crm import spine
from dealer_pos_crm.dealer_crm.customer_view import PAGE
from dealer_pos_crm.dealer_crm.timeline import LIMIT, get_timeline
from dealer_pos_crm.domain.event import Event
from tests.site import factories as f
from tests.site.accountant import plain_payment, refund_of, unreconcile
from tests.site.counting import statements

MANY = 2 * PAGE + 7


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture(scope="module")
def busy(dealership):
	"""A customer with many events: some a second apart, many at the very same moment."""
	customer = f.make_customer()
	same = datetime(2026, 3, 1, 12, 0, 0)
	moments = [same] * (PAGE + 3) + [same.replace(microsecond=5)] * 4
	moments += [same.replace(second=n % 60, minute=n // 60) for n in range(1, MANY - len(moments) + 1)]
	spine.record(
		[
			Event(
				key=f"message.received:{customer.name}:{number}",
				type="message.received",
				happened_at=moment,
				customer=customer.name,
				company=f.COMPANY,
				department="Sales" if number % 2 else "Service",
				title=f"Message <b>{number}</b>",
				reference_doctype="Customer",
				reference_name=customer.name,
			)
			for number, moment in enumerate(moments)
		]
	)
	frappe.db.commit()
	return customer


def pages(customer, department=None) -> list[list[dict]]:
	found, cursor = [], None
	while True:
		page = get_events(customer.name, cursor, department)
		found.append(page["rows"])
		cursor = page["next"]
		if cursor is None:
			return found
		assert len(found) < 20, "the paging does not end"


@pytest.mark.parametrize("department", [None, "Sales", "Service"])
def test_every_event_is_on_one_page_and_in_order(busy, department):
	found = pages(busy, department)
	assert all(len(page) == PAGE for page in found[:-1])
	rows = [row for page in found for row in page]
	wanted = frappe.get_all(
		"Customer Event",
		{"customer": busy.name, **({"department": department} if department else {})},
		pluck="name",
		order_by="happened_at desc, name desc",
	)
	assert [row.name for row in rows] == wanted
	assert len(wanted) == (
		MANY if department is None else len([n for n in range(MANY) if n % 2 == (department == "Sales")])
	)


def test_an_event_that_comes_between_two_pages_moves_nothing(busy):
	first = get_events(busy.name)
	spine.record(
		[
			Event(
				key=f"message.received:{f.key()}",
				type="message.received",
				happened_at=datetime(2026, 4, 1),
				customer=busy.name,
				company=f.COMPANY,
				title="Newer",
			)
		]
	)
	second = get_events(busy.name, first["next"])
	frappe.db.rollback()
	assert not {row.name for row in first["rows"]} & {row.name for row in second["rows"]}
	assert second["rows"][0].name == pages(busy)[1][0].name


@pytest.mark.parametrize("cursor", ["yesterday", "2026-03-01 12:00:00|x", "|", "x|1"])
def test_a_cursor_that_is_none(busy, cursor):
	with pytest.raises(frappe.ValidationError, match="Reload"):
		get_events(busy.name, cursor)


def test_the_forms_own_timeline_is_bounded_and_one_query(busy):
	get_timeline("Customer", busy.name)
	with statements() as sent:
		lines = get_timeline("Customer", busy.name)
	assert len(sent) == 1, sent
	assert len(lines) == LIMIT
	assert [line["creation"] for line in lines] == sorted((line["creation"] for line in lines), reverse=True)
	assert "&lt;b&gt;" in lines[0]["content"] and "<b>" not in lines[0]["content"]


def test_the_form_of_a_customer_without_events_costs_one_query():
	customer = f.make_customer()
	get_timeline("Customer", customer.name)
	with statements() as sent:
		assert get_timeline("Customer", customer.name) == []
	assert len(sent) == 1, sent


def test_the_first_page_costs_the_same_however_much_there_is(busy):
	counts = []
	for customer in (busy, f.make_customer()):
		get_overview(customer.name)
		with statements() as sent:
			get_overview(customer.name)
		counts.append(len(sent))
	assert counts[0] <= counts[1] + 1
	assert counts[0] <= 16


def money(customer) -> tuple[float, float, float]:
	rows = [row for row in get_overview(customer.name)["money"] if row["company"] == f.COMPANY]
	assert len(rows) <= 1
	return (rows[0]["owed"], rows[0]["held"], rows[0]["credit"]) if rows else (0, 0, 0)


def test_the_money_row_is_the_ledgers():
	customer, vehicle = f.make_customer(), f.make_vehicle()
	assert money(customer) == (0, 0, 0)
	deposit = f.take_new(customer, vehicle, 500.1, tenders=[("Cash", 200.05), ("Card", 300.05)])
	assert money(customer) == (0, 500.1, 0)
	plain_payment(customer, 70.3)
	invoice = f.make_invoice(customer, 900.2, vehicle)
	assert money(customer) == (900.2, 500.1, 70.3)
	f.act(deposit, "Apply", amount=100.1, sales_invoice=invoice.name)
	assert money(customer) == (800.1, 400, 70.3)
	f.act(deposit, "Refund", amount=50.15, reason="Cheaper car")
	assert money(customer) == (800.1, 349.85, 70.3)
	unreconcile(refund_of(deposit).dealer_refund_of)
	deposit.reload()
	owed, held, credit = money(customer)
	assert (held, credit) == (deposit.held_amount, 70.3)
	assert owed == f.balance(f.debtors_account(), customer.name)
	assert -held - credit == pytest.approx(f.balance(f.deposits_account(), customer.name), abs=0.001)
