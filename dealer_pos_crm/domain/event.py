"""One line of the spine: something that happened to a customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from .money import Money

# What an event may be about besides the customer, the most particular first.
SUBJECTS: tuple[str, ...] = (
	"pay_request",
	"card_payment",
	"deposit",
	"declined_service",
	"appointment",
	"repair_order",
	"deal",
	"lead",
	"vehicle",
)

# How money comes. A deposit that was taken by card is still about the deposit, so of most events these are
# not what they are about; of those below they are.
WAYS_OF_PAYING = frozenset({"pay_request", "card_payment"})
_ABOUT_PAYING = frozenset({"authorisation", "dispute", "gateway", "pay_request", "terms"})
_ABOUT_PAYING_TOO = frozenset(
	{
		"payment.failed", "payment.unapplied", "payment.late",
		"refund.requested", "refund.failed", "refund.rejected",
	}
)  # fmt: skip

EVENT_TYPES: frozenset[str] = frozenset(
	{
		"lead.received", "lead.asked", "lead.assigned", "lead.responded", "lead.converted", "lead.lost",
		"lead.reopened",
		"visit.made", "visit.ended", "test_drive.taken", "test_drive.returned", "trade.appraised",
		"appointment.booked", "appointment.confirmed", "appointment.kept", "appointment.missed",
		"appointment.cancelled", "appointment.rescheduled",
		"deposit.requested", "deposit.taken", "deposit.applied", "deposit.refunded", "deposit.forfeited",
		"deposit.moved", "deposit.reinstated", "deposit.hold_expired", "deposit.cancelled",
		"payment.received", "payment.failed", "payment.reversed", "payment.unapplied", "payment.late",
		"authorisation.placed", "authorisation.captured", "authorisation.released", "authorisation.expired",
		"authorisation.ending",
		"refund.paid", "refund.requested", "refund.failed", "refund.rejected",
		"invoice.issued", "invoice.credited", "invoice.cancelled",
		"pay_request.sent", "pay_request.opened", "pay_request.paid", "pay_request.expired",
		"pay_request.cancelled", "pay_request.part_paid", "pay_request.failed", "pay_request.changed",
		"dispute.opened", "dispute.evidence_staged", "dispute.evidence_sent", "dispute.won", "dispute.lost",
		"dispute.closed", "terms.accepted", "gateway.failed",
		"check.returned", "check.made_good", "check.written_off",
		"cash_report.near", "cash_report.due", "cash_report.pattern", "cash_report.filed",
		"cash_report.not_required",
		"deal.opened", "deal.assigned", "deal.stage_changed", "deal.approval_asked", "deal.approved",
		"deal.rejected", "deal.ready_for_fni", "deal.contracted", "deal.delivered", "deal.delivery_undone",
		"deal.sent_to_lender", "deal.returned_by_lender", "deal.funded", "deal.funding_reversed",
		"deal.lost", "deal.reopened", "deal.unwound",
		"compliance.checked", "compliance.alerted", "compliance.cleared", "product.cancelled",
		"we_owe.promised", "we_owe.done", "we_owe.cancelled",
		"title.opened", "title.sent", "title.returned", "title.issued", "title.closed", "title.cancelled",
		"vehicle.held", "vehicle.released", "vehicle.sold", "vehicle.returned", "vehicle.traded_in",
		"vehicle.stocked", "vehicle.repriced", "vehicle.recon_started", "vehicle.recon_step_done",
		"vehicle.frontline_ready",
		"ro.opened", "ro.promised", "ro.status_changed", "ro.ready", "ro.closed", "ro.reopened", "ro.cancelled", "ro.invoiced", "ro.paid",
		"job.recommended", "job.approved", "job.declined", "job.deferred", "job.withdrawn", "job.revised",
		"job.done", "inspection.done", "inspection.reopened",
		"claim.submitted", "claim.paid", "claim.denied",
		"part.ordered", "part.arrived", "part.delayed",
		"declined_service.booked", "declined_service.recovered", "declined_service.reopened",
		"declined_service.closed",
		"message.sent", "message.received",
		"consent.given", "consent.revoked",
		"customer.merged",
		"survey.answered",
	}
)  # fmt: skip

NO_FACTS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Event:
	"""What happened, to whom, when, about what.

	``key`` is unique and follows from the source alone, so that a fact told twice is one event.
	``happened_at`` is naive, in the dealership's time zone. ``facts`` hold plain text, keyed by
	snake-case names, without personal data. ``customer`` is empty while nobody knows the customer: of a
	lead that is not converted yet, or of a stock car. ``reverses`` is the key of the event that this one undoes.
	``occasion`` groups events that are one matter to a follow-up (the two halves of a split tender).
	"""

	key: str
	type: str
	happened_at: datetime
	customer: str
	company: str
	title: str
	department: str | None = None
	pay_request: str | None = None
	card_payment: str | None = None
	deposit: str | None = None
	declined_service: str | None = None
	appointment: str | None = None
	repair_order: str | None = None
	deal: str | None = None
	lead: str | None = None
	vehicle: str | None = None
	reference_doctype: str | None = None
	reference_name: str | None = None
	amount: Money | None = None
	actor: str | None = None
	facts: Mapping[str, str] = field(default_factory=lambda: NO_FACTS)
	reverses: str | None = None
	occasion: str = ""

	def __post_init__(self) -> None:
		if not self.occasion:
			object.__setattr__(self, "occasion", self.key)

	@property
	def about_paying(self) -> bool:
		"""Whether the way of paying is what it is about: a link was sent, a card declined, a refund failed."""
		return self.type in _ABOUT_PAYING_TOO or self.type.partition(".")[0] in _ABOUT_PAYING

	@property
	def person(self) -> tuple[str, str] | None:
		"""Whom it happened to: the customer, else the lead, as (kind, name); None for a stock car."""
		return person_of(self.customer, self.lead)


def person_of(customer: str, lead: str | None) -> tuple[str, str] | None:
	if customer:
		return "customer", customer
	return ("lead", lead) if lead else None
