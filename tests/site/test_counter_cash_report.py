"""Cash over $10,000 at the counter (Form 8300): counted, asked for, reported, decided, told."""

from __future__ import annotations

import io
import json

import frappe
import pytest
from frappe.utils import add_days, getdate, nowdate
from pypdf import PdfReader

from dealer_pos_crm.api import cash_report as api
from dealer_pos_crm.dealer_counter.cash_reports import (
	counting,
	deciding,
	guard,
	keeping,
	nightly,
	notices,
	overview,
)
from dealer_pos_crm.dealer_crm.confidential import hidden
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.domain.cash_report import REMINDERS, due_on
from tests.site import counter_house as ch
from tests.site import factories as f
from tests.site.accountant import plain_payment
from tests.site.counter_house import house
from tests.site.counting import statements

__all__ = ["house"]

NUMBERS = ("123456789", "123-45-6789", f.PAYER["id_number"])


@pytest.fixture(scope="module", autouse=True)
def owner(house):
	"""Cash reports are the accountant's task."""
	settings = frappe.get_doc("Dealer Settings", f.COMPANY)
	settings.cash_report_owner = house.accountant
	settings.save()
	ch.make_mode("Money Order")
	frappe.db.commit()


def pays(customer, amount, days_ago: int = 0, mode: str = "Cash", **values):
	"""Money that was taken some days ago, in whatever form. Commits."""
	payment = plain_payment(
		customer,
		amount,
		mode_of_payment=mode,
		paid_to=ch.account_of(mode),
		posting_date=add_days(nowdate(), -days_ago),
		reference_no="4711",
		reference_date=nowdate(),
		**values,
	)
	frappe.db.commit()
	return payment


def reports(customer, **filters) -> list:
	names = frappe.get_all(
		"Cash Report", {"customer": customer.name, **filters}, pluck="name", order_by="creation, name"
	)
	return [frappe.get_doc("Cash Report", name) for name in names]


def position(customer) -> float:
	return float(counting.position(customer.name, f.COMPANY).amount.decimal)


def told_of(customer) -> list[str]:
	return [kind for kind in f.event_types(customer=customer.name) if kind.startswith("cash_report")]


def over_the_limit(customer=None, amount: float = 12_000):
	"""A payer whose report is to be filed."""
	customer = customer or f.make_customer()
	f.know_payer(customer.name)
	pays(customer, amount)
	(doc,) = reports(customer, status="To File")
	return customer, doc


# --- At the counter -----------------------------------------------------------------------------------


def test_cash_is_refused_until_it_is_known_who_pays_and_then_taken_with_the_same_key(house):
	customer, (first, second) = ch.owing(8500, 4000)
	ch.collect(customer, ch.lines_of(first), [ch.cash(8500)])
	(doc,) = reports(customer)
	assert (doc.status, doc.cash_amount, doc.responsible) == ("Watching", 8500, house.accountant)
	assert told_of(customer) == ["cash_report.near"]
	found = counting.position(customer.name, f.COMPANY)
	assert found.warn and not found.over and not found.known

	key = f.key()
	with pytest.raises(guard.BuyerUnknown) as refused:
		ch.collect(customer, ch.lines_of(second), [ch.cash(4000)], key=key)
	assert doc.name in str(refused.value)
	frappe.db.rollback()
	assert ch.open_of(frappe.get_doc("Sales Invoice", second.name)) == 4000
	assert not frappe.db.exists("Counter Receipt", {"client_key": key})

	with f.logged_in(house.cashier):
		assert api.get_outlook(customer.name, f.COMPANY, [{"mode_of_payment": "Cash", "amount": 4000}])[
			"needed"
		]
		started = api.get_payer(customer.name, f.COMPANY)
		assert started["payer"]["payer_last_name"] and not any(started["held"].values())
		part = api.record_payer(customer.name, f.COMPANY, {**f.PAYER, "payer_tin": "", "id_number": ""})
		assert not part["complete"] and part["missing"] == ["Taxpayer Id", "Its Number"]
		# A refusal does not stop the payment; it is filed as one.
		whole = api.record_payer(
			customer.name, f.COMPANY, json.dumps({"payer_tin_refused": 1, "id_number": f.PAYER["id_number"]})
		)
		assert whole == {"report": doc.name, "complete": True, "missing": []}
		frappe.db.commit()
	state = ch.collect(customer, ch.lines_of(second), [ch.cash(4000)], key=key)
	assert frappe.db.get_value("Counter Receipt", {"client_key": key}, "amount") == 4000 and state

	doc.reload()
	assert (doc.status, doc.cash_amount) == ("To File", 12_500)
	assert getdate(doc.due_on) == due_on(getdate(nowdate()))
	assert [row.related_because for row in doc.payments] == ["First payment", "Within 24 hours"]
	assert sorted(told_of(customer)) == ["cash_report.due", "cash_report.near"]
	about = {"customer": customer.name, "title": ("like", f"%{doc.name}%")}
	promises = frappe.get_all("Follow Up", about, ["opens_at"], order_by="opens_at")
	today = getdate(nowdate())
	assert [(getdate(row.opens_at) - today).days for row in promises] == list(REMINDERS)

	# The bookkeeper's mistake: taken back, the sum falls under the limit and the promises end.
	payment = frappe.get_doc("Payment Entry", doc.payments[1].reference_name)
	assert payment.dealer_instrument == "Currency" and payment.dealer_cash_report == doc.name
	payment.cancel()
	frappe.db.commit()
	doc.reload()
	assert (doc.status, doc.cash_amount, doc.due_on) == ("Watching", 8500, None)
	assert [row.reversed for row in doc.payments] == [0, 1]
	assert "cash_report.not_required" in told_of(customer)
	assert not frappe.get_all(
		"Follow Up",
		{
			"customer": customer.name,
			"title": ("like", f"%{doc.name}%"),
			"status": ("in", ("Planned", "Open")),
		},
	)
	assert position(customer) == 8500


def test_a_small_payment_in_cash_costs_one_statement_and_a_card_none(house):
	customer = f.make_customer()
	frappe.db.commit()
	counting.position(customer.name, f.COMPANY)  # settings and doctypes are read once
	with statements() as sent:
		counting.position(customer.name, f.COMPANY)
	assert len(sent) == 1
	draft = plain_payment(customer, 40)
	frappe.db.commit()
	for mode, cost in (("Cash", 1), ("Card", 0), ("Check", 0)):
		draft.mode_of_payment, draft.dealer_instrument = mode, ""
		counting.instrument_of(mode)
		with statements() as sent:
			guard.check(draft)
			keeping.submitted(draft)
			keeping.cancelled(draft)
		assert len(sent) == cost, sent
	assert not reports(customer)


def test_exactly_ten_thousand_asks_for_nobody(house):
	customer = f.make_customer()
	pays(customer, 10_000)
	assert [doc.status for doc in reports(customer)] == ["Watching"]
	with pytest.raises(guard.BuyerUnknown):
		pays(customer, 0.01)
	frappe.db.rollback()


def test_only_what_is_cash_by_law_is_counted(house):
	customer = f.make_customer()
	pays(customer, 30_000, mode="Check")
	pays(customer, 25_000, mode="Card")
	pays(customer, 9000, mode="Cashier's Check")  # for nothing that is known to be a car
	assert position(customer) == 0 and not reports(customer)
	assert counting.position(customer.name, f.COMPANY).warn is False

	car = f.make_vehicle(price=24_000)
	deposit = f.make_deposit(customer, car, 6000)
	frappe.db.commit()
	f.take(deposit, [("Money Order", 6000)])
	assert position(customer) == 6000
	cheap = f.make_deposit(customer, f.make_vehicle(price=9800), 3000)
	frappe.db.commit()
	f.take(cheap, [("Money Order", 3000)])
	assert position(customer) == 6000


def test_a_face_value_above_the_limit_was_reported_by_the_bank(house):
	customer = f.make_customer()
	invoice = f.make_invoice(customer, 20_000, f.make_vehicle(price=20_000))
	frappe.db.commit()
	paid = {
		"references": [
			{"reference_doctype": "Sales Invoice", "reference_name": invoice.name, "allocated_amount": 9000}
		]
	}
	pays(customer, 9000, mode="Cashier's Check", dealer_face_value=20_000, **paid)
	assert position(customer) == 0
	pays(customer, 9000, mode="Cashier's Check", dealer_face_value=9000, **paid)
	assert position(customer) == 9000


def test_payments_of_one_deal_count_together_whoever_brings_them(house):
	buyer, spouse = f.make_customer(), f.make_customer()
	car = f.make_vehicle(price=30_000)
	deal = frappe.get_doc(
		{
			"doctype": "Deal Jacket",
			"company": f.COMPANY,
			"customer": buyer.name,
			"co_buyer": spouse.name,
			"vehicle": car.name,
			"deal_type": "Cash",
			"source": "Walk-in",
		}
	).insert()
	frappe.db.commit()
	pays(buyer, 6000, days_ago=40, dealer_deal=deal.name)
	f.know_payer(spouse.name)
	pays(spouse, 5000, days_ago=3, dealer_deal=deal.name)
	(doc,) = [*reports(buyer, status="To File"), *reports(spouse, status="To File")]
	assert doc.cash_amount == 11_000 and doc.deal == deal.name
	assert {row.paid_by for row in doc.payments} == {buyer.name, spouse.name}
	assert doc.payments[1].related_because == "Same transaction"
	assert getdate(doc.crossed_on) == getdate(add_days(nowdate(), -3))
	assert car.vin in doc.what and doc.total_price == 30_000


def test_a_sale_at_the_pos_screen_counts_and_leaves_with_its_cancellation(house):
	customer = f.make_customer()
	frappe.db.commit()
	with pytest.raises(guard.BuyerUnknown):
		ch.sell(customer, 12_000)
	frappe.db.rollback()
	ch.sell(customer, 12_000, "Card")
	assert position(customer) == 0
	f.know_payer(customer.name)
	sale = ch.sell(customer, 12_000)
	(doc,) = reports(customer)
	assert (doc.status, doc.cash_amount) == ("To File", 12_000)
	assert (doc.payments[0].reference_doctype, doc.payments[0].instrument) == ("POS Invoice", "Currency")
	sale.reload()
	sale.cancel()
	frappe.db.commit()
	doc.reload()
	assert (doc.status, doc.cash_amount) == ("Watching", 0)
	assert position(customer) == 0


def test_a_card_is_not_charged_for_a_receipt_whose_cash_is_refused(house):
	customer, (invoice,) = ch.owing(15_000)
	receipt = frappe.get_doc(
		{
			"doctype": "Counter Receipt",
			"customer": customer.name,
			"company": f.COMPANY,
			"lines": [
				{"reference_doctype": "Sales Invoice", "reference_name": invoice.name, "amount": 15_000}
			],
			"tenders": [
				{"way": "Card", "amount": 4000},
				{"way": "Mode", "mode_of_payment": "Cash", "amount": 11_000},
			],
		}
	)
	with pytest.raises(guard.BuyerUnknown):
		guard.check_receipt(receipt)
	frappe.db.rollback()
	f.know_payer(customer.name)
	guard.check_receipt(receipt)
	receipt.tenders[0].amount, receipt.tenders[1].amount = 14_000, 1000
	guard.check_receipt(receipt)


# --- Decisions ----------------------------------------------------------------------------------------


def test_payments_apart_belong_together_when_a_person_says_so(house):
	customer = f.make_customer()
	car = pays(customer, 9000, days_ago=60)
	repair, other = pays(customer, 1500, days_ago=20), pays(customer, 700, days_ago=10)
	(doc,) = reports(customer)
	assert doc.cash_amount == 9000 and position(customer) == 9000

	with f.logged_in(house.accountant):
		seen = api.get_overview(doc.name)
		assert [(row["name"], row["would_be"], row["would_report"]) for row in seen["suggestions"]] == [
			(other.name, 9700, False),
			(repair.name, 10_500, True),
		]
		with pytest.raises(frappe.ValidationError):
			api.relate(doc.name, "Payment Entry", repair.name, 1, " ")
		frappe.db.rollback()
		api.relate(doc.name, "Payment Entry", other.name, 0, "Wiper blades, months later")
		api.relate(doc.name, "Payment Entry", repair.name, 1, "The sale obliged them to buy it")
		frappe.db.commit()
	doc.reload()
	assert (doc.status, doc.cash_amount) == ("To File", 10_500)
	assert doc.payments[1].related_because == "Decided by a person"
	assert getdate(doc.crossed_on) == getdate(repair.posting_date)
	assert not overview.of(doc.name)["suggestions"]
	relation = frappe.get_doc(
		"Cash Relation", {"second_name": ("in", (car.name, repair.name)), "decision": "Related"}
	)
	assert (relation.reason, relation.decided_by) == ("The sale obliged them to buy it", house.accountant)
	with pytest.raises(frappe.ValidationError):
		frappe.delete_doc("Cash Relation", relation.name)
	frappe.db.rollback()
	relation.reason = "Something else"
	with pytest.raises(frappe.ValidationError):
		relation.save()
	frappe.db.rollback()

	# A later decision takes the place of the first.
	with f.logged_in(house.accountant):
		api.relate(doc.name, "Payment Entry", other.name, 1, "Part of the sale after all")
		frappe.db.commit()
	assert frappe.db.count("Cash Relation", {"customer": customer.name}) == 2


def test_filed_once_kept_five_years_and_counted_no_more(house):
	customer, doc = over_the_limit()
	with f.logged_in(house.accountant):
		for how, number, day in (
			("BSA E-Filing", "", nowdate()),
			("Pigeon", "1", nowdate()),
			("Paper", "1", add_days(nowdate(), 1)),
			("Paper", "1", add_days(nowdate(), -1)),
		):
			with pytest.raises(frappe.ValidationError):
				api.file(doc.name, day, how, number)
			frappe.db.rollback()
		api.file(doc.name, nowdate(), "BSA E-Filing", "31000123456789")
		frappe.db.commit()
		doc.reload()
		assert (doc.status, doc.filed_by, doc.confirmation_no) == (
			"Filed",
			house.accountant,
			"31000123456789",
		)
		assert doc.keep_until.year == getdate(nowdate()).year + 5
		assert "cash_report.filed" in told_of(customer)
		with pytest.raises(frappe.ValidationError):
			api.file(doc.name, nowdate(), "Paper", "2")
		frappe.db.rollback()
		doc.what = "Another car"
		with pytest.raises(frappe.ValidationError):
			doc.save()
		frappe.db.rollback()
	for user, error in (
		(house.accountant, frappe.PermissionError),
		("Administrator", frappe.ValidationError),
	):
		with f.logged_in(user), pytest.raises(error):
			frappe.delete_doc("Cash Report", doc.name)
		frappe.db.rollback()

	assert position(customer) == 0
	pays(customer, 9000)  # the count began anew, and the payer is known
	assert position(customer) == 9000
	(filed, watched) = reports(customer)
	assert (filed.cash_amount, watched.status, watched.cash_amount, watched.payer_complete) == (
		12_000,
		"Watching",
		9000,
		1,
	)
	assert watched.get_password("payer_tin") == "123456789"
	frappe.get_doc("Payment Entry", filed.payments[0].reference_name).cancel()
	frappe.db.commit()
	filed.reload()
	assert filed.status == "Filed" and filed.payments[0].reversed
	assert overview.of(filed.name)["taken_back"] == 12_000
	assert frappe.db.exists("Notification Log", {"document_name": filed.name, "for_user": house.accountant})


def test_what_the_payer_leaves_out_is_explained_in_the_comments(house):
	customer = f.make_customer()
	frappe.flags.in_import = True
	try:
		pays(customer, 15_000)
	finally:
		frappe.flags.in_import = False
	(doc,) = reports(customer)
	assert doc.status == "To File" and not doc.payer_complete
	with f.logged_in(house.accountant):
		with pytest.raises(frappe.ValidationError, match="missing"):
			api.file(doc.name, nowdate(), "Paper", "RR 123")
		frappe.db.rollback()
		api.file(doc.name, nowdate(), "Paper", "RR 123", "The payer left and does not answer")
		frappe.db.commit()
	doc.reload()
	assert (doc.status, doc.decision_reason) == ("Filed", "The payer left and does not answer")


def test_not_required_with_a_reason_and_open_again(house):
	customer, doc = over_the_limit()
	with f.logged_in(house.manager):
		with pytest.raises(frappe.ValidationError):
			api.not_required(doc.name, "")
		frappe.db.rollback()
		api.not_required(doc.name, "The money was a bank transfer, booked as cash")
		frappe.db.commit()
		doc.reload()
		assert (doc.status, doc.decided_by) == ("Not Required", house.manager)
		assert position(customer) == 0
		assert not frappe.get_all(
			"Follow Up", {"title": ("like", f"%{doc.name}%"), "status": ("in", ("Planned", "Open"))}
		)
		with pytest.raises(frappe.ValidationError):
			frappe.delete_doc("Cash Report", doc.name, ignore_permissions=True)
		frappe.db.rollback()
		assert api.reopen(doc.name, "It was notes after all")["status"] == "To File"
		frappe.db.commit()
	doc.reload()
	assert doc.cash_amount == 12_000 and getdate(doc.due_on) == due_on(getdate(nowdate()))


# --- The year's end -----------------------------------------------------------------------------------


def test_who_has_to_be_told_about_the_year(house):
	year = getdate(nowdate()).year
	customer, doc = over_the_limit()
	with f.logged_in(house.cashier):
		api.record_payer(
			customer.name,
			f.COMPANY,
			{
				"payer_last_name": f"Yearend {doc.name}",
				"on_behalf": 1,
				"behalf_name": f"Bigger {doc.name}",
				"behalf_address": "1 Way\nPlano, TX",
				"behalf_occupation": "florist",
				"behalf_tin": "12-3456789",
			},
		)
		frappe.db.commit()
	quiet = f.make_customer()
	pays(quiet, 7000)
	f.know_payer(quiet.name)
	with f.logged_in(house.accountant):
		api.file(doc.name, nowdate(), "Paper", "RR 1")
		silent = api.volunteer(quiet.name, f.COMPANY, "Asked twice where the limit is")
		api.file(silent["report"], nowdate(), "Paper", "RR 2")
		frappe.db.commit()
		mine = [row for row in api.get_notices(f.COMPANY, year) if doc.name in row["reports"]]
		assert {(row["name"], row["amount"], row["sent_on"]) for row in mine} == {
			(f"Ann Yearend {doc.name}", 12_000, None),
			(f"Bigger {doc.name}", 12_000, None),
		}
		assert all(row["due_on"] == f"{year + 1}-01-31" for row in mine)
		everybody = api.get_notices(f.COMPANY, year)
		assert not any(silent["report"] in row["reports"] for row in everybody)
		assert not api.get_notices(f.COMPANY, year - 3)

		# What was filed is told, whatever was cancelled since; and a namesake is somebody else.
		namesake, other = over_the_limit()
		other.db_set({"payer_first_name": "Ann", "payer_last_name": f"Yearend {doc.name}"})
		api.file(other.name, nowdate(), "Paper", "RR 3")
		frappe.get_doc("Payment Entry", other.payments[0].reference_name).cancel()
		frappe.db.commit()
		rows = [row for row in api.get_notices(f.COMPANY, year) if row["name"] == f"Ann Yearend {doc.name}"]
		assert [(row["customer"], row["amount"]) for row in rows] == [
			(customer.name, 12_000),
			(namesake.name, 12_000),
		]

		pages = PdfReader(io.BytesIO(notices.letters(f.COMPANY, year, [doc.name]))).pages
		text = " ".join(" ".join(page.extract_text() for page in pages).split())
		assert len(pages) == 2 and "12,000.00" in text and f"Ann Yearend {doc.name}" in text
		assert "Internal Revenue Service" in text and "suspicious" not in text.lower()
		assert not any(number in text for number in NUMBERS)

		for name in (silent["report"],):
			with pytest.raises(frappe.ValidationError):
				api.mark_sent(f.COMPANY, [name], nowdate())
			frappe.db.rollback()
		assert api.mark_sent(f.COMPANY, json.dumps([doc.name]), nowdate()) == [doc.name]
		assert api.mark_sent(f.COMPANY, [doc.name], nowdate()) == []
		frappe.db.commit()
		mine = [row for row in api.get_notices(f.COMPANY, year) if doc.name in row["reports"]]
		assert {row["sent_on"] for row in mine} == {nowdate()}
	assert "cash_report.filed" not in told_of(quiet)


def test_the_summary_has_the_boxes_in_order_and_the_numbers(house):
	customer, doc = over_the_limit()
	pays(customer, 600)  # on the day of the report: it belongs to it
	doc.reload()
	with f.logged_in(house.accountant):
		doc.payments[0].hundreds, doc.suspicious = 11_000, 1
		doc.suspicious_because = "Would not say where it came from"
		doc.save()
		frappe.db.commit()
		api.get_summary(doc.name)
		assert frappe.local.response.type == "pdf"
		text = "\n".join(
			page.extract_text() for page in PdfReader(io.BytesIO(frappe.local.response.filecontent)).pages
		)
	text = " ".join(text.split())
	for value in (
		"123456789",
		f.PAYER["id_number"],
		"plumber",
		"11,000.00",
		"12,600.00",
		"Rev. December 2023",
	):
		assert value in text, value
	parts = ["Part I ", "Part II ", "Part III ", "Part IV "]
	assert [text.index(part) for part in parts] == sorted(text.index(part) for part in parts)
	assert "Would not say where it came from" in text
	assert frappe.db.exists("Access Log", {"reference_document": doc.name, "user": house.accountant})


# --- Who may know -------------------------------------------------------------------------------------


def test_numbers_of_people_stand_nowhere_else(house):
	customer, doc = over_the_limit()
	with f.logged_in(house.cashier):
		api.record_payer(customer.name, f.COMPANY, {"payer_tin": "987-65-4321", "id_number": "X-9911-77"})
		frappe.db.commit()
		held = api.get_payer(customer.name, f.COMPANY)
		assert held["held"]["payer_tin"] and "4321" not in json.dumps(held, default=str)
	secrets = ("987654321", "987-65-4321", "X-9911-77", "123456789", f.PAYER["id_number"])
	names = {"reference_name": doc.name}
	for doctype, filters, fields in (
		("Customer Event", names, ["title", "detail"]),
		("Cashier Log", names, ["title", "detail", "reason"]),
		("Version", {"docname": doc.name}, ["data"]),
		("Follow Up", {"customer": customer.name}, ["*"]),
		("Cash Report", {"name": doc.name}, ["*"]),
		("Error Log", {}, ["error"]),
	):
		text = json.dumps(frappe.get_all(doctype, filters, fields, limit=50), default=str)
		assert not any(secret in text for secret in secrets), doctype
	assert doc.get_password("id_number") == "X-9911-77"


def test_a_cashier_records_and_decides_nothing(house):
	customer, doc = over_the_limit()
	doc.db_set({"suspicious": 1, "suspicious_because": "Nervous"})
	frappe.db.commit()
	with f.logged_in(house.cashier):
		seen = api.get_overview(doc.name)
		assert not seen["may"] and not {"patterns", "suggestions", "given_back"} & set(seen)
		shown = frappe.get_doc("Cash Report", doc.name)
		shown.apply_fieldlevel_read_permissions()
		assert (
			not shown.get("suspicious") and not shown.get("suspicious_because") and not shown.get("payer_tin")
		)
		for act in (
			lambda: api.file(doc.name, nowdate(), "Paper", "1"),
			lambda: api.not_required(doc.name, "Because"),
			lambda: api.reopen(doc.name, "Because"),
			lambda: api.relate(doc.name, "Payment Entry", "X", 1, "Because"),
			lambda: api.volunteer(customer.name, f.COMPANY, "Because"),
			lambda: api.get_summary(doc.name),
			lambda: api.get_notices(f.COMPANY, 2026),
			lambda: api.get_letters(f.COMPANY, 2026),
			lambda: api.mark_sent(f.COMPANY, [doc.name], nowdate()),
		):
			with pytest.raises(frappe.PermissionError):
				act()
			frappe.db.rollback()
		assert not frappe.has_permission("Cash Report", "print", doc.name)
	with f.logged_in(f.make_user(roles.TECHNICIAN)), pytest.raises(frappe.PermissionError):
		api.get_position(customer.name, f.COMPANY)
	frappe.db.rollback()


def test_what_looks_split_is_told_to_managers_and_not_to_the_counter(house):
	customer = f.make_customer()
	f.know_payer(customer.name)
	for days in (50, 25, 4):
		pays(customer, 9500, days_ago=days)
	nightly.count(f.COMPANY)
	nightly.count(f.COMPANY)
	frappe.db.commit()
	events = f.event_types(customer=customer.name, event_type="cash_report.pattern")
	assert events == ["cash_report.pattern"]
	(doc,) = [doc for doc in reports(customer) if doc.pattern]
	told = set(
		frappe.get_all(
			"Notification Log", {"document_name": doc.name, "subject": doc.pattern}, pluck="for_user"
		)
	)
	assert {house.manager, house.accountant} <= told and house.cashier not in told
	with f.logged_in(house.accountant):
		(found,) = api.get_overview(doc.name)["patterns"]
		assert found["amount"] == 28_500 and len(found["payments"]) == 3
		assert "cash_report.pattern" not in hidden()
	for user in (house.cashier, f.make_user(roles.SALES_MANAGER)):
		with f.logged_in(user):
			assert "cash_report.pattern" in hidden()
			for doctype, field in (("Customer Event", "event_type"), ("Cashier Log", "kind")):
				if frappe.has_permission(doctype, "read"):
					assert not frappe.get_list(
						doctype, {"customer": customer.name, field: "cash_report.pattern"}
					)


# --- What no payment told by itself -------------------------------------------------------------------


def test_the_night_finds_what_two_counters_took_at_the_same_instant(house):
	"""Neither saw the other's: both are taken, and the report is due by the night."""
	customer = f.make_customer()
	first = plain_payment(customer, 6000)
	frappe.db.commit()
	frappe.db.set_value("Payment Entry", first.name, "docstatus", 0)  # as the other transaction sees it
	pays(customer, 6000)
	frappe.db.set_value("Payment Entry", first.name, "docstatus", 1)
	frappe.db.commit()
	assert not reports(customer)
	nightly.count(f.COMPANY)
	frappe.db.commit()
	(doc,) = reports(customer)
	assert (doc.status, doc.cash_amount) == ("To File", 12_000)
	before = doc.modified
	nightly.count(f.COMPANY)
	frappe.db.commit()
	doc.reload()
	assert len(doc.payments) == 2 and told_of(customer).count("cash_report.due") == 1 and before


def test_two_reports_that_turn_out_to_be_one_leave_one(house):
	customer = f.make_customer()
	f.know_payer(customer.name)
	pays(customer, 9000, days_ago=60)
	pays(customer, 8500, days_ago=10)
	assert [doc.cash_amount for doc in reports(customer)] == [9000, 8500]
	first, second = reports(customer)
	deciding.relate(
		first.name, "Payment Entry", second.payments[0].reference_name, True, "Agreed from the start"
	)
	frappe.db.commit()
	first, second = reports(customer)
	assert (first.status, first.cash_amount, len(first.payments)) == ("To File", 17_500, 2)
	assert (second.status, second.cash_amount, len(second.payments)) == ("Watching", 0, 0)


def test_books_in_another_currency_report_nothing(house, monkeypatch):
	monkeypatch.setattr(counting, "company_currency", lambda company: "EUR")
	assert counting.position(f.make_customer().name, f.COMPANY) is None
	frappe.db.rollback()
