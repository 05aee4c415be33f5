"""No function that a screen calls is for a guest, for somebody without a right, or for the wrong role."""

from __future__ import annotations

import inspect
import pkgutil

import frappe
import pytest

from dealer_pos_crm import api as api_package
from dealer_pos_crm.dealer_counter.collecting import receipt
from dealer_pos_crm.dealer_service import clocks
from dealer_pos_crm.dealer_service.inspections import defaults, sheet
from dealer_pos_crm.dealer_service.recalls import lookup
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_showroom.promises import we_owe
from dealer_pos_crm.dealer_showroom.recon import recon
from dealer_pos_crm.dealer_showroom.visits import appointments, drives, visit
from dealer_pos_crm.domain.recall import Car
from tests.contract.allowed import GUEST_METHODS
from tests.site import billing, counter_house, lane, showroom
from tests.site import factories as f


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture(scope="module")
def people(dealership):
	return f.make_people()


def functions() -> list[str]:
	"""What a screen calls. A door for guests is no part of it: its tests say what its token is good for."""
	found = []
	for module in pkgutil.iter_modules(api_package.__path__):
		path = f"dealer_pos_crm.api.{module.name}"
		for name, function in inspect.getmembers(frappe.get_module(path), inspect.isfunction):
			if function.__module__ == path and function in frappe.whitelisted:
				found.append(f"{path}.{name}")
	return [path for path in found if path not in GUEST_METHODS]


@pytest.fixture(scope="module")
def arguments(dealership):
	"""A value for each name of an argument, so that the call gets past its signature."""
	defaults.add()
	vehicle = f.make_vehicle()
	deposit = f.take_new(None, vehicle, amount=300)
	with f.logged_in(f.make_user(roles.CASHIER)):
		asked = f.act(deposit, "Refund", amount=100, reason="Cheaper car")
	follow_up = frappe.db.get_value("Follow Up", {"deposit": deposit.name})
	order = _invoiced_order()
	walk_in = lane.make_order()
	lane.answer(walk_in, 1, "Declined")
	declined = lane.job(walk_in, 1).declined_service
	recall = frappe.get_doc(
		{"doctype": "Vehicle Recall", "vehicle": vehicle.name, "campaign": "26V000001"}
	).insert()
	inspection = sheet.start(walk_in.name)
	showroom.set_up_showroom()
	deal, lead = showroom.make_deal(), showroom.make_lead()
	asked_about, operation = _asked_about(vehicle), lane.make_operation()
	frappe.db.commit()
	return {
		**_of_the_showroom(deal),
		**_of_the_terminal(deal.customer),
		**_of_the_bank(deal.customer),
		**_of_shifts(),
		**_of_cash(),
		"order": order,
		"claim": frappe.db.get_value("Manufacturer Claim", {"repair_order": order}),
		"claim_number": "W-1",
		"then": "Write Off",
		"amount": 1,
		"mode_of_payment": "Cash",
		"mileage_out": 30_010,
		"deposit": deposit.name,
		"customer": deposit.customer,
		"company": f.COMPANY,
		"part": "counter",
		"vehicle": vehicle.name,
		"follow_up": follow_up,
		"tenders": [],
		"client_key": f.key(),
		"values": {},
		"approve": True,
		"outcome": "Reached",
		"user": "Administrator",
		"action": asked["action"],
		"approval.doctype": "Deposit Action",
		"approval.name": asked["action"],
		"approver": "Administrator",
		"secret": "480172",
		"password": "not mine",
		"source": "none",
		"refund": "none",
		"pos_invoice": "none",
		"rule": "Deposit: agree the next step",
		"name": frappe.db.get_value("Follow Up Rule", {}, "name"),
		"event_type": "deposit.taken",
		"txt": "",
		"vin": vehicle.vin,
		"appointment": lane.make_appointment().name,
		"day": "2027-03-01",
		"start": "2027-03-01",
		"end": "2027-03-08",
		"how": "Phone",
		"repair_order": order,
		"declined_service": declined,
		"inspection": inspection,
		"row": "1",
		"rows": [],
		"recall": recall.name,
		"recall_lookup": asked_about,
		"status": "Done",
		"file_url": "/private/files/recalls.csv",
		"job_no": 1,
		"to": "Ready",
		"text": "RO",
		"operation": operation,
		"by": "Ann Buyer",
		"declined_services": [declined],
		"reason": "Cheaper elsewhere",
		"clock": _clock(),
		"started_at": "2026-03-02 08:00:00",
		"ended_at": "2026-03-02 09:00:00",
		"deal": deal.name,
		"lead": lead.name,
		"stage": "New",
		"feed": "No Feed",
		"files": [],
		"note": "Not for us",
		"names": [1],
		"skip": 0,
		"missing": ["ItemCart.load_invoice"],
		"counter_deposit.what": {"text": "Roof rack"},
		"lines": [],
		"receipt_name": _receipt(order),
		"receipt.doctype": "Deposit",
		"receipt.name": deposit.name,
	}


def _receipt(order: str) -> str:
	"""A receipt of the counter."""
	customer = frappe.db.get_value("Repair Order", order, "customer")
	frappe.db.commit()
	taken = receipt.collect(
		customer, f.COMPANY, [], [{"mode_of_payment": "Cash", "amount": 1}], f.key(), keep_rest=True
	)
	frappe.db.commit()
	return taken["receipt"]


def _of_the_showroom(deal) -> dict:
	"""What the showroom's functions ask for; a name behind a module's is that module's own."""
	rule = frappe.get_doc(
		{
			"doctype": "Lead Routing Rule",
			"title": f.unique("Rule"),
			"company": f.COMPANY,
			"assign": "One Person",
			"user": showroom.salesperson(),
		}
	).insert()
	appointment = appointments.book(
		f.key(),
		customer=deal.customer,
		company=f.COMPANY,
		salesperson=showroom.salesperson(),
		starts_at=frappe.utils.add_to_date(None, hours=3),
	)
	came = visit.start(company=f.COMPANY, customer=deal.customer, salesperson=showroom.salesperson())
	drive = drives.take(
		customer=deal.customer,
		company=f.COMPANY,
		vehicle=showroom.make_car().name,
		salesperson=showroom.salesperson(),
		licence_seen=1,
		licence_valid_until=frappe.utils.add_days(None, 400),
	)
	trade = frappe.get_doc(
		{
			"doctype": "Trade In",
			"customer": deal.customer,
			"company": f.COMPANY,
			"model_year": 2015,
			"make": "Honda",
			"model": "Civic",
			"mileage": 80_000,
		}
	).insert()
	bill = we_owe.make(deal.name, [{"what": "Second key"}], client_key=f.key())
	registration = frappe.get_doc(
		{
			"doctype": "Title Registration",
			"vehicle": deal.vehicle,
			"customer": deal.customer,
			"company": f.COMPANY,
		}
	).insert()
	repaired = recon.start(showroom.make_car(status="In Recon").name)
	showroom.make_checks(deal)
	frappe.db.commit()
	return {
		"lead_desk.rule": rule.name,
		"visit.appointment": appointment["name"],
		"visit_name": came["name"],
		"drive": drive["name"],
		"mileage_in": 30_100,
		"mileage": 30_100,
		"trade_in": trade.name,
		"value": 5000,
		"scenario": showroom.make_scenario(deal).name,
		"columns": [],
		"on": frappe.utils.nowdate(),
		"until": frappe.utils.nowdate(),
		"month": frappe.utils.nowdate(),
		"bill": bill["name"],
		"items": [{"what": "Mats"}],
		"registration": registration.name,
		"recon": frappe.db.get_value("Vehicle Recon", {"name": repaired}) or repaired,
		"key": "1",
		"step": "Detail",
		"eta": frappe.utils.nowdate(),
		"price": 20_000,
		"document": "Photo ID",
		"required_before": "Contracted",
		"party": deal.customer,
		"kind": "OFAC",
		"check_name": frappe.db.get_value("Compliance Check", {"deal": deal.name}),
		"file": "none",
		"what": ["Leads"],
	}


def _of_the_terminal(customer: str) -> dict:
	"""A reader and a payment as they stand before anybody was asked; without an account they do nothing."""
	reader = frappe.get_doc({"doctype": "Card Reader", "title": f.unique("Counter"), "company": f.COMPANY})
	reader.gateway_account = "None"
	reader.flags.ignore_links = reader.flags.ignore_validate = True
	reader.insert()
	payment = frappe.get_doc(
		{
			"doctype": "Card Payment",
			"customer": customer,
			"company": f.COMPANY,
			"amount": 10,
			"currency": "USD",
			"what": "Nothing yet",
			"client_key": f.key(),
			"intent_key": f.key(),
		}
	)
	payment.flags.of_the_house = True
	payment.insert()
	refund = frappe.get_doc(
		{
			"doctype": "Card Refund",
			"card_payment": payment.name,
			"customer": customer,
			"company": f.COMPANY,
			"amount": 1,
			"currency": "USD",
			"client_key": f.key(),
			"refund_key": f.key(),
		}
	)
	refund.flags.of_the_house = True
	refund.insert()
	paid = f.make_invoice(customer, 10).name
	case = frappe.new_doc("Dispute Case")
	case.update({"company": f.COMPANY, "currency": "USD", "amount": 10, "dispute_key": f.key()})
	case.flags.of_the_provider = True
	case.insert()
	attempt = frappe.get_doc(
		{
			"doctype": "Payment Attempt",
			"operation": "Payment",
			"status": "Done",
			"gateway_account": "None",
			"idempotency_key": f.key(),
		}
	)
	attempt.flags.of_the_house = attempt.flags.ignore_links = True
	attempt.insert()
	account = _gateway_account()
	return {
		"attempt": attempt.name,
		**_of_payouts(account),
		"gateway.account": account,
		**_of_pay_requests(customer, paid, account),
		"gateway.name": 1,
		"case": case.name,
		"reader": reader.name,
		"card_payment": payment.name,
		"card_refund": refund.name,
		"card_refund.doctype": "Sales Invoice",
		"card_refund.name": paid,
		"card_refund.document": paid,
		"purpose": "Loaner",
		"needed_until": frappe.utils.add_to_date(None, hours=3),
		"code": "simulated-wpe",
	}


def _of_shifts() -> dict:
	"""An open shift of somebody, and its count."""
	counter_house.set_up()
	shift = counter_house.open_shift(counter_house.cashier("rights.cashier"))
	count = frappe.new_doc("Shift Count")
	count.update({"shift": shift.name, "company": f.COMPANY, "currency": "USD", "cashier": shift.user})
	count.flags.of_the_shift = True
	count.insert()
	counter_house.end_shifts_of(shift.user)
	return {
		"shift": shift.name,
		"pos_opening_entry": shift.name,
		"pos_profile": shift.pos_profile,
		"shift_count": count.name,
		"counted": {},
	}


def _of_cash() -> dict:
	"""A cash report that waits for its payer's cash."""
	customer = f.make_customer().name
	f.know_payer(customer)
	report = frappe.db.get_value("Cash Report", {"customer": customer})
	return {
		"cash_report.report": report,
		"cash_report.reports": [report],
		"cash_report.doctype": "Payment Entry",
		"cash_report.name": "none",
		"cash_report.how": "Paper",
		"filed_on": "2026-03-02",
		"sent_on": "2026-03-02",
		"related": True,
		"told": {},
		"year": 2026,
	}


def _of_the_bank(customer: str) -> dict:
	"""A slip with nothing on it, and a check that came back."""
	slip = frappe.new_doc("Bank Deposit")
	slip.update({"company": f.COMPANY, "currency": "USD", "bank_account": "None", "status": "At the Bank"})
	check = frappe.new_doc("Returned Check")
	check.update({"company": f.COMPANY, "currency": "USD", "customer": customer, "status": "Open"})
	check.update({"reason": "Account Closed", "returned_on": frappe.utils.nowdate()})
	for doc in (slip, check):
		doc.flags.of_the_house = doc.flags.ignore_links = True
		doc.insert()
	return {
		"bank_deposit": slip.name,
		"bank_amount": 1,
		"returned_check": check.name,
		"returned_check.doctype": "POS Invoice",
		"returned_check.name": "none",
	}


def _of_payouts(account: str) -> dict:
	"""A payout that nobody has read yet, and a row of it."""
	payout = frappe.get_doc(
		{
			"doctype": "Gateway Payout",
			"company": f.COMPANY,
			"gateway_account": account,
			"payout_id": f.key(),
			"payout_key": f.key(),
			"currency": "USD",
			"amount": 10,
		}
	).insert()
	line = frappe.get_doc(
		{
			"doctype": "Gateway Payout Line",
			"payout": payout.name,
			"line_key": f.key(),
			"transaction_id": f.key(),
			"category": "topup",
			"state": "Exception",
			"amount": 10,
			"currency": "USD",
		}
	)
	line.flags.of_the_house = True
	line.insert()
	return {
		"payout": payout.name,
		"payout.line": line.name,
		"payout.gateway_account": account,
	}


def _of_pay_requests(customer: str, invoice: str, account: str) -> dict:
	"""A draft that nobody was sent."""
	asked = frappe.get_doc(
		{
			"doctype": "Pay Request",
			"customer": customer,
			"company": f.COMPANY,
			"amount": 10,
			"currency": "USD",
			"what": "Nothing yet",
			"gateway_account": account,
			"for_doctype": "Sales Invoice",
			"for_name": invoice,
			"client_key": f.key(),
			"token_nonce": f.key(),
		}
	)
	asked.flags.of_the_house = True
	asked.insert()
	return {
		"pay_request": asked.name,
		"for_doctype": "Sales Invoice",
		"for_name": invoice,
		"given": 1,
	}


def _gateway_account() -> str:
	"""One without a key, so that nobody is asked."""
	account = frappe.get_doc(
		{"doctype": "Gateway Account", "title": "No key", "company": f.COMPANY, "enabled": 0}
	)
	account.responsible = "Administrator"
	return account.insert().name


def _invoiced_order() -> str:
	"""An order with a warranty claim."""
	billing.set_up()
	order = billing.ready([billing.work(), billing.work("Recall", pay_type="Warranty")])
	billing.invoice(order)
	return order.name


def _clock() -> str:
	"""A clock of somebody else."""
	order, technician = lane.make_order(approved=True), lane.technician()
	with f.logged_in(technician):
		frappe.db.commit()
		clock = clocks.clock_on(order.name, 1)["clock"]["name"]
		clocks.clock_off()
		frappe.db.commit()
	return clock


def _asked_about(vehicle) -> str:
	car = Car(vehicle.make, vehicle.model, vehicle.model_year)
	return lookup.lookup_of(car, vehicle.name)


def call(path: str, arguments: dict) -> object:
	function = frappe.get_attr(path)
	needed = [
		name
		for name, parameter in inspect.signature(function).parameters.items()
		if parameter.default is parameter.empty
	]
	own = {name: f"{path.split('.')[-2]}.{name}" for name in needed}
	unknown = [name for name in needed if name not in arguments and own[name] not in arguments]
	assert not unknown, f"{path}: say in `arguments` what to give for {unknown}"
	return function(
		**{name: arguments[own[name]] if own[name] in arguments else arguments[name] for name in needed}
	)


@pytest.mark.parametrize("path", functions())
def test_no_function_is_for_guests(path):
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		frappe.handler.execute_cmd(path)


@pytest.mark.parametrize("path", functions())
def test_no_function_is_for_users_without_a_right(people, arguments, path):
	with f.logged_in(people["Nobody"]), pytest.raises(frappe.PermissionError):
		call(path, arguments)


@pytest.mark.parametrize(
	"path",
	[
		path
		for path in functions()
		if ".deposit." in path
		or ".follow_up." in path
		or ".service_billing." in path
		or ".card_refund." in path
	],
)
def test_a_technician_sees_no_money_and_no_promise(people, arguments, path):
	with f.logged_in(people[roles.TECHNICIAN]), pytest.raises(frappe.PermissionError):
		call(path, arguments)


def test_a_technicians_customer_tab_has_cars_only(people, arguments):
	from dealer_pos_crm.api.customer import get_overview
	from dealer_pos_crm.dealer_crm.timeline import get_timeline

	with f.logged_in(people[roles.TECHNICIAN]):
		found = get_overview(arguments["customer"])
		timeline = get_timeline("Customer", arguments["customer"])
	assert (found["money"], found["deposits"], found["follow_ups"], found["events"]) == ([], [], [], None)
	assert [row["name"] for row in found["vehicles"]] == [arguments["vehicle"]]
	assert timeline == []
