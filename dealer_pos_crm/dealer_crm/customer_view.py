"""What a customer's Dealership tab shows: money first, then cars, promises and what happened."""

from datetime import datetime

import frappe
from frappe import _
from frappe.query_builder.functions import Sum

from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_crm.confidential import hidden
from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.domain.deposit import HOLDING
from dealer_pos_crm.domain.pay_request import LIVE

PAGE = 20


def overview(customer: str) -> dict:
	"""Everything above the fold, and the first page of events. Sums are in each company's currency."""
	may = {
		"see_deposits": bool(frappe.has_permission("Deposit", "read")),
		"see_pay_requests": bool(frappe.has_permission("Pay Request", "read")),
		"see_deals": bool(frappe.has_permission("Deal Jacket", "read")),
		"open_deal": bool(frappe.has_permission("Deal Jacket", "create")),
		"see_vehicles": bool(frappe.has_permission("Dealer Vehicle", "read")),
		"see_follow_ups": bool(frappe.has_permission("Follow Up", "read")),
		"see_events": bool(frappe.has_permission("Customer Event", "read")),
		"take_deposit": bool(frappe.has_permission("Deposit", "create")),
	}
	follow_ups = _follow_ups(customer) if may["see_follow_ups"] else []
	deals = _deals(customer) if may["see_deals"] else []
	return {
		"is_dealership": bool(companies()),
		"money": money(customer) if may["see_deposits"] else [],
		"deposits": deposits(customer) if may["see_deposits"] else [],
		"pay_requests": _pay_requests(customer) if may["see_pay_requests"] else [],
		"deals": deals if may["see_deals"] else [],
		"vehicles": vehicles(customer) if may["see_vehicles"] else [],
		"follow_ups": follow_ups,
		"events": events(customer) if may["see_events"] else None,
		"people": names_of(in_rows(follow_ups, "owner_user") | in_rows(deals, "salesperson")),
		"page": PAGE,
		"may": may,
	}


def money(customer: str, company: str | None = None) -> list[dict]:
	"""Owed, held in deposits and free credit, by company (of one, when named): all from the payment ledger."""
	ple, entry = frappe.qb.DocType("Payment Ledger Entry"), frappe.qb.DocType("Payment Entry")
	rows = (
		frappe.qb.from_(ple)
		.left_join(entry)
		.on((ple.against_voucher_type == "Payment Entry") & (entry.name == ple.against_voucher_no))
		.select(ple.company, entry.dealer_deposit, Sum(ple.amount).as_("amount"))
		.where(
			(ple.party_type == "Customer")
			& (ple.party == customer)
			& (ple.delinked == 0)
			& ple.company.isin([company] if company else companies() or [""])
		)
		.groupby(
			ple.company, ple.against_voucher_type, ple.against_voucher_no, ple.account, entry.dealer_deposit
		)
		.having(Sum(ple.amount) != 0)
		.run(as_dict=True)
	)
	found: dict[str, dict] = {}
	for row in rows:
		sums = found.setdefault(
			row.company,
			{
				"company": row.company,
				"currency": frappe.get_cached_value("Company", row.company, "default_currency"),
				"owed": 0.0,
				"held": 0.0,
				"credit": 0.0,
			},
		)
		if row.dealer_deposit:
			sums["held"] -= row.amount
		elif row.amount > 0:
			sums["owed"] += row.amount
		else:
			sums["credit"] -= row.amount
	for sums in found.values():
		for name in ("owed", "held", "credit"):
			sums[name] = to_float(rounded(sums[name], sums["currency"]))
	return sorted(found.values(), key=lambda sums: sums["company"])


def deposits(customer: str, company: str | None = None) -> list[dict]:
	"""Deposits that hold money or wait for it, the newest first; of one company when named."""
	return frappe.get_list(
		"Deposit",
		filters={
			"customer": customer,
			"status": ("in", ["Draft", *(status.value for status in HOLDING)]),
			**({"company": company} if company else {}),
		},
		fields=[
			"name",
			"status",
			"amount",
			"held_amount",
			"currency",
			"vehicle",
			"vehicle.title as vehicle_title",
			"held_for",
			"hold_until",
			"taken_on",
		],
		order_by="`tabDeposit`.creation desc",
		limit=PAGE,
	)


def _pay_requests(customer: str) -> list[dict]:
	"""What the customer is asked to pay by a link, or will be by itself."""
	return frappe.get_list(
		"Pay Request",
		filters={
			"customer": customer,
			"status": ("in", ["Draft", *(status.value for status in LIVE)]),
		},
		fields=[
			"name",
			"what",
			"status",
			"amount",
			"paid_amount",
			"currency",
			"expires_at",
			"automatic_at",
			"test_mode",
		],
		order_by="creation desc",
		limit=PAGE,
	)


def _deals(customer: str) -> list[dict]:
	"""The customer's deals, as buyer or co-buyer; those that go on first."""
	rows = frappe.get_list(
		"Deal Jacket",
		or_filters={"customer": customer, "co_buyer": customer},
		fields=[
			"name",
			"stage",
			"stage_since",
			"vehicle",
			"vehicle_title",
			"wanted",
			"salesperson",
			"total_due",
			"currency",
			"lost_reason",
			"customer",
		],
		order_by="creation desc",
		limit=PAGE,
	)
	return sorted(rows, key=lambda row: row.stage in ("Funded", "Lost"))


def vehicles(customer: str) -> list[dict]:
	"""Cars that the customer owns, or that are kept for them."""
	fields = [
		"name",
		"title",
		"status",
		"mileage",
		"plate",
		"stock_number",
		"hold_until",
		"held_for",
		"customer",
	]
	return frappe.get_list(
		"Dealer Vehicle",
		filters={},
		or_filters={"customer": customer, "held_for": customer},
		fields=fields,
		order_by="modified desc",
		limit=PAGE,
	)


def _follow_ups(customer: str) -> list[dict]:
	return frappe.get_list(
		"Follow Up",
		filters={"customer": customer, "status": ("in", ["Open", "Planned"])},
		fields=["name", "title", "status", "owner_user", "opens_at", "due_at", "priority", "deposit"],
		order_by="due_at",
		limit=PAGE,
	)


def events(customer: str, before: str | None = None, department: str | None = None) -> dict:
	"""One page, newest first, and the cursor of the next one (None at the end)."""
	event = frappe.qb.DocType("Customer Event")
	query = (
		frappe.qb.from_(event)
		.select(
			event.name,
			event.happened_at,
			event.event_type,
			event.title,
			event.amount,
			event.currency,
			event.department,
			event.reference_doctype,
			event.reference_name,
			event.actor,
			event.reverses,
		)
		.where(event.customer == customer)
		.orderby(event.happened_at, order=frappe.qb.desc)
		.orderby(event.name, order=frappe.qb.desc)
		.limit(PAGE + 1)
	)
	if department:
		query = query.where(event.department == department)
	if types := hidden():
		query = query.where(event.event_type.notin(types))
	if before:
		at, name = _cursor(before)
		query = query.where((event.happened_at < at) | ((event.happened_at == at) & (event.name < name)))
	rows = query.run(as_dict=True)
	page = rows[:PAGE]
	more = len(rows) > PAGE
	return {
		"rows": page,
		"next": f"{page[-1].happened_at}|{page[-1].name}" if more else None,
		"people": names_of(in_rows(page, "actor")),
	}


def _cursor(text: str) -> tuple[datetime, int]:
	at, _sep, name = text.rpartition("|")
	try:
		return datetime.fromisoformat(at), int(name)
	except ValueError:
		frappe.throw(_("This page cannot be found any more. Reload the customer"))
