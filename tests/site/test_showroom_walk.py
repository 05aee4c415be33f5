"""From a message to a funded contract: every hand it passes through, and every step on the customer's timeline."""

import frappe
import pytest
from frappe.utils import add_days, add_to_date, flt, getdate, now_datetime, nowdate

from dealer_pos_crm.dealer_crm.leads import contact, intake
from dealer_pos_crm.dealer_crm.rebuild import Rebuild
from dealer_pos_crm.dealer_showroom.deals import opening, stages
from dealer_pos_crm.dealer_showroom.delivery import funding
from dealer_pos_crm.dealer_showroom.documents import checklist
from dealer_pos_crm.dealer_showroom.promises import we_owe
from dealer_pos_crm.dealer_showroom.visits import appointments, drives, visit
from dealer_pos_crm.dealer_showroom.worksheet import approval, scenarios
from tests.site import delivery as d
from tests.site import factories as f
from tests.site import lane, leads
from tests.site import showroom as s
from tests.site import worksheet_data as w


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	company = d.set_up(vehicle_tax_template=None)
	lane.set_up_lane()
	lane.make_team()
	settings = frappe.get_doc("Dealer Settings", company)
	settings.update({"vehicle_tax_template": d.tax_template(8), "trade_reduces_tax": 1})
	settings.save()
	frappe.db.commit()
	yield company
	settings.reload()
	settings.update({"vehicle_tax_template": None, "trade_reduces_tax": 0})
	settings.save()
	s.no_papers()
	frappe.db.commit()


def by(user: str):
	frappe.db.commit()
	return f.logged_in(user)


def papers_are_asked() -> None:
	"""The list of papers that comes with the app is in force."""
	for name in frappe.get_all("Deal Document Template", pluck="name"):
		frappe.db.set_value("Deal Document Template", name, "enabled", 1)
	frappe.db.commit()


def hand_in_all_papers(deal) -> None:
	deal.reload()
	for row in deal.documents:
		if row.status != "Missing":
			continue
		if row.document and not checklist.paper_of(row).note_is_enough:
			file = frappe.get_doc(
				{"doctype": "File", "file_name": f"{f.key()}.txt", "content": row.document, "is_private": 1}
			).insert()
			checklist.receive(deal.name, row.name, file.name)
		else:
			checklist.note(deal.name, row.name, "Seen at the desk")
		frappe.db.commit()


def test_a_lead_by_adf_becomes_a_delivered_and_funded_deal():
	papers_are_asked()
	car = s.make_car(price=28_000, model_year=2021, make="Honda", model="Accord")
	person = leads.Person()
	feed = leads.make_feed("HTTP", lead_type="Internet")

	# It arrives.
	(row,) = intake.accept(
		person.adf(stock=car.stock_number or "", vin=car.vin or "", trade="2015 Honda Civic"),
		channel="HTTP",
		feed=feed,
		company=f.COMPANY,
	)
	frappe.db.commit()
	assert intake.work(row.name) == "Done"
	lead = frappe.get_doc("Lead", frappe.db.get_value("Lead Intake", row.name, "lead"))
	assert lead.dealer_vehicle == car.name
	assert lead.lead_owner and lead.dealer_waiting_since and lead.dealer_due_at
	assert frappe.db.get_value("Follow Up", {"lead": lead.name, "status": ("in", ("Planned", "Open"))})
	seller = lead.lead_owner = s.salesperson()
	lead.save()

	# It is answered, and the customer is asked in.
	with by(seller):
		contact.log(lead.name, "Call")
		frappe.db.commit()
		lead.reload()
		assert lead.dealer_state == "Answered" and not lead.dealer_waiting_since
		booked = appointments.book(
			f.key(),
			lead=lead.name,
			company=f.COMPANY,
			vehicle=car.name,
			salesperson=seller,
			starts_at=add_to_date(now_datetime(), hours=1),
			channel="Phone",
		)
		frappe.db.commit()

	# They come, drive, and a deal is opened: they are a customer now.
	with by(seller):
		came = visit.start(
			company=f.COMPANY, appointment=booked["name"], salesperson=seller, client_key=f.key()
		)
		frappe.db.commit()
		drive = drives.take(
			client_key=f.key(),
			lead=lead.name,
			company=f.COMPANY,
			vehicle=car.name,
			visit=came["name"],
			salesperson=seller,
			licence_seen=1,
			licence_valid_until=add_days(nowdate(), 400),
			licence_country="OR",
			mileage_out=10,
		)
		frappe.db.commit()
		drives.back(drive["name"], 18)
		frappe.db.commit()
		deal = frappe.get_doc(
			"Deal Jacket", opening.open_from_lead(lead.name, client_key=f.key(), deal_type="Finance")
		)
		frappe.db.commit()
	customer = deal.customer
	assert (deal.stage, deal.lead, deal.vehicle, deal.salesperson) == ("Visit", lead.name, car.name, seller)
	told = f.event_types(customer=customer)
	assert {"lead.received", "lead.responded", "appointment.booked", "appointment.kept", "visit.made"} <= set(
		told
	)
	assert {"test_drive.taken", "test_drive.returned", "lead.converted", "deal.opened"} <= set(told)

	# A deposit holds the car, and moves the deal by itself.
	deposit = f.make_deposit(
		frappe.get_doc("Customer", customer), car, 500, deal=deal.name, salesperson=seller
	)
	frappe.db.commit()
	f.take(deposit)
	deal.reload()
	assert (deal.stage, flt(deal.deposits_held)) == ("Deposit", 500)

	# The worksheet: a trade-in with a payoff, a product, tax; approved by somebody else.
	trade = d.make_trade(
		frappe.get_doc("Customer", customer), worth=6000, allowance=6500, payoff=2000, deal=deal
	)
	contract = w.product("Service contract of the walk", price=1800, cost=900)
	frappe.db.set_value("Deal Jacket", deal.name, {"lender": d.lender(), "fni_manager": s.fni()})
	with by(seller):
		offer = scenarios.create(
			deal.name,
			{
				"kind": "Finance",
				"price": 28_000,
				"lender": d.lender(),
				"term_months": 60,
				"apr": 6.9,
				"trades": [{"trade_in": trade.name, "allowance": 6500, "payoff": 2000}],
				"products": [{"product": contract, "price": 1800}],
				"cash_down": 0,
			},
		)
		frappe.db.commit()
		scenarios.choose(offer)
		frappe.db.commit()
		approval.ask(offer)
		frappe.db.commit()
		with pytest.raises(frappe.ValidationError):
			approval.decide(offer, True)  # the author may not
		frappe.db.rollback()
	with by(s.sales_manager()):
		approval.decide(offer, True)
		frappe.db.commit()
	sheet = frappe.get_doc("Deal Scenario", offer)

	# F&I: the gate lists what is missing, and opens when it is there.
	with pytest.raises(frappe.ValidationError, match="Missing"):
		stages.move(deal.name, "F&I")
	frappe.db.rollback()
	hand_in_all_papers(deal)
	s.make_checks(frappe.get_doc("Deal Jacket", deal.name))
	for to in ("F&I", "Contracted"):
		stages.move(deal.name, to)
		frappe.db.commit()
	with by(seller):
		we_owe.make(
			deal.name,
			[{"what": "Second key", "due_on": add_days(nowdate(), 5)}],
			client_key=f.key(),
			open_now=True,
		)
		frappe.db.commit()

	# Delivered: invoice, deposit, trade-in, contract in transit, car, first service, title, gross.
	deal.reload()
	d.hand_over(deal, user=s.fni(), mileage=20)
	invoice = frappe.get_doc("Sales Invoice", deal.sales_invoice)
	assert deal.stage == "Delivered"
	assert flt(invoice.grand_total) == flt(sheet.total)
	assert flt(invoice.outstanding_amount) == flt(deal.balance) == 0
	assert flt(d.owes(customer)) == 0
	assert flt(d.owes(d.lender_customer())) >= flt(deal.financed_amount) == flt(sheet.amount_financed)
	car.reload()
	assert (car.status, car.customer) == ("Sold", customer) or car.customer == customer
	assert frappe.db.get_value("Dealer Vehicle", {"trade_in": trade.name}, "status") == "In Recon"
	assert frappe.db.exists(
		"Vehicle Recon", {"vehicle": frappe.db.get_value("Trade In", trade.name, "vehicle")}
	)
	first = frappe.get_doc("Service Appointment", deal.first_service)
	assert (first.customer, first.vehicle) == (customer, car.name)
	assert getdate(first.starts_at) > getdate(add_days(nowdate(), 120))
	assert frappe.db.exists("Title Registration", {"deal": deal.name, "kind": "Sold Car"})
	assert frappe.db.get_value("Deal Gross", {"deal": deal.name}, "state") == "Delivered"

	# The plan after delivery: +1, +7, +30 days, the first service.
	planned = frappe.get_all(
		"Follow Up",
		{"deal": deal.name, "status": "Planned", "cause": ("like", "deal.delivered:%")},
		["rule", "opens_at"],
		order_by="opens_at",
	)
	days = [(getdate(row.opens_at) - getdate()).days for row in planned]
	assert 1 in days or 2 in days or 3 in days, planned
	assert 30 in days, planned
	assert len(planned) >= 3

	# Sent, and funded.
	with by(d.accountant()):
		funding.send(deal.name)
		frappe.db.commit()
	d.fund(deal, flt(deal.financed_amount))
	assert (deal.stage, deal.funding_status, flt(deal.funding_outstanding)) == ("Funded", "Funded", 0)

	told = set(f.event_types(customer=customer))
	assert told >= {
		"deposit.taken",
		"deposit.applied",
		"trade.appraised",
		"deal.approval_asked",
		"deal.approved",
		"deal.ready_for_fni",
		"deal.contracted",
		"invoice.issued",
		"vehicle.held",
		"vehicle.sold",
		"vehicle.traded_in",
		"title.opened",
		"deal.delivered",
		"deal.sent_to_lender",
		"deal.funded",
		"compliance.checked",
		"we_owe.promised",
	}


def test_all_that_was_told_can_be_told_again():
	frappe.db.commit()
	rebuild = Rebuild(check=True, restart=True)
	for _batch in rebuild.run():
		pass
	assert rebuild.report.differences == 0, rebuild.report.lines
