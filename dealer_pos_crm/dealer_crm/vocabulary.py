"""The words of the spine: what each event is called, and what rules may say about it."""

from frappe import _

from dealer_pos_crm.dealer_crm.sources import sources
from dealer_pos_crm.domain.event import EVENT_TYPES, SUBJECTS
from dealer_pos_crm.domain.refusal import _ as marked

EVENT_NAMES: dict[str, str] = {
	"appointment.booked": marked("Appointment booked"),
	"appointment.cancelled": marked("Appointment cancelled"),
	"appointment.confirmed": marked("Appointment confirmed"),
	"appointment.kept": marked("Appointment kept"),
	"appointment.missed": marked("Appointment missed"),
	"appointment.rescheduled": marked("Appointment moved"),
	"claim.denied": marked("Warranty claim denied"),
	"claim.paid": marked("Warranty claim paid"),
	"claim.submitted": marked("Warranty claim submitted"),
	"compliance.alerted": marked("Compliance check: alert"),
	"compliance.checked": marked("Compliance check done"),
	"compliance.cleared": marked("Compliance alert cleared"),
	"consent.given": marked("Consent given"),
	"consent.revoked": marked("Consent revoked"),
	"customer.merged": marked("Customer merged"),
	"deal.approval_asked": marked("Worksheet to be approved"),
	"deal.approved": marked("Worksheet approved"),
	"deal.assigned": marked("Deal given to somebody"),
	"deal.contracted": marked("Deal contracted"),
	"deal.delivered": marked("Vehicle delivered"),
	"deal.delivery_undone": marked("Delivery undone"),
	"deal.funded": marked("Deal funded"),
	"deal.funding_reversed": marked("Funding reversed"),
	"deal.lost": marked("Deal lost"),
	"deal.opened": marked("Deal opened"),
	"deal.ready_for_fni": marked("Deal ready for F&I"),
	"deal.rejected": marked("Worksheet rejected"),
	"deal.reopened": marked("Deal open again"),
	"deal.returned_by_lender": marked("Contract returned by the lender"),
	"deal.sent_to_lender": marked("Contract sent to the lender"),
	"deal.stage_changed": marked("Deal moved to another stage"),
	"deal.unwound": marked("Deal unwound"),
	"declined_service.booked": marked("Declined service booked"),
	"declined_service.closed": marked("Declined service closed"),
	"declined_service.recovered": marked("Declined service recovered"),
	"declined_service.reopened": marked("Declined service open again"),
	"deposit.applied": marked("Deposit applied"),
	"deposit.cancelled": marked("Deposit cancelled"),
	"deposit.forfeited": marked("Deposit forfeited"),
	"deposit.hold_expired": marked("Hold ended, deposit still here"),
	"deposit.moved": marked("Deposit moved"),
	"deposit.refunded": marked("Deposit refunded"),
	"deposit.reinstated": marked("Money back in a deposit"),
	"deposit.requested": marked("Deposit requested"),
	"deposit.taken": marked("Deposit taken"),
	"dispute.evidence_sent": marked("Evidence sent in a dispute"),
	"dispute.lost": marked("Dispute lost"),
	"dispute.opened": marked("Dispute opened"),
	"dispute.won": marked("Dispute won"),
	"inspection.done": marked("Inspection done"),
	"inspection.reopened": marked("Inspection opened again"),
	"invoice.cancelled": marked("Invoice cancelled"),
	"invoice.credited": marked("Invoice credited"),
	"invoice.issued": marked("Invoice issued"),
	"job.approved": marked("Job approved"),
	"job.declined": marked("Job declined"),
	"job.deferred": marked("Job deferred"),
	"job.done": marked("Job done"),
	"job.recommended": marked("Job recommended"),
	"job.revised": marked("Price of an approved job changed"),
	"job.withdrawn": marked("Answer to a job taken back"),
	"lead.asked": marked("The customer asked again"),
	"lead.assigned": marked("Lead given to somebody"),
	"lead.converted": marked("Lead became a customer"),
	"lead.lost": marked("Lead lost"),
	"lead.received": marked("Lead received"),
	"lead.reopened": marked("Lead open again"),
	"lead.responded": marked("Lead answered"),
	"message.received": marked("Message received"),
	"message.sent": marked("Message sent"),
	"part.arrived": marked("Part arrived"),
	"part.delayed": marked("Part delayed"),
	"part.ordered": marked("Part ordered"),
	"pay_request.cancelled": marked("Pay request cancelled"),
	"pay_request.expired": marked("Pay request expired"),
	"pay_request.opened": marked("Pay request opened"),
	"pay_request.paid": marked("Pay request paid"),
	"pay_request.sent": marked("Pay request sent"),
	"payment.failed": marked("Payment failed"),
	"payment.received": marked("Payment received"),
	"payment.reversed": marked("Payment cancelled"),
	"product.cancelled": marked("F&I product cancelled"),
	"refund.paid": marked("Refund paid"),
	"ro.cancelled": marked("Repair order cancelled"),
	"ro.closed": marked("Repair order closed"),
	"ro.invoiced": marked("Repair order invoiced"),
	"ro.opened": marked("Repair order opened"),
	"ro.paid": marked("Repair order paid"),
	"ro.promised": marked("Time promised"),
	"ro.ready": marked("Repair order ready"),
	"ro.reopened": marked("Repair order open again"),
	"ro.status_changed": marked("Repair order moved on"),
	"survey.answered": marked("Survey answered"),
	"test_drive.returned": marked("Back from the test drive"),
	"test_drive.taken": marked("Test drive"),
	"title.cancelled": marked("Title work cancelled"),
	"title.closed": marked("Title work closed"),
	"title.issued": marked("Title and plate issued"),
	"title.opened": marked("Title work opened"),
	"title.returned": marked("Title papers returned"),
	"title.sent": marked("Title papers sent"),
	"trade.appraised": marked("Trade-in appraised"),
	"vehicle.frontline_ready": marked("Vehicle front-line ready"),
	"vehicle.held": marked("Vehicle held"),
	"vehicle.recon_started": marked("Recon started"),
	"vehicle.recon_step_done": marked("Recon step done"),
	"vehicle.released": marked("Vehicle free again"),
	"vehicle.repriced": marked("Price changed"),
	"vehicle.returned": marked("Vehicle back in stock"),
	"vehicle.sold": marked("Vehicle sold"),
	"vehicle.stocked": marked("Vehicle taken into stock"),
	"vehicle.traded_in": marked("Vehicle traded in"),
	"visit.ended": marked("Left the showroom"),
	"visit.made": marked("Came to the showroom"),
	"we_owe.cancelled": marked("We owe: cancelled"),
	"we_owe.done": marked("We owe: done"),
	"we_owe.promised": marked("We owe: promised"),
}

# Dates that events carry in their facts: a wait can count from them.
ANCHORS: dict[str, str] = {
	"hold_until": marked("the end of the hold"),
	"starts_at": marked("the time of the appointment"),
	"promised_at": marked("the time promised"),
	"deferred_until": marked("the date it was put off to"),
	"next_service_on": marked("the date of the next service"),
	"due_at": marked("the time it is due"),
	"next_due_at": marked("the time the next step is due"),
	"due_on": marked("the day it is due"),
	"first_service_on": marked("the day of the first service visit"),
	"funding_due_on": marked("the day the lender has to pay by"),
	"temporary_until": marked("the day the temporary tag ends"),
}

# Beginnings of the event types that the service lane writes.
LANE = ("appointment", "ro", "job", "part", "declined_service", "claim", "inspection")
# Beginnings of the event types that the showroom writes.
FLOOR = (
	"appointment",
	"compliance",
	"deal",
	"lead",
	"product",
	"test_drive",
	"title",
	"trade",
	"visit",
	"we_owe",
)
RECON = ("vehicle.recon_started", "vehicle.recon_step_done", "vehicle.frontline_ready")

# What conditions and texts can use, and the events that say it. Without a list: every event.
FACTS: dict[str, tuple[str, tuple[str, ...]]] = {
	"amount": (marked("Amount"), ()),
	"department": (marked("Department"), ()),
	"actor": (marked("User who did it"), ()),
	"what": (marked("What it is about, in words"), ("deposit", "vehicle", *LANE, *FLOOR)),
	"vehicle": (marked("Vehicle"), ("deposit", "vehicle", "invoice", *LANE, *FLOOR)),
	"kind": (marked("Kind of deposit"), ("deposit",)),
	"mode": (marked("Mode of payment"), ("deposit.taken", "deposit.refunded", "payment", "refund")),
	"reason": (marked("Reason given"), ("deposit", "vehicle.released", "vehicle.returned", *LANE, *FLOOR)),
	"hold_until_text": (marked("End of the hold, in words"), ("vehicle", "deposit.hold_expired")),
	"waiting": (marked("Customers on the waiting list"), ("vehicle.released",)),
	"advisor": (marked("Name of the service advisor"), LANE),
	"starts_at_text": (marked("Time of the appointment, in words"), ("appointment",)),
	"lead_hours": (marked("Hours from the booking to the appointment"), ("appointment",)),
	"concern": (marked("Concern in the customer's words, or purpose"), ("appointment",)),
	"job": (marked("Number of the job"), ("job",)),
	"service": (marked("The work, in words"), ("job", "declined_service")),
	"op_code": (marked("Op code"), ("job",)),
	"severity": (marked("Severity: Green, Yellow or Red"), ("job", "declined_service")),
	"pay_type": (marked("Who pays: Customer, Warranty or Internal"), ("job",)),
	"how": (marked("How it was answered"), ("job", "declined_service", "lead.responded")),
	"deferred_until": (marked("The date it was put off to"), ("job", "declined_service")),
	"declined_service": (marked("Declined service"), ("job", "declined_service")),
	"tag": (marked("Tag of the vehicle in the lane"), ("ro",)),
	"from": (marked("Status or stage before"), ("ro.status_changed", "ro.ready", "deal")),
	"to": (marked("Status or stage after"), ("ro.status_changed", "ro.ready", "deal")),
	"promised_at_text": (marked("Time promised, in words"), ("ro.promised",)),
	"appointment_ahead": (marked("The customer has booked already"), ("ro.closed",)),
	"next_service": (marked("The next service, in words"), ("ro.closed",)),
	"next_service_on": (marked("The date of the next service"), ("ro.closed",)),
	"next_service_basis": (marked("How the next service was reckoned"), ("ro.closed",)),
	"part": (marked("The part, in words"), ("part",)),
	"eta": (marked("The date a part is expected"), ("part",)),
	"special": (marked("1 for a part ordered specially"), ("part",)),
	"salesperson": (marked("Name of the salesperson"), FLOOR),
	"lead": (marked("Lead"), FLOOR),
	"deal": (marked("Deal"), FLOOR),
	"lead_type": (marked("Type of lead, such as Internet or Phone"), ("lead",)),
	"source": (marked("Source of the lead"), ("lead",)),
	"minutes": (marked("Minutes of opening hours until the answer"), ("lead.responded",)),
	"outcome": (marked("How the visit ended"), ("visit.ended",)),
	"stage": (marked("Stage of the deal"), ("deal",)),
	"deal_type": (marked("Type of deal: Cash, Finance or Lease"), ("deal",)),
	"withdrawn": (marked("Set when whoever asked took it back"), ("deal.rejected",)),
	"first_service_on": (marked("The day of the first service visit"), ("deal.delivered",)),
	"lender": (marked("Lender"), ("deal",)),
	"funding_due_on": (marked("The day the lender has to pay by"), ("deal.sent_to_lender",)),
	"item": (marked("What we owe, in words"), ("we_owe",)),
	"due_on": (marked("The day it is due"), ("we_owe", "title")),
	"holder": (marked("Who has the papers"), ("title",)),
	"temporary_until": (marked("The day the temporary tag ends"), ("title",)),
	"step": (marked("Step of the recon"), RECON),
	"next_step": (marked("The next step of the recon"), ("vehicle.recon_step_done",)),
	"reference_name": (marked("Document it happened to"), ()),
}

SUBJECT_NAMES: dict[str, str] = {
	"deposit": marked("Deposit"),
	"declined_service": marked("Declined service"),
	"appointment": marked("Appointment"),
	"repair_order": marked("Repair order"),
	"deal": marked("Deal"),
	"lead": marked("Lead"),
	"vehicle": marked("Vehicle"),
	"customer": marked("Customer"),
}


def name_of(event_type: str) -> str:
	"""What people call an event type, in the user's language."""
	return _(EVENT_NAMES.get(event_type, event_type))


def recorded() -> frozenset[str]:
	"""The event types that this version writes. A rule about another one waits for the day it is written."""
	return frozenset({"customer.merged"}.union(*(source.types for source in sources())))


def options() -> dict:
	"""For the rule's form: events by name (those that happen here first), anchors, facts, subjects."""
	written = recorded()
	events = [
		{"value": kind, "label": name_of(kind), "recorded": kind in written} for kind in sorted(EVENT_TYPES)
	]
	return {
		"events": sorted(events, key=lambda row: (not row["recorded"], row["label"])),
		"anchors": [{"value": name, "label": _(label)} for name, label in sorted(ANCHORS.items())],
		"facts": [
			{"value": name, "label": _(label), "events": list(kinds)}
			for name, (label, kinds) in FACTS.items()
		],
		"subjects": [{"value": name, "label": _(SUBJECT_NAMES[name])} for name in (*SUBJECTS, "customer")],
	}
