"""The documents that events come from: each with the fields it takes to tell its events again.

A rebuild reads them in batches and calls the very functions that the listeners call.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import frappe

from dealer_pos_crm.dealer_cashier.deposits import events as deposit_events
from dealer_pos_crm.dealer_cashier.log import LOG as CASHIER_LOG
from dealer_pos_crm.dealer_counter.screen import lines
from dealer_pos_crm.dealer_crm.step_log import StepLog
from dealer_pos_crm.dealer_service.log import LOG as SERVICE_LOG
from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.dealer_showroom.log import LOG as SHOWROOM_LOG
from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.listeners import payment_entry, sales_invoice

BATCH = 1000


@dataclass(frozen=True)
class Source:
	"""One kind of source document.

	``types`` are the event types that come from it, and ``owns`` says of an event of such a type whether
	this source wrote it, where more than one writes the type.
	"""

	doctype: str
	fields: tuple[str, ...]
	events_of: Callable[[Any], list[Event]]
	key_of: Callable[[str], str]
	types: frozenset[str]
	filters: Mapping[str, Any] = field(default_factory=dict)
	owns: Callable[[Mapping], bool] = lambda event: True
	# Adds to rows what stands on their lines.
	complete: Callable[[list], None] = lambda rows: None

	def query(self) -> dict:
		return {**self.filters, "company": ("in", companies() or [""])}

	def count(self) -> int:
		return frappe.db.count(self.doctype, self.query())

	def batch(self, after: str | int | None) -> list[frappe._dict]:
		"""The next documents by name, at most ``BATCH``."""
		filters = self.query()
		if after is not None:
			filters["name"] = (">", after)
		rows = frappe.get_all(
			self.doctype,
			filters=filters,
			fields=list(self._columns()),
			order_by="name asc",
			limit=BATCH,
		)
		self.complete(rows)
		return rows

	def named(self, names: list[str]) -> list[frappe._dict]:
		rows = frappe.get_all(
			self.doctype, filters={**self.query(), "name": ("in", names)}, fields=list(self._columns())
		)
		self.complete(rows)
		return rows

	def _columns(self) -> tuple[str, ...]:
		return tuple(dict.fromkeys(("name", "creation", *self.fields)))


def _of_name(key: str) -> str:
	"""The source document's name, as the last part of an event's key."""
	return key.partition(":")[2]


_SUBMITTED = {"docstatus": ("in", (1, 2))}


def sources() -> tuple[Source, ...]:
	return (
		Source(
			"Payment Entry",
			payment_entry.FIELDS,
			payment_entry.events_of,
			_of_name,
			frozenset(
				{"deposit.taken", "deposit.refunded", "payment.received", "payment.reversed", "refund.paid"}
			),
			{**_SUBMITTED, "party_type": "Customer"},
		),
		Source(
			"Sales Invoice",
			sales_invoice.SALES_INVOICE_FIELDS,
			lambda row: sales_invoice.events_of(row, "Sales Invoice"),
			_of_name,
			frozenset({"invoice.issued", "invoice.credited", "invoice.cancelled"}),
			_SUBMITTED,
			lambda event: event["reference_doctype"] == "Sales Invoice",
		),
		Source(
			"POS Invoice",
			sales_invoice.FIELDS,
			lambda row: sales_invoice.events_of(row, "POS Invoice"),
			_of_name,
			frozenset({"invoice.issued", "invoice.credited", "invoice.cancelled"}),
			_SUBMITTED,
			lambda event: event["reference_doctype"] == "POS Invoice",
			lines.add_vehicles,
		),
		Source(
			"Deposit Movement",
			(
				"deposit",
				"movement",
				"amount",
				"currency",
				"moved_at",
				"customer",
				"company",
				"vehicle",
				"deal",
				"against_doctype",
				"against_name",
				"reason",
				"actor",
				"reverses",
				"ends_deposit",
			),
			deposit_events.of_movement,
			_of_name,
			frozenset({"deposit.applied", "deposit.forfeited", "deposit.reinstated", "deposit.cancelled"}),
		),
		Source(
			"Deposit Action",
			(
				"deposit",
				"action",
				"status",
				"amount",
				"currency",
				"customer",
				"company",
				"decided_at",
				"decided_by",
				"to_vehicle",
				"to_held_for",
				"from_vehicle",
				"deal",
				"reason",
			),
			deposit_events.of_action,
			_of_name,
			frozenset({"deposit.moved"}),
			{"action": "Move", "status": "Done"},
		),
		Source(
			"Dealer Vehicle Hold",
			(
				"vehicle",
				"customer",
				"deposit",
				"deal",
				"company",
				"held_from",
				"hold_until",
				"held_by",
				"ended_at",
				"end_reason",
				"ended_by",
				"waiting",
				"superseded",
				"expired_at",
			),
			holds.events_of,
			_of_name,
			frozenset({"vehicle.held", "vehicle.released", "deposit.hold_expired"}),
		),
		_of_log(CASHIER_LOG),
		_of_log(SERVICE_LOG),
		_of_log(SHOWROOM_LOG),
	)


def _of_log(log: StepLog) -> Source:
	return Source(
		log.doctype,
		log.fields,
		log.events_of,
		log.name_of,
		log.kinds,
		owns=lambda event: log.owns(event["event_key"]),
	)


def of_event(row: Mapping) -> Source | None:
	"""The source that an event must have come from; None for events that are their own source."""
	for source in sources():
		if row["event_type"] in source.types and source.owns(row):
			return source
	return None


def batches(source: Source, after: str | int | None) -> Iterator[list[frappe._dict]]:
	while rows := source.batch(after):
		yield rows
		after = rows[-1].name
