"""The papers of the lane say what was agreed, done, billed and left undone; and fit their page."""

import frappe
import pytest

from dealer_pos_crm.dealer_service.orders import closing
from dealer_pos_crm.dealer_service.printing import dealer_service_paper
from tests.site import billing as b
from tests.site import factories as f
from tests.site import lane


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return b.set_up()


def texts(paper) -> list[str]:
	return [
		*(f"{fact.label}: {fact.text}" for fact in paper.facts),
		*(f"{row.label} | {row.amount} | {row.note}" for part in paper.sums for row in part.rows),
	]


def section(paper, title: str) -> list[tuple[str, str]]:
	return [(row.label, row.amount) for part in paper.sums if part.title == title for row in part.rows]


def mixed_order():
	order = lane.make_order(
		works=[b.work("Front <b>pads</b>", 2, parts=[{"description": "Pads", "qty": 1, "rate": 80}])]
	)
	lane.recommend(order, title="Wiper blades", hours=0.2, severity="Yellow")
	lane.recommend(order, title="Recall", hours=1, pay_type="Warranty")
	return order


def test_the_estimate_shows_what_the_customer_would_pay():
	order = mixed_order()
	frappe.db.commit()
	number = closing.estimate_number(order.name)
	order.reload()
	paper = dealer_service_paper(order, "estimate")

	assert (paper.title, paper.number) == ("Estimate", number)
	assert section(paper, "Work") == [
		("1. Front <b>pads</b>", "$ 380.00"),
		("2. Wiper blades", "$ 30.00"),
		("Estimated total", "$ 410.00"),
	]
	assert section(paper, "Also to be done") == [("3. Recall", "Warranty")]
	assert "10 %" in paper.terms


def test_the_customer_copy_says_who_authorised_what_and_how():
	order = mixed_order()
	lane.answer(order, 1, how="Phone", phone="(555) 010-2233", by="Ann Buyer")
	lane.answer(order, 2, "Declined", by="Ann Buyer")
	paper = dealer_service_paper(order, "repair order")

	(row,) = [r for part in paper.sums if part.title == "Authorised" for r in part.rows if r.kind == "part"]
	assert (row.label, row.amount) == ("1. Front <b>pads</b>", "$ 380.00")
	assert "Approved by Ann Buyer" in row.note and "by phone (555) 010-2233" in row.note
	assert section(paper, "Recommended, and not done on this visit") == [("Wiper blades", "$ 30.00")]


def test_the_invoice_lists_what_was_declined_and_what_was_paid():
	order = lane.make_order(works=[b.work("Pads", 2), b.work("Wiper blades", 1)])
	lane.answer(order, 1)
	lane.answer(order, 2, "Declined")
	lane.finish(order)
	b.invoice(order)
	b.collect(order, [("Cash", 100)])
	paper = dealer_service_paper(b.only(order), "invoice")

	assert section(paper, "Work")[-1] == ("Total", "$ 300.00")
	assert section(paper, "Paid") == [("Paid: Cash", "− $ 100.00"), ("Open now", "$ 200.00")]
	assert section(paper, "Recommended, and not done on this visit") == [("Wiper blades", "$ 150.00")]
	assert paper.amount == "$ 200.00"


def test_the_customers_invoice_tells_the_deductible():
	insurer = b.named_customer("Safe Harbor Insurance")
	order = b.ready([b.work("Fender", 10), b.work("Oil change", 1)])
	b.bill_to(order, 1, insurer)
	b.set_on(order, insurer=insurer, deductible=500)
	b.invoice(order)

	own = dealer_service_paper(b.only(order, customer=order.customer), "invoice")
	assert section(own, "Besides this invoice") == [
		("This invoice", "$ 150.00"),
		("Deductible", "$ 500.00"),
		("To pay in all", "$ 650.00"),
	]
	theirs = dealer_service_paper(b.only(order, customer=insurer), "invoice")
	assert section(theirs, "Paid")[-1] == ("Open now", "$ 1,000.00")


def test_only_a_car_that_left_has_a_gate_pass():
	order = b.ready()
	b.invoice(order)
	assert dealer_service_paper(order, "gate pass").mark.title == "Not released"
	with f.logged_in(lane.service_manager()):
		b.release(order, reason="On account")
	paper = dealer_service_paper(order, "gate pass")

	assert paper.mark is None
	assert any(
		text.startswith("Payment: Released unpaid by") and "On account" in text for text in texts(paper)
	)


def test_a_print_is_of_its_own_kind_of_document():
	with pytest.raises(ValueError):
		dealer_service_paper(lane.make_order(), "invoice")


@pytest.mark.parametrize(
	("doctype", "name"),
	[
		("Repair Order", "Service Estimate"),
		("Repair Order", "Repair Order Copy"),
		("Repair Order", "Gate Pass"),
		("Repair Order", "Gate Pass 80 mm"),
		("Sales Invoice", "Service Invoice"),
		("Vehicle Inspection", "Inspection Sheet"),
	],
)
def test_every_print_format_renders_and_escapes(doctype, name):
	order = b.ready([b.work("Front <b>pads</b>", 1)])
	if doctype == "Sales Invoice":
		b.invoice(order)
		document = b.only(order).name
	elif doctype == "Vehicle Inspection":
		document = (
			frappe.get_doc(
				{
					"doctype": doctype,
					"repair_order": order.name,
					"template": frappe.db.get_value("Inspection Template", {"enabled": 1}),
				}
			)
			.insert()
			.name
		)
	else:
		document = order.name
	html = frappe.get_print(doctype, document, name)

	assert order.name in html
	assert "<b>pads</b>" not in html
