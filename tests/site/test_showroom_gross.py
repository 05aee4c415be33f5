"""Gross and commission on a site: from which sources, who sees them, accrued once, reversed, posted."""

import frappe
import pytest
from frappe.utils import add_days, now_datetime, nowdate

from dealer_pos_crm.api import commission as api
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from dealer_pos_crm.dealer_showroom.commission import commission, plans, posting
from dealer_pos_crm.dealer_showroom.gross import gross
from dealer_pos_crm.dealer_showroom.recon import recon
from dealer_pos_crm.dealer_showroom.report.commission_statement import commission_statement
from dealer_pos_crm.dealer_showroom.worksheet import products
from tests.site import factories as f
from tests.site import showroom
from tests.site import stock_house as house
from tests.site.racers import Racers


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	house.set_up(pack_used=300, pack_new=500)
	for name in frappe.get_all("Commission Plan", pluck="name"):
		frappe.db.set_value("Commission Plan", name, "enabled", 0)
	# What an earlier run left waiting is none of this one's.
	frappe.db.set_value("Commission Entry", {"status": "Accrued"}, "status", "Paid")
	set_accounts()
	frappe.db.commit()
	return house.COMPANY


@pytest.fixture(scope="module")
def racers(site, dealership):
	found = Racers(site)
	yield found
	found.close()


def set_accounts(payable_type: str = "") -> None:
	settings = frappe.get_doc("Dealer Settings", house.COMPANY)
	settings.commission_expense_account = account("Sales Commissions", "Expense")
	settings.commission_payable_account = account(
		"Commissions Payable" + (" (staff)" if payable_type else ""), "Liability", payable_type
	)
	settings.save()


def account(name: str, root: str, kind: str = "") -> str:
	full = f"{name} - SM"
	if not frappe.db.exists("Account", full):
		parent = frappe.db.get_value(
			"Account",
			{"company": house.COMPANY, "root_type": root, "is_group": 1, "parent_account": ("is", "set")},
			"name",
			order_by="lft",
		)
		frappe.get_doc(
			{
				"doctype": "Account",
				"company": house.COMPANY,
				"account_name": name,
				"parent_account": parent,
				"account_type": kind,
			}
		).insert()
	return full


def person(name: str, role: str = roles.SALESPERSON) -> str:
	return f.make_user(role, f"{name}.{f.key()[:6]}")


def plan(user: str | list[str] | None, *lines: dict, role: str = plans.SALESPERSON, **values):
	people = [user] if isinstance(user, str) else user or []
	return frappe.get_doc(
		{
			"doctype": "Commission Plan",
			"title": f.unique("Plan"),
			"company": house.COMPANY,
			"for_role": role,
			"lines": list(lines) or [{"basis": "Front Gross", "percent": 25}],
			"people": [{"user": one} for one in people],
			**values,
		}
	).insert()


def product() -> str:
	name = f.unique("Service contract")
	frappe.get_doc(
		{
			"doctype": "FnI Product",
			"product_name": name,
			"kind": "Service Contract",
			"item": f.make_item(),
			"price": 1995,
			"cost": 800,
		}
	).insert()
	return name


def a_deal(*, seller: str | None = None, cost: float = 17_000, **values):
	"""A deal with an approved scenario: 21,500, a fee of 299, a product of 1,995 less 800. Committed."""
	car = house.bought(price=21_500, acquisition_cost=cost, status="Front-line Ready")
	deal = showroom.make_deal(vehicle=car, salesperson=seller or person("seller"), **values)
	sold = product()
	scenario = showroom.make_scenario(
		deal,
		kind="Cash",
		lines=[{"kind": "Fee", "label": "Documentation", "amount": 299}],
		products=[{"product": sold, "price": 1995, "cost": 800}],
	)
	frappe.db.set_value("Deal Jacket", deal.name, {"approved_scenario": scenario.name, "condition": "Used"})
	deal.reload()
	deal.append("products", {"product": sold, "price": 1995, "cost": 800, "status": "Sold"})
	deal.products[-1].parent, deal.products[-1].parenttype = deal.name, "Deal Jacket"
	deal.products[-1].parentfield = "products"
	deal.products[-1].db_insert()
	frappe.db.commit()
	deal.reload()
	return deal


def delivered(deal):
	"""As delivery leaves it for gross and commission."""
	frappe.db.set_value("Deal Jacket", deal.name, {"stage": "Delivered", "delivered_at": now_datetime()})
	frappe.db.set_value(
		"Dealer Vehicle", deal.vehicle, {"status": "Sold", "sold_deal": deal.name, "sold_on": nowdate()}
	)
	deal.reload()
	gross.compute(deal, "Delivered")
	commission.accrue(deal)
	frappe.db.commit()
	return frappe.get_doc("Deal Gross", {"deal": deal.name})


def entries(deal, **filters) -> list:
	return frappe.get_all(
		"Commission Entry",
		{"deal": deal.name, **filters},
		["name", "kind", "user", "amount", "status", "how", "reverses", "round", "journal_entry", "share"],
		order_by="creation, name",
	)


# --- Gross --------------------------------------------------------------------------------------------


def test_gross_says_where_each_number_comes_from():
	deal = a_deal()
	name = gross.compute(deal, "Expected")
	doc = frappe.get_doc("Deal Gross", name)
	assert (doc.state, doc.front_gross, doc.back_gross) == ("Expected", 21_500 + 299 - 17_000 - 300, 1_195)
	lines = {row.kind: (row.income, row.cost, row.source) for row in doc.lines}
	assert lines["Vehicle"] == (21_500, 17_000, "Acquisition cost of the car")
	assert lines["Pack"] == (0, 300, "Dealer Settings")
	assert lines["Product"] == (1_995, 800, "Sold with the deal") or lines["Product"][2] == "Worksheet"
	assert doc.total_gross == pytest.approx(sum(row.income - row.cost for row in doc.lines))


def test_recon_promises_and_over_allowance_are_costs():
	deal = a_deal()
	recon_name = recon.start(deal.vehicle)
	doc = frappe.get_doc("Vehicle Recon", recon_name)
	recon.finish_step(recon_name, house.key(doc, "Inspection"), cost=140.25)
	owed = frappe.get_doc(
		{
			"doctype": "We Owe",
			"deal": deal.name,
			"customer": deal.customer,
			"company": deal.company,
			"items": [
				{
					"what": "Second key",
					"who_pays": "Dealership",
					"cost": 145.75,
					"due_on": add_days(nowdate(), 5),
				},
				{"what": "Tow bar", "who_pays": "Customer", "cost": 999, "due_on": add_days(nowdate(), 5)},
			],
		}
	)
	owed.flags.of_the_promises = owed.flags.of_the_showroom = True
	owed.insert(ignore_permissions=True)
	gross.compute(deal, "Expected")
	doc = frappe.get_doc("Deal Gross", {"deal": deal.name})
	costs = {row.kind: row.cost for row in doc.lines}
	assert (costs["Recon"], costs["We Owe"]) == (140.25, 145.75)
	assert doc.front_gross == pytest.approx(21_500 + 299 - 17_000 - 300 - 140.25 - 145.75)


def test_the_reserve_has_its_formula():
	deal = a_deal()
	frappe.db.set_value(
		"Deal Scenario",
		deal.approved_scenario,
		{"kind": "Finance", "amount_financed": 20_000, "apr": 7, "buy_rate": 5, "term_months": 60},
	)
	gross.compute(deal, "Expected")
	doc = frappe.get_doc("Deal Gross", {"deal": deal.name})
	line = next(row for row in doc.lines if row.kind == "Reserve")
	assert line.income == pytest.approx(60 * (396.02 - 377.42), abs=0.6)
	assert "(7 % − 5 %)" in line.source


def test_who_is_not_entitled_sees_no_gross():
	deal = a_deal()
	gross.compute(deal, "Expected")
	frappe.db.commit()
	for user in (showroom.salesperson(), deal.salesperson, showroom.bdc(), showroom.fni()):
		with f.logged_in(user):
			assert not frappe.has_permission("Deal Gross", "read", deal.name)
			with pytest.raises(frappe.PermissionError):
				frappe.get_list("Deal Gross")
	for user in (showroom.sales_manager(), house.accountant()):
		with f.logged_in(user):
			assert frappe.get_list("Deal Gross", {"deal": deal.name})


def test_gross_is_not_written_by_hand():
	deal = a_deal()
	doc = frappe.get_doc("Deal Gross", gross.compute(deal, "Expected"))
	doc.front_gross = 1
	with pytest.raises(frappe.ValidationError, match="by hand"):
		doc.save()
	with pytest.raises(frappe.ValidationError, match="on file"):
		frappe.delete_doc("Deal Gross", doc.name)


def test_unwound_it_is_zero_and_keeps_its_lines():
	deal = a_deal()
	before = delivered(deal)
	gross.compute(deal, "Unwound", reason="Financing fell through")
	doc = frappe.get_doc("Deal Gross", before.name)
	assert (doc.state, doc.front_gross, doc.back_gross, doc.total_gross) == ("Unwound", 0, 0, 0)
	assert len(doc.lines) == len(before.lines) + 2
	gross.compute(deal, "Unwound")
	assert len(frappe.get_doc("Deal Gross", before.name).lines) == len(doc.lines)
	gross.compute(deal, "Delivered")
	assert frappe.get_doc("Deal Gross", before.name).front_gross == before.front_gross


# --- Commission ----------------------------------------------------------------------------------------


def test_a_delivered_deal_earns_its_salesperson_a_commission_in_words():
	seller = person("words")
	plan(seller, {"basis": "Front Gross", "percent": 20}, {"basis": "Front Gross", "percent": 30, "from_amount": 2000},
		{"basis": "Flat per Car", "amount": 50})  # fmt: skip
	deal = a_deal(seller=seller)
	delivered(deal)
	(entry,) = entries(deal)
	# Front 4,499: 400 + 749.70 + 50.
	assert (entry.kind, entry.user, entry.amount, entry.status) == ("Earned", seller, 1_199.70, "Accrued")
	for words in ("20 % of $ 2,000.00 = $ 400.00", "30 % of $ 2,499.00 = $ 749.70", "Together $ 1,199.70"):
		assert words in entry.how


def test_two_share_to_the_cent():
	first, second = person("first"), person("second")
	plan([first, second], {"basis": "Front Gross", "percent": 25})
	deal = a_deal(seller=first, second_salesperson=second, split=50)
	delivered(deal)
	amounts = {row.user: row.amount for row in entries(deal)}
	# The whole is 1,124.75: the odd cent is the first one's.
	assert amounts == {first: 562.38, second: 562.37}


def test_without_a_plan_nobody_earns_and_it_is_said():
	deal = a_deal()
	delivered(deal)
	assert entries(deal) == []
	assert deal.salesperson in plans.missing(deal, commission.delivered_on(deal))[0]


def test_a_plan_holds_for_its_time():
	seller = person("times")
	plan(seller, {"basis": "Flat per Car", "amount": 10}, valid_until=add_days(nowdate(), -1))
	now = plan(seller, {"basis": "Flat per Car", "amount": 20}, valid_from=nowdate())
	plan(seller, {"basis": "Flat per Car", "amount": 30}, valid_from=add_days(nowdate(), 1))
	assert plans.plan_of(seller, plans.SALESPERSON, house.COMPANY, commission.getdate()).name == now.name


def test_coming_again_accrues_nothing():
	seller = person("again")
	plan(seller)
	deal = a_deal(seller=seller)
	delivered(deal)
	assert commission.accrue(deal) == [entries(deal)[0].name]
	assert len(entries(deal)) == 1


@pytest.mark.parametrize("_round", range(3))
def test_two_accrue_at_the_same_instant(racers, _round):
	seller = person("race")
	plan(seller)
	deal = a_deal(seller=seller)
	frappe.db.set_value("Deal Jacket", deal.name, "delivered_at", now_datetime())
	gross.compute(deal, "Delivered")
	frappe.db.commit()
	finishes = racers.run(*(("accrue", deal.name) for _number in range(2)))
	frappe.db.rollback()
	assert any(finish.won for finish in finishes), [finish.error for finish in finishes]
	assert len(entries(deal)) == 1


def test_unwound_every_entry_is_reversed_and_a_new_delivery_earns_again():
	seller = person("unwind")
	plan(seller)
	deal = a_deal(seller=seller)
	delivered(deal)
	commission.reverse(deal, "Unwound")
	commission.reverse(deal, "Unwound")
	earned, back = entries(deal)
	assert (back.kind, back.amount, back.reverses) == ("Reversed", -earned.amount, earned.name)
	delivered(deal)
	third = entries(deal)[2]
	assert (third.kind, third.round, third.amount) == ("Earned", 2, earned.amount)


def test_a_late_recon_cost_adjusts_gross_and_commission():
	seller = person("late")
	plan(seller)
	deal = a_deal(seller=seller)
	recon_name = recon.start(deal.vehicle)
	before = delivered(deal)
	doc = frappe.get_doc("Vehicle Recon", recon_name)
	recon.finish_step(recon_name, house.key(doc, "Detail"), cost=200)
	frappe.db.commit()
	assert frappe.get_doc("Deal Gross", before.name).front_gross == before.front_gross - 200
	rows = [(row.kind, row.amount) for row in entries(deal)]
	assert rows == [("Earned", before.front_gross * 0.25), ("Adjusted", -50)]
	recon.finish_step(recon_name, house.key(doc, "Photos"), cost=0)
	assert len(entries(deal)) == 2


def test_once_posted_a_late_cost_is_a_line_of_its_own():
	seller = person("posted")
	plan(seller)
	deal = a_deal(seller=seller)
	recon_name = recon.start(deal.vehicle)
	before = delivered(deal)
	posting.post(house.COMPANY, nowdate())
	frappe.db.commit()
	doc = frappe.get_doc("Vehicle Recon", recon_name)
	recon.finish_step(recon_name, house.key(doc, "Detail"), cost=200)
	frappe.db.commit()
	after = frappe.get_doc("Deal Gross", before.name)
	assert [row.kind for row in after.lines] == [*(row.kind for row in before.lines), "Adjustment"]
	assert (after.front_gross, after.lines[-1].cost, after.frozen) == (before.front_gross - 200, 200, 1)
	assert [(row.kind, row.status) for row in entries(deal)] == [
		("Earned", "Posted"),
		("Adjusted", "Accrued"),
	]


def test_in_a_closed_month_a_late_promise_is_a_line_of_its_own():
	seller = person("closed")
	plan(seller)
	deal = a_deal(seller=seller)
	before = delivered(deal)
	frappe.db.set_value("Deal Gross", before.name, "delivered_on", "2025-01-15")
	period = frappe.get_doc(
		{
			"doctype": "Accounting Period",
			"period_name": f.unique("January"),
			"company": house.COMPANY,
			"start_date": "2025-01-01",
			"end_date": "2025-01-31",
			"closed_documents": [{"document_type": "Journal Entry", "closed": 1}],
		}
	)
	period.flags.ignore_validate = True
	period.insert()
	owed = frappe.get_doc(
		{
			"doctype": "We Owe",
			"deal": deal.name,
			"customer": deal.customer,
			"company": deal.company,
			"items": [
				{
					"what": "Second key",
					"who_pays": "Dealership",
					"cost": 100,
					"due_on": add_days(nowdate(), 5),
				}
			],
		}
	)
	owed.insert(ignore_permissions=True)
	after = frappe.get_doc("Deal Gross", before.name)
	assert [row.kind for row in after.lines][-1] == "Adjustment"
	assert (after.front_gross, after.frozen) == (before.front_gross - 100, 1)
	assert [(row.kind, row.amount) for row in entries(deal)][-1] == ("Adjusted", -25)


def test_a_product_that_is_cancelled_takes_its_gross_along():
	seller = person("product")
	plan(seller, {"basis": "Back Gross", "percent": 10}, {"basis": "Product Count", "amount": 40})
	deal = a_deal(seller=seller)
	before = delivered(deal)
	assert entries(deal)[0].amount == 119.5 + 40
	products.cancel_one(deal.name, deal.products[0].name, nowdate(), "Sold the car", refund=1995)
	after = frappe.get_doc("Deal Gross", before.name)
	assert (after.back_gross, after.front_gross) == (0, before.front_gross)
	assert [(row.kind, row.amount) for row in entries(deal)][-1] == ("Adjusted", -159.5)


# --- Rights --------------------------------------------------------------------------------------------


def test_everybody_sees_the_own_commissions_only():
	one, other = person("own"), person("other")
	plan([one, other])
	deals = [a_deal(seller=one), a_deal(seller=other)]
	for deal in deals:
		delivered(deal)
	mine, theirs = (entries(deal)[0].name for deal in deals)
	with f.logged_in(one):
		assert set(frappe.get_list("Commission Entry", pluck="user")) == {one}
		assert frappe.has_permission("Commission Entry", "read", mine)
		assert not frappe.has_permission("Commission Entry", "read", theirs)
		assert not frappe.has_permission("Commission Entry", "write", mine)
		filters = {"company": house.COMPANY, "from_date": nowdate(), "to_date": nowdate(), "user": other}
		rows = commission_statement.execute(filters)[1]
		assert {row.get("user") for row in rows if row.get("user")} == {one}
		with pytest.raises(frappe.PermissionError):
			api.post(house.COMPANY, nowdate())
		with pytest.raises(frappe.PermissionError):
			api.preview(house.COMPANY, nowdate())
	with f.logged_in(showroom.sales_manager()):
		seen = set(frappe.get_list("Commission Entry", pluck="user", limit=0))
		assert {one, other} <= seen
	with f.logged_in(showroom.bdc()), pytest.raises(frappe.PermissionError):
		frappe.get_list("Commission Entry")


# --- Posting -------------------------------------------------------------------------------------------


def post_everything() -> None:
	"""Nothing of other tests waits to be posted."""
	if posting.preview(house.COMPANY, nowdate())["entries"]:
		set_accounts()
		posting.post(house.COMPANY, nowdate())
	frappe.db.commit()


def gl(journal: str) -> dict[str, float]:
	rows = frappe.get_all(
		"GL Entry",
		{"voucher_no": journal, "is_cancelled": 0},
		["account", "debit", "credit"],
		order_by="name",
	)
	found: dict[str, float] = {}
	for row in rows:
		found[row.account] = round(found.get(row.account, 0) + row.debit - row.credit, 2)
	return found


def test_commissions_are_posted_once_and_wait_again_when_the_journal_is_cancelled():
	post_everything()
	one, other = person("post"), person("post.other")
	plan([one, other])
	deals = [a_deal(seller=one), a_deal(seller=other)]
	for deal in deals:
		delivered(deal)
	commission.reverse(deals[1], "Unwound")
	frappe.db.commit()
	amount = entries(deals[0])[0].amount
	with f.logged_in(house.accountant()):
		shown = api.preview(house.COMPANY, nowdate())
		assert (shown["total"], shown["entries"], shown["missing"]) == (amount, 3, [])
		journal = api.post(house.COMPANY, nowdate())
		frappe.db.commit()
		with pytest.raises(DealerRefusal, match="waits to be posted"):
			api.post(house.COMPANY, nowdate())
	assert gl(journal) == {"Sales Commissions - SM": amount, "Commissions Payable - SM": -amount}
	assert {row.status for deal in deals for row in entries(deal)} == {"Posted"}
	frappe.db.commit()
	frappe.get_doc("Journal Entry", journal).cancel()
	frappe.db.commit()
	assert {(row.status, row.journal_entry) for deal in deals for row in entries(deal)} == {("Accrued", None)}
	assert gl(journal) == {}


def test_two_post_at_the_same_instant(racers):
	post_everything()
	seller = person("post.race")
	plan(seller)
	delivered(a_deal(seller=seller))
	finishes = racers.run(*(("post_commissions", house.COMPANY, nowdate()) for _number in range(2)))
	assert sorted(finish.won for finish in finishes) == [False, True], [finish.error for finish in finishes]
	assert "waits to be posted" in next(finish.error for finish in finishes if not finish.won)


def test_a_payable_account_kept_by_employee_wants_one():
	post_everything()
	seller = person("employee")
	plan(seller, payable_account=account("Commissions Payable (staff)", "Liability", "Payable"))
	deal = a_deal(seller=seller)
	delivered(deal)
	with pytest.raises(DealerRefusal, match="Employee"):
		posting.post(house.COMPANY, nowdate())
	employee = frappe.get_doc(
		{
			"doctype": "Employee",
			"first_name": "Floor Seller",
			"company": house.COMPANY,
			"user_id": seller,
			"gender": frappe.db.get_value("Gender", {}, "name"),
			"date_of_birth": "1990-01-01",
			"date_of_joining": "2020-01-01",
			"status": "Active",
		}
	).insert()
	journal = posting.post(house.COMPANY, nowdate())
	party = frappe.db.get_value(
		"GL Entry",
		{"voucher_no": journal, "account": "Commissions Payable (staff) - SM"},
		["party_type", "party", "credit"],
	)
	assert party == ("Employee", employee.name, entries(deal)[0].amount)
	frappe.db.commit()


def test_without_accounts_nothing_is_posted_and_the_remedy_is_said():
	post_everything()
	seller = person("accounts")
	plan(seller)
	delivered(a_deal(seller=seller))
	frappe.db.set_value("Dealer Settings", house.COMPANY, "commission_payable_account", None)
	frappe.clear_document_cache("Dealer Settings", house.COMPANY)
	with pytest.raises(DealerRefusal, match="Dealer Settings"):
		posting.post(house.COMPANY, nowdate())
	frappe.db.rollback()
	frappe.clear_document_cache("Dealer Settings", house.COMPANY)


def test_a_draw_is_recovered_from_what_was_earned():
	seller = person("draw")
	plan(seller, {"basis": "Front Gross", "percent": 25}, draw=2000)
	delivered(a_deal(seller=seller))
	with f.logged_in(house.accountant()):
		first = api.record_draws(house.COMPANY, nowdate())
		assert api.record_draws(house.COMPANY, nowdate()) == []
	assert len(first) == len(set(first))
	begin = frappe.utils.get_first_day(nowdate())
	end = frappe.utils.get_last_day(nowdate())
	balance, rows = posting.statement(seller, house.COMPANY, begin, end)
	# 4,499 front: 1,124.75 earned, 2,000 drawn.
	assert float(balance.earned.decimal) == 1_124.75
	assert (float(balance.due.decimal), float(balance.carried_on.decimal)) == (0, 875.25)
	assert {(row.kind, row.status) for row in rows} == {("Earned", "Accrued"), ("Draw", "Paid")}
	with f.logged_in(house.accountant()):
		preview = api.preview(house.COMPANY, frappe.utils.get_last_day(nowdate()))
	assert {row["user"]: row["amount"] for row in preview["people"]}[seller] == 1_124.75


def test_entries_are_not_written_by_hand():
	seller = person("hand")
	plan(seller)
	deal = a_deal(seller=seller)
	delivered(deal)
	doc = frappe.get_doc("Commission Entry", entries(deal)[0].name)
	doc.amount = 9999
	with pytest.raises(frappe.ValidationError, match="by hand"):
		doc.save()
	with pytest.raises(frappe.ValidationError, match="on file"):
		doc.delete()


# --- The recap -----------------------------------------------------------------------------------------


def test_the_recap_adds_up_and_is_for_the_house_alone():
	seller = person("recap")
	plan(seller)
	deal = a_deal(seller=seller)
	doc = delivered(deal)
	with f.logged_in(showroom.sales_manager()):
		page = frappe.get_print("Deal Gross", doc.name, "Deal Recap")
	for words in ("Deal Recap", "$ 21,500.00", "Front gross", "$ 4,499.00", "Back gross", "$ 1,195.00",
		"Total gross", "$ 5,694.00", "$ 1,124.75", "$ 4,569.25"):  # fmt: skip
		assert words in page, words
	for user in (seller, showroom.fni(), showroom.bdc()):
		with f.logged_in(user), pytest.raises(frappe.PermissionError):
			frappe.get_print("Deal Gross", doc.name, "Deal Recap")
