"""The rebuild finds what was lost, bent or invented, and mends it; the export is what a rehearsal reads."""

import frappe
import pytest

from dealer_pos_crm.dealer_crm import rebuild as module
from dealer_pos_crm.dealer_crm.export import history
from dealer_pos_crm.dealer_crm.rebuild import Rebuild
from dealer_pos_crm.domain import spine
from dealer_pos_crm.domain.deposit import Movement, MovementType, fold
from tests.site import factories as f


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture
def walked():
	"""A deposit with a long life: split, applied, taken back, moved, refunded; one cancelled payment."""
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500, tenders=[("Cash", 200), ("Card", 300)])
	invoice = f.make_invoice(customer, 1000, vehicle)
	frappe.db.commit()
	f.act(deposit, "Apply", amount=250, sales_invoice=invoice.name)
	invoice.reload()
	invoice.cancel()
	frappe.db.commit()
	f.act(deposit, "Move", to_vehicle=f.make_vehicle().name, reason="Another colour")
	f.act(deposit, "Refund", amount=500, reason="Moved away")
	other = f.take_new(customer, None, 100)
	f.act(other, "Cancel", reason="Typed the wrong name")
	return deposit


def run(**options) -> module.Report:
	rebuild = Rebuild(restart=True, **{"check": True, **options})
	for _rows in rebuild.run():
		pass
	frappe.db.commit()
	return rebuild.report


def found_of(deposit) -> list[str]:
	keys = set(frappe.get_all("Customer Event", {"deposit": deposit.name}, pluck="event_key"))
	return [line for line in run().lines if any(key in line for key in keys)]


def test_nothing_differs_after_a_long_walk(walked):
	report = run()
	assert report.lines == []
	assert report.checked >= len(f.event_types(deposit=walked.name))


def test_a_lost_event_is_found_and_told_again(walked):
	lost = frappe.get_all("Customer Event", {"deposit": walked.name}, ["*"], order_by="name")
	frappe.db.delete("Customer Event", {"deposit": walked.name})
	frappe.db.commit()
	assert run().found == {"missing": len(lost)}

	assert run(check=False).found == {"missing": len(lost)}
	assert run().lines == []
	told = frappe.get_all("Customer Event", {"deposit": walked.name}, ["*"], order_by="event_key")
	same = (
		"event_key",
		"event_type",
		"customer",
		"amount",
		"vehicle",
		"reverses",
		"occasion",
		"title",
		"detail",
	)
	assert [{k: row[k] for k in same} for row in told] == [
		{k: row[k] for k in same} for row in sorted(lost, key=lambda row: row.event_key)
	]


@pytest.mark.parametrize(
	("field", "value"), [("amount", 1.01), ("customer", "Nobody"), ("reverses", "x"), ("deposit", None)]
)
def test_a_bent_event_is_found_and_mended(walked, field, value):
	name = frappe.db.get_value(
		"Customer Event", {"deposit": walked.name, "event_type": "deposit.taken"}, "name"
	)
	frappe.db.sql(f"update `tabCustomer Event` set `{field}` = %s where name = %s", (value, name))
	frappe.db.commit()
	report = run()
	assert report.found == {"different": 1}
	assert field in report.lines[0]
	run(check=False)
	assert run().lines == []


def test_an_invented_event_is_found_and_removed(walked):
	frappe.db.sql(
		"""insert into `tabCustomer Event` (name, event_key, event_type, customer, company, happened_at, occasion,
			reference_doctype) values (nextval(`customer_event_id_seq`), 'payment.received:NO-SUCH-PE',
			'payment.received', %s, %s, now(), 'x', 'Payment Entry')""",
		(walked.customer, f.COMPANY),
	)
	frappe.db.commit()
	assert run().found == {"without a source": 1}
	run(check=False)
	assert run().lines == []


def test_a_stopped_run_goes_on_where_it_was(walked, monkeypatch):
	monkeypatch.setattr("dealer_pos_crm.dealer_crm.sources.BATCH", 3)
	monkeypatch.setattr(module, "BATCH", 3)
	whole = run().checked
	first = Rebuild(check=True, restart=True)
	steps = first.run()
	for _step in range(4):
		next(steps)
	steps.close()

	second = Rebuild(check=True)
	assert second.resumed
	assert second.report.checked == first.report.checked
	for _rows in second.run():
		pass
	assert second.report.checked == whole
	assert not Rebuild(check=True).resumed


def test_the_export_rehearses_to_the_same_money(walked):
	from tests.unit.memory_store import MemoryStore

	store = MemoryStore(())
	events = list(history())
	for event in events:
		assert event.customer.startswith("C-") or (not event.customer and (event.lead or event.vehicle))
		spine.record(event, store)
	ours = [event for event in events if event.deposit == walked.name]
	sign = {
		"deposit.taken": (MovementType.TAKEN, 1),
		"deposit.applied": (MovementType.APPLIED, 1),
		"deposit.refunded": (MovementType.REFUNDED, 1),
		"deposit.reinstated": (MovementType.APPLIED, -1),
	}
	moves = [
		Movement(e.key, sign[e.type][0], e.amount if sign[e.type][1] > 0 else -e.amount)
		for e in ours
		if e.type in sign
	]
	position = fold(moves, "USD")
	assert position.held.minor == round(walked.held_amount * 100)
	assert position.refunded.minor == round(walked.refunded_amount * 100)
	assert [e.happened_at for e in events] == sorted(e.happened_at for e in events)
