"""What a message may have missed: undecided cases are read again, and what could not be booked is tried again."""

import frappe
from frappe import _
from frappe.utils import add_to_date, now_datetime

from dealer_pos_crm.dealer_cashier.disputes import booking, case
from dealer_pos_crm.dealer_setup.acting import action, each_alone
from dealer_pos_crm.domain.dispute import DECIDED, Status
from dealer_pos_crm.gateways.errors import GatewayError, Unreachable

_READ_EVERY_HOURS = 12
_AT_ONCE = 200


def run() -> None:
	"""By the scheduler. What is left over has its turn at the next run: oldest first."""
	each_alone(case.DOCTYPE, _unbooked(), book_again, "Dispute {0} could not be booked")
	each_alone(case.DOCTYPE, _to_read(), read_again, "Dispute {0} could not be read")


def _unbooked() -> list[str]:
	return frappe.get_all(
		case.DOCTYPE,
		{"booking": booking.NOT_BOOKED, "book_again_at": ("<=", now_datetime())},
		pluck="name",
		order_by="book_again_at, name",
		limit=_AT_ONCE,
	)


def _to_read() -> list[str]:
	"""Cases that may still change, and those of payments that were not known when they came."""
	table = frappe.qb.DocType(case.DOCTYPE)
	open_ = table.status.notin([status.value for status in DECIDED])
	unpaid = (table.status == Status.WON.value) & (table.withdrawn_amount > table.reinstated_amount)
	return (
		frappe.qb.from_(table)
		.select(table.name)
		.where(open_ | unpaid | (table.told == 0))
		.where(table.seen_at <= add_to_date(now_datetime(), hours=-_READ_EVERY_HOURS))
		.orderby(table.seen_at)
		.orderby(table.name)
		.limit(_AT_ONCE)
		.run(pluck=True)
	)


def read_again(name: str, *, by_person: bool = False) -> None:
	"""Ask the provider how a dispute stands, and keep that. A provider that cannot be reached is asked next time;
	a person who asks is told.
	"""
	from dealer_pos_crm.dealer_cashier.gateway import accounts

	account, dispute = frappe.db.get_value(case.DOCTYPE, name, ["gateway_account", "dispute_id"])
	frappe.db.commit()  # nosemgrep - no lock is held while the provider is asked
	began = now_datetime()
	try:
		fact = accounts.client(account).dispute(dispute)
	except Unreachable:
		if by_person:
			frappe.throw(
				_("The card provider does not answer at the moment. The case is as it was; try again later")
			)
		return
	except GatewayError as error:
		if by_person:
			frappe.throw(_("The card provider refused to tell: {0}").format(error))
		# Not a reason to ask at every run: the error says it once a half-day.
		frappe.db.set_value(case.DOCTYPE, name, "seen_at", began, update_modified=False)
		frappe.log_error(
			title=f"Dispute {name} could not be read",
			message=str(error),
			reference_doctype=case.DOCTYPE,
			reference_name=name,
		)
		return
	_observe(account, fact, began)


@action
def _observe(account: str, fact, began) -> str:
	return case.observe(frappe.get_doc("Gateway Account", account), fact, read_at=began)


@action
def book_again(name: str) -> bool:
	"""Try again to book what is missing. Returns whether the books agree now."""
	doc = frappe.get_doc(case.DOCTYPE, name, for_update=True)
	return booking.book(doc, frappe.get_doc("Gateway Account", doc.gateway_account))
