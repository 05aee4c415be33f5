"""The showroom's own record: every step of a lead, a visit, a deal, a stock car, once."""

from dealer_pos_crm.dealer_crm.step_log import StepLog
from dealer_pos_crm.domain.event import EVENT_TYPES

DEPARTMENT = "Sales"
_OF_THE_SHOWROOM = frozenset(
	{
		"appointment",
		"compliance",
		"consent",
		"deal",
		"lead",
		"product",
		"test_drive",
		"title",
		"trade",
		"visit",
		"we_owe",
	}
)
_OF_A_CAR = frozenset(
	{
		"vehicle.frontline_ready",
		"vehicle.recon_started",
		"vehicle.recon_step_done",
		"vehicle.repriced",
		"vehicle.returned",
		"vehicle.sold",
		"vehicle.stocked",
		"vehicle.traded_in",
	}
)
KINDS = frozenset(kind for kind in EVENT_TYPES if kind.partition(".")[0] in _OF_THE_SHOWROOM) | _OF_A_CAR

LOG = StepLog(
	doctype="Showroom Log",
	department=DEPARTMENT,
	kinds=KINDS,
	subjects=("vehicle", "appointment", "deal", "lead"),
	more=("department",),
	prefix="S",
)

# write(kind, *, title, customer, company, reference, vehicle=, appointment=, deal=, lead=, department=,
# amount=, actor=, reason=, facts=, occasion=, reverses=, at=) -> event key. ``customer`` is None while
# nobody knows the customer. ``actor`` is who looks after what follows: the salesperson, else who did it.
write = LOG.write
