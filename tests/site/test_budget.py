"""What the app adds to a plain payment and a plain invoice: at most five statements each."""

import frappe
import pytest

from dealer_pos_crm.dealer_cashier.deposits import refresh
from tests.site import factories as f
from tests.site.accountant import plain_payment
from tests.site.counting import statements, without_listeners

BUDGET = 5


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.mark.parametrize(
	("prepare", "act"),
	[
		(None, lambda customer, _made: plain_payment(customer, 40)),
		(None, lambda customer, _made: f.make_invoice(customer, 40)),
		(None, lambda customer, _made: f.make_invoice(customer, 40, allocate_advances_automatically=1)),
		(lambda customer: plain_payment(customer, 40), lambda _customer, made: made.cancel()),
		(lambda customer: f.make_invoice(customer, 40), lambda _customer, made: made.cancel()),
	],
	ids=["payment", "invoice", "invoice with advance", "payment cancelled", "invoice cancelled"],
)
def test_the_app_adds_few_statements(prepare, act):
	customer = f.make_customer()
	plain_payment(customer, 15)
	made = prepare(customer) if prepare else None
	frappe.db.commit()

	def cost() -> list[str]:
		if made:
			made.reload()
		with statements() as sent:
			act(customer, made)
			refresh.flush()  # what a commit would do; nothing is to stay of what no listener heard
		frappe.db.rollback()
		return sent

	cost()
	with without_listeners():
		cost()
		plain = cost()
	ours = cost()
	added = list(ours)
	for statement in plain:
		if statement in added:
			added.remove(statement)
	assert len(ours) - len(plain) <= BUDGET, "\n".join(added)
	print(f"{len(plain)} statements, and {len(ours) - len(plain)} of ours")
