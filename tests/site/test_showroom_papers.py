"""The papers of a deal, its checks, due bills and title work: what is needed, who sees it, what stays on file."""

import frappe
import pytest
from frappe.utils import add_days, getdate, now_datetime, nowdate

from dealer_pos_crm.api import deal_documents as api
from dealer_pos_crm.api import we_owe as bills
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_showroom.deals import deal as deals
from dealer_pos_crm.dealer_showroom.documents import checklist, compliance, defaults
from dealer_pos_crm.dealer_showroom.promises import we_owe
from dealer_pos_crm.dealer_showroom.titles import title
from dealer_pos_crm.domain.compliance import ID_CHECKS
from tests.site import factories as f
from tests.site import showroom
from tests.site.racers import Racers
from tests.site.showroom import refuses as refused

DEAL, TEMPLATE, CHECK = "Deal Jacket", "Deal Document Template", "Compliance Check"
OWN = "Papers of Summit Motors"


@pytest.fixture(scope="module", autouse=True)
def house(site):
	showroom.set_up_showroom(compliance_valid_days=30, title_due_days=20)
	if not frappe.db.exists(TEMPLATE, OWN):
		frappe.get_doc(
			{
				"doctype": TEMPLATE,
				"title": OWN,
				"company": f.COMPANY,
				"enabled": 0,
				"documents": [
					{
						"document": document,
						"required_before": stage,
						"when_needed": needed,
						"valid_days": days,
						"note_is_enough": note,
						"sensitive": sensitive,
					}
					for document, stage, needed, days, note, sensitive in defaults.DOCUMENTS
				],
			}
		).insert()
	frappe.db.set_value(TEMPLATE, OWN, "enabled", 1)
	frappe.clear_document_cache(TEMPLATE, OWN)
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.set_value(TEMPLATE, OWN, "enabled", 0)
	frappe.clear_document_cache(TEMPLATE, OWN)
	frappe.db.commit()


@pytest.fixture(scope="module")
def racers(site, house):
	found = Racers(site)
	yield found
	found.close()


def names(deal, stage: str | None = None) -> set[str]:
	deal = frappe.get_doc(DEAL, deal.name)
	return {row.document for row in deal.documents if stage is None or row.required_before == stage}


def row_of(deal, document: str):
	deal = frappe.get_doc(DEAL, deal.name)
	return next(row for row in deal.documents if row.document == document)


def upload(name: str = "paper.txt", private: int = 1) -> str:
	"""A file as the uploader of Desk leaves it: private, on nothing yet."""
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"{f.key()[:8]} {name}",
			"is_private": private,
			"content": f"A signed paper {f.key()}",
		}
	).insert()
	frappe.db.commit()
	return file.name


def told(**filters) -> list[str]:
	frappe.db.rollback()
	return frappe.get_all("Customer Event", filters, pluck="event_type", order_by="name")


# --- Checklist -------------------------------------------------------------------------------------------


def test_the_list_ships_with_the_app_and_never_overwrites_edits():
	shipped = frappe.get_all(TEMPLATE, {"company": ("is", "not set")}, pluck="name")
	assert shipped, "installed with the app"
	before = frappe.db.count(TEMPLATE)
	defaults.add()
	assert frappe.db.count(TEMPLATE) == before


def test_the_papers_follow_what_the_deal_is():
	deal = showroom.make_deal(deal_type="Cash")
	assert {"Photo ID", "Buyer's order", "Buyers Guide", "Odometer statement"} <= names(deal)
	assert "Credit application" not in names(deal) and "Proof of payment" in names(deal)
	deal.reload()
	deal.deal_type = "Finance"
	deal.co_buyer = f.make_customer().name
	deal.save()
	assert {"Credit application", "Signed contract", "Photo ID of the co-buyer"} <= names(deal)
	assert "Proof of payment" not in names(deal)
	assert len([row for row in deal.documents if row.document == "Credit application"]) == 1


def test_a_trade_in_brings_its_papers_and_takes_them_along():
	deal = showroom.make_deal(deal_type="Cash")
	assert "Payoff letter" not in names(deal)
	trade = frappe.get_doc(
		{
			"doctype": "Trade In",
			"customer": deal.customer,
			"company": f.COMPANY,
			"deal": deal.name,
			"make": "Ford",
			"model": "Fiesta",
			"model_year": 2014,
			"mileage": 80_000,
		}
	).insert()
	frappe.db.set_value("Trade In", trade.name, "status", "Accepted")
	checklist.refresh(deal.name)
	assert {"Payoff letter", "Title of the trade-in"} <= names(deal)
	frappe.db.set_value("Trade In", trade.name, "status", "Declined")
	checklist.refresh(deal.name)
	assert "Payoff letter" not in names(deal)


def test_what_came_in_is_not_lost_when_the_deal_changes_and_changes_back():
	deal = showroom.make_deal(deal_type="Finance")
	row = row_of(deal, "Privacy notice")
	checklist.note(deal.name, row.name, "Handed over at the desk")
	frappe.db.commit()
	deal.reload()
	deal.deal_type = "Cash"
	deal.save()
	kept = row_of(deal, "Privacy notice")
	assert (kept.status, kept.required_before) == ("Noted", "")
	deal.deal_type = "Finance"
	deal.save()
	again = row_of(deal, "Privacy notice")
	assert (again.name, again.status, again.required_before) == (row.name, "Noted", "F&I")


def test_a_form_cannot_tick_a_paper_off():
	deal = showroom.make_deal()
	row = next(row for row in deal.documents if row.document == "Buyer's order")
	row.status = "Received"
	deal.append("documents", {"document": "Anything", "status": "Received"})
	deal.save()
	assert row_of(deal, "Buyer's order").status == "Missing"
	assert "Anything" not in names(deal)


def test_a_paper_is_received_noted_waived_and_taken_back():
	deal = showroom.make_deal()
	order = row_of(deal, "Buyer's order")
	assert "Buyer's order" in checklist.missing(frappe.get_doc(DEAL, deal.name), "Contracted")
	view = api.receive(deal.name, order.name, upload())
	frappe.db.commit()
	assert "Buyer's order" not in checklist.missing(frappe.get_doc(DEAL, deal.name), "Contracted")
	file = frappe.get_doc("File", {"file_url": row_of(deal, "Buyer's order").attachment})
	assert (file.attached_to_doctype, file.attached_to_name, file.is_private) == (DEAL, deal.name, 1)
	assert view["missing"] > 0

	with refused("note_not_enough"):
		checklist.note(deal.name, row_of(deal, "Odometer statement").name, "We have it somewhere")
	checklist.note(deal.name, row_of(deal, "Proof of insurance").name, "Policy with Acme, seen on 22 Nov")
	with f.logged_in(showroom.salesperson()), refused("needs_manager"):
		checklist.waive(deal.name, row_of(deal, "Odometer statement").name, "Exempt: older than twenty years")
	with f.logged_in(showroom.sales_manager()):
		checklist.waive(deal.name, row_of(deal, "Odometer statement").name, "Exempt: older than twenty years")
	frappe.db.commit()
	assert row_of(deal, "Odometer statement").status == "Waived"
	with f.logged_in(showroom.salesperson()), refused("needs_manager"):
		checklist.take_back(deal.name, row_of(deal, "Odometer statement").name)
	checklist.take_back(deal.name, order.name)
	frappe.db.commit()
	assert row_of(deal, "Buyer's order").status == "Missing"


def test_a_paper_that_has_expired_counts_as_missing_and_says_so():
	deal = showroom.make_deal()
	row = row_of(deal, "Proof of insurance")
	with refused("expired"):
		checklist.receive(deal.name, row.name, upload(), expires_on=add_days(nowdate(), -1))
	checklist.receive(deal.name, row.name, upload())
	frappe.db.commit()
	assert getdate(row_of(deal, "Proof of insurance").expires_on) == getdate(add_days(nowdate(), 30))
	frappe.db.set_value("Deal Document", row.name, "expires_on", add_days(nowdate(), -2))
	deal.reload()
	found = [text for text in checklist.missing(deal, "Delivered") if text.startswith("Proof of insurance")]
	assert len(found) == 1 and "expired on" in found[0]
	line = next(
		line for group in checklist.view(deal)["stages"] for line in group["rows"] if line["name"] == row.name
	)
	assert line["expired"] and not line["there"]


def test_whose_file_it_is_and_that_it_is_private():
	deal = showroom.make_deal()
	row = row_of(deal, "Buyer's order")
	other = upload()
	with f.logged_in(showroom.salesperson()), refused("not_yours"):
		checklist.receive(deal.name, row.name, other)
	with refused("public"):
		checklist.receive(deal.name, row.name, upload(private=0))
	with refused("no_file"):
		checklist.receive(deal.name, row.name, "no-such-file")


def test_a_sensitive_paper_is_seen_by_those_who_may_and_not_by_a_salesperson():
	deal = showroom.make_deal(deal_type="Finance")
	row = row_of(deal, "Credit application")
	seller = showroom.salesperson()
	with f.logged_in(seller):
		mine = upload("application.txt")
		api.receive(deal.name, row.name, mine, note="SSN ends in 6789")
		frappe.db.commit()
		line = _line(api.get_checklist(deal.name), row.name)
		assert (line["status"], line["file"], line["note"], line["hidden"]) == ("Received", None, None, True)
		assert not frappe.get_doc("File", mine).has_permission("read"), "handed in is handed in"
		for doctype in ("Sensitive Document",):
			with pytest.raises(frappe.PermissionError):
				frappe.get_list(doctype)
		doc = frappe.get_doc(DEAL, deal.name).as_dict()
		kept = next(line for line in doc["documents"] if line["name"] == row.name)
		assert not kept["attachment"] and not kept["note"]
		assert mine not in [file.name for file in frappe.get_list("File", filters={"name": mine})]
	for user in (
		showroom.fni(),
		showroom.sales_manager(),
		f.make_user(roles.ACCOUNTANT, "papers.accountant"),
	):
		with f.logged_in(user):
			line = _line(api.get_checklist(deal.name), row.name)
			assert line["file"] and line["note"] == "SSN ends in 6789"
			assert frappe.get_doc("File", mine).has_permission("read")


def _line(view: dict, row: str) -> dict:
	return next(line for group in view["stages"] for line in group["rows"] if line["name"] == row)


def test_what_a_lender_asks_for_is_added_by_hand_once():
	deal = showroom.make_deal()
	api.add(deal.name, "Proof of residence", "Funded")
	frappe.db.commit()
	assert "Proof of residence" in checklist.missing(frappe.get_doc(DEAL, deal.name), "Funded")
	with refused("twice"):
		api.add(deal.name, "proof of  Residence", "Funded")
	deal.reload()
	deal.deal_type = "Lease"
	deal.save()
	assert "Proof of residence" in names(deal), "the template does not take it away"


def test_two_who_hand_in_papers_at_one_instant_both_count(racers):
	deal = showroom.make_deal()
	rows = [row_of(deal, document).name for document in ("Proof of insurance", "Due bill (We Owe)")]
	finishes = racers.run(*(("note_paper", deal.name, row, "Seen at the desk") for row in rows))
	assert all(finish.won for finish in finishes), finishes
	frappe.db.rollback()
	assert {row_of(deal, name).status for name in ("Proof of insurance", "Due bill (We Owe)")} == {"Noted"}


# --- OFAC and Red Flags ----------------------------------------------------------------------------------


def checked(deal, kind: str = "OFAC", **values) -> dict:
	if kind == "OFAC":
		values = {"list_date": nowdate(), "result": "Clear", "method": "Treasury search", **values}
	else:
		values = {**dict.fromkeys(ID_CHECKS, 1), "attested": 1, **values}
	made = compliance.check(deal.name, values.pop("party", deal.customer), kind, client_key=f.key(), **values)
	frappe.db.commit()
	return made


def test_buyer_and_co_buyer_are_checked_before_delivery():
	deal = showroom.make_deal(co_buyer=f.make_customer().name)
	assert len(compliance.missing(deal)) == 4
	showroom.make_checks(deal)
	assert compliance.missing(deal) == []
	assert row_of(deal, "OFAC result").status == "Noted"
	name = frappe.db.get_value(CHECK, {"deal": deal.name, "party": deal.co_buyer, "kind": "OFAC"})
	frappe.db.set_value(CHECK, name, "checked_at", add_days(now_datetime(), -31))
	found = compliance.missing(deal)
	assert len(found) == 1 and "again" in found[0]


def test_an_alert_is_cleared_by_a_manager_who_did_not_check_with_a_note():
	deal = showroom.make_deal()
	manager, second = showroom.sales_manager(), f.make_user(roles.MANAGER, "papers.manager")
	with refused("no_notes"):
		checked(deal, result="Alert")
	with f.logged_in(manager):
		made = checked(deal, result="Alert", notes="Same name, other date of birth")
		with refused("own_check"):
			compliance.clear(made["name"], "Compared the date of birth: another person")
	checked(deal, "Red Flags")
	assert [text for text in compliance.missing(deal) if "not complete" in text]
	with f.logged_in(showroom.fni()), refused("needs_manager"):
		compliance.clear(made["name"], "Compared the date of birth: another person")
	with f.logged_in(second):
		with refused("no_note"):
			compliance.clear(made["name"], "ok")
		compliance.clear(made["name"], "Compared the date of birth: another person")
		compliance.clear(made["name"], "Compared the date of birth: another person")
	frappe.db.commit()
	assert compliance.missing(deal) == []
	assert told(deal=deal.name, event_type=("like", "compliance.%")) == [
		"compliance.alerted",
		"compliance.checked",
		"compliance.cleared",
	]
	titles = frappe.get_all("Customer Event", {"deal": deal.name}, pluck="title")
	assert not any("lert" in text or "birth" in text for text in titles)


def test_the_result_of_red_flags_follows_from_the_five_questions():
	deal = showroom.make_deal()
	with refused("not_attested"):
		checked(deal, "Red Flags", attested=0)
	assert checked(deal, "Red Flags", id_photo=0, notes="Photo of somebody older")["result"] == "Alert"
	assert checked(deal, "Red Flags")["result"] == "Clear"
	with refused("other_person"):
		checked(deal, party=f.make_customer().name)
	with refused("future_list"):
		checked(deal, list_date=add_days(nowdate(), 2))


def test_a_check_is_written_once_and_stays():
	deal = showroom.make_deal()
	doc = frappe.get_doc(CHECK, checked(deal)["name"])
	doc.notes = "Something else"
	with refused("append_only"):
		doc.save()
	doc.reload()
	with pytest.raises(frappe.ValidationError):
		doc.delete()


def test_a_salesperson_neither_makes_checks_nor_learns_of_alerts():
	deal = showroom.make_deal()
	checked(deal, result="Alert", notes="Same name, other date of birth")
	with f.logged_in(showroom.salesperson()):
		with pytest.raises(frappe.PermissionError):
			frappe.get_list(CHECK)
		with pytest.raises(frappe.PermissionError):
			api.check(deal.name, deal.customer, "OFAC", {}, f.key())
		view = api.get_compliance(deal.name)
		assert {line["state"] for line in view["lines"]} == {"Missing"}
		assert all(line["check"] is None for line in view["lines"])
		seen = frappe.get_list("Customer Event", {"deal": deal.name}, pluck="event_type")
		assert "compliance.alerted" not in seen and "deal.opened" in seen
		from dealer_pos_crm.dealer_crm import customer_view, timeline

		rows = customer_view.events(deal.customer)["rows"]
		assert "compliance.alerted" not in [row.event_type for row in rows]
		texts = [row["content"] for row in timeline.get_timeline("Customer", deal.customer)]
		assert not any("OFAC" in text for text in texts)
	with f.logged_in(showroom.fni()):
		assert "Alert" in {line["state"] for line in api.get_compliance(deal.name)["lines"]}
		assert "compliance.alerted" in frappe.get_list(
			"Customer Event", {"deal": deal.name}, pluck="event_type"
		)


# --- We Owe ----------------------------------------------------------------------------------------------


def make_bill(deal, *items: str, open_now: bool = True, days: int = 7):
	frappe.db.commit()
	made = we_owe.make(
		deal.name,
		[{"what": what, "due_on": add_days(nowdate(), days), "who_pays": "Dealership"} for what in items],
		client_key=f.key(),
		open_now=open_now,
	)
	frappe.db.commit()
	return frappe.get_doc("We Owe", made["name"])


def test_a_draft_promises_nothing_and_an_open_bill_each_item_once():
	deal = showroom.make_deal()
	bill = make_bill(deal, "Second key", "Touch up the bumper", open_now=False)
	assert bill.status == "Draft" and told(deal=deal.name, event_type=("like", "we_owe.%")) == []
	bills.open_bill(bill.name, signed=True)
	bills.open_bill(bill.name)
	frappe.db.commit()
	bill.reload()
	assert (bill.status, bill.signed) == ("Open", 1)
	assert told(deal=deal.name, event_type=("like", "we_owe.%")) == ["we_owe.promised"] * 2
	with refused("promised"):
		make_bill(deal, "second KEY")


def test_items_are_done_one_by_one_until_the_bill_is_done():
	deal = showroom.make_deal()
	bill = make_bill(deal, "Second key", "Floor mats")
	first, second = bill.items
	bills.done(bill.name, first.name)
	bills.done(bill.name, first.name)
	bills.cancel_item(bill.name, second.name, "She has her own")
	frappe.db.commit()
	bill.reload()
	assert bill.status == "Done" and [row.status for row in bill.items] == ["Done", "Cancelled"]
	kinds = told(deal=deal.name, event_type=("like", "we_owe.%"))
	assert kinds == ["we_owe.promised", "we_owe.promised", "we_owe.done", "we_owe.cancelled"]
	cancelled = frappe.get_last_doc("Customer Event", {"deal": deal.name, "event_type": "we_owe.cancelled"})
	mats = frappe.get_all(
		"Customer Event",
		{"deal": deal.name, "event_type": "we_owe.promised"},
		["event_key", "title"],
		order_by="name",
	)[1]
	assert "Floor mats" in mats.title and cancelled.reverses == mats.event_key
	bills.reopen(bill.name, first.name, "The key does not start it")
	frappe.db.commit()
	bill.reload()
	assert bill.status == "Open" and we_owe.open_items(deal.name)[0].what == "Second key"
	rules = frappe.get_all("Follow Up Rule", {"event_type": "we_owe.promised", "enabled": 1}, pluck="name")
	for rule in rules:
		standing = frappe.get_all(
			"Follow Up",
			{
				"deal": deal.name,
				"rule": rule,
				"status": ("in", ("Planned", "Open")),
				"title": ("like", "%Second key%"),
			},
		)
		assert len(standing) == 1, f"{rule}: owed again is one promise, not two"


def test_what_was_promised_stays_as_it_was_promised():
	bill = make_bill(showroom.make_deal(), "Second key")
	bill.items[0].what = "Nothing"
	with refused("promised"):
		bill.save()
	bill.reload()
	bill.append("items", {"what": "More", "due_on": nowdate()})
	with refused("promised"):
		bill.save()
	bill.reload()
	bill.items[0].status = "Done"
	bill.save()
	bill.reload()
	assert bill.items[0].status == "Open"
	deal = showroom.make_deal()
	with refused("twice"):
		make_bill(deal, "Key", "key")
	with refused("past"):
		make_bill(deal, "Key", days=-1)


def test_a_due_item_is_booked_in_the_shop():
	deal = showroom.make_deal()
	bill = make_bill(deal, "Touch up the bumper")
	start = now_datetime().replace(hour=10, minute=0, second=0, microsecond=0)
	made = bills.book(
		bill.name,
		bill.items[0].name,
		{"starts_at": str(add_days(start, 3)), "duration": 1},
		f.key(),
	)
	frappe.db.commit()
	bill.reload()
	appointment = frappe.get_doc("Service Appointment", made["appointment"]["name"])
	assert bill.items[0].appointment == appointment.name
	assert appointment.vehicle == deal.vehicle and "Touch up the bumper" in appointment.concern
	with refused("booked"):
		bills.book(
			bill.name, bill.items[0].name, {"starts_at": str(add_days(start, 4)), "duration": 1}, f.key()
		)


def test_an_unwound_deal_owes_nothing_any_more():
	deal = showroom.make_deal()
	bill, draft = make_bill(deal, "Second key"), make_bill(deal, "Floor mats", open_now=False)
	assert we_owe.cancel_for(deal.name, "Deal unwound") == [bill.name, draft.name]
	frappe.db.commit()
	bill.reload(), draft.reload()
	assert (bill.status, draft.status) == ("Cancelled", "Cancelled")
	assert we_owe.open_items(deal.name) == []
	assert told(deal=deal.name, event_type=("like", "we_owe.%")) == ["we_owe.promised", "we_owe.cancelled"]


# --- Title -----------------------------------------------------------------------------------------------


def opened(deal) -> list:
	deal = deals.locked(deal.name)
	made = title.open_for(deal)
	frappe.db.commit()
	return [frappe.get_doc("Title Registration", name) for name in made]


def test_title_work_opens_for_the_sold_car_and_the_trade_once():
	deal = showroom.make_deal()
	trade = frappe.get_doc(
		{
			"doctype": "Trade In",
			"customer": deal.customer,
			"company": f.COMPANY,
			"deal": deal.name,
			"make": "Ford",
			"model": "Fiesta",
			"model_year": 2014,
			"payoff": 2500,
		}
	).insert()
	taken = f.make_vehicle(status="In Recon")
	frappe.db.set_value("Trade In", trade.name, {"status": "Taken In", "vehicle": taken.name})
	sold, old = opened(deal)
	assert (sold.kind, sold.vehicle, sold.holder) == ("Sold Car", deal.vehicle, "Dealership")
	assert (old.kind, old.vehicle, old.holder) == ("Trade-in", taken.name, "Former Lender")
	assert getdate(sold.due_on) == getdate(add_days(nowdate(), 20))
	assert opened(deal) == []
	assert told(deal=deal.name, event_type="title.opened") == ["title.opened"] * 2


def test_the_way_of_a_title_with_a_return():
	deal = showroom.make_deal()
	(doc,) = opened(deal)
	title.move(doc.name, "Papers Complete")
	title.move(doc.name, "Sent")
	title.move(doc.name, "Sent")
	with refused("no_reason"):
		title.move(doc.name, "Returned")
	title.move(doc.name, "Returned", reason="Signature missing")
	title.move(doc.name, "Sent")
	title.move(doc.name, "Issued", plate="ABC-1234", title_number="T-1")
	with refused("title_step"):
		title.move(doc.name, "Sent")
	title.move(doc.name, "Closed")
	frappe.db.commit()
	doc.reload()
	assert (doc.status, doc.holder, doc.plate) == ("Closed", "Customer", "ABC-1234")
	assert doc.sent_on and doc.returned_on and doc.issued_on and doc.closed_on
	assert frappe.db.get_value("Dealer Vehicle", deal.vehicle, "plate") == "ABC-1234"
	assert told(reference_name=doc.name) == [
		"title.opened",
		"title.sent",
		"title.returned",
		"title.sent",
		"title.issued",
		"title.closed",
	]
	doc.status = "Open"
	doc.sent_on = None
	doc.save()
	doc.reload()
	assert doc.status == "Closed" and doc.sent_on


def test_a_temporary_tag_makes_the_work_due_earlier():
	(doc,) = opened(showroom.make_deal())
	doc.temporary_tag, doc.temporary_until = "TMP-1", add_days(nowdate(), 5)
	doc.save()
	assert getdate(doc.due_on) == getdate(add_days(nowdate(), 5))
	assert title.result(doc)["tag_ends"]
	first = frappe.get_last_doc("Customer Event", {"reference_name": doc.name})
	assert frappe.parse_json(first.detail)["temporary_until"] == add_days(nowdate(), 5)
	doc.temporary_until = add_days(nowdate(), 9)
	doc.save()
	assert getdate(doc.due_on) == getdate(add_days(nowdate(), 5)), "it never moves back"
	frappe.db.commit()
	last = frappe.get_last_doc("Customer Event", {"reference_name": doc.name})
	assert (last.event_type, last.reverses) == ("title.opened", first.event_key)
	assert told(reference_name=doc.name) == ["title.opened"] * 3


def test_an_unwound_deal_ends_its_title_work():
	deal = showroom.make_deal()
	(doc,) = opened(deal)
	assert title.cancel_for(deal.name, "Deal unwound") == [doc.name]
	assert title.cancel_for(deal.name, "Deal unwound") == []
	frappe.db.commit()
	doc.reload()
	last = frappe.get_last_doc(
		"Customer Event", {"reference_name": doc.name, "event_type": "title.cancelled"}
	)
	assert doc.status == "Cancelled" and last.reverses.startswith("title.opened:")
	assert opened(deal), "sold again, it begins anew"
