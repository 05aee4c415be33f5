"""Contract money: sent, returned, in full, short, taken back; and what the ledger says of it."""

from contextlib import contextmanager

import frappe
import pytest
from frappe.utils import add_days, getdate, nowdate

from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from dealer_pos_crm.dealer_showroom.delivery import funding, position
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


def state(deal) -> tuple:
	deal.reload()
	return deal.stage, deal.funding_status, deal.funding_outstanding, deal.funded_amount


def send(deal, **values):
	frappe.db.commit()
	result = funding.send(deal.name, **values)
	frappe.db.commit()
	deal.reload()
	return result


def test_sent_returned_sent_again_and_funded():
	deal = d.delivered("Finance")
	assert state(deal) == ("Delivered", "Not Sent", 20_000, 0)
	send(deal, reference="C-77")
	assert state(deal)[1] == "Sent"
	assert getdate(deal.funding_due_on) == getdate(add_days(nowdate(), 7))
	assert send(deal)["repeated"]

	funding.returned(deal.name, "Proof of income is missing")
	frappe.db.commit()
	assert state(deal)[1] == "Returned" and deal.stipulations == "Proof of income is missing"
	send(deal)
	assert state(deal)[1] == "Sent" and not deal.stipulations

	before = d.trial_balance()
	payment = d.fund(deal, 20_000)["payment"]
	assert state(deal) == ("Funded", "Funded", 0, 20_000)
	assert d.ple(payment) == [("Debtors", d.lender_customer(), deal.lender_entry, -20_000)]
	assert d.changed(before, d.trial_balance())["Debtors"] == -20_000
	assert [kind for kind in d.events(deal) if kind.endswith(("lender", "funded"))] == [
		"deal.sent_to_lender",
		"deal.returned_by_lender",
		"deal.sent_to_lender",
		"deal.funded",
	]


def test_the_facts_say_lender_and_day():
	deal = d.delivered("Finance")
	send(deal, due_on=add_days(nowdate(), 3))
	detail = frappe.parse_json(
		frappe.db.get_value("Showroom Log", {"deal": deal.name, "kind": "deal.sent_to_lender"}, "detail")
	)
	assert detail["lender"] == "First Auto Bank"
	assert detail["funding_due_on"] == str(getdate(add_days(nowdate(), 3)))


def test_funded_once_for_one_click_and_never_more_than_is_open():
	deal, key = d.delivered("Finance"), f.key()
	first, second = d.fund(deal, 12_000, key), d.fund(deal, 12_000, key)
	assert (first["payment"], second["repeated"]) == (second["payment"], True)
	assert state(deal) == ("Delivered", "Short-funded", 8000, 12_000)
	with refusal("more_than_open"):
		d.fund(deal, 8000.01)
	d.fund(deal, 8000)
	assert state(deal) == ("Funded", "Funded", 0, 20_000)
	with refusal("funded_already"):
		d.fund(deal, 1)


def test_funded_short_and_the_difference_booked_by_a_manager_in_the_same_payment():
	deal = d.delivered("Finance")
	with f.logged_in(d.accountant()), refusal("may_not_book"):
		d.fund(deal, 19_600, difference_reason="Acquisition fee of the bank")
	with f.logged_in(s.sales_manager()):
		payment = d.fund(deal, 19_600, difference_reason="Acquisition fee of the bank")["payment"]
	assert state(deal) == ("Funded", "Funded", 0, 19_600)
	assert (d.account("funding_difference_account"), "", 400, 0) in d.gl("Payment Entry", payment)

	frappe.get_doc("Payment Entry", payment).cancel()
	frappe.db.commit()
	assert state(deal) == ("Delivered", "Not Sent", 20_000, 0)
	assert not d.standing(deal, "deal.funded") and "deal.funding_reversed" in d.events(deal)
	d.fund(deal, 20_000)
	assert state(deal)[0] == "Funded" and d.standing(deal, "deal.funded")


def test_a_lender_that_pays_more_needs_the_difference_too():
	deal = d.delivered("Finance")
	with f.logged_in(d.manager()):
		payment = d.fund(deal, 20_150, difference_reason="Reserve paid with the contract")["payment"]
	assert state(deal) == ("Funded", "Funded", 0, 20_150)
	assert (d.account("funding_difference_account"), "", 0, 150) in d.gl("Payment Entry", payment)


def test_the_rest_is_written_off_later():
	deal = d.delivered("Finance")
	with refusal("nothing_paid"):
		funding.book_difference(deal.name, "They will not pay")
	d.fund(deal, 19_000)
	with f.logged_in(s.fni()), refusal("may_not_book"):
		funding.book_difference(deal.name, "They will not pay")
	with f.logged_in(s.sales_manager()):
		funding.book_difference(deal.name, "They will not pay")
	frappe.db.commit()
	assert state(deal) == ("Funded", "Funded", 0, 19_000)
	assert d.open_on(deal.lender_entry) == 0


def test_what_an_accountant_books_in_erpnext_counts():
	deal = d.delivered("Finance", paid=False, price=20_000, deposits=[1000])
	customer = d.lender_customer()
	f.know_payer(customer)
	payment = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Receive",
			"company": f.COMPANY,
			"posting_date": nowdate(),
			"mode_of_payment": "Cash",
			"party_type": "Customer",
			"party": customer,
			"paid_from": f.debtors_account(),
			"paid_to": f.cash_account(),
			"paid_amount": 19_000,
			"received_amount": 19_000,
			"source_exchange_rate": 1,
			"target_exchange_rate": 1,
			"references": [
				{
					"reference_doctype": "Journal Entry",
					"reference_name": deal.lender_entry,
					"allocated_amount": 19_000,
				}
			],
		}
	)
	payment.insert()
	payment.submit()
	frappe.db.commit()
	assert state(deal) == ("Funded", "Funded", 0, 19_000)
	payment.cancel()
	frappe.db.commit()
	assert state(deal) == ("Delivered", "Not Sent", 19_000, 0)


def test_a_funded_contract_whose_buyer_still_owes_is_not_a_funded_deal():
	deal = d.contracted("Finance", cash_down=1000)
	with f.logged_in(s.sales_manager()):
		d.hand_over(deal, release_reason="Brings the rest on Friday")
	d.fund(deal, 19_000)
	assert state(deal)[:2] == ("Delivered", "Funded") and deal.balance == 1000
	assert d.standing(deal, "deal.funded")
	d.collect(deal, [("Cash", 1000)])
	assert deal.stage == "Funded" and d.events(deal).count("deal.funded") == 1


def test_only_what_a_lender_owes_is_funded():
	deal = d.delivered()
	with refusal("not_financed"):
		d.fund(deal, 100)
	with refusal("not_delivered"):
		d.fund(d.contracted("Finance"), 100)


def test_an_entry_of_a_delivery_is_not_cancelled_by_hand():
	deal = d.delivered("Finance", trades=[{"worth": 3000, "allowance": 3000}])
	for name in (deal.trade_entry, deal.lender_entry):
		with pytest.raises(frappe.ValidationError, match=deal.name):
			frappe.get_doc("Journal Entry", name).cancel()
		frappe.db.rollback()


def test_the_report_lists_what_is_open_by_the_ledger():
	from dealer_pos_crm.dealer_showroom.report.contracts_in_transit import contracts_in_transit as report

	deal = d.delivered("Finance")
	frappe.db.set_value("Deal Jacket", deal.name, "delivered_at", add_days(nowdate(), -20))
	d.fund(deal, 5000)
	columns, rows, _message, chart, summary = report.execute({"company": f.COMPANY})
	(row,) = [one for one in rows if one["name"] == deal.name]
	assert (row["open"], row["financed"], row["days"], row["bucket"]) == (15_000, 20_000, 20, "16-30")
	assert sum(chart["data"]["datasets"][0]["values"]) == sum(one["open"] for one in rows)
	assert summary[0]["value"] == sum(one["open"] for one in rows)
	assert {"name", "lender", "open", "days", "stipulations"} <= {column["fieldname"] for column in columns}


def test_the_nightly_reading_finds_nothing_to_repair():
	deal = d.delivered("Finance")
	before = frappe.db.count("Error Log")
	position.check_all_open()
	assert frappe.db.count("Error Log") == before
	frappe.db.set_value("Deal Jacket", deal.name, "balance", 77)
	frappe.db.commit()
	position.check_all_open()
	deal.reload()
	assert deal.balance == 0 and frappe.db.count("Error Log") == before + 1
	frappe.db.delete("Error Log", {"method": ("like", f"%{deal.name}%")})
	frappe.db.commit()
