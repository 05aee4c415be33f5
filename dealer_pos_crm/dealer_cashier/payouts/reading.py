"""A payout is heard of by message or sweep, then read row by row in a job of its own."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import add_to_date, getdate, now_datetime

from dealer_pos_crm.dealer_cashier.gateway import accounts, failures
from dealer_pos_crm.dealer_cashier.gateway.times import site_time, utc_time
from dealer_pos_crm.dealer_cashier.money import shown, to_float
from dealer_pos_crm.dealer_cashier.payouts import booking, matching
from dealer_pos_crm.dealer_cashier.payouts import payout as rows_of
from dealer_pos_crm.dealer_setup.acting import action, each_alone
from dealer_pos_crm.domain.gateway import PayoutFact, PayoutState
from dealer_pos_crm.gateways.errors import GatewayError

_JOB = "dealer_pos_crm.dealer_cashier.payouts.reading.read"
_LOOK_BACK = timedelta(days=10)  # weekends, holidays and a provider that is late
_STALE_MINUTES = 30


def observe(account, fact: PayoutFact) -> str:
	"""What the provider says of a payout now, in the caller's transaction. Returns the payout's name."""
	payout = _row(account, fact)
	was = payout.status
	payout.update(
		{
			"provider_status": fact.provider_status,
			"arrival_date": getdate(site_time(fact.arrival_date)) if fact.arrival_date else None,
			"amount": to_float(fact.amount),
			"automatic": int(fact.automatic),
			"failure": fact.failure or None,
		}
	)
	if fact.state is PayoutState.FAILED:
		_failed(account, payout)
	elif fact.state is PayoutState.CANCELLED and was != rows_of.BOOKED:
		payout.status = rows_of.CANCELLED
	elif not fact.automatic and was == rows_of.WAITING:
		payout.status = rows_of.MANUAL
	payout.save(ignore_permissions=True)
	if fact.itemised and payout.status == rows_of.WAITING:
		read_later(payout.name)
	return payout.name


def _row(account, fact: PayoutFact):
	key = rows_of.key_of(account.name, fact.payout)
	name = frappe.db.get_value(rows_of.DOCTYPE, {"payout_key": key}, "name")
	if name:
		return rows_of.locked(name)
	payout = frappe.get_doc(
		{
			"doctype": rows_of.DOCTYPE,
			"company": account.company,
			"gateway_account": account.name,
			"payout_id": fact.payout,
			"payout_key": key,
			"currency": fact.amount.currency,
			"test_mode": int(not fact.live),
			"status": rows_of.WAITING,
		}
	)
	payout.insert(ignore_permissions=True)
	return payout


def _failed(account, payout) -> None:
	"""The bank sent it back. The money is with the provider again and comes with a later payout."""
	if payout.status == rows_of.FAILED:
		return
	booking.take_back(payout)
	payout.status = rows_of.FAILED
	failures.tell(
		account,
		title=_("Payout {0} came back").format(payout.payout_id),
		text=_("The bank refused {0} ({1}). Check the bank account at the provider").format(
			shown(rows_of.amount_of(payout)), payout.failure or _("no reason given")
		),
		reference=(rows_of.DOCTYPE, payout.name),
	)


def read_later(name: str) -> None:
	frappe.enqueue(
		_JOB,
		queue="long",
		timeout=1800,
		job_id=f"payout:{name}",
		deduplicate=True,
		enqueue_after_commit=True,
		name=name,
	)


def read(name: str, user: str | None = None) -> str:
	"""Read the rows of a payout and match them. A job; may be repeated. Returns the payout's status.

	The provider is asked before anything is locked.
	"""
	payout = frappe.db.get_value(
		rows_of.DOCTYPE, name, ["gateway_account", "payout_id", "status", "automatic"], as_dict=True
	)
	if payout.status in (rows_of.BOOKED, rows_of.FAILED, rows_of.CANCELLED, rows_of.MANUAL):
		return payout.status
	rows = []
	for row in accounts.client(payout.gateway_account).balance_rows(payout.payout_id):
		rows.append(row)
		if user and len(rows) % 500 == 0:
			frappe.publish_progress(
				min(95, len(rows) / 100),
				title=_("Reading the payout"),
				description=_("{0} rows").format(len(rows)),
				doctype=rows_of.DOCTYPE,
				docname=name,
			)
	status = _keep(name, rows)
	frappe.db.commit()  # nosemgrep - a payout is a piece of work of its own
	return _book_by_itself(name) if status == rows_of.RECONCILED else status


@action
def _keep(name: str, rows: list) -> str:
	payout = rows_of.locked(name)
	if payout.status not in (rows_of.WAITING, rows_of.EXCEPTIONS, rows_of.RECONCILED):
		return payout.status
	matching.keep(payout, rows)
	reference = (rows_of.DOCTYPE, name)
	if payout.status == rows_of.EXCEPTIONS:
		failures.tell(
			frappe.get_doc("Gateway Account", payout.gateway_account),
			title=_("Payout {0}: {1} rows need a person").format(payout.payout_id, payout.exception_count),
			text=payout.problem or _("Open it: each row says what is wrong and what to do"),
			reference=reference,
		)
	else:
		failures.settled(reference)
	return payout.status


def _book_by_itself(name: str) -> str:
	account = frappe.db.get_value(rows_of.DOCTYPE, name, "gateway_account")
	if not frappe.db.get_value("Gateway Account", account, "book_payouts"):
		return rows_of.RECONCILED
	try:
		booking.book(name)
	except frappe.ValidationError as error:
		frappe.db.rollback()
		failures.tell(
			frappe.get_doc("Gateway Account", account),
			title=_("Payout {0} could not be booked").format(name),
			text=frappe.utils.strip_html(str(error)),
			reference=(rows_of.DOCTYPE, name),
		)
	frappe.db.commit()  # nosemgrep - a payout is a piece of work of its own
	return frappe.db.get_value(rows_of.DOCTYPE, name, "status")


def read_again(name: str) -> str:
	"""Ask the provider for a payout once more: its state, and its rows when it can itemise it."""
	account, payout_id = frappe.db.get_value(rows_of.DOCTYPE, name, ["gateway_account", "payout_id"])
	fact = accounts.client(account).payout(payout_id)
	_observed(account, fact)
	frappe.db.commit()  # nosemgrep - the rows are read without holding it
	if fact.itemised:
		return read(name, user=frappe.session.user)
	return frappe.db.get_value(rows_of.DOCTYPE, name, "status")


@action
def _observed(account: str, fact: PayoutFact) -> str:
	return observe(frappe.get_doc("Gateway Account", account), fact)


def look_for_new(account: str) -> int:
	"""Read the payouts of the last days, told or not. Returns how many were unknown."""
	before = frappe.db.count(rows_of.DOCTYPE, {"gateway_account": account})
	for fact in accounts.client(account).payouts(utc_time(now_datetime() - _LOOK_BACK)):
		_observed(account, fact)
		frappe.db.commit()  # nosemgrep - each payout is a piece of work of its own
	return frappe.db.count(rows_of.DOCTYPE, {"gateway_account": account}) - before


def sweep() -> None:
	"""Find payouts that no message told of, and go on with those whose reading broke off."""
	for account in frappe.get_all("Gateway Account", {"enabled": 1}, pluck="name", order_by="name"):
		try:
			look_for_new(account)
		except GatewayError as error:
			frappe.db.rollback()
			frappe.logger("dealer_pos_crm").warning("payouts of %s were not read: %s", account, error)
	stale = frappe.get_all(
		rows_of.DOCTYPE,
		{
			"status": rows_of.WAITING,
			"automatic": 1,
			"provider_status": "paid",
			"modified": ("<", add_to_date(now_datetime(), minutes=-_STALE_MINUTES)),
		},
		pluck="name",
		order_by="name",
	)
	each_alone(rows_of.DOCTYPE, stale, read_again, "Payout {0} could not be read")
