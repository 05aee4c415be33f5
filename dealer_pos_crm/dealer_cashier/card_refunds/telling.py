"""Who is told what of a refund: the timeline, the approvers, who asked, and the person responsible."""

from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier import log, refunding
from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.dealer_cashier.refunding import amount_of
from dealer_pos_crm.dealer_setup.notices import notify


def step(
	kind: str, card, refund, *, title: str, reason: str | None = None, reverses: str | None = None
) -> str:
	"""One line on the customer's timeline."""
	return log.write(
		kind,
		title=title,
		customer=refund.customer,
		company=refund.company,
		reference=(refund.doctype, refund.name),
		card_payment=card.name,
		pay_request=card.pay_request,
		deposit=card.deposit,
		deal=card.deal,
		repair_order=card.repair_order,
		vehicle=card.vehicle,
		department=card.department or log.DEPARTMENT,
		amount=rounded(refund.amount, refund.currency),
		actor=refund.requested_by,
		reason=reason,
		facts={"what": card.what, "how": card.channel},
		reverses=reverses,
	)


def requested(card, refund) -> None:
	refunding.requested(refund, _steps(card, refund), _("{0} asks to refund {1} to a card: {2}"))


def rejected(card, refund, why: str, *, withdrawn: bool = False) -> None:
	refunding.rejected(refund, _steps(card, refund), why, withdrawn=withdrawn)


def _steps(card, refund) -> refunding.Step:
	return lambda kind, **more: step(kind, card, refund, **more)


def failed(card, refund, why: str) -> None:
	"""The customer's money is back with us: a promise for a person, and a message to who sent it."""
	step(
		"refund.failed",
		card,
		refund,
		title=_("Refund of {0} did not reach the customer: {1}").format(amount_of(refund), why),
		reason=why,
	)
	notify(
		[refund.requested_by],
		_("The refund of {0} to a card failed: {1}").format(amount_of(refund), why),
		refund,
	)


def task(account: str, refund, title: str, text: str) -> None:
	"""A task for the person who looks after the gateway account."""
	from dealer_pos_crm.dealer_cashier.gateway import failures

	failures.tell(account, title=title, text=text, reference=(refund.doctype, refund.name))


def settled(refund) -> None:
	from dealer_pos_crm.dealer_cashier.gateway import failures

	failures.settled((refund.doctype, refund.name))


def card_of(card) -> str:
	"""The card in words: ``Visa ending 4242``. Empty when nothing is known of it."""
	if not card.last4:
		return cstr(card.method)
	brand = cstr(card.brand).replace("_", " ").title() or _("card")
	return _("{0} ending {1}").format(brand, card.last4)
