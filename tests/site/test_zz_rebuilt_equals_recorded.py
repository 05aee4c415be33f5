"""After everything the other tests did to this site: told again from its documents, the spine is the same."""

import frappe

from dealer_pos_crm.dealer_cashier.deposits import refresh
from dealer_pos_crm.dealer_crm.rebuild import Rebuild


def test_rebuilt_equals_recorded():
	rebuild = Rebuild(check=True, restart=True)
	for _rows in rebuild.run():
		pass
	assert rebuild.report.checked > 0
	assert rebuild.report.lines == []


def test_no_deposit_has_fallen_behind_its_ledger():
	fields = [
		"name",
		"status",
		"taken_amount",
		"applied_amount",
		"refunded_amount",
		"forfeited_amount",
		"held_amount",
	]
	before = frappe.get_all("Deposit", {"status": ("!=", "Draft")}, fields, order_by="name")
	movements = frappe.db.count("Deposit Movement")
	events = frappe.db.count("Customer Event")
	for row in before:
		refresh.refresh(row.name)
	after = frappe.get_all("Deposit", {"status": ("!=", "Draft")}, fields, order_by="name")
	assert after == before
	assert (frappe.db.count("Deposit Movement"), frappe.db.count("Customer Event")) == (movements, events)


def test_movements_add_up_to_the_ledger():
	wrong = frappe.db.sql(
		"""select d.name, d.taken_amount, d.held_amount,
			sum(if(m.movement = 'Taken', m.amount, 0)) taken, sum(if(m.movement = 'Taken', m.amount, -m.amount)) held
		from `tabDeposit` d join `tabDeposit Movement` m on m.deposit = d.name
		group by d.name
		having abs(d.taken_amount - taken) > 0.001 or abs(d.held_amount - held) > 0.001""",
		as_dict=True,
	)
	assert wrong == []
