"""What the Repair Order form shows of its money: who owes what, who took what, what is possible now."""

import frappe
from frappe.utils import cint

from dealer_pos_crm.dealer_cashier.deposits import overview as deposits
from dealer_pos_crm.dealer_cashier.money import to_float
from dealer_pos_crm.dealer_service.billing import claims, collecting, hand_over, invoicing, position, reading
from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.dealer_setup.roles import ACCOUNTANT, ADVISOR, CASHIER, MANAGER, MANAGERS, SERVICE_MANAGER
from dealer_pos_crm.domain.repair_order import WORKING, Status

# Who may bill an order. The cashier reads orders only, and bills them at the counter.
INVOICING = frozenset({ADVISOR, CASHIER, ACCOUNTANT, *MANAGERS, "System Manager"})
# Who decides what becomes of a warranty claim that was not paid.
DECIDING = frozenset({ACCOUNTANT, SERVICE_MANAGER, MANAGER, "System Manager"})
HANDING_OVER = frozenset({ADVISOR, CASHIER, *MANAGERS, "System Manager"})


def has_role(roles: frozenset[str]) -> bool:
	return bool(roles & set(frappe.get_roles()))


def of(name: str) -> dict:
	"""Bills with what is open, payments with who took them, deposits that may be applied, and the buttons."""
	order = frappe.get_doc("Repair Order", name)
	documents = reading.documents_of(order, lock=False)
	where = position.at_the_counter(order, documents)
	dues = collecting.dues_of(order, documents)
	payments = _payments(order, documents)
	working = Status(order.status) in WORKING
	may_collect = frappe.has_permission("Payment Entry", "submit")
	in_shop = not (order.handed_over_at and order.status == Status.CLOSED.value)
	return {
		"currency": order.currency,
		"status": order.status,
		"payment_status": order.payment_status,
		"invoiced": to_float(where.invoiced),
		"paid": to_float(where.paid),
		"outstanding": to_float(where.outstanding),
		"bills": _bills(order, documents),
		"drafts": list(documents.drafts),
		"payments": payments,
		"claims": _claims(order),
		"payers": _payers(dues),
		"deposits": _deposits(order, documents),
		"can_invoice": working and has_role(INVOICING),
		"invoice_blockers": invoicing.blockers(order) if working else [],
		"can_collect": bool(may_collect and dues),
		"can_hand_over": in_shop and has_role(HANDING_OVER) and _may_leave(order),
		"hand_over_blockers": [text for _code, text in hand_over.hand_over_blockers(order, lock=False)],
		"may_release": hand_over.may_release(),
		"mileage": max(cint(order.mileage_in), cint(order.mileage_out)),
		"people": names_of(
			in_rows(payments, "owner") | {order.handed_over_by, order.released_by, order.advisor}
		),
	}


def _may_leave(order) -> bool:
	return order.status == Status.INVOICED.value or (
		Status(order.status) is Status.READY
		and not any(row.answer in ("Approved", "Pending") for row in order.jobs)
	)


def _bills(order, documents: reading.Documents) -> list[dict]:
	names = _customer_names(
		{row.payer for row in documents.invoices} | {row.payer for row in documents.deductibles}
	)
	rows = [
		{
			"doctype": "Sales Invoice",
			"name": row.name,
			"payer": row.payer,
			"payer_name": names.get(row.payer, row.payer),
			"pay_type": row.pay_type.value,
			"amount": to_float(row.amount),
			"open": to_float(row.open),
			"at_counter": position.is_counter_share(order, row),
			"stands": row.stands,
			"posted": row.posted,
		}
		for row in documents.invoices
	]
	rows += [
		{
			"doctype": "Journal Entry",
			"name": row.name,
			"payer": row.payer,
			"payer_name": names.get(row.payer, row.payer),
			"pay_type": "Deductible",
			"amount": to_float(row.amount),
			"open": to_float(row.open),
			"at_counter": True,
			"stands": True,
			"posted": None,
		}
		for row in documents.deductibles
	]
	rows += [
		{
			"doctype": doctype,
			"name": name,
			"payer": None,
			"payer_name": None,
			"pay_type": "Internal",
			"amount": None,
			"open": None,
			"at_counter": False,
			"stands": True,
			"posted": None,
		}
		for doctype, name in documents.internal
	]
	return rows


def _customer_names(customers: set[str]) -> dict[str, str]:
	return dict(
		frappe.get_all(
			"Customer",
			{"name": ("in", sorted(customers) or [""])},
			["name", "customer_name"],
			order_by="name",
			as_list=True,
		)
	)


def _payments(order, documents: reading.Documents) -> list[dict]:
	"""Every payment that pays this order's bills or was taken for it: who took it, how, when."""
	names = [row.name for row in documents.invoices] + [row.name for row in documents.deductibles]
	by_reference = frappe.get_all(
		"Payment Entry Reference",
		{"reference_name": ("in", names or [""]), "docstatus": 1},
		["parent", "reference_name", "allocated_amount"],
		order_by="parent, idx",
	)
	taken = frappe.get_all(
		"Payment Entry",
		{"dealer_repair_order": order.name, "docstatus": (">", 0)},
		pluck="name",
		order_by="creation, name",
	)
	wanted = list(dict.fromkeys([*taken, *(row.parent for row in by_reference)]))
	rows = frappe.get_all(
		"Payment Entry",
		{"name": ("in", wanted or [""])},
		[
			"name", "party", "party_name", "mode_of_payment", "paid_amount", "unallocated_amount", "docstatus",
			"owner", "creation", "reference_no", "dealer_deposit",
		],
		order_by="creation, name",
	)  # fmt: skip
	for row in rows:
		row.here = sum(r.allocated_amount for r in by_reference if r.parent == row.name)
	return rows


def _claims(order) -> list[dict]:
	return frappe.get_all(
		claims.DOCTYPE,
		{"repair_order": order.name},
		["name", "manufacturer", "status", "claim_number", "claimed_amount", "paid_amount", "difference"],
		order_by="name",
	)


def _payers(dues: list) -> list[dict]:
	"""Who can pay now, with what each owes; the order's customer first as its bills come first."""
	found: dict[str, dict] = {}
	names = _customer_names({due.payer for due in dues})
	for due in dues:
		entry = found.setdefault(
			due.payer, {"payer": due.payer, "payer_name": names.get(due.payer, due.payer), "open": 0.0}
		)
		entry["open"] = round(entry["open"] + to_float(due.amount), 4)
	return list(found.values())


def _deposits(order, documents: reading.Documents) -> list[dict]:
	"""Deposits of the customer for this vehicle, or for none, with the open invoice each may go into."""
	if not frappe.has_permission("Deposit", "read"):
		return []
	target = next(
		(
			row
			for row in documents.invoices
			if row.payer == order.customer and row.pay_type.value == "Customer" and row.open.minor > 0
		),
		None,
	)
	return [
		{**row, "invoice": target.name if target else None}
		for row in deposits.for_invoice(order.customer, order.company, order.vehicle)
	]
