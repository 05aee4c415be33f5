"""Payment intents: one payment each, from waiting for a card to taken, held or cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import shapes
from .cards import card as known_card
from .errors import ApiError, declined, refused, wrong_params
from .params import merged_metadata
from .search import found_by
from .store import Row, created_in, equal, page, plain_copy

if TYPE_CHECKING:
	from .fake import Fake

SMALLEST, LARGEST = 50, 99_999_999
PAYABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
CANCELLABLE = (*PAYABLE, "requires_capture")
METHODS = {  # Stripe's own payment methods for tests
	"pm_card_visa": "4242",
	"pm_card_mastercard": "4444",
	"pm_card_chargeDeclined": "0002",
	"pm_card_visa_chargeDeclinedInsufficientFunds": "9995",
	"pm_card_createDispute": "0259",
}


def check_amount(amount: int, param: str = "amount") -> None:
	if amount < SMALLEST:
		raise refused(
			"The amount must be greater than or equal to the minimum charge amount allowed for your account and "
			"the currency set ($0.50 usd).",
			"amount_too_small",
			param,
		)
	if amount > LARGEST:
		raise refused("Amount must be no more than $999,999.99", "amount_too_large", param)


def unexpected(intent: Row, doing: str, possible: tuple[str, ...]) -> ApiError:
	return refused(
		f"This PaymentIntent could not be {doing} because it has a status of {intent['status']}. Only a "
		f"PaymentIntent with one of the following statuses may be {doing}: {', '.join(possible)}.",
		"payment_intent_unexpected_state",
		payment_intent=plain_copy(intent),
	)


class Intents:
	def __init__(self, fake: Fake) -> None:
		self._fake = fake

	# What the world does

	def attempt(self, intent: Row, card: Row, *, reader: str | None = None) -> Row:
		"""A card is tried; the charge. Declined: ApiError 402, after everything has been noted."""
		fake = self._fake
		if intent["status"] not in PAYABLE:
			raise unexpected(intent, "confirmed", PAYABLE)
		manual = intent["capture_method"] == "manual"
		if manual and card.get("bank"):
			raise refused("Bank debits cannot be held", "payment_intent_invalid_parameter")
		life = fake.habits.hold_in_person if reader else fake.habits.hold_online
		capture_before = fake.clock.now() + life if manual else None
		intent["payment_method"] = fake.store.new_id("pm")
		charge = fake.charges.make(intent, card, reader, capture_before)
		decline = card.get("declines")
		if decline:
			raise self._fail(intent, charge, **decline)
		if card.get("bank"):
			intent["status"] = "processing"
			fake.events.emit("charge.pending", charge)
			fake.events.emit("payment_intent.processing", intent)
			return charge
		intent["last_payment_error"] = None
		if manual:
			fake.charges.authorise(charge)
			intent.update(status="requires_capture", amount_capturable=intent["amount"])
			fake.store.hidden(intent["id"])["capture_before"] = capture_before
			fake.events.emit("payment_intent.amount_capturable_updated", intent)
		else:
			self._succeed(intent, charge)
		if card.get("disputes"):
			fake.bank.dispute(charge["id"], inquiry=card["disputes"] == "inquiry")
		return charge

	def _fail(self, intent: Row, charge: Row, code: str, decline_code: str | None, message: str) -> ApiError:
		fake = self._fake
		fake.charges.fail(charge, code, decline_code, message)
		error: Row = {
			"type": "card_error",
			"code": code,
			"message": message,
			"charge": charge["id"],
			"doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}",
		}
		if decline_code:
			error["decline_code"] = decline_code
		intent.update(status="requires_payment_method", last_payment_error=error, payment_method=None)
		fake.events.emit("payment_intent.payment_failed", intent)
		return declined(message, code, decline_code, charge=charge["id"], payment_intent=plain_copy(intent))

	def _succeed(self, intent: Row, charge: Row) -> None:
		fake = self._fake
		fake.charges.take(charge, charge["amount"])
		fake.charges.authorise(charge)
		intent.update(status="succeeded", amount_received=charge["amount"], amount_capturable=0)
		fake.events.emit("payment_intent.succeeded", intent)

	def ask_customer(self, name: str) -> None:
		"""The bank wants to see the customer first (3-D Secure)."""
		intent = self._fake.store.get("payment_intent", name)
		assert intent["status"] in PAYABLE, f"{name} is {intent['status']}"
		intent.update(status="requires_action", next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {}})
		self._fake.events.emit("payment_intent.requires_action", intent)

	def settle(self, intent: Row, ok: bool) -> None:
		"""A slow method ends."""
		fake = self._fake
		assert intent["status"] == "processing", f"{intent['id']} is {intent['status']}, not processing"
		charge = fake.store.get("charge", intent["latest_charge"])
		if ok:
			self._succeed(intent, charge)
		else:
			self._fail(
				intent, charge, "payment_method_provider_decline", None, "The bank returned the payment."
			)

	def tick(self) -> None:
		now = self._fake.clock.now()
		self._fake.charges.tick()
		for intent in self._fake.store.all("payment_intent"):
			if intent["status"] == "requires_capture":
				before = self._fake.store.hidden(intent["id"])["capture_before"]
				if before <= now:
					charge = self._fake.store.get("charge", intent["latest_charge"])
					self._fake.events.emit("charge.expired", charge)
					self._cancel(intent, "automatic")

	def _cancel(self, intent: Row, reason: str | None) -> None:
		fake = self._fake
		held = intent["status"] == "requires_capture"
		intent.update(
			status="canceled",
			canceled_at=fake.clock.now(),
			cancellation_reason=reason,
			amount_capturable=0,
			next_action=None,
		)
		if held:
			held_charge = fake.store.get("charge", intent["latest_charge"])
			fake.charges.release(held_charge, expired=reason == "automatic")
		fake.events.emit("payment_intent.canceled", intent)

	# The API

	def make(self, *, amount: int, currency: str, types: list[str], **more: Any) -> Row:
		fake = self._fake
		row = shapes.payment_intent(
			fake.store.new_id("pi"),
			amount=amount,
			currency=currency,
			created=fake.clock.now(),
			livemode=fake.livemode,
			payment_method_types=types,
			**more,
		)
		fake.store.add(row)
		fake.events.emit("payment_intent.created", row)
		return row

	def create(self, params: Row) -> Row:
		check_amount(params["amount"])
		currency = params["currency"].lower()
		if len(currency) != 3:
			raise wrong_params(f"Invalid currency: {currency}", "currency")
		if params.get("customer"):
			self._fake.store.get("customer", params["customer"], "customer", status=400)
		types = params.get("allowed_payment_method_types") or ["card"]
		capture = params.get("capture_method", "automatic")
		if "card_present" in types and len(types) > 1:
			raise refused("card_present cannot be combined here", "payment_intent_invalid_parameter")
		metadata = merged_metadata({}, params.get("metadata"))
		confirms = params.get("confirm", False)
		for name in ("payment_method", "off_session", "return_url"):
			if name in params and name != "payment_method" and not confirms:
				raise wrong_params(f"{name} may only be provided when confirm is true", name)
		intent = self.make(
			amount=params["amount"],
			currency=currency,
			types=types,
			capture_method=capture,
			metadata=metadata,
			automatic_payment_methods=params.get("automatic_payment_methods"),
			**{
				name: params[name]
				for name in (
					"customer", "description", "statement_descriptor", "statement_descriptor_suffix",
					"receipt_email", "transfer_group", "setup_future_usage",
				)
				if name in params
			},
		)  # fmt: skip
		if confirms:
			return self.confirm(intent["id"], {"payment_method": params.get("payment_method")})
		return intent

	def retrieve(self, name: str, params: Row) -> Row:
		return self._fake.store.get("payment_intent", name)

	def update(self, name: str, params: Row) -> Row:
		intent = self._fake.store.get("payment_intent", name)
		changes = {field: value for field, value in params.items() if field != "metadata"}
		if changes and intent["status"] not in PAYABLE:
			raise unexpected(intent, "updated", PAYABLE)
		if ("amount" in changes or "currency" in changes) and self._session(intent):
			raise refused("The amount of a PaymentIntent of a Checkout Session cannot be changed.")
		if "amount" in changes:
			check_amount(changes["amount"])
		if "metadata" in params:
			intent["metadata"] = merged_metadata(intent["metadata"], params["metadata"])
		allowed = (
			"amount",
			"currency",
			"description",
			"customer",
			"receipt_email",
			"statement_descriptor_suffix",
		)
		intent.update({field: changes[field] for field in allowed if field in changes})
		return intent

	def confirm(self, name: str, params: Row) -> Row:
		intent = self._fake.store.get("payment_intent", name)
		if self._session(intent):
			raise refused("You cannot confirm the PaymentIntent of a Checkout Session.")
		if "card_present" in intent["payment_method_types"]:
			raise refused(
				"A card_present PaymentIntent is confirmed by a reader.", "payment_intent_invalid_parameter"
			)
		method = params.get("payment_method")
		if method not in METHODS:
			raise refused(
				"You must provide a payment method.", "payment_intent_unexpected_state", "payment_method"
			)
		self.attempt(intent, known_card(METHODS[method]))
		return intent

	def capture(self, name: str, params: Row) -> Row:
		fake = self._fake
		intent = fake.store.get("payment_intent", name)
		if intent["status"] != "requires_capture":
			raise unexpected(intent, "captured", ("requires_capture",))
		if params.get("final_capture") is False:
			raise refused(
				"Multicapture is not available for this payment.", "payment_intent_invalid_parameter"
			)
		amount = params.get("amount_to_capture", intent["amount_capturable"])
		if amount < 1:
			raise refused(
				"The amount to capture must be at least 1.", "parameter_invalid_integer", "amount_to_capture"
			)
		if amount > intent["amount_capturable"]:
			raise refused(
				"The requested capture amount is greater than the amount you can capture for this charge.",
				"amount_too_large",
				"amount_to_capture",
			)
		if "metadata" in params:
			intent["metadata"] = merged_metadata(intent["metadata"], params["metadata"])
		charge = fake.store.get("charge", intent["latest_charge"])
		fake.charges.take(charge, amount)
		charge["payment_method_details"][charge["payment_method_details"]["type"]].pop("capture_before", None)
		intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
		fake.events.emit("charge.captured", charge)
		fake.events.emit("payment_intent.succeeded", intent)
		fake.sessions.captured(intent)
		return intent

	def cancel(self, name: str, params: Row) -> Row:
		intent = self._fake.store.get("payment_intent", name)
		session = self._session(intent)
		if session and session["status"] == "open":
			raise refused(
				"You cannot cancel this PaymentIntent because it was created by a Checkout Session. "
				"Expire the Checkout Session instead."
			)
		if intent["status"] not in CANCELLABLE:
			raise unexpected(intent, "canceled", CANCELLABLE)
		self._cancel(intent, params.get("cancellation_reason"))
		return intent

	def list(self, params: Row) -> Row:
		fits, in_time = equal(params, "customer"), created_in(params)
		rows = [row for row in self._fake.store.all("payment_intent") if fits(row) and in_time(row)]
		return page(rows, params, "/v1/payment_intents")

	def search(self, params: Row) -> Row:
		return found_by(self._fake, "payment_intent", params, "/v1/payment_intents/search")

	def _session(self, intent: Row) -> Row | None:
		name = self._fake.store.hidden(intent["id"]).get("session")
		return self._fake.store.get("checkout.session", name) if name else None
