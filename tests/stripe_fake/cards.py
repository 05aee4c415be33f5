"""The cards of the fake's world, by the last digits of Stripe's own test cards. No number is ever needed."""

from __future__ import annotations

from typing import Any

from .store import Row


def _card(brand: str, last4: str, **more: Any) -> Row:
	return {
		"brand": brand,
		"last4": last4,
		"exp_month": 8,
		"exp_year": 2034,
		"funding": "credit",
		"fingerprint": f"fakefinger{brand[:2]}{last4}",
		"wallet": None,
		**more,
	}


def _declines(code: str, decline_code: str | None, message: str) -> Row:
	return {"code": code, "decline_code": decline_code, "message": message}


CARDS: dict[str, Row] = {
	"4242": _card("visa", "4242"),
	"5556": _card("visa", "5556", funding="debit"),
	"4444": _card("mastercard", "4444"),
	"8431": _card("amex", "8431"),
	"applepay": _card("visa", "4242", wallet={"type": "apple_pay", "apple_pay": {}, "dynamic_last4": "4242"}),
	"0002": _card(
		"visa", "0002", declines=_declines("card_declined", "generic_decline", "Your card was declined.")
	),
	"9995": _card(
		"visa",
		"9995",
		declines=_declines("card_declined", "insufficient_funds", "Your card has insufficient funds."),
	),
	"9987": _card(
		"visa", "9987", declines=_declines("card_declined", "lost_card", "Your card was declined.")
	),
	"0069": _card("visa", "0069", declines=_declines("expired_card", None, "Your card has expired.")),
	"0127": _card(
		"visa", "0127", declines=_declines("incorrect_cvc", None, "Your card's security code is incorrect.")
	),
	"0119": _card(
		"visa",
		"0119",
		declines=_declines("processing_error", None, "An error occurred while processing your card."),
	),
	"0259": _card("visa", "0259", disputes="fraudulent"),
	"1976": _card("visa", "1976", disputes="inquiry"),
	"7726": _card("visa", "7726", refunds="pending"),
	"5126": _card("visa", "5126", refunds="fails_later"),
	"bank": {"bank": True, "last4": "6789"},
}


def card(name: str) -> Row:
	if name not in CARDS:
		raise LookupError(f"no card {name!r} in the fake's world; there are {', '.join(CARDS)}")
	return CARDS[name]
