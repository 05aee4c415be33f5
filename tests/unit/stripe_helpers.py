"""What the tests of the stand-in for Stripe share."""

from __future__ import annotations

from typing import Any

import stripe

BEGIN = 1_790_000_000  # a second in September 2026, at which a test's clock stands


def line(amount: int, currency: str = "usd") -> dict[str, Any]:
	return {
		"quantity": 1,
		"price_data": {"currency": currency, "unit_amount": amount, "product_data": {"name": "Deposit"}},
	}


def session(api: stripe.StripeClient, amount: int = 50_000, **more: Any) -> stripe.checkout.Session:
	params: dict[str, Any] = {
		"mode": "payment",
		"success_url": "https://dealer.example/thanks?session={CHECKOUT_SESSION_ID}",
		"cancel_url": "https://dealer.example/back",
		"line_items": [line(amount)],
		**more,
	}
	return api.v1.checkout.sessions.create(params)  # type: ignore[arg-type]


def hold(api: stripe.StripeClient, fake: Any, amount: int = 50_000) -> str:
	"""A payment intent with a hold on a card, from a page."""
	made = session(api, amount, payment_intent_data={"capture_method": "manual"})
	return str(fake.payer.pay(made.id).intent)


def paid(api: stripe.StripeClient, fake: Any, amount: int = 50_000) -> str:
	return str(fake.payer.pay(session(api, amount).id).intent)


def refused(call: Any, *args: Any) -> stripe.StripeError:
	"""The refusal of a call that must be refused."""
	try:
		call(*args)
	except stripe.StripeError as error:
		return error
	raise AssertionError("it was not refused")
