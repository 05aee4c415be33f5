"""The inbox of leads: kept first, read once, by whatever door and in whatever shape a message comes."""

import base64
import email.message
import json

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from dealer_pos_crm.api import lead as api
from dealer_pos_crm.dealer_crm.leads import feeds, form, intake, mail
from dealer_pos_crm.dealer_setup import inbox, roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import factories as f
from tests.site import leads as made
from tests.site import showroom
from tests.site.racers import Racers

DOCTYPE = intake.DOCTYPE


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return showroom.set_up_showroom()


@pytest.fixture(scope="module")
def http():
	return made.make_feed("HTTP")


@pytest.fixture(scope="module")
def racers(site, dealership):
	found = Racers(site)
	yield found
	found.close()


def arrive(data, feed=None, channel="HTTP", **values):
	rows = intake.accept(data, channel=channel, feed=feed, **values)
	frappe.db.commit()
	return rows


def read(rows) -> list[str]:
	return [intake.work(row.name) for row in rows if row.status == intake.RECEIVED]


def row_of(name):
	return frappe.get_doc(DOCTYPE, name)


# One message, one lead


def test_a_message_becomes_a_lead(http) -> None:
	person = made.Person()
	(row,) = arrive(person.adf(more="<vehicle interest='trade-in'><year>2012</year><make>Honda</make>"
		"<model>Civic</model><odometer units='mi'>91000</odometer></vehicle>"), http)  # fmt: skip
	assert row_of(row.name).status == "Received", "kept before it is read"
	assert read([row]) == ["Done"]
	lead = frappe.get_doc("Lead", made.lead_of(row))
	assert (lead.first_name, lead.last_name) == (person.first, person.last)
	assert lead.email_id == person.email and lead.mobile_no
	assert lead.company == showroom.COMPANY and lead.source == "Cars Portal"
	assert lead.dealer_lead_type == "Internet" and lead.dealer_wants_to == "Buy"
	assert lead.dealer_wanted == "2019 Toyota Camry" and lead.dealer_wanted_condition == "Used"
	assert lead.dealer_trade == "2012 Honda Civic, 91000 mi"
	assert lead.dealer_comments == "Is it still there?"
	assert lead.dealer_received_at and lead.dealer_due_at and lead.dealer_waiting_since
	assert made.kinds(lead.name).count("lead.received") == 1
	address = frappe.get_all("Address", {"address_title": lead.lead_name}, ["address_line1", "country"])
	assert address == [{"address_line1": "12 Oak Street", "country": "United States"}]
	assert frappe.db.get_value("Lead Feed", http, "last_received_at")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
def test_the_same_message_again_in_another_encoding_is_one_lead(http, encoding) -> None:
	text = made.Person().adf()
	first, *_more = arrive(text.encode(), http)
	read([first])
	(again,) = arrive(text.encode(encoding), http)
	assert again.status == "Duplicate" and again.lead == made.lead_of(first)
	row = row_of(again.name)
	assert row.same_as == str(first.name) and str(first.name) in row.reason
	assert made.kinds(row.lead).count("lead.received") == 1 and "lead.asked" not in made.kinds(row.lead)


def test_without_an_id_what_matters_makes_it_one(http) -> None:
	person = made.Person()
	first, *_more = arrive(person.adf(id="0"), http)
	(again,) = arrive(person.adf(id="").replace(person.first, person.first.upper()), http)
	assert (first.status, again.status) == ("Received", "Duplicate")
	(other,) = arrive(person.adf(id="", model="Corolla"), http)
	assert other.status == "Received"


def test_by_two_doors_at_once_it_is_one_lead(http, racers) -> None:
	box = made.make_feed("File", provider="Cars Portal")
	for _round in range(5):
		person = made.Person()
		text = person.adf()
		finishes = racers.run(
			("take_in_lead", text, "HTTP", http, "utf-8"), ("take_in_lead", text, "File", box, "utf-16")
		)
		assert all(finish.won for finish in finishes), finishes
		frappe.db.rollback()
		assert frappe.db.count("Lead", {"email_id": person.email}) == 1
		statuses = sorted(row["status"] for finish in finishes for row in finish.result)
		assert statuses == ["Done", "Duplicate"]
		lead = frappe.db.get_value("Lead", {"email_id": person.email}, "name")
		assert made.kinds(lead).count("lead.received") == 1


def test_two_requests_of_one_person_at_once_are_one_lead(http, racers) -> None:
	"""Two portals pass on the same visitor: two messages with two ids, and one lead that was asked twice."""
	for _round in range(5):
		person = made.Person()
		finishes = racers.run(
			("take_in_lead", person.adf(source="A"), "HTTP", http, "utf-8"),
			("take_in_lead", person.adf(source="B", model="Corolla"), "HTTP", http, "utf-8"),
		)
		assert all(finish.won for finish in finishes), finishes
		frappe.db.rollback()
		(lead,) = frappe.get_all("Lead", {"email_id": person.email}, pluck="name")
		told = made.kinds(lead)
		rows = [row for finish in finishes for row in finish.result]
		assert [row["status"] for row in rows] == ["Done", "Done"], rows
		assert told.count("lead.received") == 1 and told.count("lead.asked") == 1
		assert {row["lead"] for finish in finishes for row in finish.result} == {lead}


def test_one_row_read_by_two_workers_is_read_once(http, racers) -> None:
	person = made.Person()
	(row,) = arrive(person.adf(), http)
	finishes = racers.run(("read_intake", row.name), ("read_intake", row.name))
	assert all(finish.won for finish in finishes), finishes
	frappe.db.rollback()
	assert frappe.db.count("Lead", {"email_id": person.email}) == 1


def test_a_provider_that_gives_everybody_one_id(http) -> None:
	one, other = made.Person(), made.Person()
	first = arrive(one.adf(id="LEAD", source="Sloppy"), http)
	second = arrive(other.adf(id="LEAD", source="Sloppy"), http)
	assert second[0].status == "Received", "somebody else's lead is not thrown away"
	assert read(first + second) == ["Done", "Done"]
	(third,) = arrive(other.adf(id="LEAD", source="Sloppy"), http)
	assert third.status == "Duplicate" and third.lead == made.lead_of(second[0])


def test_one_message_for_two_companies_is_two(http) -> None:
	text = made.Person().adf()
	(here,) = arrive(text, http)
	(there,) = arrive(text, None, company="Another Company")
	assert (here.status, there.status) == ("Received", "Received")


def test_several_leads_in_one_message(http) -> None:
	people = [made.Person() for _number in range(3)]
	inside = "".join(p.adf().split("<adf>")[1].split("</adf>")[0] for p in people)
	rows = arrive(f"<adf>{inside}</adf>", http)
	assert len(rows) == 3 and read(rows) == ["Done"] * 3
	assert [frappe.db.get_value("Lead", made.lead_of(row), "email_id") for row in rows] == [
		person.email for person in people
	]


# What fails, and what a person does about it


def test_what_cannot_be_read_says_why(http) -> None:
	(row,) = arrive(f"Hello, this is {f.key()}", http)
	assert read([row]) == ["Failed"]
	assert "There is no ADF" in row_of(row.name).reason
	assert frappe.db.get_value("Lead Feed", http, "last_failed_at")


def test_nobody_to_answer_and_the_lead_by_hand(http) -> None:
	person = made.Person()
	text = person.adf().replace(person.email, "none").replace(person.phone, "call me")
	(row,) = arrive(text, http)
	assert read([row]) == ["Failed"]
	assert "nobody could answer" in row_of(row.name).reason
	lead = api.make_by_hand(row.name, {"first_name": person.first, "mobile_no": person.phone})
	frappe.db.commit()
	assert made.lead_of(row) == lead
	with pytest.raises(DealerRefusal, match="Done"):
		api.make_by_hand(row.name, {"first_name": person.first, "mobile_no": person.phone})


def test_without_a_feed_it_waits_and_is_retried(http) -> None:
	frappe.db.set_value("Lead Feed", {"channel": "File", "provider": ("is", "not set")}, "enabled", 0)
	provider = f.unique("Provider")
	(row,) = arrive(made.Person().adf(provider=provider), None, channel="File")
	assert read([row]) == ["Failed"]
	assert provider in row_of(row.name).reason and "Lead Feed" in row_of(row.name).reason
	made.make_feed("File", provider=provider.upper())
	(told,) = api.retry(json.dumps([row.name]))
	assert told["status"] == "Done" and told["lead"]


def test_a_message_cut_off_and_then_whole(http) -> None:
	person = made.Person()
	text = person.adf()
	(cut,) = arrive(text[: text.index("<email>")], http)
	assert read([cut]) == ["Failed"]
	(whole,) = arrive(text, http)
	assert whole.status == "Received", "the whole one is not thrown away for the half"
	assert read([whole]) == ["Done"]
	assert row_of(cut.name).status == "Duplicate" and row_of(cut.name).same_as == str(whole.name)


def test_ignored_with_a_note(http) -> None:
	(row,) = arrive(f"nonsense {f.key()}", http)
	with pytest.raises(DealerRefusal, match="few words"):
		api.ignore(row.name, " ")
	api.ignore(row.name, "A test of the portal, card 4111 1111 1111 1111")
	assert row_of(row.name).status == "Ignored" and "1111 1111" not in row_of(row.name).reason


def test_an_error_of_ours_is_told_as_ours(http, monkeypatch) -> None:
	(row,) = arrive(made.Person().adf(), http)

	def broken(*_args, **_values):
		raise RuntimeError("broken")

	with monkeypatch.context() as patch:
		patch.setattr(intake.receiving, "receive", broken)
		assert read([row]) == ["Failed"]
	assert "not of the message" in row_of(row.name).reason
	(told,) = api.retry([row.name])
	assert told["status"] == "Done"


def test_a_lost_job_is_swept_up_and_not_for_ever(http) -> None:
	(row,) = arrive(made.Person().adf(), http)
	intake.sweep()
	assert row_of(row.name).status == "Received", "its job may be on its way"
	ago = add_to_date(now_datetime(), minutes=-3)
	frappe.db.set_value(DOCTYPE, row.name, "received_at", ago)
	frappe.db.commit()
	intake.sweep()
	assert row_of(row.name).status == "Done"
	(stuck,) = arrive(made.Person().adf(), http)
	frappe.db.set_value(DOCTYPE, stuck.name, {"received_at": ago, "attempts": 5})
	frappe.db.commit()
	intake.sweep()
	assert row_of(stuck.name).status == "Failed" and "Given up" in row_of(stuck.name).reason


def test_card_numbers_are_kept_nowhere(http) -> None:
	card = "4111 1111 1111 1111"
	(row,) = arrive(made.Person().adf(comments=f"My card is {card}"), http)
	read([row])
	lead = made.lead_of(row)
	for doctype, name in ((DOCTYPE, row.name), ("Lead", lead)):
		assert "1111 1111" not in frappe.as_json(frappe.get_doc(doctype, name).as_dict())
	assert "1111" in frappe.db.get_value("Lead", lead, "dealer_comments")


def test_five_megabytes_and_more(http) -> None:
	person = made.Person()
	text = person.adf(comments="word " * 900_000)
	(row,) = arrive(text, http)
	assert read([row]) == ["Done"]
	(large,) = arrive(b"<adf>" + b"x" * (6 * 1024 * 1024), http)
	assert read([large]) == ["Failed"]
	assert len(row_of(large.name).raw) < 100_000


def test_nobody_writes_the_inbox_by_hand() -> None:
	with pytest.raises(frappe.ValidationError, match="by themselves"):
		frappe.get_doc(
			{"doctype": DOCTYPE, "channel": "HTTP", "received_at": now_datetime(), "status": "Done"}
		).insert()


# Doors


def test_who_may_hand_in_and_who_may_read(http) -> None:
	provider = f.make_user(roles.LEAD_PROVIDER, "portal.api")
	frappe.db.commit()
	with f.logged_in(provider):
		assert frappe.has_permission(DOCTYPE, "create")
		for doctype in (DOCTYPE, "Lead", "Customer", "Lead Feed"):
			assert not frappe.has_permission(doctype, "read"), doctype
	for user in (f.make_user(roles.CASHIER), f.make_user("Desk User")):
		with f.logged_in(user):
			for call in (
				lambda: api.read_files([]),
				lambda: api.retry([1]),
				lambda: api.receive_adf(),
				lambda: api.ignore(1, "x"),
			):
				with pytest.raises(frappe.PermissionError):
					call()


def test_files_of_a_person_and_what_each_gave() -> None:
	feed = made.make_feed("File", provider="Cars Portal")
	person = made.Person()
	files = [
		{"name": "lead.xml", "content": base64.b64encode(person.adf().encode("utf-16")).decode()},
		{"name": "notes.txt", "content": base64.b64encode(b"nothing " + f.key().encode()).decode()},
	]
	with f.logged_in(showroom.bdc()):
		told = api.read_files(json.dumps(files), feed=feed)
	assert [(row["file"], row["status"]) for row in told] == [("lead.xml", "Done"), ("notes.txt", "Failed")]
	assert "no ADF" in told[1]["reason"]


def mailbox() -> str:
	name = "Leads of the test"
	if not frappe.db.exists("Email Account", name):
		account = frappe.get_doc(
			{
				"doctype": "Email Account",
				"email_account_name": name,
				"email_id": "leads@summit-motors.example",
				"enable_incoming": 0,
				"enable_outgoing": 0,
				"login_id_is_different": 0,
			}
		)
		account.flags.ignore_validate = True
		account.insert(ignore_permissions=True)
		made.make_feed("E-mail", email_account=name)
	frappe.db.commit()
	return name


def fetched(body: str = "", html: str = "", file: bytes | None = None, name: str = "lead.xml"):
	"""An e-mail as Frappe's own receiving makes it of the raw message."""
	from frappe.email.receive import InboundMail

	message = email.message.EmailMessage()
	message["From"] = "Portal <noreply@portal.example>"
	message["To"] = "leads@summit-motors.example"
	message["Subject"] = "New lead"
	message["Message-ID"] = f"<{f.key()}@portal.example>"
	message.set_content(body or "see the file")
	if html:
		message.add_alternative(html, subtype="html")
	if file is not None:
		message.add_attachment(file, maintype="application", subtype="octet-stream", filename=name)
	account = frappe.get_doc("Email Account", mailbox())
	communication = InboundMail(message.as_bytes(), account).process()
	frappe.db.commit()
	return communication


def rows_of(communication) -> list[int]:
	return frappe.get_all(DOCTYPE, {"communication": communication.name}, pluck="name", order_by="name")


@pytest.mark.parametrize("how", ["text", "html", "escaped", "attachment", "utf-16 attachment"])
def test_by_e_mail(how) -> None:
	person = made.Person()
	text = person.adf()
	escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
	mailed = {
		"text": {"body": text},
		"html": {"body": text, "html": f"<html><body><p>New lead</p><pre>{escaped}</pre></body></html>"},
		"escaped": {"body": " ", "html": f"<html><body>{escaped}</body></html>"},
		"attachment": {"file": text.encode()},
		"utf-16 attachment": {"file": text.encode("utf-16"), "name": "lead.adf"},
	}[how]
	communication = fetched(**mailed)
	mail.take(communication.name)
	(row,) = rows_of(communication)
	lead = made.lead_of(row)
	assert frappe.db.get_value("Lead", lead, "email_id") == person.email
	assert frappe.db.get_value("Communication", communication.name, "reference_name") == lead
	assert mail.take(communication.name) == [], "once"


def test_an_e_mail_without_a_lead_stays_in_sight() -> None:
	communication = fetched("Dear dealer, buy our leads")
	assert mail.take(communication.name) == []
	(row,) = rows_of(communication)
	assert row_of(row).status == "Ignored" and "no ADF" in row_of(row).reason


def test_a_lost_e_mail_is_found_again(monkeypatch) -> None:
	with monkeypatch.context() as patch:
		patch.setattr(inbox, "enqueue", lambda *_args, **_values: None)
		communication = fetched(made.Person().adf())
	assert not rows_of(communication)
	mail.sweep()
	assert not rows_of(communication), "its job may be on its way"
	ago = add_to_date(now_datetime(), minutes=-5)
	frappe.db.set_value("Communication", communication.name, "creation", ago, update_modified=False)
	frappe.db.commit()
	mail.sweep()
	assert [row_of(row).status for row in rows_of(communication)] == ["Done"]


def test_mail_is_fetched_although_the_inbox_is_broken(monkeypatch) -> None:
	def broken(*_args, **_values):
		raise RuntimeError("no queue")

	mailbox()
	monkeypatch.setattr(frappe, "enqueue", broken)
	monkeypatch.setattr(feeds, "of_mailboxes", broken)
	assert fetched(made.Person().adf()).name
	monkeypatch.undo()
	monkeypatch.setattr(frappe, "enqueue", broken)
	assert fetched(made.Person().adf()).name


def test_a_mailbox_that_makes_leads_itself_is_refused() -> None:
	mailbox()
	frappe.db.set_value("Email Account", "Leads of the test", "append_to", "Lead")
	with pytest.raises(frappe.ValidationError, match="appended to Lead"):
		made.make_feed("E-mail", email_account="Leads of the test")
	frappe.db.rollback()


def test_the_form_on_the_dealers_site(monkeypatch) -> None:
	feed = frappe.get_doc("Lead Feed", made.make_feed("Web Form", consent_text="Text me about my request."))
	assert len(feed.form_key) > 20
	token = form.token_for(form.feed_of(feed.form_key))
	person = made.Person()
	said = {
		"first_name": person.first,
		"last_name": person.last,
		"email": person.email,
		"phone": person.phone,
		"vehicle": "2019 Toyota Camry",
		"comments": "Hello <b>there</b>",
		"consent": "1",
	}
	with f.logged_in("Guest"):
		assert api.send_form(token, **said) == {"sent": True}
		frappe.db.commit()
		assert api.send_form(token, **said) == {"sent": True}
		frappe.db.commit()
	rows = frappe.get_all(DOCTYPE, {"feed": feed.name}, ["name", "status"], order_by="name")
	assert [row.status for row in rows] == ["Received", "Duplicate"], "one token, one lead"
	assert intake.work(rows[0].name) == "Done"
	lead = frappe.get_doc("Lead", made.lead_of(rows[0].name))
	assert lead.email_id == person.email and lead.dealer_wanted == "2019 Toyota Camry"
	assert "Text me about my request." in lead.dealer_comments
	(agreed,) = frappe.get_all(
		"Customer Event", {"lead": lead.name, "event_type": "consent.given"}, pluck="detail"
	)
	assert "Text me about my request." in agreed
	later = form.time.time() + form.VALID + 60
	monkeypatch.setattr(form.time, "time", lambda: later)
	with pytest.raises(DealerRefusal, match="open for too long"):
		api.send_form(token, **said)


@pytest.mark.parametrize("token", ["", "x", "a.b", "YQ.YQ", "é.é"])
def test_a_form_token_that_is_none(token) -> None:
	with f.logged_in("Guest"), pytest.raises(DealerRefusal, match="not from this site"):
		api.send_form(token, first_name="Ann", email="a@b.example")


def test_a_machine_fills_in_what_people_do_not_see() -> None:
	feed = frappe.get_doc("Lead Feed", made.make_feed("Web Form"))
	token = form.token_for(form.feed_of(feed.form_key))
	api.send_form(token, first_name="Bot", email="bot@bots.example", website="https://bots.example")
	(status,) = frappe.get_all(DOCTYPE, {"feed": feed.name}, pluck="status")
	assert status == "Ignored"
	assert not frappe.db.exists("Lead", {"email_id": "bot@bots.example"})


@pytest.mark.parametrize(
	("values", "why"),
	[
		({"first_name": "", "email": "a@b.example"}, "name"),
		({"first_name": "Ann"}, "e-mail address or your phone"),
		({"first_name": "Ann", "email": "nonsense"}, "not an e-mail"),
		({"first_name": "Ann", "phone": "12"}, "not a phone"),
	],
)
def test_what_the_form_asks_for(values, why) -> None:
	with pytest.raises(frappe.ValidationError, match=why):
		api.send_form("token", **values)


def test_a_closed_form_is_closed() -> None:
	feed = frappe.get_doc("Lead Feed", made.make_feed("Web Form"))
	token = form.token_for(form.feed_of(feed.form_key))
	feed.enabled = 0
	feed.save()
	assert form.feed_of(feed.form_key) is None
	with pytest.raises(frappe.DoesNotExistError):
		api.send_form(token, first_name="Ann", email="a@b.example")
