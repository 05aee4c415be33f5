"""The service lane's own record: every step of an appointment, a repair order, a declined service, once."""

from dealer_pos_crm.dealer_crm.step_log import StepLog
from dealer_pos_crm.domain.event import EVENT_TYPES

DEPARTMENT = "Service"
_OF_THE_LANE = frozenset(
	{"appointment", "claim", "consent", "declined_service", "inspection", "job", "part", "ro"}
)
KINDS = frozenset(kind for kind in EVENT_TYPES if kind.partition(".")[0] in _OF_THE_LANE)

LOG = StepLog(
	doctype="Service Log",
	department=DEPARTMENT,
	kinds=KINDS,
	subjects=("vehicle", "appointment", "repair_order", "declined_service"),
	more=("job_no",),
)

# write(kind, *, title, customer, company, reference, vehicle=, appointment=, repair_order=,
# declined_service=, job_no=, amount=, actor=, reason=, facts=, occasion=, reverses=, at=) -> event key.
# ``actor`` is who looks after what follows: the advisor, else who did it.
write = LOG.write
