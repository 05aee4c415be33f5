"""What a call without a good end means, in words for people; and who has to know."""

import frappe
from frappe import _

from dealer_pos_crm.domain import outbox as rules
from dealer_pos_crm.domain.outbox import Answer, Status

DOCTYPE = "Payment Attempt"


def explain(meaning: Answer, change: rules.Change) -> str | None:
	"""What it means, and what happens next."""
	if change.status is Status.DONE:
		return _("Found at the provider's; it had been carried out") if meaning is Answer.FOUND else None
	if meaning is Answer.ABSENT:
		return (
			_("It never arrived at the provider's. Nothing was done; start again")
			if change.status is Status.REFUSED
			else _(
				"It never arrived at the provider's, and its key is too old to be used again. Nothing was done. Retry sends it under a new key, Drop undoes it in our books"
			)
		)
	if change.status is Status.REFUSED:
		return _("The provider refused it. Nothing was done")
	if meaning is Answer.CONFLICT:
		return _(
			"The provider knows this key with another request. Nothing is sent again; Retry looks up what was done"
		)
	if meaning is Answer.LOCKED_OUT:
		return _(
			"The provider does not accept our key, so nothing was done. Check the keys of the Gateway Account; it is repeated by itself"
		)
	if meaning is Answer.BUSY:
		return _("The provider is busy. The same call is repeated by itself and is done once")
	return _(
		"There was no answer, so it may have been done or not. The same call is repeated by itself and is done once; do not start it anew. Cash and checks work as ever"
	)


def follow(attempt, change: rules.Change) -> None:
	"""A person's task while a call cannot be decided; closed as soon as it is."""
	from dealer_pos_crm.dealer_cashier.gateway import failures

	reference = (DOCTYPE, str(attempt.name))
	if change.status in rules.FINAL:
		failures.settled(reference)
	elif change.person:
		failures.tell(
			attempt.gateway_account,
			title=_("{0} for {1}: {2}").format(
				_(attempt.operation), attempt.about_name or "-", _(change.status.value)
			),
			text=" ".join(part for part in (attempt.explanation, attempt.error) if part),
			reference=reference,
		)
		_tell_spine(attempt)


def _tell_spine(attempt) -> None:
	"""Once per call, however often it fails."""
	from dealer_pos_crm.dealer_cashier import log

	if frappe.db.exists(
		"Cashier Log",
		{"kind": "gateway.failed", "reference_doctype": DOCTYPE, "reference_name": str(attempt.name)},
	):
		return
	card = attempt.card_payment and frappe.db.get_value(
		"Card Payment",
		attempt.card_payment,
		["customer", "pay_request", "department", "deal", "repair_order", "vehicle", "deposit"],
		as_dict=True,
	)
	about = {**card, "card_payment": attempt.card_payment} if card else {}
	log.write(
		"gateway.failed",
		title=_("{0}: no answer from the card provider").format(_(attempt.operation)),
		customer=about.pop("customer", None),
		company=attempt.company,
		reference=(DOCTYPE, str(attempt.name)),
		actor=frappe.get_cached_value("Gateway Account", attempt.gateway_account, "responsible"),
		reason=attempt.explanation,
		facts={"what": attempt.operation, "mode": "Test" if attempt.test_mode else "Live"},
		**about,
	)
