"""Who may do what, with real users of one role each, through the functions that the screens call."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import now_datetime

from dealer_pos_crm.api import deposit as api
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import factories as f
from tests.site.accountant import plain_payment
from tests.site.checks import everything_right


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture(scope="module")
def people(dealership):
	return f.make_people()


def take(deposit) -> dict:
	result = api.take(deposit.name, [{"mode_of_payment": "Cash", "amount": deposit.amount}], f.key())
	frappe.db.commit()
	deposit.reload()
	return result


def act(deposit, action: str, **values) -> dict:
	result = api.act(deposit.name, action, values, f.key())
	frappe.db.commit()
	deposit.reload()
	return result


def decide(result: dict, approve: bool = True, note: str | None = None) -> dict:
	found = api.decide(result["action"], approve, note)
	frappe.db.commit()
	return found


# Taking


@pytest.mark.parametrize("role", [roles.CASHIER, roles.FNI, roles.ACCOUNTANT, *roles.MANAGERS])
def test_the_counter_drafts_and_takes(people, role):
	with f.logged_in(people[role]):
		deposit = f.make_deposit(f.make_customer(), f_vehicle())
		frappe.db.commit()
		assert take(deposit)["status"] == "Done"
	everything_right(deposit)
	assert (deposit.status, deposit.taken_by) == ("Held", people[role])
	assert frappe.db.get_value("Payment Entry", deposit.tenders[0].payment_entry, "owner") == people[role]


def f_vehicle():
	"""A car of the showroom, whoever is logged in."""
	with f.logged_in("Administrator"):
		return f.make_vehicle()


@pytest.mark.parametrize("role", [roles.SALESPERSON, roles.ADVISOR, roles.PARTS])
def test_sales_service_and_parts_draft_and_cannot_take(people, role):
	with f.logged_in(people[role]):
		deposit = f.make_deposit(f.make_customer(), f_vehicle())
		frappe.db.commit()
		with pytest.raises(frappe.PermissionError):
			take(deposit)
	frappe.db.rollback()
	deposit.reload()
	assert deposit.status == "Draft"
	assert not frappe.db.count("Payment Entry", {"dealer_deposit": deposit.name})


@pytest.mark.parametrize("role", [roles.BDC, roles.TECHNICIAN, "Nobody"])
def test_others_cannot_even_draft(people, role):
	customer, vehicle = f.make_customer(), f.make_vehicle()
	with f.logged_in(people[role]), pytest.raises(frappe.PermissionError):
		f.make_deposit(customer, vehicle)


# Refunding


def test_a_cashier_refunds_with_a_second_person_only(people):
	deposit = f.take_new(amount=300)
	with f.logged_in(people[roles.CASHIER]):
		asked = act(deposit, "Refund", amount=100, reason="Cheaper car")
		assert (asked["status"], asked["approval_reason"]) == ("Requested", "A refund needs a second person")
		assert (deposit.status, deposit.refunded_amount) == ("Held", 0)
		with pytest.raises(DealerRefusal, match="may not approve this; ask a manager"):
			decide(asked)
	frappe.db.rollback()
	with f.logged_in(people[roles.ACCOUNTANT]), pytest.raises(DealerRefusal, match="ask a manager"):
		decide(asked)
	frappe.db.rollback()
	told = frappe.get_all("Notification Log", {"document_name": asked["action"]}, pluck="for_user")
	assert people[roles.MANAGER] in told and people[roles.CASHIER] not in told

	with f.logged_in(people[roles.SALES_MANAGER]):
		assert decide(asked)["status"] == "Done"
	everything_right(deposit)
	assert (deposit.status, deposit.refunded_amount) == ("Partly Refunded", 100)
	row = frappe.db.get_value("Deposit Action", asked["action"], ["requested_by", "decided_by"])
	assert row == (people[roles.CASHIER], people[roles.SALES_MANAGER])
	told = frappe.get_all("Notification Log", {"document_name": asked["action"]}, pluck="for_user")
	assert people[roles.CASHIER] in told


def test_a_cashier_cancels_with_a_second_person_only(people):
	deposit = f.take_new(amount=300)
	with f.logged_in(people[roles.CASHIER]):
		asked = act(deposit, "Cancel", reason="Wrong customer")
		assert asked["status"] == "Requested"
	with f.logged_in(people[roles.MANAGER]):
		decide(asked)
	everything_right(deposit)
	assert deposit.status == "Cancelled"


def test_only_a_manager_forfeits(people):
	deposit = f.take_new(amount=300, refundable="No")
	with f.logged_in(people[roles.ACCOUNTANT]):
		asked = act(deposit, "Forfeit", amount=300, reason="Never came back")
		assert asked["status"] == "Requested"
	with f.logged_in(people[roles.MANAGER]):
		assert decide(asked)["status"] == "Done"
	everything_right(deposit)
	assert deposit.status == "Forfeited"


def test_up_to_the_limit_a_manager_refunds_alone_and_above_it_nobody(people):
	deposit = f.take_new(amount=1200)
	with f.logged_in(people[roles.MANAGER]):
		assert act(deposit, "Refund", amount=500, reason="Cheaper car")["status"] == "Done"
		asked = act(deposit, "Refund", amount=0.01, reason="A cent more")
		assert (asked["status"], asked["approval_reason"]) == (
			"Requested",
			"The refund is above the limit for one person",
		)
		with pytest.raises(DealerRefusal, match="asked for this and cannot approve it as well"):
			decide(asked)
		frappe.db.rollback()
		assert api.withdraw(asked["action"])["status"] == "Withdrawn"
		frappe.db.commit()
		asked = act(deposit, "Refund", amount=700, reason="All of it")
		assert asked["status"] == "Requested"
	with f.logged_in(people["Second Manager"]):
		assert decide(asked)["status"] == "Done"
	everything_right(deposit)
	assert (deposit.status, deposit.refunded_amount) == ("Refunded", 1200)


def test_a_refund_against_the_terms_is_a_managers_decision(people):
	deposit = f.take_new(amount=300, refundable="No")
	with f.logged_in(people[roles.ACCOUNTANT]):
		asked = act(deposit, "Refund", amount=100, reason="Goodwill")
		assert asked["approval_reason"] == "The terms do not promise this refund"
	with f.logged_in(people[roles.MANAGER]):
		decide(asked, False, "No goodwill here")
		assert act(deposit, "Refund", amount=100, reason="Goodwill after all")["status"] == "Done"
	row = frappe.db.get_value("Deposit Action", asked["action"], ["status", "decision_note"])
	assert row == ("Rejected", "No goodwill here")


def test_a_request_is_withdrawn_by_its_own_asker(people):
	deposit = f.take_new(amount=300)
	with f.logged_in(people[roles.CASHIER]):
		asked = act(deposit, "Refund", amount=100, reason="Cheaper car")
	with f.logged_in(people[roles.MANAGER]), pytest.raises(frappe.ValidationError, match="can withdraw"):
		api.withdraw(asked["action"])
	frappe.db.rollback()
	with f.logged_in(people[roles.CASHIER]):
		assert api.withdraw(asked["action"])["status"] == "Withdrawn"


# Nobody edits history


HISTORY = ("Customer Event", "Deposit Movement", "Deposit Action", "Dealer Vehicle Hold", "Follow Up")


@pytest.mark.parametrize("doctype", HISTORY)
@pytest.mark.parametrize("who", ["System Manager", "Administrator", roles.MANAGER])
def test_nobody_edits_deletes_or_invents_history(people, doctype, who):
	deposit = f.take_new(amount=300)
	name = frappe.db.get_value(doctype, {"deposit": deposit.name})
	before = frappe.db.get_value(doctype, name, "*", as_dict=True)
	title = frappe.get_meta(doctype).get_field("title") or frappe.get_meta(doctype).get_field("company")
	with f.logged_in(people.get(who, who)):
		doc = frappe.get_doc(doctype, name)
		doc.set(title.fieldname, "Something else")
		for attempt in (
			doc.save,
			lambda: frappe.client.set_value(doctype, name, title.fieldname, "Something else"),
			lambda: frappe.delete_doc(doctype, name),
			lambda: frappe.delete_doc(doctype, name, force=True),
			lambda: frappe.get_doc(
				{**before, "doctype": doctype, "name": None, "client_key": f.key()}
			).insert(),
		):
			with pytest.raises((frappe.ValidationError, frappe.PermissionError)):
				attempt()
			frappe.db.rollback()
	assert frappe.db.get_value(doctype, name, "*", as_dict=True) == before


def test_what_was_agreed_and_what_is_held_is_not_edited(people):
	deposit = f.take_new(amount=300, notes="First visit")
	with f.logged_in(people[roles.CASHIER]):
		for field, value in (
			("amount", 3000),
			("held_amount", 3000),
			("taken_amount", 3000),
			("refunded_amount", 1),
			("status", "Refunded"),
			("customer", f_customer()),
			("refundable", "No"),
			("hold_until", now_datetime()),
			("taken_by", people[roles.MANAGER]),
		):
			doc = frappe.get_doc("Deposit", deposit.name)
			doc.set(field, value)
			with pytest.raises(DealerRefusal, match="cannot be changed once the money is taken"):
				doc.save()
			frappe.db.rollback()
		doc = frappe.get_doc("Deposit", deposit.name)
		doc.tenders[0].left_amount = 3000
		with pytest.raises(DealerRefusal, match="cannot be changed once the money is taken"):
			doc.save()
		frappe.db.rollback()
		doc = frappe.get_doc("Deposit", deposit.name)
		doc.notes = "Second visit"
		doc.save()
		frappe.db.commit()
	with f.logged_in(people["System Manager"]), pytest.raises(frappe.ValidationError, match="stays on file"):
		frappe.delete_doc("Deposit", deposit.name)
	everything_right(deposit)


def f_customer() -> str:
	with f.logged_in("Administrator"):
		return f.make_customer().name


def test_a_draft_holds_no_money_whatever_its_file_says(people):
	with f.logged_in(people[roles.CASHIER]):
		deposit = f.make_deposit(
			f.make_customer(),
			f_vehicle(),
			held_amount=900,
			taken_amount=900,
			tenders=[{"mode_of_payment": "Cash", "amount": 900}],
		)
		assert (deposit.held_amount, deposit.taken_amount, deposit.tenders) == (0, 0, [])
		with pytest.raises(DealerRefusal, match="by its actions, not by hand"):
			f.make_deposit(f.make_customer(), f_vehicle(), status="Held")


# ERPNext's own documents


def test_a_cashier_takes_payments_and_cannot_cancel_them(people):
	customer = f.make_customer()
	frappe.db.commit()
	with f.logged_in(people[roles.CASHIER]):
		payment = plain_payment(customer, 40)
		frappe.db.commit()
		with pytest.raises(frappe.PermissionError):
			payment.cancel()
		frappe.db.rollback()
		with pytest.raises(frappe.PermissionError):
			frappe.delete_doc("Payment Entry", payment.name)
		frappe.db.rollback()
		with pytest.raises(frappe.PermissionError):
			plain_payment(
				customer, 10, payment_type="Pay", paid_from=f.cash_account(), paid_to=f.debtors_account()
			)
	frappe.db.rollback()
	assert f.event_types(customer=customer.name) == ["payment.received"]


def test_a_cashier_sells_at_the_pos_and_cannot_cancel(people):
	customer, item = f.make_customer(), f.make_item()
	f.make_pos_profile()
	frappe.db.commit()
	with f.logged_in(people[roles.CASHIER]):
		shift = f.open_shift()
		sale = frappe.get_doc(
			{
				"doctype": "POS Invoice",
				"company": f.COMPANY,
				"customer": customer.name,
				"pos_profile": shift.pos_profile,
				"is_pos": 1,
				"currency": "USD",
				"conversion_rate": 1,
				"disable_rounded_total": 1,
				"items": [{"item_code": item, "qty": 1, "rate": 30, "income_account": f.income_account()}],
				"payments": [{"mode_of_payment": "Cash", "amount": 30, "account": f.cash_account()}],
			}
		)
		sale.insert()
		sale.submit()
		with pytest.raises(frappe.PermissionError):
			sale.cancel()
	frappe.db.rollback()


@pytest.mark.parametrize(
	("doctype", "right", "allowed"),
	[
		("Dealer Settings", "read", {roles.ACCOUNTANT, roles.MANAGER}),
		("Dealer Settings", "write", {roles.ACCOUNTANT, roles.MANAGER}),
		("Dealer Settings", "create", {roles.MANAGER}),
		("Dealer Settings", "delete", set()),
		("Follow Up Rule", "write", set(roles.MANAGERS)),
		("Deposit", "read", set(roles.ROLES) - {roles.TECHNICIAN}),
		("Deposit", "delete", set(roles.MANAGERS)),
		("Deposit Movement", "write", set()),
		("Deposit Action", "write", set()),
		("Customer Event", "read", set(roles.ROLES) - {roles.TECHNICIAN}),
		("Customer Event", "write", set()),
		("Follow Up", "read", set(roles.ROLES) - {roles.TECHNICIAN}),
		("Dealer Vehicle", "read", set(roles.ROLES)),
		("Payment Entry", "submit", {roles.CASHIER, roles.FNI, roles.ACCOUNTANT, *roles.MANAGERS}),
		("Payment Entry", "cancel", {roles.ACCOUNTANT, *roles.MANAGERS}),
		("Sales Invoice", "cancel", set()),
		("POS Invoice", "submit", {roles.CASHIER}),
		("POS Invoice", "cancel", set()),
	],
)
def test_the_rights_of_the_roles(people, doctype, right, allowed):
	found = {role for role in roles.ROLES if frappe.has_permission(doctype, right, user=people[role])}
	assert found == allowed
	assert not frappe.has_permission(doctype, right, user=people["Nobody"])
