"""Billing a repair order: the rows in the books, once, and what refuses it."""

import frappe
import pytest
from frappe.utils import flt

from dealer_pos_crm.dealer_service.billing.invoicing import NotReadyToInvoice
from dealer_pos_crm.dealer_service.billing.missing import ServiceAccountingMissing
from tests.site import billing as b
from tests.site import factories as f
from tests.site import lane


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return b.set_up()


def test_customer_pay_is_one_invoice_by_department():
	order = b.ready(
		[
			b.work(hours=1.5, parts=[{"description": "Pads", "qty": 2, "rate": 40.25}]),
			b.work("Oil change", hours=1),
		]
	)
	result = b.invoice(order)
	invoice = b.only(order)

	assert [row["doctype"] for row in result["documents"]] == ["Sales Invoice"]
	assert (invoice.customer, invoice.dealer_pay_type, invoice.dealer_vehicle) == (
		order.customer,
		"Customer",
		order.vehicle,
	)
	assert [(row.dealer_job_no, flt(row.amount, 2)) for row in invoice.items] == [
		(1, 225.0),
		(1, 80.5),
		(2, 150.0),
	]
	assert b.gl("Sales Invoice", invoice.name) == [
		("Debtors", "Service", order.customer, 455.5, 0),
		("Sales", "Parts", "", 0, 80.5),
		("Sales", "Service", "", 0, 375.0),
	]
	assert b.position(order) == ("Invoiced", "Unpaid", 455.5, 0, 455.5)
	assert ("ro.invoiced", None) in lane.events(order)


def test_every_pay_type_and_payer_gets_its_own_document():
	fleet = b.named_customer("Fleet and Sons")
	order = b.ready(
		[
			b.work("Brakes", 1),
			b.work("Fleet check", 2),
			b.work("Recall", 1, pay_type="Warranty"),
			b.work("Detail", 1, pay_type="Internal"),
		]
	)
	b.bill_to(order, 2, fleet)
	frappe.db.set_value("Repair Order Job", lane.job(order, 4).name, "department", "Sales")
	frappe.db.commit()
	b.invoice(order)

	assert b.gl("Sales Invoice", b.only(order, customer=order.customer).name) == [
		("Debtors", "Service", order.customer, 150, 0),
		("Sales", "Service", "", 0, 150),
	]
	assert flt(b.only(order, customer=fleet).grand_total) == 300
	warranty = b.only(order, customer=b.manufacturer())
	assert (flt(warranty.grand_total), warranty.dealer_pay_type) == (120, "Warranty")
	(journal,) = b.documents(order, "Journal Entry")
	assert b.gl("Journal Entry", journal.name) == [
		("Internal Service Cost", "Sales", "", 90, 0),
		("Internal Service Income", "Service", "", 0, 90),
	]
	(claim,) = frappe.get_all(
		"Manufacturer Claim",
		{"repair_order": order.name},
		["status", "claimed_amount", "sales_invoice", "manufacturer"],
	)
	assert (claim.status, claim.claimed_amount, claim.sales_invoice, claim.manufacturer) == (
		"To Submit",
		120,
		warranty.name,
		b.manufacturer(),
	)
	assert b.position(order) == ("Invoiced", "Unpaid", 450, 0, 450)


def test_declined_work_is_never_billed():
	order = lane.make_order(works=[b.work(), b.work("Wipers")])
	lane.answer(order, 1)
	lane.answer(order, 2, "Declined")
	lane.finish(order)
	b.invoice(order)

	assert [row.dealer_job_no for row in b.only(order).items] == [1]


def test_a_double_click_bills_once():
	order, key = b.ready(), f.key()
	first, second, third = b.invoice(order, key), b.invoice(order, key), b.invoice(order)

	assert (first["repeated"], second["repeated"], third["repeated"]) == (False, True, True)
	assert first["documents"] == second["documents"] == third["documents"]
	b.only(order)
	assert lane.events(order).count(("ro.invoiced", None)) == 1


def test_pending_and_undone_work_is_listed():
	order = lane.make_order(works=[b.work(), b.work("Wipers")])
	lane.answer(order, 1)
	frappe.db.commit()
	with pytest.raises(NotReadyToInvoice) as refused:
		b.invoice(order)

	assert "job 2" in str(refused.value) and "job 1" in str(refused.value)
	assert not b.documents(order)
	assert b.position(order)[0] != "Invoiced"


def test_missing_settings_are_named_with_a_link():
	order = b.ready([b.work(parts=[{"description": "Pads", "qty": 1, "rate": 5}])])
	settings = frappe.get_doc("Dealer Settings", f.COMPANY)
	kept = (settings.labor_item, settings.parts_item)
	try:
		settings.update({"labor_item": None, "parts_item": None})
		settings.save()
		with pytest.raises(ServiceAccountingMissing) as refused:
			b.invoice(order)
	finally:
		frappe.db.rollback()
		settings.reload()
		settings.update({"labor_item": kept[0], "parts_item": kept[1]})
		settings.save()
		frappe.db.commit()

	text = str(refused.value)
	assert "Item for Labor" in text and "Item for Parts" in text and "dealer-settings" in text
	assert not b.documents(order)


def test_warranty_of_a_make_that_nobody_pays_for_is_refused_with_a_link():
	order = b.ready([b.work(), b.work("Recall", pay_type="Warranty")])
	frappe.db.set_value("Dealer Vehicle", order.vehicle, "make", "Trabant")
	frappe.clear_document_cache("Dealer Vehicle", order.vehicle)
	frappe.db.commit()
	with pytest.raises(ServiceAccountingMissing, match="Trabant"):
		b.invoice(order)
	assert not b.documents(order)


def test_a_draft_made_by_hand_stops_a_second_bill():
	order = b.ready()
	draft = f.make_invoice(order.customer, 150, submit=False, dealer_repair_order=order.name)
	with pytest.raises(NotReadyToInvoice, match=draft.name):
		b.invoice(order)
	assert not b.documents(order)
