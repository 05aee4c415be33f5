"""The cashier's own record: every step of a pay request, a card payment, a refund, a dispute, a returned check,
a cash report, once.

The money itself is told by its Payment Entry; what is written here is what happened around it.
"""

from dealer_pos_crm.dealer_crm.step_log import StepLog
from dealer_pos_crm.domain.event import EVENT_TYPES

DEPARTMENT = "Accounting"
_STEPS_OF = frozenset({"authorisation", "cash_report", "check", "dispute", "gateway", "pay_request", "terms"})
# Their other steps are told by the Payment Entry.
_OF_A_PAYMENT = frozenset(
	{
		"payment.failed",
		"payment.late",
		"payment.unapplied",
		"refund.failed",
		"refund.rejected",
		"refund.requested",
	}
)
KINDS = frozenset(kind for kind in EVENT_TYPES if kind.partition(".")[0] in _STEPS_OF) | _OF_A_PAYMENT

LOG = StepLog(
	doctype="Cashier Log",
	department=DEPARTMENT,
	kinds=KINDS,
	subjects=("pay_request", "card_payment", "deposit", "deal", "repair_order", "vehicle"),
	more=("department",),
	prefix="C",
)

# write(kind, *, title, customer, company, reference, pay_request=, card_payment=, deposit=, deal=,
# repair_order=, vehicle=, department=, amount=, actor=, reason=, facts=, occasion=, reverses=, at=)
# -> event key. ``customer`` is None of a call that is nobody's. ``department`` is that of the document the
# money is for, else Accounting. ``actor`` is who looks after what follows: who asked for the money.
write = LOG.write
