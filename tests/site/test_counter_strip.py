"""What the counter is told of a customer, how a customer is found, and which car a part was sold for."""

from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import add_days, now_datetime

from dealer_pos_crm.api import counter as api
from dealer_pos_crm.dealer_counter.screen import search, strip
from dealer_pos_crm.dealer_crm.rebuild import Rebuild
from dealer_pos_crm.dealer_setup import roles
from tests.site import billing, showroom
from tests.site import counter_house as house_of
from tests.site import factories as f
from tests.site.counter_house import house  # noqa: F401 - a fixture
from tests.site.counting import statements

MOST = 10  # statements of a strip


@pytest.fixture(scope="module")
def known(house) -> SimpleNamespace:  # noqa: F811
	"""Ann: a phone that Bob shares, an order to pay, a part invoice, a deposit, a deal, a promise."""
	billing.set_up()
	showroom.set_up_showroom()
	ann, bob = f.make_customer(f.unique("Ann Öberg-Buyer")), f.make_customer(f.unique("Bob Twin"))
	mobile = f"(555) 01{int(f.key()[:6], 16) % 10}-{int(f.key()[:6], 16) % 10_000:04d}"
	for customer, email in ((ann, f"{f.key()}@example.com"), (bob, f"{f.key()}@example.com")):
		contact = _contact(customer, mobile, email)
		customer.db_set({"customer_primary_contact": contact.name, "mobile_no": mobile, "email_id": email})
	ann.email = frappe.db.get_value("Customer", ann.name, "email_id")
	order = billing.ready(customer=ann, contact_by="Text")
	billing.invoice(order)
	order.reload()
	car = frappe.get_doc("Dealer Vehicle", order.vehicle)
	car.db_set("plate", f"AB-{f.key()[:5].upper()}")
	stock = f.make_vehicle()
	deposit = f.take_new(ann, stock, 500)
	deal = showroom.make_deal(ann)
	sold = f.make_invoice(ann, 23.40)
	frappe.db.set_value(
		"Follow Up",
		{"deposit": deposit.name},
		{"title": "Ask how the brakes are", "status": "Open", "due_at": add_days(now_datetime(), -1)},
	)
	frappe.db.commit()
	return SimpleNamespace(
		ann=ann, bob=bob, mobile=mobile, order=order, car=car, stock=stock, deal=deal, sold=sold, house=house
	)


def _contact(customer, mobile: str, email: str):
	return frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": customer.customer_name,
			"phone_nos": [{"phone": mobile, "is_primary_mobile_no": 1}],
			"email_ids": [{"email_id": email, "is_primary": 1}],
			"links": [{"link_doctype": "Customer", "link_name": customer.name}],
		}
	).insert()


def of(customer, user: str) -> dict:
	with f.logged_in(user):
		return api.strip(customer.name, f.COMPANY, house_of.PROFILE)


# The strip


def test_the_strip_tells_what_a_cashier_should_know(known):
	told = of(known.ann, known.house.cashier)
	assert told["customer_name"] == known.ann.customer_name
	assert told["contact_by"] == "Text"
	assert told["phone"].replace(" ", "") == known.mobile.replace(" ", "")
	assert told["money"]["held"] == 500
	assert told["money"]["owed"] == pytest.approx(known.order.outstanding + 23.40)
	assert [row.name for row in told["orders"]["rows"]] == [known.order.name]
	assert told["orders"]["rows"][0].outstanding == known.order.outstanding > 0
	assert (told["deal"]["name"], told["deal"]["others"]) == (known.deal.name, 0)
	assert told["promises"]["count"] >= 1 and told["promises"]["late"] >= 1
	assert told["promises"]["first"].title == "Ask how the brakes are"
	assert known.car.name in {row.name for row in told["vehicles"]}
	assert [row["code"] for row in told["warnings"]] == ["duplicate"]
	assert told["warnings"][0]["name"] == known.bob.name


def test_a_strip_is_one_answer_of_few_statements(known):
	of(known.ann, known.house.cashier)  # warms what is cached
	with f.logged_in(known.house.cashier), statements() as sent:
		api.strip(known.ann.name, f.COMPANY, house_of.PROFILE)
	assert len(sent) <= MOST, "\n".join(sent)


def test_warnings_that_make_one_look_twice(known):
	frappe.db.set_value("Customer", known.bob.name, "dealer_no_checks", 1)
	case = frappe.new_doc("Dispute Case")
	case.update(
		{"company": f.COMPANY, "currency": "USD", "amount": 10, "dispute_key": f.key(), "status": "Open"}
	)
	case.customer = known.bob.name
	case.flags.of_the_provider = True
	case.insert()
	frappe.db.commit()
	told = of(known.bob, known.house.cashier)
	codes = [row["code"] for row in told["warnings"]]
	assert codes == ["no_checks", "dispute", "duplicate"]
	assert told["warnings"][1]["name"] == case.name
	frappe.db.set_value("Dispute Case", case.name, "status", "Won")
	frappe.db.commit()
	assert "dispute" not in [row["code"] for row in of(known.bob, known.house.cashier)["warnings"]]


def test_cash_near_the_law_is_told(known):
	payer = f.make_customer(f.unique("Cash Payer"))
	house_of.sell(payer, 9_500)
	told = of(payer, known.house.cashier)["warnings"]
	assert [(row["code"], row["tone"]) for row in told] == [("cash", "orange")]
	assert "9,500" in told[0]["text"]


def test_each_part_only_for_who_may_see_it(known):
	told = of(known.ann, f.make_user(roles.PARTS))
	assert told["deal"] is None and told["cards"] == []
	assert told["money"]["held"] == 500 and told["vehicles"]
	for role in (roles.TECHNICIAN, "Desk User"):
		with pytest.raises(frappe.PermissionError):
			of(known.ann, f.make_user(role))


def test_a_customer_that_a_user_permission_keeps_away_is_not_shown(known):
	user = f.make_user(roles.CASHIER)
	frappe.get_doc(
		{"doctype": "User Permission", "user": user, "allow": "Customer", "for_value": known.bob.name}
	).insert()
	frappe.db.commit()
	with pytest.raises(frappe.PermissionError):
		of(known.ann, user)
	with f.logged_in(user):
		rows = api.find(known.mobile, f.COMPANY)["rows"]
		assert [row["customer"] for row in rows] == [known.bob.name]
		assert api.find(known.order.name, f.COMPANY)["rows"] == []


# The search


def found(known, text: str) -> list[dict]:
	with f.logged_in(known.house.cashier):
		return api.find(text, f.COMPANY)["rows"]


@pytest.mark.parametrize(
	"said",
	[
		lambda known: known.ann.customer_name,
		lambda known: known.ann.customer_name.replace("Ö", "o").lower(),
		lambda known: " ".join(reversed(known.ann.customer_name.split())),
		lambda known: known.mobile,
		lambda known: "+1" + "".join(filter(str.isdigit, known.mobile)),
		lambda known: known.ann.email.upper(),
		lambda known: known.car.vin,
		lambda known: known.car.vin[-6:].lower(),
		lambda known: known.car.plate.replace("-", " ").lower(),
		lambda known: known.stock.stock_number,
		lambda known: known.order.name,
		lambda known: known.sold.name,
		lambda known: known.deal.name.lower(),
	],
	ids=[
		"name", "name without accents", "words turned round", "phone", "phone with country", "e-mail",
		"VIN", "VIN tail", "plate", "stock number", "repair order", "invoice", "deal",
	],
)  # fmt: skip
def test_a_customer_is_found_by_whatever_they_say(known, said):
	rows = found(known, said(known))
	assert known.ann.name in [row["customer"] for row in rows[:2]]


def test_a_find_says_what_was_found(known):
	row = found(known, known.order.name)[0]
	assert row["found"][0] == {
		"kind": "Document",
		"text": known.order.name,
		"doctype": "Repair Order",
		"name": known.order.name,
	}
	assert row["phone"]


def test_what_is_typed_is_no_pattern(known):
	assert found(known, "%%") == [] == found(known, "__")
	assert found(known, "Ann%Buyer") == []


def test_a_car_of_nobody_is_told_and_too_many_is_said(known):
	car = f.make_vehicle()
	frappe.db.commit()
	row = next(row for row in found(known, car.vin) if row["customer"] is None)
	assert row["found"][0]["name"] == car.name
	for _each in range(search.SHOWN + 1):
		f.make_customer(f.unique("Zachary Manifold"))
	frappe.db.commit()
	with f.logged_in(known.house.cashier):
		told = api.find("zachary manif", f.COMPANY)
	assert (len(told["rows"]), told["more"]) == (search.SHOWN, True)


# Cars on lines


def test_a_line_names_a_car_that_exists(known):
	with pytest.raises(frappe.ValidationError, match="No Such Car"):
		house_of.sell(known.ann, 10, items=[_line("No Such Car")])


def test_the_car_of_all_lines_is_the_events_and_survives_the_closing(known):
	whole = house_of.sell(known.ann, 20, items=[_line(known.car.name), _line(known.car.name)])
	mixed = house_of.sell(known.ann, 20, items=[_line(known.car.name), _line(known.stock.name)])
	part = house_of.sell(known.ann, 20, items=[_line(known.car.name), _line(None)])
	told = {
		row.reference_name: row.vehicle
		for row in frappe.get_all(
			"Customer Event",
			{"reference_name": ("in", [whole.name, mixed.name, part.name])},
			["reference_name", "vehicle"],
		)
	}
	assert told == {whole.name: known.car.name, mixed.name: None, part.name: None}

	rebuild = Rebuild(check=True, restart=True)
	for _rows in rebuild.run():
		pass
	wrong = [line for line in rebuild.report.lines if any(sale.name in line for sale in (whole, mixed, part))]
	assert wrong == []

	from erpnext.accounts.doctype.pos_invoice_merge_log.pos_invoice_merge_log import consolidate_pos_invoices

	consolidate_pos_invoices(
		pos_invoices=[
			frappe._dict(
				pos_invoice=sale.name,
				customer=sale.customer,
				posting_date=sale.posting_date,
				posting_time=sale.posting_time,
				grand_total=sale.grand_total,
				is_return=0,
				return_against=None,
			)
			for sale in (whole, mixed, part)
		]
	)
	merged = frappe.db.get_value("POS Invoice", whole.name, "consolidated_invoice")
	rows = frappe.get_all(
		"Sales Invoice Item", {"parent": merged}, ["pos_invoice", "dealer_vehicle"], order_by="idx"
	)
	assert [(row.pos_invoice, row.dealer_vehicle) for row in rows] == [
		(whole.name, known.car.name),
		(whole.name, known.car.name),
		(mixed.name, known.car.name),
		(mixed.name, known.stock.name),
		(part.name, known.car.name),
		(part.name, None),
	]


def _line(vehicle: str | None) -> dict:
	return {
		"item_code": f.make_item(),
		"qty": 1,
		"rate": 10,
		"income_account": f.income_account(),
		"dealer_vehicle": vehicle,
	}


# The screen's start


def test_without_our_setting_the_screen_is_left_alone(known):
	with f.logged_in(known.house.cashier):
		told = api.opening(house_of.PROFILE)
		assert told["counter"] and told["shift"].name == known.house.shift.name
		assert told["may"]["collect"] and told["currency"] == "USD"
	plain = house_of.profile("Plain Counter", dealer_counter=0)
	frappe.db.commit()
	with f.logged_in(known.house.cashier):
		assert api.opening(plain)["counter"] is False
	assert strip.ORDERS < 20  # a fleet is told that there are more
