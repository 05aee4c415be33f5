"""Payouts of the card provider: every row explained to the cent, booked once, and the clearing account honest."""

import random
from datetime import datetime, timedelta, timezone
from unittest import mock

import frappe
import pytest
from frappe.utils import flt, getdate

from dealer_pos_crm.dealer_cashier.card_payments import starting, subjects
from dealer_pos_crm.dealer_cashier.card_refunds import refund, sending
from dealer_pos_crm.dealer_cashier.gateway import accounts
from dealer_pos_crm.dealer_cashier.gateway.times import site_time
from dealer_pos_crm.dealer_cashier.payouts import booking, matching, overview, reading, settling, tenders
from dealer_pos_crm.dealer_cashier.payouts import payout as rows_of
from dealer_pos_crm.dealer_cashier.report.payout_reconciliation import payout_reconciliation as report
from dealer_pos_crm.domain.money import Money
from tests.site import cards
from tests.site import factories as f

COMPANY = f.COMPANY


@pytest.fixture(scope="module")
def customer():
	f.make_dealership()
	name = f.make_customer()
	frappe.db.commit()
	return name


@pytest.fixture
def house():
	"""A new account at a new stand-in, with a clearing account and a mode of payment of its own, each time."""
	mode = own_mode()
	clearing_account = frappe.db.get_value("Mode of Payment Account", {"parent": mode}, "default_account")
	account = cards.gateway_account(clearing_account=clearing_account, online_mode=mode, terminal_mode=mode)
	fake = cards.fake_of(account)
	with cards.use_fake(fake):
		yield account, fake


def own_mode() -> str:
	f.make_dealership()
	bank = frappe.get_doc("Account", cards.bank_account(COMPANY))
	clearing_account = frappe.get_doc(
		{
			"doctype": "Account",
			"company": COMPANY,
			"account_name": f.unique("Clearing"),
			"parent_account": bank.parent_account,
			"account_type": "Bank",
			"account_currency": bank.account_currency,
		}
	).insert()
	mode = frappe.get_doc(
		{
			"doctype": "Mode of Payment",
			"mode_of_payment": f.unique("Card"),
			"type": "Bank",
			"enabled": 1,
			"accounts": [{"company": COMPANY, "default_account": clearing_account.name}],
		}
	)
	return mode.insert().name


def pay(house, customer: str, cents: int, department: str = "Service") -> str:
	"""A card payment that was made, told and booked. Its name."""
	account, fake = house
	owed = subjects.free(customer, COMPANY, "an order", department)
	with mock.patch.object(starting, "now_datetime", lambda: provider_time(fake)):
		card = starting.start(
			account=account,
			channel=starting.ONLINE,
			owed=owed,
			amount=Money(cents, "USD"),
			client_key=f.key(),
			success_url="https://dealer.example/ok",
			cancel_url="https://dealer.example/back",
		)
	frappe.db.commit()
	starting.call(card.name)
	fake.payer.pay(frappe.db.get_value("Card Payment", card.name, "session_id"))
	cards.deliver(fake)
	frappe.db.commit()
	assert frappe.db.get_value("Card Payment", card.name, "payment_entry")
	return card.name


def provider_time(fake):
	"""The stand-in's clock, which payouts have moved on, as the site tells time."""
	return site_time(datetime.fromtimestamp(fake.clock.now(), timezone.utc).replace(tzinfo=None))


def paid_out(house, *, told: bool = True) -> str:
	"""Time goes on to the next payout; it is told, read and matched. Its name here."""
	account, fake = house
	provider = fake.advance_to_payout()["id"]
	if told:
		cards.deliver(fake)
	name = frappe.db.get_value(rows_of.DOCTYPE, {"payout_key": rows_of.key_of(account, provider)}, "name")
	if name:
		reading.read(name)
		frappe.db.commit()
	return name


def clearing(house) -> float:
	return cards.balance(frappe.db.get_value("Gateway Account", house[0], "clearing_account"))


def test_a_payout_is_explained_to_the_cent_and_booked_once(house, customer):
	first, second = pay(house, customer, 50_000), pay(house, customer, 12_345, "Parts")
	name = paid_out(house)
	payout = frappe.get_doc(rows_of.DOCTYPE, name)
	assert (payout.status, payout.line_count, payout.exception_count) == (rows_of.RECONCILED, 2, 0)
	assert flt(payout.charges, 2) == 623.45
	assert flt(payout.charges - payout.fees, 2) == flt(payout.amount, 2) == flt(payout.net, 2)
	line = frappe.get_doc(rows_of.LINE, {"payout": name, "card_payment": first})
	assert line.voucher == frappe.db.get_value("Card Payment", first, "payment_entry")
	assert flt(frappe.db.get_value("Card Payment", second, "fee_amount"), 2) == flt(
		frappe.db.get_value(rows_of.LINE, {"card_payment": second}, "fee"), 2
	)
	assert booking.book(name)["repeated"] is False
	frappe.db.commit()
	assert booking.book(name)["repeated"] is True
	entry = frappe.get_doc("Journal Entry", frappe.db.get_value(rows_of.DOCTYPE, name, "journal_entry"))
	assert (entry.docstatus, entry.cheque_no) == (1, payout.payout_id)
	assert frappe.db.count("Journal Entry", {"dealer_gateway_payout": name, "docstatus": 1}) == 1
	assert clearing(house) == 0
	bank = next(row for row in entry.accounts if flt(row.debit) == flt(payout.amount))
	assert bank.account == frappe.db.get_value("Gateway Account", house[0], "bank_account")


def test_fees_are_costs_of_the_department_that_took_the_card(house, customer):
	pay(house, customer, 50_000, "Service"), pay(house, customer, 20_000, "Parts")
	name = paid_out(house)
	booking.book(name)
	frappe.db.commit()
	entry = frappe.get_doc("Journal Entry", frappe.db.get_value(rows_of.DOCTYPE, name, "journal_entry"))
	fees = frappe.db.get_value("Gateway Account", house[0], "fee_account")
	found = {row.cost_center: flt(row.debit, 2) for row in entry.accounts if row.account == fees}
	assert sum(found.values()) == pytest.approx(flt(frappe.db.get_value(rows_of.DOCTYPE, name, "fees"), 2))
	by_department = {row.department: flt(row.fee, 2) for row in overview.summary(name)["departments"]}
	assert set(by_department) == {"Service", "Parts"}


def test_a_charge_nobody_booked_is_an_exception_until_it_is(house, customer):
	card = pay(house, customer, 50_000)
	entry = frappe.get_doc("Payment Entry", frappe.db.get_value("Card Payment", card, "payment_entry"))
	entry.cancel()
	frappe.db.commit()
	name = paid_out(house)
	payout = frappe.get_doc(rows_of.DOCTYPE, name)
	assert (payout.status, payout.exception_count) == (rows_of.EXCEPTIONS, 1)
	row = overview.rows(name, "Exception", 0, 50)["rows"][0]
	assert card in row.problem
	assert "Book Again" in row.suggestion
	assert frappe.db.exists("ToDo", {"reference_name": name, "status": "Open"})
	with pytest.raises(frappe.ValidationError, match="exceptions"):
		booking.book(name)
	from dealer_pos_crm.dealer_cashier.card_payments import booking as card_booking

	card_booking.book(card, by_person=True)
	frappe.db.commit()
	assert matching.match_again(name)["status"] == rows_of.RECONCILED
	booking.book(name)
	frappe.db.commit()
	assert clearing(house) == 0
	assert not frappe.db.exists("ToDo", {"reference_name": name, "status": "Open"})


def test_a_charge_made_elsewhere_is_settled_by_a_person_with_a_note(house, customer):
	pay(house, customer, 50_000)
	stranger(house, 7_000)
	name = paid_out(house)
	(row,) = overview.rows(name, "Exception", 0, 50)["rows"]
	with pytest.raises(frappe.ValidationError, match="Say what"):
		settling.settle(row.name, "  ")
	income = frappe.db.get_value(
		"Account", {"company": COMPANY, "account_type": "Income Account", "is_group": 0}
	)
	settling.settle(row.name, "Sold from the old web shop; 4242 4242 4242 4242", income)
	assert "4242 4242" not in frappe.db.get_value(rows_of.LINE, row.name, "note")
	assert settling.open_again(row.name)["status"] == rows_of.EXCEPTIONS
	settling.settle(row.name, "Sold from the old web shop", income)
	booking.book(name)
	frappe.db.commit()
	assert clearing(house) == 0
	with pytest.raises(frappe.ValidationError, match="not changed any more"):
		settling.open_again(row.name)


def stranger(house, cents: int) -> None:
	"""A payment that another system made at the same account."""
	gateway = accounts.client(house[0])
	session = gateway.create_session(
		key=f.key(),
		amount=Money(cents, "USD"),
		what="elsewhere",
		success_url="https://shop.example/ok",
		cancel_url="https://shop.example/no",
		expires_at=datetime.fromtimestamp(house[1].clock.now(), timezone.utc).replace(tzinfo=None)
		+ timedelta(hours=2),
		metadata={"shop": "old"},
	)
	house[1].payer.pay(session.session)


def test_reading_again_changes_nothing_and_keeps_what_a_person_settled(house, customer):
	pay(house, customer, 50_000)
	stranger(house, 7_000)
	name = paid_out(house)
	(row,) = overview.rows(name, "Exception", 0, 50)["rows"]
	settling.settle(row.name, "the old shop")
	frappe.db.commit()
	before = frappe.get_all(rows_of.LINE, {"payout": name}, ["name", "state", "voucher"], order_by="name")
	assert reading.read(name) == rows_of.RECONCILED
	after = frappe.get_all(rows_of.LINE, {"payout": name}, ["name", "state", "voucher"], order_by="name")
	assert before == after


def test_a_payout_that_no_message_told_of_is_found_by_the_sweep(house, customer):
	account, fake = house
	pay(house, customer, 50_000)
	fake.advance_to_payout()
	fake.pending_webhooks()  # lost on the way
	assert reading.look_for_new(account) == 1
	assert reading.look_for_new(account) == 0


def test_a_payout_the_bank_sends_back_is_taken_back_and_comes_with_the_next(house, customer):
	fake = house[1]
	pay(house, customer, 50_000)
	name = paid_out(house)
	booking.book(name)
	frappe.db.commit()
	amount = flt(frappe.db.get_value(rows_of.DOCTYPE, name, "amount"), 2)
	fake.bank.fail_payout(frappe.db.get_value(rows_of.DOCTYPE, name, "payout_id"))
	cards.deliver(fake)
	payout = frappe.get_doc(rows_of.DOCTYPE, name)
	assert payout.status == rows_of.FAILED
	assert clearing(house) == amount
	assert frappe.db.exists("ToDo", {"reference_name": name, "status": "Open"})
	cards.deliver(fake)
	assert clearing(house) == amount
	second = paid_out(house)
	assert frappe.db.get_value(rows_of.DOCTYPE, second, "status") == rows_of.RECONCILED
	booking.book(second)
	frappe.db.commit()
	assert clearing(house) == 0


def test_an_accountant_who_cancels_the_entry_may_book_it_again(house, customer):
	pay(house, customer, 50_000)
	name = paid_out(house)
	booking.book(name)
	frappe.db.commit()
	frappe.get_doc("Journal Entry", frappe.db.get_value(rows_of.DOCTYPE, name, "journal_entry")).cancel()
	frappe.db.commit()
	assert frappe.db.get_value(rows_of.DOCTYPE, name, "status") == rows_of.RECONCILED
	booking.book(name)
	frappe.db.commit()
	assert clearing(house) == 0


def test_a_clean_payout_is_booked_by_itself_where_the_account_says_so(house, customer):
	account, _fake = house
	frappe.db.set_value("Gateway Account", account, "book_payouts", 1)
	frappe.db.commit()
	pay(house, customer, 50_000)
	assert frappe.db.get_value(rows_of.DOCTYPE, paid_out(house), "status") == rows_of.BOOKED


def test_the_bank_reconciliation_tool_finds_the_entry(house, customer):
	from erpnext.accounts.doctype.bank_reconciliation_tool.bank_reconciliation_tool import get_linked_payments

	pay(house, customer, 50_000)
	name = paid_out(house)
	booking.book(name)
	payout = frappe.get_doc(rows_of.DOCTYPE, name)
	ledger = frappe.db.get_value("Gateway Account", house[0], "bank_account")
	bank = frappe.get_doc({"doctype": "Bank", "bank_name": f.unique("Bank")}).insert()
	account = frappe.get_doc(
		{
			"doctype": "Bank Account",
			"account_name": f.unique("Operating"),
			"bank": bank.name,
			"is_company_account": 1,
			"company": COMPANY,
			"account": ledger,
		}
	)
	standing = frappe.db.get_value("Bank Account", {"account": ledger})
	account = frappe.get_doc("Bank Account", standing) if standing else account.insert()
	transaction = frappe.get_doc(
		{
			"doctype": "Bank Transaction",
			"date": payout.arrival_date,
			"bank_account": account.name,
			"deposit": payout.amount,
			"currency": payout.currency,
			"reference_number": payout.payout_id,
		}
	).insert()
	transaction.submit()
	found = get_linked_payments(
		transaction.name, ["journal_entry"], getdate("2020-01-01"), getdate("2099-01-01")
	)
	assert payout.journal_entry in str(found)


def test_the_report_agrees_with_the_ledger_and_says_what_is_not_explained(house, customer):
	account, _fake = house
	pay(house, customer, 50_000)
	pay(house, customer, 30_000)
	booking.book(paid_out(house))
	pay(house, customer, 12_000)
	frappe.db.commit()
	ledger = frappe.db.get_value("Gateway Account", account, "clearing_account")
	(row,) = [row for row in tenders.with_provider(COMPANY) if row.account == ledger]
	assert row.owed == row.ledger == Money(12_000, "USD")
	columns, rows, _message, _chart, summary = report.execute(
		{"company": COMPANY, "from_date": "2020-01-01", "to_date": "2099-01-01"}
	)
	own = [line for line in rows if line["account"] == ledger]
	assert flt(sum(line["received"] for line in own), 2) == 920.0
	assert flt(sum(line["moved"] for line in own), 2) == 120.0
	for line in own:
		parts = ("received", "refunded", "disputed", "fees", "to_bank", "other")
		assert flt(sum(line[name] for name in parts), 2) == flt(line["moved"], 2)
		assert line["other"] == 0
	assert any(figure["value"] == 120.0 for figure in summary)
	assert {column["fieldname"] for column in columns} >= {"day", "mode", "fees", "to_bank"}
	card = frappe.get_last_doc("Card Payment", {"gateway_account": account})
	frappe.get_doc("Payment Entry", card.payment_entry).cancel()
	frappe.db.commit()
	message = report.execute({"company": COMPANY, "from_date": "2020-01-01", "to_date": "2099-01-01"})[2]
	assert ledger in message


@pytest.mark.parametrize("seed", [7, 11])
def test_whatever_happens_the_payout_is_the_sum_of_its_rows_and_the_rest_is_still_owed(house, customer, seed):
	"""Random charges, refunds at the provider, disputes and payouts: books and provider agree each time."""
	account, fake = house
	luck = random.Random(seed)
	known: list[str] = []
	for _step in range(14):
		what = luck.choice(["pay", "pay", "pay", "refund", "dispute", "payout"])
		if what == "pay" or not known:
			known.append(
				pay(house, customer, luck.randrange(2_000, 90_000), luck.choice(["Service", "Parts"]))
			)
		elif what == "refund":
			card = frappe.get_doc("Card Payment", luck.choice(known))
			left = round(100 * (card.captured_amount - card.refunded_amount - card.refund_pending))
			if left > 1_000 and not card.disputed_amount:
				with sending.here():
					refund.refund(card.name, luck.randrange(500, left) / 100, "returned", f.key())
				cards.deliver(fake)
		elif what == "dispute":
			card = frappe.get_doc("Card Payment", luck.choice(known))
			if not card.disputed_amount and not card.refunded_amount:
				row = fake.bank.dispute(card.charge_id)
				cards.deliver(fake)
				fake.bank.decide(row["id"], luck.choice(["won", "lost"]))
				cards.deliver(fake)
		elif sum(row["net"] for row in fake.ledger.unpaid()) > 0 or fake.ledger.rows():
			settle_payout(house)
	settle_payout(house)
	(row,) = [r for r in tenders.with_provider(COMPANY) if account in gateways_of(r.account)]
	assert row.difference == Money(0, "USD"), row
	# Fees are booked with the payout, those of disputes at once.
	left = (
		r["net"] if r["reporting_category"].startswith("dispute") else r["amount"]
		for r in fake.ledger.unpaid()
	)
	assert row.ledger == Money(sum(left), "USD")


def gateways_of(clearing_account: str) -> list[str]:
	return frappe.get_all("Gateway Account", {"clearing_account": clearing_account}, pluck="name")


def settle_payout(house) -> None:
	try:
		name = paid_out(house)
	except AssertionError:  # the stand-in has nothing to pay out
		return
	payout = frappe.get_doc(rows_of.DOCTYPE, name)
	lines = frappe.get_all(rows_of.LINE, {"payout": name}, ["net"])
	assert flt(sum(line.net for line in lines), 2) == flt(payout.amount, 2)
	assert payout.status == rows_of.RECONCILED, overview.rows(name, "Exception", 0, 20)["rows"]
	booking.book(name)
	frappe.db.commit()


def test_only_who_may_write_journals_works_on_payouts(house, customer):
	from dealer_pos_crm.api import payout as api

	pay(house, customer, 50_000)
	name = paid_out(house)
	with f.logged_in(f.make_user("Dealer Cashier")), pytest.raises(frappe.PermissionError):
		api.book(name)
	with f.logged_in(f.make_user("Dealer Salesperson")), pytest.raises(frappe.PermissionError):
		api.rows(name)
