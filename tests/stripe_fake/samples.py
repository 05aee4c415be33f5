"""Stripe's own sample objects, where they lie beside this repository; they are no part of it."""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import stripe

from . import shapes_more
from .store import plain_copy

ROOT = Path(__file__).resolve().parents[2]
# DEALER_SHARED_DATA names the folder where the checkout has no neighbour of that name.
DATA = Path(os.environ.get("DEALER_SHARED_DATA") or ROOT.parent / "shared" / "data")
SAMPLES = DATA / "stripe" / "fixtures3.json"

# Beginning of an event's type -> kind of the object that it carries.
CARRIES = {
	"payment_intent.": "payment_intent",
	"checkout.session.": "checkout.session",
	"charge.dispute.": "dispute",
	"charge.refund.": "refund",
	"charge.": "charge",
	"refund.": "refund",
	"payout.": "payout",
	"terminal.reader.": "terminal.reader",
}


@lru_cache(maxsize=1)
def _all() -> dict[str, Any]:
	return json.loads(SAMPLES.read_text(encoding="utf-8"))["resources"]  # type: ignore[no-any-return]


def of_kind(kind: str) -> dict[str, Any]:
	"""A copy of Stripe's sample of a kind of object."""
	return plain_copy(_all()[kind])  # type: ignore[no-any-return]


def carried_by(event_type: str) -> str:
	return next(kind for start, kind in CARRIES.items() if event_type.startswith(start))


def as_event(event_type: str) -> dict[str, Any]:
	"""A sample of what an event of this type carries, as such an event."""
	thing = of_kind(carried_by(event_type))
	return shapes_more.event(
		f"evt_sample_{event_type.replace('.', '_')}",
		created=1_790_000_000,
		kind=event_type,
		thing=thing,
		livemode=False,
		api_version=stripe.api_version,
	)
