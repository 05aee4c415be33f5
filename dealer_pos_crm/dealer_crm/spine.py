"""The one writer of the spine on a site."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import frappe
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_crm.store import FrappeStore
from dealer_pos_crm.dealer_setup.card_numbers import without
from dealer_pos_crm.domain import spine
from dealer_pos_crm.domain.card_numbers import mask
from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.domain.follow_up import FollowUp


def record(events: Iterable[Event]) -> int:
	"""Write events that are not yet there, with the promises that follow. Returns how many were new.

	Runs in the caller's transaction: an event and what follows from it exist with the payment, or not at all.
	"""
	store = FrappeStore()
	return sum(spine.record(_without_card_numbers(event), store).written for event in events)


def _without_card_numbers(event: Event) -> Event:
	"""Titles and facts repeat what people wrote, and are written past the documents' own guard."""
	title, facts = mask(event.title), without(event.facts)
	return (
		event if title == event.title and facts == event.facts else replace(event, title=title, facts=facts)
	)


def open_due_now(deposit: str | None = None) -> None:
	"""Open what is due at this moment, in the caller's transaction; for one deposit only when named."""
	store = _OneDeposit(deposit) if deposit else FrappeStore()
	frappe.db.savepoint("open_now")
	try:
		spine.open_due(now_datetime(), store)
	except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
		raise
	except Exception:
		# No promise is worth a payment: it stays planned, and the scheduler opens it.
		frappe.db.rollback(save_point="open_now")
		frappe.log_error(
			title="A follow-up could not be opened at once",
			reference_doctype="Deposit" if deposit else None,
			reference_name=deposit,
		)


class _OneDeposit(FrappeStore):
	"""A store that sees only one deposit's planned promises, so that a cashier opens no one else's."""

	def __init__(self, deposit: str) -> None:
		self.deposit = deposit

	def due_to_open(self, now: datetime, limit: int) -> Sequence[FollowUp]:
		return self.planned("deposit = %(deposit)s", {"deposit": self.deposit}, now, limit)
