"""A booked refund goes to the provider: through the outbox, after the commit, with a key of its own.

On a person's screen it is sent in the same request, so that they see what became of it; otherwise by a job
right after the commit. What neither does, the sweep of the outbox does.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier.gateway.outbox import Operation
from dealer_pos_crm.dealer_cashier.money import to_money
from dealer_pos_crm.domain.gateway import RefundFact, RefundState
from dealer_pos_crm.domain.money import Money

OPERATION = "Refund"
_HERE = "dealer_refunds_sent_here"


def plan(card, refund) -> str | int:
	"""Put the call into the outbox, in the caller's transaction, and see to it that it is made after the
	commit. Returns the attempt."""
	from dealer_pos_crm.dealer_cashier.gateway import outbox

	attempt = outbox.plan(
		card.gateway_account,
		OPERATION,
		about=(refund.doctype, refund.name),
		amount=to_money(refund.amount, refund.currency),
		values={"charge": card.charge_id, "refund": refund.name, "card_payment": card.name},
		card_payment=card.name,
	)
	collecting = frappe.flags.get(_HERE)
	if collecting is not None:
		collecting.append(attempt)
	else:
		frappe.enqueue(
			"dealer_pos_crm.dealer_cashier.card_refunds.sending.send",
			attempt=attempt,
			queue="short",
			enqueue_after_commit=True,
			job_id=f"dealer_refund:{attempt}",
			deduplicate=True,
		)
	return attempt


@contextmanager
def here() -> Iterator[list[str | int]]:
	"""Refunds booked inside are sent when it ends, in this request: the transaction is committed first."""
	before = frappe.flags.get(_HERE)
	attempts: list[str | int] = []
	frappe.flags[_HERE] = attempts
	try:
		yield attempts
	finally:
		frappe.flags[_HERE] = before
	if attempts:
		frappe.db.commit()  # nosemgrep - nothing goes to the provider that is not on file
		for attempt in dict.fromkeys(attempts):
			send(attempt)


def send(attempt: str | int) -> None:
	"""Make the call of one attempt, unless that was done or undone meanwhile. What fails stays in the outbox
	with its explanation: the refund is booked, and the sweep tries again."""
	from dealer_pos_crm.dealer_cashier.gateway import outbox

	if not frappe.db.exists("Payment Attempt", attempt):
		return  # undone: the transaction began again after a deadlock
	try:
		outbox.run(attempt, quiet=True)
	except Exception:
		# The person's part is done and committed; what is left to do is the sweep's.
		frappe.db.rollback()
		frappe.log_error(
			title=f"Refund attempt {attempt} could not be run",
			reference_doctype="Payment Attempt",
			reference_name=str(attempt),
		)


# --- The operation, as the outbox runs it --------------------------------------------------------------


def _call(gateway, attempt, values: dict) -> dict:
	"""Ask the provider. The same key again answers with the same refund."""
	return to_plain(
		gateway.refund(
			key=attempt.idempotency_key,
			charge=values["charge"],
			amount=to_money(attempt.amount, attempt.currency),
			metadata=metadata(values),
		)
	)


def _search(gateway, attempt, values: dict) -> dict | None:
	"""After the key's life: the refund among those of its charge. Refunds cannot be searched by metadata."""
	wanted = metadata(values)
	for fact in gateway.refunds(charge=values["charge"]):
		if all(fact.metadata.get(name) == value for name, value in wanted.items()):
			return to_plain(fact)
	return None


def metadata(values: dict) -> dict[str, str]:
	return {
		"site": frappe.local.site,
		"card_refund": values["refund"],
		"card_payment": values["card_payment"],
	}


def _done(attempt, result: dict) -> None:
	from dealer_pos_crm.dealer_cashier.card_refunds import following

	following.observe(frappe.get_doc("Gateway Account", attempt.gateway_account), from_plain(result))


def _refused(attempt, error: Exception | None) -> None:
	"""A definite no: nothing was sent, and the booking is taken back."""
	from dealer_pos_crm.dealer_cashier.card_refunds import following

	why = cstr(getattr(error, "message", "")) or cstr(error or "") or _("It never arrived at the provider")
	following.refused(attempt.about_name, why)


REFUND = Operation(call=_call, search=_search, on_done=_done, on_refused=_refused)


def to_plain(fact: RefundFact) -> dict:
	"""A refund as the outbox carries it."""
	return {
		"id": fact.refund,
		"state": fact.state.value,
		"provider_status": fact.provider_status,
		"amount": fact.amount.minor,
		"currency": fact.amount.currency,
		"charge": fact.charge,
		"intent": fact.intent,
		"failure": fact.failure,
		"reference": fact.reference,
		"metadata": dict(fact.metadata),
	}


def from_plain(row: dict) -> RefundFact:
	return RefundFact(
		refund=row["id"],
		state=RefundState(row["state"]),
		provider_status=row["provider_status"],
		amount=Money(row["amount"], row["currency"]),
		charge=row["charge"],
		intent=row["intent"],
		failure=row["failure"],
		reference=row["reference"],
		metadata=row["metadata"],
	)


def waiting(refund: str) -> str | int | None:
	"""The attempt of a refund that has not been answered for good."""
	return frappe.db.get_value(
		"Payment Attempt",
		{
			"about_doctype": "Card Refund",
			"about_name": refund,
			"operation": OPERATION,
			"status": ("in", ("Sending", "Unknown", "Given Up")),
		},
		"name",
		order_by="name desc",
	)
