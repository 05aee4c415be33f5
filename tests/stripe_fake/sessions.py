"""Checkout Sessions: a hosted page on which one payment may be made, for half an hour to a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import shapes
from .cards import card as known_card
from .errors import ApiError, refused, wrong_params
from .intents import check_amount
from .params import merged_metadata
from .store import Row, created_in, equal, page

if TYPE_CHECKING:
	from .fake import Fake

SHORTEST, LONGEST = 30 * 60, 24 * 3600
CARRIED = (
	"cancel_url", "success_url", "client_reference_id", "customer", "customer_email", "locale", "submit_type",
)  # fmt: skip


class PageClosed(Exception):
	"""The payer's page cannot take money: it has expired, or it is done."""


class Sessions:
	def __init__(self, fake: Fake) -> None:
		self._fake = fake

	# What the payer does on the page

	def open_one(self, session: Row) -> Row:
		self.tick()
		if session["status"] != "open":
			raise PageClosed(f"{session['id']} is {session['status']}")
		return session

	def pay(self, session: Row, card: str) -> Row:
		"""A card on the page. A declined card raises ApiError 402; the page stays open for another."""
		fake = self._fake
		self.open_one(session)
		intent = self._intent(session)
		fake.intents.attempt(intent, known_card(card))
		session["status"], session["url"] = "complete", None
		session["customer_details"] = {
			"address": dict(shapes.NO_ADDRESS),
			"business_name": None,
			"email": session["customer_email"] or "payer@example.com",
			"individual_name": None,
			"name": "Pat Payer",
			"phone": None,
			"tax_exempt": "none",
			"tax_ids": [],
		}
		if intent["status"] == "succeeded":
			session["payment_status"] = "paid"
		fake.events.emit("checkout.session.completed", session)
		return session

	def _intent(self, session: Row) -> Row:
		"""The payment intent is made when somebody first tries to pay, not before."""
		fake = self._fake
		if session["payment_intent"]:
			return fake.store.get("payment_intent", session["payment_intent"])
		data = fake.store.hidden(session["id"])["intent"]
		intent = fake.intents.make(
			amount=session["amount_total"],
			currency=session["currency"],
			types=list(session["payment_method_types"]),
			customer=session["customer"],
			**data,
		)
		fake.store.hidden(intent["id"])["session"] = session["id"]
		session["payment_intent"] = intent["id"]
		return intent

	def settle(self, session: Row, ok: bool) -> None:
		fake = self._fake
		fake.intents.settle(fake.store.get("payment_intent", session["payment_intent"]), ok)
		if ok:
			session["payment_status"] = "paid"
		fake.events.emit(f"checkout.session.async_payment_{'succeeded' if ok else 'failed'}", session)

	def captured(self, intent: Row) -> None:
		name = self._fake.store.hidden(intent["id"]).get("session")
		if name:
			self._fake.store.get("checkout.session", name)["payment_status"] = "paid"

	def tick(self) -> None:
		now = self._fake.clock.now()
		for session in self._fake.store.all("checkout.session"):
			if (
				session["status"] == "open"
				and self._fake.store.hidden(session["id"]).get("expires", session["expires_at"]) <= now
			):
				self._expire(session)

	def _expire(self, session: Row) -> None:
		fake = self._fake
		session["status"], session["url"] = "expired", None
		if session["payment_intent"]:
			intent = fake.store.get("payment_intent", session["payment_intent"])
			if intent["status"] == "requires_payment_method":
				fake.intents._cancel(intent, "expired")
		fake.events.emit("checkout.session.expired", session)

	# The API

	def create(self, params: Row) -> Row:
		fake = self._fake
		now = fake.clock.now()
		if params.get("mode") != "payment":
			raise refused("The fake takes one-time payments only (mode=payment).", param="mode")
		if params.get("ui_mode", "hosted_page") != "hosted_page":
			raise refused("The fake has a hosted page only.", param="ui_mode")
		for name in ("success_url", "cancel_url"):
			if name in params and not params[name].startswith(("https://", "http://")):
				raise refused("Not a valid URL", "url_invalid", name)
		if not params.get("success_url"):
			raise wrong_params("Missing required param: success_url.", "success_url", "parameter_missing")
		if params.get("customer") and params.get("customer_email"):
			raise refused(
				"You may only specify one of these parameters: customer, customer_email.", param="customer"
			)
		if params.get("customer"):
			fake.store.get("customer", params["customer"], "customer", status=400)
		lines, total, currency = self._lines(params)
		# Whoever calls may not know that this clock was put forward, and count from the machine's.
		asked = params.get("expires_at", now + LONGEST)
		behind = next(
			(by for by in (0, fake.clock.ahead()) if now + SHORTEST <= asked + by <= now + LONGEST), None
		)
		if behind is None:
			raise refused(
				"The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session "
				"creation.",
				param="expires_at",
			)
		intent = dict(params.get("payment_intent_data") or {})
		intent["metadata"] = merged_metadata({}, intent.get("metadata"))
		intent.setdefault("capture_method", "automatic")
		name = f"cs_{'live' if fake.livemode else 'test'}_{fake.store.letters(40)}"
		row = shapes.checkout_session(
			name,
			amount=total,
			currency=currency,
			created=now,
			livemode=fake.livemode,
			expires_at=asked,
			metadata=merged_metadata({}, params.get("metadata")),
			payment_method_types=params.get("allowed_payment_method_types") or ["card"],
			url=f"{fake.page_base or 'https://checkout.stripe.com'}/pay/{name}",
			**{field: params[field] for field in CARRIED if field in params},
		)
		fake.store.hidden(name).update(lines=lines, intent=intent, expires=asked + behind)
		return fake.store.add(row)

	def _lines(self, params: Row) -> tuple[list[Row], int, str]:
		if not params.get("line_items"):
			raise wrong_params("Missing required param: line_items.", "line_items", "parameter_missing")
		lines, total, currencies = [], 0, set()
		for at, line in enumerate(params["line_items"]):
			price = line.get("price_data")
			if not price:
				raise refused("The fake knows price_data only.", param=f"line_items[{at}]")
			if "quantity" not in line:
				raise wrong_params(
					"Quantity is required.", f"line_items[{at}][quantity]", "parameter_missing"
				)
			if "unit_amount" not in price:
				raise wrong_params(
					"Missing unit_amount.", f"line_items[{at}][price_data]", "parameter_missing"
				)
			if "product_data" not in price:
				raise wrong_params("Missing product.", f"line_items[{at}][price_data]", "parameter_missing")
			if price["unit_amount"] < 0 or line["quantity"] < 1:
				raise refused("Invalid amount or quantity.", param=f"line_items[{at}]")
			amount = price["unit_amount"] * line["quantity"]
			currencies.add(price["currency"].lower())
			total += amount
			lines.append(
				{
					"id": self._fake.store.new_id("li"),
					"object": "item",
					"amount_discount": 0,
					"amount_subtotal": amount,
					"amount_tax": 0,
					"amount_total": amount,
					"currency": price["currency"].lower(),
					"description": price["product_data"]["name"],
					"price": None,
					"quantity": line["quantity"],
				}
			)
		if len(currencies) != 1:
			raise refused("All line items must have the same currency.", param="line_items")
		check_amount(total, "line_items")
		return lines, total, currencies.pop()

	def retrieve(self, name: str, params: Row) -> Row:
		return self._fake.store.get("checkout.session", name)

	def update(self, name: str, params: Row) -> Row:
		session = self.retrieve(name, {})
		if set(params) - {"metadata"}:
			raise refused("The fake changes the metadata of a session only.")
		session["metadata"] = merged_metadata(session["metadata"], params.get("metadata"))
		return session

	def expire(self, name: str, params: Row) -> Row:
		session = self.retrieve(name, {})
		if session["status"] != "open":
			raise refused(
				f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a '
				f"status of {session['status']}."
			)
		self._expire(session)
		return session

	def line_items(self, name: str, params: Row) -> Row:
		session = self.retrieve(name, {})
		url = f"/v1/checkout/sessions/{name}/line_items"
		return page(self._fake.store.hidden(session["id"])["lines"], params, url)

	def list(self, params: Row) -> Row:
		fits, in_time = equal(params, "customer", "payment_intent", "status"), created_in(params)
		rows = [row for row in self._fake.store.all("checkout.session") if fits(row) and in_time(row)]
		return page(rows, params, "/v1/checkout/sessions")


__all__ = ["ApiError", "PageClosed", "Sessions"]
