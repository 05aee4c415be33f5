"""Who is told what of a refund: the timeline, the approvers, who asked, and the person responsible."""

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier import log
from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_setup.notices import notify, users_with
from dealer_pos_crm.dealer_setup.roles import APPROVING


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
	step(
		"refund.requested",
		card,
		refund,
		title=_("Refund of {0} asked for: {1}").format(amount_of(refund), refund.reason),
		reason=refund.reason,
	)
	notify(
		users_with(APPROVING, but=refund.requested_by),
		_("{0} asks to refund {1} to a card: {2}").format(
			refund.requested_by, amount_of(refund), refund.reason
		),
		refund,
	)


def rejected(card, refund, why: str, *, withdrawn: bool = False) -> None:
	title = _("Refund of {0} withdrawn") if withdrawn else _("Refund of {0} turned down: {1}")
	step(
		"refund.rejected",
		card,
		refund,
		title=title.format(amount_of(refund), why),
		reason=why,
		reverses=log.LOG.standing("refund.requested", {"reference_name": refund.name}),
	)


def decided(refund) -> None:
	if refund.requested_by != frappe.session.user:
		notify(
			[refund.requested_by],
			_("Refund {0} of {1}: {2}").format(refund.name, amount_of(refund), _(refund.status)),
			refund,
		)


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


def amount_of(refund) -> str:
	return shown(rounded(refund.amount, refund.currency))


def card_of(card) -> str:
	"""The card in words: ``Visa ending 4242``. Empty when nothing is known of it."""
	if not card.last4:
		return cstr(card.method)
	brand = cstr(card.brand).replace("_", " ").title() or _("card")
	return _("{0} ending {1}").format(brand, card.last4)
