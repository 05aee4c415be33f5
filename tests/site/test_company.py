"""A company: set up once, left alone without settings, followed when it is renamed."""

import frappe
import pytest

from dealer_pos_crm.dealer_setup import accounting, roles, settings
from tests.site import factories as f


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture
def other_company():
	tail = f.key()[:5].upper()
	return frappe.get_doc(
		{
			"doctype": "Company",
			"company_name": f"Valley Cars {tail}",
			"abbr": tail,
			"default_currency": "USD",
			"country": "United States",
			"chart_of_accounts": "Standard with Numbers",
		}
	).insert()


def test_setting_up_shows_then_changes_then_has_nothing_to_do(other_company):
	company = other_company.name
	frappe.get_doc({"doctype": "Dealer Settings", "company": company}).insert()
	shown = accounting.preview(company)
	assert not shown["ready"]
	assert [change["step"] for change in shown["changes"]] == [
		"deposit_account",
		"forfeit_account",
		"switch",
		"default_account",
		"settings_deposit",
		"settings_forfeit",
	]
	assert not frappe.db.exists("Account", {"company": company, "account_name": "Customer Deposits"})

	assert accounting.set_up(company)["changes"] == shown["changes"]
	account = frappe.db.get_value("Company", company, "default_advance_received_account")
	assert frappe.db.get_value("Account", account, ["root_type", "account_type"]) == (
		"Liability",
		"Receivable",
	)
	assert accounting.preview(company) == {"ready": True, "changes": [], "notes": []}
	assert accounting.set_up(company)["notes"] == ["Already set up"]


def test_an_account_that_the_company_already_uses_is_kept(other_company):
	company = other_company.name
	account = frappe.get_doc(
		{
			"doctype": "Account",
			"company": company,
			"account_name": "Advances from Buyers",
			"parent_account": frappe.db.get_value(
				"Account", {"company": company, "account_name": "Current Liabilities"}, "name"
			),
			"account_type": "Receivable",
		}
	).insert()
	other_company.reload()
	other_company.default_advance_received_account = account.name
	other_company.save()
	frappe.get_doc({"doctype": "Dealer Settings", "company": company}).insert()
	accounting.set_up(company)
	assert frappe.db.get_value("Dealer Settings", company, "deposit_account") == account.name
	assert not frappe.db.exists("Account", {"company": company, "account_name": "Customer Deposits"})


def test_settings_follow_a_renamed_company(other_company):
	old, new = other_company.name, f"Hill Cars {f.key()[:6]}"
	frappe.get_doc({"doctype": "Dealer Settings", "company": old}).insert()
	frappe.rename_doc("Company", old, new, force=True)
	assert settings.is_dealership(new) and not settings.is_dealership(old)
	assert settings.settings_of(new).company == new


def test_a_company_without_settings_is_left_alone(other_company):
	company = other_company.name
	customer = f.make_customer()
	payment = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Receive",
			"company": company,
			"posting_date": frappe.utils.nowdate(),
			"party_type": "Customer",
			"party": customer.name,
			"paid_from": other_company.default_receivable_account
			or frappe.db.get_value("Company", company, "default_receivable_account"),
			"paid_to": frappe.db.get_value(
				"Account", {"company": company, "account_type": "Cash", "is_group": 0}, "name"
			),
			"paid_amount": 10,
			"received_amount": 10,
		}
	)
	payment.insert()
	payment.submit()
	assert f.event_types(customer=customer.name) == []


def test_settings_refuse_an_account_of_the_wrong_kind(other_company):
	doc = frappe.get_doc({"doctype": "Dealer Settings", "company": other_company.name}).insert()
	doc.deposit_account = frappe.db.get_value("Company", other_company.name, "default_receivable_account")
	with pytest.raises(frappe.ValidationError, match="Liability"):
		doc.save()
	doc.reload()
	doc.forfeit_income_account = f.income_account()
	with pytest.raises(frappe.ValidationError, match=other_company.name):
		doc.save()


def test_the_counter_does_not_pay_out_by_hand():
	customer = f.make_customer()
	frappe.db.commit()
	cash = frappe.db.get_value(
		"Account", {"company": f.COMPANY, "account_type": "Cash", "is_group": 0}, "name"
	)
	payment = {
		"doctype": "Payment Entry",
		"payment_type": "Pay",
		"company": f.COMPANY,
		"posting_date": frappe.utils.nowdate(),
		"party_type": "Customer",
		"party": customer.name,
		"paid_from": cash,
		"paid_to": f.debtors_account(),
		"paid_amount": 10,
		"received_amount": 10,
	}
	with f.logged_in(f.make_user(roles.CASHIER)), pytest.raises(frappe.PermissionError, match="counter"):
		frappe.get_doc(payment).insert()
	with f.logged_in(f.make_user((roles.CASHIER, roles.ACCOUNTANT))):
		assert frappe.get_doc(payment).insert().name
