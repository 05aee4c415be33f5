"""Deals under contract, ready to be delivered, with real worksheets; and what the books say of them."""

from __future__ import annotations

import frappe
from frappe.utils import flt

from dealer_pos_crm.dealer_setup import roles, showroom_accounting
from dealer_pos_crm.dealer_showroom.deals import stages
from dealer_pos_crm.dealer_showroom.delivery import collecting, deliver, funding, unwind
from dealer_pos_crm.dealer_showroom.trade_ins import appraising
from dealer_pos_crm.dealer_showroom.worksheet import approval, scenarios
from tests.site import factories as f
from tests.site import showroom as s

MILEAGE = 12


def set_up(**values) -> str:
	"""A showroom with its accounting; no tax, no service lane unless said."""
	s.set_up_showroom()
	accountant(), manager()
	showroom_accounting.set_up(f.COMPANY)
	settings = frappe.get_doc("Dealer Settings", f.COMPANY)
	settings.update(
		{
			"vehicle_tax_template": None,
			"trade_reduces_tax": 0,
			"first_service_months": 6,
			"doc_fee": 0,
			**values,
		}
	)
	settings.save()
	frappe.db.commit()
	return f.COMPANY


def accountant() -> str:
	return f.make_user(roles.ACCOUNTANT, "floor.accountant")


def manager() -> str:
	return f.make_user(roles.MANAGER, "floor.dealer")


def supplier(name: str = "Valley Credit Union") -> str:
	if not frappe.db.exists("Supplier", name):
		frappe.get_doc(
			{
				"doctype": "Supplier",
				"supplier_name": name,
				"supplier_group": frappe.db.get_value("Supplier Group", {"is_group": 0}, "name"),
			}
		).insert()
	return name


def lender(name: str = "First Auto Bank", **values) -> str:
	if not frappe.db.exists("Dealer Lender", name):
		customer = frappe.db.get_value("Customer", {"customer_name": name}) or f.make_customer(name).name
		frappe.get_doc(
			{
				"doctype": "Dealer Lender",
				"lender_name": name,
				"customer": customer,
				"funding_days": 7,
				**values,
			}
		).insert()
	return name


def lender_customer(name: str = "First Auto Bank") -> str:
	return frappe.db.get_value("Dealer Lender", name, "customer")


def make_trade(customer, *, worth: float, allowance: float, payoff: float = 0, deal=None, **values):
	"""An appraised trade-in."""
	trade = frappe.get_doc(
		{
			"doctype": "Trade In",
			"customer": customer.name,
			"company": f.COMPANY,
			"deal": deal.name if deal else None,
			"model_year": 2015,
			"make": "Honda",
			"model": "Civic",
			"vin": None,
			"mileage": 80_000,
			"payoff": payoff,
			"payoff_lender": supplier() if payoff else None,
			**values,
		}
	).insert()
	frappe.db.commit()
	with f.logged_in(s.sales_manager()):
		appraising.appraise(trade.name, value=worth, allowance=allowance)
	frappe.db.commit()
	trade.reload()
	return trade


def tax_template(rate: float = 8) -> str:
	title = f"Car tax {rate:g}"
	name = f"{title} - {f.ABBR}"
	if not frappe.db.exists("Sales Taxes and Charges Template", name):
		frappe.get_doc(
			{
				"doctype": "Sales Taxes and Charges Template",
				"title": title,
				"company": f.COMPANY,
				"taxes": [
					{
						"charge_type": "On Net Total",
						"account_head": f.tax_account(),
						"description": "Sales tax",
						"rate": rate,
					}
				],
			}
		).insert()
	return name


def contracted(
	kind: str = "Cash",
	*,
	price: float = 20_000,
	customer=None,
	car=None,
	trades: list[dict] = (),
	deposits: list[float] = (),
	lines: list[dict] = (),
	checks: bool = True,
	**values,
):
	"""A deal under contract: its worksheet approved by somebody else than its author. ``trades``: what
	``make_trade`` takes; ``deposits``: taken before the worksheet."""
	customer = customer or f.make_customer()
	car = car or s.make_car(price=price)
	deal = s.make_deal(customer, car, deal_type=kind)
	for amount in deposits:
		deposit = f.make_deposit(customer, car, amount, deal=deal.name)
		frappe.db.commit()
		f.take(deposit)
	made = [make_trade(customer, deal=deal, **row) for row in trades]
	if kind != "Cash":
		frappe.db.set_value("Deal Jacket", deal.name, "lender", lender())
	frappe.db.commit()
	with f.logged_in(s.salesperson()):
		name = scenarios.create(
			deal.name,
			{
				"kind": kind,
				"price": price,
				"lines": list(lines),
				"trades": [
					{"trade_in": row.name, "allowance": row.allowance, "payoff": row.payoff} for row in made
				],
				"lender": lender() if kind != "Cash" else None,
				**({"term_months": 60, "apr": 6.9} if kind == "Finance" else {}),
				**(
					{"term_months": 36, "money_factor": 0.0015, "residual_percent": 55}
					if kind == "Lease"
					else {}
				),
				**values,
			},
		)
		frappe.db.commit()
		scenarios.choose(name)
		frappe.db.commit()
		approval.ask(name)
		frappe.db.commit()
	with f.logged_in(s.sales_manager()):
		approval.decide(name, True)
		frappe.db.commit()
	if checks:
		s.make_checks(deal)
	if kind != "Cash":
		stages.move(deal.name, "F&I")
		frappe.db.commit()
	stages.move(deal.name, "Contracted")
	frappe.db.commit()
	deal.reload()
	return deal


def hand_over(deal, *, user: str | None = None, key: str | None = None, mileage: int = MILEAGE, **values):
	frappe.db.commit()
	with f.logged_in(user or frappe.session.user):
		result = deliver.deliver(deal.name, client_key=key or f.key(), mileage=mileage, **values)
		frappe.db.commit()
	deal.reload()
	return result


def delivered(kind: str = "Cash", **values):
	"""A deal that is delivered and, unless ``paid`` is False, whose buyer owes nothing."""
	paid, mileage = values.pop("paid", True), values.pop("mileage", MILEAGE)
	deal = contracted(kind, **values)
	reason = None
	if deal.balance > 0:
		reason = "Paid by wire, on its way"
	with f.logged_in(s.sales_manager() if reason else frappe.session.user):
		hand_over(deal, release_reason=reason, mileage=mileage)
	if paid and deal.balance > 0:
		collect(deal, [("Cash", deal.balance)])
	return deal


def collect(deal, tenders: list[tuple[str, float]], key: str | None = None) -> dict:
	frappe.db.commit()
	if sum(amount for mode, amount in tenders if mode == "Cash") > f.MUCH_CASH:
		f.know_payer(deal.customer)
	rows = [{"mode_of_payment": mode, "amount": amount} for mode, amount in tenders]
	result = collecting.collect(deal.name, rows, key or f.key())
	frappe.db.commit()
	deal.reload()
	return result


def fund(deal, amount: float, key: str | None = None, **values) -> dict:
	frappe.db.commit()
	result = funding.funded(deal.name, amount, mode_of_payment="Check", client_key=key or f.key(), **values)
	frappe.db.commit()
	deal.reload()
	return result


def take_back(deal, reason: str = "Financing fell through", key: str | None = None, **values) -> dict:
	frappe.db.commit()
	result = unwind.unwind(deal.name, reason, client_key=key or f.key(), **values)
	frappe.db.commit()
	deal.reload()
	return result


# --- What the books say ------------------------------------------------------------------------------


def bare(text: str | None) -> str:
	name = (text or "").rpartition(" - ")[0] or text or ""
	return name.partition(" - ")[2] or name  # without its number


def gl(doctype: str, name: str | None) -> list[tuple]:
	"""(account, party, debit, credit), sorted."""
	rows = frappe.get_all(
		"GL Entry",
		{"voucher_type": doctype, "voucher_no": name, "is_cancelled": 0},
		["account", "party", "debit", "credit"],
	)
	return sorted((bare(row.account), row.party or "", flt(row.debit, 2), flt(row.credit, 2)) for row in rows)


def ple(name: str, *, against: str | None = None) -> list[tuple]:
	"""(account, party, against what, amount) of a voucher in the Payment Ledger, sorted."""
	rows = frappe.get_all(
		"Payment Ledger Entry",
		{"voucher_no": name, "delinked": 0, **({"against_voucher_no": against} if against else {})},
		["account", "party", "against_voucher_no", "amount"],
	)
	return sorted((bare(row.account), row.party, row.against_voucher_no, flt(row.amount, 2)) for row in rows)


def open_on(name: str) -> float:
	"""What the Payment Ledger has open on a document."""
	rows = frappe.db.sql(
		"select sum(amount) from `tabPayment Ledger Entry` where against_voucher_no = %s and delinked = 0",
		name,
	)
	return flt(rows[0][0], 2)


def owes(party: str, party_type: str = "Customer") -> float:
	rows = frappe.db.sql(
		"""select sum(debit) - sum(credit) from `tabGL Entry`
		where party_type = %s and party = %s and is_cancelled = 0""",
		(party_type, party),
	)
	return flt(rows[0][0], 2)


def trial_balance() -> dict[str, float]:
	"""Debit minus credit of every account, those that are zero left out."""
	rows = frappe.db.sql(
		"""select account, sum(debit) - sum(credit) as amount from `tabGL Entry`
		where company = %s and is_cancelled = 0 group by account""",
		f.COMPANY,
		as_dict=True,
	)
	return {bare(row.account): flt(row.amount, 2) for row in rows if flt(row.amount, 2)}


def changed(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
	"""What changed between two trial balances."""
	found = {name: flt(after.get(name, 0) - before.get(name, 0), 2) for name in sorted({*before, *after})}
	return {name: amount for name, amount in found.items() if amount}


def account(field: str) -> str:
	return bare(frappe.db.get_value("Dealer Settings", f.COMPANY, field))


def money(deal) -> dict:
	deal.reload()
	return {
		field: flt(deal.get(field), 2)
		for field in (
			"total_due",
			"trade_equity",
			"financed_amount",
			"deposits_held",
			"paid_amount",
			"balance",
		)
	}


def events(deal) -> list[str]:
	return frappe.get_all("Customer Event", {"deal": deal.name}, pluck="event_type", order_by="name")


def standing(deal, kind: str) -> bool:
	from dealer_pos_crm.dealer_showroom.deals.deal import standing_step

	return bool(standing_step(deal.name, kind))
