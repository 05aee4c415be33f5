"""A forfeiture is an invoice: with its tax, paid by the deposit to the cent, and only once."""

import frappe
import pytest

from tests.site import factories as f
from tests.site.accountant import unreconcile
from tests.site.checks import events, everything_right, figures
from tests.site.refusals import refused


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture
def taxed():
	"""Makes the company's forfeitures taxed at 7 per cent, within the price or on top of it."""

	def make(*, included: bool) -> None:
		tax = frappe.get_doc(
			{
				"doctype": "Sales Taxes and Charges Template",
				"title": f.unique("Forfeit tax"),
				"company": f.COMPANY,
				"taxes": [
					{
						"charge_type": "On Net Total",
						"account_head": f.tax_account(),
						"description": "Sales tax",
						"rate": 7,
						"included_in_print_rate": int(included),
					}
				],
			}
		).insert()
		use(tax.name)

	def use(template: str | None) -> None:
		frappe.db.set_value("Dealer Settings", f.COMPANY, "forfeit_tax_template", template)
		frappe.clear_document_cache("Dealer Settings", f.COMPANY)
		frappe.db.commit()

	yield make
	frappe.db.rollback()
	use(None)


def test_the_tax_is_within_what_is_kept(taxed):
	taxed(included=True)
	customer = f.make_customer()
	deposit = f.take_new(
		customer, None, 500.05, tenders=[("Cash", 200.02), ("Card", 300.03)], refundable="No"
	)
	result = f.act(deposit, "Forfeit", amount=500.05, reason="Never came back")

	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Forfeited", (500.05, 0, 0, 500.05, 0))
	invoice = frappe.get_doc("Sales Invoice", result["documents"][0]["name"])
	assert (invoice.grand_total, invoice.outstanding_amount) == (500.05, 0)
	assert (invoice.net_total, invoice.total_taxes_and_charges) == (467.34, 32.71)
	assert f.balance(f.debtors_account(), customer.name) == 0
	assert f.balance(f.deposits_account(), customer.name) == 0


def test_a_tax_on_top_is_refused(taxed):
	taxed(included=False)
	deposit = f.take_new(amount=500, refundable="No")
	with refused("535.00 USD instead of 500.00 USD", "include them in the rate"):
		f.act(deposit, "Forfeit", amount=500, reason="Never came back")


def test_what_is_left_after_a_refund_is_forfeited():
	deposit = f.take_new(amount=500, refundable="No")
	f.act(deposit, "Refund", amount=200, reason="Half of it is fair")
	f.act(deposit, "Forfeit", amount=300, reason="Never came back")
	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Forfeited", (500, 0, 200, 300, 0))


def test_an_open_forfeiture_is_not_repeated():
	customer = f.make_customer()
	deposit = f.take_new(customer, None, 500, refundable="No")
	result = f.act(deposit, "Forfeit", amount=500, reason="Never came back")
	invoice = result["documents"][0]["name"]
	unreconcile(deposit.tenders[0].payment_entry)
	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Held", (500, 0, 0, 0, 500))
	with refused(invoice, "still open", "Apply the deposit to it"):
		f.act(deposit, "Forfeit", amount=500, reason="Once more")

	f.act(deposit, "Apply", amount=500, sales_invoice=invoice)
	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Forfeited", (500, 0, 0, 500, 0))
	assert [kind for kind, _reversed in events(deposit)].count("deposit.forfeited") == 2
	assert f.balance(f.debtors_account(), customer.name) == 0
