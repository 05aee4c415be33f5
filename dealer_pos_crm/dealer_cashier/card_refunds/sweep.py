"""Refunds that nothing was heard of, or that could not be booked or reversed when it was their turn."""

import frappe
from frappe import _
from frappe.utils import add_to_date

from dealer_pos_crm.dealer_cashier.card_refunds import booking, following, refund
from dealer_pos_crm.dealer_setup.acting import each_alone
from dealer_pos_crm.domain.card_refund import Status
from dealer_pos_crm.domain.gateway import RefundFact
from dealer_pos_crm.gateways.errors import GatewayError

READ_AGAIN_AFTER = 12  # hours of silence
_AT_ONCE = 100


def run() -> None:
	"""Run by the scheduler."""
	title = _("Card refund {0} could not be looked after")
	each_alone(booking.DOCTYPE, _silent(), _read_again, title)
	each_alone(booking.DOCTYPE, _not_right(), refund.put_right, title)


def _silent() -> list[str]:
	"""On their way at the provider, and nobody has said anything for long."""
	return frappe.get_all(
		booking.DOCTYPE,
		{
			"status": ("in", (Status.PENDING.value, Status.NEEDS_ACTION.value)),
			"seen_at": ("<", add_to_date(None, hours=-READ_AGAIN_AFTER)),
		},
		pluck="name",
		order_by="seen_at, name",
		limit=_AT_ONCE,
	)


def _read_again(name: str) -> None:
	account_name, refund_id = frappe.db.get_value(booking.DOCTYPE, name, ["gateway_account", "refund_id"])
	fact = _asked(account_name, refund_id)
	if fact:
		following.observe(frappe.get_doc("Gateway Account", account_name), fact)


def _asked(account: str, refund_id: str) -> RefundFact | None:
	"""What the provider says now; nothing when it says nothing, which another hour may change."""
	from dealer_pos_crm.dealer_cashier.gateway import accounts

	try:
		return accounts.client(account).refund_of(refund_id)
	except (GatewayError, accounts.NoGateway):
		frappe.clear_messages()
		return None


def _not_right() -> list[str]:
	"""Failed and still booked, or made at the provider's own site and not booked."""
	row = frappe.qb.DocType(booking.DOCTYPE)
	entry = frappe.qb.DocType("Payment Entry")
	failed = (
		frappe.qb.from_(row)
		.join(entry)
		.on(entry.name == row.payment_entry)
		.select(row.name)
		.where((row.status == Status.FAILED.value) & (entry.docstatus == 1) & row.reversal_entry.isnull())
		.orderby(row.name)
		.limit(_AT_ONCE)
		.run(pluck=True)
	)
	outside = frappe.get_all(
		booking.DOCTYPE,
		{
			"outside": 1,
			"payment_entry": ("is", "not set"),
			"status": ("in", (Status.PENDING.value, Status.NEEDS_ACTION.value, Status.REFUNDED.value)),
		},
		pluck="name",
		order_by="name",
		limit=_AT_ONCE,
	)
	return [*failed, *outside]
