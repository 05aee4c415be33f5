"""What a dealership shows the bank in a dispute: texts, papers, and what the reason given asks for.

Lengths are the provider's: 20,000 characters a text, 150,000 in all (Stripe, dispute evidence). What is said
here of reasons follows the provider's categories; a bank weighs them as it likes.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from .money import Money
from .refusal import Refused, _

LONGEST_TEXT = 20_000
LONGEST_IN_ALL = 150_000
# What the papers of one answer may weigh together. Banks take little; the provider's own limit is not public.
HEAVIEST = 4_500_000

# The provider's fields for texts that a dealership can fill. The others are of shops that ship parcels.
TEXTS: tuple[str, ...] = (
	"product_description",
	"customer_name",
	"customer_email_address",
	"customer_purchase_ip",
	"billing_address",
	"service_date",
	"refund_policy_disclosure",
	"cancellation_policy_disclosure",
	"refund_refusal_explanation",
	"cancellation_rebuttal",
	"duplicate_charge_id",
	"duplicate_charge_explanation",
	"access_activity_log",
	"shipping_date",
	"uncategorized_text",
)


class Section(str, Enum):
	"""The parts of an evidence pack, in its order."""

	COVER = "Cover"
	RECEIPT = "Receipt"
	TERMS = "Terms"
	AGREEMENT = "Agreement"
	SERVICE = "Service"
	DELIVERY = "Delivery"
	TIMELINE = "Timeline"
	MESSAGES = "Messages"
	POLICY = "Policy"
	SENSITIVE = "Sensitive"


# section -> the provider's field for a paper. The whole pack goes into ``uncategorized_file``.
FILES: Mapping[Section, str] = {
	Section.RECEIPT: "receipt",
	Section.AGREEMENT: "customer_signature",
	Section.SERVICE: "service_documentation",
	Section.DELIVERY: "shipping_documentation",
	Section.MESSAGES: "customer_communication",
	Section.POLICY: "refund_policy",
	Section.TERMS: "cancellation_policy",
}
WHOLE_PACK = "uncategorized_file"


# What happened between the customer and us: all that a bank gets to read of a timeline. What the house did for
# itself (who was asked to approve, what a car cost, who worked on a lead) never leaves it.
SHOWN_EVENTS: frozenset[str] = frozenset(
	{
		"appointment.booked", "appointment.confirmed", "appointment.kept", "appointment.missed",
		"appointment.cancelled", "appointment.rescheduled",
		"authorisation.placed", "authorisation.captured", "authorisation.released", "authorisation.expired",
		"consent.given", "consent.revoked",
		"deal.opened", "deal.contracted", "deal.delivered", "deal.delivery_undone", "deal.unwound",
		"deposit.requested", "deposit.taken", "deposit.applied", "deposit.refunded", "deposit.forfeited",
		"deposit.moved", "deposit.reinstated", "deposit.hold_expired", "deposit.cancelled",
		"inspection.done",
		"invoice.issued", "invoice.credited", "invoice.cancelled",
		"job.recommended", "job.approved", "job.declined", "job.deferred", "job.withdrawn", "job.revised",
		"job.done",
		"message.sent", "message.received",
		"part.ordered", "part.arrived", "part.delayed",
		"pay_request.sent", "pay_request.opened", "pay_request.paid", "pay_request.part_paid",
		"pay_request.failed", "pay_request.expired", "pay_request.cancelled", "pay_request.changed",
		"payment.received", "payment.failed", "payment.reversed",
		"refund.paid", "refund.requested", "refund.failed",
		"ro.opened", "ro.promised", "ro.ready", "ro.closed", "ro.reopened", "ro.cancelled", "ro.invoiced", "ro.paid",
		"terms.accepted",
		"test_drive.taken", "test_drive.returned",
		"vehicle.held", "vehicle.released", "vehicle.sold", "vehicle.returned",
		"visit.made",
		"we_owe.promised", "we_owe.done", "we_owe.cancelled",
	}
)  # fmt: skip


class Proof(str, Enum):
	"""What may be shown. Whether the dealership has it is for the documents to say."""

	RECEIPT = "Receipt"
	TERMS = "Accepted terms"
	AGREEMENT = "Signed agreement"
	APPROVALS = "Approvals of the work"
	INSPECTION = "Inspection"
	DELIVERY = "Proof of delivery"
	MESSAGES = "Messages with the customer"
	POLICY = "Refund policy"
	IDENTITY = "Who paid, from where"
	REBUTTAL = "Why the claim is wrong"
	DESCRIPTION = "What was sold"
	DATE = "Date of sale or service"
	OTHER_CHARGE = "The other charge"


@dataclass(frozen=True, slots=True)
class Reason:
	"""Why a cardholder's bank disputes: what it claims, what shows otherwise, the most telling first."""

	title: str
	claim: str
	shows: tuple[Proof, ...]


_ALWAYS = (Proof.DESCRIPTION, Proof.RECEIPT, Proof.REBUTTAL)
_OTHER = Reason(
	_("Other"),
	_("The bank gives no reason of its own"),
	(
		Proof.DESCRIPTION,
		Proof.RECEIPT,
		Proof.TERMS,
		Proof.AGREEMENT,
		Proof.DELIVERY,
		Proof.MESSAGES,
		Proof.REBUTTAL,
	),
)
REASONS: Mapping[str, Reason] = {
	"fraudulent": Reason(
		_("Fraudulent"),
		_("The cardholder says that they did not make this payment"),
		(Proof.IDENTITY, Proof.TERMS, Proof.AGREEMENT, Proof.DELIVERY, Proof.MESSAGES, *_ALWAYS),
	),
	"unrecognized": Reason(
		_("Not Recognised"),
		_("The cardholder does not know what this payment was for"),
		(Proof.IDENTITY, Proof.RECEIPT, Proof.DESCRIPTION, Proof.AGREEMENT, Proof.DELIVERY, Proof.REBUTTAL),
	),
	"duplicate": Reason(
		_("Charged Twice"),
		_("The cardholder says that the same was paid twice"),
		(Proof.OTHER_CHARGE, *_ALWAYS),
	),
	"credit_not_processed": Reason(
		_("Refund Not Received"),
		_("The cardholder says that a refund was promised and never came"),
		(Proof.POLICY, Proof.TERMS, Proof.AGREEMENT, Proof.MESSAGES, *_ALWAYS),
	),
	"product_not_received": Reason(
		_("Not Received"),
		_("The cardholder says that the car, or the work, was never handed over"),
		(Proof.DELIVERY, Proof.DATE, Proof.AGREEMENT, Proof.APPROVALS, Proof.MESSAGES, *_ALWAYS),
	),
	"product_unacceptable": Reason(
		_("Not as Described"),
		_("The cardholder says that the car, or the work, was not as described"),
		(
			Proof.APPROVALS,
			Proof.INSPECTION,
			Proof.AGREEMENT,
			Proof.DELIVERY,
			Proof.POLICY,
			Proof.MESSAGES,
			*_ALWAYS,
		),
	),
	"subscription_canceled": Reason(
		_("Cancelled"),
		_("The cardholder says that the order was cancelled and charged all the same"),
		(Proof.TERMS, Proof.POLICY, Proof.AGREEMENT, Proof.MESSAGES, *_ALWAYS),
	),
	"noncompliant": Reason(
		_("Rules of the Card Network"),
		_("The bank says that a rule of the card network was broken; the provider's page names it"),
		(Proof.TERMS, Proof.MESSAGES, *_ALWAYS),
	),
	"general": _OTHER,
	"customer_initiated": _OTHER,
}


def reason_of(code: str) -> Reason:
	"""What is known of a reason; one that is not known keeps its own name."""
	found = REASONS.get(code)
	if found:
		return found
	return Reason(code.replace("_", " ").title() if code else _OTHER.title, _OTHER.claim, _OTHER.shows)


def missing(reason: str, there: Collection[Proof]) -> list[Proof]:
	"""What this reason asks for and is not there, the most telling first."""
	return [proof for proof in reason_of(reason).shows if proof not in there]


def check_texts(texts: Mapping[str, str]) -> dict[str, str]:
	"""The texts as they may be sent: known fields, not empty, each and all within the provider's lengths."""
	kept = {field: text.strip() for field, text in texts.items() if text and text.strip()}
	for field, text in kept.items():
		if field not in TEXTS:
			raise Refused("field", _("{0} is no text of an answer to a dispute"), field)
		if len(text) > LONGEST_TEXT:
			raise Refused(
				"too_long",
				_("{0} has {1} characters; the bank takes {2}. Shorten it, and leave the rest to the papers"),
				field,
				len(text),
				LONGEST_TEXT,
			)
	whole = sum(map(len, kept.values()))
	if whole > LONGEST_IN_ALL:
		raise Refused(
			"too_long",
			_("The texts have {0} characters together; the bank takes {1}. Shorten them"),
			whole,
			LONGEST_IN_ALL,
		)
	return kept


# What the person writes goes into the field that the bank reads for this reason.
_REBUTTAL_OF: Mapping[str, str] = {
	"credit_not_processed": "refund_refusal_explanation",
	"duplicate": "duplicate_charge_explanation",
	"subscription_canceled": "cancellation_rebuttal",
}


@dataclass(frozen=True, slots=True)
class Answer:
	"""What a person answers, in the words of the dealership. Dates are plain text as people read them."""

	rebuttal: str = ""
	product_description: str = ""
	customer_name: str = ""
	customer_email: str = ""
	purchase_ip: str = ""
	billing_address: str = ""
	service_date: str = ""
	delivered_on: str = ""
	terms_shown: str = ""
	refund_refusal: str = ""
	other_charge: str = ""
	access_log: str = ""
	further_facts: str = ""


def texts_of(reason: str, answer: Answer) -> dict[str, str]:
	"""The provider's fields for an answer. Raises ``Refused`` for one that is too long."""
	own = _REBUTTAL_OF.get(reason)
	refusal = answer.refund_refusal
	if own == "refund_refusal_explanation":
		refusal = "\n\n".join(part for part in (answer.rebuttal, refusal) if part)
	texts = {
		"product_description": answer.product_description,
		"customer_name": answer.customer_name,
		"customer_email_address": answer.customer_email,
		"customer_purchase_ip": answer.purchase_ip,
		"billing_address": answer.billing_address,
		"service_date": answer.service_date,
		"shipping_date": answer.delivered_on,
		"refund_policy_disclosure": answer.terms_shown,
		"cancellation_policy_disclosure": answer.terms_shown if reason == "subscription_canceled" else "",
		"refund_refusal_explanation": refusal,
		"access_activity_log": answer.access_log,
		"uncategorized_text": "\n\n".join(
			part for part in ("" if own else answer.rebuttal, answer.further_facts) if part
		),
	}
	if reason == "duplicate":
		texts["duplicate_charge_id"] = answer.other_charge
		texts["duplicate_charge_explanation"] = answer.rebuttal
	if reason == "subscription_canceled":
		texts["cancellation_rebuttal"] = answer.rebuttal
	return check_texts(texts)


def cut(text: str, more: str, longest: int = LONGEST_TEXT) -> str:
	"""A text made by us, at most ``longest`` long, cut at a line; ``more`` says that there is more."""
	if len(text) <= longest:
		return text
	kept = text[: longest - len(more) - 1]
	head, _line, _rest = kept.rpartition("\n")
	return f"{head or kept}\n{more}"


def papers_to_send(pack: int, parts: Mapping[str, int], heaviest: int = HEAVIEST) -> list[str]:
	"""Which fields get a paper of their own beside the whole pack: as many as the weight allows, in order."""
	left = heaviest - pack
	chosen = []
	for field, size in parts.items():
		if size <= left:
			chosen.append(field)
			left -= size
	return chosen


class Advice(str, Enum):
	"""What a refund and a dispute of the same payment mean for each other."""

	NONE = "none"
	DO_NOT_REFUND = "do not refund"  # the bank has the money already: a refund would pay twice
	MAY_REFUND = "may refund"  # an inquiry: a refund ends it, before it costs a fee
	REFUND_UNDER_WAY = "refund under way"
	SHOW_THE_REFUND = "show the refund"  # given back before: that is the answer


def advice(
	*, open_: bool, inquiry: bool, refundable: bool, withdrawn: Money, refunded: Money, pending: Money
) -> Advice:
	if not open_:
		return Advice.NONE
	if pending.minor > 0:
		return Advice.REFUND_UNDER_WAY
	if refunded.minor > 0:
		return Advice.SHOW_THE_REFUND
	if inquiry and refundable and not withdrawn:
		return Advice.MAY_REFUND
	return Advice.DO_NOT_REFUND
