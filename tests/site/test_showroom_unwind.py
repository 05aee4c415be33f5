"""A delivered deal taken back: by unwinding it, or by an accountant who cancels its invoice."""

from contextlib import contextmanager

import frappe
import pytest
from frappe.utils import add_days, flt, getdate, nowdate

from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from dealer_pos_crm.dealer_showroom.delivery import unwind
from dealer_pos_crm.dealer_showroom.delivery.unwind import CannotUnwind
from tests.site import delivery as d
from tests.site import factories as f
from tests.site import showroom as s


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return d.set_up()


@contextmanager
def refusal(code: str):
	with pytest.raises(DealerRefusal) as refused:
		yield refused
	assert refused.value.code == code, refused.value
	frappe.db.rollback()


def open_items(deal) -> list[tuple]:
	"""What the Payment Ledger has open on the deal's own documents, whoever owes it."""
	names = [
		*frappe.get_all("Sales Invoice", {"dealer_deal": deal.name, "docstatus": 1}, pluck="name"),
		*frappe.get_all("Journal Entry", {"dealer_deal": deal.name, "docstatus": 1}, pluck="name"),
	]
	return [(name, d.open_on(name)) for name in names if d.open_on(name)]


def promises(deal) -> list:
	"""Follow-ups of the deal that are not over."""
	return frappe.get_all(
		"Follow Up",
		{"deal": deal.name, "status": ("in", ("Planned", "Open"))},
		["rule", "title", "cause", "subject_kind", "subject_name", "deposit", "cause_at"],
	)


# --- Unwound --------------------------------------------------------------------------------------------


def test_the_books_are_as_before_for_the_pair_of_documents():
	deal = d.contracted(
		"Finance",
		price=30_000,
		deposits=[500, 700],
		trades=[
			{"worth": 9000, "allowance": 10_000, "payoff": 6000},
			{"worth": 1500, "allowance": 1000},
		],
	)
	before, held = d.trial_balance(), d.money(deal)["deposits_held"]
	d.hand_over(deal)
	assert d.changed(before, d.trial_balance())
	result = d.take_back(deal, mileage=55)

	assert d.changed(before, d.trial_balance()) == {}
	assert open_items(deal) == []
	assert d.owes(d.supplier(), "Supplier") == 0 or d.open_on(deal.trade_entry) == 0
	note = frappe.get_doc("Sales Invoice", result["credit_note"])
	assert (note.is_return, note.return_against, note.outstanding_amount) == (1, deal.sales_invoice, 0)
	assert frappe.db.get_value("Sales Invoice", deal.sales_invoice, "outstanding_amount") == 0
	assert deal.stage == "Lost" and deal.unwound_by == frappe.session.user
	assert d.money(deal) == {
		"total_due": 0,
		"trade_equity": 0,
		"financed_amount": 0,
		"deposits_held": held,
		"paid_amount": 0,
		"balance": 0,
	}
	for name in frappe.get_all("Deposit", {"deal": deal.name}, pluck="name"):
		deposit = frappe.get_doc("Deposit", name)
		assert deposit.status == "Held" and deposit.held_amount == deposit.amount


def test_nothing_is_orphaned():
	deal = d.contracted("Finance", deposits=[500], trades=[{"worth": 3000, "allowance": 3000}])
	d.hand_over(deal)
	traded = frappe.db.get_value("Trade In", {"deal": deal.name}, "vehicle")
	service = deal.first_service
	d.take_back(deal, mileage=40)

	car = frappe.get_doc("Dealer Vehicle", deal.vehicle)
	assert (car.status, car.customer, car.sold_deal, car.mileage) == ("In Recon", None, None, 40)
	assert car.owners[-1].customer == deal.customer and car.owners[-1].to_date
	assert frappe.db.get_value("Dealer Vehicle", traded, ["status", "customer"]) == (
		"Customer-owned",
		deal.customer,
	)
	assert frappe.db.get_value("Trade In", {"deal": deal.name}, "status") == "Returned"
	if service:
		assert frappe.db.get_value("Service Appointment", service, "status") == "Cancelled"
	assert not frappe.db.exists("Title Registration", {"deal": deal.name, "status": ("!=", "Cancelled")})
	assert not frappe.db.exists("We Owe", {"deal": deal.name, "status": ("in", ("Draft", "Open"))})
	assert flt(sum(frappe.get_all("Commission Entry", {"deal": deal.name}, pluck="amount")), 2) == 0
	assert frappe.db.get_value("Deal Gross", {"deal": deal.name}, "state") == "Unwound"
	# The customer's money is held again, and somebody settles it; all other promises are over.
	assert {row.rule for row in promises(deal)} <= {"Deposit: agree the next step"}
	for kind in ("deal.delivered", "deal.sent_to_lender", "deal.funded", "vehicle.sold", "vehicle.traded_in"):
		assert not d.standing(deal, kind), kind
	assert d.standing(deal, "deal.unwound")


def test_payments_taken_later_become_the_customers_credit():
	deal = d.delivered()  # collected in cash after delivery
	(payment,) = frappe.get_all("Payment Entry", {"dealer_deal": deal.name, "docstatus": 1}, pluck="name")
	d.take_back(deal)
	assert frappe.db.get_value("Payment Entry", payment, "unallocated_amount") == 20_000
	assert d.owes(deal.customer) == -20_000
	assert open_items(deal) == []


def test_money_of_the_lender_is_owed_back_to_it():
	deal = d.delivered("Finance")
	d.fund(deal, 20_000)
	assert deal.stage == "Funded"
	before = d.owes(d.lender_customer())
	result = d.take_back(deal)
	assert result["owed_to_lender"] == 20_000
	assert d.owes(d.lender_customer()) == before - 20_000
	assert not d.standing(deal, "deal.funded")
	assert d.owes(deal.customer) == 0


def test_a_double_click_unwinds_once():
	deal, key = d.delivered(deposits=[20_000]), f.key()
	first, second = d.take_back(deal, key=key), d.take_back(deal, key=key)
	assert (first["repeated"], second["repeated"]) == (False, True)
	assert frappe.db.count("Sales Invoice", {"dealer_deal": deal.name, "is_return": 1}) == 1
	with pytest.raises(CannotUnwind):
		d.take_back(deal)
	frappe.db.rollback()


def test_after_some_days_the_dealer_manager_decides():
	deal = d.delivered(deposits=[20_000])
	frappe.db.set_value("Deal Jacket", deal.name, "delivered_at", add_days(nowdate(), -11))
	frappe.db.commit()
	with f.logged_in(s.sales_manager()), refusal("unwind_late"):
		unwind.unwind(deal.name, "Second thoughts", client_key=f.key())
	with f.logged_in(d.manager()):
		d.take_back(deal)
	assert deal.stage == "Lost"


def test_a_trade_in_that_was_sold_keeps_the_deal_as_it_is():
	deal = d.delivered(price=20_000, trades=[{"worth": 6000, "allowance": 20_000}])
	traded = frappe.db.get_value("Trade In", {"deal": deal.name}, "vehicle")
	frappe.db.set_value("Dealer Vehicle", traded, "status", "Sold")
	frappe.db.commit()
	before = d.trial_balance()
	with pytest.raises(CannotUnwind, match="Sold"):
		d.take_back(deal)
	frappe.db.rollback()
	assert d.changed(before, d.trial_balance()) == {}


def test_a_lower_mileage_and_no_reason_are_refused():
	deal = d.delivered(deposits=[20_000])
	with pytest.raises(CannotUnwind, match="mileage"):
		d.take_back(deal, mileage=3)
	frappe.db.rollback()
	with refusal("no_reason"):
		d.take_back(deal, reason=" ")


def test_the_period_of_the_delivery_is_closed_and_todays_is_open():
	deal = d.contracted("Finance", deposits=[500], trades=[{"worth": 3000, "allowance": 3000}])
	before = d.trial_balance()
	d.hand_over(deal, at=f"{add_days(nowdate(), -1)} 12:00:00")
	assert str(frappe.db.get_value("Sales Invoice", deal.sales_invoice, "posting_date")) == add_days(
		nowdate(), -1
	)
	period = frappe.get_doc(
		{
			"doctype": "Accounting Period",
			"period_name": f.unique("Yesterday"),
			"company": f.COMPANY,
			"start_date": add_days(nowdate(), -1),
			"end_date": add_days(nowdate(), -1),
			"closed_documents": [
				{"document_type": "Sales Invoice", "closed": 1},
				{"document_type": "Journal Entry", "closed": 1},
			],
		}
	).insert()
	frappe.db.commit()
	try:
		d.take_back(deal)
	finally:
		frappe.db.rollback()
		period.delete()
		frappe.db.commit()
	assert d.changed(before, d.trial_balance()) == {}
	assert deal.stage == "Lost"


def test_a_preview_says_what_will_happen_and_changes_nothing():
	deal = d.delivered("Finance", trades=[{"worth": 3000, "allowance": 3000}])
	before = d.trial_balance()
	found = unwind.preview(deal)
	assert found["blockers"] == [] and found["may"]
	text = " ".join(found["will"])
	assert deal.sales_invoice in text and deal.trade_entry in text and deal.lender_entry in text
	assert d.changed(before, d.trial_balance()) == {}


# --- The invoice is cancelled -------------------------------------------------------------------------------


def test_an_accountant_cancels_the_invoice_and_the_delivery_is_undone():
	deal = d.contracted(
		"Finance", deposits=[800], trades=[{"worth": 4000, "allowance": 5000, "payoff": 1000}]
	)
	before = d.trial_balance()
	d.hand_over(deal)
	first, service = deal.sales_invoice, deal.first_service
	frappe.get_doc("Sales Invoice", first).cancel()
	frappe.db.commit()
	deal.reload()

	assert d.changed(before, d.trial_balance()) == {}
	assert (deal.stage, deal.sales_invoice, deal.trade_entry, deal.lender_entry) == (
		"Contracted",
		None,
		None,
		None,
	)
	car = frappe.get_doc("Dealer Vehicle", deal.vehicle)
	assert (car.status, car.customer, car.hold_deal) == ("On Hold", None, deal.name)
	assert frappe.db.get_value("Trade In", {"deal": deal.name}, ["status", "entry"]) == ("Accepted", None)
	if service:
		assert frappe.db.get_value("Service Appointment", service, "status") == "Cancelled"
	assert not d.standing(deal, "deal.delivered") and "deal.delivery_undone" in d.events(deal)
	assert d.money(deal)["deposits_held"] == 800
	assert flt(sum(frappe.get_all("Commission Entry", {"deal": deal.name}, pluck="amount")), 2) == 0

	d.hand_over(deal, mileage=14)
	assert (deal.stage, deal.balance) == ("Delivered", 0)
	assert deal.sales_invoice != first and d.standing(deal, "deal.delivered")
	assert frappe.db.get_value("Trade In", {"deal": deal.name}, "status") == "Taken In"
	assert d.open_on(deal.lender_entry) == deal.financed_amount


def test_a_funded_contract_keeps_its_invoice():
	deal = d.delivered("Finance")
	payment = d.fund(deal, 20_000)["payment"]
	with pytest.raises(frappe.ValidationError, match=payment):
		frappe.get_doc("Sales Invoice", deal.sales_invoice).cancel()
	frappe.db.rollback()
	deal.reload()
	assert deal.stage == "Funded"


def test_a_car_that_went_on_keeps_its_invoice():
	deal = d.delivered(deposits=[20_000])
	frappe.db.set_value("Dealer Vehicle", deal.vehicle, {"status": "Customer-owned", "customer": None})
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="Customer-owned"):
		frappe.get_doc("Sales Invoice", deal.sales_invoice).cancel()
	frappe.db.rollback()


def test_invoice_and_credit_note_of_an_unwound_deal_stay():
	deal = d.delivered(deposits=[20_000])
	d.take_back(deal)
	note = frappe.get_doc("Sales Invoice", deal.credit_note)
	with pytest.raises(frappe.ValidationError, match=deal.name):
		note.cancel()
	frappe.db.rollback()
	with pytest.raises(frappe.ValidationError):
		frappe.get_doc("Sales Invoice", deal.sales_invoice).cancel()
	frappe.db.rollback()


def test_a_delivery_is_dated_by_its_day():
	deal = d.contracted(deposits=[20_000])
	d.hand_over(deal, at=f"{add_days(nowdate(), -2)} 17:30:00")
	assert getdate(deal.delivered_at) == getdate(add_days(nowdate(), -2))
	with refusal("future"):
		d.hand_over(d.contracted(deposits=[20_000]), at=f"{add_days(nowdate(), 2)} 09:00:00")
